//! The verdicts on whole paths: coverage of every subnet and interface where more than one group
//! has a say, and findings on what stops flows there and no group has told of.

use super::{Run, findings::digest};
use crate::{
    decide::{Asked, Decider, Ground, Passage, PathJudged, Paths, Stage, Start},
    finding::{
        Coverage, DecidedBy, Finding, Flow, RequirementRef, ResourceRef, ScopeKind, Severity,
        Verdict,
    },
    lint::{Label, Level, Lint},
    profiles,
    source::Span,
};
use rayon::prelude::{IntoParallelRefIterator as _, ParallelIterator as _};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// At most so many subnets are named in one finding.
const MOST_NAMED: usize = 3;

/// Something to tell, and from where it was met.
struct Met {
    verdict: Verdict,
    level: Level,
    what: String,
    requirement: RequirementRef,
    resource: ResourceRef,
    rule: Option<String>,
    primary: Option<Label>,
    witness: Option<Flow>,
    help: String,
    from: Vec<String>,
}

/// What is one finding: the verdict, the element with its rule and place, and the requirement; of
/// what is not known, the file and the reason.
type Same = (Verdict, ResourceRef, Option<String>, Option<Span>, String);

impl Run<'_> {
    /// Judges all paths.
    pub(super) fn paths(&self) -> (Vec<Finding>, Vec<Coverage>) {
        let paths = Paths::new(self.surroundings, self.tags, Some(self.options.cloud));
        let starts = paths.starts();
        let parts: Vec<(Vec<Met>, Vec<Coverage>)> =
            starts.par_iter().map(|start| self.from(*start, &paths)).collect();
        let (mut met, mut coverage) = (Vec::new(), Vec::new());
        for (of_path, rows) in parts {
            met.extend(of_path);
            coverage.extend(rows);
        }
        (self.findings(met), coverage)
    }

    fn from<'p>(&'p self, start: Start<'p>, paths: &'p Paths<'p>) -> (Vec<Met>, Vec<Coverage>) {
        let path = paths.path(start, self.options.region.as_deref());
        let ground = Ground { cloud: self.options.cloud, region: self.options.region.as_deref() };
        let file = self.path_of(start.span());
        let name = start.name();
        let (mut met, mut coverage) = (Vec::new(), Vec::new());
        for chosen in &self.options.profiles {
            for requirement in &chosen.profile.requirements {
                let asked =
                    Asked { profile: &chosen.profile.name.value, requirement, named: chosen.named };
                let Some(judged) = path.require(asked, ground) else { continue };
                met.extend(self.met(&judged, start, &name));
                coverage.push(row(&judged, &name, &file));
            }
        }
        (met, coverage)
    }

    fn path_of(&self, span: Span) -> String {
        self.sources.get(span.file).map_or_else(String::new, |file| file.path.clone())
    }

    /// What there is to tell of a row; nothing where a group tells it already.
    fn met(&self, judged: &PathJudged<'_>, start: Start<'_>, name: &str) -> Option<Met> {
        let level = level(judged)?;
        let requirement = RequirementRef {
            profile: judged.asked.profile.to_owned(),
            id: judged.asked.requirement.id.value.clone(),
            source: judged.asked.requirement.source.value.clone(),
            as_of: judged.asked.requirement.as_of.value.to_string(),
        };
        let met = Met {
            verdict: judged.verdict,
            level,
            what: judged.what.clone(),
            requirement,
            resource: ResourceRef {
                kind: start.kind(),
                name: name.to_owned(),
                file: self.path_of(start.span()),
            },
            rule: None,
            primary: Some(Label { span: start.span(), text: "flows from here".to_owned() }),
            witness: None,
            help: String::new(),
            from: vec![name.to_owned()],
        };
        match judged.verdict {
            Verdict::Allowed => None,
            Verdict::Unknown => {
                let own = |it: &Passage| is_told(it.stage);
                let open = |it: &&Passage| it.verdict() == Verdict::Unknown;
                let mut others =
                    judged.passages.iter().filter(open).filter(|it| !own(it)).peekable();
                // The lint on the group tells of the others.
                others.peek()?;
                let reasons: Vec<&str> =
                    others.flat_map(|it| &it.reasons).map(String::as_str).collect();
                let help = format!("supply what is missing: {}", reasons.join("; "));
                Some(Met { level: Level::Note, help, ..met })
            }
            Verdict::Blocked | Verdict::Partial => {
                let (flow, at, decider) = judged.stopped.as_ref()?;
                let passage = judged.passages.get(*at)?;
                // What a firewall stops of one subnet and not of another is no whole of its own row.
                let is_part = passage.stage == Stage::Firewall && met.verdict == Verdict::Blocked;
                if is_told(passage.stage) && !is_part {
                    return None;
                }
                Some(self.stopped(met, passage, decider, flow))
            }
        }
    }

    fn stopped(&self, met: Met, passage: &Passage, decider: &Decider, flow: &Flow) -> Met {
        let span = decider.mark.or(decider.span);
        let resource = passage.span.map_or_else(
            || met.resource.clone(),
            |span| ResourceRef {
                kind: passage.stage.kind(),
                name: passage.resource.clone(),
                file: self.path_of(span),
            },
        );
        let primary = match span {
            Some(span) => Some(Label { span, text: "this stops it".to_owned() }),
            None => met.primary.clone(),
        };
        Met {
            resource,
            rule: Some(decider.rule.clone()),
            primary,
            witness: Some(flow.clone()),
            help: help(passage.stage, decider),
            ..met
        }
    }

    /// One finding for what is met on several paths.
    fn findings(&self, met: Vec<Met>) -> Vec<Finding> {
        let mut all: BTreeMap<Same, Met> = BTreeMap::new();
        for one in met {
            let is_known = one.verdict != Verdict::Unknown;
            let place = one.primary.as_ref().map(|label| label.span).filter(|_| is_known);
            let file = one.resource.file.clone();
            let resource = if is_known {
                one.resource.clone()
            } else {
                ResourceRef { kind: "", name: String::new(), file }
            };
            let RequirementRef { profile, id, .. } = &one.requirement;
            let third = if is_known { format!("{profile}/{id}") } else { one.help.clone() };
            let key = (one.verdict, resource, one.rule.clone(), place, third);
            match all.get_mut(&key) {
                Some(known) => {
                    for name in one.from {
                        if !known.from.contains(&name) {
                            known.from.push(name);
                        }
                    }
                    known.level = known.level.max(one.level);
                }
                None => {
                    all.insert(key, one);
                }
            }
        }
        all.into_values().filter_map(|met| self.finding(met)).collect()
    }

    fn finding(&self, met: Met) -> Option<Finding> {
        let id = match met.verdict {
            Verdict::Blocked => "required-endpoint-blocked",
            Verdict::Partial => "required-endpoint-partial",
            Verdict::Unknown | Verdict::Allowed => "required-endpoint-unknown",
        };
        let (lint, _): &(&'static Lint, Level) =
            self.active.iter().find(|(lint, _)| lint.id == id)?;
        let (named, others) = met.from.split_at(met.from.len().min(MOST_NAMED));
        let more = match others.len() {
            0 => String::new(),
            count => format!(" and {count} more"),
        };
        let from = format!("from {}{more}", named.join(", "));
        let what = quoted(&met.what);
        let name = &met.resource.name;
        let rule = met.rule.as_deref().unwrap_or_default();
        let message = match met.verdict {
            Verdict::Blocked => {
                format!("{what} {from} is stopped on its way by `{rule}` of `{name}`")
            }
            Verdict::Partial => {
                format!("{what} {from} is stopped in part on its way by `{rule}` of `{name}`")
            }
            Verdict::Unknown | Verdict::Allowed => {
                let reason = met.help.strip_prefix("supply what is missing: ").unwrap_or_default();
                format!("whether what is required arrives {from} is not known: {reason}")
            }
        };
        let RequirementRef { profile, id: row, .. } = &met.requirement;
        let fingerprint = digest(&[lint.id, met.resource.kind, name, rule, profile, row, "path"]);
        let address = met.primary.as_ref().and_then(|label| self.estate.address(label.span));
        Some(Finding {
            lint,
            severity: Severity::of(met.level)?,
            message,
            address: address.map(ToOwned::to_owned),
            resource: met.resource,
            rule: met.rule,
            primary: met.primary,
            related: Vec::new(),
            witness: met.witness,
            requirement: Some(met.requirement),
            also_required: Vec::new(),
            help: Some(met.help),
            fix: None,
            fingerprint,
            more: 0,
            iteration: None,
        })
    }
}

