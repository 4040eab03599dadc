//! For a comment on a pull request.

use super::{DiffRenderer, flows, row_side, row_witness, rule, summary};
use crate::{
    compare::{Comparison, FlowChange, Turn, direction_word},
    report::{Look, clean, guard::Guard, phrases},
};
use std::io::{self, Write};

pub(super) const RENDERER: DiffRenderer =
    DiffRenderer { name: "markdown", summary: "for a comment on a pull request", render };

/// So many rows of a table are shown: comments have a limit, and readers too.
const MOST_ROWS: usize = 50;

/// So many boxes of one change are shown.
const MOST_BOXES: usize = 4;

fn render(comparison: &Comparison, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let mut out = Guard::new(out);
    writeln!(out, "### Network policy: what this change does\n")?;
    rows(comparison, look, &mut out)?;
    changes(comparison, &mut out)?;
    others(comparison, &mut out)?;
    writeln!(out, "{}", cell(&summary(comparison)))?;
    out.flush()
}

/// Text in a cell: what Markdown or HTML would take for a mark is none.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in clean::line(text).chars() {
        match letter {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '#' | '~' | '!' => {
                safe.push('\\');
                safe.push(letter);
            }
            // Names of people and issues would call them.
            '@' => safe.push_str("&#64;"),
            _ => safe.push(letter),
        }
    }
    safe
}

const fn mark(turn: Turn) -> &'static str {
    match turn {
        Turn::Blocked => "**newly blocked**",
        Turn::Unproved => "**no longer proved**",
        Turn::Opened => "newly opened",
    }
}

fn rows(comparison: &Comparison, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<_> =
        comparison.rows.iter().filter(|row| row.after.required || look.verbose).collect();
    if rows.is_empty() {
        return writeln!(out, "No required endpoint is treated differently.\n");
    }
    writeln!(out, "| required endpoint | at | | before | now | witness |")?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    for row in rows.iter().take(MOST_ROWS) {
        let at = format!("{} {}", row.after.scope.word(), row.after.name);
        let witness = row_witness(row).unwrap_or_default();
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            cell(&row.after.what),
            cell(&at),
            mark(row.turn),
            cell(&row_side(row.before.verdict, &row.before.decided_by)),
            cell(&row_side(row.after.verdict, &row.after.decided_by)),
            cell(&witness)
        )?;
    }
    left_out(rows.len(), out)
}

fn changes(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    if comparison.flows.is_empty() {
        return Ok(());
    }
    writeln!(out, "| at | flows | before | now | for example |")?;
    writeln!(out, "|---|---|---|---|---|")?;
    for change in comparison.flows.iter().take(MOST_ROWS) {
        let FlowChange { name, scope, direction, turn, .. } = change;
        let perhaps = if change.certain { "" } else { " (perhaps)" };
        let at = format!("{} {name}, {}", scope.word(), direction_word(*direction));
        let mut boxes: Vec<String> =
            change.boxes.iter().take(MOST_BOXES).map(|it| cell(&flows(it))).collect();
        if change.more || change.boxes.len() > MOST_BOXES {
            boxes.push("and more".to_owned());
        }
        writeln!(
            out,
            "| {} | {}{perhaps}: {} | {} | {} | {} |",
            cell(&at),
            mark(*turn),
            boxes.join("; "),
            cell(&rule(&change.before)),
            cell(&rule(&change.after)),
            cell(&phrases::flow(&change.witness))
        )?;
    }
    left_out(comparison.flows.len(), out)
}

fn left_out(rows: usize, out: &mut dyn Write) -> io::Result<()> {
    let more = rows.saturating_sub(MOST_ROWS);
    if more > 0 {
        writeln!(out, "\nand {} more", phrases::count(more, "row"))?;
    }
    writeln!(out)
}

fn others(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let lists = [("no longer there", &comparison.gone), ("new", &comparison.added)];
    for (what, subjects) in lists {
        for it in subjects {
            let name = cell(&format!("{} {} ({})", it.scope.word(), it.name, it.file));
            writeln!(out, "- {what}, and not compared: {name}")?;
        }
    }
    for it in &comparison.undecided {
        let name = cell(&format!("{} {} ({})", it.scope.word(), it.name, it.file));
        writeln!(out, "- not compared: {name}: {}", cell(&it.reason))?;
    }
    for error in comparison.before.errors.iter().chain(&comparison.after.errors) {
        let line = error.line.map(|line| format!(":{line}")).unwrap_or_default();
        let text = format!("{}{line}: {}", error.file, error.message);
        writeln!(out, "- **could not be read**: {}", cell(&text))?;
    }
    writeln!(out)
}
