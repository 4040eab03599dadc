//! From the text of a profile to its rows.

use std::collections::{BTreeMap, BTreeSet};

use super::BuiltIn;
use super::endpoints::Shelf;
use super::fault::{Fault, ProfileError, near};
use super::forms::{Forms, origin, parsed};
use super::requirement::{Profile, Requirement};
use super::table::{Faults, Kind, Table};
use super::terms::{Clouds, PortRange, Protocol};
use crate::source::{FileId, Span, Spanned};

static PROFILE: Kind = Kind { name: "the profile", keys: &["name", "title", "extends", "require"] };

static REQUIRE: Kind = Kind {
    name: "a `[[require]]` table",
    keys: &[
        "id",
        "tags",
        "fqdns",
        "addresses",
        "endpoints",
        "witnesses",
        "negative-witnesses",
        "ports",
        "protocol",
        "severity",
        "source",
        "as_of",
        "from",
        "note",
        "cloud",
        "private-endpoint",
    ],
};

/// The files that a profile may draw on.
#[derive(Clone, Copy)]
pub(super) struct Library<'l> {
    pub(super) profiles: &'l [BuiltIn],
    pub(super) endpoints: &'l [BuiltIn],
}

impl Library<'_> {
    /// The profile written as `text`.
    pub(super) fn read(self, file: FileId, text: &str) -> Result<Profile, Vec<ProfileError>> {
        self.read_below(file, text, &[])
    }

    /// The same for a profile that is extended by `lineage`, the outermost first.
    fn read_below(
        self,
        file: FileId,
        text: &str,
        lineage: &[String],
    ) -> Result<Profile, Vec<ProfileError>> {
        let mut faults = Faults::new(file, text);
        let reader = Reader { library: self, shelf: Shelf::new(self.endpoints), lineage };
        let profile = reader.profile(&mut faults);
        faults.finish(profile)
    }
}

struct Reader<'l> {
    library: Library<'l>,
    shelf: Shelf<'l>,
    lineage: &'l [String],
}

