//! Brings together what a file says about one group in several places: the group, child rules
//! (JS-010, JS-011, JS-014), and who carries it (JS-015).

use super::estate::Link;
use super::rule::same;
use super::scalar::unknown;
use crate::model::{Built, Nsg, SecurityRule, Shape, Unknown, Written};
use crate::source::{Span, Spanned};
use std::collections::BTreeMap;

/// A rule, or rules that could not be read, outside of the list of its group.
#[derive(Debug)]
pub(super) struct Child {
    /// The id of its group in lower case.
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
}

/// Adds children and links to the groups that they belong to. `ids` has one id in lower case for
/// each group.
pub(super) fn merge(groups: &mut Vec<Nsg>, ids: &[String], children: Vec<Child>, links: Vec<Link>) {
    if children.is_empty() && links.is_empty() {
        return;
    }
    let mut by_id: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, id) in ids.iter().enumerate() {
        by_id.entry(id.clone()).or_default().push(index);
    }
    for link in links {
        for &index in by_id.get(&link.group).into_iter().flatten() {
            let Some(group) = groups.get_mut(index) else { continue };
            let list = if link.is_subnet { &mut group.subnets } else { &mut group.interfaces };
            let list = list.get_or_insert_default();
            if list.iter().all(|known| !known.value.eq_ignore_ascii_case(&link.holder.value)) {
                list.push(link.holder.clone());
            }
        }
    }
    let whole = groups.len();
    let mut names = Names::default();
    for child in children {
        if let Content::Anywhere(rule) = &child.content {
            let reason = format!(
                "the rule `{}` may belong to it: the name of its group is an expression",
                rule.name.value
            );
            for group in groups.iter_mut().take(whole) {
                group.unread.push(unknown(child.span, reason.clone()));
            }
        }
        // Names that hold an unknown part may be the same although they are spelt otherwise.
        let is_open = |name: &str| name.contains('{');
        if !matches!(child.content, Content::Anywhere(_)) && !ids.contains(&child.group) {
            let reason = "a rule may belong to it: a name holds a part that is not known";
            let open = is_open(&child.group_name.value);
            for group in groups.iter_mut().take(whole) {
                if open || is_open(&group.name.value) {
                    group.unread.push(unknown(child.span, reason.to_owned()));
                }
            }
        }
        let indexes = by_id.entry(child.group.clone()).or_insert_with(|| {
            groups.push(part(&child));
            vec![groups.len() - 1]
        });
        for &index in &*indexes {
            let Some(group) = groups.get_mut(index) else { continue };
            match &child.content {
                Content::Rule(rule) | Content::Anywhere(rule) => {
                    names.add(index, group, rule.as_ref().clone());
                }
                Content::Unread(reason) => group.unread.push(reason.clone()),
            }
        }
    }
}

/// A group of which only children are here.
fn part(child: &Child) -> Nsg {
    Nsg {
        name: child.group_name.clone(),
        id: None,
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
    }
}

/// The inline rules of groups by name in lower case.
#[derive(Debug, Default)]
struct Names(BTreeMap<usize, BTreeMap<String, usize>>);

impl Names {
    fn add(&mut self, index: usize, group: &mut Nsg, child: SecurityRule) {
        let names = self.0.entry(index).or_insert_with(|| {
            let mut names = BTreeMap::new();
            for (at, rule) in group.rules.iter().enumerate() {
                if !rule.name.value.is_empty() {
                    names.entry(rule.name.value.to_lowercase()).or_insert(at);
                }
            }
            names
        });
        let inline = names.get(&child.name.value.to_lowercase());
        match inline.and_then(|&at| group.rules.get_mut(at)) {
            Some(inline) if inline.written == Written::Inline => unite(inline, child),
            _ => group.rules.push(child),
        }
    }
}

/// One rule of what was written twice.
fn unite(inline: &mut SecurityRule, child: SecurityRule) {
    if same(inline, &child) {
        inline.written = Written::Twice { again: child.span };
        return;
    }
    let again = inline.span;
    let conditional = child.condition.is_some();
    // A child is deployed after its group, and so what it says holds.
    *inline = child;
    inline.written = Written::Twice { again };
    if conditional {
        inline.condition = None;
        let reason =
            "it is written twice, with other values, and one of the two only conditionally";
        inline.unread = Some(unknown(inline.span, reason));
    }
}
