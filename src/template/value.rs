//! Values, be they written or made by evaluation.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::reading::Reading;
use super::unknown::{Limit, Unknown};
use crate::document;
use crate::source::Span;

/// Lists and objects that evaluation makes may hold each other this deep.
const MAX_MADE_DEPTH: u32 = 100;

/// A value of a template or of plain JSON.
#[derive(Clone, Debug)]
pub enum Value<'d> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it was written.
    Number(Cow<'d, str>),
    /// A string, perhaps with unknown parts.
    Text(Text<'d>),
    /// A list.
    Array(Array<'d>),
    /// Members by name.
    Object(Object<'d>),
    /// Not known at all.
    Unknown(Unknown),
}

/// A string; the parts of it that are unknown are replaced by placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text<'d> {
    /// The text, with placeholders such as `{parameters('name')}`.
    pub text: Cow<'d, str>,
    /// Why the first unknown part is so; `None` if all is known.
    pub unknown: Option<Unknown>,
}

impl<'d> Text<'d> {
    /// A text that is known.
    pub fn known(text: impl Into<Cow<'d, str>>) -> Self {
        Self { text: text.into(), unknown: None }
    }
}

impl Value<'_> {
    /// What it is, with its article, for messages.
    pub const fn describe(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
            Self::Unknown(_) => "an unknown value",
        }
    }

    /// How much there is to read in it, in bytes.
    pub(super) fn cost(&self) -> usize {
        // Whoever reads a list or object asks for its value several times.
        const TIMES: usize = 4;
        let written = |reading: &Reading<'_>| reading.node().map_or(0, |node| node.raw().len());
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) => 0,
            Self::Text(text) => text.text.len(),
            Self::Unknown(unknown) => unknown.placeholder.len(),
            Self::Array(Array(Elements::Written(reading)))
            | Self::Object(Object(Properties::Written(reading))) => written(reading) / TIMES,
            Self::Array(Array(Elements::Made(list))) => {
                list.items.iter().map(|item| TIMES + written(item) / TIMES).sum()
            }
            Self::Object(Object(Properties::Made(made))) => made.members.len(),
        }
    }

    /// How deep lists and objects that evaluation made hold each other.
    pub(super) fn depth(&self) -> u32 {
        match self {
            Self::Array(Array(Elements::Made(made))) => made.depth,
            Self::Object(Object(Properties::Made(made))) => made.depth,
            Self::Array(_)
            | Self::Object(_)
            | Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Unknown(_) => 0,
        }
    }
}

/// A list of values.
#[derive(Clone, Debug)]
pub struct Array<'d>(pub(super) Elements<'d>);

#[derive(Clone, Debug)]
pub(super) enum Elements<'d> {
    /// Written as an array.
    Written(Reading<'d>),
    /// Made by evaluation.
    Made(Rc<MadeArray<'d>>),
}

/// A list made by evaluation.
#[derive(Debug)]
pub(super) struct MadeArray<'d> {
    pub(super) items: Vec<Reading<'d>>,
    /// May an unknown element stand for any number of them?
    pub(super) open: bool,
    depth: u32,
}

impl<'d> Array<'d> {
    /// The elements in order. One that is unknown may stand for any number of them: so does an
    /// unknown argument of `concat`.
    pub fn items(&self) -> Items<'d> {
        match &self.0 {
            Elements::Written(reading) => reading.written_items(),
            Elements::Made(made) => Items(ItemsOf::Made(Rc::clone(made), 0)),
        }
    }

    /// A list of `items`; if it is open, an unknown one may stand for any number of them.
    pub(crate) fn made(items: Vec<Reading<'d>>, open: bool) -> Result<Self, Limit> {
        let depth = depth_over(items.iter())?;
        Ok(Self(Elements::Made(Rc::new(MadeArray { items, open, depth }))))
    }

    /// May an unknown element stand for any number of them?
    pub(super) fn is_open(&self) -> bool {
        match &self.0 {
            Elements::Written(_) => false,
            Elements::Made(made) => made.open,
        }
    }
}

/// How deep a value is that holds `readings`. Values that hold each other are freed, compared and
/// shown from the inside out, on the stack.
fn depth_over<'r, 'd: 'r>(readings: impl Iterator<Item = &'r Reading<'d>>) -> Result<u32, Limit> {
    let depth = readings.map(Reading::depth).max().unwrap_or_default() + 1;
    if depth > MAX_MADE_DEPTH { Err(Limit::Depth) } else { Ok(depth) }
}

/// Members by name.
#[derive(Clone, Debug)]
pub struct Object<'d>(pub(super) Properties<'d>);

