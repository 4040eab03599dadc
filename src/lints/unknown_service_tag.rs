//! `unknown-service-tag`: LINT-06, NSG-042.

use super::tag_names::{Named, Suggestions, is_of_other_cloud, named, respelt};
use super::written::{property, shown};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    tags::{Catalogue, Closeness, Suggestion, Usable, known_internal, special},
};
use strsim::osa_distance;

pub(super) const LINT: Lint = Lint {
    id: "unknown-service-tag",
    summary: "a service tag that is in no list",
    page: include_str!("../../rules/lints/unknown-service-tag.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let mut suggestions = Suggestions::of(facts.tags);
    named(facts).filter_map(|named| remark(facts, named, &mut suggestions)).collect()
}

fn remark<'a>(
    facts: &Facts<'a>,
    named: Named<'a>,
    suggestions: &mut Suggestions<'a>,
) -> Option<Remark> {
    let Named { rule, side, name, span, .. } = named;
    if named.tag.is_some() || named.special.is_some() {
        return None;
    }
    let tag = shown(name);
    if known_internal(name).is_some() {
        let message = format!("{tag} is a tag of Microsoft's own subscriptions, in no public list");
        let help = "leave it out unless the subscription is Microsoft's own; nothing can be said \
                    about what it lets through";
        let remark = Remark::about(rule, span, "known inside Microsoft only", message);
        return Some(remark.help(help).at(Level::Note));
    }
    if is_of_other_cloud(facts, name) {
        return None;
    }
    if name.eq_ignore_ascii_case("Any") {
        let message = format!("{tag} is not a service tag");
        let help = "write `*` for every address";
        let remark = Remark::about(rule, span, "a word of the portal", message);
        return Some(remark.help(help).at(Level::Warning));
    }
    let base = name.split_once('.').and_then(|(base, _)| special(base));
    if let Some(base) = base {
        // Nothing is known of the regions of the one, and of the others `platform-tag-misused`
        // has more to say.
        if base.regional() || base.outbound_only() {
            return None;
        }
        let message = format!("{tag} is not a service tag: `{}` has no regions", base.name());
        let single = property(facts, side.names.prefix);
        let help = format!("write `\"{single}\": \"{}\"`", base.name());
        return Some(Remark::about(rule, span, "not a tag", message).help(help));
    }
    if name.matches('.').count() > 1 {
        let message = format!("{tag} is not a service tag");
        let help = "NSGs know no host names: write addresses, a prefix or a service tag";
        let remark = Remark::about(rule, span, "looks like a host name", message);
        return Some(remark.help(help).at(Level::Warning));
    }
    if respelt(facts.tags, name).is_some() {
        return None; // `wrong-region-spelling`
    }
    match suggestions.first(name) {
        Some(first) if is_surely_meant(facts.tags, name, first) => {
            let message = format!("{tag} is not a service tag");
            let help =
                format!("Azure refuses the rule; write `{}`", usable(facts.tags, first.name));
            Some(Remark::about(rule, span, "not a tag", message).help(help))
        }
        first => {
            let message = format!("{tag} is not in the service tag list");
            let help = advice(facts.tags, first);
            let remark = Remark::about(rule, span, "in no list", message);
            Some(remark.help(help).at(Level::Warning))
        }
    }
}

/// Whether nothing else can be meant. A name that may be newer than the list never is: a region
/// with another number (`EastUS3`), or in which more than one letter is different
/// (`AustriaEast`, `NorwaySouth`).
fn is_surely_meant(tags: &Catalogue, name: &str, suggestion: Suggestion<'_>) -> bool {
    let low = name.to_ascii_lowercase();
    let right = suggestion.name.to_ascii_lowercase();
    let letters = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "");
    let new_region = name.split_once('.').is_some_and(|(base, _)| tags.get(base).is_some())
        && osa_distance(&low, &right) > 1;
    match suggestion.closeness {
        Closeness::Alias => true,
        Closeness::Slip => !new_region && letters(&low) != letters(&right),
        Closeness::Region | Closeness::Weak => false,
    }
}

/// The name, or that of the tag of all regions where no group may name the regional one (TAG-006).
fn usable<'a>(tags: &'a Catalogue, name: &'a str) -> &'a str {
    let tag = tags.get(name).filter(|tag| tag.usable_in_nsg() == Usable::No);
    tag.filter(|tag| tag.region().is_some()).map_or(name, |tag| tag.base())
}

fn advice(tags: &Catalogue, first: Option<Suggestion<'_>>) -> String {
    let list = match tags.as_of() {
        Some(day) => format!("the {} list of {day}", tags.cloud()),
        None => format!("the {} list", tags.cloud()),
    };
    match first {
        Some(Suggestion { name, .. }) => format!(
            "if `{}` is meant, write that; if the tag is newer than {list}, give a newer list with \
             `--service-tags`",
            usable(tags, name)
        ),
        None => format!(
            "Azure refuses names that it does not know: look for the right one with `egresslint \
             tags`, or give a list that is newer than {list} with `--service-tags`"
        ),
    }
}
