//! Findings of a whole run: in order, not too many of one lint, each with a fingerprint of its own.

use crate::{
    finding::{Finding, Severity},
    lint::MAX_OF_ONE,
};
use sha2::{Digest as _, Sha256};
use std::{collections::BTreeMap, fmt::Write as _};

/// Findings of one lint and severity in one file.
#[derive(Default)]
struct Told {
    count: usize,
    /// One for all that are not told.
    others: Option<Finding>,
}

/// The findings, [`MAX_OF_ONE`] of each lint in each file, and at the end one for the others.
pub(super) fn first(findings: Vec<Finding>) -> Vec<Finding> {
    let mut files: BTreeMap<String, BTreeMap<(&'static str, Severity), Told>> = BTreeMap::new();
    let mut first = Vec::with_capacity(findings.len());
    for finding in findings {
        if !files.contains_key(&finding.resource.file) {
            files.insert(finding.resource.file.clone(), BTreeMap::new());
        }
        let Some(lints) = files.get_mut(&finding.resource.file) else { continue };
        let told = lints.entry((finding.lint.id, finding.severity)).or_default();
        if told.count < MAX_OF_ONE {
            told.count += 1;
            first.push(finding);
        } else if let Some(others) = &mut told.others {
            others.more += 1 + finding.more;
        } else {
            told.others = Some(finding);
        }
    }
    let others = files.into_values().flat_map(BTreeMap::into_values).filter_map(|it| it.others);
    first.extend(others.map(|finding| {
        let count = finding.more + 1;
        Finding {
            message: format!("and {count} more of this lint in this file"),
            address: None,
            iteration: None,
            rule: None,
            primary: None,
            related: Vec::new(),
            witness: None,
            requirement: None,
            help: None,
            fix: None,
            fingerprint: digest(&[finding.lint.id, &finding.resource.file, "more"]),
            ..finding
        }
    }));
    first
}

/// By file, position, lint (design 2).
pub(super) fn place(finding: &Finding) -> impl Ord + '_ {
    let span = finding.primary.as_ref().map(|label| label.span);
    (span, finding.lint.id, &finding.message)
}

/// Stays the same as long as these do.
pub(super) fn digest(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hasher.finalize().iter().take(16).fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Two findings of one lint on one rule get fingerprints of their own, in the order of the file.
pub(super) fn number_twins(findings: &mut [Finding]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings {
        let count = seen.entry(finding.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            finding.fingerprint = digest(&[&finding.fingerprint, &count.to_string()]);
        }
    }
}
