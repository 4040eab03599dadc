//! What a lint is: one constant with its page, and one pure function from facts to remarks.

use crate::{
    decide::{FirewallView, IdleRule, Judged, NsgPolicy},
    model::{Address, Direction, Estate, Nsg, SecurityRule},
    profiles::Cloud,
    source::Span,
    tags::{Catalogue, Special, Tag, special},
    verdict::Flow,
};
use std::collections::BTreeMap;

/// How loud a lint is by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Says nothing unless selected: an opinion that fires on sound policy.
    Off,
    /// A note.
    Note,
    /// A warning.
    Warning,
    /// An error.
    Error,
}

/// A place, and what to say there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// A few words for the caret line.
    pub text: String,
}

/// A change to the text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What to replace; an empty span inserts.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// A change that mends a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, for a person; may hold a rule ready to paste.
    pub description: String,
    /// The edits, all in files of the run; empty where pasting is left to the reader.
    pub edits: Vec<Edit>,
}

/// A lint.
#[derive(Debug)]
pub struct Lint {
    /// Kebab-case, names the fault, never changes.
    pub id: &'static str,
    /// One line for lists.
    pub summary: &'static str,
    /// The whole page, from `rules/lints/<id>.md`.
    pub page: &'static str,
    /// How loud it is unless the user says otherwise.
    pub level: Level,
    /// The release that brought it.
    pub since: &'static str,
    /// What it looks at and says. Pure: the same facts give the same remarks.
    pub check: Check,
}

/// What a lint looks at.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// One network security group after the other.
    Nsg(fn(&Facts<'_>) -> Vec<Remark>),
    /// Everything of the run at once: firewalls, routes, subnets. Each remark names its resource.
    Estate(fn(&Whole<'_>) -> Vec<Remark>),
}

/// What is known when a lint looks at everything of the run.
#[derive(Clone, Copy, Debug)]
pub struct Whole<'a> {
    /// Everything of the run.
    pub estate: &'a Estate,
    /// The service tag list.
    pub tags: &'a Catalogue,
}

/// A resource that is no network security group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The Azure resource type, such as `Microsoft.Network/routeTables`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// The whole resource.
    pub span: Span,
}

/// What is known when a lint looks at one group.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Everything of the run.
    pub estate: &'a Estate,
    /// The group in evaluation order; `policy.nsg` is the group as written.
    pub policy: &'a NsgPolicy<'a>,
    /// Rules that decide nothing or repeat others, inbound and outbound.
    pub idle: &'a [(Direction, Vec<IdleRule>)],
    /// The verdict on every row that was asked of this group.
    pub judged: &'a [Judged<'a>],
    /// The service tag list.
    pub tags: &'a Catalogue,
    /// Every tag that the group names.
    pub mentions: &'a [Mention<'a>],
    /// The region that the user gave; else see `policy.nsg.location`.
    pub region: Option<&'a str>,
    /// Days since 1970-01-01 today, where the clock may be asked.
    pub today: Option<u32>,
}

/// What is known when a lint looks at one firewall.
#[derive(Debug)]
pub struct FirewallFacts<'a> {
    /// Everything of the run.
    pub estate: &'a Estate,
    /// The firewall in processing order.
    pub view: &'a FirewallView<'a>,
    /// The verdict on every row that was asked of it.
    pub judged: &'a [Judged<'a>],
    /// The service tag list.
    pub tags: &'a Catalogue,
    /// The cloud.
    pub cloud: Cloud,
}

impl<'a> Facts<'a> {
    /// The group as written.
    pub const fn nsg(&self) -> &'a Nsg {
        self.policy.nsg
    }

    /// The customer's rules as written.
    pub fn rules(&self) -> impl Iterator<Item = &'a SecurityRule> {
        self.policy.nsg.rules.iter()
    }
}

