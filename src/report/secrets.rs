//! Masks what must never be printed: SAS signatures, keys, passwords in settings and in addresses,
//! bearer tokens. An excerpt shows lines that nobody chose to show, so this looks at the text, not
//! at what the model took from it; a word too many masked does less harm than one too few.

use std::{borrow::Cow, ops::Range};

/// What the name of a secret ends with, in lower case and without `-` and `_`.
const NAMES: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "accountkey",
    "accesskey",
    "sharedkey",
    "apikey",
    "privatekey",
    "subscriptionkey",
    "sharedaccesssignature",
    "token",
    "connectionstring",
    "credentials",
];

/// Names that count only as a whole, being short.
const WHOLE_NAMES: [&str; 4] = ["sig", "pwd", "pass", "login"];

/// How far behind an opening brace the value of a parameter is looked for, in bytes.
const PARAMETER_REACH: usize = 400;

/// `text` with every byte of a secret as `*`: the length stays.
pub(super) fn masked(text: &str) -> Cow<'_, str> {
    let ranges = ranges(text);
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

/// Where secrets stand, by their start; all borders are borders of characters, because ASCII marks
/// them.
fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<_> = memchr::memchr3_iter(b'=', b':', b'@', text.as_bytes())
        .filter_map(|at| match text.as_bytes().get(at) {
            Some(b'@') => bare_login(text, at),
            Some(b':') => login(text, at).or_else(|| member(text, at)),
            _ => setting(text, at, at + 1),
        })
        .chain(encoded_settings(text))
        .chain(credentials(text))
        .filter(|range| !range.is_empty())
        .collect();
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    ranges
}

/// Is the name that ends before `end` that of a secret?
fn is_named(text: &str, end: usize) -> bool {
    let before = text.get(..end).unwrap_or_default();
    let before = before.trim_end_matches([' ', '\t', '"', '\'', '\\', '`']);
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let name = before.rsplit(|c| !is_part(c)).next().unwrap_or_default();
    // The digits of a percent escape are not part of the name behind it.
    let escaped = before.strip_suffix(name).is_some_and(|before| before.ends_with('%'));
    let name = if escaped { name.get(2..).unwrap_or_default() } else { name };
    let name: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    WHOLE_NAMES.contains(&name.as_str()) || NAMES.iter().any(|known| name.ends_with(known))
}

/// `name=value`, quoted or not; `value` begins at or after `from`.
fn setting(text: &str, at: usize, from: usize) -> Option<Range<usize>> {
    if !is_named(text, at) {
        return None;
    }
    let rest = text.get(from..)?;
    let value = rest.trim_start_matches(['=', '>', ' ', '\t']);
    let start = text.len() - value.len();
    quoted(text, start).or_else(|| {
        let length = value.find(|c: char| c.is_whitespace() || "&\"'`;,<>)\\".contains(c));
        let end = start + length.unwrap_or(value.len());
        // An expression is no secret.
        (!value.starts_with(['(', '[', '{', '$'])).then_some(start..end)
    })
}

/// `name%3Dvalue`, as in an address inside an address.
fn encoded_settings(text: &str) -> impl Iterator<Item = Range<usize>> {
    memchr::memchr_iter(b'%', text.as_bytes()).filter_map(|at| {
        let code = text.get(at..at + 3)?;
        let range = code.eq_ignore_ascii_case("%3d").then(|| setting(text, at, at + 3))??;
        let value = text.get(range.clone())?;
        Some(range.start..range.start + value.find("%26").unwrap_or(value.len()))
    })
}

/// `"name": "value"`, `"name": {"value": "…"}` and `"name": {"defaultValue": "…"}`.
fn member(text: &str, colon: usize) -> Option<Range<usize>> {
    if !is_named(text, colon) {
        return None;
    }
    let start = after_space(text, colon + 1)?;
    if text.as_bytes().get(start) != Some(&b'{') {
        return quoted(text, start);
    }
    let inside = text.get(start + 1..)?;
    let reach = inside.floor_char_boundary(PARAMETER_REACH);
    let reach = inside.get(..reach)?;
    let reach = reach.get(..reach.find('}').unwrap_or(reach.len()))?.to_ascii_lowercase();
    ["\"value\"", "\"defaultvalue\""].iter().find_map(|name| {
        let behind = start + 1 + reach.find(name)? + name.len();
        let colon = after_space(text, behind)?;
        (text.as_bytes().get(colon) == Some(&b':'))
            .then(|| after_space(text, colon + 1))?
            .and_then(|value| quoted(text, value))
    })
}

