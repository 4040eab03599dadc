//! The flows that change at the groups which both versions have.

use super::{
    Turn,
    boxes::{FlowBox, Words},
    pairs::Pairs,
};
use crate::{
    decide::{self, Change, Changes, NsgPolicy, Rows, Surroundings},
    finding::{Flow, Report, ScopeKind},
    model::{Access, Direction, Estate, Nsg},
    profiles::Cloud,
    run,
    source::{Sources, Span},
    space::Cube,
    tags::Catalogue,
};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The path as shown.
    pub file: String,
    /// Line from 1.
    pub line: u32,
    /// Column in characters from 1.
    pub column: u32,
}

/// A rule that decides flows in one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decider {
    /// Its name, built-in ones included.
    pub rule: String,
    /// Its priority, where known.
    pub priority: Option<i64>,
    /// Where it stands; built-in rules are nowhere.
    pub place: Option<Place>,
}

/// Flows of one group that turned, by the pair of rules that decides them.
#[derive(Clone, Debug)]
pub struct FlowChange {
    /// What decides.
    pub scope: ScopeKind,
    /// Its name in the new version.
    pub name: String,
    /// Its file in the old version.
    pub before_file: String,
    /// Its file in the new version.
    pub after_file: String,
    /// The way of the flows, as the machine sees it.
    pub direction: Direction,
    /// Newly blocked or newly opened.
    pub turn: Turn,
    /// Whether the change is there whatever is not known.
    pub certain: bool,
    /// The flows.
    pub boxes: Vec<FlowBox>,
    /// There are more flows, in boxes too many to tell.
    pub more: bool,
    /// One of them.
    pub witness: Flow,
    /// What decided them.
    pub before: Decider,
    /// What decides them now.
    pub after: Decider,
}

/// A group whose flows could not be compared, or not all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// What it is.
    pub scope: ScopeKind,
    /// Its name in the new version.
    pub name: String,
    /// Its file in the new version.
    pub file: String,
    /// Why.
    pub reason: String,
}

/// A group in both versions.
struct Both<'p> {
    policies: [&'p NsgPolicy<'p>; 2],
    sources: [&'p Sources; 2],
    files: [String; 2],
}

/// Tells `take` of all changes, in the order of the new version; how many groups were compared.
pub(super) fn groups(
    sides: [(&Report, &Estate); 2],
    pairs: &Pairs,
    (tags, cloud): (&Catalogue, Cloud),
    mut take: impl FnMut(Result<FlowChange, Undecided>),
) -> usize {
    let around = sides.map(|(_, estate)| Surroundings::new(estate));
    let one = |(old, new): (usize, usize)| -> Vec<Result<FlowChange, Undecided>> {
        let [(old_report, old_estate), (new_report, new_estate)] = sides;
        let (Some(before), Some(after)) = (old_estate.nsgs.get(old), new_estate.nsgs.get(new))
        else {
            return Vec::new();
        };
        let policies = [before, after].map(|nsg| run::policy(nsg, tags, Some(cloud)));
        let [old_around, new_around] = &around;
        let policies = placed(&policies, [old_around, new_around]).unwrap_or(policies);
        let [old_policy, new_policy] = &policies;
        let sources = [&old_report.sources, &new_report.sources];
        let files = [file(sources[0], before), file(sources[1], after)];
        Both { policies: [old_policy, new_policy], sources, files }.all()
    };
    let both = pairs.both();
    let count = both.len();
    let found: Vec<_> = both.into_par_iter().map(one).collect();
    found.into_iter().flatten().for_each(&mut take);
    count
}

/// Both where they are used, if each is used in one place.
fn placed<'s>(
    policies: &[NsgPolicy<'s>; 2],
    around: [&'s Surroundings<'s>; 2],
) -> Option<[NsgPolicy<'s>; 2]> {
    let at = |policy: &NsgPolicy<'s>, around: &'s Surroundings<'s>| {
        let mut sites = around.sites(policy.nsg);
        let site = sites.pop().filter(|_| sites.is_empty())?;
        Some(policy.at_site(site))
    };
    let [before, after] = policies;
    let [old, new] = around;
    Some([at(before, old)?, at(after, new)?])
}

fn file(sources: &Sources, nsg: &Nsg) -> String {
    let id = sources.author(nsg.span.file);
    sources.get(id).map_or_else(String::new, |file| file.path.clone())
}

impl Both<'_> {
    fn all(&self) -> Vec<Result<FlowChange, Undecided>> {
        let [before, after] = self.policies;
        let mut found = Vec::new();
        for (policy, when) in [(before, "before"), (after, "now")] {
            if let Some(reason) = policy.unread() {
                found.push(Err(self.undecided(format!("{when}: {reason}"))));
                return found;
            }
        }
        for direction in [Direction::Outbound, Direction::Inbound] {
            self.family::<u32>(direction, &mut found);
            if before.names_ipv6() || after.names_ipv6() {
                self.family::<u128>(direction, &mut found);
            }
        }
        found
    }

    fn family<V: Rows>(
        &self,
        direction: Direction,
        found: &mut Vec<Result<FlowChange, Undecided>>,
    ) {
        let [before, after] = self.policies;
        for (from, turn) in [(Access::Allow, Turn::Blocked), (Access::Deny, Turn::Opened)] {
            let Changes { changes, undecided, limit } =
                decide::changes::<V>(before, after, direction, from);
            let told = |change| Ok(self.told(change, &limit, (direction, turn)));
            found.extend(changes.iter().map(told));
            if undecided {
                let reason = "the rules are too complex to find all changes";
                found.push(Err(self.undecided(reason.to_owned())));
            }
        }
    }

    fn undecided(&self, reason: String) -> Undecided {
        let [_, after] = self.policies;
        let [_, file] = &self.files;
        Undecided {
            scope: ScopeKind::Nsg,
            name: after.nsg.name.value.clone(),
            file: file.clone(),
            reason,
        }
    }

    fn told<V: Rows>(
        &self,
        change: &Change<V>,
        limit: &Cube<V>,
        (direction, turn): (Direction, Turn),
    ) -> FlowChange {
        let [before, after] = self.policies;
        let [before_file, after_file] = self.files.clone();
        let rules = [(before, change.before), (after, change.after)];
        let words = Words::of(rules, direction, limit);
        FlowChange {
            scope: ScopeKind::Nsg,
            name: after.nsg.name.value.clone(),
            before_file,
            after_file,
            direction,
            turn,
            certain: change.certain,
            boxes: change.flows.iter().map(|flows| words.of_box(flows)).collect(),
            more: change.more,
            witness: decide::flow(change.typical()),
            before: decider(before, direction, change.before, self.sources[0]),
            after: decider(after, direction, change.after, self.sources[1]),
        }
    }
}

fn decider(
    policy: &NsgPolicy<'_>,
    direction: Direction,
    entry: usize,
    sources: &Sources,
) -> Decider {
    let Some(entry) = policy.way(direction).entries.get(entry) else {
        return Decider { rule: String::new(), priority: None, place: None };
    };
    let place = |span: Span| {
        let position = sources.position(span)?;
        let span = sources.written(span)?;
        let file = sources.get(span.file)?.path.clone();
        Some(Place { file, line: position.line, column: position.column })
    };
    Decider {
        rule: entry.rule.name().to_owned(),
        priority: entry.priority,
        place: entry.rule.mark().and_then(place),
    }
}
