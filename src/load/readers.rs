//! The table of readers: a new shape is one entry here, and a folder of test data.

use super::terraform::instead;
use super::{Intake, arm_template, effective, rule_list, shapes, terraform, what_if};
use crate::document::Node;

/// One shape of input.
#[derive(Debug)]
pub struct Reader {
    /// Its name, which is also that of its folder in the test data.
    pub name: &'static str,
    /// What it reads, in a line.
    pub summary: &'static str,
    /// Whether a value is of this shape, by its content. Looks at the beginning of lists only.
    pub recognizes: fn(&Node<'_>) -> bool,
    /// How it is read.
    pub read: Read,
}

/// What is done with a shape.
#[derive(Clone, Copy, Debug)]
pub enum Read {
    /// It becomes part of the model.
    Model(fn(Node<'_>, &mut Intake<'_>)),
    /// It is known, by this name, and not checked yet.
    NotYet(&'static str),
    /// It is known, and does not hold what is wanted; the words say what to give instead.
    Instead(&'static str),
}

/// The name of the reader for parameters files, which are read with their templates.
pub const PARAMETERS: &str = "parameters-file";

/// All shapes, in the order in which they are tried (JS-001).
pub const READERS: &[&Reader] = &[
    &Reader {
        name: "arm-template",
        summary: "ARM templates, also inside of blueprints and policy definitions",
        recognizes: arm_template::recognizes,
        read: Read::Model(arm_template::read),
    },
    &Reader {
        name: PARAMETERS,
        summary: "parameters of ARM templates",
        recognizes: shapes::is_parameters_file,
        read: Read::NotYet("a parameters file"),
    },
    &Reader {
        name: "terraform",
        summary: "plans and states as `terraform show -json` prints them",
        recognizes: terraform::recognizes,
        read: Read::Model(terraform::read),
    },
    &Reader {
        name: "terraform-log",
        summary: "what `terraform plan -json` prints line by line: not the plan",
        recognizes: instead::is_log,
        read: Read::Instead(instead::LOG),
    },
    &Reader {
        name: "terraform-state-file",
        summary: "`terraform.tfstate` as Terraform keeps it",
        recognizes: instead::is_state_file,
        read: Read::Instead(instead::STATE_FILE),
    },
    &Reader {
        name: "what-if",
        summary: "results of `az deployment … what-if --no-pretty-print`",
        recognizes: what_if::recognizes,
        read: Read::Model(what_if::read),
    },
    &Reader {
        name: "effective-nsg",
        summary: "effective security rules of a network interface",
        recognizes: effective::recognizes,
        read: Read::Model(effective::read),
    },
    &Reader {
        name: "security-group-view",
        summary: "the security group view of Network Watcher",
        recognizes: shapes::is_security_group_view,
        read: Read::NotYet("a security group view"),
    },
    &Reader {
        name: "effective-routes",
        summary: "effective routes of a network interface",
        recognizes: shapes::is_effective_routes,
        read: Read::NotYet("a list of effective routes"),
    },
    &Reader {
        name: "resource-graph",
        summary: "rows of a Resource Graph query",
        recognizes: shapes::is_resource_graph,
        read: Read::Model(shapes::read_resource_graph),
    },
    &Reader {
        name: "powershell",
        summary: "output of `Get-AzNetworkSecurityGroup`, `Get-AzFirewall…` and others, with `ConvertTo-Json -Depth 20`",
        recognizes: shapes::is_powershell,
        read: Read::Model(shapes::read_powershell),
    },
    &Reader {
        name: "azure-cli",
        summary: "output of `az network nsg`, `firewall`, `ip-group`, `route-table` with `show` or `list`",
        recognizes: shapes::is_azure_cli,
        read: Read::Model(shapes::read_azure_cli),
    },
    &Reader {
        name: "arm-resource",
        summary: "resources as the REST interface, `az rest` and `az resource` print them",
        recognizes: shapes::is_arm_resource,
        read: Read::Model(shapes::read_arm_resource),
    },
    &Reader {
        name: "service-tags",
        summary: "the list of service tags and their prefixes",
        recognizes: shapes::is_service_tags,
        read: Read::NotYet("a list of service tags"),
    },
    &Reader {
        name: "rule-list",
        summary: "a bare list of security rules",
        recognizes: rule_list::recognizes,
        read: Read::Model(rule_list::read),
    },
    &Reader {
        name: "firewall-rules",
        summary: "rule collections of Azure Firewall with no resource around them",
        recognizes: shapes::is_firewall_rules,
        read: Read::NotYet("rules of an Azure Firewall"),
    },
    &Reader {
        name: "policy-definition",
        summary: "Azure Policy definitions without a template",
        recognizes: shapes::is_policy_definition,
        read: Read::NotYet("an Azure Policy definition"),
    },
];
