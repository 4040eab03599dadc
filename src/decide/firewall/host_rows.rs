//! Application rules as sets of host names (FW-050 to FW-067).

use super::{
    FirewallView,
    hosts::Call,
    packets::Fits,
    sides::{self, Which, Words},
};
use crate::{
    decide::extent::{Extent, Why},
    model::{Access, ApplicationProtocolKind, ApplicationRule, Ends, Field, FirewallAddress},
    names::{Action, HostSet, Part, Row},
    space::Ranges,
};
use std::sync::Arc;

/// Names under which the infrastructure collection may have some: the list is not published, and
/// all that is said of it is storage, diagnostics and logging of the platform (FW-050).
const INFRASTRUCTURE: [&str; 6] = [
    "azure.com",
    "azure.net",
    "core.windows.net",
    "microsoft.com",
    "microsoftmetrics.com",
    "windowsazure.com",
];

/// An application rule.
#[derive(Debug)]
pub(super) struct HostRow {
    /// The place of the entry.
    pub(super) entry: usize,
    pub(super) source: Extent<u32>,
    pub(super) protocols: Vec<(Option<ApplicationProtocolKind>, Option<u16>)>,
    /// Whether it may be for other protocols, too.
    is_open: bool,
    /// Why its protocols are not known exactly.
    unspoken: Option<Why>,
    pub(super) action: Option<Access>,
    /// Why it is not sure that it is here at all.
    pub(super) why: Option<Why>,
    /// Why its names are not known exactly.
    unnamed: Option<Why>,
    /// It holds names that a question for this FQDN tag is about (FW-066).
    pub(super) tags: Vec<String>,
}

impl HostRow {
    pub(super) fn part(&self, call: Call) -> Part {
        if self.entry_is_infrastructure() && !call.platform {
            return Part::Absent;
        }
        let source = if self.source.surely.contains(call.source) {
            Fits::Yes
        } else if self.source.perhaps.contains(call.source) {
            Fits::Perhaps
        } else {
            Fits::No
        };
        let here = if self.why.is_some() { Fits::Perhaps } else { Fits::Yes };
        let action = match self.action {
            Some(Access::Allow) => Action::Allow,
            Some(Access::Deny) => Action::Deny,
            None => Action::Unknown,
        };
        match source.and(self.carries(call)).and(here) {
            Fits::No => Part::Absent,
            Fits::Perhaps => Part::Perhaps(action),
            Fits::Yes => Part::Surely(action),
        }
    }

    const fn entry_is_infrastructure(&self) -> bool {
        matches!(self.unnamed, Some(Why::Platform))
    }

    /// FW-018, FW-053
    fn carries(&self, call: Call) -> Fits {
        let Some(kind) = call.kind else { return Fits::No };
        let fits = self.protocols.iter().map(|(own, port)| {
            let of_kind = match own {
                Some(own) if *own == kind => Fits::Yes,
                Some(_) => Fits::No,
                None => Fits::Perhaps,
            };
            let of_port = match port {
                Some(port) if *port == call.port => Fits::Yes,
                Some(_) => Fits::No,
                None => Fits::Perhaps,
            };
            of_kind.and(of_port)
        });
        let open = if self.is_open { Fits::Perhaps } else { Fits::No };
        fits.fold(open, Fits::max)
    }

    /// Why it is not known exactly what it matches.
    pub(super) fn doubt(&self) -> Option<Why> {
        let all = [&self.why, &self.source.why, &self.unspoken, &self.unnamed];
        all.into_iter().find_map(Clone::clone)
    }
}

/// `None` where Azure skips the rule (FW-071).
pub(super) fn row(
    view: &FirewallView<'_>,
    source: &Ends,
    rule: &ApplicationRule,
) -> Option<(HostRow, Row)> {
    let words = Words { lexicon: view.lexicon, groups: &view.groups, named: &[] };
    let source = sides::side::<u32>(words, source, Which::Source, false);
    if source.is_skipped {
        return None;
    }
    let mut source = source.extent;
    if let Some(reason) = elsewhere(&rule.destination) {
        // FW-051: what destinations do in an application rule nobody has confirmed.
        source.surely = Arc::new(Ranges::empty());
        source.why.get_or_insert_with(|| Why::Value(reason.into()));
    }
    let Spoken { protocols, is_open, why: unspoken } = protocols(rule);
    let (set, unnamed) = hosts(rule);
    let row = HostRow {
        entry: 0,
        source,
        protocols,
        is_open,
        unspoken,
        action: None,
        why: None,
        unnamed,
        tags: rule.fqdn_tags.items.iter().map(|it| it.value.clone()).collect(),
    };
    Some((row, set))
}

fn elsewhere(ends: &Ends) -> Option<&'static str> {
    let is_any = |it: &crate::model::FirewallAddressItem| it.value == FirewallAddress::Any;
    let says_nothing = ends.addresses.iter().all(is_any)
        && ends.ip_groups.is_empty()
        && ends.opaque.is_empty()
        && ends.unread.is_none();
    (!says_nothing)
        .then_some("what destination addresses do in an application rule is not documented")
}

/// The protocols of a rule.
struct Spoken {
    protocols: Vec<(Option<ApplicationProtocolKind>, Option<u16>)>,
    /// Whether there may be others.
    is_open: bool,
    why: Option<Why>,
}

impl Spoken {
    /// Notes a reason for which the rule may be for any protocol.
    fn opens(&mut self, why: Why) {
        self.is_open = true;
        self.why = Some(why);
    }

