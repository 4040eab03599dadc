//! The tags that rules name, and whether the list in use can tell anything about them.

use super::written::{self, Side};
use crate::{
    lint::Facts,
    model::{Address, SecurityRule},
    source::Span,
};

/// A tag in a rule.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named<'a> {
    pub(super) rule: &'a SecurityRule,
    pub(super) side: Side<'a>,
    pub(super) name: &'a str,
    pub(super) span: Span,
}

/// Every tag of every rule, known or not, in the order of the file.
pub(super) fn named<'a>(facts: &Facts<'a>) -> impl Iterator<Item = Named<'a>> {
    written::rules(facts).flat_map(|rule| {
        written::sides(rule).into_iter().flat_map(move |side| {
            side.addresses.items.iter().filter_map(move |item| match &item.value {
                Address::Tag(name) => Some(Named { rule, side, name, span: item.span }),
                Address::Any
                | Address::Network(_)
                | Address::Unknown(_)
                | Address::Invalid { .. } => None,
            })
        })
    })
}

/// Whether the list in use is of another cloud than the group, or than the tag's own region: lists
/// differ from cloud to cloud (TAG-017), and a name that is missing in one may be in the other.
pub(super) fn is_of_other_cloud(facts: &Facts<'_>, name: &str) -> bool {
    let list = Cloud::of_list(facts.tags.cloud());
    let location = facts.nsg().location.as_ref().map(|location| location.value.as_str());
    let places = [location, facts.region].into_iter().flatten();
    let own = name.split_once('.').map(|(_, region)| Cloud::of_location(region));
    places
        .map(Cloud::of_location)
        .chain(own.filter(|cloud| *cloud != Cloud::Public))
        .any(|cloud| cloud != list)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cloud {
    Public,
    Government,
    China,
    Other,
}

impl Cloud {
    fn of_list(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        if name.contains("public") {
            Self::Public
        } else if name.contains("gov") {
            Self::Government
        } else if name.contains("china") {
            Self::China
        } else {
            Self::Other
        }
    }

    fn of_location(location: &str) -> Self {
        let location = location.to_ascii_lowercase().replace(' ', "");
        let starts = |starts: &[&str]| starts.iter().any(|start| location.starts_with(start));
        if starts(&["usgov", "usdod"]) {
            Self::Government
        } else if starts(&["china"]) {
            Self::China
        } else if starts(&["ussec", "usnat"]) {
            Self::Other
        } else {
            Self::Public
        }
    }
}
