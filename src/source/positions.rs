//! Lines and columns of many places in one walk over the text: a policy of 50 MB may be a single
//! line, and counting its characters once a place would take longer than judging it.

use super::{Position, slice};
use std::ops::Range;

/// The positions of the bytes at the sorted `offsets`, each behind its offset.
pub fn positions(text: &str, offsets: &[u32]) -> Vec<(u32, Position)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    // The line, and where the column was counted last.
    let (mut line, mut from, mut column) = (1, 0, 1);
    let resolve = |&offset: &u32| {
        let end = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        let passed = lines(bytes, at..end);
        if let Some(start) = passed.last {
            (from, column) = (u32::try_from(start).unwrap_or(u32::MAX), 1);
        }
        line += passed.count;
        let further = slice(text, from, offset).chars().count();
        column += further;
        (at, from) = (end.max(at), offset);
        let narrow = |number| u32::try_from(number).unwrap_or(u32::MAX);
        (offset, Position { line: narrow(line), column: narrow(column) })
    };
    offsets.iter().map(resolve).collect()
}

/// Lines that begin behind a piece of text or in it.
struct Lines {
    count: usize,
    /// Where the last of them begins.
    last: Option<usize>,
}

/// The lines whose ends stand in `range`: LF, CRLF and a lone CR, as [`super::SourceFile::line_starts`].
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

#[cfg(test)]
mod tests {
    use super::super::SourceFile;
    use super::*;
    use proptest::prelude::{any, proptest};

    proptest! {
        #[test]
        fn one_pass_finds_what_one_by_one_finds(
            text in "[a\r\n日é]{0,40}",
            offsets in proptest::collection::vec(any::<u8>(), 0..20),
        ) {
            let source = SourceFile::new("f", text.as_str());
            let mut offsets: Vec<u32> = offsets.into_iter().map(u32::from).collect();
            offsets.sort_unstable();
            for (offset, position) in positions(&text, &offsets) {
                assert_eq!(position, source.position(offset));
            }
        }
    }
}
