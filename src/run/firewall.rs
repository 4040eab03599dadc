//! A firewall, or a policy that none uses, judged: its findings, and its rows of the coverage table.

use super::{Run, findings::digest};
use crate::{
    decide::{self, Asked, FirewallEntry, FirewallView, Ground, Judged, Subject},
    finding::{Coverage, DecidedBy, Finding, RequirementRef, ResourceRef, ScopeKind, Severity},
    lint::{FirewallFacts, Level, Lint, Remark},
    lints::FIREWALL_LINTS,
    profiles,
};
use std::sync::Arc;

impl Run<'_> {
    pub(super) fn firewall(&self, subject: Subject<'_>) -> (Vec<Finding>, Vec<Coverage>) {
        let foreign = decide::is_foreign(self.tags, None, Some(self.options.cloud));
        let view = FirewallView::new(subject, self.estate, self.tags, foreign);
        let ground = Ground { cloud: self.options.cloud, region: self.options.region.as_deref() };
        let rows = self.options.profiles.iter().flat_map(|chosen| {
            chosen.profile.requirements.iter().map(move |requirement| Asked {
                profile: &chosen.profile.name.value,
                requirement,
                named: chosen.named,
            })
        });
        let judged: Vec<Judged<'_>> =
            rows.filter_map(|asked| view.require(asked, ground)).collect();
        let facts = FirewallFacts {
            estate: self.estate,
            view: &view,
            judged: &judged,
            tags: self.tags,
            cloud: self.options.cloud,
        };
        let file = self.sources.get(subject.span().file).map_or("", |file| file.path.as_str());
        let mut findings = Vec::new();
        for (lint, check) in FIREWALL_LINTS {
            let active = self.active.iter().find(|(one, _)| one.id == lint.id);
            let Some(&(lint, level)) = active else { continue };
            let remarks = check(&facts).into_iter();
            findings.extend(remarks.filter_map(|it| finding((lint, level), it, &facts, file)));
        }
        let attached: Arc<[String]> = view.served().iter().map(|it| it.name()).collect();
        let coverage = judged
            .iter()
            .map(|judged| Coverage {
                attached_to: Arc::clone(&attached),
                ..coverage(&view, judged, file)
            })
            .collect();
        (findings, coverage)
    }
}

const fn kind(subject: Subject<'_>) -> &'static str {
    match subject {
        Subject::Firewall(_) => "Microsoft.Network/azureFirewalls",
        Subject::Policy(_) => "Microsoft.Network/firewallPolicies",
    }
}

fn finding(
    (lint, level): (&'static Lint, Level),
    remark: Remark,
    facts: &FirewallFacts<'_>,
    file: &str,
) -> Option<Finding> {
    let severity = Severity::of(remark.level.unwrap_or(level))?;
    let subject = facts.view.subject;
    let row = |at: usize| {
        let Judged { asked, .. } = facts.judged.get(at)?;
        Some(RequirementRef {
            profile: asked.profile.to_owned(),
            id: asked.requirement.id.value.clone(),
            source: asked.requirement.source.value.clone(),
            as_of: asked.requirement.as_of.value.to_string(),
        })
    };
    let requirement = remark.judged.and_then(row);
    let fingerprint = digest(&[
        lint.id,
        kind(subject),
        subject.name(),
        remark.rule.as_deref().unwrap_or(""),
        requirement.as_ref().map_or("", |requirement| requirement.profile.as_str()),
        requirement.as_ref().map_or("", |requirement| requirement.id.as_str()),
    ]);
    let place = remark.primary.as_ref().map_or(subject.span(), |label| label.span);
    Some(Finding {
        address: facts.estate.address(place).map(ToOwned::to_owned),
        lint,
        severity,
        message: remark.message,
        resource: ResourceRef {
            kind: kind(subject),
            name: subject.name().to_owned(),
            file: file.to_owned(),
        },
        iteration: None,
        rule: remark.rule,
        primary: remark.primary,
        related: remark.related,
        witness: remark.witness,
        requirement,
        also_required: remark.also_judged.into_iter().filter_map(row).collect(),
        help: remark.help,
        fix: remark.fix,
        fingerprint,
        more: remark.more,
    })
}

fn coverage(view: &FirewallView<'_>, judged: &Judged<'_>, file: &str) -> Coverage {
    // What surely decides comes before what may (stable: else in order).
    let mut deciders: Vec<&FirewallEntry<'_>> =
        judged.deciders.iter().filter_map(|&at| view.entries.get(at)).collect();
    deciders.sort_by_key(|entry| entry.why.is_some());
    let decided_by = deciders.into_iter().map(|entry| DecidedBy {
        resource: entry.home.policy.map_or(view.subject.name(), |it| &it.name.value).to_owned(),
        rule: entry.name().to_owned(),
        priority: entry.priority(),
        span: entry.span(),
        mark: entry.mark(),
    });
    Coverage {
        profile: judged.asked.profile.to_owned(),
        requirement: judged.asked.requirement.id.value.clone(),
        what: judged.what.clone(),
        scope: ScopeKind::Firewall,
        name: view.subject.name().to_owned(),
        file: file.to_owned(),
        attached_to: Arc::default(),
        required: judged.asked.requirement.severity.value != profiles::Severity::None,
        verdict: judged.verdict,
        decided_by: decided_by.collect(),
        witness: judged.stopped.as_ref().map(|(flow, _)| flow.clone()),
        reason: judged.reason.clone(),
    }
}
