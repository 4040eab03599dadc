//! The packed form of a list: small, and readable in place without a byte being unpacked first.
//!
//! ```text
//! header   48 bytes: "EGLTAGS", version; 8 bytes of the SHA-256 of all that follows; number of
//!          texts, number of tags, bytes of text, bytes of prefixes (u32 each); texts of cloud,
//!          day and source (u16 each), 2 bytes 0; change number (u64)
//! ends     u32 a text: where it ends
//! texts    UTF-8, one behind the other
//! tags     16 bytes a tag, in the order of their names in small letters: where its prefixes begin
//!          (u32); texts of base, region, region code, location, system service (u16 each);
//!          features; documentation
//! prefixes a tag: change number + 1 or 0, IPv4 prefixes, IPv6 prefixes, bytes of the former;
//!          then the prefixes in order, each as the difference to the one before
//! ```
//!
//! Numbers are little-endian, those of `prefixes` in groups of seven bits (LEB128); 65535 is no
//! text, and all bits set no change number. A difference is counted in blocks of the prefix's own
//! size. IPv4: difference x 33 + length. IPv6: length, then the difference of the upper 64 bits,
//! and behind /64 the lower bits themselves.

use std::borrow::Cow;
use std::cmp::Ordering;

use sha2::{Digest as _, Sha256};

use super::error::Fault;
use super::list::is_name;

/// The first seven bytes.
pub(super) const MAGIC: &[u8; 7] = b"EGLTAGS";
/// Version of the form: the eighth byte.
pub(super) const VERSION: u8 = 1;
/// Bytes before the ends of the texts.
pub(super) const HEADER: usize = 48;
/// Bytes of a tag's row.
pub(super) const ROW: usize = 16;
/// Where the checked part begins.
pub(super) const BODY: usize = 16;
/// The number that stands for no text.
pub(super) const NO_TEXT: u16 = u16::MAX;

/// A packed list and where its parts begin.
#[derive(Debug)]
pub(super) struct Packed {
    bytes: Cow<'static, [u8]>,
    texts: usize,
    text_length: usize,
    tags: usize,
}

/// A tag's row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// Where the prefixes begin.
    offset: usize,
    /// Text of the name, less the region.
    pub base: u16,
    /// Text of the region as the name has it.
    pub region: u16,
    /// Text of the region code.
    pub code: u16,
    /// Text of the location.
    pub location: u16,
    /// Text of the system service.
    pub service: u16,
    /// Byte of the features.
    pub features: u8,
    /// Byte of the documentation.
    pub documented: u8,
}

impl Packed {
    /// A list over `bytes`, its header checked and nothing else: for bytes that a test has read.
    pub(super) fn trusted(bytes: Cow<'static, [u8]>) -> Result<Self, Fault> {
        let damaged = |offset, what| Fault::Damaged { offset, what };
        if !bytes.starts_with(MAGIC) {
            return Err(damaged(0, "it does not begin as one"));
        }
        match bytes.get(MAGIC.len()) {
            Some(&VERSION) => {}
            Some(&found) => return Err(Fault::Version { found, known: VERSION }),
            None => return Err(damaged(bytes.len(), "the header ends early")),
        }
        let field = |at| size(u32_at(&bytes, at)).ok_or(damaged(at, "the header ends early"));
        let packed = Self {
            texts: field(16)?,
            tags: field(20)?,
            text_length: field(24)?,
            bytes: Cow::Borrowed(&[]),
        };
        let length = [
            packed.texts.checked_mul(4),
            Some(packed.text_length),
            packed.tags.checked_mul(ROW),
            Some(field(28)?),
        ];
        let length = length.into_iter().try_fold(HEADER, |sum, part| sum.checked_add(part?));
        if length != Some(bytes.len()) {
            return Err(damaged(bytes.len(), "the header announces another length"));
        }
        Ok(Self { bytes, ..packed })
    }

    /// A list without tags.
    pub(super) const fn none() -> Self {
        Self { bytes: Cow::Borrowed(&[]), texts: 0, text_length: 0, tags: 0 }
    }

