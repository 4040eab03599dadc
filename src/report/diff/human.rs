//! For people at a terminal.

use super::{DiffRenderer, flows, row_side, row_witness, rule, summary, word};
use crate::{
    compare::{Comparison, FlowChange, RowChange, Subject, Turn, direction_word},
    finding::Verdict,
    report::{Look, clean, guard::Guard, paint::Paint, phrases},
};
use std::io::{self, Write};

pub(super) const RENDERER: DiffRenderer = DiffRenderer {
    name: "human",
    summary: "for people: required endpoints first, then flows by group",
    render,
};

/// So many boxes of one change are shown; `--verbose` shows all.
const MOST_BOXES: usize = 6;

/// So many changes of one group and turn are shown; `--verbose` shows all.
const MOST_CHANGES: usize = 12;

fn render(comparison: &Comparison, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let mut out = Guard::new(out);
    let text = Text { look, paint: Paint(look.color) };
    text.rows(comparison, &mut out)?;
    text.groups(comparison, &mut out)?;
    text.others(comparison, &mut out)?;
    if !look.quiet {
        writeln!(out, "{}", summary(comparison))?;
    }
    out.flush()
}

struct Text<'l> {
    look: &'l Look,
    paint: Paint,
}

impl Text<'_> {
    fn head(&self, turn: Turn) -> String {
        let verdict = match turn {
            Turn::Blocked => Verdict::Blocked,
            Turn::Unproved => Verdict::Unknown,
            Turn::Opened => Verdict::Allowed,
        };
        self.paint.verdict(verdict, &word(turn).to_uppercase())
    }

    fn rows(&self, comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
        let rows = comparison.rows.iter().filter(|row| row.after.required || self.look.verbose);
        for RowChange { turn, before, after } in rows.clone() {
            let of = clean::line(&format!("{}/{}", after.profile, after.requirement));
            let what = clean::line(&after.what);
            let kind = after.scope.word();
            let at = clean::line(&format!("{kind} {} ({})", after.name, after.file));
            writeln!(out, "{}  {} [{of}]", self.head(*turn), self.paint.strong(&what))?;
            writeln!(out, "  at {at}")?;
            writeln!(out, "  before: {}", row_side(before.verdict, &before.decided_by))?;
            writeln!(out, "  now:    {}", row_side(after.verdict, &after.decided_by))?;
            let change = RowChange { turn: *turn, before: before.clone(), after: after.clone() };
            if let Some(flow) = row_witness(&change) {
                writeln!(out, "  witness: {flow}")?;
            }
            if let Some(reason) = after.reason.as_ref().filter(|_| *turn == Turn::Unproved) {
                writeln!(out, "  why: {}", clean::line(reason))?;
            }
        }
        if rows.count() > 0 { writeln!(out) } else { Ok(()) }
    }

    fn groups(&self, comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
        let same = |one: &FlowChange, other: &FlowChange| {
            (&one.name, &one.after_file) == (&other.name, &other.after_file)
        };
        for group in comparison.flows.chunk_by(same) {
            let Some(FlowChange { scope, name, before_file, after_file, .. }) = group.first()
            else {
                continue;
            };
            let files = if before_file == after_file {
                after_file.clone()
            } else {
                format!("{before_file} -> {after_file}")
            };
            let head = clean::line(&format!("{} {name}", scope.word()));
            writeln!(out, "{}  {}", self.paint.strong(&head), clean::line(&files))?;
            let alike = |one: &FlowChange, other: &FlowChange| {
                (one.turn, one.direction, one.certain)
                    == (other.turn, other.direction, other.certain)
            };
            for changes in group.chunk_by(alike) {
                self.changes(changes, out)?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    /// Changes of one turn and direction.
    fn changes(&self, changes: &[FlowChange], out: &mut dyn Write) -> io::Result<()> {
        let Some(first) = changes.first() else { return Ok(()) };
        let perhaps = if first.certain { "" } else { ", as far as that can be known" };
        let way = direction_word(first.direction);
        writeln!(out, "  {} {way}{perhaps}", self.head(first.turn))?;
        let most = if self.look.verbose { usize::MAX } else { MOST_CHANGES };
        for change in changes.iter().take(most) {
            self.change(change, out)?;
        }
        let more = changes.len().saturating_sub(most);
        if more > 0 {
            writeln!(out, "    and {} more (--verbose shows all)", phrases::count(more, "change"))?;
        }
        Ok(())
    }

    fn change(&self, change: &FlowChange, out: &mut dyn Write) -> io::Result<()> {
        let most = if self.look.verbose { usize::MAX } else { MOST_BOXES };
        for part in change.boxes.iter().take(most) {
            writeln!(out, "    {}", flows(part))?;
        }
        let more = change.boxes.len().saturating_sub(most);
        if more > 0 || change.more {
            let count = if change.more { String::new() } else { format!("{more} ") };
            writeln!(out, "    and {count}more such sets")?;
        }
        writeln!(out, "      before: {}", rule(&change.before))?;
        writeln!(out, "      now:    {}", rule(&change.after))?;
        writeln!(out, "      e.g. {}", self.paint.faint(&phrases::flow(&change.witness)))
    }

    fn others(&self, comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
        let list = |subjects: &[Subject]| {
            let words = subjects
                .iter()
                .map(|it| clean::line(&format!("{} {} ({})", it.scope.word(), it.name, it.file)));
            words.collect::<Vec<_>>().join(", ")
        };
        let Comparison { gone, added, undecided, before, after, .. } = comparison;
        if !gone.is_empty() {
            writeln!(out, "no longer there, and not compared: {}", list(gone))?;
        }
        if !added.is_empty() {
            writeln!(out, "new, and not compared: {}", list(added))?;
        }
        for it in undecided {
            let place = clean::line(&format!("{} {} ({})", it.scope.word(), it.name, it.file));
            writeln!(out, "not compared: {place}: {}", clean::line(&it.reason))?;
        }
        for (report, when) in [(before, "before"), (after, "now")] {
            for unchecked in &report.unchecked {
                let file = clean::line(&unchecked.file);
                writeln!(out, "not checked yet ({when}): {file}: {}", unchecked.what)?;
            }
        }
        Ok(())
    }
}
