//! Values, be they written or made by evaluation.

use std::borrow::Cow;
use std::rc::Rc;

use super::reading::Reading;
use super::unknown::Unknown;
use crate::document;
use crate::source::Span;

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
                list.iter().map(|item| TIMES + written(item) / TIMES).sum()
            }
            Self::Object(Object(Properties::Made { members, .. })) => members.len(),
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
    Made(Rc<[Reading<'d>]>),
}

impl<'d> Array<'d> {
    /// The elements in order. One that is unknown may stand for any number of them: so does an
    /// unknown argument of `concat`.
    pub fn items(&self) -> Items<'d> {
        match &self.0 {
            Elements::Written(reading) => reading.written_items(),
            Elements::Made(list) => Items(ItemsOf::Made(Rc::clone(list), 0)),
        }
    }
}

/// Members by name.
#[derive(Clone, Debug)]
pub struct Object<'d>(pub(super) Properties<'d>);

#[derive(Clone, Debug)]
pub(super) enum Properties<'d> {
    /// Written as an object.
    Written(Reading<'d>),
    /// Made by evaluation; if there is a rest, all other members are unknown for that reason.
    Made { members: Rc<[(&'static str, Reading<'d>)]>, rest: Option<Rc<Unknown>> },
}

impl<'d> Object<'d> {
    /// The member; without ASCII case, the last of equal ones. `None` where there surely is none:
    /// if the rest is unknown, so is the member.
    pub fn get(&self, key: &str) -> Option<Reading<'d>> {
        match &self.0 {
            Properties::Written(reading) => reading.written_member(key),
            Properties::Made { members, rest } => {
                let member = members.iter().rfind(|(name, _)| name.eq_ignore_ascii_case(key));
                member.map(|(_, reading)| reading.clone()).or_else(|| {
                    let rest = rest.as_ref()?;
                    Some(Reading::made(Value::Unknown(rest.member(key)), rest.span))
                })
            }
        }
    }

    /// The members that are known by name, in order.
    pub fn members(&self) -> Members<'d> {
        match &self.0 {
            Properties::Written(reading) => reading.written_members(),
            Properties::Made { members, .. } => Members(MembersOf::Made(Rc::clone(members), 0)),
        }
    }

    /// Why members besides these are unknown, if they are.
    pub fn rest(&self) -> Option<&Unknown> {
        match &self.0 {
            Properties::Made { rest, .. } => rest.as_deref(),
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
    Made(Rc<[Reading<'d>]>, usize),
    One(Option<Reading<'d>>),
}

impl<'d> Iterator for Items<'d> {
    type Item = Reading<'d>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            ItemsOf::Written(items, around) => items.next().map(|node| around.beside(node)),
            ItemsOf::Made(list, at) => {
                *at += 1;
                list.get(*at - 1).cloned()
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
    Made(Rc<[(&'static str, Reading<'d>)]>, usize),
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
                let (key, value) = list.get(*at - 1)?.clone();
                Some(Member { key: Cow::Borrowed(key), key_span: value.span(), value })
            }
            MembersOf::None => None,
        }
    }
}
