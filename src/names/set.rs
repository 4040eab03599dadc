//! Sets of host names, and the dialects in which people write them.

use super::{
    glob::{Glob, ONE, RUN, STAR},
    host::{self, Fault, Host, LONGEST_HOST, is_label_byte},
    lines::{Asked, Found, HostLines, Row},
};
use crate::space::{End, Role};
use std::sync::Arc;

/// A set of host names: the union of any number of patterns.
///
/// The patterns are shared, so that a clone costs next to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostSet {
    pub(super) globs: Arc<[Arc<Glob>]>,
}

impl HostSet {
    /// No host.
    #[must_use]
    pub fn none() -> Self {
        Self { globs: Arc::new([]) }
    }

    /// Every host.
    #[must_use]
    pub fn all() -> Self {
        Self::of(&[STAR])
    }

    /// The hosts without a dot (`<local>`, `isPlainHostName`).
    #[must_use]
    pub fn plain() -> Self {
        Self::of(&[RUN])
    }

    /// This host and no other.
    ///
    /// # Errors
    /// What is wrong with the name.
    pub fn exact(name: &str) -> Result<Self, Fault> {
        Ok(Self::of(host::name(name)?.as_bytes()))
    }

    /// Every host below the name, at any depth, and not the name itself: `*.name`.
    ///
    /// # Errors
    /// What is wrong with the name; too long is one that leaves no room below it.
    pub fn under(name: &str) -> Result<Self, Fault> {
        let name = host::name(name)?;
        if name.len() + 2 > LONGEST_HOST {
            return Err(Fault::Long);
        }
        Ok(Self::of(format!("*.{name}").as_bytes()))
    }

    /// The name and every host below it: `.name` of squid.
    ///
    /// # Errors
    /// What is wrong with the name.
    pub fn domain(name: &str) -> Result<Self, Fault> {
        let apex = Self::exact(name)?;
        // There may be no room below the longest names.
        Ok(Self::under(name).into_iter().chain([apex]).collect())
    }

    /// Every host that ends with this text, a dot before it or not: `*name`.
    ///
    /// # Errors
    /// What is wrong with the name.
    pub fn ending(name: &str) -> Result<Self, Fault> {
        Ok(Self::of(format!("*{}", host::name(name)?).as_bytes()))
    }

    /// A name, or a name with one `*` at its left end: `x`, `*.x`, `*x` or `*`.
    ///
    /// # Errors
    /// What is wrong with the text: most of all, a `*` elsewhere.
    pub fn left_star(text: &str) -> Result<Self, Fault> {
        match text.strip_prefix('*') {
            None => Self::exact(text),
            Some("") => Ok(Self::all()),
            Some(rest) => match rest.strip_prefix('.') {
                Some(name) => Self::under(name),
                None => Self::ending(rest),
            },
        }
    }

    /// Any text with `*` (any characters, dots among them, or none) and `?` (one character).
    ///
    /// Only faults of characters are faults: what no host can be, such as `a..b`, is the empty set.
    ///
    /// # Errors
    /// A character that no host name has, or no text.
    pub fn glob(text: &str) -> Result<Self, Fault> {
        let text = text.to_ascii_lowercase();
        if text.is_empty() {
            return Err(Fault::Empty);
        }
        let known = |byte| matches!(byte, STAR | ONE | b'.') || is_label_byte(byte);
        match text.chars().find(|&c| !u8::try_from(c).is_ok_and(known)) {
            Some(character) => Err(Fault::Character(character)),
            None => Ok(Self::of(text.as_bytes())),
        }
    }

    /// Whether there is no pattern at all. (A set of patterns that no host matches is empty, too,
    /// but only a search can tell: see [`Self::shared`].)
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.globs.is_empty()
    }

    /// Whether the host is in the set.
    #[must_use]
    pub fn contains(&self, host: &Host) -> bool {
        self.globs.iter().any(|glob| glob.contains(host))
    }

    /// A host of both sets.
    #[must_use]
    pub fn shared(&self, other: &Self) -> Found {
        let lines = HostLines::new(vec![Row::exact(other.clone())]);
        lines.find(Asked::of(self), |_| Role::Stop, End::Pass)
    }

    /// A host of this set that is not in the other.
    #[must_use]
    pub fn beyond(&self, other: &Self) -> Found {
        let lines = HostLines::new(vec![Row::exact(other.clone())]);
        lines.find(Asked::of(self), |_| Role::Subtract, End::Stop)
    }

    pub(super) fn of(text: &[u8]) -> Self {
        Self { globs: Glob::new(text).map(Arc::new).into_iter().collect() }
    }
}

impl FromIterator<Self> for HostSet {
    fn from_iter<I: IntoIterator<Item = Self>>(sets: I) -> Self {
        Self { globs: sets.into_iter().flat_map(|set| set.globs.to_vec()).collect() }
    }
}
