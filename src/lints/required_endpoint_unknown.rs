//! `required-endpoint-unknown`: NSG-048, TAG-017; one note a group and profile.

use super::{
    evidence::list,
    required::{level, what},
};
use crate::{
    decide::Judged,
    lint::{Facts, Level, Lint, Remark},
    verdict::Verdict,
};
use std::collections::BTreeMap;

pub(super) const LINT: Lint = Lint {
    id: "required-endpoint-unknown",
    summary: "whether a required endpoint is let through is not known",
    page: include_str!("../../rules/lints/required-endpoint-unknown.md"),
    level: Level::Note,
    since: "0.1.0",
    check,
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let mut profiles: BTreeMap<&str, Vec<(usize, &Judged<'_>)>> = BTreeMap::new();
    for (index, judged) in facts.judged.iter().enumerate() {
        if judged.verdict == Verdict::Unknown && level(judged).is_some() {
            profiles.entry(judged.asked.profile).or_default().push((index, judged));
        }
    }
    let remarks = profiles.into_values().filter_map(|rows| {
        let (first, _) = *rows.first()?;
        let names: Vec<String> = rows.iter().map(|(_, judged)| what(judged)).collect();
        let mut reasons: Vec<&str> =
            rows.iter().filter_map(|(_, judged)| judged.reason.as_deref()).collect();
        reasons.dedup();
        let reason = reasons.first()?;
        let mut message = format!("whether {} is let through is not known: {reason}", list(&names));
        if reasons.len() > 1 {
            message.push_str(", among other reasons");
        }
        let lines: Vec<String> = rows
            .iter()
            .map(|(_, judged)| {
                format!("{}: {}", what(judged), judged.reason.as_deref().unwrap_or("not known"))
            })
            .collect();
        let help = format!("supply what is missing:\n{}", lines.join("\n"));
        let mut remark = Remark::on(facts.nsg(), "in this group", message).help(help);
        remark.judged = Some(first);
        Some(remark.at(Level::Note))
    });
    remarks.collect()
}
