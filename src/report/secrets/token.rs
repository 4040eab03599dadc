//! Secrets that are told by how they look, whatever they are called.

use super::{apart, name::Name};
use std::ops::Range;

/// How the tokens of services begin, and how many letters and digits follow at least.
const PREFIXES: [(&str, usize); 8] = [
    ("ghp_", 16),
    ("gho_", 16),
    ("ghu_", 16),
    ("ghs_", 16),
    ("ghr_", 16),
    ("github_pat_", 16),
    ("glpat-", 16),
    ("eyJ", 16),
];

/// Shorter texts hold nothing that is told by its looks alone: the shortest prefix with what
/// follows it.
pub(super) const SHORTEST: usize = 19;

/// Fewer characters than this before a `=` are no key in base64: one of 32 bytes has 43.
const MIN_BASE64: usize = 43;

/// A private key with its lines is no longer than this, in bytes.
const MAX_PEM: usize = 20_000;

/// All of them.
pub(super) fn all(text: &str) -> impl Iterator<Item = Range<usize>> {
    credentials(text)
        .into_iter()
        .chain(PREFIXES.iter().flat_map(|&(prefix, least)| begun(text, prefix, least)))
        .chain(keys(text))
        .chain(pem(text))
        .chain(options(text))
}

/// `Bearer …` and `Basic …`, told from prose by a digit or padding among 16 characters and more.
fn credentials(text: &str) -> Vec<Range<usize>> {
    apart(memchr::memchr2_iter(b'B', b'b', text.as_bytes()), |at| {
        let rest = text.get(at..)?;
        let scheme = ["bearer ", "basic "].into_iter().find(|scheme| {
            rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        })?;
        let value = rest.get(scheme.len()..)?;
        let length = value
            .find(|c: char| !(c.is_ascii_alphanumeric() || "+/._~=-".contains(c)))
            .unwrap_or(value.len());
        let token = value.get(..length)?;
        let random = token.contains(|c: char| c.is_ascii_digit() || c == '=');
        let start = at + scheme.len();
        (length >= 16 && random).then_some(start..start + length)
    })
}

/// Words that begin with `prefix`, and have so many characters behind it.
fn begun(text: &str, prefix: &str, least: usize) -> Vec<Range<usize>> {
    apart(memchr::memmem::find_iter(text.as_bytes(), prefix.as_bytes()), |at| {
        let inside = text.get(..at)?.ends_with(|c: char| c.is_ascii_alphanumeric());
        let behind = text.get(at + prefix.len()..)?;
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let length = behind.find(|c| !is_part(c)).unwrap_or(behind.len());
        (!inside && length >= least).then_some(at..at + prefix.len() + length)
    })
}

/// Keys in base64 with their padding, such as those of storage accounts.
fn keys(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    apart(memchr::memchr_iter(b'=', bytes), |end| {
        let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        let before = bytes.get(..end)?;
        let length = before.iter().rev().take_while(is_part).count();
        let key = before.get(end - length..)?;
        let mixed = key.iter().any(u8::is_ascii_uppercase)
            && key.iter().any(u8::is_ascii_lowercase)
            && key.iter().any(u8::is_ascii_digit);
        (length >= MIN_BASE64 && mixed).then_some(end - length..end)
    })
}

/// `-----BEGIN PRIVATE KEY-----` and what follows, up to the end mark or the end of the string.
fn pem(text: &str) -> Vec<Range<usize>> {
    apart(memchr::memmem::find_iter(text.as_bytes(), b"PRIVATE KEY-----"), |at| {
        let line = text.get(..at)?;
        line.get(line.rfind("-----")?..)?.starts_with("-----BEGIN").then_some(())?;
        let start = at + "PRIVATE KEY-----".len();
        let rest = text.get(start..)?;
        let near = rest.get(..rest.floor_char_boundary(MAX_PEM)).unwrap_or_default();
        let end = near.find("-----END").or_else(|| rest.find('"')).unwrap_or(rest.len());
        Some(start..start + end)
    })
}

/// `--password value`, as on a command line.
fn options(text: &str) -> Vec<Range<usize>> {
    apart(memchr::memmem::find_iter(text.as_bytes(), b"--"), |at| {
        let rest = text.get(at..)?;
        let blank = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))?;
        Name::before(text, at + blank).is_plain_secret().then_some(())?;
        let value = rest.get(blank..)?.trim_start_matches([' ', '\t']);
        let start = text.len() - value.len();
        let length = value.find(|c: char| c.is_whitespace() || "\"'`\\".contains(c));
        (start > at + blank).then_some(start..start + length.unwrap_or(value.len()))
    })
}