#[derive(Clone, Debug)]
pub(super) enum Properties<'d> {
    /// Written as an object.
    Written(Reading<'d>),
    /// Made by evaluation.
    Made(Rc<MadeObject<'d>>),
}

/// An object made by evaluation.
#[derive(Debug)]
pub(super) struct MadeObject<'d> {
    pub(super) members: Vec<(Cow<'d, str>, Reading<'d>)>,
    /// The members by name in lower case, and where they are.
    places: BTreeMap<String, usize>,
    /// If there is a rest, all other members are unknown for that reason.
    pub(super) rest: Option<Unknown>,
    depth: u32,
}

impl<'d> Object<'d> {
    /// An object of `members`, the last of equal names counting; if there is a `rest`, all other
    /// members are unknown for that reason.
    pub(crate) fn made(
        members: impl IntoIterator<Item = (Cow<'d, str>, Reading<'d>)>,
        rest: Option<Unknown>,
    ) -> Result<Self, Limit> {
        let mut places = BTreeMap::new();
        let mut kept: Vec<(Cow<'d, str>, Reading<'d>)> = Vec::new();
        for (name, value) in members {
            let place = *places.entry(name.to_ascii_lowercase()).or_insert(kept.len());
            match kept.get_mut(place) {
                Some(member) => member.1 = value,
                None => kept.push((name, value)),
            }
        }
        let depth = depth_over(kept.iter().map(|(_, value)| value))?;
        Ok(Self(Properties::Made(Rc::new(MadeObject { members: kept, places, rest, depth }))))
    }

    /// The member; without ASCII case, the last of equal ones. `None` where there surely is none:
    /// if the rest is unknown, so is the member.
    pub fn get(&self, key: &str) -> Option<Reading<'d>> {
        match &self.0 {
            Properties::Written(reading) => reading.written_member(key),
            Properties::Made(made) => {
                let place = made.places.get(&key.to_ascii_lowercase());
                let member = place.and_then(|place| made.members.get(*place));
                member.map(|(_, reading)| reading.clone()).or_else(|| {
                    let rest = made.rest.as_ref()?;
                    Some(Reading::made(Value::Unknown(rest.member(key)), rest.span))
                })
            }
        }
    }

    /// The members that are known by name, in order.
    pub fn members(&self) -> Members<'d> {
        match &self.0 {
            Properties::Written(reading) => reading.written_members(),
            Properties::Made(made) => Members(MembersOf::Made(Rc::clone(made), 0)),
        }
    }

    /// Why members besides these are unknown, if they are.
    pub fn rest(&self) -> Option<&Unknown> {
        match &self.0 {
            Properties::Made(made) => made.rest.as_ref(),
            Properties::Written(_) => None,
        }
    }
}

/// A member of an object.
#[derive(Clone, Debug)]
pub struct Member<'d> {
    /// Its name.
    pub key: Cow<'d, str>,
    /// Where the name stands; where the value was made, if it was.
    pub key_span: Span,
    /// Its value.
    pub value: Reading<'d>,
}

/// The elements of a list.
#[derive(Clone, Debug)]
pub struct Items<'d>(pub(super) ItemsOf<'d>);

#[derive(Clone, Debug)]
pub(super) enum ItemsOf<'d> {
    Written(document::Items<'d>, Reading<'d>),
    Made(Rc<MadeArray<'d>>, usize),
    One(Option<Reading<'d>>),
}

impl<'d> Iterator for Items<'d> {
    type Item = Reading<'d>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            ItemsOf::Written(items, around) => items.next().map(|node| around.beside(node)),
            ItemsOf::Made(list, at) => {
                *at += 1;
                list.items.get(*at - 1).cloned()
            }
            ItemsOf::One(item) => item.take(),
        }
    }
}

/// The members of an object.
#[derive(Clone, Debug)]
pub struct Members<'d>(pub(super) MembersOf<'d>);

#[derive(Clone, Debug)]
pub(super) enum MembersOf<'d> {
    Written(document::Members<'d>, Reading<'d>),
    Made(Rc<MadeObject<'d>>, usize),
    None,
}

impl<'d> Iterator for Members<'d> {
    type Item = Member<'d>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            MembersOf::Written(members, around) => {
                let (key, node) = members.next()?;
                let value = around.beside(node);
                Some(Member { key: key.text(), key_span: key.span(), value })
            }
            MembersOf::Made(list, at) => {
                *at += 1;
                let (key, value) = list.members.get(*at - 1)?.clone();
                Some(Member { key, key_span: value.span(), value })
            }
            MembersOf::None => None,
        }
    }
}
