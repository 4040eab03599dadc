//! From text to tape, without recursion: brackets that are open wait on a stack of their own.

use super::error::{
    Construct, Fault, Found, MAX_DEPTH, MAX_LENGTH, MAX_ODDITIES, NumberFault, Oddity, OddityKind,
    SyntaxError,
};
use super::scan;
use super::tape::{Entry, Tag, narrow, wide};
use crate::source::{FileId, Span};

/// Texts quoted in errors are cut off after so many bytes.
const MAX_QUOTED: usize = 40;

/// The state of reading one text.
pub(super) struct Parser<'s> {
    pub(super) file: FileId,
    pub(super) text: &'s str,
    bytes: &'s [u8],
    pub(super) at: usize,
    pub(super) tape: Vec<Entry>,
    open: Vec<Open>,
    pub(super) oddities: Vec<Oddity>,
    pub(super) oddity_count: usize,
}

/// A container that is not closed yet.
#[derive(Clone, Copy)]
struct Open {
    entry: usize,
    is_object: bool,
}

impl<'s> Parser<'s> {
    /// Ready to read `text`, past its byte order mark.
    pub(super) fn new(file: FileId, text: &'s str) -> Result<Self, SyntaxError> {
        let mut parser = Self {
            file,
            text,
            bytes: text.as_bytes(),
            at: 0,
            tape: Vec::new(),
            open: Vec::new(),
            oddities: Vec::new(),
            oddity_count: 0,
        };
        if text.len() > MAX_LENGTH {
            return Err(parser.fault(Fault::TooLong(text.len()), 0..0));
        }
        if text.starts_with('\u{feff}') {
            parser.at = '\u{feff}'.len_utf8();
            parser.note(OddityKind::ByteOrderMark, 0, parser.at);
        }
        // An indented export has a node for each 21 bytes or so.
        parser.tape.reserve(text.len() / 20 + 8);
        Ok(parser)
    }

    /// Moves past white space and comments.
    #[inline]
    pub(super) fn space(&mut self) -> Result<(), SyntaxError> {
        loop {
            self.at = scan::white_space(self.bytes, self.at);
            if self.peek() != Some(b'/') {
                return Ok(());
            }
            self.comment()?;
        }
    }

    /// Drops the entries from `entries` on, and goes on at `at`, outside of all brackets.
    pub(super) fn restart(&mut self, at: usize, entries: usize) {
        self.at = at;
        self.tape.truncate(entries);
        self.open.clear();
    }

    /// Reads one whole value; the place must be its first byte.
    pub(super) fn tree(&mut self) -> Result<(), SyntaxError> {
        loop {
            let opened = self.value()?;
            if !opened && self.after_value()? {
                return Ok(());
            }
        }
    }

    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Reads a scalar, an empty container (`false`), or the opening of one (`true`): then the
    /// place is that of its first value.
    #[inline]
    fn value(&mut self) -> Result<bool, SyntaxError> {
        match self.peek() {
            Some(b'"') => self.string().map(|()| false),
            Some(b'{') => {
                self.open(Tag::Object)?;
                if self.peek() == Some(b'}') {
                    self.close();
                    return Ok(false);
                }
                self.key().map(|()| true)
            }
            Some(b'[') => {
                self.open(Tag::Array)?;
                let empty = self.peek() == Some(b']');
                if empty {
                    self.close();
                }
                Ok(!empty)
            }
            Some(b'-' | b'0'..=b'9') => self.number().map(|()| false),
            Some(b't') => self.word("true", Tag::True).map(|()| false),
            Some(b'f') => self.word("false", Tag::False).map(|()| false),
            Some(b'n') => self.word("null", Tag::Null).map(|()| false),
            _ => Err(self.no_value()),
        }
    }

    /// Moves on to the next value of the open containers; `true` when all are closed.
    #[inline]
    fn after_value(&mut self) -> Result<bool, SyntaxError> {
        loop {
            let Some(&Open { is_object, .. }) = self.open.last() else { return Ok(true) };
            let closer = if is_object { b'}' } else { b']' };
            self.space()?;
            let next = self.peek();
            if next == Some(b',') {
                let comma = self.at;
                self.at += 1;
                self.space()?;
                if self.peek() != Some(closer) {
                    if is_object {
                        self.key()?;
                    }
                    return Ok(false);
                }
                self.note(OddityKind::TrailingComma, comma, comma + 1);
            } else if next != Some(closer) {
                return Err(self.no_comma(char::from(closer)));
            }
            self.close();
        }
    }