    /// A list over `bytes` from anywhere: every part is checked, so that no look-up can fail.
    pub(super) fn checked(bytes: Cow<'static, [u8]>) -> Result<Self, Fault> {
        let packed = Self::trusted(bytes)?;
        let body = packed.bytes.get(BODY..).unwrap_or_default();
        if packed.bytes.get(8..BODY) != Some(checksum(body).as_slice()) {
            return Err(Fault::Damaged { offset: 8, what: "the checksum is another" });
        }
        packed.check_texts()?;
        packed.check_rows()?;
        packed.check_prefixes()?;
        Ok(packed)
    }

    /// Number of tags.
    pub(super) const fn len(&self) -> usize {
        self.tags
    }

    /// The cloud.
    pub(super) fn cloud(&self) -> &str {
        u16_at(&self.bytes, 32).and_then(|id| self.text(id)).unwrap_or_default()
    }

    /// The day of the list.
    pub(super) fn as_of(&self) -> Option<&str> {
        self.text(u16_at(&self.bytes, 34)?)
    }

    /// The file that was packed.
    pub(super) fn source(&self) -> &str {
        u16_at(&self.bytes, 36).and_then(|id| self.text(id)).unwrap_or_default()
    }

    /// The list's change number.
    pub(super) fn change_number(&self) -> Option<u64> {
        let bytes = self.bytes.get(40..HEADER)?.first_chunk()?;
        Some(u64::from_le_bytes(*bytes)).filter(|&number| number != u64::MAX)
    }

    /// The text of that number.
    pub(super) fn text(&self, id: u16) -> Option<&str> {
        std::str::from_utf8(self.text_bytes(id)?).ok()
    }

    /// The bytes of the text of that number: to compare names, nobody need check them again.
    pub(super) fn text_bytes(&self, id: u16) -> Option<&[u8]> {
        let id = usize::from(id);
        if id >= self.texts {
            return None;
        }
        let end = |id: usize| size(u32_at(&self.bytes, HEADER + id * 4));
        let start = if id == 0 { 0 } else { end(id - 1)? };
        let texts = self.bytes.get(HEADER + self.texts * 4..)?.get(..self.text_length)?;
        texts.get(start..end(id)?)
    }

    /// The row of the tag at `index` in the order of names.
    pub(super) fn row(&self, index: usize) -> Option<Row> {
        let start = self.rows_at() + index.checked_mul(ROW)?;
        let row = self.bytes.get(start..start + ROW).filter(|_| index < self.tags)?;
        let id = |at| u16_at(row, at);
        Some(Row {
            offset: size(u32_at(row, 0))?,
            base: id(4)?,
            region: id(6)?,
            code: id(8)?,
            location: id(10)?,
            service: id(12)?,
            features: *row.get(14)?,
            documented: *row.get(15)?,
        })
    }

