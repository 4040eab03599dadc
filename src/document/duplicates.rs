//! Keys that stand in one object twice.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::node::{Key, Node};
use crate::source::Span;

/// Up to so many members every pair is compared, which is quicker than sorting and needs no
/// memory; beyond that, a hostile object of 100,000 keys would take minutes.
const FEW: usize = 24;

impl Node<'_> {
    /// Keys of this object that stand in it more than once, without ASCII case: for each repeated
    /// one where the first stood and where it stands again, in the order of the text.
    pub fn duplicate_keys(&self) -> Vec<(Span, Span)> {
        let members = self.members();
        if members.clone().nth(FEW).is_some() { self.by_sorting() } else { self.by_pairs() }
    }

    fn by_pairs(&self) -> Vec<(Span, Span)> {
        let mut found = Vec::new();
        for (count, (key, _)) in self.members().enumerate() {
            let earlier = self.members().take(count).find(|(first, _)| first.same(&key));
            if let Some((first, _)) = earlier {
                found.push((first.span(), key.span()));
            }
        }
        found
    }

    fn by_sorting(&self) -> Vec<(Span, Span)> {
        let mut keys: Vec<(Cow<'_, str>, Key<'_>)> =
            self.members().map(|(key, _)| (key.text(), key)).collect();
        // The sort is stable: among equals the order of the text stays.
        keys.sort_by(|(a, _), (b, _)| without_case(a, b));
        let mut found: Vec<(Span, Span)> = keys
            .chunk_by(|(a, _), (b, _)| a.eq_ignore_ascii_case(b))
            .filter_map(|equal| equal.split_first())
            .flat_map(|((_, first), again)| again.iter().map(|(_, key)| (first.span(), key.span())))
            .collect();
        found.sort_by_key(|&(_, again)| again);
        found
    }
}

fn without_case(a: &str, b: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(lower).cmp(b.bytes().map(lower))
}
