//! Syntax errors in files that hold values of parameters: the text at fault may be a secret, and is
//! neither quoted nor shown.

use super::error::{LoadError, LoadFault};
use crate::document::SyntaxError;

/// The error, without a word of the text.
pub(super) fn syntax(error: SyntaxError) -> LoadError {
    let SyntaxError { what, span, opener } = error;
    LoadError { fault: LoadFault::Private(what), span: Some(span), opener }
}

/// Whether the text of `path`, which nobody can read, may hold values of parameters: those of a
/// parameters file, or what a template gives to nested ones.
pub(super) fn may_hold_values(path: &str, text: &str) -> bool {
    let has = |word: &str| holds_word(text.as_bytes(), word.as_bytes());
    let end = path.len().saturating_sub("parameters.json".len());
    if path.get(end..).is_some_and(|end| end.eq_ignore_ascii_case("parameters.json"))
        || has("deploymentparameters")
    {
        return true;
    }
    let has_policy = has("securityrules") || has("resources");
    match has_policy {
        true => {
            let is_nested = has("\"template\"") || has("/deployments\"");
            is_nested && has("\"parameters\"") && has("\"value\"")
        }
        false => has("\"parameters\"") || (has("\"value\"") && !has("\"properties\"")),
    }
}

/// Is `word`, which is in lower case, in the text?
fn holds_word(bytes: &[u8], word: &[u8]) -> bool {
    let Some(&first) = word.first() else { return true };
    memchr::memchr2_iter(first, first.to_ascii_uppercase(), bytes).any(|at| {
        let there = bytes.get(at..at.saturating_add(word.len()));
        there.is_some_and(|there| there.eq_ignore_ascii_case(word))
    })
}
