//! One pattern, as the search wants it: read from the right, with the labels that are certain.

use super::host::{Host, LONGEST_HOST, LONGEST_LABEL, is_label_byte};
use std::sync::Arc;

/// Any characters, dots among them, or none.
pub(super) const STAR: u8 = b'*';
/// One character, a dot as well.
pub(super) const ONE: u8 = b'?';
/// Any characters but dots, or none.
pub(super) const RUN: u8 = b'=';

/// What kind of pattern it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// One host: its labels are the stem.
    Exact,
    /// Every host that has the stem and at least one more label.
    Under,
    /// Anything else.
    Other,
}

/// A pattern: a set of hosts.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Glob {
    pub(super) kind: Kind,
    /// The labels, from the right, that each host of the pattern ends with, a dot before them.
    pub(super) stem: Box<[Arc<str>]>,
    /// The pattern from the right: characters of hosts, [`STAR`], [`ONE`] and [`RUN`].
    pub(super) tokens: Box<[u8]>,
}

impl Glob {
    /// Makes a pattern from its characters, left to right. `None` if no host can match it: two dots
    /// in a row, one at an end, or nothing at all.
    pub(super) fn new(text: &[u8]) -> Option<Self> {
        let mut tokens: Vec<u8> = text.iter().rev().copied().collect();
        tokens.dedup_by(|a, b| a == b && (*a == STAR || *a == RUN));
        let dots = tokens.windows(2).any(|pair| pair == b"..");
        if dots || tokens.is_empty() || [tokens.first(), tokens.last()].contains(&Some(&b'.')) {
            return None;
        }
        let literal =
            tokens.iter().take_while(|&&byte| byte == b'.' || is_label_byte(byte)).count();
        let certain = tokens.get(..literal)?;
        let kind = match tokens.get(literal..)? {
            [] => Kind::Exact,
            [STAR] if certain.last().is_none_or(|&byte| byte == b'.') => Kind::Under,
            _ => Kind::Other,
        };
        let mut stem: Vec<Arc<str>> = certain
            .split(|&byte| byte == b'.')
            .map(|label| label.iter().rev().copied().map(char::from).collect::<String>().into())
            .collect();
        if kind != Kind::Exact {
            // What stands left of the last dot may be a part of a label.
            stem.pop();
        }
        let glob = Self { kind, stem: stem.into(), tokens: tokens.into() };
        glob.has_room().then_some(glob)
    }

    /// Whether the stem fits into a host name, with a label before it if it needs one.
    fn has_room(&self) -> bool {
        let more = if self.kind == Kind::Exact { 0 } else { 2 };
        // Each label brings a dot but one.
        let len = (self.stem_len() + more).saturating_sub(1);
        len <= LONGEST_HOST && self.stem.iter().all(|label| label.len() <= LONGEST_LABEL)
    }

    /// How many tokens the stem of a pattern with other hosts below it takes.
    pub(super) fn stem_len(&self) -> usize {
        self.stem.iter().map(|label| label.len() + 1).sum()
    }

    /// The only host of an exact pattern.
    pub(super) fn host(&self) -> Option<Host> {
        match self.kind {
            Kind::Exact => Host::reversed(self.tokens.iter().copied()),
            Kind::Under | Kind::Other => None,
        }
    }

    pub(super) fn contains(&self, host: &Host) -> bool {
        let text = host.as_str();
        match self.kind {
            Kind::Exact => self.tokens.iter().eq(text.as_bytes().iter().rev()),
            Kind::Under => {
                let literal = self.tokens.len() - 1;
                let certain = self.tokens.iter().take(literal);
                text.len() > literal && certain.eq(text.as_bytes().iter().rev().take(literal))
            }
            Kind::Other => self.after(text.bytes().rev()).contains(&self.tokens.len()),
        }
    }

    /// The places in the pattern where one may stand after these characters.
    pub(super) fn after(&self, bytes: impl Iterator<Item = u8>) -> Vec<usize> {
        let mut places = Vec::new();
        enter(&self.tokens, 0, |place| places.push(place));
        let mut next = Vec::new();
        for byte in bytes {
            for &place in &places {
                step(&self.tokens, place, byte, |place| next.push(place));
            }
            next.sort_unstable();
            next.dedup();
            std::mem::swap(&mut places, &mut next);
            next.clear();
            if places.is_empty() {
                break;
            }
        }
        places
    }
}

/// Calls `at` with the places where one stands after reaching `place`.
pub(super) fn enter(tokens: &[u8], mut place: usize, mut at: impl FnMut(usize)) {
    at(place);
    while matches!(tokens.get(place), Some(&(STAR | RUN))) {
        place += 1;
        at(place);
    }
}

/// Calls `at` with the places where one stands after `byte` at `place`.
pub(super) fn step(tokens: &[u8], place: usize, byte: u8, at: impl FnMut(usize)) {
    match tokens.get(place) {
        Some(&STAR) => enter(tokens, place, at),
        Some(&RUN) if byte != b'.' => enter(tokens, place, at),
        Some(&ONE) => enter(tokens, place + 1, at),
        Some(&token) if token == byte => enter(tokens, place + 1, at),
        _ => {}
    }
}
