//! The byte loops of the parser: eight bytes at a time, because most of a file is strings and
//! indentation.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;
const SPACES: u64 = 0x2020_2020_2020_2020;
const QUOTES: u64 = 0x2222_2222_2222_2222;
const BACKSLASHES: u64 = 0x5c5c_5c5c_5c5c_5c5c;

/// The eight bytes at `at`, first byte lowest.
#[inline]
fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk::<8>().map(|chunk| u64::from_le_bytes(*chunk))
}

/// Offset of the next byte from `at` on that ends a run of plain string text: a quote, a
/// backslash or a control character.
#[inline]
pub(super) fn string_run(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(word) = word(bytes, at) {
        let quote = word ^ QUOTES;
        let backslash = word ^ BACKSLASHES;
        // A borrow can only come from a hit in a lower byte, so the lowest hit is always true.
        let hits = ((quote.wrapping_sub(ONES) & !quote)
            | (backslash.wrapping_sub(ONES) & !backslash)
            | (word.wrapping_sub(SPACES) & !word))
            & HIGHS;
        if hits != 0 {
            return Some(at + usize::try_from(hits.trailing_zeros() / 8).unwrap_or(0));
        }
        at += 8;
    }
    let ends = |&byte: &u8| byte == b'"' || byte == b'\\' || byte < b' ';
    Some(at + bytes.get(at..)?.iter().position(ends)?)
}

/// Offset of the first byte from `at` on that is not JSON white space.
#[inline]
pub(super) fn white_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
        while word(bytes, at) == Some(SPACES) {
            at += 8;
        }
    }
    at
}

/// Offset of the first byte from `at` on that is not a decimal digit.
#[inline]
pub(super) fn digits(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at
}

/// Offset of the first byte from `at` on that no word or number could hold.
pub(super) fn word_end(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'+' | b'-')
    }) {
        at += 1;
    }
    at
}
