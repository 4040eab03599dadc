//! `invalid-address`: LINT-51, NSG-032, NSG-034.

use super::written::{Side, addresses, each, list_to_paste, property, shown};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Address, AddressFault, AddressItem, Form, SecurityRule},
    tags::special,
};
use ipnetwork::{IpNetwork, ipv4_mask_to_prefix};
use std::net::{IpAddr, Ipv4Addr};

pub(super) const LINT: Lint = Lint {
    id: "invalid-address",
    summary: "an address that Azure does not take",
    page: include_str!("../../rules/lints/invalid-address.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    each(facts, addresses, |rule, side, item| remark(facts, rule, side, item))
}

fn remark(
    facts: &Facts<'_>,
    rule: &SecurityRule,
    side: Side<'_>,
    item: &AddressItem,
) -> Option<Remark> {
    let (text, fault) = match &item.value {
        Address::Invalid { text, fault } => (text.as_ref(), *fault),
        Address::Any | Address::Network(_) | Address::Tag(_) | Address::Unknown(_) => return None,
    };
    let address = shown(text);
    let (message, label, help) = match fault {
        AddressFault::CommaList => {
            let help = commas(facts, side, text);
            (format!("{address} is one string, not a list"), "several in one", help)
        }
        AddressFault::Spaces => {
            let right: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
            let is_one = text.split_whitespace().count() == 1 || is_tag(facts, &right);
            let help = if is_one && (is_network(&right) || is_tag(facts, &right)) {
                format!("write `{right}`")
            } else {
                "write one address, one prefix, one service tag, or `*`".to_owned()
            };
            (format!("{address} holds white space"), "Azure takes no white space here", help)
        }
        AddressFault::PrefixLength => {
            let message = format!("{address} has no valid prefix length");
            (message, "the part after the slash", prefix_length(text))
        }
        AddressFault::NotAnAddress => (
            format!("{address} is not an address or prefix"),
            "not an address",
            not_an_address(text),
        ),
        AddressFault::Range => return None, // `address-range`
    };
    Some(Remark::about(rule, item.span, label, message).help(help))
}

fn commas(facts: &Facts<'_>, side: Side<'_>, text: &str) -> String {
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    match (side.addresses.form, parts.as_slice()) {
        (_, [part]) => format!("write `{part}`"),
        (Form::Singular, _) if parts.iter().all(|part| is_network(part)) => {
            let list = list_to_paste(&property(facts, side.names.prefixes), &parts);
            format!("write {list} and leave `{}` out", property(facts, side.names.prefix))
        }
        _ if parts.iter().any(|part| *part == "*" || is_tag(facts, part)) => {
            "give each service tag a rule of its own: one side of a rule takes one".to_owned()
        }
        _ => "give each address or prefix a string of its own in a list".to_owned(),
    }
}

fn prefix_length(text: &str) -> String {
    let most = if text.contains(':') { 128 } else { 32 };
    let Some((address, length)) = text.split_once('/') else {
        return format!("write a length from 0 to {most} after the slash");
    };
    let mask = length.parse::<Ipv4Addr>().ok().and_then(|mask| ipv4_mask_to_prefix(mask).ok());
    let without_zeros = length.trim_start_matches('0').parse::<u8>().ok();
    match mask.or(without_zeros.filter(|length| *length <= most)) {
        Some(length) => format!("write `{address}/{length}`"),
        None => format!("write a length from 0 to {most} after the slash, or `{address}` alone"),
    }
}

fn not_an_address(text: &str) -> String {
    if let Some(network) = of_stars(text) {
        return format!("write `{network}`");
    }
    let is_name = !text.contains(':') && text.contains(|letter: char| letter.is_ascii_alphabetic());
    if is_name || text.contains("://") {
        let help = "NSGs know no host names: write addresses, a prefix or a service tag";
        return help.to_owned();
    }
    "write an address such as `10.20.1.4` or a prefix such as `10.20.1.0/24`".to_owned()
}

/// `10.20.*.*` as a prefix.
fn of_stars(text: &str) -> Option<IpNetwork> {
    let parts: Vec<&str> = text.split('.').collect();
    let fixed = parts.iter().take_while(|part| **part != "*").count();
    let is_rest =
        parts.len() == 4 && fixed < 4 && parts.iter().skip(fixed).all(|part| *part == "*");
    let address: IpAddr = text.replace('*', "0").parse().ok()?;
    let length = u8::try_from(fixed * 8).ok()?;
    is_rest.then(|| IpNetwork::new(address, length).ok())?
}

fn is_network(text: &str) -> bool {
    text.parse::<IpNetwork>().is_ok()
}

fn is_tag(facts: &Facts<'_>, text: &str) -> bool {
    facts.tags.get(text).is_some() || special(text).is_some()
}
