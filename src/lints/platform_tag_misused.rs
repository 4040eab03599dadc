//! `platform-tag-misused`: NSG-065.

use super::tag_names::{Named, named};
use super::written::{shown, title};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::Direction,
    tags::special,
};

pub(super) const LINT: Lint = Lint {
    id: "platform-tag-misused",
    summary: "a tag of a platform service with a region, or where no traffic of it is",
    page: include_str!("../../rules/lints/platform-tag-misused.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    named(facts).filter_map(remark).collect()
}

fn remark(named: Named<'_>) -> Option<Remark> {
    let Named { rule, side, name, span, .. } = named;
    if let Some((base, _)) = name.split_once('.')
        && let Some(tag) = special(base).filter(|tag| tag.outbound_only())
    {
        let right = tag.name();
        let message = format!("{} is not a service tag: `{right}` has no regions", shown(name));
        let help = format!("write `{right}`");
        return Some(Remark::about(rule, span, "not a tag", message).help(help));
    }
    let tag = named.special.filter(|tag| tag.outbound_only())?.name();
    let is_source = std::ptr::eq(side.addresses, &rule.source);
    let (what, help) = match rule.direction.known()? {
        Direction::Inbound => {
            ("an inbound rule", format!("name `{tag}` as destination of an outbound rule"))
        }
        Direction::Outbound if is_source => {
            ("the source of an outbound rule", format!("name `{tag}` as destination"))
        }
        Direction::Outbound => return None,
    };
    let message = format!("{} names `{tag}` in {what}, where it stands for nothing", title(rule));
    let remark = Remark::about(rule, span, "stands for outbound destinations", message);
    Some(remark.help(help).at(Level::Warning))
}
