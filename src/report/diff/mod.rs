//! What has changed between two versions, as text: one small file a format, all of them in
//! [`DIFF_RENDERERS`]. Required endpoints stand first, then flows by group.

mod human;
mod json;
mod markdown;
#[cfg(test)]
mod tests;

use super::{Look, clean, phrases};
use crate::{
    compare::{Comparison, Decider, FlowBox, RowChange, Turn},
    finding::DecidedBy,
};
use std::io;

/// An output format of comparisons.
#[derive(Debug)]
pub struct DiffRenderer {
    /// The word for `--format`.
    pub name: &'static str,
    /// One line for `--help`.
    pub summary: &'static str,
    /// Writes the comparison. The only errors are those of the writer.
    pub render: fn(&Comparison, &Look, &mut dyn io::Write) -> io::Result<()>,
}

/// Every format of comparisons, in the order of `--help`.
pub const DIFF_RENDERERS: &[&DiffRenderer] =
    &[&human::RENDERER, &json::RENDERER, &markdown::RENDERER];

/// The word for a turn.
const fn word(turn: Turn) -> &'static str {
    match turn {
        Turn::Blocked => "newly blocked",
        Turn::Unproved => "no longer proved",
        Turn::Opened => "newly opened",
    }
}

/// `Tcp from 10.0.0.0/8 to Storage on 443`
fn flows(flows: &FlowBox) -> String {
    let FlowBox { source, source_ports, destination, destination_ports, protocol } = flows;
    let from = if source_ports == "any" { String::new() } else { format!(" port {source_ports}") };
    let on =
        if destination_ports == "any" { String::new() } else { format!(" on {destination_ports}") };
    let protocol = if protocol == "any" { "any protocol" } else { protocol };
    clean::line(&format!("{protocol} from {source}{from} to {destination}{on}"))
}

/// `Deny_All (1000) new/nsg.json:65:19`
fn rule(decider: &Decider) -> String {
    let priority = decider.priority.map(|number| format!(" ({number})")).unwrap_or_default();
    let place = decider.place.as_ref();
    let place = place
        .map(|it| format!(" {}:{}:{}", it.file, it.line, it.column))
        .unwrap_or_else(|| " built in".to_owned());
    clean::line(&format!("{}{priority}{place}", decider.rule))
}

/// The rule that a row of the coverage names first.
fn first(deciders: &[DecidedBy]) -> Option<String> {
    let decider = deciders.first()?;
    let priority = decider.priority.map(|number| format!(" ({number})")).unwrap_or_default();
    Some(clean::line(&format!("{}{priority}", decider.rule)))
}

/// `allowed by Allow_Storage (200)`
fn row_side(verdict: crate::finding::Verdict, deciders: &[DecidedBy]) -> String {
    let by = first(deciders).map(|rule| format!(" by {rule}")).unwrap_or_default();
    format!("{}{by}", verdict.word())
}

/// The flow that shows a change of a row, in the version where it is stopped.
fn row_witness(change: &RowChange) -> Option<String> {
    let row = if change.turn == Turn::Opened { &change.before } else { &change.after };
    row.witness.as_ref().map(phrases::flow)
}

/// One line that sums all up.
fn summary(comparison: &Comparison) -> String {
    let rows = |turn| comparison.required(turn);
    let flows = |turn| comparison.turned(turn);
    let mut parts = vec![format!(
        "required endpoints: {} newly blocked, {} newly opened",
        rows(Turn::Blocked),
        rows(Turn::Opened)
    )];
    if rows(Turn::Unproved) > 0 {
        parts.push(format!("{} no longer proved", rows(Turn::Unproved)));
    }
    parts.push(format!(
        "{} compared: {} of flows newly blocked, {} newly opened",
        phrases::count(comparison.compared, "group"),
        phrases::count(flows(Turn::Blocked), "set"),
        flows(Turn::Opened)
    ));
    let tags = &comparison.after.tags;
    let as_of = tags.as_of.as_deref().unwrap_or("of unknown date");
    parts.push(clean::line(&format!("service tags: {} {as_of}", tags.cloud)));
    parts.join("; ")
}