    #[inline]
    fn push(&mut self, start: usize, end: usize, tag: Tag) {
        let next = narrow(self.tape.len() + 1);
        self.tape.push(Entry { start: narrow(start), end: narrow(end), next, tag });
    }

    #[inline]
    fn open(&mut self, tag: Tag) -> Result<(), SyntaxError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(self.fault(Fault::TooDeep, self.at..self.at + 1));
        }
        self.open.push(Open { entry: self.tape.len(), is_object: tag == Tag::Object });
        self.push(self.at, self.at + 1, tag);
        self.at += 1;
        self.space()
    }

    #[inline]
    fn close(&mut self) {
        self.at += 1;
        let (end, next) = (narrow(self.at), narrow(self.tape.len()));
        if let Some(open) = self.open.pop()
            && let Some(entry) = self.tape.get_mut(open.entry)
        {
            entry.end = end;
            entry.next = next;
        }
    }

    #[inline]
    fn key(&mut self) -> Result<(), SyntaxError> {
        if self.peek() != Some(b'"') {
            return Err(match self.found() {
                Found(None) => self.unclosed(),
                Found(Some('\'')) => self.fault(Fault::SingleQuotes, self.here()),
                found => self.fault(Fault::Key(found), self.here()),
            });
        }
        self.string()?;
        self.space()?;
        if self.peek() != Some(b':') {
            return Err(match self.found() {
                Found(None) => self.unclosed(),
                found => self.fault(Fault::Colon(found), self.here()),
            });
        }
        self.at += 1;
        self.space()
    }

    #[inline]
    fn string(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        let stop = scan::string_run(self.bytes, start + 1);
        match stop.filter(|&stop| self.bytes.get(stop) == Some(&b'"')) {
            Some(stop) => {
                self.at = stop + 1;
                self.push(start, self.at, Tag::String);
                Ok(())
            }
            None => self.odd_string(start),
        }
    }

    /// A string with escapes or raw line ends in it.
    #[cold]
    fn odd_string(&mut self, start: usize) -> Result<(), SyntaxError> {
        let mut tag = Tag::String;
        let mut from = start + 1;
        let mut raw = Raw::default();
        loop {
            let Some(stop) = scan::string_run(self.bytes, from) else {
                return Err(self.unclosed_since(Construct::String, start, 1));
            };
            match self.bytes.get(stop) {
                Some(b'"') => {
                    self.at = stop + 1;
                    self.push(start, self.at, tag);
                    return Ok(());
                }
                Some(b'\\') => {
                    tag = Tag::EscapedString;
                    from = self.escape(start, stop)?;
                }
                _ => from = self.raw_control(start, stop, &mut raw)?,
            }
        }
    }

    /// Checks the escape at `at` and gives the offset after it.
    fn escape(&mut self, string: usize, at: usize) -> Result<usize, SyntaxError> {
        match self.bytes.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => return Ok(at + 2),
            Some(b'u') => {}
            Some(_) => return Err(self.bad_escape(string, at, 1)),
            None => return Err(self.unclosed_since(Construct::String, string, 1)),
        }
        let Some(unit) = code_unit(self.text, at) else {
            return Err(self.bad_escape(string, at, 5));
        };
        if !is_surrogate(unit) {
            return Ok(at + 6);
        }
        if is_high(unit) && code_unit(self.text, at + 6).is_some_and(is_low) {
            return Ok(at + 12);
        }
        self.note(OddityKind::LoneSurrogate, at, at + 6);
        Ok(at + 6)
    }

    #[cold]
    fn bad_escape(&self, string: usize, at: usize, most: usize) -> SyntaxError {
        let rest = self.text.get(at + 1..).unwrap_or_default();
        // A line end or the closing quote can't be part of what was meant as an escape.
        let stops = |c: char| c == '"' || c.is_control();
        let length: usize = match most {
            1 => rest.chars().next().map_or(0, char::len_utf8),
            _ => rest.chars().take(most).take_while(|&c| !stops(c)).map(char::len_utf8).sum(),
        };
        let end = at + 1 + length;
        let written = self.text.get(at..end).unwrap_or_default().escape_debug().to_string();
        let written = written.replacen("\\\\", "\\", 1);
        let mut error = self.fault(Fault::Escape(written), at..end);
        error.opener = Some(self.span(string, string + 1));
        error
    }

    /// Line ends and tabs are let pass, for Azure does so; gives the offset after the character.
    #[cold]
    fn raw_control(
        &mut self,
        string: usize,
        at: usize,
        raw: &mut Raw,
    ) -> Result<usize, SyntaxError> {
        match self.bytes.get(at).copied().unwrap_or_default() {
            b'\n' | b'\r' => {
                if !std::mem::replace(&mut raw.line_end, true) {
                    self.note(OddityKind::LineEndInString, at, at + 1);
                }
            }
            b'\t' => {
                if !std::mem::replace(&mut raw.tab, true) {
                    self.note(OddityKind::TabInString, at, at + 1);
                }
            }
            other => {
                let mut error = self.fault(Fault::ControlCharacter(other), at..at + 1);
                error.opener = Some(self.span(string, string + 1));
                return Err(error);
            }
        }
        Ok(at + 1)
    }

    #[inline]
    fn number(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        let first = start + usize::from(self.peek() == Some(b'-'));
        let mut end = scan::digits(self.bytes, first);
        if end == first {
            return Err(self.bad_number(start, NumberFault::NoDigit));
        }
        if end > first + 1 && self.bytes.get(first) == Some(&b'0') {
            return Err(self.bad_number(start, NumberFault::LeadingZero));
        }
        if self.bytes.get(end) == Some(&b'.') {
            end = self.more_digits(start, end + 1)?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(end) {
            let sign = matches!(self.bytes.get(end + 1), Some(b'+' | b'-'));
            end = self.more_digits(start, end + 1 + usize::from(sign))?;
        }
        if scan::word_end(self.bytes, end) != end {
            return Err(self.bad_number(start, NumberFault::Tail));
        }
        self.push(start, end, Tag::Number);
        self.at = end;
        Ok(())
    }

    fn more_digits(&self, number: usize, at: usize) -> Result<usize, SyntaxError> {
        let end = scan::digits(self.bytes, at);
        if end == at { Err(self.bad_number(number, NumberFault::NoDigit)) } else { Ok(end) }
    }

    #[cold]
    fn bad_number(&self, start: usize, fault: NumberFault) -> SyntaxError {
        let end = scan::word_end(self.bytes, start);
        self.fault(Fault::Number { text: self.quoted(start, end), fault }, start..end)
    }

    #[inline]
    fn word(&mut self, word: &str, tag: Tag) -> Result<(), SyntaxError> {
        let (start, end) = (self.at, self.at + word.len());
        let same = self.bytes.get(start..end) == Some(word.as_bytes());
        if !same || scan::word_end(self.bytes, end) != end {
            return Err(self.no_value());
        }
        self.push(start, end, tag);
        self.at = end;
        Ok(())
    }

    #[cold]
    fn comment(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        let rest = self.bytes.get(start + 2..).unwrap_or_default();
        match self.bytes.get(start + 1) {
            Some(b'/') => {
                let length = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                self.at = start + 2 + length;
                self.note(OddityKind::LineComment, start, self.at);
            }
            Some(b'*') => {
                let Some(length) = memchr::memmem::find(rest, b"*/") else {
                    return Err(self.unclosed_since(Construct::Comment, start, 2));
                };
                self.at = start + 2 + length + 2;
                self.note(OddityKind::BlockComment, start, self.at);
            }
            _ => return Err(self.fault(Fault::Slash, start..start + 1)),
        }
        Ok(())
    }

    /// What stands here instead of a value.
    #[cold]
    fn no_value(&self) -> SyntaxError {
        let start = self.at;
        let end = scan::word_end(self.bytes, start);
        match self.found() {
            Found(None) => self.unclosed(),
            Found(Some('\'')) => self.fault(Fault::SingleQuotes, self.here()),
            Found(Some('+')) => self.bad_number(start, NumberFault::PlusSign),
            Found(Some('.')) => self.bad_number(start, NumberFault::NoDigit),
            Found(Some(c)) if c.is_ascii_alphabetic() || c == '_' => {
                self.fault(Fault::Word(self.quoted(start, end)), start..end)
            }
            found @ Found(Some(c)) => match self.open.last() {
                Some(open) if matches!(c, '}' | ']') && (c == '}') != open.is_object => {
                    self.wrong_closer(c, open.is_object)
                }
                _ => self.fault(Fault::Value(found), self.here()),
            },
        }
    }

    #[cold]
    fn no_comma(&self, closer: char) -> SyntaxError {
        match self.found() {
            Found(None) => self.unclosed(),
            Found(Some(found @ ('}' | ']'))) => self.wrong_closer(found, closer == '}'),
            Found(Some('\'')) => self.fault(Fault::SingleQuotes, self.here()),
            found => self.fault(Fault::Comma { found, closer }, self.here()),
        }
    }

    fn wrong_closer(&self, found: char, is_object: bool) -> SyntaxError {
        let closer = if is_object { '}' } else { ']' };
        self.fault(Fault::Closer { found, closer }, self.here())
    }

    /// The file ends inside the innermost open container, or before the first value.
    #[cold]
    fn unclosed(&self) -> SyntaxError {
        let what = match self.open.last() {
            None => Fault::Empty,
            Some(Open { is_object: true, .. }) => Fault::Unclosed(Construct::Object),
            Some(Open { is_object: false, .. }) => Fault::Unclosed(Construct::Array),
        };
        self.fault(what, self.bytes.len()..self.bytes.len())
    }

    #[cold]
    fn unclosed_since(&self, what: Construct, start: usize, mark: usize) -> SyntaxError {
        let end = self.bytes.len();
        let mut error = self.fault(Fault::Unclosed(what), end..end);
        error.opener = Some(self.span(start, start + mark));
        error
    }

    /// An error at `range`, inside the innermost open container.
    #[cold]
    pub(super) fn fault(&self, what: Fault, range: std::ops::Range<usize>) -> SyntaxError {
        let opener = self.open.last().and_then(|open| self.tape.get(open.entry)).map(|entry| {
            let start = wide(entry.start);
            self.span(start, start + 1)
        });
        SyntaxError { what, span: self.span(range.start, range.end), opener }
    }

    pub(super) fn found(&self) -> Found {
        Found(self.text.get(self.at..).and_then(|rest| rest.chars().next()))
    }

    /// The range of the character at the place.
    pub(super) fn here(&self) -> std::ops::Range<usize> {
        self.at..self.at + self.found().0.map_or(0, char::len_utf8)
    }

    fn quoted(&self, start: usize, end: usize) -> String {
        let whole = self.text.get(start..end).unwrap_or_default();
        match whole.get(..whole.floor_char_boundary(MAX_QUOTED)) {
            Some(cut) if cut.len() < whole.len() => format!("{cut}…"),
            _ => whole.to_owned(),
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span { file: self.file, start: narrow(start), end: narrow(end) }
    }

    #[cold]
    fn note(&mut self, kind: OddityKind, start: usize, end: usize) {
        self.oddity_count += 1;
        if self.oddities.len() < MAX_ODDITIES {
            let span = self.span(start, end);
            self.oddities.push(Oddity { kind, span });
        }
    }
}

/// Which raw characters a string was already noted for.
#[derive(Default)]
struct Raw {
    line_end: bool,
    tab: bool,
}

/// The UTF-16 unit of the escape `\uXXXX` at `at`.
pub(super) fn code_unit(text: &str, at: usize) -> Option<u16> {
    let digits = text.get(at..)?.strip_prefix("\\u")?.get(..4)?;
    // `from_str_radix` would take a sign.
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    u16::from_str_radix(digits, 16).ok()
}

fn is_surrogate(unit: u16) -> bool {
    is_high(unit) || is_low(unit)
}

fn is_high(unit: u16) -> bool {
    (0xd800..0xdc00).contains(&unit)
}

fn is_low(unit: u16) -> bool {
    (0xdc00..0xe000).contains(&unit)
}
