//! Sets of packets that are products: one set of values for each packet field.

use std::sync::Arc;

use super::ranges::Ranges;
use super::value::Value;

/// A packet field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Axis {
    /// Address of the sender.
    Source,
    /// Port of the sender, 0 to 65535.
    SourcePort,
    /// Address of the receiver.
    Destination,
    /// Port of the receiver, 0 to 65535.
    DestinationPort,
    /// IP protocol number, 0 to 255.
    Protocol,
}

impl Axis {
    /// The five fields in the order in which they are stored.
    pub const ALL: [Self; 5] =
        [Self::Source, Self::SourcePort, Self::Destination, Self::DestinationPort, Self::Protocol];

    /// The five fields, those first that tell two rules apart most often and most cheaply.
    pub(super) const TELLING: [Self; 5] =
        [Self::Protocol, Self::DestinationPort, Self::Destination, Self::Source, Self::SourcePort];

    /// Every value the field can hold: 0 to 65535 for a port, 0 to 255 for a protocol, every
    /// value of the type for an address.
    ///
    /// Write "any" as this set. A cube doesn't know how far a field goes, and against
    /// [`Ranges::all`] the ports 0 to 65535 would leave 65536 and above uncovered.
    #[must_use]
    pub fn full<V: Value>(self) -> Ranges<V> {
        match self {
            Self::Source | Self::Destination => Ranges::all(),
            Self::SourcePort | Self::DestinationPort => Ranges::range(V::LOWEST, V::from(u16::MAX)),
            Self::Protocol => Ranges::range(V::LOWEST, V::from(u8::MAX)),
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Source => 1,
            Self::SourcePort => 2,
            Self::Destination => 4,
            Self::DestinationPort => 8,
            Self::Protocol => 16,
        }
    }
}

/// One thing for each packet field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct PerAxis<T>(pub(super) [T; 5]);

impl<T> PerAxis<T> {
    pub(super) const fn get(&self, axis: Axis) -> &T {
        let [source, source_port, destination, destination_port, protocol] = &self.0;
        match axis {
            Axis::Source => source,
            Axis::SourcePort => source_port,
            Axis::Destination => destination,
            Axis::DestinationPort => destination_port,
            Axis::Protocol => protocol,
        }
    }

    pub(super) fn set(&mut self, axis: Axis, value: T) {
        let [source, source_port, destination, destination_port, protocol] = &mut self.0;
        *match axis {
            Axis::Source => source,
            Axis::SourcePort => source_port,
            Axis::Destination => destination,
            Axis::DestinationPort => destination_port,
            Axis::Protocol => protocol,
        } = value;
    }

    pub(super) fn map<'a, U>(&'a self, mut f: impl FnMut(Axis, &'a T) -> U) -> PerAxis<U> {
        PerAxis(Axis::ALL.map(|axis| f(axis, self.get(axis))))
    }

    /// `None` if `f` has nothing for one of the fields.
    pub(super) fn try_map<'a, U>(
        &'a self,
        mut f: impl FnMut(Axis, &'a T) -> Option<U>,
    ) -> Option<PerAxis<U>> {
        let [a, b, c, d, e] = Axis::ALL.map(|axis| f(axis, self.get(axis)));
        Some(PerAxis([a?, b?, c?, d?, e?]))
    }
}

/// Some of the packet fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Axes(u8);

impl Axes {
    pub(super) const ALL: Self = Self(31);

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) const fn len(self) -> u32 {
        self.0.count_ones()
    }

    pub(super) const fn contains(self, axis: Axis) -> bool {
        self.0 & axis.bit() != 0
    }

    pub(super) const fn bits(self) -> u8 {
        self.0
    }

    pub(super) const fn from_bits(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }

    /// Those for which `f` holds.
    #[inline]
    pub(super) fn that(mut f: impl FnMut(Axis) -> bool) -> Self {
        Self(Axis::ALL.into_iter().fold(0, |axes, axis| axes | (u8::from(f(axis)) * axis.bit())))
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) const fn insert(&mut self, axis: Axis) {
        self.0 |= axis.bit();
    }

    pub(super) const fn remove(&mut self, axis: Axis) {
        self.0 &= !axis.bit();
    }

    /// The next field in the order of [`Axis::TELLING`].
    pub(super) fn next(self) -> Option<Axis> {
        Axis::TELLING.into_iter().find(|&axis| self.contains(axis))
    }
}

