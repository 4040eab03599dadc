//! What a parsed file looks like in memory: one flat list of small entries in the order of the
//! text. A container knows where its contents end, so that skipping it is one step.

/// What an entry is. Strings with a backslash are told apart so that all others need no copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Object,
    Array,
    String,
    EscapedString,
    Number,
    True,
    False,
    Null,
}

/// One value or key; in an object the entry of each key stands right before its value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Offset of the first byte, quotes included.
    pub(super) start: u32,
    /// Offset after the last byte.
    pub(super) end: u32,
    /// Index of the entry after this one and all that it holds.
    pub(super) next: u32,
    /// What it is.
    pub(super) tag: Tag,
}

impl Entry {
    /// Stands in where there is no entry: an empty sequence has a root all the same.
    pub(super) const ABSENT: Self = Self { start: 0, end: 0, next: u32::MAX, tag: Tag::Null };
}

/// An offset or index as the tape keeps it. Texts over 1 GiB are refused beforehand, so nothing
/// is cut off here.
pub(super) fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// An offset or index as slices want it.
pub(super) fn wide(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}