impl Reader<'_> {
    fn profile(mut self, faults: &mut Faults<'_>) -> Option<Profile> {
        let document = faults.parse()?;
        let table = Table::new(&document.value, document.span, &PROFILE, faults);
        let name = table.name("name", faults);
        let title = table.text("title", faults);
        let own_name = name.as_ref().map(|name| name.value.as_str()).unwrap_or_default();
        let mut rows = Rows::default();
        let mut extends = Vec::new();
        let mut names = BTreeSet::new();
        for value in table.list("extends", faults) {
            if !value.is_new(&mut names) {
                continue;
            }
            let Some(base) = value.text(faults).map(|text| text.map(str::to_owned)) else {
                continue;
            };
            match self.base(&base.value, own_name) {
                Ok(profile) => {
                    for row in profile.requirements {
                        rows.inherit(row.moved_to(base.span), faults);
                    }
                }
                Err(fault) => faults.add(base.span, fault),
            }
            extends.push(base);
        }
        let tables = table.tables("require", &REQUIRE, faults);
        if tables.is_empty() && extends.is_empty() && table.find("require", faults).is_none() {
            faults.add(table.span, Fault::NoRequirement);
        }
        for table in &tables {
            let id = table.name("id", faults);
            if let Some(id) = &id {
                rows.claim(id, faults);
            }
            rows.all.extend(self.requirement(table, id, own_name, faults));
        }
        Some(Profile { name: name?, title: title?, extends, requirements: rows.all })
    }

    /// The built-in profile `base`, to be extended by the profile `own_name`.
    fn base(&self, base: &str, own_name: &str) -> Result<Profile, Fault> {
        let mut lineage = self.lineage.to_vec();
        lineage.push(own_name.to_owned());
        if let Some(at) = lineage.iter().position(|name| name == base) {
            let mut chain = lineage.split_off(at);
            chain.push(base.to_owned());
            return Err(Fault::Cycle { chain });
        }
        let Some(file) = self.library.profiles.iter().find(|file| file.name == base) else {
            let known: Vec<_> =
                self.library.profiles.iter().map(|file| file.name.to_owned()).collect();
            let near = near(base, &known).cloned();
            return Err(Fault::UnknownProfile { name: base.to_owned(), near, known });
        };
        self.library.read_below(super::BUILT_IN, file.text, &lineage).map_err(|errors| {
            let name = base.to_owned();
            match errors.into_iter().next().map(|error| error.fault) {
                // Already told in full, from the outermost profile on.
                Some(inner @ (Fault::Cycle { .. } | Fault::BuiltIn { .. })) => inner,
                inner => {
                    let message = inner.map(|fault| fault.to_string()).unwrap_or_default();
                    Fault::BuiltIn { name, message }
                }
            }
        })
    }

    fn requirement(
        &mut self,
        table: &Table<'_>,
        id: Option<Spanned<String>>,
        profile: &str,
        faults: &mut Faults<'_>,
    ) -> Option<Requirement> {
        let clouds = table.clouds(faults);
        let forms = self.forms(table, clouds, id.as_ref(), faults);
        let protocol = table.word::<Protocol>("protocol", faults);
        let ports = ports(table, protocol.as_ref().map(|word| word.value), faults);
        let severity = table.word("severity", faults);
        let source = table.text("source", faults);
        let as_of = table.date(faults);
        let from = table.list("from", faults);
        let from = from
            .iter()
            .filter_map(|item| Some(Spanned::new(parsed(item, faults, origin)?, item.span)))
            .collect();
        let note = table.find("note", faults).and_then(|note| note.text(faults));
        let private_endpoint = table.flag("private-endpoint", faults);
        Some(Requirement {
            id: id?,
            profile: profile.to_owned(),
            tags: forms.tags,
            fqdns: forms.fqdns,
            addresses: forms.addresses,
            witnesses: forms.witnesses,
            negative_witnesses: forms.negative_witnesses,
            ports,
            protocol: protocol?,
            severity: severity?,
            source: source?,
            as_of: as_of?,
            from,
            note: note.map(|text| text.map(str::to_owned)),
            clouds,
            private_endpoint,
            span: table.span,
        })
    }

    /// The forms of a row: its own, and for those it does not write, those of its endpoints.
    fn forms(
        &mut self,
        table: &Table<'_>,
        clouds: Clouds,
        id: Option<&Spanned<String>>,
        faults: &mut Faults<'_>,
    ) -> Forms {
        let before = faults.count();
        let mut forms = Forms::read(table, clouds, faults);
        let mut drawn = Forms::default();
        let mut names = BTreeSet::new();
        for name in table.list("endpoints", faults) {
            if !name.is_new(&mut names) {
                continue;
            }
            let draw = |text: &str| self.shelf.draw(text, clouds, name.span);
            if let Some(more) = parsed(&name, faults, draw) {
                drawn.append(more);
            }
        }
        forms.fill_from(drawn);
        // Otherwise the row tried to name one, and that fault is told already.
        if faults.count() == before {
            if forms.is_empty() {
                let id = id.map_or_else(|| "(no id)".to_owned(), |id| id.value.clone());
                faults.add(table.span, Fault::NoDestination { id });
            }
            forms.check_witnesses(faults);
        }
        forms
    }
}

fn ports(
    table: &Table<'_>,
    protocol: Option<Protocol>,
    faults: &mut Faults<'_>,
) -> Vec<Spanned<PortRange>> {
    if protocol == Some(Protocol::Icmp) {
        if let Some(ports) = table.find("ports", faults) {
            faults.add(ports.span, Fault::PortsOfIcmp);
        }
        return Vec::new();
    }
    table.need("ports", faults);
    let ports = table.list("ports", faults);
    ports.iter().filter_map(|port| port.ports(faults)).collect()
}

/// The rows so far, and who has which id.
#[derive(Default)]
struct Rows {
    all: Vec<Requirement>,
    own: BTreeMap<String, Span>,
    inherited: BTreeMap<String, String>,
}

impl Rows {
    /// Takes over a row of an extended profile. The same row by two ways is one row; two rows of
    /// one id are a fault, for nobody could say which of them a report means.
    fn inherit(&mut self, row: Requirement, faults: &mut Faults<'_>) {
        let id = row.id.value.clone();
        match self.inherited.get(&id) {
            None => {
                self.inherited.insert(id, row.profile.clone());
                self.all.push(row);
            }
            Some(profile) if *profile == row.profile => {}
            Some(profile) => {
                let profile = profile.clone();
                faults.add(row.span, Fault::InheritedId { id, profile });
            }
        }
    }

    fn claim(&mut self, id: &Spanned<String>, faults: &mut Faults<'_>) {
        if let Some(first) = self.own.insert(id.value.clone(), id.span) {
            let line = faults.line(first);
            faults.add(id.span, Fault::DuplicateId { id: id.value.clone(), line });
        }
        if let Some(profile) = self.inherited.get(&id.value) {
            let (id, span) = (id.value.clone(), id.span);
            faults.add(span, Fault::InheritedId { id, profile: profile.clone() });
        }
    }
}