/// A tag that a rule names, and what it is.
#[derive(Clone, Copy, Debug)]
pub struct Mention<'a> {
    /// The rule.
    pub rule: &'a SecurityRule,
    /// It is among the sources; else among the destinations.
    pub is_source: bool,
    /// The name as written.
    pub name: &'a str,
    /// Where it was written.
    pub span: Span,
    /// The tag of that name, if the list has it.
    pub tag: Option<Tag<'a>>,
    /// The tag of that name that needs no list.
    pub special: Option<Special>,
}

impl<'a> Mention<'a> {
    /// All tags that `nsg` names, in the order of its rules, sources first. A dozen lints ask for
    /// them, and a group says the same few names over and over.
    pub fn all(nsg: &'a Nsg, tags: &'a Catalogue) -> Vec<Self> {
        let mut known: BTreeMap<&str, (Option<Tag<'a>>, Option<Special>)> = BTreeMap::new();
        let sides = nsg.rules.iter().flat_map(|rule| {
            [(rule, true, &rule.source), (rule, false, &rule.destination)].into_iter()
        });
        let items = sides.flat_map(|(rule, is_source, side)| {
            side.items.iter().map(move |it| (rule, is_source, it))
        });
        items
            .filter_map(|(rule, is_source, item)| {
                let Address::Tag(name) = &item.value else { return None };
                let (tag, special) =
                    *known.entry(name).or_insert_with(|| (tags.get(name), special(name)));
                Some(Self { rule, is_source, name, span: item.span, tag, special })
            })
            .collect()
    }
}

/// So many findings of one lint are told of one file; more are only counted.
pub const MAX_OF_ONE: usize = 1_000;

/// What a lint says: a place, a sentence, and the evidence. Who says it is known to the caller.
#[derive(Clone, Debug, Default)]
pub struct Remark {
    /// One sentence, lower case, no full stop: what is.
    pub message: String,
    /// The resource it is about, where the lint looks at everything; else it is the group.
    pub subject: Option<Subject>,
    /// The rule it is about.
    pub rule: Option<String>,
    /// The place, with a few words for the caret line.
    pub primary: Option<Label>,
    /// Other places that matter.
    pub related: Vec<Label>,
    /// A packet that shows it.
    pub witness: Option<Flow>,
    /// Another level than the lint's own, for this remark.
    pub level: Option<Level>,
    /// The row it is about: an index into [`Facts::judged`]. A lint about requirements that speaks
    /// of the same row goes before.
    pub judged: Option<usize>,
    /// Rows of other profiles that ask for the same, and of which it says the same.
    pub also_judged: Vec<usize>,
    /// What to do.
    pub help: Option<String>,
    /// A change that mends it.
    pub fix: Option<Fix>,
    /// How many others it stands for, which are not told.
    pub more: usize,
}

impl Remark {
    /// The first of `remarks`, [`MAX_OF_ONE`] and one that stands for the others: memory for
    /// millions of them is not spent on what nobody is told.
    pub fn first(mut remarks: impl Iterator<Item = Self>) -> Vec<Self> {
        let mut first: Vec<Self> = remarks.by_ref().take(MAX_OF_ONE + 1).collect();
        let more = remarks.count();
        if let Some(last) = first.last_mut() {
            last.more += more;
        }
        first
    }

    /// A remark about `rule`, at `span`, which the caret line calls `label`.
    pub fn about(
        rule: &SecurityRule,
        span: Span,
        label: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            message: message.into(),
            rule: Some(rule.name.value.clone()),
            primary: Some(Label { span, text: label.into() }),
            ..Self::default()
        }
    }

    /// A remark about a whole group.
    pub fn on(nsg: &Nsg, label: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            primary: Some(Label { span: nsg.name.span, text: label.into() }),
            ..Self::default()
        }
    }

    /// With what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With another place that matters.
    #[must_use]
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push(Label { span, text: label.into() });
        self
    }

    /// At another level than the lint's own.
    #[must_use]
    pub const fn at(mut self, level: Level) -> Self {
        self.level = Some(level);
        self
    }
}
