//! Functions between texts and their encodings.

use crate::template::evaluate::Outcome;
use crate::template::unknown::Unknown;

use super::{Arguments, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::of("base64", 1..=1, base64),
    Function::of("base64ToString", 1..=1, |a| a.made(decoded(a, a.text(0)?)?)),
    Function::of("dataUri", 1..=1, data_uri),
    Function::of("dataUriToString", 1..=1, data_uri_to_string),
    Function::of("uri", 2..=2, uri),
    Function::of("uriComponent", 1..=1, uri_component),
    Function::of("uriComponentToString", 1..=1, uri_component_to_string),
];

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What `dataUri` begins with.
const DATA_URI: &str = "data:text/plain;charset=utf8;base64,";

fn base64<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let text = arguments.text(0)?;
    arguments.grow(text.len().saturating_mul(2))?;
    arguments.made(encoded(text.as_bytes()))
}

fn data_uri<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let text = arguments.text(0)?;
    arguments.grow(text.len().saturating_mul(2))?;
    arguments.made(format!("{DATA_URI}{}", encoded(text.as_bytes())))
}

fn data_uri_to_string<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let text = arguments.text(0)?;
    let parts = text.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,"));
    let refused = || arguments.invalid(0, "only data in UTF-8 and base64 is decoded");
    let (kind, encoded) = parts.ok_or_else(refused)?;
    let decoded = decoded(arguments, encoded)?;
    // Another character set would give another text, unless all sets have the characters.
    let kind = kind.to_ascii_lowercase();
    let is_text = match kind.split_once(";charset=") {
        Some((_, charset)) => matches!(charset, "utf8" | "utf-8"),
        None => decoded.is_ascii(),
    };
    if is_text { arguments.made(decoded) } else { Err(refused()) }
}

/// Groups of three bytes as four characters; what is missing in the last group is `=`.
fn encoded(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, at| {
            bits << 8 | u32::from(group.get(at).copied().unwrap_or_default())
        });
        for place in 0..4 {
            let sextet = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap_or_default();
            let letter = ALPHABET.get(sextet).filter(|_| place <= group.len());
            text.push(letter.map_or('=', |letter| char::from(*letter)));
        }
    }
    text
}

/// The UTF-8 text that was encoded as `text`.
pub(super) fn decoded(arguments: &Arguments<'_, '_, '_>, text: &str) -> Result<String, Unknown> {
    arguments.grow(text.len())?;
    let bytes = bytes(text).and_then(|bytes| String::from_utf8(bytes).ok());
    bytes.ok_or_else(|| arguments.invalid(0, "it is not base64 of a text in UTF-8"))
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let letters = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - letters.len() > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for letter in letters.bytes() {
        let sextet = ALPHABET.iter().position(|known| *known == letter)?;
        bits = (bits << 6 | u32::try_from(sextet).ok()?) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(bytes)
}

/// The address of something relative to another one, for plain paths.
fn uri<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let (base, relative) = (arguments.text(0)?, arguments.text(1)?);
    let is_plain = |text: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte);
        text.bytes().all(is_plain) && !text.contains("//")
    };
    let parts = base.split_once("://").filter(|(scheme, path)| {
        let (host, _) = path.split_once('/').unwrap_or((path, ""));
        let is_lower = !host.is_empty() && !host.bytes().any(|byte| byte.is_ascii_uppercase());
        matches!(*scheme, "http" | "https") && is_lower && is_plain(path)
    });
    let Some((scheme, path)) = parts.filter(|_| !relative.is_empty() && is_plain(relative)) else {
        return Err(arguments.misfit("only plain addresses are joined"));
    };
    let (host, folder) = match path.split_once('/') {
        Some((host, path)) => (host, path.rsplit_once('/').map_or("", |(folder, _)| folder)),
        None => (path, ""),
    };
    let folder = if relative.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    let relative = relative.trim_start_matches('/');
    for part in folder.split('/').filter(|part| !part.is_empty()).chain(relative.split('/')) {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    // A path that ends with a dot is that of a folder.
    let end = if relative.split('/').next_back().is_some_and(|it| matches!(it, "." | "..")) {
        "/"
    } else {
        ""
    };
    let end = if parts.is_empty() { "" } else { end };
    arguments.made(format!("{scheme}://{host}/{}{end}", parts.join("/")))
}

fn uri_component<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let text = arguments.text(0)?;
    arguments.grow(text.len().saturating_mul(3))?;
    let digit = |value: u8| DIGITS.get(usize::from(value)).map_or('0', |digit| char::from(*digit));
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    arguments.made(encoded)
}

fn uri_component_to_string<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let text = arguments.text(0)?;
    arguments.grow(text.len())?;
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        let code = tail.get(..2).filter(|_| *byte == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        let code = code.filter(|code| code.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(code) => {
                bytes.push(code);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*byte);
                rest = tail;
            }
        }
    }
    let decoded = String::from_utf8(bytes);
    let decoded = decoded.map_err(|_| arguments.invalid(0, "it is not a text in UTF-8"))?;
    arguments.made(decoded)
}