/// Findings on paths, less those of which the element that stops the flows tells as well.
pub(super) fn untold(found: Vec<Finding>, told: &[Finding]) -> Vec<Finding> {
    let key = |it: &Finding| {
        let requirement = it.requirement.as_ref()?;
        let row = (requirement.profile.clone(), requirement.id.clone());
        Some((it.lint.id, it.resource.clone(), row))
    };
    let told: BTreeSet<_> = told.iter().filter_map(key).collect();
    found.into_iter().filter(|it| key(it).is_none_or(|key| !told.contains(&key))).collect()
}

/// Whether it has rows of its own, which tell of it: the groups that a machine carries, firewalls.
const fn is_told(stage: Stage) -> bool {
    matches!(stage, Stage::InterfaceGroup | Stage::SubnetGroup | Stage::Firewall)
}

/// How loud a row is that is not met; `None` where it is only counted (design 2).
fn level(judged: &PathJudged<'_>) -> Option<Level> {
    let own = match judged.asked.requirement.severity.value {
        profiles::Severity::None => return None,
        profiles::Severity::Note => Level::Note,
        profiles::Severity::Warning => Level::Warning,
        profiles::Severity::Error => Level::Error,
    };
    let is_error = judged.asked.named && judged.verdict == Verdict::Blocked;
    Some(own.min(if is_error { Level::Error } else { Level::Warning }))
}

