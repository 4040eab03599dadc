//! Brings together what a file says about one group in several places: the group, child rules
//! (JS-010, JS-011, JS-014), and who carries it (JS-015).

use super::estate::Link;
use super::lists::last_part;
use super::rule::same;
use super::scalar::unknown;
use crate::model::names::{Same, compare, normal};
use crate::model::{Built, Nsg, SecurityRule, Shape, Unknown, Written};
use crate::source::{Span, Spanned};
use std::collections::{BTreeMap, BTreeSet};

/// So many resources of one name may be the group of a child; Azure takes one, or several on
/// conditions that exclude each other.
const MAX_TWINS: usize = 16;

/// So many pairs of names with unknown parts are compared; past them any may be the same.
const MAX_PAIRS: usize = 1 << 18;

/// A rule, or rules that could not be read, outside of the list of its group.
#[derive(Debug)]
pub(super) struct Child {
    /// The id of its group in its normal form.
    pub(super) group: String,
    /// The name of its group.
    pub(super) group_name: Spanned<String>,
    /// The place of the whole child.
    pub(super) span: Span,
    /// The shape it was read from.
    pub(super) shape: Shape,
    /// Whether the list that it comes from is the whole list of its group.
    pub(super) built: Built,
    /// What it is.
    pub(super) content: Content,
}

/// What a child is.
#[derive(Debug)]
pub(super) enum Content {
    /// A rule.
    Rule(Box<SecurityRule>),
    /// Rules that could not be read.
    Unread(Unknown),
    /// A rule whose group can't be told: it may be any.
    Anywhere(Box<SecurityRule>),
    /// Something that may be rules.
    Perhaps(Unknown),
}

/// Adds children and links to the groups that they belong to. `ids` has one id in its normal form
/// for each group.
///
/// A child surely belongs to the groups with its id. Where parts of an id are not known, it may
/// belong to others: then their verdicts must not be more than `unknown`, and each of them keeps
/// the first such child as the reason.
pub(super) fn merge(groups: &mut Vec<Nsg>, ids: &[String], children: Vec<Child>, links: Vec<Link>) {
    if children.is_empty() && links.is_empty() {
        return;
    }
    let mut by_id: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, id) in ids.iter().enumerate() {
        by_id.entry(id.clone()).or_default().push(index);
    }
    let mut pairs = MAX_PAIRS;
    for link in links {
        if let Some(indexes) = by_id.get(&link.group) {
            for &index in indexes {
                if let Some(group) = groups.get_mut(index) {
                    carry(group, &link);
                }
            }
        } else if last_part(&link.group).contains('{') {
            for (group, id) in groups.iter_mut().zip(ids).take(pairs) {
                pairs -= 1;
                if compare(id, &link.group) != Same::No {
                    carry(group, &link);
                }
            }
        }
    }
    let mut kin = Kin::new(ids);
    let mut names = Names::default();
    for child in children {
        let is_sure = by_id.contains_key(&child.group) && !child.is_anywhere();
        if !is_sure {
            kin.add(&child, groups);
        }
        if matches!(child.content, Content::Perhaps(_)) && !is_sure {
            continue;
        }
        let indexes = by_id.entry(child.group.clone()).or_insert_with(|| {
            groups.push(part(&child));
            vec![groups.len() - 1]
        });
        let twins = indexes.len();
        for &index in &*indexes {
            let Some(group) = groups.get_mut(index) else { continue };
            match child.content {
                Content::Rule(_) | Content::Anywhere(_) if twins > MAX_TWINS => {
                    if group.unread.is_empty() {
                        let reason = format!(
                            "{twins} resources have its name: whose a rule is can't be told"
                        );
                        group.unread.push(unknown(child.span, reason));
                    }
                }
                Content::Rule(ref rule) | Content::Anywhere(ref rule) => {
                    names.add(index, group, rule.as_ref().clone());
                }
                Content::Unread(ref reason) | Content::Perhaps(ref reason) => {
                    if twins <= MAX_TWINS || group.unread.is_empty() {
                        group.unread.push(reason.clone());
                    }
                }
            }
        }
    }
}

/// The holder of the link carries the group.
fn carry(group: &mut Nsg, link: &Link) {
    let list = if link.is_subnet { &mut group.subnets } else { &mut group.interfaces };
    let list = list.get_or_insert_default();
    if list.iter().all(|known| !known.value.eq_ignore_ascii_case(&link.holder.value)) {
        list.push(link.holder.clone());
    }
}

