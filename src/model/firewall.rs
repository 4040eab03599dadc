//! Azure Firewall as written: firewalls with classic rule collections, firewall policies, their rule
//! collection groups, and IP groups (azure-semantics part 3). They lie flat in the estate and know
//! each other by resource id, so that one file may hold a policy and another its groups.

use super::{
    network::Reference,
    rule::{Condition, Iteration},
    values::{AddressFault, Fault, Field, PortItem, Unknown},
};
use crate::source::{Span, Spanned};
use ipnetwork::IpNetwork;
use std::net::IpAddr;

/// A firewall. Where [`Self::policy`] is set, the collections are left over (FW-003).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firewall {
    /// Its name.
    pub name: Spanned<String>,
    /// Its resource id in the normal form ([`super::names`]).
    pub id: Box<str>,
    /// The whole resource.
    pub span: Span,
    /// Its policy (FW-002).
    pub policy: Reference,
    /// Classic rule collections: inline, and those that are resources of their own (FW-001).
    pub collections: Vec<RuleCollection>,
    /// Why there may be others; `None` where it shows all of them.
    pub unread: Option<Unknown>,
    /// What policies have as well.
    pub settings: FirewallSettings,
    /// The private addresses, where the input shows them: what routes name as next hop.
    pub addresses: Vec<Spanned<IpAddr>>,
    /// The subnets it stands in, in their normal form (`AzureFirewallSubnet`).
    pub subnets: Vec<Spanned<String>>,
    /// The virtual hub it stands in.
    pub hub: Reference,
    /// The condition on which it is deployed, where that can't be known.
    pub condition: Option<Condition>,
    /// Duplicate keys and wrong types.
    pub faults: Vec<Fault>,
}

/// A firewall policy, without its groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirewallPolicy {
    /// Its name.
    pub name: Spanned<String>,
    /// Its resource id in the normal form.
    pub id: Box<str>,
    /// The whole resource.
    pub span: Span,
    /// The parent policy (FW-014).
    pub base: Reference,
    /// What classic firewalls have as well.
    pub settings: FirewallSettings,
    /// The ids of its groups in the normal form, where an export lists them (read-only).
    pub listed_groups: Vec<Spanned<String>>,
    /// Why it may have groups that are not here (a template adds to what is there); `None` where the
    /// input shows all of them.
    pub unread: Option<Unknown>,
    /// The condition on which it is deployed, where that can't be known.
    pub condition: Option<Condition>,
    /// Duplicate keys and wrong types.
    pub faults: Vec<Fault>,
}

/// Settings of a firewall or a policy that bear on verdicts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirewallSettings {
    /// Basic, Standard or Premium.
    pub tier: Field<Tier>,
    /// Threat intelligence (FW-023).
    pub threat_intelligence: Field<ThreatMode>,
    /// Whether the firewall answers names for its clients (FW-039).
    pub dns_proxy: Field<bool>,
    /// IDPS (FW-024).
    pub intrusion_detection: Field<IntrusionMode>,
    /// Whether a certificate for TLS inspection is set (FW-062).
    pub tls_inspection: Field<bool>,
    /// `sql.allowSqlRedirect` (FW-042).
    pub sql_redirect: Field<bool>,
    /// `explicitProxy.enableExplicitProxy` (FW-075).
    pub explicit_proxy: Field<bool>,
    /// Its port for HTTP.
    pub explicit_http_port: Field<i64>,
    /// Its port for HTTPS.
    pub explicit_https_port: Field<i64>,
    /// Destinations that network rules don't translate; empty where the input names none, which is
    /// the private ranges (FW-072).
    pub private_ranges: Vec<FirewallAddressItem>,
}

/// The tier of a firewall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Basic (FW-076).
    Basic,
    /// Standard.
    Standard,
    /// Premium.
    Premium,
}

/// What threat intelligence does with what is on its list (FW-023).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ThreatMode {
    /// Nothing.
    Off,
    /// It tells.
    Alert,
    /// It stops, before any rule.
    Deny,
}

/// What IDPS does (FW-024).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IntrusionMode {
    /// Nothing.
    Off,
    /// It tells.
    Alert,
    /// It may stop what a rule allowed.
    Deny,
}

