//! Firewalls, policies, their groups and IP groups of plans in the words of ARM.

use super::arm::{Arm, each, list, reference, text};
use super::assembly::{Assembly, terms};
use super::azure::{Kind, kind_of};
use super::configuration::Target;
use super::firewall_rules::{OF_POLICY, collection, sort_of, word};
use super::identity::Place;
use super::plan::Resource;
use crate::load::resources;
use crate::load::scalar::unknown;
use crate::source::Span;
use crate::template::{Reading, Text, Value};

/// Why a firewall that is there already may have more rules than a plan shows.
const ADDED: &str = "rule collections that are managed elsewhere may be part of the firewall";

/// Why only rules of it are known.
const PART: &str = "only rule collections of the firewall are here, and not the firewall";

impl<'d> Assembly<'_, 'd, '_, '_> {
    /// Notes whose rules a collection holds.
    pub(super) fn collect(&mut self, at: usize) {
        match self.identities.firewall_of(at) {
            Ok(firewall) => self.collections.entry(firewall).or_default().push(at),
            Err((id, name)) => {
                let entry = self.others.entry(id).or_insert_with(|| (name, Vec::new()));
                entry.1.push(at);
            }
        }
    }

    /// Notes whose addresses a prefix is among.
    pub(super) fn prefix(&mut self, at: usize) {
        let group = self.identities.text(at, "ip_group_id");
        if let Some(group) = self.identities.of_id(&group.text) {
            self.prefixes.entry(group).or_default().push(at);
        }
    }

    pub(super) fn firewall(&mut self, at: usize, resource: &Resource<'d>) {
        let values = &resource.values;
        let span = values.span();
        let sku = Arm::at(span).with("tier", values.get("sku_tier")).made();
        let proxy = values.get("dns_proxy_enabled");
        // Servers need the proxy (JS-071).
        let has_servers = values.get("dns_servers").is_some_and(
            |servers| matches!(servers.value(), Value::Array(all) if all.items().next().is_some()),
        );
        let proxy = if has_servers { Some(word("true", values)) } else { proxy };
        let more = Arm::at(span).with("Network.DNS.EnableProxy", proxy).made();
        let snat = Arm::at(span).with("privateRanges", values.get("private_ip_ranges")).made();
        let places = values.get("ip_configuration").map(|places| {
            each(&places, |index, place| {
                let path = ["ip_configuration", &index.to_string(), "subnet_id"];
                let subnet = self.id_at(at, &path, place.get("subnet_id"));
                let properties = Arm::at(place.span())
                    .with("privateIPAddress", place.get("private_ip_address"))
                    .with("subnet", subnet.map(reference))
                    .made();
                Some(Arm::at(place.span()).with("properties", Some(properties)).made())
            })
        });
        let hub = block(values, "virtual_hub");
        let of_hub = hub.as_ref().map(|hub| {
            let id =
                self.id_at(at, &["virtual_hub", "0", "virtual_hub_id"], hub.get("virtual_hub_id"));
            let address = hub.get("private_ip_address");
            let address = Arm::at(hub.span()).with("privateIPAddress", address).made();
            (id.map(reference), address)
        });
        let (hub, hub_addresses) = of_hub.unzip();
        let mut properties = Arm::at(span)
            .with("sku", Some(sku))
            .with("threatIntelMode", values.get("threat_intel_mode"))
            .with("additionalProperties", Some(more))
            .with("snat", Some(snat))
            .with("firewallPolicy", self.link_to(at, resource, "firewall_policy_id"))
            .with("ipConfigurations", places)
            .with("virtualHub", hub.flatten())
            .with("hubIPAddresses", hub_addresses);
        let own = self.collections.remove(&at).unwrap_or_default();
        for (list, items) in self.classic(&own, span) {
            properties = properties.with(list, Some(items));
        }
        let firewall = self.around(at, resource).with("properties", Some(properties.made()));
        self.put(at, resources::Kind::Firewall, firewall);
        if !resource.is_new {
            self.doubt_firewall(ADDED, resource.node.span());
        }
    }

    fn doubt_firewall(&mut self, reason: &str, span: Span) {
        if let Some(firewall) = self.resources.intake.loaded.estate.firewalls.last_mut() {
            firewall.unread.get_or_insert_with(|| unknown(span, reason));
        }
    }

    /// Firewalls of which only rules are here.
    pub(super) fn other_firewalls(&mut self) {
        for (id, (name, rules)) in std::mem::take(&mut self.others) {
            let first = rules.first().and_then(|&at| self.identities.resource(at));
            let Some(span) = first.map(|it| it.node.span()) else { continue };
            let mut properties = Arm::at(span);
            for (list, items) in self.classic(&rules, span) {
                properties = properties.with(list, Some(items));
            }
            let made = |it: &str| text(Text::known(it.to_owned()), span);
            let firewall = Arm::at(span)
                .with("id", Some(made(&id)))
                .with("name", Some(made(&name)))
                .with("properties", Some(properties.made()))
                .made();
            let terms = Place::of_id(&id).map(terms).unwrap_or_default();
            self.resources.take(resources::Kind::Firewall, &firewall, &terms);
            self.doubt_firewall(PART, span);
        }
    }

    /// The lists of a classic firewall, made of the collections that belong to it.
    fn classic(&self, own: &[usize], span: Span) -> Vec<(&'static str, Reading<'d>)> {
        let lists = ["natRuleCollections", "networkRuleCollections", "applicationRuleCollections"];
        let of_list = |name: &'static str| {
            let items = own.iter().filter_map(|&at| {
                let resource = self.identities.resource(at)?;
                let is_in_it = kind_of(&resource.kind) == Some(Kind::FirewallCollection(name));
                is_in_it.then(|| {
                    let groups = |rule: usize, property: &'static str, ids: Reading<'d>| {
                        self.ip_groups(at, &["rule", &rule.to_string(), property], ids)
                    };
                    collection(&resource.values, (None, sort_of(name)), &groups)
                })
            });
            (name, list(items.collect(), span))
        };
        lists.map(of_list).into()
    }

    pub(super) fn firewall_policy(&mut self, at: usize, resource: &Resource<'d>) {
        let values = &resource.values;
        let span = values.span();
        let part = |holder: Option<Reading<'d>>, names: &[(&'static str, &'static str)]| {
            let holder = holder?;
            let mut made = Arm::at(holder.span());
            for &(name, to) in names {
                made = made.with(to, holder.get(name));
            }
            Some(made.made())
        };
        let whole = Some(values.clone());
        let names = [("name", "name"), ("key_vault_secret_id", "keyVaultSecretId")];
        let authority = part(block(values, "tls_certificate"), &names);
        let tls =
            authority.map(|it| Arm::at(it.span()).with("certificateAuthority", Some(it)).made());
        let proxy = [
            ("enabled", "enableExplicitProxy"),
            ("http_port", "httpPort"),
            ("https_port", "httpsPort"),
        ];
        let snat = [
            ("private_ip_ranges", "privateRanges"),
            ("auto_learn_private_ranges_enabled", "autoLearnPrivateRanges"),
        ];
        // What is made by this plan has no groups but those of the plan.
        let groups = if resource.is_new {
            Some(list(Vec::new(), span))
        } else {
            let all = values.get("rule_collection_groups");
            all.map(|all| each(&all, |_, id| Some(reference(id))))
        };
        let properties = Arm::at(span)
            .with("sku", part(whole.clone(), &[("sku", "tier")]))
            .with("basePolicy", self.link_to(at, resource, "base_policy_id"))
            .with("threatIntelMode", values.get("threat_intelligence_mode"))
            .with("dnsSettings", part(block(values, "dns"), &[("proxy_enabled", "enableProxy")]))
            .with(
                "intrusionDetection",
                part(block(values, "intrusion_detection"), &[("mode", "mode")]),
            )
            .with("transportSecurity", tls)
            .with("sql", part(whole.clone(), &[("sql_redirect_allowed", "allowSqlRedirect")]))
            .with("explicitProxy", part(block(values, "explicit_proxy"), &proxy))
            .with("snat", part(whole, &snat))
            .with("ruleCollectionGroups", groups)
            .made();
        let policy = self.around(at, resource).with("properties", Some(properties));
        self.put(at, resources::Kind::FirewallPolicy, policy);
    }

    pub(super) fn rule_collection_group(&mut self, at: usize, resource: &Resource<'d>) {
        let values = &resource.values;
        let span = resource.node.span();
        let mut collections = Vec::new();
        for (name, kind, sort) in OF_POLICY {
            let Some(blocks) = values.get(name) else { continue };
            match blocks.value() {
                Value::Array(items) => {
                    for (index, item) in items.items().enumerate() {
                        let groups = |rule: usize, property: &'static str, ids: Reading<'d>| {
                            let (index, rule) = (index.to_string(), rule.to_string());
                            self.ip_groups(at, &[name, &index, "rule", &rule, property], ids)
                        };
                        collections.push(collection(&item, (Some(kind), sort), &groups));
                    }
                }
                Value::Null => {}
                _ => collections.push(blocks),
            }
        }
        let properties = Arm::at(values.span())
            .with("priority", values.get("priority"))
            .with("ruleCollections", Some(list(collections, values.span())))
            .made();
        let id = self.identities.id(at);
        let group = Arm::at(span)
            .with("id", Some(text(Text::known(id), span)))
            .with("name", Some(self.attribute(at, resource, "name")))
            .with("properties", Some(properties));
        self.put(at, resources::Kind::RuleCollectionGroup { is_old: false }, group);
    }

    pub(super) fn ip_group(&mut self, at: usize, resource: &Resource<'d>) {
        let values = &resource.values;
        let children = self.prefixes.remove(&at).unwrap_or_default();
        let own = values.get("cidrs").filter(|own| {
            // Azure will show the prefixes that are resources of their own.
            let is_unknown = matches!(own.value(), Value::Unknown(_));
            let is_declared = resource.expression(&["cidrs"]).is_some();
            let is_made_here = resource.is_new && resource.config.is_some() && !is_declared;
            !(is_unknown && is_made_here && !children.is_empty())
        });
        let children = children.iter().filter_map(|&child| {
            let child = self.identities.resource(child)?;
            child.values.get("cidr")
        });
        let mut addresses: Vec<Reading<'d>> = match own.as_ref().map(Reading::value) {
            Some(Value::Array(items)) => items.items().collect(),
            Some(Value::Null) | None => Vec::new(),
            Some(_) => own.into_iter().collect(),
        };
        let written = |it: &Reading<'_>| it.text().map(|text| text.text.into_owned());
        let known: Vec<Option<String>> = addresses.iter().map(written).collect();
        addresses.extend(children.filter(|it| !known.contains(&written(it))));
        let properties =
            Arm::at(values.span()).with("ipAddresses", Some(list(addresses, values.span()))).made();
        let group = self.around(at, resource).with("properties", Some(properties));
        self.put(at, resources::Kind::IpGroup, group);
    }

    /// The resource that an attribute refers to by its id, if it may refer to one.
    pub(super) fn link_to(
        &self,
        at: usize,
        resource: &Resource<'d>,
        name: &str,
    ) -> Option<Reading<'d>> {
        let written = resource.values.get(name)?;
        match written.value() {
            Value::Null => None,
            Value::Text(id) if id.text.is_empty() => None,
            Value::Unknown(_) => {
                let id = self.identities.text(at, name);
                // Whose id it will be is told, or not.
                let is_told = id.text.starts_with('/');
                Some(if is_told { reference(text(id, written.span())) } else { written })
            }
            _ => Some(reference(written)),
        }
    }

    /// A list of the ids of IP groups: those that are not known yet are found by what the list
    /// refers to, if that is as many groups as ids are missing.
    fn ip_groups(&self, at: usize, path: &[&str], ids: Reading<'d>) -> Reading<'d> {
        let is_unknown = |it: &Reading<'_>| matches!(it.value(), Value::Unknown(_));
        let span = ids.span();
        let (known, missing) = match ids.value() {
            Value::Unknown(_) => (Vec::new(), 1),
            Value::Array(items) => {
                let (missing, known): (Vec<_>, Vec<_>) = items.items().partition(is_unknown);
                (known, missing.len())
            }
            _ => return ids,
        };
        if missing == 0 {
            return ids;
        }
        let targets = self.identities.plan.targets(at, path).unwrap_or_default();
        let is_group = |target: &Target| {
            let kind = self.identities.resource(target.resource).map(|it| kind_of(&it.kind));
            kind == Some(Some(Kind::IpGroup))
                && target.attribute.as_deref().is_none_or(|it| it == "id")
        };
        if targets.len() != missing || !targets.iter().all(is_group) {
            return ids;
        }
        let found = targets.iter().map(|it| self.identities.id(it.resource));
        let found = found.map(|id| text(Text::known(id), span));
        list(known.into_iter().chain(found).collect(), span)
    }
}

/// The first of a list of blocks, which holds one at most; what is not known stays so.
fn block<'d>(values: &Reading<'d>, name: &str) -> Option<Reading<'d>> {
    let blocks = values.get(name)?;
    match blocks.value() {
        Value::Array(items) => items.items().next(),
        Value::Unknown(_) => Some(blocks),
        _ => None,
    }
}
