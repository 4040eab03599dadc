//! The lints that look at everything of the run at once.

use super::{Run, findings::digest};
use crate::{
    finding::{Finding, ResourceRef, Severity},
    lint::{Check, Level, Lint, Remark, Whole},
};
use rayon::prelude::{IntoParallelRefIterator as _, ParallelIterator as _};

impl Run<'_> {
    /// What they say, in the order of the lints.
    pub(super) fn whole(&self) -> Vec<Finding> {
        let facts = Whole { estate: self.estate, tags: self.tags };
        let of_lint = |&(lint, level): &(&'static Lint, Level)| match lint.check {
            Check::Estate(check) => Remark::first(check(&facts).into_iter())
                .into_iter()
                .filter_map(|remark| self.about_resource(lint, level, remark))
                .collect(),
            Check::Nsg(_) => Vec::new(),
        };
        let parts: Vec<Vec<Finding>> = self.active.par_iter().map(of_lint).collect();
        parts.into_iter().flatten().collect()
    }

    /// A remark that names its resource, judged.
    fn about_resource(&self, lint: &'static Lint, level: Level, remark: Remark) -> Option<Finding> {
        let severity = Severity::of(remark.level.unwrap_or(level))?;
        let subject = remark.subject?;
        let place = remark.primary.as_ref().map_or(subject.span, |label| label.span);
        let rule = remark.rule.as_deref().unwrap_or("");
        let path = self.sources.get(subject.span.file).map(|file| file.path.clone());
        Some(Finding {
            address: self.estate.address(place).map(ToOwned::to_owned),
            lint,
            severity,
            message: remark.message,
            fingerprint: digest(&[lint.id, subject.kind, &subject.name, rule, "", ""]),
            resource: ResourceRef {
                kind: subject.kind,
                name: subject.name,
                file: path.unwrap_or_default(),
            },
            iteration: None,
            rule: remark.rule,
            primary: remark.primary,
            related: remark.related,
            witness: remark.witness,
            requirement: None,
            also_required: Vec::new(),
            help: remark.help,
            fix: remark.fix,
            more: remark.more,
        })
    }
}
