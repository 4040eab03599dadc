//! Masks what must never be printed: SAS signatures, keys, passwords in settings and in addresses,
//! bearer tokens. An excerpt shows lines that nobody chose to show, so this looks at the text, not
//! at what the model took from it; a word too many masked does less harm than one too few.

mod bicep;
mod json;
mod name;
mod parameters;
#[cfg(test)]
mod tests;
mod token;

pub(super) use parameters::Veil;

use name::Name;
use std::{borrow::Cow, ops::Range};

/// How far before a piece of a file secrets are looked for, in bytes: their names may stand there.
const REACH: usize = 4_000;

/// How long an address with a login, or a comment in JSON, may be, in bytes.
const NEAR: usize = 500;

/// `text` with every byte of a secret as `*`: the length stays.
pub(super) fn masked(text: &str) -> Cow<'_, str> {
    starred(text, ranges(text))
}

/// JSON on many lines, one value a line, with its secrets masked; it stays JSON.
pub(crate) fn masked_json(text: &str) -> String {
    let whole = masked(text);
    let lines: Vec<&str> = text.lines().collect();
    let is_in_step = whole.lines().count() == lines.len();
    let mut masked_lines = whole.lines();
    let mut made = String::with_capacity(text.len());
    for (at, line) in lines.iter().enumerate() {
        let alone = if is_in_step { Cow::Borrowed("") } else { masked(line) };
        let masked = if is_in_step { masked_lines.next().unwrap_or_default() } else { &alone };
        if at > 0 {
            made.push('\n');
        }
        if masked == *line {
            made.push_str(line);
        } else {
            made.push_str(&mended(line, masked));
        }
    }
    made
}

/// A line of JSON less what is masked in it; a value that would be none any more is a string.
fn mended(line: &str, masked: &str) -> String {
    let end = line.strip_suffix(',').map_or(line.len(), str::len);
    let inner = line.get(..end).unwrap_or_default();
    let key = inner.find('"').filter(|at| inner.get(..*at).is_some_and(|it| it.trim().is_empty()));
    let after_key = key.and_then(|at| {
        let mut strings = serde_json::Deserializer::from_str(inner.get(at..)?)
            .into_iter::<serde::de::IgnoredAny>();
        strings.next()?.ok()?;
        let colon = at + strings.byte_offset();
        inner.get(colon..)?.starts_with(": ").then_some(colon + 2)
    });
    let start = after_key.unwrap_or(line.len() - line.trim_start().len());
    let (head, tail) = (line.get(..start).unwrap_or_default(), line.get(end..).unwrap_or_default());
    let value = masked.get(start..end).unwrap_or_default();
    match serde_json::from_str::<serde::de::IgnoredAny>(value) {
        Ok(_) => format!("{head}{value}{tail}"),
        Err(_) if matches!(line.get(start..end), Some("{" | "[")) => line.to_owned(),
        Err(_) => format!("{head}\"*****\"{tail}"),
    }
}

fn starred(text: &str, ranges: Vec<Range<usize>>) -> Cow<'_, str> {
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for Range { start, end } in ranges {
        // What two kinds of secret claim is masked once.
        masked.push_str(text.get(done..start).unwrap_or_default());
        masked.extend(std::iter::repeat_n('*', end.saturating_sub(start.max(done))));
        done = done.max(end);
    }
    masked.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(masked)
}

/// Does `text` hold a secret?
pub(super) fn any(text: &str) -> bool {
    !ranges(text).is_empty()
}

/// The part of `text` at `range`, masked by what stands around it.
pub(super) fn masked_part(text: &str, range: Range<usize>) -> String {
    let from = text.floor_char_boundary(range.start.saturating_sub(REACH));
    // Inside of a long string, its name stands before the quote that opens it.
    let quote = opening_quote(text, from, range.start);
    let from = text.floor_char_boundary(quote.map_or(from, |at| at.saturating_sub(REACH)));
    let to = text.ceil_char_boundary(range.end.saturating_add(REACH));
    let around = masked(text.get(from..to).unwrap_or_default());
    around.get(range.start - from..range.end - from).unwrap_or_default().to_owned()
}

/// The last quote before `from`, if there is none from there to `to`.
fn opening_quote(text: &str, from: usize, to: usize) -> Option<usize> {
    let last = |end: usize| {
        let before = text.as_bytes().get(..end)?;
        memchr::memrchr_iter(b'"', before).find(|&at| {
            let backslashes = before.get(..at).unwrap_or_default().iter().rev();
            backslashes.take_while(|byte| **byte == b'\\').count() % 2 == 0
        })
    };
    last(to).filter(|&at| at < from)
}

/// What is masked in one text and may be told again in another, its marks changed: the name of a
/// rule, and the name that is proposed for it.
#[derive(Debug, Default)]
pub(super) struct Told(Vec<String>);