impl Child {
    const fn is_anywhere(&self) -> bool {
        matches!(self.content, Content::Anywhere(_))
    }

    /// Why a group that it may belong to can't be judged.
    fn doubt(&self) -> Unknown {
        match &self.content {
            Content::Anywhere(rule) => unknown(
                self.span,
                format!(
                    "the rule `{}` may belong to it: the name of its group is an expression",
                    rule.name.value
                ),
            ),
            Content::Perhaps(reason) => reason.clone(),
            Content::Rule(_) | Content::Unread(_) => {
                let reason = "a rule may belong to it: a name holds a part that is not known";
                unknown(self.span, reason)
            }
        }
    }
}

/// Finds the groups that a child may belong to.
#[derive(Debug)]
struct Kin<'i> {
    /// Groups that nothing is said of yet, by name: those whose names are known.
    known: BTreeMap<&'i str, Vec<(usize, &'i str)>>,
    /// Those whose names have unknown parts.
    open: Vec<(usize, &'i str)>,
    /// The ids of children that were looked at.
    seen: BTreeSet<String>,
    pairs: usize,
}

impl<'i> Kin<'i> {
    fn new(ids: &'i [String]) -> Self {
        let mut known: BTreeMap<&str, Vec<(usize, &str)>> = BTreeMap::new();
        let mut open = Vec::new();
        for (index, id) in ids.iter().enumerate() {
            let name = last_part(id);
            if name.contains('{') {
                open.push((index, id.as_str()));
            } else {
                known.entry(name).or_default().push((index, id));
            }
        }
        Self { known, open, seen: BTreeSet::new(), pairs: MAX_PAIRS }
    }

    /// Tells every group that the child may belong to.
    fn add(&mut self, child: &Child, groups: &mut [Nsg]) {
        if !child.is_anywhere() && !self.seen.insert(child.group.clone()) {
            return;
        }
        let Self { known, open, pairs, .. } = self;
        let mut tell = |list: &mut Vec<(usize, &str)>| {
            list.retain(|&(index, id)| {
                *pairs = pairs.saturating_sub(1);
                let is_other = *pairs > 0 && compare(id, &child.group) == Same::No;
                if !is_other && let Some(group) = groups.get_mut(index) {
                    group.unread.push(child.doubt());
                }
                is_other
            });
        };
        tell(open);
        let name = last_part(&child.group);
        if name.contains('{') {
            known.values_mut().for_each(tell);
        } else if let Some(list) = known.get_mut(name) {
            tell(list);
        }
    }
}

/// A group of which only children are here.
fn part(child: &Child) -> Nsg {
    Nsg {
        name: child.group_name.clone(),
        id: None,
        key: child.group.as_str().into(),
        location: None,
        span: child.span,
        shape: child.shape,
        rules: Vec::new(),
        built: child.built,
        unread: Vec::new(),
        condition: None,
        subnets: None,
        interfaces: None,
        expanded: BTreeMap::new(),
        faults: Vec::new(),
        again: Vec::new(),
    }
}

/// The rules of groups by name in lower case.
#[derive(Debug)]
struct Names {
    of: BTreeMap<usize, BTreeMap<String, Namesakes>>,
    /// So many names with unknown parts may still be compared.
    pairs: usize,
}

impl Default for Names {
    fn default() -> Self {
        Self { of: BTreeMap::new(), pairs: MAX_PAIRS }
    }
}

/// The rules of one name in one group.
#[derive(Debug, Default)]
struct Namesakes {
    /// Their places.
    places: Vec<usize>,
    /// They say different things, and which of them is deployed last is not known.
    open: bool,
}

