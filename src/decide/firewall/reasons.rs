//! Why a verdict on a required endpoint is not known, and what one that is known takes for granted.

use super::{
    FirewallEntry, FirewallView, Says, Subject, answer::Answered, find, hosts::HostNames,
    hosts::kind_of,
};
use crate::{
    decide::extent::Why,
    model::{FirewallAddress, IntrusionMode, IpGroupRef, RuleBody, ThreatMode},
    verdict::Verdict,
};

/// So many reasons are told.
const MOST_REASONS: usize = 3;

/// So many of the sources that rules name are told.
const MOST_SOURCES: usize = 3;

impl FirewallView<'_> {
    /// The sources that rules name, for people.
    pub(super) fn sources_in_words(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        for rule in self.entries.iter().filter_map(FirewallEntry::rule) {
            for item in &rule.source.addresses {
                let word = match item.value {
                    FirewallAddress::Network(network) if network.prefix() == 32 => {
                        network.ip().to_string()
                    }
                    FirewallAddress::Network(network) if network.prefix() > 0 => {
                        network.to_string()
                    }
                    FirewallAddress::Range(low, high) => format!("{low}-{high}"),
                    _ => continue,
                };
                if !words.contains(&word) {
                    words.push(word);
                }
            }
            for group in &rule.source.ip_groups {
                if let IpGroupRef::To(id) = group {
                    let word = format!("the IP group `{}`", find::last(&id.value));
                    if !words.contains(&word) {
                        words.push(word);
                    }
                }
            }
        }
        let more = words.len().saturating_sub(MOST_SOURCES);
        words.truncate(MOST_SOURCES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}{more}", words.join(", "))
    }

    /// Why it is not known.
    pub(super) fn reasons(&self, answered: &[Answered<u32>], names: &HostNames) -> String {
        let mut words: Vec<String> = Vec::new();
        let add = |words: &mut Vec<String>, text: String| {
            if !words.contains(&text) {
                words.push(text);
            }
        };
        for answered in answered {
            for (entry, why) in answered.all_doubts() {
                add(&mut words, self.doubt(entry, &why));
            }
            if answered.heard.as_ref().is_some_and(|it| it.weighed.undecided) {
                add(&mut words, crate::decide::judge::TOO_COMPLEX.to_owned());
            }
        }
        let parted = answered.iter().find(|it| it.verdict() == Some(Verdict::Partial));
        if let Some(parted) = parted {
            add(
                &mut words,
                if names.all {
                    let takes = parted.cell.regions.iter().flat_map(|it| it.entries.first()).next();
                    let rule =
                        takes.and_then(|&at| self.entries.get(at)).map_or("a rule", |it| it.name());
                    format!(
                        "application rules let some of the names through and not others, and which of \
                     them are at the addresses of rule `{rule}` is not known"
                    )
                } else {
                    "application rules decide by host name, and the names that are asked for are not \
                 known"
                    .to_owned()
                },
            );
        }
        if words.is_empty() {
            let taken =
                answered.iter().flat_map(|it| &it.cell.regions).find_map(|it| it.entries.first());
            let rule = taken.and_then(|&at| self.entries.get(at)).map_or("a rule", |it| it.name());
            add(
                &mut words,
                format!("whether it is at an address that rule `{rule}` takes is not known"),
            );
        }
        let more = words.len().saturating_sub(MOST_REASONS);
        words.truncate(MOST_REASONS);
        if more > 0 {
            words.push(format!("and {more} more reason{}", if more == 1 { "" } else { "s" }));
        }
        words.join("; ")
    }

    /// One reason, with the rule that it is about.
    pub(in crate::decide) fn doubt(&self, entry: usize, why: &Why) -> String {
        match self.entries.get(entry) {
            Some(it) if matches!(it.says, Says::Rule(_)) => format!("rule `{}`: {why}", it.name()),
            _ => why.to_string(),
        }
    }

    /// What a verdict takes for granted.
    pub(super) fn assumptions(
        &self,
        verdict: Verdict,
        answered: &[Answered<u32>],
        renamed: bool,
    ) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        if matches!(verdict, Verdict::Allowed | Verdict::Partial) {
            words.extend(self.stops_besides().map(ToOwned::to_owned));
        }
        let is_tagged = |at: &usize| {
            let rule = self.entries.get(*at).and_then(FirewallEntry::rule);
            rule.is_some_and(|rule| match &rule.body {
                RuleBody::Application(body) => !body.fqdn_tags.items.is_empty(),
                _ => false,
            })
        };
        if renamed && verdict == Verdict::Allowed && self.deciders(answered).iter().any(is_tagged) {
            words.push(
                "the documents name the FQDN tag for it; what the tag holds is not published"
                    .to_owned(),
            );
        }
        let odd = |it: &Answered<u32>| {
            let port = it.cell.ports.first().and_then(|port| u16::try_from(port).ok());
            let odd = port.filter(|port| !matches!(port, 80 | 443));
            odd.filter(|port| {
                it.verdict() != Some(Verdict::Blocked)
                    && it.heard.is_some()
                    && kind_of(*port).is_some()
            })
        };
        let passes = matches!(verdict, Verdict::Allowed | Verdict::Partial);
        if let Some(port) = answered.iter().find_map(odd).filter(|_| passes) {
            words
                .push(format!("what clients speak on port {port} is taken for the usual protocol"));
        }
        words
    }

    /// What may stop flows that rules let through (FW-023, FW-024).
    pub(in crate::decide) fn stops_besides(&self) -> impl Iterator<Item = &'static str> {
        let of_firewall = match self.subject {
            Subject::Firewall(firewall) if self.policies.is_empty() => Some(&firewall.settings),
            _ => None,
        };
        let all: Vec<_> = self.policies.iter().map(|it| &it.settings).chain(of_firewall).collect();
        let threat = all.iter().any(|it| it.threat_intelligence.known() == Some(&ThreatMode::Deny));
        let idps =
            all.iter().any(|it| it.intrusion_detection.known() == Some(&IntrusionMode::Deny));
        let words = [
            (threat, "unless the destination is on the threat intelligence feed (mode Deny)"),
            (idps, "unless IDPS stops it (mode Deny)"),
        ];
        words.into_iter().filter_map(|(is_on, text)| is_on.then_some(text))
    }
}