/// A packet: a value for each field, in the order of [`Axis::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Point<V>(pub [V; 5]);

impl<V: Value> Point<V> {
    /// The value of one field.
    #[must_use]
    pub const fn at(&self, axis: Axis) -> V {
        let [source, source_port, destination, destination_port, protocol] = self.0;
        match axis {
            Axis::Source => source,
            Axis::SourcePort => source_port,
            Axis::Destination => destination,
            Axis::DestinationPort => destination_port,
            Axis::Protocol => protocol,
        }
    }
}

/// A set of packets: all those whose five values lie in the five sets.
///
/// The sets are shared, since one service tag stands in many rules, and sharing one `Arc` makes
/// comparing two rules quick.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cube<V> {
    pub(super) sets: PerAxis<Arc<Ranges<V>>>,
    pub(super) hull: Hull<V>,
}

/// A cube as far as one can tell without following pointers: the lowest and the highest value of
/// each field, the lower one above the higher where the field has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Hull<V> {
    lowest: PerAxis<V>,
    highest: PerAxis<V>,
}

impl<V: Value> Hull<V> {
    fn of(sets: &PerAxis<Arc<Ranges<V>>>) -> Self {
        let mut hull = Self { lowest: PerAxis([V::HIGHEST; 5]), highest: PerAxis([V::LOWEST; 5]) };
        for axis in Axis::ALL {
            hull.set(axis, sets.get(axis));
        }
        hull
    }

    fn set(&mut self, axis: Axis, set: &Ranges<V>) {
        let (low, high) = set.first().zip(set.last()).unwrap_or((V::HIGHEST, V::LOWEST));
        self.lowest.set(axis, low);
        self.highest.set(axis, high);
    }

    /// Is a value of `lower` above that of `upper` in the same field? One test of all fields: which
    /// of them tells two cubes apart is no use to guess.
    #[inline]
    fn any_above(PerAxis(lower): &PerAxis<V>, PerAxis(upper): &PerAxis<V>) -> bool {
        lower.iter().zip(upper).fold(false, |any, (low, high)| any | (low > high))
    }

    #[inline]
    fn is_empty(&self) -> bool {
        Self::any_above(&self.lowest, &self.highest)
    }

    /// Whether the two surely share no packet: in some field one ends before the other begins.
    #[inline]
    pub(super) fn is_apart(&self, other: &Self) -> bool {
        Self::any_above(&self.lowest, &other.highest)
            | Self::any_above(&other.lowest, &self.highest)
    }

    /// Whether this one surely has values that the other has not.
    #[inline]
    fn sticks_out(&self, other: &Self) -> bool {
        Self::any_above(&other.lowest, &self.lowest)
            | Self::any_above(&self.highest, &other.highest)
    }

    /// The fields in which it has.
    pub(super) fn sticking_out(&self, other: &Self) -> Axes {
        Axes::that(|axis| {
            (other.lowest.get(axis) > self.lowest.get(axis))
                | (self.highest.get(axis) > other.highest.get(axis))
        })
    }
}

impl<V: Value> Cube<V> {
    /// A product of five sets, in the order of [`Axis::ALL`].
    #[must_use]
    pub fn new(sets: [Arc<Ranges<V>>; 5]) -> Self {
        let sets = PerAxis(sets);
        let hull = Hull::of(&sets);
        Self { sets, hull }
    }

    /// Every packet: each field holds [`Axis::full`].
    #[must_use]
    pub fn full() -> Self {
        Self::new(Axis::ALL.map(|axis| Arc::new(axis.full())))
    }

    /// The same cube with another set for one field.
    #[must_use]
    pub fn with(mut self, axis: Axis, set: Arc<Ranges<V>>) -> Self {
        self.hull.set(axis, &set);
        self.sets.set(axis, set);
        self
    }