impl Names {
    fn add(&mut self, index: usize, group: &mut Nsg, mut child: SecurityRule) {
        let names = self.of.entry(index).or_insert_with(|| {
            let mut names: BTreeMap<String, Namesakes> = BTreeMap::new();
            for (at, rule) in group.rules.iter().enumerate() {
                if !rule.name.value.is_empty() {
                    let namesakes = names.entry(rule.name.value.to_lowercase()).or_default();
                    // Of inline rules of one name Azure takes none; a child replaces the first.
                    if namesakes.places.is_empty() {
                        namesakes.places.push(at);
                    }
                }
            }
            names
        });
        // Lists of rules name each once, and what has no name is no namesake.
        if child.written != Written::Child || child.name.value.is_empty() {
            group.rules.push(child);
            return;
        }
        let namesakes = names.entry(child.name.value.to_lowercase()).or_default();
        if let [only] = *namesakes.places.as_slice()
            && let Some(inline) = group.rules.get_mut(only)
            && inline.written == Written::Inline
            && unite(inline, &child)
        {
            return;
        }
        namesakes.meet(group, &mut child);
        namesakes.places.push(group.rules.len());
        self.pairs = self.pairs.saturating_sub(replaced_perhaps(group, &child, self.pairs));
        group.rules.push(child);
    }
}

/// A child replaces the inline rule of its name. Where it is not known whether the names are the
/// same, neither is it whether the inline rule holds. Gives how many names were compared.
fn replaced_perhaps(group: &mut Nsg, child: &SecurityRule, pairs: usize) -> usize {
    let is_open = |name: &str| name.contains('{');
    let name = normal(&child.name.value);
    let mut compared = 0;
    for rule in group.rules.iter_mut().filter(|rule| rule.written == Written::Inline) {
        if !is_open(&name) && !is_open(&rule.name.value) {
            continue;
        }
        compared += 1;
        let is_perhaps =
            compared > pairs || compare(&normal(&rule.name.value), &name) == Same::Perhaps;
        if is_perhaps && !same(rule, child) && rule.condition.is_none() {
            let reason = format!("the child rule `{}` may have its name", child.name.value);
            rule.unread.get_or_insert_with(|| unknown(rule.span, reason));
        }
    }
    compared
}

impl Namesakes {
    /// A rule is written again, and which of its forms holds is not known: each of them may.
    fn meet(&mut self, group: &mut Nsg, child: &mut SecurityRule) {
        let differs = |&at: &usize| group.rules.get(at).is_some_and(|rule| !same(rule, child));
        if !self.open && self.places.iter().any(differs) {
            self.open = true;
            for &at in &self.places {
                if let Some(rule) = group.rules.get_mut(at) {
                    doubt(rule);
                }
            }
        }
        if self.open {
            doubt(child);
        }
    }
}

/// Whether two say the same of one group: its rules, in whatever order, and who carries it.
pub(super) fn fits(one: &Nsg, two: &Nsg) -> bool {
    let carriers = |ids: &Option<Vec<Spanned<String>>>| -> BTreeSet<String> {
        ids.iter().flatten().map(|id| id.value.to_lowercase()).collect()
    };
    let sorted = |nsg: &Nsg| -> Vec<(String, usize)> {
        let names = nsg.rules.iter().map(|rule| rule.name.value.to_lowercase());
        let mut names: Vec<(String, usize)> = names.zip(0..).collect();
        names.sort_unstable();
        names
    };
    let is_plain = |nsg: &Nsg| nsg.unread.is_empty() && nsg.condition.is_none();
    let place = |nsg: &Nsg| nsg.location.as_ref().map(|it| it.value.to_lowercase());
    one.rules.len() == two.rules.len()
        && is_plain(one)
        && is_plain(two)
        && place(one) == place(two)
        && carriers(&one.subnets) == carriers(&two.subnets)
        && carriers(&one.interfaces) == carriers(&two.interfaces)
        && sorted(one).into_iter().zip(sorted(two)).all(|((name, a), (other, b))| {
            let rules = one.rules.get(a).zip(two.rules.get(b));
            name == other && rules.is_some_and(|(a, b)| same(a, b))
        })
}

pub(super) fn doubt(rule: &mut SecurityRule) {
    // What hangs on a condition is in doubt as it is.
    if rule.condition.is_none() {
        let reason = "it is written again with other values, and which of them hold is not known";
        rule.unread.get_or_insert_with(|| unknown(rule.span, reason));
    }
}

/// Makes one rule of what was written twice, if it is known what that says.
fn unite(inline: &mut SecurityRule, child: &SecurityRule) -> bool {
    if same(inline, child) {
        inline.written = Written::Twice { again: child.span };
        return true;
    }
    if child.condition.is_some() {
        return false;
    }
    let again = inline.span;
    // A child is deployed after its group, and so what it says holds.
    *inline = child.clone();
    inline.written = Written::Twice { again };
    true
}