/// A rule collection group of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleCollectionGroup {
    /// Its name, without that of its policy.
    pub name: Spanned<String>,
    /// Its resource id in the normal form.
    pub id: Box<str>,
    /// The id of its policy in the normal form.
    pub policy: Box<str>,
    /// The whole resource.
    pub span: Span,
    /// The number as written; FW-004 allows 100 to 65000.
    pub priority: Field<i64>,
    /// Its collections, in the order of the file.
    pub collections: Vec<RuleCollection>,
    /// Why there may be others.
    pub unread: Option<Unknown>,
    /// The condition on which it is deployed, where that can't be known.
    pub condition: Option<Condition>,
    /// Duplicate keys and wrong types.
    pub faults: Vec<Fault>,
}

/// A rule collection, classic or of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleCollection {
    /// Its name.
    pub name: Spanned<String>,
    /// The whole collection.
    pub span: Span,
    /// What it says it holds: the classic list it stands in, or `ruleCollectionType` (FW-006).
    pub kind: Field<CollectionKind>,
    /// The number as written; FW-004 allows 100 to 65000.
    pub priority: Field<i64>,
    /// What it does with the flows that it decides (FW-007).
    pub action: Field<FirewallAction>,
    /// Its rules, in the order of the file (FW-012).
    pub rules: Vec<FirewallRule>,
    /// Why there may be others.
    pub unread: Option<Unknown>,
    /// The condition on which it is deployed, where that can't be known.
    pub condition: Option<Condition>,
    /// Duplicate keys and wrong types.
    pub faults: Vec<Fault>,
}

/// What a collection may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CollectionKind {
    /// Network or application rules (policy; FW-006).
    Filter,
    /// Network rules (classic).
    Network,
    /// Application rules (classic).
    Application,
    /// NAT rules.
    Nat,
}

/// What a collection does with flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FirewallAction {
    /// Lets them through.
    Allow,
    /// Stops them.
    Deny,
    /// Translates their destination.
    Dnat,
    /// Translates their source (classic enumeration only).
    Snat,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirewallRule {
    /// Its name.
    pub name: Spanned<String>,
    /// The whole rule.
    pub span: Span,
    /// Which round of which copy loop made it, where its place alone does not tell.
    pub iteration: Option<Box<Iteration>>,
    /// Where flows come from.
    pub source: Ends,
    /// What the rule says beyond that, by its type.
    pub body: RuleBody,
    /// Duplicate keys and wrong types.
    pub faults: Vec<Fault>,
}

/// What the types of rules have of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleBody {
    /// A network rule (FW-030).
    Network(NetworkRule),
    /// An application rule (FW-051).
    Application(ApplicationRule),
    /// A NAT rule (FW-017).
    Nat(NatRule),
    /// What it is can't be known, or is nothing that Azure knows.
    Unread(Unknown),
}

/// One side of a rule: the union of all kinds that are filled (FW-035).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ends {
    /// Addresses and, on the side of the destination, service tags.
    pub addresses: Vec<FirewallAddressItem>,
    /// IP groups, as references by id.
    pub ip_groups: Vec<IpGroupRef>,
    /// Geo filters and selector groups, as written: what they hold nobody publishes (FW-040).
    pub opaque: Vec<Spanned<String>>,
    /// Why there may be others: a list that can't be read.
    pub unread: Option<Unknown>,
    /// Where it was written; the rule where it was not.
    pub span: Span,
}

/// One element of an address list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirewallAddressItem {
    /// What it says.
    pub value: FirewallAddress,
    /// Where it was written.
    pub span: Span,
}

/// What an address element of a firewall rule or an IP group says (FW-033, FW-070).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FirewallAddress {
    /// `*`.
    Any,
    /// An address or prefix, host bits as written.
    Network(IpNetwork),
    /// `a-b`, both ends in it, in the order in which they were written.
    Range(IpAddr, IpAddr),
    /// Everything else: a service tag, known or not.
    Tag(Box<str>),
    /// Not known from the input.
    Unknown(Box<str>),
    /// Nothing that Azure takes.
    Invalid {
        /// What was written.
        text: Box<str>,
        /// What is wrong with it.
        fault: AddressFault,
    },
}

