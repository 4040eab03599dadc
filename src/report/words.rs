//! The texts of one finding, fit to be told: without secrets, those too that one text tells and
//! another one repeats with other marks; and not longer than anybody reads.

use super::{clean::bounded, secrets::Told};
use crate::{finding::Finding, lint::Label};
use std::borrow::Cow;

/// Longer texts are cut, in bytes.
const MAX_TEXT: usize = 4_000;

/// Longer fixes are cut, in bytes: they may hold a rule to paste.
const MAX_FIX: usize = 32_000;

/// The texts of a finding.
#[derive(Debug)]
pub(super) struct Words<'r> {
    told: Told,
    pub(super) message: Cow<'r, str>,
    /// How Terraform calls the resource, where it comes from Terraform.
    pub(super) address: Option<Cow<'r, str>>,
    pub(super) rule: Option<Cow<'r, str>>,
    pub(super) help: Option<Cow<'r, str>>,
    /// What the fix says, perhaps with a rule to paste.
    pub(super) fix: Option<Cow<'r, str>>,
}

impl<'r> Words<'r> {
    /// Those of `finding`.
    pub(super) fn of(finding: &'r Finding) -> Self {
        let rule = finding.rule.as_deref();
        let told =
            Told::by([bounded(&finding.message, MAX_TEXT)].iter().map(AsRef::as_ref).chain(rule));
        let text = |text: &'r str, most| told_text(&told, text, most);
        Self {
            message: text(&finding.message, MAX_TEXT),
            address: finding.address.as_deref().map(|address| text(address, MAX_TEXT)),
            rule: rule.map(|rule| told.masked(rule)),
            help: finding.help.as_deref().map(|help| text(help, MAX_TEXT)),
            fix: finding.fix.as_ref().map(|fix| text(&fix.description, MAX_FIX)),
            told,
        }
    }

    /// What `label` says.
    pub(super) fn label(&self, label: &'r Label) -> Cow<'r, str> {
        told_text(&self.told, &label.text, MAX_TEXT)
    }
}

fn told_text<'r>(told: &Told, text: &'r str, most: usize) -> Cow<'r, str> {
    match bounded(text, most) {
        Cow::Borrowed(text) => told.masked(text),
        Cow::Owned(text) => Cow::Owned(told.masked(&text).into_owned()),
    }
}

/// The message of an error, fit to be told.
pub(super) fn message(text: &str) -> Cow<'_, str> {
    told_text(&Told::default(), text, MAX_TEXT)
}