    /// The prefixes of a tag.
    pub(super) fn prefixes(&self, row: Row) -> Option<Prefixes<'_>> {
        let start = self.rows_at() + self.tags * ROW;
        Prefixes::begin(self.bytes.get(start..)?.get(row.offset..)?)
    }

    /// How the name of a row stands to another, letter case aside.
    pub(super) fn compare(&self, row: Row, name: impl Iterator<Item = u8>) -> Ordering {
        self.letters(row).cmp(name)
    }

    /// Whether a row has that name, letter case aside.
    pub(super) fn is_called(&self, row: Row, name: &[u8]) -> bool {
        let base = self.text_bytes(row.base).unwrap_or_default();
        let Some((start, rest)) = name.split_at_checked(base.len()) else { return false };
        let region = self.text_bytes(row.region);
        start.eq_ignore_ascii_case(base)
            && match (region, rest) {
                (None, rest) => rest.is_empty(),
                (Some(region), [b'.', rest @ ..]) => rest.eq_ignore_ascii_case(region),
                (Some(_), _) => false,
            }
    }

    /// The bytes of a row's name in small letters.
    pub(super) fn letters(&self, row: Row) -> impl Iterator<Item = u8> {
        let base = self.text_bytes(row.base).unwrap_or_default();
        let region = self.text_bytes(row.region);
        let dot: &[u8] = region.map_or(b"", |_| b".");
        let own = base.iter().chain(dot).chain(region.unwrap_or_default());
        own.map(u8::to_ascii_lowercase)
    }

    fn rows_at(&self) -> usize {
        HEADER + self.texts * 4 + self.text_length
    }

    fn check_texts(&self) -> Result<(), Fault> {
        let mut start = 0;
        for id in 0..self.texts {
            let at = HEADER + id * 4;
            let end = size(u32_at(&self.bytes, at)).filter(|&end| end >= start);
            let text = u16::try_from(id).ok().and_then(|id| self.text(id));
            let plain = |text: &str| !text.chars().any(char::is_control);
            match (end, text) {
                (Some(end), Some(text)) if plain(text) => start = end,
                _ => return Err(Fault::Damaged { offset: at, what: "a text is broken" }),
            }
        }
        Ok(())
    }

    fn check_rows(&self) -> Result<(), Fault> {
        let meta = [32, 34, 36].map(|at| u16_at(&self.bytes, at));
        let known = |id: u16| id == NO_TEXT || usize::from(id) < self.texts;
        let wrong = |offset, what| Err(Fault::Damaged { offset, what });
        if !meta.iter().all(|id| id.is_some_and(known)) {
            return wrong(32, "a text is not there");
        }
        let mut before = String::new();
        for index in 0..self.tags {
            let at = self.rows_at() + index * ROW;
            let Some(row) = self.row(index) else {
                return wrong(at, "a tag is not there");
            };
            let ids = [row.region, row.code, row.location, row.service];
            let Some(base) = self.text(row.base).filter(|_| ids.into_iter().all(known)) else {
                return wrong(at, "a text is not there");
            };
            let region = self.text(row.region).map(|region| format!(".{region}"));
            let mut name = format!("{base}{}", region.unwrap_or_default());
            name.make_ascii_lowercase();
            if !is_name(&name) || name <= before {
                return wrong(at, "the tags are not in order of their names");
            }
            before = name;
        }
        Ok(())
    }

    /// Every tag's prefixes begin where those of the tag before end.
    fn check_prefixes(&self) -> Result<(), Fault> {
        let start = self.rows_at() + self.tags * ROW;
        let mut offset = 0;
        for index in 0..self.tags {
            let row = self.row(index).filter(|row| row.offset == offset);
            let length = row.and_then(|row| self.prefixes(row)).and_then(Prefixes::length);
            let Some(length) = length else {
                return Err(Fault::Damaged { offset: start + offset, what: "a prefix is broken" });
            };
            offset += length;
        }
        if start + offset != self.bytes.len() {
            return Err(Fault::Damaged {
                offset: start + offset,
                what: "more bytes than prefixes",
            });
        }
        Ok(())
    }
}

/// The first 8 bytes of the SHA-256 of all behind the checksum.
pub(super) fn checksum(body: &[u8]) -> [u8; 8] {
    let digest = Sha256::digest(body);
    let mut sum = [0; 8];
    sum.iter_mut().zip(digest.iter()).for_each(|(to, &from)| *to = from);
    sum
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn size(number: Option<u32>) -> Option<usize> {
    usize::try_from(number?).ok()
}

/// The prefixes of one tag.
#[derive(Clone, Copy)]
pub(super) struct Prefixes<'a> {
    /// The tag's change number.
    pub change_number: Option<u64>,
    /// Number of IPv4 prefixes.
    pub count_v4: u64,
    /// Number of IPv6 prefixes.
    pub count_v6: u64,
    head: usize,
    v4: &'a [u8],
    v6: &'a [u8],
}

impl<'a> Prefixes<'a> {
    fn begin(bytes: &'a [u8]) -> Option<Self> {
        let mut numbers = Numbers(bytes);
        let change_number = numbers.next()?.checked_sub(1);
        let (count_v4, count_v6) = (numbers.next()?, numbers.next()?);
        let length_v4 = usize::try_from(numbers.next()?).ok()?;
        let (v4, v6) = numbers.0.split_at_checked(length_v4)?;
        let head = bytes.len() - numbers.0.len();
        Some(Self { change_number, count_v4, count_v6, head, v4, v6 })
    }

