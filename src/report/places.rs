//! Lines and columns of everything that a report points at, worked out file by file in one pass:
//! a policy of 50 MB may be a single line, and counting its characters once a finding would take
//! longer than judging it.

use crate::{
    document::{self, Document},
    finding::Report,
    source::{FileId, Position, Span, positions},
};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use std::{cell::LazyCell, collections::BTreeMap};

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
                // A text that was let go is read again only if something else is asked for than
                // where the larger values stand.
                let text = LazyCell::new(|| source.read());
                let positions = source.known(&all).unwrap_or_else(|| positions(&text, &all));
                let outline = source.outline.as_deref().filter(|_| pointers);
                let found = outline.and_then(|it| document::pointers(id, it, || &text, &starts));
                let pointers = match found {
                    Some(found) => starts.iter().copied().zip(found).collect(),
                    None if pointers => json_pointers(id, &text, &starts),
                    None => Vec::new(),
                };
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

fn json_pointers(id: FileId, text: &str, offsets: &[u32]) -> Vec<(u32, String)> {
    let pointers = Document::parse(id, text).ok().map(|document| document.pointers(offsets));
    offsets.iter().copied().zip(pointers.unwrap_or_default()).collect()
}
