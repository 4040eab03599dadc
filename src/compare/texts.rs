//! Firewalls and routes of which the text has changed. Their flows are not compared yet, and that is
//! said: nobody should take silence for "no change".

use super::flows::Undecided;
use crate::{
    finding::{Report, ScopeKind},
    model::Estate,
    source::Span,
};
use std::collections::BTreeMap;

const REASON: &str = "its text has changed, and of firewalls and routes only required endpoints are \
                      compared yet";

/// What a text is known by in both versions.
type Key = (&'static str, String);

/// The firewalls, policies, groups and tables that are not written as they were.
pub(super) fn changed(sides: [(&Report, &Estate); 2]) -> Vec<Undecided> {
    let [old, new] = sides.map(|(report, estate)| texts(report, estate));
    let mut changed = Vec::new();
    let gone = old.iter().filter(|(key, _)| !new.contains_key(*key));
    let others = new.iter().filter(|(key, (text, ..))| {
        old.get(*key).is_none_or(|(before, ..)| words(before) != words(text))
    });
    for ((kind, _), (_, name, file)) in others.chain(gone) {
        let scope = if *kind == "route" { ScopeKind::Path } else { ScopeKind::Firewall };
        changed.push(Undecided {
            scope,
            name: name.clone(),
            file: file.clone(),
            reason: REASON.to_owned(),
        });
    }
    changed
}

/// A text without its layout.
fn words(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

/// Text, name and file of each, by what it is and its id or name.
fn texts(report: &Report, estate: &Estate) -> BTreeMap<Key, (String, String, String)> {
    let mut texts = BTreeMap::new();
    let mut add = |kind: &'static str, id: &str, name: &str, span: Span| {
        let span = report.sources.written(span).unwrap_or(span);
        let file = report.sources.get(span.file).map_or("", |file| file.path.as_str());
        let text = report.sources.text(span).to_owned();
        let entry = texts.entry((kind, id.to_owned()));
        let known = entry.or_insert_with(|| (String::new(), name.to_owned(), file.to_owned()));
        known.0.push_str(&text);
    };
    for it in &estate.firewalls {
        add("firewall", &it.id, &it.name.value, it.span);
    }
    for it in &estate.policies {
        add("policy", &it.id, &it.name.value, it.span);
    }
    for it in &estate.rule_collection_groups {
        add("group", &it.id, &it.name.value, it.span);
    }
    for it in &estate.ip_groups {
        add("addresses", &it.id, &it.name.value, it.span);
    }
    for it in &estate.route_tables {
        add("route", &it.id, &it.name.value, it.span);
    }
    for it in &estate.table_routes {
        add("route", &format!("{}/{}", it.table, it.name.value), &it.name.value, it.span);
    }
    texts
}
