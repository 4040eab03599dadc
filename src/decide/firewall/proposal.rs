//! The narrowest rule collection that lets a required endpoint through, ready to paste.

use super::{FirewallEntry, FirewallView, Pass, Subject};
use crate::{
    decide::Judged,
    model::{Access, FirewallAddress, IpGroupRef, RuleCollection},
    profiles::{Cloud, Protocol},
    verdict::Verdict,
};

/// What to do so that a row is let through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirewallProposal {
    /// The collection as JSON.
    pub text: String,
    /// Where it goes, such as ``into the group `g` with priority 150``.
    pub place: String,
}

/// The first number that is tried for a collection that may stand anywhere.
const FIRST: i64 = 200;

impl FirewallView<'_> {
    /// The collection for a row that is not let through, or not all of it.
    pub fn proposal(&self, judged: &Judged<'_>, cloud: Cloud) -> Option<FirewallProposal> {
        if !matches!(judged.verdict, Verdict::Blocked | Verdict::Partial) {
            return None;
        }
        let (_, at) = judged.stopped.as_ref()?;
        let stop = self.entries.get(*at)?;
        let row = judged.asked.requirement;
        let has_addresses =
            row.tags(cloud).next().is_some() || row.addresses(cloud).next().is_some();
        // Names alone go into an application rule, which comes after all network rules.
        let pass = if has_addresses { Pass::Network } else { Pass::Application };
        let is_ahead = stop.pass == pass && stop.action == Some(Access::Deny);
        let (number, place) = if is_ahead { self.ahead(stop) } else { self.anywhere(pass) };
        Some(FirewallProposal { text: self.collection(judged, cloud, (pass, number)), place })
    }

    /// A number before the deny that stops it.
    fn ahead(&self, stop: &FirewallEntry<'_>) -> (Option<i64>, String) {
        let group = stop.home.group;
        let own = group.map_or_else(Vec::new, |group| numbers(&group.collections));
        let number =
            stop.priority().and_then(|deny| (100..deny).rev().find(|it| !own.contains(it)));
        let name = stop.name();
        let place = match (group, number) {
            (Some(group), Some(number)) => format!(
                "into the group `{}` with priority {number}, ahead of `{name}`",
                group.name.value
            ),
            (None, Some(number)) => format!("with priority {number}, ahead of `{name}`"),
            (_, None) => format!("ahead of `{name}`"),
        };
        (number, place)
    }

    /// Nothing is in its way: any free number does.
    fn anywhere(&self, pass: Pass) -> (Option<i64>, String) {
        let last = self.policies.last();
        let of_last = |it: &&FirewallEntry<'_>| match (it.home.policy, last) {
            (Some(own), Some(last)) => std::ptr::eq(own, *last),
            (None, None) => true,
            _ => false,
        };
        let mut written = self.entries.iter().filter(|it| it.rule().is_some()).filter(of_last);
        let group = written
            .clone()
            .find(|it| it.pass == pass)
            .or_else(|| written.next())
            .and_then(|it| it.home.group);
        let own = match (group, self.subject) {
            (Some(group), _) => numbers(&group.collections),
            (None, Subject::Firewall(firewall)) => numbers(&firewall.collections),
            (None, Subject::Policy(_)) => Vec::new(),
        };
        let number = (0..100).map(|step| FIRST + 10 * step).find(|it| !own.contains(it));
        let place = match group {
            Some(group) => format!("into the group `{}`", group.name.value),
            None if self.policies.is_empty() && pass == Pass::Network => {
                "into `networkRuleCollections`".to_owned()
            }
            None if self.policies.is_empty() => "into `applicationRuleCollections`".to_owned(),
            None => "into a rule collection group".to_owned(),
        };
        (number, place)
    }

    fn collection(
        &self,
        judged: &Judged<'_>,
        cloud: Cloud,
        (pass, number): (Pass, Option<i64>),
    ) -> String {
        let row = judged.asked.requirement;
        let ports: Vec<String> = row.ports.iter().map(|range| range.value.to_string()).collect();
        let first = judged.destination.split([' ', ',']).next().unwrap_or_default();
        let words: Vec<&str> =
            ["Allow", first].into_iter().chain(ports.iter().map(String::as_str)).collect();
        let name: String = words
            .join("-")
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .take(80) // FW-005
            .collect();
        let name = name.replace("--", "-").replace("--", "-");
        let number = number
            .map_or_else(|| "\"<a number ahead of the deny>\"".to_owned(), |it| it.to_string());
        let classic = self.policies.is_empty() && matches!(self.subject, Subject::Firewall(_));
        let sources = self.sources_to_paste();
        let mut rule: Vec<(&str, String)> = Vec::new();
        if !classic {
            let kind = if pass == Pass::Network { "NetworkRule" } else { "ApplicationRule" };
            rule.push(("ruleType", quoted(kind)));
        }
        rule.push(("name", quoted(&name)));
        rule.extend(sources);
        if pass == Pass::Network {
            let protocol = match row.protocol.value {
                Protocol::Tcp => "TCP",
                Protocol::Udp => "UDP",
                Protocol::Icmp => "ICMP",
                Protocol::Any => "Any",
            };
            rule.push((if classic { "protocols" } else { "ipProtocols" }, list(&[protocol])));
            let to: Vec<&str> =
                judged.destination.split(" and ").flat_map(|it| it.split(", ")).collect();
            rule.push(("destinationAddresses", list(&to)));
            let ports: Vec<&str> = ports.iter().map(String::as_str).collect();
            rule.push(("destinationPorts", list(if ports.is_empty() { &["*"] } else { &ports })));
        } else {
            let protocols: Vec<String> = row
                .ports
                .iter()
                .map(|range| {
                    let kind = if range.value.low == 80 { "Http" } else { "Https" };
                    format!("{{ \"protocolType\": \"{kind}\", \"port\": {} }}", range.value.low)
                })
                .collect();
            rule.push(("protocols", format!("[{}]", protocols.join(", "))));
            let names: Vec<&str> = row.fqdns(cloud).map(|form| form.value.text.as_str()).collect();
            rule.push(("targetFqdns", list(&names)));
        }
        let lines = |indent: &str, rule: &[(&str, String)]| {
            let lines: Vec<String> =
                rule.iter().map(|(key, value)| format!("{indent}\"{key}\": {value}")).collect();
            lines.join(",\n")
        };
        if classic {
            let rule = lines("        ", &rule);
            format!(
                "{{\n  \"name\": {name},\n  \"properties\": {{\n    \"priority\": {number},\n    \
                 \"action\": {{ \"type\": \"Allow\" }},\n    \"rules\": [\n      {{\n{rule}\n      \
                 }}\n    ]\n  }}\n}}",
                name = quoted(&name)
            )
        } else {
            let rule = lines("      ", &rule);
            format!(
                "{{\n  \"ruleCollectionType\": \"FirewallPolicyFilterRuleCollection\",\n  \
                 \"name\": {name},\n  \"priority\": {number},\n  \"action\": {{ \"type\": \"Allow\" \
                 }},\n  \"rules\": [\n    {{\n{rule}\n    }}\n  ]\n}}",
                name = quoted(&name)
            )
        }
    }

    /// The sources of a new rule: those behind the firewall, else those that its rules name.
    fn sources_to_paste(&self) -> Vec<(&'static str, String)> {
        let served: Vec<String> = self
            .served()
            .iter()
            .flat_map(|it| it.prefixes.iter().map(ToString::to_string))
            .collect();
        let mut addresses: Vec<String> = served;
        let mut groups: Vec<&str> = Vec::new();
        if addresses.is_empty() {
            for rule in self.entries.iter().filter_map(FirewallEntry::rule) {
                for item in &rule.source.addresses {
                    let word = match item.value {
                        FirewallAddress::Network(it) if it.prefix() == 32 => it.ip().to_string(),
                        FirewallAddress::Network(it) if it.prefix() > 0 => it.to_string(),
                        FirewallAddress::Range(low, high) => format!("{low}-{high}"),
                        _ => continue,
                    };
                    if !addresses.contains(&word) {
                        addresses.push(word);
                    }
                }
                for group in &rule.source.ip_groups {
                    if let IpGroupRef::To(id) = group
                        && !groups.contains(&id.value.as_str())
                    {
                        groups.push(&id.value);
                    }
                }
            }
        }
        if addresses.is_empty() && groups.is_empty() {
            addresses.push("*".to_owned());
        }
        let mut sources = Vec::new();
        if !addresses.is_empty() {
            let words: Vec<&str> = addresses.iter().map(String::as_str).collect();
            sources.push(("sourceAddresses", list(&words)));
        }
        if !groups.is_empty() {
            sources.push(("sourceIpGroups", list(&groups)));
        }
        sources
    }
}

fn numbers(collections: &[RuleCollection]) -> Vec<i64> {
    collections.iter().filter_map(|it| it.priority.known().copied()).collect()
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn list(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|it| quoted(it)).collect();
    format!("[{}]", words.join(", "))
}
