//! An ordered list of cubes, and the questions it answers.

use super::classes::Classes;
use super::coverage;
use super::cube::{Cube, Point};
use super::intervals::Intervals;
use super::questions;
use super::search::Engine as _;
use super::value::Value;

/// What a line does to the packets that reach it in a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The line isn't there.
    Ignore,
    /// Packets that reach the line are of no interest.
    Subtract,
    /// A packet that reaches the line is what the search is for.
    Stop,
}

/// What the end of the list does to the packets that no line took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// A packet that reaches the end is what the search is for.
    Stop,
    /// Packets that reach the end are of no interest.
    Pass,
}

/// The packets that a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The cube of a line, by its place in the list.
    Line(usize),
    /// A cube that was registered when the list was made, by its place among the probes.
    Probe(usize),
}

/// Answer of [`Lines::find`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<V> {
    /// There is no such packet.
    Nothing,
    /// There is one.
    Packet {
        /// The packet.
        point: Point<V>,
        /// The stop line it reaches; `None` if it reaches the end.
        stop: Option<usize>,
    },
    /// The search ran out of nodes, or the piece isn't one of this list.
    Undecided,
}

/// Answer of [`Lines::coverage`] for one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coverage<V> {
    /// The line decides this packet.
    Alive {
        /// A packet of the line that no earlier line takes.
        point: Point<V>,
    },
    /// The earlier lines take every packet of the line.
    Covered {
        /// Earlier lines, ascending, that together take every packet of the line: one line (the
        /// first) where one suffices, else a list from which no line can be left out. Only where
        /// more than 32 are needed, or the nodes ran out, it may be longer than that. A preferred
        /// line that decides packets of the line may come on top.
        by: Vec<usize>,
    },
    /// The line holds no packet.
    Empty,
    /// The search ran out of nodes.
    Undecided,
}

/// Answer of [`Lines::redundant`] for one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removal<V> {
    /// Without the line this packet is treated differently.
    Changes {
        /// A packet that the line decides.
        point: Point<V>,
    },
    /// Without the line every packet is treated as before, although the line decides some.
    Nothing,
    /// The line decides no packet, so there is nothing to ask.
    Dead,
    /// The search ran out of nodes.
    Undecided,
}

/// Part of the answer of [`Lines::reached`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reached<V> {
    /// The line decides a packet of the piece.
    Line {
        /// Place of the line in the list.
        line: usize,
        /// A packet of the piece that the line decides.
        point: Point<V>,
    },
    /// A packet of the piece is in no line.
    End {
        /// The packet.
        point: Point<V>,
    },
    /// The search ran out of nodes for this line (`None`: for the end of the list), or the piece
    /// isn't one of this list (then this is the only part, with `None`).
    Undecided {
        /// Place of the line in the list.
        line: Option<usize>,
    },
}

/// How much work a list may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Nodes of one search; when they are used up the answer is "undecided". The searches of a
    /// question about the whole list share sixteen times as many.
    pub nodes: u64,
    /// Lists of up to this many lines are searched as ranges, longer ones as bit sets over
    /// classes of values that no line and no probe tells apart. Both give exact answers; making
    /// the classes pays from about 50 lines on when everything is asked (`benches/space.rs`).
    pub ranges_up_to: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { nodes: 1_000_000, ranges_up_to: 50 }
    }
}

/// An ordered list of cubes, called lines: the first line that holds a packet decides it.
///
/// Lines carry nothing but packets. Whoever asks knows what the line at a place stands for.
#[derive(Debug)]
pub struct Lines<V> {
    form: Form<V>,
    limits: Limits,
}

#[derive(Debug)]
enum Form<V> {
    Ranges(Intervals<V>),
    Classes(Box<Classes<V>>),
}

/// The same expression for either engine.
macro_rules! with_engine {
    ($lines:expr, $engine:ident => $answer:expr) => {
        match &$lines.form {
            Form::Ranges($engine) => $answer,
            Form::Classes($engine) => {
                let $engine = &**$engine;
                $answer
            }
        }
    };
}

