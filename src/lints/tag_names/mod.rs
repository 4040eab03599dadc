//! The tags that rules name, and whether the list in use can tell anything about them.

use super::written::{self, Side};
use crate::{
    lint::{Facts, Mention},
    model::{SecurityRule, Shape},
    source::Span,
    tags::{Catalogue, Special, Suggestion, Tag},
};
use std::collections::BTreeMap;

/// To compare a name with every tag takes long, and a file may be made of names.
const MAX_COMPARED: usize = 200;

/// A tag in a rule.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named<'a> {
    pub(super) rule: &'a SecurityRule,
    pub(super) side: Side<'a>,
    pub(super) name: &'a str,
    pub(super) span: Span,
    pub(super) tag: Option<Tag<'a>>,
    pub(super) special: Option<Special>,
}

/// Every tag of every rule that somebody wrote, known or not, in the order of the file.
pub(super) fn named<'a>(facts: &Facts<'a>) -> impl Iterator<Item = Named<'a>> {
    let is_written = facts.nsg().shape != Shape::Effective;
    let mentions = facts.mentions.iter();
    mentions.filter(move |mention| is_written && mention.rule.unread.is_none()).map(|mention| {
        let Mention { rule, is_source, name, span, tag, special } = *mention;
        let [source, destination] = written::sides(rule);
        let side = if is_source { source } else { destination };
        Named { rule, side, name, span, tag, special }
    })
}

/// The tag that `name` is in the spelling of another tag's regions: `AzureCloud.centralfrance` for
/// `AzureCloud.francecentral` (TAG-021).
pub(super) fn respelt<'a>(tags: &'a Catalogue, name: &str) -> Option<&'a str> {
    let (base, region) = name.split_once('.')?;
    let base = tags.get(base)?;
    Some(tags.tag_for_region(base.base(), region)?.name())
}

/// What unknown names may have meant, each name compared once.
#[derive(Debug)]
pub(super) struct Suggestions<'a> {
    tags: &'a Catalogue,
    compared: BTreeMap<&'a str, Option<Suggestion<'a>>>,
}

impl<'a> Suggestions<'a> {
    pub(super) const fn of(tags: &'a Catalogue) -> Self {
        Self { tags, compared: BTreeMap::new() }
    }

    /// The likeliest tag.
    pub(super) fn first(&mut self, name: &'a str) -> Option<Suggestion<'a>> {
        if self.compared.len() >= MAX_COMPARED && !self.compared.contains_key(name) {
            return None;
        }
        *self.compared.entry(name).or_insert_with(|| self.tags.near(name).first().copied())
    }
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
