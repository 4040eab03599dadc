//! Texts that a program made from files of the user, and the way back to those.

use super::{FileId, SourceFile, Span};

/// What a text was made from.
#[derive(Debug)]
pub struct Made {
    /// The files that people wrote; the first is the one the text is known as.
    pub from: Vec<SourceFile>,
    /// Where its pieces come from: by first byte, what holds others before them.
    pub origins: Vec<Origin>,
}

/// A piece of a made text, and where it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// First byte and end of the piece in the made text.
    pub made: (u32, u32),
    /// Index of the file that it comes from.
    pub file: usize,
    /// First byte and end there.
    pub written: (u32, u32),
}

/// A made text among the files of a run.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) made: FileId,
    /// The id of the first file that it was made from.
    pub(super) first: u32,
    pub(super) origins: Vec<Origin>,
}

impl Home {
    /// Where the smallest known piece around `span` was written.
    pub(super) fn of(&self, span: Span) -> Option<Span> {
        let after = self.origins.partition_point(|origin| origin.made.0 <= span.start);
        let before = self.origins.get(..after)?;
        let origin = before.iter().rev().find(|origin| origin.made.1 >= span.end)?;
        let file = FileId(self.first.checked_add(u32::try_from(origin.file).ok()?)?);
        Some(Span { file, start: origin.written.0, end: origin.written.1 })
    }
}
