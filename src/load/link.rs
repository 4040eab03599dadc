//! Links the resources of all files of a run: child rules to groups in other files, groups to the
//! subnets and interfaces that carry them, and a group to itself where it is met again.
//!
//! Only an id that is known from its subscription on links files. Two templates may both speak of
//! `nsg1` and mean two groups; what a template calls so may be the `nsg1` of an export, and then
//! the export's verdicts are in doubt, no more.

use super::again;
use super::lists::last_part;
use super::merge::{doubt, fits};
use super::rule::same;
use super::scalar::unknown;
use crate::model::names::{Same, compare, is_global};
use crate::model::{Again, Built, Estate, Nsg, Reference, SecurityRule, Shape, Written};
use crate::source::{FileId, Spanned};
use std::collections::{BTreeMap, BTreeSet};

/// Links the files of a run; `paths` has the path of each, so that their order plays no part.
pub fn link(estate: &mut Estate, paths: &BTreeMap<FileId, &str>) {
    again::meet_again(estate, paths);
    if estate.nsgs.is_empty() {
        return;
    }
    join_parts(&mut estate.nsgs);
    doubt_exports(&mut estate.nsgs);
    attach(estate);
    meet_again(&mut estate.nsgs, paths);
}

/// Groups by the id that all files share.
fn by_key(nsgs: &[Nsg], wanted: impl Fn(&Nsg) -> bool) -> BTreeMap<Box<str>, Vec<usize>> {
    let mut found: BTreeMap<Box<str>, Vec<usize>> = BTreeMap::new();
    for (at, nsg) in nsgs.iter().enumerate() {
        if is_global(&nsg.key) && wanted(nsg) {
            found.entry(nsg.key.clone()).or_default().push(at);
        }
    }
    found
}

/// Whether it comes from what is deployed, and not from what is there.
const fn is_deployed(nsg: &Nsg) -> bool {
    matches!(nsg.shape, Shape::Template | Shape::Terraform)
}

/// A group that is all there, as an export or a template has it; what Azure said of one interface
/// at one time is no second copy of it.
fn is_whole(nsg: &Nsg) -> bool {
    nsg.built == Built::Whole
        && nsg.shape != Shape::Effective
        && (nsg.id.is_some() || is_deployed(nsg))
}

/// Gives rules whose group is in another file to that group.
fn join_parts(nsgs: &mut Vec<Nsg>) {
    let is_part = |nsg: &Nsg| nsg.built == Built::Part && is_global(&nsg.key);
    if !nsgs.iter().any(is_part) {
        return;
    }
    let wholes = by_key(nsgs, is_whole);
    let mut joined = BTreeSet::new();
    for at in 0..nsgs.len() {
        let Some(part) = nsgs.get(at).filter(|nsg| is_part(nsg)).cloned() else { continue };
        for &whole in wholes.get(&part.key).into_iter().flatten() {
            if let Some(group) = nsgs.get_mut(whole) {
                join(group, &part);
                joined.insert(at);
            }
        }
    }
    let mut at = 0..;
    nsgs.retain(|_| at.next().is_none_or(|at| !joined.contains(&at)));
}

fn join(group: &mut Nsg, part: &Nsg) {
    group.unread.extend(part.unread.iter().cloned());
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for (at, rule) in group.rules.iter().enumerate() {
        names.entry(rule.name.value.to_lowercase()).or_insert(at);
    }
    for rule in &part.rules {
        let known = names.get(&rule.name.value.to_lowercase()).copied();
        let twin = known.and_then(|at| group.rules.get_mut(at));
        let mut rule: SecurityRule = rule.clone();
        match twin {
            Some(twin) if same(twin, &rule) => continue,
            Some(twin) => {
                // Which of the two is newer nobody says.
                doubt(twin);
                doubt(&mut rule);
            }
            // What an export of a group does not have may be gone, or new.
            None if rule.written != Written::Child => doubt(&mut rule),
            None => {}
        }
        names.entry(rule.name.value.to_lowercase()).or_insert(group.rules.len());
        group.rules.push(rule);
    }
}

