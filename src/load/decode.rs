//! Bytes to text: UTF-8, and UTF-16 as Windows PowerShell writes it with `>`.

use super::error::FileFault;
use crate::source::{Position, SourceFile};

/// So many bytes tell a text from something else.
pub(super) const HEAD: usize = 8 * 1024;

/// Whether the beginning of a file is that of no text.
pub(super) fn is_binary(head: &[u8]) -> bool {
    !is_utf16(head) && memchr::memchr(0, head).is_some()
}

/// Whether the text is in UTF-16.
pub(super) fn is_utf16(head: &[u8]) -> bool {
    utf16(head).is_some()
}

/// The text of `bytes`, less a byte order mark.
pub(super) fn decode(bytes: Vec<u8>) -> Result<String, FileFault> {
    if let Some((body, unit)) = utf16(&bytes) {
        return from_utf16(body, unit);
    }
    if is_binary(bytes.get(..HEAD).unwrap_or(&bytes)) {
        let is_plan = bytes.starts_with(b"PK") && memchr::memmem::find(&bytes, b"tfplan").is_some();
        return Err(if is_plan { FileFault::TerraformPlan } else { FileFault::Binary });
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(without_mark(text)),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let before = String::from_utf8_lossy(bytes.get(..offset).unwrap_or_default());
            let byte = bytes.get(offset).copied().unwrap_or_default();
            Err(FileFault::NotUtf8 { byte, offset, at: end_of(&without_mark(before.into_owned())) })
        }
    }
}

fn without_mark(mut text: String) -> String {
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    text
}

/// The position after the last character.
fn end_of(text: &str) -> Position {
    SourceFile::new("", text).position(u32::MAX)
}

type Unit = fn([u8; 2]) -> u16;

/// What follows the byte order mark and the order of bytes, if it is UTF-16; without a mark a
/// bracket beside a zero tells.
fn utf16(bytes: &[u8]) -> Option<(&[u8], Unit)> {
    match bytes {
        [0xFF, 0xFE, body @ ..] => Some((body, u16::from_le_bytes)),
        [0xFE, 0xFF, body @ ..] => Some((body, u16::from_be_bytes)),
        [b'{' | b'[', 0, ..] => Some((bytes, u16::from_le_bytes)),
        [0, b'{' | b'[', ..] => Some((bytes, u16::from_be_bytes)),
        _ => None,
    }
}

fn from_utf16(body: &[u8], unit: Unit) -> Result<String, FileFault> {
    let (pairs, rest) = body.as_chunks::<2>();
    let mut text = String::with_capacity(body.len() / 2);
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match decoded {
            Ok(character) => text.push(character),
            Err(_) => return Err(FileFault::NotUtf16 { at: end_of(&text) }),
        }
    }
    if rest.is_empty() { Ok(text) } else { Err(FileFault::NotUtf16 { at: end_of(&text) }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_every_usual_encoding_is_the_same() {
        let text = "{\"a\": \"日本\u{1f600}\"}";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let cases = [
            text.as_bytes().to_vec(),
            [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            little.clone(),
            [&[0xFF, 0xFE], little.as_slice()].concat(),
            big.clone(),
            [&[0xFE, 0xFF], big.as_slice()].concat(),
        ];
        for bytes in cases {
            assert_eq!(decode(bytes).unwrap(), text);
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_told_with_their_place() {
        let at = Position { line: 2, column: 3 };
        let shift_jis = b"\xEF\xBB\xBF{\n\xC3\xA9 \x93\xFA\"".to_vec();
        let fault = decode(shift_jis).unwrap_err();
        assert_eq!(fault, FileFault::NotUtf8 { byte: 0x93, offset: 8, at });
        assert_eq!(decode(b"MZ\0\x01".to_vec()).unwrap_err(), FileFault::Binary);
        assert_eq!(decode(b"PK\x03\x04\0word/document".to_vec()).unwrap_err(), FileFault::Binary);
        let plan = b"PK\x03\x04\x14\0\x08\0tfplan".to_vec();
        assert_eq!(decode(plan).unwrap_err(), FileFault::TerraformPlan);
        let half = [0xFF, 0xFE, b'{', 0, 0x00, 0xD8, b'a', 0];
        let at = Position { line: 1, column: 2 };
        assert_eq!(decode(half.to_vec()).unwrap_err(), FileFault::NotUtf16 { at });
        assert_eq!(decode(vec![0xFE, 0xFF, 0, b'{', 0]).unwrap_err(), FileFault::NotUtf16 { at });
    }
}
