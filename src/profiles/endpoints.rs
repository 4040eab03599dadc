//! Endpoint sets: the host names, tags and prefixes of one service, written once in
//! `rules/endpoints/` and drawn by many rows. `"storage"` draws all of a set that is not
//! optional, `"storage/zones"` one endpoint of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::BuiltIn;
use super::fault::{Fault, ProfileError, near};
use super::forms::{Forms, Place};
use super::requirement::Evidence;
use super::table::{Faults, Kind, Table};
use super::terms::Clouds;
use crate::source::{FileId, Span};

static SET: Kind = Kind { name: "the endpoint set", keys: &["name", "title", "endpoint"] };

static ENDPOINT: Kind = Kind {
    name: "an `[[endpoint]]` table",
    keys: &[
        "id",
        "tags",
        "fqdns",
        "addresses",
        "witnesses",
        "negative-witnesses",
        "cloud",
        "optional",
        "source",
        "as_of",
        "note",
    ],
};

/// The endpoints of one service.
#[derive(Debug)]
pub(super) struct EndpointSet {
    pub(super) name: String,
    pub(super) endpoints: Vec<Endpoint>,
}

/// Some forms of a service, from one document.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) id: String,
    pub(super) forms: Forms,
    pub(super) evidence: Arc<Evidence>,
    /// Drawn only where it is named.
    optional: bool,
}

impl EndpointSet {
    /// The endpoint set written as `text`.
    pub(super) fn read(file: FileId, text: &str) -> Result<Self, Vec<ProfileError>> {
        let mut faults = Faults::new(file, text);
        let set = read_set(&mut faults);
        faults.finish(set)
    }
}

fn read_set(faults: &mut Faults<'_>) -> Option<EndpointSet> {
    let document = faults.parse()?;
    let table = Table::new(&document.value, document.span, &SET, faults);
    let name = table.name("name", faults);
    table.text("title", faults);
    table.need("endpoint", faults);
    let mut seen = BTreeMap::new();
    let mut endpoints = Vec::new();
    for table in table.tables("endpoint", &ENDPOINT, faults) {
        let id = table.name("id", faults);
        if let Some(id) = &id
            && let Some(first) = seen.insert(id.value.clone(), id.span)
        {
            let line = faults.line(first);
            faults.add(id.span, Fault::DuplicateId { id: id.value.clone(), line });
        }
        endpoints.extend(read_endpoint(&table, id.map(|id| id.value), faults));
    }
    Some(EndpointSet { name: name?.value, endpoints })
}

fn read_endpoint(
    table: &Table<'_>,
    id: Option<String>,
    faults: &mut Faults<'_>,
) -> Option<Endpoint> {
    let clouds = table.clouds(faults);
    let mut forms = Forms::read(table, clouds, faults);
    forms.check_witnesses(faults);
    if let Some(note) = table.find("note", faults) {
        note.text(faults);
    }
    let optional = table.flag("optional", faults);
    let source = table.text("source", faults);
    let as_of = table.date(faults);
    let id = id?;
    if forms.is_empty() {
        faults.add(table.span, Fault::NoDestination { id });
        return None;
    }
    let evidence = Evidence { source: source?.value, as_of: as_of?.value };
    Some(Endpoint { id, forms, evidence: Arc::new(evidence), optional })
}

/// The endpoint sets that rows can draw, each read when it is first asked for.
pub(super) struct Shelf<'l> {
    files: &'l [BuiltIn],
    read: BTreeMap<&'l str, Result<EndpointSet, Fault>>,
}

impl<'l> Shelf<'l> {
    pub(super) const fn new(files: &'l [BuiltIn]) -> Self {
        Self { files, read: BTreeMap::new() }
    }

    /// The forms of `name` (`set` or `set/endpoint`) in `clouds`, as asked for at `span`.
    pub(super) fn draw(&mut self, name: &str, clouds: Clouds, span: Span) -> Result<Forms, Fault> {
        let (set, only) = name.split_once('/').map_or((name, None), |(set, id)| (set, Some(id)));
        let set = self.set(set, name)?;
        let mut forms = Forms::default();
        let mut found = false;
        for endpoint in &set.endpoints {
            if only.map_or(!endpoint.optional, |id| id == endpoint.id) {
                forms.add(&endpoint.forms, Place { clouds, evidence: &endpoint.evidence, span });
                found = true;
            }
        }
        if !found {
            let known =
                set.endpoints.iter().map(|one| format!("{}/{}", set.name, one.id)).collect();
            return Err(unknown(name, known));
        }
        Ok(forms)
    }

    fn set(&mut self, set: &str, asked: &str) -> Result<&EndpointSet, Fault> {
        let Some(file) = self.files.iter().find(|file| file.name == set) else {
            return Err(unknown(
                asked,
                self.files.iter().map(|file| file.name.to_owned()).collect(),
            ));
        };
        let read = self.read.entry(file.name).or_insert_with(|| {
            EndpointSet::read(super::BUILT_IN, file.text).map_err(|errors| Fault::BuiltIn {
                name: file.name.to_owned(),
                message: errors.first().map(ToString::to_string).unwrap_or_default(),
            })
        });
        read.as_ref().map_err(Clone::clone)
    }
}

fn unknown(name: &str, known: Vec<String>) -> Fault {
    let near = near(name, &known).cloned();
    Fault::UnknownEndpoints { name: name.to_owned(), near, known }
}