impl Told {
    /// What is masked in `texts`.
    pub(super) fn by<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut words: Vec<String> = texts
            .into_iter()
            .flat_map(|text| ranges(text).into_iter().filter_map(|range| text.get(range)))
            .flat_map(|secret| secret.split(|c: char| !c.is_alphanumeric()))
            .filter(|word| word.len() >= 4)
            .map(str::to_owned)
            .collect();
        words.sort_unstable();
        words.dedup();
        Self(words)
    }

    /// `text` without that, and without secrets of its own.
    pub(super) fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut all = ranges(text);
        for word in &self.0 {
            all.extend(text.match_indices(word).map(|(at, _)| at..at + word.len()));
        }
        all.sort_unstable_by_key(|range| (range.start, range.end));
        starred(text, all)
    }
}

/// Where secrets stand, by their start; all borders are borders of characters, because ASCII marks
/// them.
fn ranges(text: &str) -> Vec<Range<usize>> {
    if is_harmless(text) { Vec::new() } else { all_ranges(text) }
}

/// Is there surely no secret in it, with hardly a look? So it is with most names: they bear none of
/// the marks that a secret has before it or in it.
fn is_harmless(text: &str) -> bool {
    let bytes = text.as_bytes();
    let marks = |byte: &u8| matches!(byte, b'=' | b':' | b'@' | b'%' | b'\\' | b'"');
    // What is told by its looks alone has one of these in it, but for what begins with `eyJ`.
    let joints = |byte: &u8| matches!(byte, b' ' | b'_' | b'-');
    let is_no_token = || {
        text.len() < token::SHORTEST
            || !(bytes.iter().any(joints) || bytes.windows(3).any(|it| it == b"eyJ"))
    };
    !bytes.iter().any(marks) && !bytes.windows(2).any(|it| it == b"--") && is_no_token()
}

fn all_ranges(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut done = 0;
    for at in memchr::memchr3_iter(b'=', b':', b'@', text.as_bytes()) {
        if at < done {
            continue;
        }
        let known = ranges.len();
        match text.as_bytes().get(at) {
            Some(b'@') => ranges.extend(bare_login(text, at)),
            Some(b':') => match login(text, at).or_else(|| spoken(text, at)) {
                Some(range) => ranges.push(range),
                None => ranges.extend(json::member(text, at)),
            },
            _ => ranges.extend(setting(text, at, at + 1)),
        }
        // Only what is one value: what is found in lists has other members between.
        if let [range] = ranges.get(known..).unwrap_or_default() {
            done = range.end;
        }
    }
    ranges.extend(encoded_settings(text));
    ranges.extend(json::secure_parameters(text));
    ranges.extend(token::all(text));
    ranges.retain(|range| !range.is_empty());
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    ranges
}

/// `name=value`, quoted or not; `value` begins at or after `from`.
fn setting(text: &str, at: usize, from: usize) -> Option<Range<usize>> {
    if !Name::before(text, at).is_secret() {
        return None;
    }
    let rest = text.get(from..)?;
    let value = rest.trim_start_matches(['=', '>', ' ', '\t']);
    let start = text.len() - value.len();
    quoted(text, start).or_else(|| unquoted(text, start))
}

/// A value that ends with its word. An expression is no secret.
fn unquoted(text: &str, start: usize) -> Option<Range<usize>> {
    let value = text.get(start..)?;
    if value.starts_with(['(', '[', '{', '$']) {
        return None;
    }
    let ends = |c: char| c.is_whitespace() || "&\"'`;,<>)".contains(c);
    let mut end = 0;
    while let Some(c) = value.get(end..)?.chars().next().filter(|&c| !ends(c)) {
        end += match c {
            '\\' => match escape_length(value.get(end..)?) {
                Some(length) => length,
                None => break,
            },
            c => c.len_utf8(),
        };
    }
    Some(start..start + end)
}

/// The length of an escape of JSON for a character that a value may have, as `\u002b` and `\/`.
fn escape_length(text: &str) -> Option<usize> {
    if text.starts_with("\\/") {
        return Some(2);
    }
    let code = text.strip_prefix("\\u")?.get(..4)?;
    let c = u32::from_str_radix(code, 16).ok().and_then(char::from_u32)?;
    (!(c.is_whitespace() || "&\"'`;,<>)".contains(c))).then_some(6)
}

