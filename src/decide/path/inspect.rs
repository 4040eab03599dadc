//! What a firewall leaves of flows, and where they go from there (FW-010, FW-072, RT-024).

use super::{
    Stage,
    ends::Decider,
    walk::{Cell, Followed, Home, Walk},
};
use crate::{
    decide::{FirewallPart, FirewallView, judge::TOO_COMPLEX, surroundings::key},
    model::{Access, Firewall},
    space::Ranges,
    verdict::Verdict,
};
use std::{net::IpAddr, sync::Arc};

impl<'e, V: Followed> Walk<'_, 'e, V> {
    /// Asks a firewall, and lets what it lets through go on by the routes of its own subnet.
    pub(super) fn firewall(
        &mut self,
        (firewall, address): (&'e Firewall, IpAddr),
        home: Home<'e>,
        cell: Cell<V>,
    ) {
        let place = (Some(firewall.span), None);
        let at = self.passage(Stage::Firewall, &firewall.name.value, place);
        let Some(view) = self.path.paths.view(firewall) else {
            self.lose(cell, at, "the firewall is not the same in all files");
            return;
        };
        let mut cell = cell;
        if let Some(reason) = view.unread() {
            self.note(at, Verdict::Unknown, Some(&reason), None);
            cell = cell.doubted();
        }
        let parts = match &self.wanted.tags {
            Some(tags) => view.parts_of_row(&cell.flows, &self.wanted.names, tags),
            None => view.parts_in(&cell.flows, &self.wanted.names),
        };
        let Some(parts) = parts else {
            self.lose(cell, at, TOO_COMPLEX);
            return;
        };
        let mut left = Vec::new();
        for part in parts {
            let own = cell.part(part.flows.clone());
            let own = if part.by_name { own.translated(self.sources_of(firewall)) } else { own };
            match part.verdict {
                Verdict::Blocked => self.stop(own, at, decider(view, &part, Access::Deny)),
                Verdict::Allowed => {
                    let by = decider(view, &part, Access::Allow);
                    self.note(at, Verdict::Allowed, None, Some(by));
                    left.push(own);
                }
                // Some names are let through, and others are not.
                Verdict::Partial => {
                    self.stop(own.clone(), at, decider(view, &part, Access::Deny));
                    let by = decider(view, &part, Access::Allow);
                    self.note(at, Verdict::Allowed, None, Some(by));
                    left.push(own);
                }
                Verdict::Unknown => {
                    for (entry, why) in &part.doubts {
                        let reason = view.doubt(*entry, why);
                        self.note(at, Verdict::Unknown, Some(&reason), None);
                    }
                    if part.doubts.is_empty() {
                        self.note(at, Verdict::Unknown, Some(NAMES), None);
                    }
                    left.push(own.doubted());
                }
            }
        }
        if !left.is_empty() {
            for besides in view.stops_besides() {
                self.assume(besides.to_owned());
            }
        }
        self.onward(firewall, Home { depth: home.depth + 1, own: Some(address), ..home }, left);
    }

    fn onward(&mut self, firewall: &'e Firewall, home: Home<'e>, cells: Vec<Cell<V>>) {
        let paths = self.path.paths;
        let ids = firewall.subnets.iter().map(|id| key(&id.value, firewall.span.file));
        let subnet = ids.filter_map(|at| paths.surroundings.subnet(at)).next();
        let Some(subnet) = subnet else {
            let name = &firewall.name.value;
            self.assume(format!(
                "the subnet of the firewall `{name}` is not in the input, and taken to reach \
                 what it lets through"
            ));
            cells.into_iter().for_each(|cell| self.arrive(cell));
            return;
        };
        let routes = paths.tables.list(subnet, self.path.lexicon, self.path.location);
        self.route(&routes, Home { subnet, ..home }, cells);
    }

    /// FW-072: the addresses that others see.
    fn sources_of(&self, firewall: &Firewall) -> Arc<Ranges<V>> {
        let own = firewall.addresses.iter().filter_map(|it| V::integer(it.value));
        Arc::new(own.map(|address| (address, address)).collect())
    }
}

/// What there is to say where names decide that nobody knows.
const NAMES: &str =
    "application rules decide by host name, and which names are asked for is not known";

/// The rule that does that to flows of a part.
fn decider<V>(view: &FirewallView<'_>, part: &FirewallPart<V>, access: Access) -> Decider {
    let of_access =
        |at: &&usize| view.entries.get(**at).is_some_and(|entry| entry.action == Some(access));
    let named = part.stopped.as_ref().filter(|_| access == Access::Deny).map(|(_, at)| *at);
    let at = named.or_else(|| part.entries.iter().find(of_access).copied());
    let entry = at.or_else(|| part.entries.last().copied()).and_then(|at| view.entries.get(at));
    Decider {
        rule: entry.map_or_else(String::new, |it| it.name().to_owned()),
        priority: entry.and_then(crate::decide::FirewallEntry::priority),
        span: entry.and_then(crate::decide::FirewallEntry::span),
        mark: entry.and_then(crate::decide::FirewallEntry::mark),
        effect: None,
        stops: access == Access::Deny,
    }
}