/// A reference to an IP group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IpGroupRef {
    /// Its id in the normal form, of which parts may be unknown.
    To(Spanned<String>),
    /// Which one it is can't be known.
    Unknown(Unknown),
}

/// What a network rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkRule {
    /// The protocols (FW-031).
    pub protocols: Protocols,
    /// Where flows go to.
    pub destination: Ends,
    /// Names that the firewall resolves by itself (FW-038).
    pub fqdns: Texts,
    /// The ports they go to.
    pub ports: FirewallPorts,
}

/// What an application rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationRule {
    /// Protocols with their ports (FW-052, FW-053).
    pub protocols: Vec<ApplicationProtocol>,
    /// Why there may be other protocols.
    pub protocols_unread: Option<Unknown>,
    /// Host names, with a `*` at the left at most (FW-060).
    pub fqdns: Texts,
    /// FQDN tags (FW-065).
    pub fqdn_tags: Texts,
    /// URLs (FW-061).
    pub urls: Texts,
    /// Web categories (FW-063).
    pub web_categories: Texts,
    /// Destinations, whose effect nobody has confirmed (FW-051).
    pub destination: Ends,
    /// `terminateTLS` (FW-062).
    pub terminates_tls: Field<bool>,
}

/// What a NAT rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NatRule {
    /// The protocols.
    pub protocols: Protocols,
    /// The firewall's own address.
    pub destination: Ends,
    /// The firewall's own ports.
    pub ports: FirewallPorts,
    /// The address to which flows are sent on.
    pub translated_address: Field<IpAddr>,
    /// The name to which flows are sent on.
    pub translated_fqdn: Option<Spanned<String>>,
    /// The port to which flows are sent on.
    pub translated_port: Field<i64>,
}

/// A list of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// Those that are known, as written.
    pub items: Vec<Spanned<String>>,
    /// Those of which a part or the whole is unknown, one by one.
    pub unknown: Vec<Unknown>,
}

impl Texts {
    /// Whether nothing is there.
    pub const fn is_empty(&self) -> bool {
        self.items.is_empty() && self.unknown.is_empty()
    }
}

/// The protocols of a network or NAT rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protocols {
    /// Each one: read, unknown, or nothing that Azure knows.
    pub items: Vec<Field<FirewallProtocol>>,
    /// Why there may be others: the list can't be read.
    pub unread: Option<Unknown>,
}

/// The protocols of network rules (FW-031).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FirewallProtocol {
    /// TCP and UDP with explicit ports; every IP protocol with `*`.
    Any,
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP.
    Icmp,
}

/// The destination ports of a network or NAT rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirewallPorts {
    /// Each port or range (FW-037).
    pub items: Vec<PortItem>,
    /// Why there may be others.
    pub unread: Option<Unknown>,
    /// Where it was written; the rule where it was not.
    pub span: Span,
}

/// A protocol of an application rule, with its port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationProtocol {
    /// What it is.
    pub kind: Field<ApplicationProtocolKind>,
    /// The port; where it is missing, that of the protocol is not assumed here.
    pub port: Field<i64>,
    /// Where it was written.
    pub span: Span,
}

/// The protocols of application rules (FW-052).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ApplicationProtocolKind {
    /// HTTP, matched on the Host header (FW-054).
    Http,
    /// HTTPS, matched on SNI (FW-054).
    Https,
    /// The protocol of SQL Server.
    Mssql,
}

/// An IP group (FW-070).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IpGroup {
    /// Its name.
    pub name: Spanned<String>,
    /// Its resource id in the normal form.
    pub id: Box<str>,
    /// The whole resource.
    pub span: Span,
    /// Its addresses.
    pub addresses: Vec<FirewallAddressItem>,
    /// Why there may be others; `None` where it shows all of them. An empty one that shows all is
    /// empty, and rules that use it are skipped (FW-071).
    pub unread: Option<Unknown>,
    /// The condition on which it is deployed, where that can't be known.
    pub condition: Option<Condition>,
    /// Duplicate keys and wrong types.
    pub faults: Vec<Fault>,
}
