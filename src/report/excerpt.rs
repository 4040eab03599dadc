//! The few lines around the labels of one file, for miette. Its own sources count lines from the
//! start of the text for every label, 0.7 s in a file of 50 MB; this one takes windows by the line
//! index that the file has anyway, and cuts lines that no screen could hold.

use super::{
    clean,
    places::Place,
    secrets::{self, Veil},
};
use crate::source::SourceFile;
use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use std::{borrow::Cow, ops::Range};

/// Lines shown before and after a label.
pub(super) const CONTEXT_LINES: usize = 2;

/// A label over more lines than this is drawn at its first one.
const MAX_LABEL_LINES: usize = 8;

/// Longer lines, in bytes, are cut around the label.
const MAX_LINE: usize = 300;

/// What is shown of a long line on each side of a label, in bytes.
const MARGIN: usize = 60;

/// A label to draw.
#[derive(Clone, Debug)]
pub(super) struct Mark<'r> {
    /// Offset of its first byte.
    pub(super) start: u32,
    /// Offset after its last.
    pub(super) end: u32,
    /// The same for people.
    pub(super) place: Place<'r>,
    /// What to say.
    pub(super) text: Cow<'r, str>,
    /// Is it the one that the finding is about?
    pub(super) primary: bool,
}

/// A window on a file, and the labels in it. Offsets are those of the file.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    window: Window,
    labels: Vec<Label>,
}

#[derive(Debug)]
struct Label {
    span: SourceSpan,
    text: Option<String>,
    primary: bool,
    /// Line and column from 0.
    position: (usize, usize),
}

impl Label {
    fn of(mark: &Mark<'_>, span: SourceSpan) -> Self {
        let text = clean::line(&mark.text);
        Self {
            span,
            text: (!text.is_empty()).then_some(text),
            primary: mark.primary,
            position: (from_zero(mark.place.start.line), from_zero(mark.place.start.column)),
        }
    }
}

#[derive(Debug)]
struct Window {
    start: usize,
    /// Line of the first byte, from 0.
    line: usize,
    text: String,
}

/// Offsets of a window before its text is taken.
#[derive(Clone, Copy, Debug)]
struct Extent {
    start: usize,
    end: usize,
    line: usize,
}

impl Excerpt {
    /// The lines of `file` around `marks`: an excerpt for all that are close to each other, first
    /// the one with the primary mark, which heads what is shown.
    pub(super) fn of(file: &SourceFile, marks: &[Mark<'_>], veil: &Veil) -> Vec<Self> {
        let lines = Lines { file };
        let marked_ranges: Vec<Range<usize>> =
            marks.iter().map(|mark| wide(mark.start)..wide(mark.end)).collect();
        let mut marked: Vec<(Extent, Vec<Label>)> = marks
            .iter()
            .map(|mark| {
                let (extent, span) = lines.around(mark);
                (extent, vec![Label::of(mark, span)])
            })
            .collect();
        marked.sort_by_key(|(extent, _)| (extent.start, extent.end));
        marked.dedup_by(|(right, labels), (left, joined)| {
            let touch = right.start <= left.end;
            if touch {
                left.end = left.end.max(right.end);
                joined.append(labels);
            }
            touch
        });
        marked.sort_by_key(|(_, labels)| !labels.iter().any(|label| label.primary));
        let name = clean::line(&file.path);
        let excerpt = |(extent, labels)| {
            let window =
                window(file.text(), extent, |part| veil.over(part, &marked_ranges).collect());
            Self { name: name.clone(), window, labels }
        };
        marked.into_iter().map(excerpt).collect()
    }

    /// The labels as miette has them.
    pub(super) fn labels(&self) -> impl Iterator<Item = LabeledSpan> {
        self.labels.iter().map(|label| {
            let text = label.text.clone();
            if label.primary {
                // Without this miette heads the excerpt with the place of the first label.
                LabeledSpan::new_primary_with_span(text, label.span)
            } else {
                LabeledSpan::new_with_span(text, label.span)
            }
        })
    }

    fn contents<'a>(&self, data: &'a str, start: usize, at: (usize, usize)) -> Contents<'a> {
        let span = SourceSpan::new(start.into(), data.len());
        let count = data.matches('\n').count();
        let (line, column) = at;
        Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            data.as_bytes(),
            span,
            line,
            column,
            count,
        ))
    }
}

type Contents<'a> = Box<dyn SpanContents<'a> + 'a>;

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Contents<'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let window = &self.window;
        let (before, inside, after) = window.split(start, end).ok_or(MietteError::OutOfBounds)?;
        if context_lines_before == 0 {
            // Asked for the heading of the excerpt: the place of the label itself.
            let label = self.labels.iter().find(|label| label.span.offset() == start);
            let position = label.map_or((window.line, 0), |label| label.position);
            return Ok(self.contents(inside, start, position));
        }
        let kept = last_lines(before, context_lines_before + 1);
        let from = before.len() - kept.len();
        let skipped = before.get(..from).unwrap_or_default().matches('\n').count();
        let to = before.len() + inside.len() + first_lines(after, context_lines_after + 1).len();
        let data = window.text.get(from..to).unwrap_or_default();
        Ok(self.contents(data, window.start + from, (window.line + skipped, 0)))
    }
}

