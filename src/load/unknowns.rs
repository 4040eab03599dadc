//! How much of the policy in a file is known: the fields of every resource of policy as evaluation
//! leaves them, whether anything here has a model of them or not, and why some are not known.

use super::parameters::{Deployed, Files};
use super::resources::Terms;
use super::walk::{Parent, Resource, Visitor, walk};
use super::{LoadError, LoadFault, arm_template, marks, terraform, wording};
use crate::document::Document;
use crate::source::{FileId, SourceFile, Span};
use crate::template::{Budget, Cause, Leaf, Reading, leaves};
use std::collections::BTreeMap;

/// The types of policy, below `Microsoft.Network/`.
const KINDS: [&str; 12] = [
    "networkSecurityGroups",
    "networkSecurityGroups/securityRules",
    "azureFirewalls",
    "firewallPolicies",
    "firewallPolicies/ruleCollectionGroups",
    "firewallPolicies/ruleGroups",
    "ipGroups",
    "routeTables",
    "routeTables/routes",
    "virtualNetworks",
    "virtualNetworks/subnets",
    "virtualNetworks/virtualNetworkPeerings",
];

/// What is said of a file that was named and is something else.
const OTHER: &str = "it is neither an ARM template nor a Terraform plan or state in JSON: of other \
                     files all is known";

/// A field that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownField {
    /// The name of its resource, as far as it is known.
    pub resource: String,
    /// The way to it in its resource.
    pub field: String,
    /// What kind of reason it is.
    pub cause: Cause,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub span: Span,
}

/// How many there are of a type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Resources; those that copy loops make one by one.
    pub resources: usize,
    /// Fields.
    pub fields: usize,
    /// Fields that are not known.
    pub unknown: usize,
}

/// What is known of the policy in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// By resource type.
    pub kinds: BTreeMap<&'static str, Tally>,
    /// The fields that are not known.
    pub unknown: Vec<UnknownField>,
    /// Ids that are known but for the subscription and group that is deployed to.
    pub in_place: usize,
    /// What may hold more policy and can not be looked into.
    pub unread: Vec<(&'static str, Span)>,
}

impl Census {
    /// Counts the leaves of a value as fields of a resource.
    pub(super) fn add(
        &mut self,
        kind: &'static str,
        (name, below): (&str, &str),
        reading: &Reading<'_>,
        budget: &Budget,
    ) {
        leaves(reading, budget, &mut |path, leaf, span| {
            let field = match (below, path) {
                (below, "") => below.to_owned(),
                ("", path) => path.to_owned(),
                (below, path) => format!("{below}.{path}"),
            };
            self.field(kind, name, field, (leaf, span));
        });
    }

    pub(super) fn field(
        &mut self,
        kind: &'static str,
        name: &str,
        field: String,
        (leaf, span): (Leaf, Span),
    ) {
        let tally = self.kinds.entry(kind).or_default();
        tally.fields += 1;
        match leaf {
            Leaf::Known => {}
            Leaf::InPlace => self.in_place += 1,
            Leaf::Unknown(cause, reason) => {
                tally.unknown += 1;
                let resource = name.to_owned();
                self.unknown.push(UnknownField { resource, field, cause, reason, span });
            }
        }
    }

    pub(super) fn resource(&mut self, kind: &'static str) {
        self.kinds.entry(kind).or_default().resources += 1;
    }

    /// Adds what another file holds.
    pub fn extend(&mut self, other: Self) {
        for (kind, more) in other.kinds {
            let tally = self.kinds.entry(kind).or_default();
            tally.resources += more.resources;
            tally.fields += more.fields;
            tally.unknown += more.unknown;
        }
        self.unknown.extend(other.unknown);
        self.in_place += other.in_place;
        self.unread.extend(other.unread);
    }
}

/// The type of policy that is called so, with its provider and without case.
pub(super) fn kind_of(resource_type: &str) -> Option<&'static str> {
    let provider = "Microsoft.Network/";
    let (start, rest) = resource_type.split_at_checked(provider.len())?;
    let is = |kind: &&&'static str| kind.eq_ignore_ascii_case(rest);
    start.eq_ignore_ascii_case(provider).then(|| KINDS.iter().find(is).copied()).flatten()
}

