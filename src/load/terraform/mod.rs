//! Plans and states as `terraform show -json` prints them (JS-070 to JS-072).
//!
//! Every resource becomes the ARM resource that it deploys, value by value (`arm`), and is read by
//! the reader of those. What a plan does not know yet is laid over its values (`veil`); whose id
//! or name that will be, the configuration in the plan tells (`configuration`, `identity`).

mod arm;
mod assembly;
mod azapi;
mod azure;
mod census;
mod configuration;
mod firewall;
mod firewall_rules;
mod identity;
pub(super) mod instead;
mod plan;
mod routes;
mod secrets;
#[cfg(test)]
mod tests;
mod translation;
mod veil;

pub(super) use self::census::census;

use self::assembly::Assembly;
use self::plan::Plan;
use super::{Intake, LoadError, LoadFault, Unchecked};
use crate::document::Node;

/// The major versions of the format that are known; 0 was that of Terraform before 1.1.
const MAJORS: [&str; 2] = ["0", "1"];

pub(super) fn recognizes(root: &Node<'_>) -> bool {
    const PARTS: [&str; 4] = ["values", "planned_values", "resource_changes", "prior_state"];
    const ABOUT: [&str; 2] = ["format_version", "terraform_version"];
    let is_empty = || root.members().all(|(key, _)| ABOUT.into_iter().any(|it| key.is(it)));
    root.get("format_version").is_some()
        && (PARTS.into_iter().any(|key| root.get(key).is_some()) || is_empty())
}

pub(super) fn read(root: Node<'_>, intake: &mut Intake<'_>) {
    intake.loaded.secrets.extend(secrets::of(root));
    let version = root.get("format_version");
    let text = version.and_then(|it| it.text()).unwrap_or_default();
    let major = text.split('.').next().unwrap_or_default();
    if !MAJORS.contains(&major) {
        let fault = LoadFault::TerraformFormat(text.into_owned());
        let span = version.map(|it| it.span());
        intake.loaded.errors.push(LoadError { fault, span, opener: None });
        return;
    }
    let says = |key: &str, value: bool| root.get(key).filter(|it| it.as_bool() == Some(value));
    if let Some(errored) = says("errored", true) {
        let (fault, span) = (LoadFault::Instead(instead::ERRORED), Some(errored.span()));
        intake.loaded.errors.push(LoadError { fault, span, opener: None });
    }
    if let Some(incomplete) = says("complete", false) {
        let (what, span) = (instead::INCOMPLETE, incomplete.span());
        intake.loaded.unchecked.push(Unchecked { what, span, idle: false });
    }
    let plan = Plan::of(root);
    Assembly::of(&plan, intake).run();
}
