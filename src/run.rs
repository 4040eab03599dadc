//! The one place where all is put together: files in, a [`Report`] out.

mod findings;
mod firewall;
mod homes;
mod input;
mod nsg;
mod paths;
mod rounds;
mod unknowns;
mod whole;

use findings::{first, number_twins, place};
use homes::bring_home;

pub use input::{Input, read};
pub use nsg::{attached_to, policy};
pub use unknowns::{Unknowns, unknowns};

use crate::{
    decide::{FirewallView, Surroundings},
    finding::{Coverage, Finding, Report, TagData, Unjudged},
    lint::{Level, Lint},
    lints::LINTS,
    load::Collected,
    model::Estate,
    profiles::{self, Cloud, Profile},
    source::{Sources, Span},
    tags::Catalogue,
};
use rayon::prelude::{IntoParallelRefIterator as _, ParallelIterator as _};

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
    let Input { sources, estate, errors, mut counts, unchecked, deployed_with } = input;
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
    let subjects = FirewallView::subjects(&estate);
    counts.resources += subjects.len();
    let groups: Vec<Part> = estate.nsgs.par_iter().map(|nsg| (nsg.span, run.group(nsg))).collect();
    let firewalls: Vec<Part> =
        subjects.par_iter().map(|&it| (it.span(), run.firewall(it))).collect();
    let mut parts: Vec<Part> = groups;
    if !firewalls.is_empty() {
        parts.extend(firewalls);
        parts.sort_by_key(|(span, _)| (span.file, span.start));
    }
    let (mut findings, mut coverage) = (Vec::new(), Vec::new());
    coverage.reserve_exact(parts.iter().map(|(_, (_, rows))| rows.len()).sum());
    for (_, (found, rows)) in parts {
        findings.extend(found);
        coverage.extend(rows);
    }
    let (found, rows) = run.paths();
    findings.extend(paths::untold(found, &findings));
    coverage.extend(rows);
    findings.extend(run.whole());
    bring_home(&mut findings, &mut coverage, &sources);
    findings.sort_by(|a, b| place(a).cmp(&place(b)));
    rounds::once(&mut findings);
    rounds::tell(&mut findings);
    let mut findings = first(findings);
    number_twins(&mut findings);
    let tag_data = TagData {
        cloud: tags.cloud().to_owned(),
        as_of: tags.as_of().map(ToOwned::to_owned),
        change_number: tags.change_number(),
    };
    let has_names = !estate.firewalls.is_empty() || !estate.policies.is_empty();
    let unjudged = if estate.nsgs.is_empty() || has_names { Vec::new() } else { unjudged(options) };
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

/// A resource, and what is said of it.
type Part = (Span, (Vec<Finding>, Vec<Coverage>));

/// What every group is judged by.
struct Run<'a> {
    estate: &'a Estate,
    surroundings: &'a Surroundings<'a>,
    sources: &'a Sources,
    options: &'a Options,
    tags: &'a Catalogue,
    active: &'a [(&'static Lint, Level)],
}