impl<V: Value> Lines<V> {
    /// Makes a list with the default [`Limits`]. `probes` are the further cubes that questions
    /// will be asked about.
    #[must_use]
    pub fn new(lines: Vec<Cube<V>>, probes: Vec<Cube<V>>) -> Self {
        Self::with_limits(lines, probes, Limits::default())
    }

    /// Makes a list with limits of its own.
    #[must_use]
    pub fn with_limits(lines: Vec<Cube<V>>, probes: Vec<Cube<V>>, limits: Limits) -> Self {
        let classes =
            (lines.len() > limits.ranges_up_to).then(|| Classes::new(&lines, &probes)).flatten();
        let form = match classes {
            Some(classes) => Form::Classes(Box::new(classes)),
            None => Form::Ranges(Intervals::new(lines, probes)),
        };
        Self { form, limits }
    }

    /// How much work the list may make.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// How many lines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        with_engine!(self, engine => engine.len())
    }

    /// Whether the list has no line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Looks for a packet of `piece` that avoids every [`Role::Subtract`] line before it and
    /// reaches a [`Role::Stop`] line, or the end if `end` is [`End::Stop`].
    #[must_use]
    pub fn find(&self, piece: Piece, roles: impl Fn(usize) -> Role, end: End) -> Found<V> {
        self.find_within(&mut self.limits.nodes.clone(), piece, roles, end)
    }

    /// As [`Self::find`], for several questions that share `nodes`: what one uses up, the next
    /// does not have.
    #[must_use]
    pub fn find_within(
        &self,
        nodes: &mut u64,
        piece: Piece,
        roles: impl Fn(usize) -> Role,
        end: End,
    ) -> Found<V> {
        let mut given = self.limits.nodes.min(*nodes);
        *nodes -= given;
        let found =
            with_engine!(self, engine => questions::find(engine, &mut given, piece, roles, end));
        *nodes += given;
        found
    }

    /// Asks of every line whether it decides any packet, and if not, which lines take its packets.
    ///
    /// Only lines for which `blocks` holds take packets away from later ones. Where several lines
    /// are needed to cover a line, those with the largest overlap are named first. If none of the
    /// named lines has `prefer(line, earlier)` and some blocking line that decides packets of
    /// `line` has it, the one of these with the largest overlap is named as well.
    #[must_use]
    pub fn coverage(
        &self,
        blocks: impl Fn(usize) -> bool,
        prefer: impl Fn(usize, usize) -> bool,
    ) -> Vec<Coverage<V>> {
        with_engine!(self, engine => coverage::coverage(engine, self.limits.nodes, &blocks, &prefer))
    }

    /// Asks of every line whether the list would act differently without that one line.
    ///
    /// `action` is what a line does to its packets (allow or deny), `default` what the end does.
    /// `coverage` is the answer of [`Self::coverage`] with every line blocking. Each line is judged
    /// alone: of two lines that say the same both may be redundant, and not both can go.
    #[must_use]
    pub fn redundant(
        &self,
        coverage: &[Coverage<V>],
        action: impl Fn(usize) -> bool,
        default: bool,
    ) -> Vec<Removal<V>> {
        with_engine!(self, engine => questions::redundant(engine, self.limits.nodes, coverage, &action, default))
    }

    /// The lines that decide at least one packet of `piece`, in order, and the end of the list if
    /// a packet reaches it.
    #[must_use]
    pub fn reached(&self, piece: Piece) -> Vec<Reached<V>> {
        with_engine!(self, engine => questions::reached(engine, self.limits.nodes, piece))
    }

    /// The line that decides the packet.
    #[must_use]
    pub fn first_match(&self, point: &Point<V>) -> Option<usize> {
        with_engine!(self, engine => engine.first_match(point))
    }
}
