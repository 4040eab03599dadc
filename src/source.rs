//! Text, and places in it. Every value that can be reported carries a [`Span`] from here; lines
//! and columns are worked out late, and only for files with something to say.

mod made;
mod positions;
mod stored;

pub use made::{Made, Origin};
pub use positions::positions;
pub use stored::Stored;

use made::Home;
use std::{borrow::Cow, sync::OnceLock};

/// Which file of a run; an index into [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A place in a file: byte offsets, end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `value`, written at `span`.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place with another value.
    pub fn map<U>(self, into: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: into(self.value), span: self.span }
    }
}

/// A line and a column, both from 1; columns count Unicode characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// One file of the run: the name that people know it by, its text, and (on demand) its lines.
#[derive(Debug)]
pub struct SourceFile {
    /// The path as it is shown: relative where it was given so, `/` between parts, `-` for
    /// standard input.
    pub path: String,
    /// The whole text, less a byte order mark; not there while it is let go.
    text: OnceLock<String>,
    /// Where it can be read again.
    stored: Option<Box<Stored>>,
    /// Of a text that was let go, where the larger values begin and end.
    known: Vec<(u32, Position)>,
    /// Its larger values, if it was read as one value of JSON that has any.
    pub outline: Option<Box<Outline>>,
    /// What it was made from, if nobody wrote it.
    pub made: Option<Box<Made>>,
    lines: OnceLock<Vec<u32>>,
}

/// Where the larger values of a text stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// They, in the order of the text, the outermost first.
    pub marks: Vec<Landmark>,
    /// Their keys as written, quotes included, one behind the other.
    pub keys: String,
}

/// A larger value: an object or an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Landmark {
    /// Offset of its opening bracket.
    pub start: u32,
    /// Offset after its closing bracket.
    pub end: u32,
    /// Index of the landmark that it stands in; of the outermost its own.
    pub parent: u32,
    /// The way from there.
    pub step: Step,
}

/// The way from a value to one inside of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It stands in no other.
    Root,
    /// By a key, which stands at these offsets of [`Outline::keys`].
    Member {
        /// Offset of the first quote.
        start: u32,
        /// Offset after the last.
        end: u32,
    },
    /// By a number, from 0.
    Element(u32),
}

/// What stands for a character that must not be seen, and takes as many bytes.
const fn star(character: char) -> char {
    match character {
        '\n' | '\r' => character,
        _ => match character.len_utf8() {
            1 => '*',
            2 => '\u{b7}',
            3 => '\u{2022}',
            _ => '\u{1f7b6}',
        },
    }
}

impl SourceFile {
    /// A file of `text` known as `path`.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: OnceLock::from(text.into()),
            stored: None,
            known: Vec::new(),
            outline: None,
            made: None,
            lines: OnceLock::new(),
        }
    }

    /// Takes note of the larger values of the text, if there are any.
    pub fn outline(&mut self, outline: Outline) {
        if !outline.marks.is_empty() {
            self.outline = Some(Box::new(outline));
        }
    }

    /// The whole text. One that was let go is read again; if the file has changed since, every
    /// line says so.
    pub fn text(&self) -> &str {
        self.text.get_or_init(|| self.read_again())
    }

    /// As [`Self::text`], but a text that was let go is not kept.
    pub fn read(&self) -> Cow<'_, str> {
        match self.text.get() {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(self.read_again()),
        }
    }

    fn read_again(&self) -> String {
        let stored = self.stored.as_deref();
        let again = stored.and_then(Stored::read);
        again.unwrap_or_else(|| stored::stand_in(&self.known, stored.map_or(0, |it| it.length)))
    }

    /// Lets go of a text that can be read again, which is said to stand in `stored`. Of an estate
    /// most is never shown, and to keep it takes longer than to read a little of it once more. A
    /// short text, or one whose columns hang on its characters, stays.
    pub fn let_go(&mut self, stored: Stored) {
        let Some(outline) = &self.outline else { return };
        let text = self.text();
        if self.made.is_some() || stored.length != text.len() || !text.is_ascii() {
            return;
        }
        let ends = outline.marks.iter().flat_map(|mark| [mark.start, mark.end]);
        let mut ends: Vec<u32> = ends.collect();
        ends.sort_unstable();
        self.known = positions(text, &ends);
        self.stored = Some(Box::new(stored));
        self.text = OnceLock::new();
    }

    /// The positions of the bytes at the sorted `offsets`, if they are known without the text.
    pub fn known(&self, offsets: &[u32]) -> Option<Vec<(u32, Position)>> {
        let known = |offset: &u32| {
            let at = self.known.binary_search_by_key(offset, |(known, _)| *known).ok()?;
            self.known.get(at).copied()
        };
        offsets.iter().map(known).collect()
    }

    /// Offsets at which lines begin; the first is 0. LF, CRLF and a lone CR end a line.
    pub fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let bytes = self.text().as_bytes();
            let after = memchr::memchr2_iter(b'\n', b'\r', bytes)
                .filter(|&at| bytes.get(at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n'))
                .filter_map(|at| u32::try_from(at + 1).ok());
            std::iter::once(0).chain(after).collect()
        })
    }

    /// Strikes out strings and numbers of JSON that nobody must see: their places and those of all
    /// else stay, and the text stays JSON.
    pub fn strike(&mut self, spans: &[Span]) {
        let Some(text) = self.text.get_mut() else { return };
        let offset = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
        for span in spans {
            let range = offset(span.start)..offset(span.end);
            let Some(written) = text.get(range.clone()) else { continue };
            let inside = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            let struck = match inside {
                Some(inside) => format!("\"{}\"", inside.chars().map(star).collect::<String>()),
                None => written.chars().map(|c| if c.is_ascii_digit() { '1' } else { c }).collect(),
            };
            if struck.len() == written.len() {
                text.replace_range(range, &struck);
            }
        }
    }

    /// The position of the byte at `offset`; past the end, the position after the last character.
    pub fn position(&self, offset: u32) -> Position {
        let starts = self.line_starts();
        let line = starts.partition_point(|&start| start <= offset).max(1);
        let start = starts.get(line - 1).copied().unwrap_or(0);
        let column = self.slice(start, offset).chars().count() + 1;
        let narrow = |number| u32::try_from(number).unwrap_or(u32::MAX);
        Position { line: narrow(line), column: narrow(column) }
    }

    /// The text from `start` to `end`, both moved to character borders inside the text.
    pub fn slice(&self, start: u32, end: u32) -> &str {
        slice(self.text(), start, end)
    }
}

