//! Text, and places in it. Every value that can be reported carries a [`Span`] from here; lines
//! and columns are worked out late, and only for files with something to say.

mod made;

pub use made::{Made, Origin};

use made::Home;
use std::sync::OnceLock;

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
    /// The whole text, less a byte order mark.
    pub text: String,
    /// Its larger values, if it was read as one value of JSON that has any.
    pub outline: Option<Box<Outline>>,
    /// What it was made from, if nobody wrote it.
    pub made: Option<Box<Made>>,
    lines: OnceLock<Vec<u32>>,
}

/// Where the larger values of a text stand, in the order of the text, the outermost first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline(pub Vec<Landmark>);

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
    /// By a key, which stands at these offsets, quotes included.
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
            text: text.into(),
            outline: None,
            made: None,
            lines: OnceLock::new(),
        }
    }

    /// The same file with the larger values of its text.
    #[must_use]
    pub fn outlined(mut self, outline: Outline) -> Self {
        self.outline = (!outline.0.is_empty()).then(|| Box::new(outline));
        self
    }

    /// Offsets at which lines begin; the first is 0. LF, CRLF and a lone CR end a line.
    pub fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let after = memchr::memchr2_iter(b'\n', b'\r', bytes)
                .filter(|&at| bytes.get(at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n'))
                .filter_map(|at| u32::try_from(at + 1).ok());
            std::iter::once(0).chain(after).collect()
        })
    }

    /// Strikes out strings and numbers of JSON that nobody must see: their places and those of all
    /// else stay, and the text stays JSON.
    pub fn strike(&mut self, spans: &[Span]) {
        let offset = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
        for span in spans {
            let range = offset(span.start)..offset(span.end);
            let Some(written) = self.text.get(range.clone()) else { continue };
            let inside = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            let struck = match inside {
                Some(inside) => format!("\"{}\"", inside.chars().map(star).collect::<String>()),
                None => written.chars().map(|c| if c.is_ascii_digit() { '1' } else { c }).collect(),
            };
            if struck.len() == written.len() {
                self.text.replace_range(range, &struck);
            }
        }
    }

    /// The position of the byte at `offset`; past the end, the position after the last character.
    pub fn position(&self, offset: u32) -> Position {
        let starts = self.line_starts();
        let line = starts.partition_point(|&start| start <= offset).max(1);
        let start = starts.get(line - 1).copied().unwrap_or(0);
        let column = self.slice(start, offset).chars().count() + 1;
        Position {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    /// The text from `start` to `end`, both moved to character borders inside the text.
    pub fn slice(&self, start: u32, end: u32) -> &str {
        let floor = |at: u32| {
            let at = usize::try_from(at).unwrap_or(usize::MAX);
            self.text.floor_char_boundary(at)
        };
        self.text.get(floor(start)..floor(end)).unwrap_or_default()
    }
}

/// All files of a run.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
    /// Sorted by the made file.
    homes: Vec<Home>,
}

impl Sources {
    /// The files in order: file `n` has the id `FileId(n)`. Those that they were made from follow.
    pub fn new(mut files: Vec<SourceFile>) -> Self {
        let mut homes = Vec::new();
        let mut written = Vec::new();
        let count = files.len();
        for (id, file) in (0..).map(FileId).zip(&mut files) {
            if let Some(made) = file.made.take()
                && let Ok(first) = u32::try_from(count + written.len())
            {
                homes.push(Home { made: id, first, origins: made.origins });
                written.extend(made.from);
            }
        }
        files.extend(written);
        Self { files, homes }
    }

    /// Gives every file the name that people know it by.
    pub fn rename(&mut self, name: impl Fn(&str) -> String) {
        for file in &mut self.files {
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
        self.files.get(usize::try_from(id.0).ok()?)
    }

    /// Every file with its id.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0..).map(FileId).zip(&self.files)
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
