//! Secrets as values of JSON: by the names of members, and by the type of a parameter. A value may
//! be a string of several lines, a number, a list, or stand in an object behind other members;
//! between it and its name there may be comments.

use super::name::Name;
use std::ops::Range;

/// How far a value is followed, in bytes.
const REACH: usize = 4_000;

/// What a piece of JSON is made of, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Colon,
    Other,
    /// What stands between the quotes.
    Text(Range<usize>),
}

/// The tokens of `text` from an offset on, comments and white space left out.
struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl Tokens<'_> {
    /// The next token without taking it.
    fn peek(&self) -> Option<Token> {
        Tokens { ..*self }.next()
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.at = after_space(self.text, self.at);
        let rest = self.text.get(self.at..)?;
        let first = rest.chars().next()?;
        let start = self.at;
        self.at += first.len_utf8();
        Some(match first {
            '{' | '[' => Token::Open,
            '}' | ']' => Token::Close,
            ':' => Token::Colon,
            '"' => {
                let end = string_end(self.text, self.at);
                let inside = self.at..end;
                self.at = (end + 1).min(self.text.len());
                Token::Text(inside)
            }
            _ => {
                let more = |c: char| c.is_alphanumeric() || matches!(c, '.' | '+' | '-');
                self.at =
                    start + rest.find(|c| !more(c)).unwrap_or(rest.len()).max(first.len_utf8());
                Token::Other
            }
        })
    }
}

/// The end of the string that begins at `from`: its closing quote, or the end of the text.
fn string_end(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(found) =
        bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)).map(|found| at + found)
    {
        if bytes.get(found) == Some(&b'"') {
            return found;
        }
        at = found + 2;
    }
    text.len()
}

/// The offset of what follows on white space and comments.
fn after_space(text: &str, from: usize) -> usize {
    let mut rest = text.get(from..).unwrap_or_default().trim_start();
    loop {
        let end = match rest.get(..2) {
            Some("/*") => rest.find("*/").map(|end| end + 2),
            Some("//") => rest.find(['\n', '\r']),
            _ => return text.len() - rest.len(),
        };
        rest = rest.get(end.unwrap_or(rest.len())..).unwrap_or_default().trim_start();
    }
}

/// The end of the quoted name before a colon; nothing where none is before it.
fn name_end(text: &str, colon: usize) -> Option<usize> {
    let mut before = super::before(text, colon);
    let from = colon - before.len();
    loop {
        let bare = before.trim_end();
        if let Some(comment) = bare.strip_suffix("*/") {
            before = comment.get(..comment.rfind("/*")?)?;
        } else if bare.ends_with(['"', '\'']) {
            return Some(from + bare.len());
        } else {
            // `"name" // a comment`, and the colon on the next line.
            let behind = before.get(bare.len()..)?;
            let line = bare.rfind('\n').map_or(0, |end| end + 1);
            let comment = bare.get(line..)?.find("//")?;
            behind.contains('\n').then_some(())?;
            before = bare.get(..line + comment)?;
        }
    }
}

/// What the member with the colon at `colon` has for a secret.
pub(super) fn member(text: &str, colon: usize) -> Vec<Range<usize>> {
    let Some(end) = name_end(text, colon) else { return Vec::new() };
    let name = Name::before(text, end);
    if !name.is_secret() {
        return Vec::new();
    }
    let start = after_space(text, colon + 1);
    match text.as_bytes().get(start) {
        Some(b'{') if name.is_plural() => values(within_reach(text, start), start, |_| true),
        Some(b'{') => values(within_reach(text, start), start, is_value),
        Some(b'[' | b'"') => whole(within_reach(text, start), start),
        Some(b'0'..=b'9' | b'-') => {
            let rest = text.get(start..).unwrap_or_default();
            let end = rest.find(|c: char| !(c.is_ascii_digit() || "+-.eE".contains(c)));
            std::iter::once(start..start + end.unwrap_or(rest.len())).collect()
        }
        _ => super::quoted(text, start).into_iter().collect(),
    }
}

/// The values of parameters of the types `secureString` and `secureObject`.
pub(super) fn secure_parameters(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let found = memchr::memmem::find_iter(bytes, b"ecure").filter_map(|at| {
        let kind = text.get(at - at.min(1)..at + 11)?;
        let known = ["securestring", "secureobject"].iter().any(|it| kind.eq_ignore_ascii_case(it));
        if !known || bytes.get(at + 11) != Some(&b'"') {
            return None;
        }
        let open = opener(text, at)?;
        Some(values(within_reach(text, open), open, is_value))
    });
    found.flatten()
}

/// The opening brace around `at`.
fn opener(text: &str, at: usize) -> Option<usize> {
    let from = text.floor_char_boundary(at.saturating_sub(REACH));
    let mut depth = 0_usize;
    for (offset, byte) in text.get(from..at)?.bytes().enumerate().rev() {
        match byte {
            b'}' => depth += 1,
            b'{' if depth == 0 => return Some(from + offset),
            b'{' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn is_value(name: &str) -> bool {
    ["value", "defaultvalue"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// `text` up to where a value at `start` is followed, but strings as far as they go.
fn within_reach(text: &str, start: usize) -> &str {
    let mut tokens = Tokens { text, at: start };
    let mut depth = 0_usize;
    while let Some(token) = tokens.next() {
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Colon | Token::Other | Token::Text(_) => {}
        }
        if depth == 0 || tokens.at > start + REACH {
            break;
        }
    }
    text.get(..tokens.at).unwrap_or(text)
}

/// All strings of the value at `start`, less the names of members.
fn whole(text: &str, start: usize) -> Vec<Range<usize>> {
    let mut tokens = Tokens { text, at: start };
    let mut found = Vec::new();
    let mut depth = 0_usize;
    while let Some(token) = tokens.next() {
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Text(range) if tokens.peek() != Some(Token::Colon) => {
                let value = text.get(range.clone()).unwrap_or_default();
                if !super::is_expression(value) {
                    found.push(range);
                }
            }
            Token::Colon | Token::Other | Token::Text(_) => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}

/// The strings in those members of the object at `open` that are `wanted`.
fn values(text: &str, open: usize, wanted: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut tokens = Tokens { text, at: open + 1 };
    let mut found = Vec::new();
    let mut depth = 1_usize;
    while depth > 0
        && let Some(token) = tokens.next()
    {
        match token {
            Token::Open => depth += 1,
            Token::Close => depth -= 1,
            Token::Text(name) if depth == 1 && tokens.peek() == Some(Token::Colon) => {
                if wanted(text.get(name).unwrap_or_default()) {
                    tokens.next();
                    found.extend(whole(text, tokens.at));
                }
            }
            Token::Colon | Token::Other | Token::Text(_) => {}
        }
    }
    found
}
