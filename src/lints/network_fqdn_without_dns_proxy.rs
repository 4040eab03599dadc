//! `network-fqdn-without-dns-proxy`: LINT-41, FW-039.

use super::firewalls::{Within, policy, policy_of, rules};
use crate::{
    lint::{Check, Level, Lint, Remark, Whole},
    model::{Estate, Field, FirewallPolicy, Reference},
};

pub(super) const LINT: Lint = Lint {
    id: "network-fqdn-without-dns-proxy",
    summary: "host names in network rules while the firewall is no DNS proxy",
    page: include_str!("../../rules/lints/network-fqdn-without-dns-proxy.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Estate(check),
};

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for placed in rules(facts.estate) {
        let Some(name) = placed.network().and_then(|rule| rule.fqdns.items.first()) else {
            continue;
        };
        let proxy = match placed.within {
            Within::Firewall(firewall) => {
                is_on(&firewall.settings.dns_proxy).unwrap_or(Some(false))
            }
            Within::Group(group) => policy_of(facts.estate, group)
                .and_then(|policy| has_proxy(facts.estate, policy, MOST_PARENTS)),
        };
        if proxy == Some(false) {
            let message = format!(
                "{} goes by the name `{}`, and the firewall is not the DNS proxy of its clients: both may resolve it differently",
                placed.title(),
                name.value
            );
            let help = "turn the DNS proxy on and let the networks use the firewall as DNS server, or use an application rule";
            remarks.push(placed.remark(name.span, "resolved by the firewall", message).help(help));
        }
    }
    remarks
}

/// Parents of parents are not documented; a ring of them must end.
const MOST_PARENTS: usize = 4;

/// Whether the policy, or the one it inherits from, turns the proxy on; `None` where that is open.
fn has_proxy(estate: &Estate, of: &FirewallPolicy, parents: usize) -> Option<bool> {
    is_on(&of.settings.dns_proxy).unwrap_or_else(|| match &of.base {
        Reference::None => Some(false),
        Reference::To(base) => {
            let base = policy(estate, &base.value, base.span)?;
            has_proxy(estate, base, parents.checked_sub(1)?)
        }
        Reference::Unknown(_) => None,
    })
}

/// What the setting says: nothing, or on, off, or something that is not known.
fn is_on(setting: &Field<bool>) -> Option<Option<bool>> {
    match setting {
        Field::Known(read) => Some(Some(read.value)),
        Field::Unknown(_) | Field::Invalid { .. } => Some(None),
        Field::Missing => None,
    }
}