/// The type of policy that is called so below another resource.
fn kind_below(resource_type: &str) -> Option<&'static str> {
    let is = |kind: &&&'static str| {
        let (_, part) = kind.split_once('/').unwrap_or_default();
        part.eq_ignore_ascii_case(resource_type)
    };
    KINDS.iter().find(is).copied().filter(|_| !resource_type.is_empty())
}

/// What is known of the policy in `file`; `None` where it holds no template and no plan and nobody
/// asked for it.
///
/// # Errors
///
/// If it is broken, or is `named` and something else.
pub fn census(
    file: &SourceFile,
    id: FileId,
    named: bool,
    deployed: Deployed<'_>,
) -> Result<Option<Census>, LoadError> {
    let document = match Document::parse(id, file.text()) {
        Ok(document) => document,
        Err(error) if named || marks::bears_mark(file.text().as_bytes()) => {
            return Err(wording(file)(error));
        }
        Err(_) => return Ok(None),
    };
    let root = document.root();
    let budget = Budget::of_length(file.text().len());
    if terraform::recognizes(&root) {
        return Ok(Some(terraform::census(root, &budget)));
    }
    let beside = deployed.parse_beside();
    let parameters = Files::of(deployed, beside.as_ref());
    let found = arm_template::in_template(root, &budget, &parameters, |template, _| {
        let mut count = Count { census: Census::default(), budget: &budget };
        walk(template, &mut count);
        count.census
    });
    match found {
        None if named => {
            let (fault, span) = (LoadFault::Instead(OTHER), Some(root.span()));
            Err(LoadError { fault, span, opener: None })
        }
        found => Ok(found),
    }
}

struct Count<'c> {
    census: Census,
    budget: &'c Budget,
}

impl Visitor for Count<'_> {
    const TAKES_ALL: bool = true;

    fn resource(&mut self, resource: &Resource<'_, '_>) {
        let Resource { reading, written_type, parent, .. } = *resource;
        let written = &written_type.text;
        let kind = kind_of(written).or_else(|| match parent {
            Parent::Template => None,
            Parent::Group(_) | Parent::Of(_) | Parent::Other => kind_below(written),
        });
        let Some(kind) = kind else { return };
        self.census.resource(kind);
        let name = reading.get("name");
        let text = name.as_ref().and_then(Reading::text).map(|name| name.text);
        let text = text.unwrap_or_default();
        for (key, value) in [("name", name), ("properties", reading.get("properties"))] {
            let Some(value) = value else { continue };
            self.census.add(kind, (&text, key), &value, self.budget);
        }
    }

    /// What is not deployed has no fields.
    fn idle(&mut self, _: &Resource<'_, '_>, _: &str) {}

    fn expression(&mut self, what: &'static str, reading: &Reading<'_>, _: Parent<'_>, _: &Terms) {
        self.census.unread.push((what, reading.span()));
    }

    fn linked(&mut self, deployment: &Reading<'_>, _: &Terms) {
        self.census.unread.push(("a linked template", deployment.span()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(text: &str) -> Census {
        let file = SourceFile::new("x.json", text);
        census(&file, FileId(0), true, Deployed::default()).unwrap().unwrap()
    }

    #[test]
    fn the_parameters_of_a_blueprint_have_no_value_here() {
        let text = r#"{"kind": "template", "properties": {
            "parameters": {"name": {"value": "[parameters('prefix')]"}},
            "template": {"$schema": "…/deploymentTemplate.json#", "parameters": {
                "name": {"type": "string"}},
                "resources": [{"type": "Microsoft.Network/ipGroups", "apiVersion": "1",
                    "name": "[parameters('name')]",
                    "properties": {"ipAddresses": ["[parameters('other')]", "10.0.0.0/8"]}}]}}}"#;
        let census = counted(text);
        let causes: Vec<Cause> = census.unknown.iter().map(|field| field.cause).collect();
        assert_eq!(causes, [Cause::Parameter, Cause::Undeclared]);
        assert_eq!(census.kinds["ipGroups"], Tally { resources: 1, fields: 2, unknown: 2 });
    }

    #[test]
    fn types_are_known_by_their_whole_name_or_below_their_parent() {
        assert_eq!(kind_of("microsoft.network/ROUTETABLES/routes"), Some("routeTables/routes"));
        assert_eq!(kind_of("Microsoft.Network/routes"), None);
        assert_eq!(kind_of("Microsoft.Compute/routeTables"), None);
        assert_eq!(kind_below("Routes"), Some("routeTables/routes"));
        assert_eq!(kind_below(""), None);
    }
}
