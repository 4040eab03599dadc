//! A profile and its rows, as read.

use std::sync::Arc;

use ipnetwork::IpNetwork;

use super::pattern::{FqdnPattern, Origin, TagPattern};
use super::terms::{AsOf, Cloud, Clouds, PortRange, Protocol, Severity};
use crate::source::{Span, Spanned};

/// What a workload must reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name on the command line and in reports.
    pub name: Spanned<String>,
    /// One line for people.
    pub title: Spanned<String>,
    /// The built-in profiles whose rows it takes over.
    pub extends: Vec<Spanned<String>>,
    /// The rows: those of the extended profiles first, then its own, in the order of the file.
    pub requirements: Vec<Requirement>,
}

impl Profile {
    /// The rows that hold in `cloud`.
    pub fn requirements(&self, cloud: Cloud) -> impl Iterator<Item = &Requirement> {
        self.requirements.iter().filter(move |row| row.clouds.contains(cloud))
    }
}

/// One destination that has to be reachable.
///
/// `tags`, `fqdns` and `addresses` are forms of the *same* destination: whoever judges takes the
/// form that it can decide. The values inside one form add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The id, unique in its profile.
    pub id: Spanned<String>,
    /// The profile whose file has the row; another than the one at hand where it was extended.
    pub profile: String,
    /// The destination as service tags.
    pub tags: Vec<Form<TagPattern>>,
    /// The destination as host names.
    pub fqdns: Vec<Form<FqdnPattern>>,
    /// The destination as prefixes.
    pub addresses: Vec<Form<IpNetwork>>,
    /// Real hosts that the host names must cover, in lower case.
    pub witnesses: Vec<Form<String>>,
    /// Hosts that look alike and must stay outside, in lower case.
    pub negative_witnesses: Vec<Form<String>>,
    /// The ports; none only for ICMP.
    pub ports: Vec<Spanned<PortRange>>,
    /// The protocol.
    pub protocol: Spanned<Protocol>,
    /// The level of a finding when the row is blocked under a named profile.
    pub severity: Spanned<Severity>,
    /// The document that asks for it.
    pub source: Spanned<String>,
    /// The date of that document.
    pub as_of: Spanned<AsOf>,
    /// Where the traffic starts; empty: at the machines behind the policy.
    pub from: Vec<Spanned<Origin>>,
    /// What else a reader should know.
    pub note: Option<Spanned<String>>,
    /// The clouds in which the row holds.
    pub clouds: Clouds,
    /// Can a private endpoint of the vault take the place of this destination?
    pub private_endpoint: bool,
    /// The table.
    pub span: Span,
}

impl Requirement {
    /// The tags of the destination in `cloud`.
    pub fn tags(&self, cloud: Cloud) -> impl Iterator<Item = &Form<TagPattern>> {
        self.tags.iter().filter(move |form| form.clouds.contains(cloud))
    }

    /// The host names of the destination in `cloud`.
    pub fn fqdns(&self, cloud: Cloud) -> impl Iterator<Item = &Form<FqdnPattern>> {
        self.fqdns.iter().filter(move |form| form.clouds.contains(cloud))
    }

    /// The prefixes of the destination in `cloud`.
    pub fn addresses(&self, cloud: Cloud) -> impl Iterator<Item = &Form<IpNetwork>> {
        self.addresses.iter().filter(move |form| form.clouds.contains(cloud))
    }

    /// The hosts to try in `cloud`.
    pub fn witnesses(&self, cloud: Cloud) -> impl Iterator<Item = &Form<String>> {
        self.witnesses.iter().filter(move |form| form.clouds.contains(cloud))
    }

    /// The same row with every place at `span`: a row drawn from another file is reported where
    /// the file at hand asks for it.
    pub(super) fn moved_to(mut self, span: Span) -> Self {
        fn all<T>(forms: &mut [Form<T>], span: Span) {
            for form in forms {
                form.span = span;
            }
        }
        all(&mut self.tags, span);
        all(&mut self.fqdns, span);
        all(&mut self.addresses, span);
        all(&mut self.witnesses, span);
        all(&mut self.negative_witnesses, span);
        for port in &mut self.ports {
            port.span = span;
        }
        for origin in &mut self.from {
            origin.span = span;
        }
        if let Some(note) = &mut self.note {
            note.span = span;
        }
        self.id.span = span;
        self.protocol.span = span;
        self.severity.span = span;
        self.source.span = span;
        self.as_of.span = span;
        self.span = span;
        self
    }
}

/// One value of a form, where it holds, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form<T> {
    /// The value.
    pub value: T,
    /// The clouds in which it holds, within those of the row.
    pub clouds: Clouds,
    /// Its own document, where it was drawn from an endpoint set; else the row's.
    pub evidence: Option<Arc<Evidence>>,
    /// Where it was written, or where its endpoint set was named.
    pub span: Span,
}

/// A document and its date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The document.
    pub source: String,
    /// Its date.
    pub as_of: AsOf,
}
