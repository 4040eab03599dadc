//! The group that is asked: which one, and where its rules stand.

use super::{
    super::{
        failure::{Failure, GroupPlace},
        near::Hint,
    },
    Target,
    answer::{Answer, Detail},
    question::{Question, is_tag},
};
use crate::{
    decide::{self, FlowQuery, NsgPolicy, Surroundings, Traced},
    model::{Direction, Estate, Nsg},
    report::clean,
    run,
    source::{Position, Sources},
    tags::Catalogue,
};

/// A group in evaluation order, and the place of each of its rules.
pub(super) struct Group<'a> {
    /// The group.
    pub(super) policy: NsgPolicy<'a>,
    /// The same at each site that is known.
    sites: Vec<NsgPolicy<'a>>,
    /// The service tag list.
    pub(super) tags: &'a Catalogue,
    /// The path of its file.
    pub(super) file: &'a str,
    /// Its name, fit to be told.
    pub(super) name: String,
    /// The subnets and interfaces that carry it, fit to be told.
    pub(super) attached_to: Vec<String>,
    inbound: Vec<Told>,
    outbound: Vec<Told>,
}

/// What is told of a rule; made once for all flows.
struct Told {
    name: String,
    place: Option<Position>,
}

impl<'a> Group<'a> {
    /// Puts `nsg` in order.
    pub(super) fn new(
        nsg: &'a Nsg,
        tags: &'a Catalogue,
        sources: &'a Sources,
        surroundings: &'a Surroundings<'a>,
    ) -> Self {
        let policy = run::policy(nsg, tags, None);
        let sites = surroundings.sites(nsg).into_iter().map(|site| policy.at_site(site)).collect();
        // Once for all flows: a policy may be one long line, and columns are counted in it.
        let told = |direction| -> Vec<Told> {
            let entries = policy.way(direction).entries.iter();
            let told = entries.map(|entry| Told {
                name: clean::without_secrets(entry.rule.name()),
                place: entry.rule.mark().and_then(|mark| sources.position(mark)),
            });
            told.collect()
        };
        let (inbound, outbound) = (told(Direction::Inbound), told(Direction::Outbound));
        let name = clean::without_secrets(&nsg.name.value);
        let attached_to = run::attached_to(nsg);
        let attached_to = attached_to.iter().map(|it| clean::without_secrets(it)).collect();
        let file = sources.get(nsg.span.file).map_or("", |file| file.path.as_str());
        Self { policy, sites, tags, file, name, attached_to, inbound, outbound }
    }

    /// Follows one flow.
    pub(super) fn trace(&self, query: &FlowQuery) -> Option<Traced> {
        match self.sites.as_slice() {
            [] => self.policy.trace(query),
            sites => decide::trace(sites, query),
        }
    }

    /// Where the rule at `entry` was written; built-in ones are nowhere.
    pub(super) fn place(&self, direction: Direction, entry: usize) -> Option<Position> {
        self.told(direction).get(entry)?.place
    }

    /// The name of the rule at `entry`, fit to be told.
    pub(super) fn rule_name(&self, direction: Direction, entry: usize) -> &str {
        self.told(direction).get(entry).map_or("", |told| told.name.as_str())
    }

    fn told(&self, direction: Direction) -> &[Told] {
        match direction {
            Direction::Inbound => &self.inbound,
            Direction::Outbound => &self.outbound,
        }
    }
}

impl Target for Group<'_> {
    fn tags(&self) -> &Catalogue {
        self.tags
    }

    fn answer<'q>(
        &'q self,
        question: &'q Question,
        line: Option<u64>,
        detail: Detail,
    ) -> Answer<'q> {
        Answer::of(question, self, line, detail)
    }

    /// A tag of the question that neither the list nor the group has.
    fn unknown_tag<'q>(&self, question: &'q Question) -> Option<&'q str> {
        let expanded = self.policy.lexicon().expanded;
        question.tags().find(|tag| {
            !is_tag(tag, self.tags) && !expanded.contains_key(&tag.to_ascii_lowercase())
        })
    }
}

/// Whether that is its name, id or Terraform address.
pub(super) fn is_called(estate: &Estate, nsg: &Nsg, at: &str) -> bool {
    nsg.name.value.eq_ignore_ascii_case(at)
        || nsg.id.as_ref().is_some_and(|id| id.value.eq_ignore_ascii_case(at))
        || estate.address(nsg.span) == Some(at)
}

/// Where a group stands: its file, line and column, as far as they are known.
fn place_of(nsg: &Nsg, sources: &Sources) -> [Option<String>; 3] {
    let file = sources.written(nsg.span).unwrap_or(nsg.span).file;
    let Some(path) = sources.get(sources.author(file)).map(|file| &file.path) else {
        return [None, None, None];
    };
    let position = sources.position(nsg.span);
    let line = position.map(|it| format!("{path}:{}", it.line));
    let column = position.map(|it| format!("{path}:{}:{}", it.line, it.column));
    [Some(path.clone()), line, column]
}

/// The group called `at`: by name, id, Terraform address or place; without one, the only group
/// there is.
pub(super) fn choose<'n>(
    estate: &'n Estate,
    at: Option<&str>,
    sources: &Sources,
) -> Result<&'n Nsg, Failure> {
    let nsgs = estate.nsgs.as_slice();
    let id = |nsg: &'n Nsg| nsg.id.as_ref().map(|id| id.value.as_str());
    let mut fitting: Vec<&Nsg> =
        nsgs.iter().filter(|nsg| at.is_none_or(|at| is_called(estate, nsg, at))).collect();
    if let (true, Some(at)) = (fitting.is_empty(), at) {
        // Names go first: a file may be called as a group is.
        let is_there = |nsg: &&Nsg| place_of(nsg, sources).iter().flatten().any(|it| it == at);
        fitting = nsgs.iter().filter(is_there).collect();
    }
    match (fitting.as_slice(), at) {
        (&[one], _) => Ok(one),
        ([], _) if nsgs.is_empty() => Err(Failure::NoGroup),
        ([], Some(at)) => {
            let names = nsgs.iter().map(|nsg| nsg.name.value.as_str());
            let listed: Vec<&str> = names.clone().take(10).collect();
            let otherwise = format!("there are {}", listed.join(", "));
            Err(Failure::NoSuchGroup { at: at.to_owned(), hint: Hint::new(at, names, otherwise) })
        }
        (several, _) => {
            let place = |nsg: &&'n Nsg| GroupPlace {
                name: nsg.name.value.clone(),
                id: id(nsg).map(str::to_owned),
                place: place_of(nsg, sources).into_iter().flatten().last().unwrap_or_default(),
            };
            Err(Failure::SeveralGroups(several.iter().map(place).collect()))
        }
    }
}
