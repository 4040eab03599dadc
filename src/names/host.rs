//! One host name: labels of letters, digits, `-` and `_`, with dots between them.

use std::fmt;

/// The longest host name that DNS carries.
pub(super) const LONGEST_HOST: usize = 253;

/// The longest label.
pub(super) const LONGEST_LABEL: usize = 63;

/// The characters of a label, those first that read best in an example.
pub(super) const LABEL_BYTES: &[u8; 38] = b"abcdefghijklmnopqrstuvwxyz0123456789_-";

/// What is wrong with the text of a host name or pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is no text.
    #[error("it is empty")]
    Empty,
    /// Two dots in a row, or a dot at the left end.
    #[error("it has an empty label")]
    EmptyLabel,
    /// A character that no host name has.
    #[error("`{0}` cannot be in a host name")]
    Character(char),
    /// A `*` where the dialect has none.
    #[error("`*` cannot stand here")]
    Star,
    /// More than 63 characters between two dots.
    #[error("a label is longer than 63 characters")]
    LongLabel,
    /// More than 253 characters.
    #[error("it is longer than 253 characters")]
    Long,
}

/// A host name in lower case, without a dot at its end.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Host(String);

impl Host {
    /// Reads a host name; its case and one dot at its end make no difference.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        name(text).map(Self)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The labels, from the right.
    pub(super) fn labels(&self) -> impl Iterator<Item = &str> {
        self.0.rsplit('.')
    }

    /// The host whose characters from the right these are; `None` if they are no host.
    pub(super) fn reversed(bytes: impl DoubleEndedIterator<Item = u8>) -> Option<Self> {
        Self::parse(&bytes.rev().map(char::from).collect::<String>()).ok()
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether the byte can be in a label.
pub(super) const fn is_label_byte(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_')
}

/// A name in lower case, without a dot at its end.
pub(super) fn name(text: &str) -> Result<String, Fault> {
    let text = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    if text.is_empty() {
        return Err(Fault::Empty);
    }
    for character in text.chars() {
        let known = u8::try_from(character).is_ok_and(|byte| byte == b'.' || is_label_byte(byte));
        if !known {
            return Err(if character == '*' { Fault::Star } else { Fault::Character(character) });
        }
    }
    if text.split('.').any(str::is_empty) {
        return Err(Fault::EmptyLabel);
    }
    if text.split('.').any(|label| label.len() > LONGEST_LABEL) {
        return Err(Fault::LongLabel);
    }
    if text.len() > LONGEST_HOST { Err(Fault::Long) } else { Ok(text) }
}