    /// The set of one field.
    #[must_use]
    pub const fn axis(&self, axis: Axis) -> &Arc<Ranges<V>> {
        self.sets.get(axis)
    }

    /// Whether there is no packet in the cube, that is, one of its sets is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hull.is_empty()
    }

    /// Whether the packet is in the cube.
    #[must_use]
    pub fn contains(&self, point: &Point<V>) -> bool {
        Axis::TELLING.iter().all(|&axis| self.axis(axis).contains(point.at(axis)))
    }

    /// The packets in both cubes; it shares the sets that stay as they were.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let PerAxis(sets) = self.sets.map(|axis, mine| {
            let theirs = other.axis(axis);
            if Arc::ptr_eq(mine, theirs) || mine.is_subset(theirs) {
                Arc::clone(mine)
            } else if theirs.is_subset(mine) {
                Arc::clone(theirs)
            } else {
                Arc::new(mine.intersection(theirs))
            }
        });
        Self::new(sets)
    }

    /// The packets of this cube that are not in the other, as cubes that share no packet: at most
    /// one a field, and none for fields in which this cube has nothing beyond the other.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Vec<Self> {
        if !self.intersects(other) {
            return if self.is_empty() { Vec::new() } else { vec![self.clone()] };
        }
        let mut rest = self.clone();
        let mut pieces = Vec::new();
        // The fields that people name first keep what they are in most of the pieces.
        for axis in [
            Axis::Protocol,
            Axis::SourcePort,
            Axis::DestinationPort,
            Axis::Source,
            Axis::Destination,
        ] {
            let (mine, theirs) = (Arc::clone(rest.axis(axis)), other.axis(axis));
            if Arc::ptr_eq(&mine, theirs) || mine.is_subset(theirs) {
                continue;
            }
            pieces.push(rest.clone().with(axis, Arc::new(mine.minus(theirs))));
            rest = rest.with(axis, Arc::new(mine.intersection(theirs)));
        }
        pieces
    }

    /// The two cubes as one, if they differ in no more than one field.
    #[must_use]
    pub fn merged(&self, other: &Self) -> Option<Self> {
        let mut differing = Axis::ALL.into_iter().filter(|&axis| {
            let (mine, theirs) = (self.axis(axis), other.axis(axis));
            !Arc::ptr_eq(mine, theirs) && mine != theirs
        });
        let Some(axis) = differing.next() else { return Some(self.clone()) };
        let both = || Arc::new(self.axis(axis).union(other.axis(axis)));
        differing.next().is_none().then(|| self.clone().with(axis, both()))
    }

    /// Whether some packet is in both cubes. Doesn't allocate.
    #[must_use]
    pub fn intersects(&self, other: &Self) -> bool {
        !self.hull.is_apart(&other.hull)
            && Axis::TELLING.iter().all(|&axis| {
                let (mine, theirs) = (self.axis(axis), other.axis(axis));
                if Arc::ptr_eq(mine, theirs) { !mine.is_empty() } else { mine.intersects(theirs) }
            })
    }

    /// Whether every packet of this cube is in the other. Doesn't allocate.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        let is_inside = |&axis: &Axis| {
            let (mine, theirs) = (self.axis(axis), other.axis(axis));
            Arc::ptr_eq(mine, theirs) || mine.is_subset(theirs)
        };
        self.is_empty()
            || (!self.hull.sticks_out(&other.hull) && Axis::TELLING.iter().all(is_inside))
    }

    /// A packet of the cube, with the smallest value in each field.
    #[must_use]
    pub fn witness(&self) -> Option<Point<V>> {
        self.sets.try_map(|_, set| set.first()).map(|PerAxis(values)| Point(values))
    }

    /// The packet with the highest value in each field, if there is any.
    #[must_use]
    pub fn last(&self) -> Option<Point<V>> {
        self.sets.try_map(|_, set| set.last()).map(|PerAxis(values)| Point(values))
    }
}
