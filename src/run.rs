//! The one place where all is put together: files in, a [`Report`] out.

mod homes;
mod input;
mod paths;

use homes::bring_home;

pub use input::{Input, read};

use crate::{
    decide::{self, Asked, Ground, Judged, Lexicon, NsgPolicy, Surroundings},
    finding::{
        Coverage, DecidedBy, Finding, Report, RequirementRef, ResourceRef, ScopeKind, Severity,
        TagData, Unjudged,
    },
    lint::{Facts, Level, Lint, MAX_OF_ONE, Mention, Remark},
    lints::LINTS,
    load::Collected,
    model::{Direction, Estate, Iteration, Nsg, SecurityRule},
    profiles::{self, Cloud, Profile},
    source::Sources,
    tags::Catalogue,
};
use rayon::prelude::{IntoParallelRefIterator as _, ParallelIterator as _};
use sha2::{Digest as _, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::Arc,
};

/// A profile that the run judges by.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// The profile.
    pub profile: Profile,
    /// Asked for by name; else it is the implied default (design 2).
    pub named: bool,
}

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// What must be reachable.
    pub profiles: Vec<Chosen>,
    /// The region of the machines, as Azure names locations.
    pub region: Option<String>,
    /// The cloud.
    pub cloud: Cloud,
    /// Ids of lints to run although they are off or ignored; `all` for every one.
    pub select: Vec<String>,
    /// Ids of lints to leave out; `all` for every one.
    pub ignore: Vec<String>,
    /// Days since 1970-01-01, for lints about the age of data.
    pub today: Option<u32>,
}

impl Options {
    /// The level of a lint in this run. A lint that is off and selected is a warning.
    pub fn level(&self, lint: &Lint) -> Level {
        let lists = |list: &[String], id: &str| list.iter().any(|name| name == id);
        if lists(&self.select, lint.id) || lists(&self.select, "all") {
            return if lint.level == Level::Off { Level::Warning } else { lint.level };
        }
        if lists(&self.ignore, lint.id) || lists(&self.ignore, "all") {
            return Level::Off;
        }
        lint.level
    }
}

/// Reads and judges the collected files.
pub fn check(collected: Collected, options: &Options, tags: &Catalogue) -> Report {
    judge(read(collected), options, tags)
}

/// Judges what was read.
pub fn judge(input: Input, options: &Options, tags: &Catalogue) -> Report {
    let (report, estate) = judge_and_keep(input, options, tags);
    // Taking a large estate apart costs as much as writing the report: both at once.
    rayon::spawn(move || drop(estate));
    report
}

/// As [`judge`], for those who are about to end and need not take apart what was judged.
pub fn judge_and_keep(input: Input, options: &Options, tags: &Catalogue) -> (Report, Estate) {
    let Input { sources, estate, errors, counts, unchecked, deployed_with } = input;
    let active: Vec<(&'static Lint, Level)> = LINTS
        .iter()
        .map(|&lint| (lint, options.level(lint)))
        .filter(|(_, level)| *level != Level::Off)
        .collect();
    let surroundings = Surroundings::new(&estate);
    let run = Run {
        estate: &estate,
        surroundings: &surroundings,
        sources: &sources,
        options,
        tags,
        active: &active,
    };
    let parts: Vec<(Vec<Finding>, Vec<Coverage>)> =
        estate.nsgs.par_iter().map(|nsg| run.group(nsg)).collect();
    let (mut findings, mut coverage) = (Vec::new(), Vec::new());
    coverage.reserve_exact(parts.iter().map(|(_, rows)| rows.len()).sum());
    for (found, rows) in parts {
        findings.extend(found);
        coverage.extend(rows);
    }
    let (found, rows) = run.paths();
    findings.extend(found);
    coverage.extend(rows);
    bring_home(&mut findings, &mut coverage, &sources);
    findings.sort_by(|a, b| place(a).cmp(&place(b)));
    let mut findings = first(findings);
    number_twins(&mut findings);
    let tag_data = TagData {
        cloud: tags.cloud().to_owned(),
        as_of: tags.as_of().map(ToOwned::to_owned),
        change_number: tags.change_number(),
    };
    let unjudged = if estate.nsgs.is_empty() { Vec::new() } else { unjudged(options) };
    let report = Report {
        sources,
        tags: tag_data,
        counts,
        findings,
        coverage,
        errors,
        unchecked,
        deployed_with,
        unjudged,
    };
    (report, estate)
}

/// Rows with host names and nothing else: no group sees names (NSG-007).
fn unjudged(options: &Options) -> Vec<Unjudged> {
    let cloud = options.cloud;
    let of_profile = |chosen: &Chosen| {
        let names_hosts_only = |row: &&profiles::Requirement| {
            row.severity.value != profiles::Severity::None
                && row.fqdns(cloud).next().is_some()
                && row.tags(cloud).next().is_none()
                && row.addresses(cloud).next().is_none()
        };
        let rows = chosen.profile.requirements(cloud).filter(names_hosts_only);
        let requirements: Vec<String> = rows.map(|row| row.id.value.clone()).collect();
        let profile = chosen.profile.name.value.clone();
        (!requirements.is_empty()).then_some(Unjudged { profile, requirements })
    };
    options.profiles.iter().filter_map(of_profile).collect()
}

/// Findings of one lint and severity in one file.
#[derive(Default)]
struct Told {
    count: usize,
    /// One for all that are not told.
    others: Option<Finding>,
}

/// The findings, [`MAX_OF_ONE`] of each lint in each file, and at the end one for the others.
fn first(findings: Vec<Finding>) -> Vec<Finding> {
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
fn place(finding: &Finding) -> impl Ord + '_ {
    let span = finding.primary.as_ref().map(|label| label.span);
    (span, finding.lint.id, &finding.message)
}

/// What every group is judged by.
struct Run<'a> {
    estate: &'a Estate,
    surroundings: &'a Surroundings<'a>,
    sources: &'a Sources,
    options: &'a Options,
    tags: &'a Catalogue,
    active: &'a [(&'static Lint, Level)],
}

impl Run<'_> {
    fn group(&self, nsg: &Nsg) -> (Vec<Finding>, Vec<Coverage>) {
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
            .flat_map(|&(lint, level)| {
                (lint.check)(&facts).into_iter().map(move |remark| (lint, level, remark))
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
        message: in_round(remark.message, remark.rule.as_deref(), facts),
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

/// The message, with the round of the copy loop that made the rule: all rounds stand in one place.
fn in_round(message: String, rule: Option<&str>, facts: &Facts<'_>) -> String {
    let of_many = |rule: &&SecurityRule| rule.iteration.as_ref().is_some_and(|it| it.count > 1);
    let mut made = facts.rules().filter(of_many);
    let of_name = rule.and_then(|name| made.find(|rule| rule.name.value == name));
    let Some((rule, round)) = of_name.and_then(|it| Some((it, it.iteration.as_ref()?))) else {
        return message;
    };
    let Iteration { name, number, count } = round.as_ref();
    let round = format!("(iteration {number} of {count} of the copy loop `{name}`)");
    let title = format!("`{}`", rule.name.value);
    match message.split_once(&title) {
        Some((before, after)) => format!("{before}{title} {round}{after}"),
        None => format!("{message} {round}"),
    }
}

fn digest(parts: &[&str]) -> String {
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
fn number_twins(findings: &mut [Finding]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings {
        let count = seen.entry(finding.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            finding.fingerprint = digest(&[&finding.fingerprint, &count.to_string()]);
        }
    }
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
