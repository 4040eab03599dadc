//! The path that is asked: a subnet or an interface, with all that its flows meet.

use super::{
    Target,
    answer::{Answer, Detail, Hop, Location, Packet, TriedRule, access, outcome},
    group::is_called,
    question::{Query, Question, is_tag},
};
use crate::{
    cli::failure::{Failure, GroupPlace},
    decide::{Attempt, Decider, Passage, Path, PathTraced, Paths, Start, Tried},
    model::Estate,
    report::clean,
    source::{Sources, Span},
    tags::Catalogue,
    verdict::Verdict,
};
use std::borrow::Cow;

/// A path, and where its elements stand.
pub(super) struct Along<'a> {
    pub(super) path: Path<'a>,
    pub(super) sources: &'a Sources,
    tags: &'a Catalogue,
    /// The name of the subnet or interface, fit to be told.
    pub(super) name: String,
}

impl<'a> Along<'a> {
    pub(super) fn new(path: Path<'a>, sources: &'a Sources, tags: &'a Catalogue) -> Self {
        let name = clean::without_secrets(&path.start.name());
        Self { path, sources, tags, name }
    }

    fn hop(&self, passage: &Passage, detail: Detail) -> Hop<'_> {
        let verdict = passage.verdict();
        let decider = passage.deciders.first();
        let reasons: Vec<String> =
            passage.reasons.iter().map(|reason| clean::without_secrets(reason)).collect();
        let told = |attempt: &&Attempt| {
            detail == Detail::Everything || !matches!(attempt.tried, Tried::No(_))
        };
        let attempts = passage.attempts.iter().filter(told);
        let tried =
            attempts.map(|attempt| tried(attempt, decider.filter(|_| verdict != Verdict::Unknown)));
        let holder = passage.holder.as_deref().map(clean::without_secrets);
        Hop {
            kind: passage.stage.word(),
            name: Cow::Owned(clean::without_secrets(&passage.resource)),
            file: passage.span.map_or("", |span| self.file(span)),
            attached_to: Cow::Owned(holder.into_iter().collect()),
            verdict,
            rule: decider.map(|it| Cow::Owned(clean::without_secrets(&it.rule))),
            priority: decider.and_then(|it| it.priority),
            next_hop: decider.and_then(|it| it.effect.as_deref()).map(clean::without_secrets),
            location: decider.and_then(|it| it.mark.or(it.span)).and_then(|at| self.place(at)),
            reason: (!reasons.is_empty()).then(|| reasons.join("; ")),
            tried: tried.collect(),
        }
    }

    fn file(&self, span: Span) -> &str {
        self.sources.get(span.file).map_or("", |file| file.path.as_str())
    }

    fn place(&self, span: Span) -> Option<Location<'_>> {
        let position = self.sources.position(span)?;
        Some(Location { file: self.file(span), line: position.line, column: position.column })
    }
}

impl Target for Along<'_> {
    fn tags(&self) -> &Catalogue {
        self.tags
    }

    fn answer<'q>(
        &'q self,
        question: &'q Question,
        line: Option<u64>,
        detail: Detail,
    ) -> Answer<'q> {
        let unknown = |reason: String| PathTraced {
            verdict: Verdict::Unknown,
            passages: Vec::new(),
            stopper: None,
            reason: Some(reason),
            parts: None,
        };
        let traced = match &question.query {
            Query::Flow(query) => self
                .path
                .trace(query)
                .unwrap_or_else(|| unknown("one end is IPv4 and the other IPv6".to_owned())),
            Query::Host(host, _) => unknown(format!(
                "`{host}` is a host name, and groups and routes see addresses only; ask for its \
                 address or its service tag"
            )),
        };
        let hops: Vec<Hop<'q>> =
            traced.passages.iter().map(|passage| self.hop(passage, detail)).collect();
        let stopped = traced
            .stopper
            .as_ref()
            .and_then(|(at, decider)| Some((traced.passages.get(*at)?.resource.as_str(), decider)));
        let decisive = stopped.or_else(|| {
            let last = traced.passages.last().filter(|_| traced.verdict == Verdict::Allowed)?;
            Some((last.resource.as_str(), last.deciders.first()?))
        });
        let told = |text: &str| Cow::Owned(clean::without_secrets(text));
        Answer {
            line,
            verdict: traced.verdict,
            resource: decisive.map_or_else(|| Cow::Owned(self.name.clone()), |(it, _)| told(it)),
            rule: decisive.map(|(_, decider)| told(&decider.rule)),
            priority: decisive.and_then(|(_, decider)| decider.priority),
            reason: traced.reason.as_deref().map(clean::without_secrets),
            stopped: traced.parts.as_ref().and_then(|parts| Packet::of(&parts.stopped)),
            passed: traced.parts.as_ref().and_then(|parts| Packet::of(&parts.passed)),
            flow: &question.flow,
            hops,
        }
    }

    fn unknown_tag<'q>(&self, question: &'q Question) -> Option<&'q str> {
        question.tags().find(|tag| !is_tag(tag, self.tags))
    }
}

/// The subnet or interface called `at`, if no group is called so.
pub(super) fn choose<'e>(
    paths: &Paths<'e>,
    estate: &Estate,
    at: Option<&str>,
    sources: &Sources,
) -> Result<Option<Start<'e>>, Failure> {
    let Some(at) = at.filter(|at| !estate.nsgs.iter().any(|nsg| is_called(estate, nsg, at))) else {
        return Ok(None);
    };
    let starts: Vec<Start<'e>> = paths.everything().filter(|it| is_start(it, at)).collect();
    match starts.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        several => {
            let place = |start: &Start<'e>| GroupPlace {
                name: start.name(),
                id: Some(start.interface.map_or(&start.subnet.id, |it| &it.id).to_string()),
                place: place_of(sources, start.span()),
            };
            Err(Failure::SeveralStarts(several.iter().map(place).collect()))
        }
    }
}

fn place_of(sources: &Sources, span: Span) -> String {
    let file = sources.get(span.file).map_or("", |file| file.path.as_str());
    let line = sources.position(span).map(|position| format!(":{}", position.line));
    format!("{file}{}", line.unwrap_or_default())
}

/// By `network/subnet`, by the name of the subnet or interface, or by id.
fn is_start(start: &Start<'_>, at: &str) -> bool {
    let (name, id) = match start.interface {
        Some(interface) => (&interface.name.value, &interface.id),
        None => (&start.subnet.name.value, &start.subnet.id),
    };
    [start.name().as_str(), name, id].into_iter().any(|own| own.eq_ignore_ascii_case(at))
}

fn tried<'a>(attempt: &Attempt, decider: Option<&Decider>) -> TriedRule<'a> {
    let (matches, field, reason) = outcome(&attempt.tried);
    let decides =
        decider.is_some_and(|it| (&it.rule, it.priority) == (&attempt.rule, attempt.priority));
    TriedRule {
        rule: Cow::Owned(clean::without_secrets(&attempt.rule)),
        priority: attempt.priority,
        access: attempt.access.map(access),
        matches,
        field,
        reason,
        decides,
    }
}
