//! What `egresslint tags` tells people.

use super::{Edition, Listing};
use crate::{
    report::clean,
    tags::{Closeness, Lookup, Relation, Special, Suggestion, TagFacts, Usable},
};
use std::{
    collections::BTreeSet,
    io::{self, Write},
    net::IpAddr,
};

/// So many tags that share addresses with a network are told.
const MAX_RELATED: usize = 40;

/// Every tag, a line each.
pub(super) fn listing(listing: &Listing<'_>, out: &mut dyn Write) -> io::Result<()> {
    let widest = listing.tags.iter().map(|row| row.name.len()).max().unwrap_or_default().max(4);
    writeln!(out, "{:widest$}  {:>5}  {:>5}  {:>7}", "TAG", "IPV4", "IPV6", "REGIONS")?;
    for row in &listing.tags {
        let (name, v4, v6) = (clean::line(row.name), row.prefixes_v4, row.prefixes_v6);
        writeln!(out, "{name:widest$}  {v4:>5}  {v6:>5}  {:>7}", row.regional)?;
    }
    let special = Special::ALL.map(Special::name).join(", ");
    writeln!(out, "\nnumber of prefixes; rules may also name {special}")?;
    writeln!(out, "{}", clean::line(&listing.service_tags.line()))
}

/// The answer to a query.
pub(super) fn answer(
    lookup: &Lookup<'_>,
    edition: &Edition<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    match lookup {
        Lookup::Tag(tag) => facts(tag, out)?,
        Lookup::Special { name, tag, addresses } => {
            special(name, *tag, addresses.as_deref().unwrap_or_default(), out)?;
        }
        Lookup::Internal { name } => {
            writeln!(
                out,
                "`{name}` is a tag of Microsoft's own subscriptions; no public list has its \
                 addresses"
            )?;
        }
        Lookup::Address { address, tags } => {
            if tags.is_empty() {
                writeln!(out, "no tag holds {address}")?;
            } else {
                writeln!(out, "{address} is in")?;
            }
            let widest = tags.iter().map(|held| held.tag.len()).max().unwrap_or_default();
            for held in tags {
                let prefix = held.prefix.as_deref().unwrap_or("unless a virtual network has it");
                writeln!(out, "  {:widest$}  {prefix}", clean::line(held.tag))?;
            }
        }
        Lookup::Network { network, tags } => {
            if tags.is_empty() {
                writeln!(out, "no tag shares an address with {network}")?;
            } else {
                writeln!(out, "{network} shares addresses with")?;
            }
            let names: BTreeSet<&str> = tags.iter().map(|related| related.tag).collect();
            // Of too many, the regional forms of what is told go first.
            let is_form =
                |tag: &str| tag.rsplit_once('.').is_some_and(|(base, _)| names.contains(base));
            let is_told = |tag: &str| tags.len() <= MAX_RELATED || !is_form(tag);
            let told = || tags.iter().filter(|it| is_told(it.tag)).take(MAX_RELATED);
            let widest = told().map(|related| related.tag.len()).max().unwrap_or_default();
            for related in told() {
                let relation = relation(related.relation);
                writeln!(out, "  {:widest$}  {relation}", clean::line(related.tag))?;
            }
            let more = tags.len() - told().count();
            if more > 0 {
                writeln!(out, "  and {more} more; `--format json` lists them")?;
            }
        }
        Lookup::Unknown { query, near } => unknown(query, near, out)?,
    }
    writeln!(out, "\n{}", clean::line(&edition.line()))
}

fn facts(tag: &TagFacts<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", clean::line(tag.name))?;
    let mut row = |name: &str, value: &str| writeln!(out, "  {name:14}  {}", clean::line(value));
    if let Some(region) = tag.region {
        row("tag", tag.base)?;
        let location = tag.location.unwrap_or("no public location");
        row("region", &format!("{region} ({location})"))?;
    }
    if let Some(service) = tag.system_service {
        row("service", service)?;
    }
    if let Some(number) = tag.change_number {
        row("change number", &number.to_string())?;
    }
    row("in NSGs", usable(tag.usable_in_nsg))?;
    row("in routes", usable(tag.usable_in_route))?;
    row("in firewalls", usable(tag.usable_in_firewall))?;
    row("addresses", &format!("{} (IPv4)", tag.addresses_v4))?;
    let (in_nsgs, others): (Vec<&str>, Vec<&str>) =
        tag.regional.iter().partition(|name| !tag.regional_not_in_nsg.contains(name));
    if !in_nsgs.is_empty() {
        row("regional forms", &in_nsgs.join(", "))?;
    }
    if !others.is_empty() {
        let what = if in_nsgs.is_empty() { "regional forms: " } else { "" };
        row("not in NSGs", &format!("{what}{}", others.join(", ")))?;
    }
    row("prefixes", &tag.prefixes.len().to_string())?;
    for prefix in &tag.prefixes {
        writeln!(out, "    {}", clean::line(prefix))?;
    }
    Ok(())
}

fn special(name: &str, tag: Special, addresses: &[IpAddr], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{name}\n  {}", meaning(tag))?;
    for address in addresses {
        writeln!(out, "    {address}")?;
    }
    Ok(())
}

const fn meaning(tag: Special) -> &'static str {
    match tag {
        Special::Internet => "public addresses outside the virtual network, Azure's own included",
        Special::VirtualNetwork => {
            "the address space around the subnet: the network, its peers, what is behind gateways"
        }
        Special::AzureLoadBalancer => "where health probes come from",
        Special::AzurePlatformDns => "the host's DNS",
        Special::AzurePlatformImds => "the metadata service",
        Special::AzurePlatformLkm => "Windows licensing; the documented hosts",
        Special::AzureContainerAppsService => "documented, and its addresses are in no public list",
    }
}

fn unknown(query: &str, near: &[Suggestion<'_>], out: &mut dyn Write) -> io::Result<()> {
    let query = clean::line(query);
    if near.is_empty() {
        return writeln!(
            out,
            "`{query}` is no tag, address or prefix; `egresslint tags` lists the tags"
        );
    }
    writeln!(out, "`{query}` is no tag; did you mean")?;
    let widest = near.iter().map(|one| one.name.len()).max().unwrap_or_default();
    for one in near {
        let whole =
            query.split_once('.').is_some_and(|(base, _)| one.name.eq_ignore_ascii_case(base));
        let own = format!("(`egresslint tags {}` lists its regions)", clean::line(one.name));
        let why = if whole { &own } else { closeness(one.closeness) };
        writeln!(out, "{}", format!("  {:widest$}  {why}", clean::line(one.name)).trim_end())?;
    }
    Ok(())
}

const fn closeness(closeness: Closeness) -> &'static str {
    match closeness {
        Closeness::Alias => "(another name of the same)",
        Closeness::Region => "(that region in another spelling)",
        Closeness::Slip => "",
        Closeness::Weak => "(looks alike)",
    }
}

const fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Contains => "holds all of it",
        Relation::Within => "lies inside of it",
        Relation::Overlaps => "shares a part",
    }
}

const fn usable(usable: Usable) -> &'static str {
    match usable {
        Usable::Yes => "yes",
        Usable::No => "no",
        Usable::Unlisted => "not known",
    }
}
