//! Strings as they are meant. The parser has checked every escape before.

use super::parser::code_unit;

/// A stretch of the inside of a string literal, and what it stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Piece<'s> {
    /// Text that stands for itself.
    Run(&'s str),
    /// An escape of so many bytes, and its character.
    Escape(usize, char),
}

/// The stretches of `inside`, the raw text between the quotes.
pub(super) fn pieces(inside: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = inside.get(at..).filter(|rest| !rest.is_empty())?;
        let piece = match memchr::memchr(b'\\', rest.as_bytes()) {
            Some(0) => {
                let (length, character) = escape(rest);
                Piece::Escape(length.min(rest.len()), character)
            }
            Some(run) => Piece::Run(rest.get(..run)?),
            None => Piece::Run(rest),
        };
        at += match piece {
            Piece::Run(run) => run.len(),
            Piece::Escape(length, _) => length,
        };
        Some(piece)
    })
}

/// The length and meaning of the escape that `text` starts with.
fn escape(text: &str) -> (usize, char) {
    let simple = match text.as_bytes().get(1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(text),
        Some(&other) => char::from(other),
        None => char::REPLACEMENT_CHARACTER,
    };
    (2, simple)
}

fn unicode(text: &str) -> (usize, char) {
    let Some(unit) = code_unit(text, 0) else { return (2, char::REPLACEMENT_CHARACTER) };
    let pair = [Some(unit), code_unit(text, 6)];
    match char::decode_utf16(pair.into_iter().flatten()).next() {
        Some(Ok(character)) => (6 * character.len_utf16(), character),
        _ => (6, char::REPLACEMENT_CHARACTER),
    }
}

/// The meaning of `inside`.
pub(super) fn unescape(inside: &str) -> String {
    let mut text = String::with_capacity(inside.len());
    for piece in pieces(inside) {
        match piece {
            Piece::Run(run) => text.push_str(run),
            Piece::Escape(_, character) => text.push(character),
        }
    }
    text
}

/// Where in `inside` the byte at `offset` of the meaning was written: the bytes from start to end.
pub(super) fn written(inside: &str, offset: usize) -> (usize, usize) {
    let (mut raw, mut meant) = (0, 0);
    for piece in pieces(inside) {
        let (raw_length, length) = match piece {
            Piece::Run(run) => (run.len(), run.len()),
            Piece::Escape(raw_length, character) => (raw_length, character.len_utf8()),
        };
        if offset < meant + length {
            return match piece {
                Piece::Run(_) => (raw + offset - meant, raw + offset - meant + 1),
                Piece::Escape(..) => (raw, raw + raw_length),
            };
        }
        raw += raw_length;
        meant += length;
    }
    (raw, raw)
}
