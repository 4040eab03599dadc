//! What people have of Terraform besides plans and states in JSON, and what to give instead.

use crate::document::{Kind, Node};

/// For the log of a plan.
pub(in crate::load) const LOG: &str = "this is the log of `terraform plan -json`, which does not hold the plan: run `terraform plan -out plan.tfplan`, and give what `terraform show -json plan.tfplan` prints";

/// For a plan that Terraform did not come to the end of.
pub(super) const ERRORED: &str = "Terraform stopped with an error while it made this plan, and what it did not come to is not in it: mend what `terraform plan` says, and give the new plan";

/// What a plan leaves out.
pub(super) const INCOMPLETE: &str =
    "what a Terraform plan leaves out that is not complete (`-target`, or changes that wait)";

/// What waits for a later plan.
pub(super) const DEFERRED: &str = "policy that Terraform defers to a later plan";

/// For the state as Terraform keeps it.
pub(in crate::load) const STATE_FILE: &str = "this is a state as Terraform keeps it, in a format of its own: give what `terraform show -json` prints";

/// For the source.
pub(in crate::load) const SOURCE: &str = "this is Terraform source, whose values only Terraform knows: run `terraform plan -out plan.tfplan`, and give what `terraform show -json plan.tfplan` prints";

pub(in crate::load) fn is_log(root: &Node<'_>) -> bool {
    ["@level", "@message", "@module", "type"].into_iter().all(|key| root.get(key).is_some())
}

pub(in crate::load) fn is_state_file(root: &Node<'_>) -> bool {
    let is_list = |key: &str| root.get(key).is_some_and(|it| it.kind() == Kind::Array);
    root.get("version").is_some()
        && root.get("terraform_version").is_some()
        && (is_list("resources") || is_list("modules"))
}

/// Whether the text, which is not JSON, has a block of Terraform's language.
pub(in crate::load) fn is_source(text: &str) -> bool {
    const BLOCKS: [&str; 8] =
        ["resource", "data", "module", "variable", "output", "provider", "locals", "terraform"];
    text.lines().any(|line| {
        let mut words = line.split([' ', '\t', '{']).filter(|word| !word.is_empty());
        let is_block = words.next().is_some_and(|word| BLOCKS.contains(&word));
        is_block && line.contains('{') && words.all(|it| it.starts_with('"') || it == "}")
    })
}