fn quoted(what: &str) -> String {
    let (names, ports) = what.rsplit_once(" on ").unwrap_or((what, ""));
    let names: Vec<String> = names.split(" and ").map(|name| format!("`{name}`")).collect();
    format!("{} on {ports}", names.join(" and "))
}

fn help(stage: Stage, decider: &Decider) -> String {
    match stage {
        Stage::Routes if decider.span.is_some() => {
            "give the route another next hop, or add a longer route for these addresses".to_owned()
        }
        Stage::Routes => "add a route, or a peering, for these addresses".to_owned(),
        Stage::Outbound => {
            "give the subnet a NAT gateway, or route these addresses to a firewall".to_owned()
        }
        Stage::Firewall => "let it through at the firewall".to_owned(),
        Stage::InterfaceGroup
        | Stage::SubnetGroup
        | Stage::FarSubnetGroup
        | Stage::FarInterfaceGroup => "let it in at the group of the destination".to_owned(),
    }
}

fn row(judged: &PathJudged<'_>, name: &str, file: &str) -> Coverage {
    Coverage {
        profile: judged.asked.profile.to_owned(),
        requirement: judged.asked.requirement.id.value.clone(),
        what: judged.what.clone(),
        scope: ScopeKind::Path,
        name: name.to_owned(),
        file: file.to_owned(),
        attached_to: Arc::default(),
        required: judged.asked.requirement.severity.value != profiles::Severity::None,
        verdict: judged.verdict,
        decided_by: decided_by(judged),
        witness: judged.stopped.as_ref().map(|(flow, ..)| flow.clone()),
        reason: judged.reason.clone(),
    }
}

/// Of the elements that let all through, the one that a reader asks for: the firewall, else a route
/// that leads elsewhere than usual, else the group.
fn telling<'p>(judged: &'p PathJudged<'_>) -> Option<&'p Passage> {
    let is_usual = |it: &Passage| {
        let named = |rule: &str| matches!(rule, "default" | "virtual network");
        it.deciders.first().is_none_or(|it| it.span.is_none() && named(&it.rule))
    };
    let all = || judged.passages.iter().rev();
    let is_route = |it: &&Passage| it.stage == Stage::Routes && !is_usual(it);
    all()
        .find(|it| it.stage == Stage::Firewall)
        .or_else(|| all().find(is_route))
        .or_else(|| all().find(|it| it.stage != Stage::Routes))
}

/// Who decides, the decisive one first.
fn decided_by(judged: &PathJudged<'_>) -> Vec<DecidedBy> {
    let of = |passage: &Passage, decider: &Decider| DecidedBy {
        resource: passage.resource.clone(),
        rule: decider.rule.clone(),
        priority: decider.priority,
        span: decider.span,
        mark: decider.mark,
    };
    let first = |passage: &Passage| passage.deciders.first().map(|it| of(passage, it));
    let mut all: Vec<DecidedBy> = judged.passages.iter().filter_map(first).collect();
    let decisive = match (&judged.stopped, judged.verdict) {
        (Some((_, at, decider)), Verdict::Blocked | Verdict::Partial) => {
            judged.passages.get(*at).map(|passage| of(passage, decider))
        }
        (_, Verdict::Unknown) => {
            let open = |it: &&Passage| it.verdict() == Verdict::Unknown;
            judged.passages.iter().find(open).and_then(first).or_else(|| all.last().cloned())
        }
        _ => telling(judged).and_then(first).or_else(|| all.last().cloned()),
    };
    if let Some(decisive) = decisive {
        all.retain(|it| *it != decisive);
        all.insert(0, decisive);
    }
    all
}
