//! What is asked: a group by itself, or the whole path of a subnet or an interface.

use super::{
    along::Along,
    answer::{Answer, Detail},
    group::{self, Group},
    question::{Fault, Query, Question, is_tag},
};
use crate::{
    cli::failure::{Failure, GroupPlace},
    decide::{Paths, Start, Surroundings},
    model::Estate,
    source::{Sources, Span},
    tags::Catalogue,
};

/// What is asked.
pub(super) enum Target<'a> {
    Group(Box<Group<'a>>),
    Path(Box<Along<'a>>),
}

/// What targets are looked for in.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) estate: &'a Estate,
    pub(super) sources: &'a Sources,
    pub(super) surroundings: &'a Surroundings<'a>,
    pub(super) paths: &'a Paths<'a>,
    pub(super) tags: &'a Catalogue,
}

impl<'a> Target<'a> {
    /// The group, subnet or interface called `at`; without one, the only group there is.
    pub(super) fn choose(at: Option<&str>, scene: Scene<'a>) -> Result<Self, Failure> {
        let nsgs = &scene.estate.nsgs;
        let is_group = |at: &str| nsgs.iter().any(|nsg| group::is_called(scene.estate, nsg, at));
        let starts: Vec<Start<'a>> = match at {
            Some(at) if !is_group(at) => {
                scene.paths.everything().filter(|start| is_start(start, at)).collect()
            }
            _ => Vec::new(),
        };
        match starts.as_slice() {
            [] => {
                let nsg = group::choose(scene.estate, at, scene.sources)?;
                let group = Group::new(nsg, scene.tags, scene.sources, scene.surroundings);
                Ok(Self::Group(Box::new(group)))
            }
            [one] => {
                let along = Along::new(scene.paths.path(*one, None), scene.sources);
                Ok(Self::Path(Box::new(along)))
            }
            several => {
                let place = |start: &Start<'a>| GroupPlace {
                    name: start.name(),
                    id: Some(start.interface.map_or(&start.subnet.id, |it| &it.id).to_string()),
                    place: place_of(scene.sources, start.span()),
                };
                Err(Failure::SeveralStarts(several.iter().map(place).collect()))
            }
        }
    }

    /// The path of its file.
    pub(super) fn file(&self) -> &str {
        match self {
            Self::Group(group) => group.file,
            Self::Path(along) => file_of(along.sources, along.path.start.span()),
        }
    }

    /// Asks it.
    pub(super) fn answer<'q>(
        &'q self,
        question: &'q Question,
        line: Option<u64>,
        detail: Detail,
    ) -> Answer<'q> {
        match self {
            Self::Group(group) => Answer::of(question, group, line, detail),
            Self::Path(along) => along.answer(question, line, detail),
        }
    }

    /// Whether there is a tag behind every name of the question. One question that names none is
    /// a slip; among many, each gets the answer that it is not known.
    pub(super) fn check_tags(&self, question: &Question, tags: &Catalogue) -> Result<(), Fault> {
        if let Query::Host(host) = &question.query {
            return Fault::of_host(host, tags).map_or(Ok(()), Err);
        }
        let unknown = self.unknown_tag(question, tags);
        unknown.map_or(Ok(()), |tag| Err(Fault::unknown_tag(tag, tags)))
    }

    /// A tag of the question that neither the list nor the group has.
    pub(super) fn unknown_tag<'q>(
        &self,
        question: &'q Question,
        tags: &Catalogue,
    ) -> Option<&'q str> {
        let is_expanded = |tag: &str| match self {
            Self::Group(group) => {
                group.policy.lexicon().expanded.contains_key(&tag.to_ascii_lowercase())
            }
            Self::Path(_) => false,
        };
        question.tags().find(|tag| !is_tag(tag, tags) && !is_expanded(tag))
    }
}

fn file_of(sources: &Sources, span: Span) -> &str {
    sources.get(span.file).map_or("", |file| file.path.as_str())
}

fn place_of(sources: &Sources, span: Span) -> String {
    let line = sources.position(span).map(|position| format!(":{}", position.line));
    format!("{}{}", file_of(sources, span), line.unwrap_or_default())
}

/// By `network/subnet`, by the name of the subnet or interface, or by id.
fn is_start(start: &Start<'_>, at: &str) -> bool {
    let (name, id) = match start.interface {
        Some(interface) => (&interface.name.value, &interface.id),
        None => (&start.subnet.name.value, &start.subnet.id),
    };
    [start.name().as_str(), name, id].into_iter().any(|own| own.eq_ignore_ascii_case(at))
}