/// The text from `start` to `end`, both moved to character borders inside the text.
fn slice(text: &str, start: u32, end: u32) -> &str {
    let floor = |at: u32| text.floor_char_boundary(usize::try_from(at).unwrap_or(usize::MAX));
    text.get(floor(start)..floor(end)).unwrap_or_default()
}

/// All files of a run.
#[derive(Debug, Default)]
pub struct Sources {
    /// Sorted by id.
    files: Vec<(FileId, SourceFile)>,
    /// Sorted by the made file.
    homes: Vec<Home>,
}

impl Sources {
    /// The files in order: file `n` has the id `FileId(n)`.
    pub fn new(files: Vec<SourceFile>) -> Self {
        Self::numbered((0..).map(FileId).zip(files).collect())
    }

    /// The files with their ids, in the order of these. Those that they were made from follow.
    pub fn numbered(mut files: Vec<(FileId, SourceFile)>) -> Self {
        let mut homes = Vec::new();
        let mut written = Vec::new();
        let mut next = files.last().map_or(0, |(FileId(last), _)| last.saturating_add(1));
        for (id, file) in &mut files {
            if let Some(made) = file.made.take() {
                homes.push(Home { made: *id, first: next, origins: made.origins });
                for file in made.from {
                    written.push((FileId(next), file));
                    next = next.saturating_add(1);
                }
            }
        }
        files.extend(written);
        Self { files, homes }
    }

    /// Gives every file the name that people know it by.
    pub fn rename(&mut self, name: impl Fn(&str) -> String) {
        for (_, file) in &mut self.files {
            file.path = name(&file.path);
        }
    }

    /// Where what stands at `span` was written: there, unless a program made it. `None` where it
    /// made it from nothing in particular.
    pub fn written(&self, span: Span) -> Option<Span> {
        match self.homes.binary_search_by_key(&span.file, |home| home.made) {
            Ok(at) => self.homes.get(at)?.of(span),
            Err(_) => Some(span),
        }
    }

    /// Whether any of the files was made by a program.
    pub const fn any_made(&self) -> bool {
        !self.homes.is_empty()
    }

    /// The file that `id` was made from, or itself.
    pub fn author(&self, id: FileId) -> FileId {
        let at = self.homes.binary_search_by_key(&id, |home| home.made);
        let home = at.ok().and_then(|at| self.homes.get(at));
        home.map_or(id, |home| FileId(home.first))
    }

    /// The file, if it is one of these.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        let at = self.files.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        self.files.get(at).map(|(_, file)| file)
    }

    /// Every file with its id.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().map(|(id, file)| (*id, file))
    }

    /// The text at `span`, empty where the span is of no file here.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file).map_or("", |file| file.slice(span.start, span.end))
    }

    /// The first position of `span`, where it was written.
    pub fn position(&self, span: Span) -> Option<Position> {
        let span = self.written(span)?;
        Some(self.get(span.file)?.position(span.start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_lf_crlf_and_cr_and_columns_count_characters() {
        let file = SourceFile::new("f", "a\r\nbé日x\rc\n");
        let at = |offset| {
            let Position { line, column } = file.position(offset);
            (line, column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(3), (2, 1));
        assert_eq!(at(9), (2, 4));
        assert_eq!(at(11), (3, 1));
        assert_eq!(at(99), (4, 1));
    }

    #[test]
    fn what_was_made_leads_back_to_the_smallest_piece_around_it() {
        let origin = |made, file, written| Origin { made, file, written };
        let origins = vec![
            origin((0, 100), 0, (5, 50)),
            origin((10, 20), 0, (6, 9)),
            origin((30, 60), 1, (1, 2)),
        ];
        let mut made = SourceFile::new("a", "made");
        let from = vec![SourceFile::new("a", "written"), SourceFile::new("b", "beside")];
        made.made = Some(Box::new(Made { from, origins }));
        let sources = Sources::new(vec![SourceFile::new("x", ""), made]);
        let span = |file, start, end| Span { file: FileId(file), start, end };
        assert_eq!(sources.written(span(1, 12, 15)), Some(span(2, 6, 9)));
        assert_eq!(sources.written(span(1, 22, 25)), Some(span(2, 5, 50)));
        assert_eq!(sources.written(span(1, 30, 60)), Some(span(3, 1, 2)));
        assert_eq!(sources.written(span(1, 90, 101)), None);
        assert_eq!(sources.written(span(0, 1, 2)), Some(span(0, 1, 2)));
        assert_eq!(sources.author(FileId(1)), FileId(2));
    }
}
