//! Resources outside of templates, and the shapes that are known but not checked yet. They differ
//! in their wrapping and spelling; the resources in them are read by one reader.

use super::Intake;
use super::envelope::{entries, sample};
use super::resources::{Kind, Resources, Terms, kind_of};
use super::scalar::Style;
use super::{LoadError, LoadFault};
use crate::document::{self, Node};
use crate::model::{Built, Shape};
use crate::template::Reading;
use std::collections::BTreeMap;

fn text_of<'d>(node: Node<'d>, key: &str) -> Option<std::borrow::Cow<'d, str>> {
    node.get(key).and_then(|value| value.text())
}

fn is_list(node: Option<Node<'_>>) -> bool {
    node.is_some_and(|node| node.kind() == document::Kind::Array)
}

fn is_object(node: Option<Node<'_>>) -> bool {
    node.is_some_and(|node| node.kind() == document::Kind::Object)
}

fn schema_has(root: &Node<'_>, part: &str) -> bool {
    text_of(*root, "$schema").is_some_and(|schema| schema.to_ascii_lowercase().contains(part))
}

pub(super) fn is_parameters_file(root: &Node<'_>) -> bool {
    schema_has(root, "deploymentparameters.json")
        || (root.get("contentVersion").is_some()
            && is_object(root.get("parameters"))
            && root.get("resources").is_none())
}

pub(super) fn is_security_group_view(root: &Node<'_>) -> bool {
    sample(*root).into_iter().any(|entry| {
        let first = entry.get("networkInterfaces").and_then(|list| list.items().next());
        first.is_some_and(|first| first.get("securityRuleAssociations").is_some())
    })
}

pub(super) fn is_effective_routes(root: &Node<'_>) -> bool {
    sample(*root).into_iter().any(|entry| {
        is_list(entry.get("addressPrefix"))
            && entry.get("nextHopType").is_some()
            && entry.get("state").is_some()
    })
}

pub(super) fn is_service_tags(root: &Node<'_>) -> bool {
    let first = root.get("values").and_then(|list| list.items().next());
    let properties = first.and_then(|first| first.get("properties"));
    properties.is_some_and(|properties| properties.get("addressPrefixes").is_some())
}

pub(super) fn is_firewall_rules(root: &Node<'_>) -> bool {
    const KEYS: [&str; 5] = [
        "ruleCollections",
        "ruleCollectionType",
        "networkRuleCollections",
        "applicationRuleCollections",
        "natRuleCollections",
    ];
    sample(*root).into_iter().any(|entry| KEYS.into_iter().any(|key| entry.get(key).is_some()))
}

pub(super) fn is_policy_definition(root: &Node<'_>) -> bool {
    let has_rule = |node: Node<'_>| is_object(node.get("policyRule"));
    has_rule(*root) || root.get("properties").is_some_and(has_rule)
}

/// A type such as `Microsoft.Network/networkSecurityGroups`.
fn has_type(entry: Node<'_>) -> bool {
    let resource_type = text_of(entry, "type").or_else(|| text_of(entry, "resourceType"));
    resource_type.is_some_and(|text| text.contains('/') && text.contains('.'))
}

fn has_network_id(entry: Node<'_>) -> bool {
    text_of(entry, "id")
        .is_some_and(|id| id.to_ascii_lowercase().contains("/providers/microsoft.network/"))
}

/// A row has the type in lower case and the columns of the table `resources` (JS-040).
pub(super) fn is_resource_graph(root: &Node<'_>) -> bool {
    let is_page = is_list(root.get("data"))
        && ["count", "total_records", "totalRecords", "skip_token", "resultTruncated"]
            .into_iter()
            .any(|key| root.get(key).is_some());
    let is_row = |entry: Node<'_>| {
        let lower = text_of(entry, "type").is_some_and(|text| {
            text.starts_with("microsoft.") && text.bytes().all(|byte| !byte.is_ascii_uppercase())
        });
        lower && (entry.get("subscriptionId").is_some() || entry.get("tenantId").is_some())
    };
    let entries = sample(*root);
    (is_page && !entries.is_empty()) || entries.into_iter().any(is_row)
}