impl Window {
    fn split(&self, start: usize, end: usize) -> Option<(&str, &str, &str)> {
        let (before, rest) = self.text.split_at_checked(start.checked_sub(self.start)?)?;
        let (inside, after) = rest.split_at_checked(end.checked_sub(start)?)?;
        Some((before, inside, after))
    }
}

/// The last `count` pieces of `text` between line ends; the last one may be empty.
fn last_lines(text: &str, count: usize) -> &str {
    let cut = memchr::memrchr_iter(b'\n', text.as_bytes()).nth(count - 1);
    text.get(cut.map_or(0, |end| end + 1)..).unwrap_or_default()
}

/// The first `count` lines of `text`, with their ends.
fn first_lines(text: &str, count: usize) -> &str {
    let cut = memchr::memchr_iter(b'\n', text.as_bytes()).nth(count - 1);
    text.get(..cut.map_or(text.len(), |end| end + 1)).unwrap_or_default()
}

/// The lines of a file by number, from 0.
struct Lines<'f> {
    file: &'f SourceFile,
}

impl Lines<'_> {
    /// The window around a mark, and the part of the mark that is in it.
    fn around(&self, mark: &Mark<'_>) -> (Extent, SourceSpan) {
        let text = self.file.text();
        let floor = |offset| text.floor_char_boundary(wide(offset));
        let (start, end) = (floor(mark.start), floor(mark.end).max(floor(mark.start)));
        let first = from_zero(mark.place.start.line);
        // The end of a span that holds a line end is on a line that it has nothing of.
        let last = from_zero(mark.place.end.line);
        let last = if last > first && mark.place.end.column == 1 { last - 1 } else { last };
        let whole = last - first < MAX_LABEL_LINES;
        let (last, end) = if whole { (last, end) } else { (first, self.content_end(first)) };
        if (first..=last).any(|line| self.is_long(line)) {
            let line_end = self.content_end(first).max(start);
            let end = end.min(line_end).min(text.floor_char_boundary(start + MAX_LINE / 2));
            let from = self.start(first).max(start.saturating_sub(MARGIN));
            let from = text.ceil_char_boundary(from).min(start);
            let to = text.floor_char_boundary((end + MARGIN).min(line_end)).max(end);
            let extent = Extent { start: from, end: to, line: first };
            return (extent, SourceSpan::new(start.into(), end - start));
        }
        let short = |line: &usize| !self.is_long(*line);
        let above = (0..first).rev().take(CONTEXT_LINES).take_while(short).last();
        let below = (last + 1..self.count()).take(CONTEXT_LINES).take_while(short).last();
        let (from, to) = (above.unwrap_or(first), below.unwrap_or(last));
        let extent = Extent { start: self.start(from), end: self.start(to + 1), line: from };
        (extent, SourceSpan::new(start.into(), end - start))
    }

    fn count(&self) -> usize {
        self.file.line_starts().len()
    }

    /// Offset of the first byte of the line; past the last line, the end of the text.
    fn start(&self, line: usize) -> usize {
        self.file.line_starts().get(line).map_or(self.file.text().len(), |&start| wide(start))
    }

    /// Offset of the end of the line, less what ends it.
    fn content_end(&self, line: usize) -> usize {
        let start = self.start(line);
        let content = self.file.text().get(start..self.start(line + 1)).unwrap_or_default();
        start + content.trim_end_matches(['\r', '\n']).len()
    }

    fn is_long(&self, line: usize) -> bool {
        self.start(line + 1) - self.start(line) > MAX_LINE
    }
}

fn window(
    text: &str,
    extent: Extent,
    hidden: impl Fn(&Range<usize>) -> Vec<Range<usize>>,
) -> Window {
    let Extent { start, end, line } = extent;
    let masked = secrets::masked_part(text, start..end);
    let shown = clean::in_place(&without(masked, start, hidden(&(start..end))));
    let mut shown = lone_returns_as_line_feeds(&shown);
    if end == text.len() {
        // A label at the very end of the file needs something to stand under.
        shown.push(' ');
    }
    Window { start, line, text: shown }
}

/// `text`, which begins at `start` of its file, with a `*` for every byte of `hidden` but line ends.
fn without(text: String, start: usize, hidden: Vec<Range<usize>>) -> String {
    if hidden.is_empty() {
        return text;
    }
    let mut bytes = text.into_bytes();
    let count = bytes.len();
    for range in hidden {
        let inside = |offset: usize| offset.saturating_sub(start).min(count);
        let part = bytes.get_mut(inside(range.start)..inside(range.end)).unwrap_or_default();
        part.iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')).for_each(|it| *it = b'*');
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// A carriage return by itself ends a line for us, and does not for miette.
fn lone_returns_as_line_feeds(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 1);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\r') {
        shown.push_str(before);
        shown.push(if after.starts_with('\n') { '\r' } else { '\n' });
        rest = after;
    }
    shown.push_str(rest);
    shown
}

fn from_zero(number: u32) -> usize {
    wide(number).saturating_sub(1)
}

fn wide(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
