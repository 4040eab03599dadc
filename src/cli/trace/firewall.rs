//! The firewall that is asked, or the policy of one.

use super::{
    Target,
    answer::{Answer, Detail, Hop, Location, Matches, TriedRule, access, field},
    question::{Query, Question, is_tag},
};
use crate::{
    decide::{FirewallField, FirewallStep, FirewallTraced, FirewallTried, FirewallView, Subject},
    model::{Direction, Estate},
    report::clean,
    source::{Position, Sources},
    tags::Catalogue,
    verdict::Verdict,
};
use std::borrow::Cow;

/// A firewall in processing order, and the place of each of its rules.
pub(super) struct Wall<'a> {
    view: FirewallView<'a>,
    tags: &'a Catalogue,
    name: String,
    file: &'a str,
    attached_to: Vec<String>,
    told: Vec<Told<'a>>,
}

/// What is told of a rule; made once for all flows.
struct Told<'a> {
    name: String,
    place: Option<(&'a str, Position)>,
}

/// The firewall or policy called `at`, by name or id; without a name, the only one, where there is no
/// group.
pub(super) fn choose<'m>(estate: &'m Estate, at: Option<&str>) -> Option<Subject<'m>> {
    let subjects = FirewallView::subjects(estate);
    let is = |it: &&Subject<'m>| match at {
        Some(at) => it.name().eq_ignore_ascii_case(at) || it.id().eq_ignore_ascii_case(at),
        None => estate.nsgs.is_empty(),
    };
    match subjects.iter().filter(is).collect::<Vec<_>>().as_slice() {
        [one] => Some(**one),
        _ => None,
    }
}

impl<'a> Wall<'a> {
    /// Puts `subject` in order.
    pub(super) fn new(
        subject: Subject<'a>,
        estate: &'a Estate,
        tags: &'a Catalogue,
        sources: &'a Sources,
    ) -> Self {
        let view = FirewallView::new(subject, estate, tags, false);
        let path = |file| sources.get(file).map_or("", |file| file.path.as_str());
        let told = view.entries.iter().map(|entry| Told {
            name: clean::without_secrets(entry.name()),
            place: entry.mark().and_then(|mark| Some((path(mark.file), sources.position(mark)?))),
        });
        let told = told.collect();
        let attached_to =
            view.served().iter().map(|it| clean::without_secrets(&it.name())).collect();
        let name = clean::without_secrets(subject.name());
        Self { view, tags, name, file: path(subject.span().file), attached_to, told }
    }

    fn trace(&self, question: &Question) -> FirewallTraced {
        let (query, host) = match &question.query {
            Query::Flow(query) => (query, None),
            Query::Host(host, query) => (query, Some(host.as_str())),
        };
        if query.direction == Direction::Inbound {
            // FW-016, FW-018: what comes in is decided by NAT rules.
            return FirewallTraced {
                verdict: Verdict::Unknown,
                decider: None,
                steps: Vec::new(),
                reason: Some("only flows that leave through a firewall can be followed".to_owned()),
            };
        }
        self.view.trace(query, host)
    }

    fn rule_name(&self, entry: usize) -> &str {
        self.told.get(entry).map_or("", |told| told.name.as_str())
    }

    fn priority(&self, entry: usize) -> Option<i64> {
        self.view.entries.get(entry)?.priority()
    }

    fn tried(&self, step: &FirewallStep, decider: Option<usize>) -> TriedRule<'_> {
        let (matches, missed, reason) = match &step.tried {
            FirewallTried::No(FirewallField::Packet(axis)) => {
                (Matches::None, Some(field(*axis)), None)
            }
            FirewallTried::No(FirewallField::Name) => (Matches::None, Some("name"), None),
            FirewallTried::Part => (Matches::Some, None, None),
            FirewallTried::Whole => (Matches::All, None, None),
            FirewallTried::Perhaps(why) => {
                (Matches::Unknown, None, Some(clean::without_secrets(&why.to_string())))
            }
        };
        let entry = self.view.entries.get(step.entry);
        TriedRule {
            rule: Cow::Borrowed(self.rule_name(step.entry)),
            priority: self.priority(step.entry),
            access: entry.and_then(|it| it.action).map(access),
            matches,
            field: missed,
            reason,
            decides: decider == Some(step.entry),
        }
    }
}

impl Target for Wall<'_> {
    fn tags(&self) -> &Catalogue {
        self.tags
    }

    fn answer<'q>(
        &'q self,
        question: &'q Question,
        line: Option<u64>,
        detail: Detail,
    ) -> Answer<'q> {
        let traced = self.trace(question);
        let told = |step: &&FirewallStep| {
            detail == Detail::Everything || !matches!(step.tried, FirewallTried::No(_))
        };
        let tried = traced.steps.iter().filter(told);
        let place = traced.decider.and_then(|at| self.told.get(at)?.place);
        let hop = Hop {
            kind: "firewall",
            name: Cow::Borrowed(&self.name),
            file: self.file,
            attached_to: Cow::Borrowed(&self.attached_to),
            verdict: traced.verdict,
            rule: traced.decider.map(|at| Cow::Borrowed(self.rule_name(at))),
            next_hop: None,
            priority: traced.decider.and_then(|at| self.priority(at)),
            location: place.map(|(file, place)| Location {
                file,
                line: place.line,
                column: place.column,
            }),
            reason: traced.reason.as_deref().map(clean::without_secrets),
            tried: tried.map(|step| self.tried(step, traced.decider)).collect(),
        };
        Answer {
            line,
            verdict: hop.verdict,
            resource: hop.name.clone(),
            rule: hop.rule.clone(),
            priority: hop.priority,
            reason: hop.reason.clone(),
            stopped: None,
            passed: None,
            flow: &question.flow,
            hops: vec![hop],
        }
    }

    fn unknown_tag<'q>(&self, question: &'q Question) -> Option<&'q str> {
        question.tags().find(|tag| !is_tag(tag, self.tags))
    }
}
