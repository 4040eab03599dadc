//! Lines and columns of everything that a report points at, worked out file by file in one pass:
//! a policy of 50 MB may be a single line, and counting its characters once a finding would take
//! longer than judging it.

use crate::{
    document::Document,
    finding::Report,
    source::{FileId, Position, SourceFile, Span},
};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use std::collections::BTreeMap;

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
        let files: Vec<_> = asked
            .into_iter()
            .filter_map(|(id, asked)| Some((id, report.sources.get(id)?, asked)))
            .collect();
        let files = files
            .into_par_iter()
            .map(|(id, source, Asked { mut starts, ends })| {
                starts.sort_unstable();
                starts.dedup();
                let pointers = if pointers { json_pointers(id, source, &starts) } else { vec![] };
                starts.extend(ends);
                starts.sort_unstable();
                starts.dedup();
                let positions = positions(source, starts);
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

fn spans(report: &Report) -> impl Iterator<Item = Span> {
    let findings = report.findings.iter().flat_map(|finding| {
        let edits = finding.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
        finding.primary.iter().chain(&finding.related).map(|label| label.span).chain(edits)
    });
    let deciders = report.coverage.iter().flat_map(|row| &row.decided_by);
    let errors = report.errors.iter().filter_map(|error| error.span);
    let deciders = deciders.flat_map(|decider| decider.span.into_iter().chain(decider.mark));
    findings.chain(deciders).chain(errors)
}

/// One walk over what lies between the sorted `offsets` that share a line.
fn positions(source: &SourceFile, offsets: Vec<u32>) -> Vec<(u32, Position)> {
    let starts = source.line_starts();
    let mut last = (0, Position { line: 0, column: 0 });
    let mut resolve = |offset: u32| {
        let index = starts.partition_point(|&start| start <= offset).max(1);
        let line = u32::try_from(index).unwrap_or(u32::MAX);
        let (from, column) = match last {
            (at, position) if position.line == line => (at, position.column),
            _ => (starts.get(index - 1).copied().unwrap_or(0), 1),
        };
        let further = source.slice(from, offset).chars().count();
        let column = column.saturating_add(u32::try_from(further).unwrap_or(u32::MAX));
        last = (offset, Position { line, column });
        last
    };
    offsets.into_iter().map(&mut resolve).collect()
}

fn json_pointers(id: FileId, source: &SourceFile, offsets: &[u32]) -> Vec<(u32, String)> {
    let Ok(document) = Document::parse(id, &source.text) else { return Vec::new() };
    offsets.iter().copied().zip(document.pointers(offsets)).collect()
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
