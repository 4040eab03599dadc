//! Firewalls, policies, groups and routes that stand in several files: what says the same
//! everywhere is one, and of what does not, nobody knows which of it holds.

use crate::model::names::is_global;
use crate::model::{Condition, Estate, Unplaced};
use crate::source::{FileId, Span};
use std::collections::{BTreeMap, BTreeSet};

/// On what it hangs which of several files holds.
const NEWEST: &str = "this file is the newest";

/// A resource that may be met again.
trait Met: Clone + PartialEq + Unplaced {
    /// What makes it the same resource.
    fn key(&self) -> (&str, &str);
    fn span(&self) -> Span;
    fn condition(&mut self) -> &mut Option<Condition>;
}

macro_rules! met {
    ($($whole:ident: $($id:ident)*;)*) => {$(
        impl Met for crate::model::$whole {
            fn key(&self) -> (&str, &str) {
                met!(@key self $($id)*)
            }

            fn span(&self) -> Span {
                self.span
            }

            fn condition(&mut self) -> &mut Option<Condition> {
                &mut self.condition
            }
        }
    )*};
    (@key $it:ident $id:ident) => { (&$it.$id, "") };
    (@key $it:ident $id:ident $name:ident) => { (&$it.$id, &$it.$name.value) };
}

met! {
    Firewall: id;
    FirewallPolicy: id;
    RuleCollectionGroup: id;
    IpGroup: id;
    RouteTable: id;
    Route: table name;
}

/// Leaves one of those that say the same in several files.
pub(super) fn meet_again(estate: &mut Estate, paths: &BTreeMap<FileId, &str>) {
    once(&mut estate.firewalls, paths);
    once(&mut estate.policies, paths);
    once(&mut estate.rule_collection_groups, paths);
    once(&mut estate.ip_groups, paths);
    once(&mut estate.route_tables, paths);
    once(&mut estate.table_routes, paths);
}

fn once<T: Met>(items: &mut Vec<T>, paths: &BTreeMap<FileId, &str>) {
    let mut places: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for (at, item) in items.iter().enumerate() {
        let (id, name) = item.key();
        if is_global(id) {
            places.entry((id.to_owned(), name.to_lowercase())).or_default().push(at);
        }
    }
    let path = |file: FileId| paths.get(&file);
    let mut gone = BTreeSet::new();
    let mut open = Vec::new();
    for mut same in places.into_values().filter(|same| same.len() > 1) {
        same.sort_by_key(|&at| items.get(at).map(|it| (path(it.span().file), it.span())));
        let Some(first) = same.first().and_then(|&at| items.get(at)) else { continue };
        let others = || same.iter().skip(1).filter_map(|&at| items.get(at));
        if others().all(|other| other.span().file == first.span().file) {
            // What one file says twice is for those to judge who know its shape.
            continue;
        }
        if others().all(|other| first.says_the_same(other)) {
            gone.extend(same.iter().skip(1).copied());
        } else {
            open.extend(same);
        }
    }
    for at in open {
        if let Some(item) = items.get_mut(at) {
            let span = item.span();
            item.condition().get_or_insert_with(|| Condition {
                text: NEWEST.into(),
                why: None,
                span,
            });
        }
    }
    let mut at = 0..;
    items.retain(|_| at.next().is_none_or(|at| !gone.contains(&at)));
}