    fn doubt(&mut self, why: Why) {
        self.why.get_or_insert(why);
    }
}

fn protocols(rule: &ApplicationRule) -> Spoken {
    let mut all = Spoken { protocols: Vec::new(), is_open: false, why: None };
    if let Some(unread) = &rule.protocols_unread {
        all.opens(Why::Value(unread.reason.clone()));
    }
    for item in &rule.protocols {
        let kind = match &item.kind {
            Field::Known(read) => Some(read.value),
            Field::Unknown(why) => {
                all.doubt(Why::Value(why.reason.clone()));
                None
            }
            Field::Invalid { text, .. } => {
                all.opens(Why::Refused(format!("`{text}`").into()));
                continue;
            }
            Field::Missing => {
                all.opens(Why::Refused("a protocol without a type".into()));
                continue;
            }
        };
        let port = match &item.port {
            Field::Known(read) => match u16::try_from(read.value) {
                Ok(port) => Some(port),
                Err(_) => {
                    all.opens(Why::Refused(format!("the port {}", read.value).into()));
                    continue;
                }
            },
            Field::Unknown(why) => {
                all.doubt(Why::Value(why.reason.clone()));
                None
            }
            Field::Invalid { text, .. } => {
                all.opens(Why::Refused(format!("`{text}`").into()));
                continue;
            }
            Field::Missing => {
                all.doubt(Why::Value("one of its protocols has no port".into()));
                None
            }
        };
        all.protocols.push((kind, port));
    }
    if all.protocols.is_empty() && !all.is_open {
        all.opens(Why::Refused("an application rule without a protocol".into()));
    }
    all
}

/// The names of a rule, and why they are not known exactly.
fn hosts(rule: &ApplicationRule) -> (Row, Option<Why>) {
    let mut why = None;
    let mut surely = Vec::new();
    let mut perhaps = Vec::new();
    for name in &rule.fqdns.items {
        match HostSet::left_star(&name.value) {
            Ok(set) => surely.push(set),
            Err(_) => {
                // FW-060: the rule does not exist as it stands.
                why = Some(Why::Refused(format!("`{}` as a host name", name.value).into()));
                perhaps.push(HostSet::glob(&name.value).unwrap_or_else(|_| HostSet::all()));
            }
        }
    }
    for url in &rule.urls.items {
        // FW-061: of the requests to a host, those for some paths.
        let reason = format!("which requests the URL `{}` matches hangs on their paths", url.value);
        why.get_or_insert_with(|| Why::Value(reason.into()));
        perhaps.push(host_of(&url.value));
    }
    let opaque = [
        (&rule.fqdn_tags, "the names behind the FQDN tag"),
        (&rule.web_categories, "the names in the web category"),
    ];
    for (list, what) in opaque {
        for item in &list.items {
            // FW-063, FW-066
            let reason = format!("{what} `{}` are not published", item.value);
            why.get_or_insert_with(|| Why::Value(reason.into()));
            perhaps.push(HostSet::all());
        }
    }
    let lists = [&rule.fqdns, &rule.fqdn_tags, &rule.urls, &rule.web_categories];
    if let Some(unknown) = lists.iter().find_map(|list| list.unknown.first()) {
        why.get_or_insert_with(|| Why::Value(unknown.reason.clone()));
        perhaps.push(HostSet::all());
    }
    if lists.iter().all(|list| list.is_empty()) {
        // FW-051
        why = Some(Why::Refused("an application rule without a target".into()));
        perhaps.push(HostSet::all());
    }
    let surely: HostSet = surely.into_iter().collect();
    match &why {
        None => (Row::exact(surely), None),
        Some(Why::Refused(_)) => {
            let perhaps = perhaps.into_iter().chain([surely]).collect();
            (Row::between(HostSet::none(), &perhaps), why)
        }
        Some(_) => (Row::between(surely, &perhaps.into_iter().collect()), why),
    }
}

/// The hosts that a URL pattern is for, or more.
fn host_of(url: &str) -> HostSet {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', ':', '?']).next().unwrap_or(rest);
    HostSet::left_star(host).or_else(|_| HostSet::glob(host)).unwrap_or_else(|_| HostSet::all())
}

/// A rule of which nothing is known.
pub(super) fn anything() -> (HostRow, Row) {
    let row = HostRow {
        entry: 0,
        source: Extent::exact(Arc::new(Ranges::all())),
        protocols: Vec::new(),
        is_open: true,
        unspoken: None,
        action: None,
        why: None,
        unnamed: None,
        tags: Vec::new(),
    };
    (row, Row::between(HostSet::none(), &HostSet::all()))
}

/// FW-050
pub(super) fn infrastructure() -> (HostRow, Row) {
    let under = INFRASTRUCTURE.iter().filter_map(|it| HostSet::under(it).ok());
    let perhaps: HostSet = under.collect();
    let row = HostRow {
        entry: 0,
        source: Extent::exact(Arc::new(Ranges::all())),
        protocols: vec![
            (Some(ApplicationProtocolKind::Http), Some(80)),
            (Some(ApplicationProtocolKind::Https), Some(443)),
        ],
        is_open: false,
        unspoken: None,
        action: None,
        why: None,
        unnamed: Some(Why::Platform),
        tags: Vec::new(),
    };
    (row, Row::between(HostSet::none(), &perhaps))
}
