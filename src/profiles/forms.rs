//! The forms of a destination, as a requirement or an endpoint writes them.

use std::sync::Arc;

use ipnetwork::IpNetwork;

use super::fault::Fault;
use super::pattern::{FqdnPattern, Origin, TagPattern};
use super::requirement::{Evidence, Form};
use super::table::{Faults, Table, Value};
use super::terms::Clouds;
use crate::source::Span;

/// The forms of one destination.
#[derive(Clone, Debug, Default)]
pub(super) struct Forms {
    pub(super) tags: Vec<Form<TagPattern>>,
    pub(super) fqdns: Vec<Form<FqdnPattern>>,
    pub(super) addresses: Vec<Form<IpNetwork>>,
    pub(super) witnesses: Vec<Form<String>>,
    pub(super) negative_witnesses: Vec<Form<String>>,
}

impl Forms {
    /// The forms that `table` writes itself.
    pub(super) fn read(table: &Table<'_>, clouds: Clouds, faults: &mut Faults<'_>) -> Self {
        Self {
            tags: each(table, "tags", clouds, faults, tag),
            fqdns: each(table, "fqdns", clouds, faults, fqdn),
            addresses: each(table, "addresses", clouds, faults, address),
            witnesses: each(table, "witnesses", clouds, faults, host),
            negative_witnesses: each(table, "negative-witnesses", clouds, faults, host),
        }
    }

    /// Is there no destination at all?
    pub(super) const fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.fqdns.is_empty() && self.addresses.is_empty()
    }

    /// Adds the forms of `other`; those that hold in none of `clouds` are left out.
    pub(super) fn add(&mut self, other: &Self, place: Place<'_>) {
        place.extend(&mut self.tags, &other.tags);
        place.extend(&mut self.fqdns, &other.fqdns);
        place.extend(&mut self.addresses, &other.addresses);
        place.extend(&mut self.witnesses, &other.witnesses);
        place.extend(&mut self.negative_witnesses, &other.negative_witnesses);
    }

    /// Adds the forms of `other` as they are.
    pub(super) fn append(&mut self, other: Self) {
        self.tags.extend(other.tags);
        self.fqdns.extend(other.fqdns);
        self.addresses.extend(other.addresses);
        self.witnesses.extend(other.witnesses);
        self.negative_witnesses.extend(other.negative_witnesses);
    }

    /// Adds of `drawn` each form that is not here: what a row writes itself, it means so
    /// (`Storage.{region}` instead of the set's `Storage`). Witnesses go with their host names.
    pub(super) fn fill_from(&mut self, drawn: Self) {
        if self.tags.is_empty() {
            self.tags = drawn.tags;
        }
        if self.addresses.is_empty() {
            self.addresses = drawn.addresses;
        }
        if self.fqdns.is_empty() {
            self.fqdns = drawn.fqdns;
            self.witnesses.extend(drawn.witnesses);
            self.negative_witnesses.extend(drawn.negative_witnesses);
        }
    }

    /// A witness outside the patterns, or a negative one inside, is a slip in one of the two.
    pub(super) fn check_witnesses(&mut self, faults: &mut Faults<'_>) {
        for witness in &self.witnesses {
            if self.covering(witness).is_none() {
                let host = witness.value.clone();
                faults.add(witness.span, Fault::WitnessOutside { host });
            }
        }
        let negative = std::mem::take(&mut self.negative_witnesses);
        for witness in negative {
            match self.covering(&witness) {
                None => self.negative_witnesses.push(witness),
                Some(pattern) if witness.evidence.is_none() => {
                    let (host, pattern) = (witness.value, pattern.text.clone());
                    faults.add(witness.span, Fault::WitnessInside { host, pattern });
                }
                // Outside its own endpoint, but another endpoint of the row is wider.
                Some(_) => {}
            }
        }
    }

    /// The pattern that covers `witness` in a cloud of both.
    fn covering(&self, witness: &Form<String>) -> Option<&FqdnPattern> {
        let shared = |fqdn: &&Form<FqdnPattern>| {
            !fqdn.clouds.intersection(witness.clouds).is_empty()
                && fqdn.value.covers(&witness.value)
        };
        self.fqdns.iter().find(shared).map(|fqdn| &fqdn.value)
    }
}

/// Where drawn forms go: the clouds of the row, the document they come from, the place that
/// asked for them.
#[derive(Clone, Copy)]
pub(super) struct Place<'e> {
    pub(super) clouds: Clouds,
    pub(super) evidence: &'e Arc<Evidence>,
    pub(super) span: Span,
}

impl Place<'_> {
    fn extend<T: Clone>(self, forms: &mut Vec<Form<T>>, drawn: &[Form<T>]) {
        forms.extend(drawn.iter().filter_map(|form| {
            let clouds = form.clouds.intersection(self.clouds);
            let evidence = Some(Arc::clone(self.evidence));
            let value = form.value.clone();
            (!clouds.is_empty()).then_some(Form { value, clouds, evidence, span: self.span })
        }));
    }
}

fn each<T>(
    table: &Table<'_>,
    key: &'static str,
    clouds: Clouds,
    faults: &mut Faults<'_>,
    read: impl Fn(&str) -> Result<T, Fault>,
) -> Vec<Form<T>> {
    let mut forms = Vec::new();
    for item in table.list(key, faults) {
        if let Some(value) = parsed(&item, faults, &read) {
            forms.push(Form { value, clouds, evidence: None, span: item.span });
        }
    }
    forms
}

/// The text of `item` as `read` reads it.
pub(super) fn parsed<T>(
    item: &Value<'_>,
    faults: &mut Faults<'_>,
    read: impl FnOnce(&str) -> Result<T, Fault>,
) -> Option<T> {
    let text = item.text(faults)?;
    read(text.value).map_err(|fault| faults.add(item.span, fault)).ok()
}

/// Where traffic starts: what looks like an address has to be one, the rest is a tag.
pub(super) fn origin(text: &str) -> Result<Origin, Fault> {
    let numeric = text.starts_with(|c: char| c.is_ascii_digit()) || text.contains([':', '/']);
    if numeric { address(text).map(Origin::Address) } else { tag(text).map(Origin::Tag) }
}

fn tag(text: &str) -> Result<TagPattern, Fault> {
    TagPattern::parse(text).map_err(|flaw| Fault::Tag { text: text.to_owned(), flaw })
}

fn fqdn(text: &str) -> Result<FqdnPattern, Fault> {
    FqdnPattern::parse(text).map_err(|flaw| Fault::Host { text: text.to_owned(), flaw })
}

fn host(text: &str) -> Result<String, Fault> {
    let pattern = fqdn(text)?;
    if pattern.is_wildcard() || pattern.regional || pattern.geo {
        let flaw = super::fault::HostFlaw::Characters;
        return Err(Fault::Host { text: text.to_owned(), flaw });
    }
    Ok(pattern.text)
}

fn address(text: &str) -> Result<IpNetwork, Fault> {
    let wrong = || Fault::Address { text: text.to_owned() };
    let given: IpNetwork = text.parse().map_err(|_| wrong())?;
    let network = IpNetwork::new(given.network(), given.prefix()).map_err(|_| wrong())?;
    if network.ip() == given.ip() {
        return Ok(network);
    }
    Err(Fault::HostBits { text: text.to_owned(), network: network.to_string() })
}
