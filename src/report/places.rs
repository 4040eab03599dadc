//! Lines and columns of everything that a report points at, worked out file by file in one pass:
//! a policy of 50 MB may be a single line, and counting its characters once a finding would take
//! longer than judging it.

use crate::{
    document::{self, Document},
    finding::Report,
    source::{FileId, Position, SourceFile, Span},
};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use std::{collections::BTreeMap, ops::Range};

/// A span as people count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place<'r> {
    /// The path of the file as shown.
    pub(super) file: &'r str,
    /// The first character.
    pub(super) start: Position,
    /// The place after the last character.
    pub(super) end: Position,
}

/// The places of all spans of a report.
#[derive(Debug)]
pub(super) struct Places<'r> {
    files: BTreeMap<FileId, File<'r>>,
}

#[derive(Debug)]
struct File<'r> {
    path: &'r str,
    /// Sorted by offset.
    positions: Vec<(u32, Position)>,
    /// Of the starts of spans, sorted by offset.
    pointers: Vec<(u32, String)>,
}

/// The offsets of one file that are asked for.
#[derive(Default)]
struct Asked {
    starts: Vec<u32>,
    ends: Vec<u32>,
    /// Both ends of spans that need no pointers.
    marks: Vec<u32>,
}

impl<'r> Places<'r> {
    /// The positions of everything that `report` points at.
    pub(super) fn of(report: &'r Report) -> Self {
        Self::resolve(report, false)
    }

    /// As [`Self::of`], with JSON pointers, for which the files are read once more.
    pub(super) fn with_pointers(report: &'r Report) -> Self {
        Self::resolve(report, true)
    }

    fn resolve(report: &'r Report, pointers: bool) -> Self {
        let mut asked: BTreeMap<FileId, Asked> = BTreeMap::new();
        for span in spans(report) {
            let file = asked.entry(span.file).or_default();
            file.starts.push(span.start);
            file.ends.push(span.end);
        }
        for span in marks(report) {
            asked.entry(span.file).or_default().marks.extend([span.start, span.end]);
        }
        let files: Vec<_> = asked
            .into_iter()
            .filter_map(|(id, asked)| Some((id, report.sources.get(id)?, asked)))
            .collect();
        let files = files
            .into_par_iter()
            .map(|(id, source, Asked { starts, ends, marks })| {
                let starts = in_order(starts);
                let all = in_order([starts.as_slice(), &ends, &marks].concat());
                // Before the pointers, for which a text that was let go may be read again.
                let positions = positions(source, all);
                let pointers = if pointers { json_pointers(id, source, &starts) } else { vec![] };
                (id, File { path: &source.path, positions, pointers })
            })
            .collect();
        Self { files }
    }

    /// The place of `span`, if its file is one of the run.
    pub(super) fn of_span(&self, span: Span) -> Option<Place<'r>> {
        let file = self.files.get(&span.file)?;
        let start = *found(&file.positions, span.start)?;
        let end = *found(&file.positions, span.end)?;
        Some(Place { file: file.path, start, end: end.max(start) })
    }

    /// The JSON pointer (RFC 6901) of the value at the start of `span`; none where the file is
    /// not one JSON value.
    pub(super) fn pointer(&self, span: Span) -> Option<&str> {
        found(&self.files.get(&span.file)?.pointers, span.start).map(String::as_str)
    }
}

fn found<T>(sorted: &[(u32, T)], offset: u32) -> Option<&T> {
    let index = sorted.binary_search_by_key(&offset, |&(at, _)| at).ok()?;
    sorted.get(index).map(|(_, value)| value)
}

fn in_order(mut offsets: Vec<u32>) -> Vec<u32> {
    offsets.sort_unstable();
    offsets.dedup();
    offsets
}

/// What the report points at.
fn spans(report: &Report) -> impl Iterator<Item = Span> {
    let labels =
        report.findings.iter().flat_map(|finding| finding.primary.iter().chain(&finding.related));
    let deciders = report.coverage.iter().flat_map(|row| &row.decided_by);
    let errors = report.errors.iter().filter_map(|error| error.span);
    labels.map(|label| label.span).chain(deciders.filter_map(|decider| decider.span)).chain(errors)
}

/// What it tells only the lines and columns of.
fn marks(report: &Report) -> impl Iterator<Item = Span> {
    let fixes = report.findings.iter().filter_map(|finding| finding.fix.as_ref());
    let edits = fixes.flat_map(|fix| &fix.edits).map(|edit| edit.span);
    let deciders = report.coverage.iter().flat_map(|row| &row.decided_by);
    edits.chain(deciders.filter_map(|decider| decider.mark))
}

/// One walk over the text up to the last of the sorted `offsets`.
fn positions(source: &SourceFile, offsets: Vec<u32>) -> Vec<(u32, Position)> {
    if !source.is_held() {
        // Its lines are known.
        return offsets.into_iter().map(|offset| (offset, source.position(offset))).collect();
    }
    let bytes = source.text().as_bytes();
    let mut at = 0;
    // The line, and where the column was counted last.
    let (mut line, mut from, mut column) = (1, 0, 1);
    let resolve = |offset: u32| {
        let end = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        let passed = lines(bytes, at..end);
        if let Some(start) = passed.last {
            (from, column) = (u32::try_from(start).unwrap_or(u32::MAX), 1);
        }
        line += passed.count;
        let further = source.slice(from, offset).chars().count();
        column += further;
        (at, from) = (end.max(at), offset);
        let narrow = |number| u32::try_from(number).unwrap_or(u32::MAX);
        (offset, Position { line: narrow(line), column: narrow(column) })
    };
    offsets.into_iter().map(resolve).collect()
}

/// Lines that begin behind a piece of text or in it.
struct Lines {
    count: usize,
    /// Where the last of them begins.
    last: Option<usize>,
}

/// The lines whose ends stand in `range`: LF, CRLF and a lone CR, as [`SourceFile::line_starts`].
fn lines(bytes: &[u8], range: Range<usize>) -> Lines {
    let piece = bytes.get(range.clone()).unwrap_or_default();
    if memchr::memchr(b'\r', piece).is_none() {
        let last = memchr::memrchr(b'\n', piece).map(|at| range.start + at + 1);
        return Lines { count: memchr::memchr_iter(b'\n', piece).count(), last };
    }
    let mut lines = Lines { count: 0, last: None };
    for at in memchr::memchr2_iter(b'\n', b'\r', piece).map(|at| range.start + at) {
        if bytes.get(at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n') {
            lines.count += 1;
            lines.last = Some(at + 1);
        }
    }
    lines
}

fn json_pointers(id: FileId, source: &SourceFile, offsets: &[u32]) -> Vec<(u32, String)> {
    let pointers = document::pointers(id, source, offsets).or_else(|| {
        let document = Document::parse(id, source.text()).ok()?;
        Some(document.pointers(offsets))
    });
    offsets.iter().copied().zip(pointers.unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, proptest};

    proptest! {
        #[test]
        fn one_pass_finds_what_one_by_one_finds(
            text in "[a\r\n日é]{0,40}",
            offsets in proptest::collection::vec(any::<u8>(), 0..20),
        ) {
            let source = SourceFile::new("f", text);
            let mut offsets: Vec<u32> = offsets.into_iter().map(u32::from).collect();
            offsets.sort_unstable();
            for (offset, position) in positions(&source, offsets) {
                assert_eq!(position, source.position(offset));
            }
        }
    }
}