/// Keys in Pascal case (JS-030).
pub(super) fn is_powershell(root: &Node<'_>) -> bool {
    const KEYS: [&str; 6] = [
        "SecurityRules",
        "ResourceGroupName",
        "ProvisioningState",
        "ResourceType",
        "Direction",
        "Id",
    ];
    sample(*root).into_iter().any(|entry| {
        entry.members().any(|(key, _)| KEYS.into_iter().any(|name| key.text() == name))
            && (has_type(entry)
                || has_network_id(entry)
                || entry.get("SecurityRules").is_some()
                || entry.get("Direction").is_some())
    })
}

/// Flattened: what elsewhere stands below `properties` is lifted (JS-020).
pub(super) fn is_azure_cli(root: &Node<'_>) -> bool {
    sample(*root).into_iter().any(|entry| {
        let is_named = entry.get("id").is_some() || entry.get("name").is_some();
        entry.get("properties").is_none()
            && ((is_named && entry.get("securityRules").is_some())
                || (has_network_id(entry) && (has_type(entry) || entry.get("direction").is_some())))
    })
}

pub(super) fn is_arm_resource(root: &Node<'_>) -> bool {
    sample(*root).into_iter().any(|entry| {
        let properties = entry.get("properties");
        let ours = || {
            matches!(text_of(entry, "type").map(|it| kind_of(&it)), Some(Kind::Group | Kind::Rule))
        };
        // What the properties are instead is told where they are read.
        (properties.is_some() && ours())
            || is_object(properties)
                && (has_type(entry)
                    || has_network_id(entry)
                    || properties.is_some_and(|inner| inner.get("securityRules").is_some()))
    })
}

pub(super) fn read_powershell(root: Node<'_>, intake: &mut Intake<'_>) {
    read(root, Shape::PowerShell, intake);
}

pub(super) fn read_azure_cli(root: Node<'_>, intake: &mut Intake<'_>) {
    read(root, Shape::Cli, intake);
}

pub(super) fn read_arm_resource(root: Node<'_>, intake: &mut Intake<'_>) {
    read(root, Shape::Resource, intake);
}

/// Reads every resource of the value.
fn read(root: Node<'_>, shape: Shape, intake: &mut Intake<'_>) {
    let built = built(root);
    let mut resources = Resources::new(intake, Style::of(shape));
    for entry in entries(root) {
        resources.any(&Reading::plain(entry), built);
    }
    resources.finish();
}

/// A list of rules is the whole list of its group, unless there are more pages of it; a rule
/// alone is a part.
pub(super) fn built(root: Node<'_>) -> Built {
    let has_more = ["nextLink", "skip_token", "$skipToken"]
        .into_iter()
        .any(|key| text_of(root, key).is_some_and(|text| !text.is_empty()));
    let is_page = is_list(root.get("value")) || is_list(root.get("data"));
    let is_list =
        root.kind() == document::Kind::Array || is_page || root.get("responses").is_some();
    if is_list && !has_more { Built::Whole } else { Built::Part }
}

/// Rows of whole resources (JS-040). Queries that expand lists give a row for each rule, and
/// whatever columns their author wished (JS-041).
pub(super) fn read_resource_graph(root: Node<'_>, intake: &mut Intake<'_>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let mut partial = Vec::new();
    let mut resources = Resources::new(intake, Style::of(Shape::ResourceGraph));
    for row in entries(root) {
        let resource_type = text_of(row, "type");
        let properties = row.get("properties").filter(|inner| is_object(Some(*inner)));
        let (Some(resource_type), Some(properties)) = (resource_type, properties) else {
            partial.push(row.span());
            continue;
        };
        let kind = kind_of(&resource_type);
        let rules = properties.get("securityRules");
        if kind == Kind::Group && is_object(rules) {
            partial.push(row.span());
            continue;
        }
        // An expanding query repeats the whole resource in every row.
        let id = text_of(row, "id").unwrap_or_default().to_lowercase();
        if !id.is_empty() {
            match seen.get(&id) {
                Some(text) if *text == properties.raw() => continue,
                Some(_) => {}
                None => {
                    seen.insert(id, properties.raw());
                }
            }
        }
        resources.take(kind, &Reading::plain(row), &Terms::default());
    }
    resources.finish();
    let fault = LoadFault::PartialRow;
    if let Some(&span) = partial.first() {
        intake.loaded.errors.push(LoadError { fault, span: Some(span), opener: None });
    }
}
