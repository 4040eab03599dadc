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

/// Bits at the bytes of a word that end a run of plain string text; the lowest is always true, for a
/// borrow can only come from a hit in a lower byte.
#[inline]
const fn hits(word: u64) -> u64 {
    let quote = word ^ QUOTES;
    let backslash = word ^ BACKSLASHES;
    ((quote.wrapping_sub(ONES) & !quote)
        | (backslash.wrapping_sub(ONES) & !backslash)
        | (word.wrapping_sub(SPACES) & !word))
        & HIGHS
}

/// Strings that go on behind so many bytes are long: those of an export have a hundred and more.
const SHORT: usize = 24;

/// So many bytes of a long string are looked at together.
const PIECE: usize = 32;

/// Offset of the next byte from `at` on that ends a run of plain string text: a quote, a
/// backslash or a control character.
#[inline]
pub(super) fn string_run(bytes: &[u8], mut at: usize) -> Option<usize> {
    let ends = |&byte: &u8| (byte == b'"') | (byte == b'\\') | (byte < b' ');
    let start = at;
    while let Some(word) = word(bytes, at) {
        let hits = hits(word);
        if hits != 0 {
            return Some(at + usize::try_from(hits.trailing_zeros() / 8).unwrap_or(0));
        }
        at += 8;
        if at == start + SHORT {
            at = plain_pieces(bytes, at);
        }
    }
    Some(at + bytes.get(at..)?.iter().position(ends)?)
}

/// The end of the whole pieces from `at` on that hold nothing but plain string text.
fn plain_pieces(bytes: &[u8], at: usize) -> usize {
    let (pieces, _) = bytes.get(at..).unwrap_or_default().as_chunks::<PIECE>();
    // Without a branch for each byte, so that many are compared at once.
    let is_plain = |piece: &&[u8; PIECE]| {
        let ends = |byte: &u8| (*byte == b'"') | (*byte == b'\\') | (*byte < b' ');
        !piece.iter().fold(false, |any, byte| any | ends(byte))
    };
    at + pieces.iter().take_while(is_plain).count() * PIECE
}

/// Offset of the first byte from `at` on that is not JSON white space.
#[inline]
pub(super) fn white_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
        // What follows a line end is the indentation.
        while let Some(word) = word(bytes, at) {
            let spaces = (word ^ SPACES).trailing_zeros() / 8;
            at += usize::try_from(spaces).unwrap_or(0);
            if spaces < 8 {
                break;
            }
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
