//! What a name may have meant that nothing has.

use std::fmt;

/// Longer texts are no misspelt names; distance costs length squared.
const MAX_NAME: usize = 64;

/// Shorter texts are no beginning of a name.
const MIN_BEGINNING: usize = 3;

/// The candidate that is spelt nearly like `text`: at most a third of its letters differ, case
/// and `_` for `-` aside; else one that it begins, or a word of it. The first of several equally
/// near ones.
pub(super) fn near<'c>(
    text: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    if text.len() > MAX_NAME {
        return None;
    }
    let plain = |text: &str| text.to_lowercase().replace('_', "-");
    let text = plain(text);
    let most = text.chars().count().div_ceil(3).min(3);
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let slip = candidates
        .iter()
        .copied()
        .map(|candidate| (strsim::damerau_levenshtein(&text, &plain(candidate)), candidate))
        .filter(|&(distance, _)| distance <= most)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate);
    if slip.is_some() || text.len() < MIN_BEGINNING {
        return slip;
    }
    let begins = |candidate: &&&str| plain(candidate).starts_with(&text);
    let has_word = |candidate: &&&str| plain(candidate).contains(&format!("-{text}"));
    candidates.iter().find(begins).or_else(|| candidates.iter().find(has_word)).copied()
}

/// `; did you mean this?`, or what else to do.
#[derive(Debug)]
pub(super) struct Hint {
    /// The name that was probably meant.
    pub(super) near: Option<String>,
    /// What to do where there is none, such as ``` `egresslint lints` lists them ```.
    pub(super) otherwise: String,
}

impl Hint {
    /// The hint for `text` among `candidates`.
    pub(super) fn new<'c>(
        text: &str,
        candidates: impl IntoIterator<Item = &'c str>,
        otherwise: impl Into<String>,
    ) -> Self {
        Self { near: near(text, candidates).map(str::to_owned), otherwise: otherwise.into() }
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.near {
            Some(near) => write!(f, "did you mean `{near}`?"),
            None => f.write_str(&self.otherwise),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_other_words_are_not() {
        let known = ["duplicate-priority", "shadowed-rule", "sql-in-vm"];
        let near = |text| near(text, known);
        assert_eq!(near("duplicate_priorty"), Some("duplicate-priority"));
        assert_eq!(near("Shadowed-Rules"), Some("shadowed-rule"));
        assert_eq!(near("sqlinvm"), Some("sql-in-vm"));
        assert_eq!(near("shadow"), Some("shadowed-rule"));
        assert_eq!(near("Priority"), Some("duplicate-priority"));
        assert_eq!(near("ru"), None);
        assert_eq!(near("firewall"), None);
        assert_eq!(near(&"a".repeat(10_000)), None);
    }
}
