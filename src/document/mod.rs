//! JSON as Azure's users write it: comments, trailing commas and raw line ends are read and noted,
//! every value knows where it stands, and equal keys stay visible. No recursion and no copies of
//! strings, so that a file of 50 MB takes some tens of milliseconds.

mod duplicates;
mod error;
mod node;
mod outline;
mod parser;
mod pointer;
mod scan;
mod tape;
#[cfg(test)]
mod tests;
mod unescape;

pub use error::{
    Construct, Fault, Found, MAX_BROKEN_VALUES, MAX_DEPTH, MAX_LENGTH, MAX_ODDITIES, NumberFault,
    Oddity, OddityKind, SyntaxError,
};
pub use node::{Items, Key, Kind, Members, Node};
pub use outline::pointers;

use crate::source::{FileId, Span};
use parser::Parser;
use tape::{Entry, narrow, wide};

/// A parsed text.
pub struct Document<'s> {
    file: FileId,
    text: &'s str,
    tape: Vec<Entry>,
    oddities: Vec<Oddity>,
    oddity_count: usize,
}

impl std::fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").field("file", &self.file).finish_non_exhaustive()
    }
}

/// A text of several values after each other: one a line, or simply concatenated.
#[derive(Debug)]
pub struct Sequence<'s> {
    /// All values that could be read; its root is the first.
    pub document: Document<'s>,
    /// What was wrong with the others.
    pub errors: Vec<SyntaxError>,
}

impl<'s> Document<'s> {
    /// Reads `text`, which is that of `file`, as one JSON value.
    ///
    /// # Errors
    /// What is neither JSON nor a usual oddity, and what is past the limits.
    pub fn parse(file: FileId, text: &'s str) -> Result<Self, SyntaxError> {
        let mut parser = Parser::new(file, text)?;
        parser.space()?;
        parser.tree()?;
        parser.space()?;
        match parser.found() {
            Found(None) => Ok(Self::of(parser)),
            found => Err(parser.fault(Fault::TextAfter(found), parser.here())),
        }
    }

    /// Reads `text`, which is that of `file`, as values one after the other, such as one a line.
    /// After a broken one, reading goes on with the next line that begins with `{` or `[`.
    pub fn parse_sequence(file: FileId, text: &'s str) -> Sequence<'s> {
        let mut parser = match Parser::new(file, text) {
            Ok(parser) => parser,
            Err(error) => {
                let document =
                    Self { file, text, tape: Vec::new(), oddities: Vec::new(), oddity_count: 0 };
                return Sequence { document, errors: vec![error] };
            }
        };
        let mut errors: Vec<SyntaxError> = Vec::new();
        let mut broken = 0;
        loop {
            let (start, nodes) = (parser.at, parser.tape.len());
            let read = match parser.space() {
                Ok(()) if parser.peek().is_none() => break,
                Ok(()) => parser.tree(),
                Err(error) => Err(error),
            };
            let Err(error) = read else { continue };
            broken += 1;
            if broken > MAX_BROKEN_VALUES {
                errors.push(SyntaxError { what: Fault::TooManyBroken, ..error });
                parser.restart(text.len(), nodes);
                break;
            }
            // An unclosed value stumbles over the same place as the broken one after it.
            if errors.last() != Some(&error) {
                errors.push(error);
            }
            // White space before the value may hold line ends of its own.
            let value =
                start + text.get(start..).map_or(0, |rest| rest.len() - rest.trim_start().len());
            parser.restart(next_line(text, value), nodes);
        }
        Sequence { document: Self::of(parser), errors }
    }

    fn of(parser: Parser<'s>) -> Self {
        let Parser { file, text, tape, oddities, oddity_count, .. } = parser;
        Self { file, text, tape, oddities, oddity_count }
    }

    /// The value; of a sequence the first one. Null where a sequence has none.
    pub const fn root(&self) -> Node<'_> {
        Node { document: self, index: 0 }
    }

    /// The values of a sequence; otherwise the root alone.
    pub fn roots(&self) -> Items<'_> {
        Items { document: self, range: 0..self.root_end() }
    }

    /// Every value of the document, containers before what they hold.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        let mut open: Vec<Inside<'_>> = vec![Inside::Items(self.roots())];
        std::iter::from_fn(move || {
            loop {
                let next = match open.last_mut()? {
                    Inside::Items(items) => items.next(),
                    Inside::Members(members) => members.next().map(|(_, value)| value),
                };
                let Some(node) = next else {
                    open.pop();
                    continue;
                };
                match node.kind() {
                    Kind::Object => open.push(Inside::Members(node.members())),
                    Kind::Array => open.push(Inside::Items(node.items())),
                    Kind::String | Kind::Number | Kind::Bool | Kind::Null => {}
                }
                return Some(node);
            }
        })
    }

    /// The file that it was read from.
    pub const fn file(&self) -> FileId {
        self.file
    }

    /// The first [`MAX_ODDITIES`] oddities, in the order of the text.
    pub fn oddities(&self) -> &[Oddity] {
        &self.oddities
    }

    /// How many oddities there are in all.
    pub const fn oddity_count(&self) -> usize {
        self.oddity_count
    }

    fn entry(&self, index: u32) -> Entry {
        self.tape.get(wide(index)).copied().unwrap_or(Entry::ABSENT)
    }

    const fn span(&self, entry: Entry) -> Span {
        Span { file: self.file, start: entry.start, end: entry.end }
    }

    fn root_end(&self) -> u32 {
        narrow(self.tape.len())
    }
}

enum Inside<'d> {
    Items(Items<'d>),
    Members(Members<'d>),
}

/// Offset of the first line after `at` that begins with an opening bracket: where the next value
/// of a sequence most likely starts, be they one a line or indented.
fn next_line(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'\n', bytes.get(at..).unwrap_or_default())
        .map(|end| at + end + 1)
        .find(|&line| matches!(bytes.get(line), Some(b'{' | b'[')))
        .unwrap_or(bytes.len())
}
