//! A profile as `egresslint profiles` shows it: plain values to serialize or to print.

use serde::Serialize;

use super::requirement::{Form, Profile, Requirement};
use super::terms::{AsOf, Cloud, Clouds, PortRange, Protocol, Severity};

/// A profile and what each of its rows asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProfileView<'p> {
    /// The name.
    pub name: &'p str,
    /// One line for people.
    pub title: &'p str,
    /// The profiles whose rows it takes over.
    pub extends: Vec<&'p str>,
    /// The rows.
    pub requirements: Vec<RequirementView<'p>>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequirementView<'p> {
    /// The id.
    pub id: &'p str,
    /// The profile whose file has the row.
    pub profile: &'p str,
    /// The level of a finding when it is blocked.
    pub severity: Severity,
    /// The protocol.
    pub protocol: Protocol,
    /// Ports as numbers or `low-high`.
    pub ports: Vec<PortRange>,
    /// Service tags, `{region}` not filled in.
    pub tags: Vec<FormView<'p>>,
    /// Host names, `{region}` and `{geo}` not filled in.
    pub fqdns: Vec<FormView<'p>>,
    /// Prefixes.
    pub addresses: Vec<FormView<'p>>,
    /// Real hosts that the host names must cover.
    pub witnesses: Vec<FormView<'p>>,
    /// Tags or prefixes at which the traffic starts; empty: at the machines behind the policy.
    pub from: Vec<String>,
    /// The clouds in which the row holds.
    pub clouds: Clouds,
    /// Can a private endpoint of the vault take its place?
    pub private_endpoint: bool,
    /// The document.
    pub source: &'p str,
    /// Its date.
    pub as_of: AsOf,
    /// What else to know.
    pub note: Option<&'p str>,
}

/// One value of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FormView<'p> {
    /// The value.
    pub value: String,
    /// The clouds in which it holds.
    pub clouds: Clouds,
    /// The document of this value, the row's unless it has its own.
    pub source: &'p str,
    /// The date of that document.
    pub as_of: AsOf,
}

impl<'p> ProfileView<'p> {
    /// All of `profile`, or only what holds in `cloud`.
    pub fn new(profile: &'p Profile, cloud: Option<Cloud>) -> Self {
        let here = |row: &&Requirement| cloud.is_none_or(|cloud| row.clouds.contains(cloud));
        let rows = profile.requirements.iter().filter(here);
        Self {
            name: &profile.name.value,
            title: &profile.title.value,
            extends: profile.extends.iter().map(|base| base.value.as_str()).collect(),
            requirements: rows.map(|row| RequirementView::new(row, cloud)).collect(),
        }
    }
}

impl<'p> RequirementView<'p> {
    fn new(row: &'p Requirement, cloud: Option<Cloud>) -> Self {
        Self {
            id: &row.id.value,
            profile: &row.profile,
            severity: row.severity.value,
            protocol: row.protocol.value,
            ports: row.ports.iter().map(|port| port.value).collect(),
            tags: forms(row, &row.tags, cloud),
            fqdns: forms(row, &row.fqdns, cloud),
            addresses: forms(row, &row.addresses, cloud),
            witnesses: forms(row, &row.witnesses, cloud),
            from: row.from.iter().map(|origin| origin.value.to_string()).collect(),
            clouds: row.clouds,
            private_endpoint: row.private_endpoint,
            source: &row.source.value,
            as_of: row.as_of.value,
            note: row.note.as_ref().map(|note| note.value.as_str()),
        }
    }
}

fn forms<'p, T: ToString>(
    row: &'p Requirement,
    forms: &'p [Form<T>],
    cloud: Option<Cloud>,
) -> Vec<FormView<'p>> {
    let here = |form: &&Form<T>| cloud.is_none_or(|cloud| form.clouds.contains(cloud));
    let view = |form: &'p Form<T>| {
        let (source, as_of) = form
            .evidence
            .as_deref()
            .map_or((row.source.value.as_str(), row.as_of.value), |evidence| {
                (evidence.source.as_str(), evidence.as_of)
            });
        FormView { value: form.value.to_string(), clouds: form.clouds, source, as_of }
    };
    forms.iter().filter(here).map(view).collect()
}