/// A rule that a template adds to a group of a name may be one of the group that an export shows.
fn doubt_exports(nsgs: &mut [Nsg]) {
    let is_open = |nsg: &Nsg| {
        let name = last_part(&nsg.key);
        nsg.built == Built::Part
            && is_deployed(nsg)
            && !is_global(&nsg.key)
            && !name.is_empty()
            && !name.contains('{')
    };
    let parts: Vec<(Box<str>, _)> = nsgs
        .iter()
        .filter(|nsg| is_open(nsg))
        .map(|nsg| {
            let reason = match nsg.shape {
                Shape::Terraform => {
                    "a rule of a Terraform plan may belong to it: its subscription is not known"
                }
                _ => "a rule of a template may belong to it: its resource group is not known",
            };
            (nsg.key.clone(), unknown(nsg.span, reason))
        })
        .collect();
    if parts.is_empty() {
        return;
    }
    let mut exports: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, nsg) in nsgs.iter().enumerate() {
        if is_whole(nsg) && nsg.shape != Shape::Template && is_global(&nsg.key) {
            exports.entry(last_part(&nsg.key).to_owned()).or_default().push(at);
        }
    }
    for (key, why) in parts {
        for &at in exports.get(last_part(&key)).into_iter().flatten() {
            let Some(export) = nsgs.get_mut(at) else { continue };
            if export.unread.is_empty() && compare(&export.key, &key) != Same::No {
                export.unread.push(why.clone());
            }
        }
    }
}

/// Tells groups of subnets and interfaces in other files that carry them (JS-015).
fn attach(estate: &mut Estate) {
    let subnets = estate.subnets.iter().map(|it| (&it.group, &it.id, &it.name, true));
    let interfaces = estate.interfaces.iter().map(|it| (&it.group, &it.id, &it.name, false));
    let mut links: Vec<(&str, Spanned<String>, bool)> = Vec::new();
    for (group, id, name, is_subnet) in subnets.chain(interfaces) {
        if let Reference::To(group) = group
            && is_global(&group.value)
            && is_global(id)
        {
            links.push((&group.value, Spanned::new(id.to_string(), name.span), is_subnet));
        }
    }
    if links.is_empty() {
        return;
    }
    let groups = by_key(&estate.nsgs, |nsg| nsg.shape != Shape::Effective);
    let mut news: BTreeMap<usize, Vec<(Spanned<String>, bool)>> = BTreeMap::new();
    for (group, id, is_subnet) in links {
        for &at in groups.get(group).into_iter().flatten() {
            news.entry(at).or_default().push((id.clone(), is_subnet));
        }
    }
    for (at, holders) in news {
        let Some(nsg) = estate.nsgs.get_mut(at) else { continue };
        for is_subnet in [true, false] {
            let list = if is_subnet { &mut nsg.subnets } else { &mut nsg.interfaces };
            let known = list.iter().flatten().map(|id| id.value.to_lowercase());
            let mut known: BTreeSet<String> = known.collect();
            for (id, _) in holders.iter().filter(|(_, it)| *it == is_subnet) {
                if known.insert(id.value.to_lowercase()) {
                    list.get_or_insert_default().push(id.clone());
                }
            }
        }
    }
}

/// Groups that stand in several files: one that says the same again is judged once.
fn meet_again(nsgs: &mut Vec<Nsg>, paths: &BTreeMap<FileId, &str>) {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, nsg) in nsgs.iter().enumerate() {
        if is_global(&nsg.key) && is_whole(nsg) {
            groups.entry(&nsg.key).or_default().push(at);
        }
    }
    let path = |file: FileId| paths.get(&file);
    let mut again: Vec<(usize, Again)> = Vec::new();
    let mut gone = BTreeSet::new();
    for places in groups.values_mut().filter(|places| places.len() > 1) {
        places.sort_by_key(|&at| nsgs.get(at).map(|nsg| (path(nsg.span.file), nsg.span)));
        let mut met: BTreeSet<FileId> = BTreeSet::new();
        let Some((&first, others)) = places.split_first() else { continue };
        let Some(one) = nsgs.get(first) else { continue };
        met.insert(one.span.file);
        for &other in others {
            let Some(two) = nsgs.get(other) else { continue };
            // A file that has it twice shows it at two times, or for two requests.
            if met.insert(two.span.file) {
                let is_same = fits(one, two);
                again.push((first, Again { span: two.name.span, same: is_same }));
                if is_same {
                    gone.insert(other);
                }
            }
        }
    }
    for (at, place) in again {
        if let Some(nsg) = nsgs.get_mut(at) {
            nsg.again.push(place);
        }
    }
    if !gone.is_empty() {
        let mut at = 0..;
        nsgs.retain(|_| at.next().is_none_or(|at| !gone.contains(&at)));
    }
}