/// `name%3Dvalue`, as in an address inside an address, however deep, and `name\u003dvalue`.
fn encoded_settings(text: &str) -> Vec<Range<usize>> {
    let marks = memchr::memchr2_iter(b'%', b'\\', text.as_bytes());
    apart(marks, |at| {
        if text.as_bytes().get(at) == Some(&b'\\') {
            let is_equals = text.get(at..at + 6)?.eq_ignore_ascii_case("\\u003d");
            return is_equals.then(|| setting(text, at, at + 6))?;
        }
        let mut code = text.get(at + 1..)?;
        while let Some(rest) = code.strip_prefix("25") {
            code = rest;
        }
        let is_equals = code.get(..2)?.eq_ignore_ascii_case("3d");
        let range = is_equals.then(|| setting(text, at, text.len() - code.len() + 2))??;
        let value = text.get(range.clone())?;
        let ends = |&(at, _): &(usize, &str)| {
            let rest = value.get(at + 1..).unwrap_or_default();
            rest.trim_start_matches("25").starts_with("26")
        };
        let end = value.match_indices('%').find(ends).map_or(value.len(), |(at, _)| at);
        Some(range.start..range.start + end)
    })
}

/// What is found at the places, less those inside of what was found before: a long text of nothing
/// but marks must not be read as often as it has marks.
fn apart(
    places: impl Iterator<Item = usize>,
    find: impl Fn(usize) -> Option<Range<usize>>,
) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in places {
        if found.last().is_none_or(|last| at >= last.end) {
            found.extend(find(at));
        }
    }
    found
}

/// The last bytes of `text` before `end`, as many as the name or the user of a secret may have.
fn before(text: &str, end: usize) -> &str {
    let from = text.ceil_char_boundary(end.saturating_sub(NEAR)).min(end);
    text.get(from..end).unwrap_or_default()
}

/// The first bytes of `text` from `start` on.
fn behind(text: &str, start: usize) -> &str {
    text.get(start..text.floor_char_boundary(start.saturating_add(NEAR))).unwrap_or_default()
}

/// `password: value` without quotes, as in a header or a note.
fn spoken(text: &str, colon: usize) -> Option<Range<usize>> {
    let before = text.get(..colon)?.trim_end_matches([' ', '\t']);
    if !before.ends_with(|c: char| c.is_ascii_alphanumeric())
        || !Name::before(text, colon).is_plain_secret()
    {
        return None;
    }
    let value = text.get(colon + 1..)?.trim_start_matches([' ', '\t']);
    let start = text.len() - value.len();
    let range = quoted(text, start).or_else(|| unquoted(text, start))?;
    // `secret:12` is a line of a file.
    let is_line = start == colon + 1
        && text.get(range.clone())?.bytes().all(|b| b.is_ascii_digit() || b == b':');
    (!is_line).then_some(range)
}

/// Is it an expression of a template?
fn is_expression(value: &str) -> bool {
    (value.starts_with('[') && !value.starts_with("[[")) || value.starts_with("${")
}

/// What stands between the quotes that open at `start`, unless it is a template expression.
fn quoted(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = text.get(start..)?;
    // In JSON inside of JSON the quote has a backslash of its own.
    let opener = if rest.starts_with("\\\"") { "\\\"" } else { rest.get(..1)? };
    if !matches!(opener, "\\\"" | "\"" | "'" | "`") {
        return None;
    }
    let from = start + opener.len();
    let value = text.get(from..)?;
    let mut escaped = false;
    let end = value.char_indices().find_map(|(at, c)| {
        let closes = !escaped && value.get(at..)?.starts_with(opener);
        escaped = c == '\\' && !escaped;
        (closes || matches!(c, '\n' | '\r')).then_some(at)
    });
    let value = value.get(..end.unwrap_or(value.len()))?;
    (!is_expression(value)).then_some(from..from + value.len())
}

/// The password in `scheme://user:password@host`, or all before the `@` where there is no colon.
fn login(text: &str, colon: usize) -> Option<Range<usize>> {
    let start = colon + 3;
    let rest = behind(text, colon).strip_prefix("://")?;
    let address = rest
        .split(|c: char| c.is_whitespace() || "\"'`<>\\".contains(c))
        .next()
        .unwrap_or_default();
    let authority = address.split('/').next().unwrap_or_default();
    let (user, behind) = authority.split_once(':').unwrap_or((authority, ""));
    let is_port = behind.chars().all(|c| c.is_ascii_digit());
    // A raw `/` in a password ends the authority too early; what is no port tells.
    let end = if is_port { authority.rfind('@') } else { address.rfind('@') }?;
    let from = if user.len() < end { user.len() + 1 } else { 0 };
    Some(start + from..start + end)
}

/// The password in `user:password@host` without a scheme, as in a PAC's `PROXY` or in a list.
fn bare_login(text: &str, at: usize) -> Option<Range<usize>> {
    let before = before(text, at);
    let ends = |c: char| c.is_whitespace() || "\"'`<>()/,;=\\".contains(c);
    let word = before.rsplit(ends).next()?;
    let colon = word.find(':').filter(|&length| length > 0)?;
    Some(at - word.len() + colon + 1..at)
}
