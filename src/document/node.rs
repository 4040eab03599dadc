//! Handles to the values of a document.

use std::borrow::Cow;
use std::ops::Range;

use super::Document;
use super::tape::{Entry, Tag, narrow, wide};
use super::unescape::{unescape, written};
use crate::source::Span;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// Digits.
    Number,
    /// `true` or `false`.
    Bool,
    /// `null`.
    Null,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Object => "object",
            Self::Array => "array",
            Self::String => "string",
            Self::Number => "number",
            Self::Bool => "boolean",
            Self::Null => "null",
        })
    }
}

/// A value of a document.
#[derive(Clone, Copy)]
pub struct Node<'d> {
    pub(super) document: &'d Document<'d>,
    pub(super) index: u32,
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Node").field(&self.raw()).finish()
    }
}

impl<'d> Node<'d> {
    fn entry(&self) -> Entry {
        self.document.entry(self.index)
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        match self.entry().tag {
            Tag::Object => Kind::Object,
            Tag::Array => Kind::Array,
            Tag::String | Tag::EscapedString => Kind::String,
            Tag::Number => Kind::Number,
            Tag::True | Tag::False => Kind::Bool,
            Tag::Null => Kind::Null,
        }
    }

    /// Where it stands, brackets and quotes included.
    pub fn span(&self) -> Span {
        self.document.span(self.entry())
    }

    /// The text as written, brackets and quotes included.
    pub fn raw(&self) -> &'d str {
        self.document.raw(self.entry())
    }

    /// The member of an object; `None` where there is none, and for all other values. Keys
    /// compare without ASCII case, and of several equal ones the last counts, as in Azure.
    pub fn get(&self, key: &str) -> Option<Self> {
        self.members().filter(|(name, _)| name.is(key)).last().map(|(_, value)| value)
    }

    /// The members of an object in order, equal keys included; nothing for all other values.
    pub fn members(&self) -> Members<'d> {
        Members { document: self.document, range: self.inside(Tag::Object) }
    }

    /// The elements of an array; nothing for all other values.
    pub fn items(&self) -> Items<'d> {
        Items { document: self.document, range: self.inside(Tag::Array) }
    }

    /// The entries inside a container of that kind.
    fn inside(&self, tag: Tag) -> Range<u32> {
        let entry = self.entry();
        if entry.tag == tag { self.index + 1..entry.next } else { 0..0 }
    }

    /// The meaning of a string: escapes replaced, half surrogate pairs as U+FFFD. Copies only
    /// where there are escapes.
    pub fn text(&self) -> Option<Cow<'d, str>> {
        self.document.string(self.entry())
    }

    /// Where the bytes `range` of [`Self::text`] were written; empty ranges give empty spans, and
    /// what lies past the end the place before the closing quote.
    pub fn text_span(&self, range: Range<usize>) -> Span {
        let entry = self.entry();
        let inside = inside(self.raw());
        let place = |offset: usize| match entry.tag {
            Tag::EscapedString => written(inside, offset),
            _ => (offset.min(inside.len()), offset.saturating_add(1).min(inside.len())),
        };
        let start = place(range.start).0;
        let end = if range.is_empty() { start } else { place(range.end - 1).1 };
        let base = entry.start.saturating_add(1);
        let at = |offset: usize| base.saturating_add(narrow(offset)).min(entry.end);
        Span { file: self.document.file, start: at(start), end: at(end) }
    }

    /// A number that is written as an integer (no point, no exponent) and fits.
    pub fn as_i64(&self) -> Option<i64> {
        (self.kind() == Kind::Number).then(|| self.raw().parse().ok())?
    }

    /// `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        match self.entry().tag {
            Tag::True => Some(true),
            Tag::False => Some(false),
            _ => None,
        }
    }

    /// The document that it is part of.
    pub const fn document(&self) -> &'d Document<'d> {
        self.document
    }
}

/// The key of a member.
#[derive(Clone, Copy)]
pub struct Key<'d> {
    document: &'d Document<'d>,
    index: u32,
}

impl std::fmt::Debug for Key<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Key").field(&self.text()).finish()
    }
}

impl<'d> Key<'d> {
    /// Where it stands, quotes included.
    pub fn span(&self) -> Span {
        self.document.span(self.document.entry(self.index))
    }

    /// Its meaning, as [`Node::text`].
    pub fn text(&self) -> Cow<'d, str> {
        self.document.string(self.document.entry(self.index)).unwrap_or_default()
    }

    /// Is it that name, without ASCII case? Allocates only for keys with escapes.
    pub fn is(&self, name: &str) -> bool {
        let entry = self.document.entry(self.index);
        // Most keys are of another length, which needs no look at the text.
        let length = entry.end.saturating_sub(entry.start).saturating_sub(2);
        match entry.tag {
            Tag::EscapedString => self.text().eq_ignore_ascii_case(name),
            _ => {
                wide(length) == name.len()
                    && inside(self.document.raw(entry)).eq_ignore_ascii_case(name)
            }
        }
    }

    /// The same key, without ASCII case?
    pub fn same(&self, other: &Self) -> bool {
        let escaped = |key: &Self| key.document.entry(key.index).tag == Tag::EscapedString;
        if escaped(self) || escaped(other) {
            return self.text().eq_ignore_ascii_case(&other.text());
        }
        let text = |key: &Self| inside(key.document.raw(key.document.entry(key.index)));
        text(self).eq_ignore_ascii_case(text(other))
    }
}

/// The members of an object.
#[derive(Clone, Debug)]
pub struct Members<'d> {
    document: &'d Document<'d>,
    range: Range<u32>,
}

impl<'d> Iterator for Members<'d> {
    type Item = (Key<'d>, Node<'d>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.range.is_empty() {
            return None;
        }
        let (document, key) = (self.document, self.range.start);
        let value = key + 1;
        self.range.start = document.entry(value).next;
        Some((Key { document, index: key }, Node { document, index: value }))
    }
}

/// Values one after the other.
#[derive(Clone, Debug)]
pub struct Items<'d> {
    pub(super) document: &'d Document<'d>,
    pub(super) range: Range<u32>,
}

impl<'d> Iterator for Items<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.range.is_empty() {
            return None;
        }
        let index = self.range.start;
        self.range.start = self.document.entry(index).next;
        Some(Node { document: self.document, index })
    }
}

impl<'s> Document<'s> {
    /// The text of an entry as written.
    pub(super) fn raw(&self, entry: Entry) -> &'s str {
        self.text.get(wide(entry.start)..wide(entry.end)).unwrap_or_default()
    }

    fn string(&self, entry: Entry) -> Option<Cow<'s, str>> {
        match entry.tag {
            Tag::String => {
                let inside = wide(entry.start) + 1..wide(entry.end).saturating_sub(1);
                Some(Cow::Borrowed(self.text.get(inside).unwrap_or_default()))
            }
            Tag::EscapedString => Some(Cow::Owned(unescape(inside(self.raw(entry))))),
            _ => None,
        }
    }
}

/// The text between the quotes.
pub(super) fn inside(raw: &str) -> &str {
    raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default()
}