/// The offset of the first character at or after `from` that is not white space.
fn after_space(text: &str, from: usize) -> Option<usize> {
    Some(text.len() - text.get(from..)?.trim_start().len())
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
    let expression = value.starts_with('[') && !value.starts_with("[[");
    (!expression && !value.starts_with("${")).then_some(from..from + value.len())
}

/// The password in `scheme://user:password@host`, or all before the `@` where there is no colon.
fn login(text: &str, colon: usize) -> Option<Range<usize>> {
    let start = colon + 3;
    let rest = text.get(colon..)?.strip_prefix("://")?;
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
    let before = text.get(..at)?;
    let ends = |c: char| c.is_whitespace() || "\"'`<>()/,;=\\".contains(c);
    let start = before.rfind(ends).map_or(0, |end| end + before.get(end..).map_or(1, first_length));
    let colon = before.get(start..)?.find(':').filter(|&length| length > 0)?;
    Some(start + colon + 1..at)
}

fn first_length(text: &str) -> usize {
    text.chars().next().map_or(1, char::len_utf8)
}

/// `Bearer …` and `Basic …`, told from prose by a digit or padding among 16 characters and more.
fn credentials(text: &str) -> impl Iterator<Item = Range<usize>> {
    memchr::memchr2_iter(b'B', b'b', text.as_bytes()).filter_map(|at| {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::proptest;

    #[test]
    fn secrets_are_masked_and_their_surroundings_are_not() {
        for (text, shown) in [
            (
                "https://a.blob/x?sv=1&sig=aB%2Fc%3D&se=2",
                "https://a.blob/x?sv=1&sig=*********&se=2",
            ),
            ("u%3Fsig%3Dabc%26se%3D2", "u%3Fsig%3D***%26se%3D2"),
            ("Name=x;AccountKey=ab+/c==;End=y", "Name=x;AccountKey=*******;End=y"),
            ("http://user:p@ss@proxy:8080/", "http://user:****@proxy:8080/"),
            ("http://user:p/s#s@proxy:8080/", "http://user:*****@proxy:8080/"),
            ("http://token@host/x", "http://*****@host/x"),
            ("\"PROXY me:pw@proxy:80\"", "\"PROXY me:**@proxy:80\""),
            ("\"adminPassword\": \"hünter\\\"2\",", "\"adminPassword\": \"**********\","),
            ("{\\\"password\\\":\\\"x1\\\"}", "{\\\"password\\\":\\\"**\\\"}"),
            (
                "\"sharedKey\": {\n \"value\": \"abc\"\n}",
                "\"sharedKey\": {\n \"value\": \"***\"\n}",
            ),
            ("\"pwd\":{\"defaultValue\":\"abc\"}", "\"pwd\":{\"defaultValue\":\"***\"}"),
            ("password = 'two words' # x", "password = '*********' # x"),
            ("Authorization: Bearer abcdefgh12345678", "Authorization: Bearer ****************"),
        ] {
            assert_eq!(masked(text), shown);
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "\"adminPassword\": \"[parameters('adminPassword')]\"",
            "\"design=1\", config=2, \"signature\"",
            "http://host:8080/a@b",
            "http://[::1]:80/x",
            "\"name\": \"Allow-Secrets\", \"priority\": 100",
            "basic authentication-methods",
            "10.0.0.4:50000 -> 20.60.172.1:443",
            "@microsoft.com",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    proptest! {
        #[test]
        fn masking_keeps_every_offset(text in "([a:@/=\"'% {}\\\\é\n]|sig|://|password|%3D|value){0,30}") {
            assert_eq!(masked(&text).len(), text.len());
        }
    }
}