    /// IPv4 prefixes: first address and length, in order.
    pub(super) fn v4(&self) -> impl Iterator<Item = (u32, u8)> + use<'a> {
        PrefixesV4 { numbers: Numbers(self.v4), left: self.count_v4, before: 0 }
    }

    /// IPv6 prefixes: first address and length, in order.
    pub(super) fn v6(&self) -> impl Iterator<Item = (u128, u8)> + use<'a> {
        PrefixesV6 { numbers: Numbers(self.v6), left: self.count_v6, before: 0 }
    }

    /// The bytes that the tag takes up; nothing if a prefix is broken or out of order.
    fn length(self) -> Option<usize> {
        let mut v4 = PrefixesV4 { numbers: Numbers(self.v4), left: self.count_v4, before: 0 };
        let mut v6 = PrefixesV6 { numbers: Numbers(self.v6), left: self.count_v6, before: 0 };
        let sorted =
            v4.by_ref().is_sorted_by(|a, b| a < b) && v6.by_ref().is_sorted_by(|a, b| a < b);
        let whole = v4.left == 0 && v6.left == 0 && v4.numbers.0.is_empty();
        let used = self.v6.len() - v6.numbers.0.len();
        (sorted && whole).then_some(self.head + self.v4.len() + used)
    }
}

struct PrefixesV4<'a> {
    numbers: Numbers<'a>,
    left: u64,
    before: u32,
}

impl Iterator for PrefixesV4<'_> {
    type Item = (u32, u8);

    fn next(&mut self) -> Option<Self::Item> {
        let left = self.left.checked_sub(1)?;
        let number = self.numbers.next()?;
        let length = u8::try_from(number % 33).ok()?;
        let free = 32 - u32::from(length);
        let before = self.before.checked_shr(free).unwrap_or(0);
        let block = before.checked_add(u32::try_from(number / 33).ok()?)?;
        let start = block.checked_shl(free).unwrap_or(0);
        if start.checked_shr(free).unwrap_or(0) != block {
            return None;
        }
        (self.left, self.before) = (left, start);
        Some((start, length))
    }
}

struct PrefixesV6<'a> {
    numbers: Numbers<'a>,
    left: u64,
    before: u64,
}

impl Iterator for PrefixesV6<'_> {
    type Item = (u128, u8);

    fn next(&mut self) -> Option<Self::Item> {
        let left = self.left.checked_sub(1)?;
        let (&length, rest) = self.numbers.0.split_first()?;
        self.numbers.0 = rest;
        let free_upper = 64_u32.saturating_sub(u32::from(length));
        let before = self.before.checked_shr(free_upper).unwrap_or(0);
        let block = before.checked_add(self.numbers.next()?)?;
        let upper = block.checked_shl(free_upper).unwrap_or(0);
        let mut whole = upper.checked_shr(free_upper).unwrap_or(0) == block;
        let mut lower = 0;
        if length > 64 {
            let free = 128_u32.checked_sub(u32::from(length))?;
            let block = self.numbers.next()?;
            lower = block.checked_shl(free)?;
            whole &= lower.checked_shr(free) == Some(block);
        }
        if !whole {
            return None;
        }
        (self.left, self.before) = (left, upper);
        Some((u128::from(upper) << 64 | u128::from(lower), length))
    }
}

/// Numbers in groups of seven bits, the lowest first.
struct Numbers<'a>(&'a [u8]);

impl Iterator for Numbers<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        let mut shift = 0;
        loop {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            let bits = u64::from(byte & 0x7f);
            let shifted = bits.checked_shl(shift)?;
            if shifted >> shift != bits {
                return None;
            }
            number |= shifted;
            if byte & 0x80 == 0 {
                return Some(number);
            }
            shift += 7;
        }
    }
}
