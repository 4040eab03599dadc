//! `tags-mixed-with-addresses`: LINT-68, FW-034 (unconfirmed, hence a note).

use super::firewalls::rules;
use crate::{
    lint::{Check, Level, Lint, Remark, Whole},
    model::{FirewallAddress, FirewallAddressItem},
};

pub(super) const LINT: Lint = Lint {
    id: "tags-mixed-with-addresses",
    summary: "service tags and addresses in one list of destinations of a firewall rule",
    page: include_str!("../../rules/lints/tags-mixed-with-addresses.md"),
    level: Level::Note,
    since: "0.1.0",
    check: Check::Estate(check),
};

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let is_tag = |item: &&FirewallAddressItem| matches!(item.value, FirewallAddress::Tag(_));
    let is_address = |item: &&FirewallAddressItem| {
        matches!(item.value, FirewallAddress::Network(_) | FirewallAddress::Range(..))
    };
    let mut remarks = Vec::new();
    for placed in rules(facts.estate) {
        let items = placed.destinations();
        let (Some(tag), Some(address)) = (items.iter().find(is_tag), items.iter().find(is_address))
        else {
            continue;
        };
        let message = format!(
            "{} has service tags and addresses in one list, which Azure is said to refuse",
            placed.title()
        );
        let remark = placed.remark(tag.span, "a tag", message);
        remarks.push(remark.also(address.span, "an address").help("make two rules of it"));
    }
    remarks
}
