//! A network security group, judged: its findings, and its rows of the coverage table.

use super::{Run, findings::digest, rounds};
use crate::{
    decide::{self, Asked, Ground, Judged, Lexicon, NsgPolicy},
    finding::{Coverage, DecidedBy, Finding, RequirementRef, ResourceRef, ScopeKind, Severity},
    lint::{Check, Facts, Level, Lint, Mention, Remark},
    model::{Direction, Nsg},
    profiles::{self, Cloud},
    tags::Catalogue,
};
use std::{collections::BTreeSet, sync::Arc};

impl Run<'_> {
    pub(super) fn group(&self, nsg: &Nsg) -> (Vec<Finding>, Vec<Coverage>) {
        let policy = policy(nsg, self.tags, Some(self.options.cloud));
        let ground = Ground { cloud: self.options.cloud, region: self.options.region.as_deref() };
        let sites: Vec<NsgPolicy<'_>> =
            self.surroundings.sites(nsg).into_iter().map(|site| policy.at_site(site)).collect();
        let judged: Vec<Judged<'_>> = self
            .options
            .profiles
            .iter()
            .flat_map(|chosen| {
                chosen.profile.requirements.iter().map(move |requirement| Asked {
                    profile: &chosen.profile.name.value,
                    requirement,
                    named: chosen.named,
                })
            })
            .filter_map(|asked| match sites.as_slice() {
                [] => policy.require(asked, ground),
                sites => decide::require(sites, asked, ground),
            })
            .collect();
        let idle = [Direction::Inbound, Direction::Outbound].map(|way| (way, policy.idle(way)));
        let mentions = Mention::all(nsg, self.tags);
        let facts = Facts {
            estate: self.estate,
            policy: &policy,
            idle: &idle,
            judged: &judged,
            tags: self.tags,
            mentions: &mentions,
            region: self.options.region.as_deref(),
            today: self.options.today,
        };
        let file = self.file(nsg);
        let remarks: Vec<(&'static Lint, Level, Remark)> = self
            .active
            .iter()
            .filter_map(|&(lint, level)| match lint.check {
                Check::Nsg(check) => Some((lint, level, check)),
                Check::Estate(_) => None,
            })
            .flat_map(|(lint, level, check)| {
                check(&facts).into_iter().map(move |remark| (lint, level, remark))
            })
            .collect();
        // What a lint about the requirement itself says of a row, others need not say again.
        let is_required = |lint: &Lint| lint.id.starts_with("required-endpoint-");
        let said: BTreeSet<usize> = remarks
            .iter()
            .filter(|(lint, ..)| is_required(lint))
            .flat_map(|(.., remark)| remark.judged.iter().chain(&remark.also_judged).copied())
            .collect();
        let asked_for = |lint: &Lint| self.options.select.iter().any(|name| name == lint.id);
        let findings = remarks
            .into_iter()
            .filter(|(lint, _, remark)| {
                is_required(lint)
                    || asked_for(lint)
                    || remark.judged.is_none_or(|row| !said.contains(&row))
            })
            .filter_map(|(lint, level, remark)| finding(lint, level, remark, &facts, &file))
            .collect();
        let attached_to = attached_to(nsg);
        let coverage = judged
            .iter()
            .map(|judged| Coverage {
                attached_to: Arc::clone(&attached_to),
                ..coverage(&policy, judged, &file)
            })
            .collect();
        (findings, coverage)
    }

    fn file(&self, nsg: &Nsg) -> String {
        self.sources.get(nsg.span.file).map_or_else(String::new, |file| file.path.clone())
    }
}

/// A group in evaluation order, its tags as `tags` has them.
pub fn policy<'m>(nsg: &'m Nsg, tags: &'m Catalogue, cloud: Option<Cloud>) -> NsgPolicy<'m> {
    let location = nsg.location.as_ref().map(|location| location.value.as_str());
    let foreign = decide::is_foreign(tags, location, cloud);
    NsgPolicy::new(nsg, Lexicon { tags, expanded: &nsg.expanded, foreign, around: None })
}

const NSG: &str = "Microsoft.Network/networkSecurityGroups";

fn finding(
    lint: &'static Lint,
    level: Level,
    remark: Remark,
    facts: &Facts<'_>,
    file: &str,
) -> Option<Finding> {
    let severity = Severity::of(remark.level.unwrap_or(level))?;
    let name = &facts.nsg().name.value;
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
        NSG,
        name,
        remark.rule.as_deref().unwrap_or(""),
        requirement.as_ref().map_or("", |requirement| requirement.profile.as_str()),
        requirement.as_ref().map_or("", |requirement| requirement.id.as_str()),
    ]);
    let place = remark.primary.as_ref().map_or(facts.nsg().span, |label| label.span);
    Some(Finding {
        address: facts.estate.address(place).map(ToOwned::to_owned),
        lint,
        severity,
        iteration: rounds::of_rule(remark.rule.as_deref(), facts),
        message: remark.message,
        resource: ResourceRef { kind: NSG, name: name.clone(), file: file.to_owned() },
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

/// Who carries the group: subnets as `network/subnet`, and interfaces.
pub fn attached_to(nsg: &Nsg) -> Arc<[String]> {
    let carriers = nsg.subnets.iter().chain(&nsg.interfaces).flatten();
    let mut names: Vec<String> = carriers.map(|id| decide::carrier(&id.value)).collect();
    names.sort_unstable();
    names.dedup();
    names.into()
}

fn coverage(policy: &NsgPolicy<'_>, judged: &Judged<'_>, file: &str) -> Coverage {
    let entries = &policy.way(Direction::Outbound).entries;
    // What surely decides comes before what may (stable: else in order).
    let rows = policy.rows::<u32>(Direction::Outbound);
    let mut deciders = judged.deciders.clone();
    deciders.sort_by_key(|&at| rows.get(at).is_none_or(|row| row.why.is_some()));
    let decided_by = deciders
        .into_iter()
        .filter_map(|at| entries.get(at))
        .map(|entry| DecidedBy {
            resource: policy.nsg.name.value.clone(),
            rule: entry.rule.name().to_owned(),
            priority: entry.priority,
            span: entry.rule.span(),
            mark: entry.rule.mark(),
        })
        .collect();
    Coverage {
        profile: judged.asked.profile.to_owned(),
        requirement: judged.asked.requirement.id.value.clone(),
        what: judged.what.clone(),
        scope: ScopeKind::Nsg,
        name: policy.nsg.name.value.clone(),
        file: file.to_owned(),
        attached_to: Arc::default(),
        required: judged.asked.requirement.severity.value != profiles::Severity::None,
        verdict: judged.verdict,
        decided_by,
        witness: judged.stopped.as_ref().map(|(flow, _)| flow.clone()),
        reason: judged.reason.clone(),
    }
}
