//! The coverage table: what is reachable from where, at a glance, with the rule that decided.

use super::{
    Look, clean,
    columns::{cut, width, wrap},
    paint::Paint,
    phrases,
    places::Places,
};
use crate::finding::{Coverage, Report, ScopeKind, Verdict};
use std::io;

/// With more rows than this, those that nobody has to act on are only counted.
const MAX_ROWS: usize = 30;

/// Names are cut to fit the line, but not shorter than this.
const MIN_NAME: usize = 8;

/// How much of the names is kept in each column as long as there is a requirement to give up.
const READABLE: [usize; COLUMNS] = [0, 24, 16, 0, 24];

/// Longer names of elements are cut: those of templates may be whole expressions.
const MAX_HEADING: usize = 60;

const COLUMNS: usize = 5;
const HEADINGS: [&str; COLUMNS] = ["VERDICT", "WHAT", "DECIDED BY", "LINE", "REQUIREMENT"];

/// The one footnote of all rows that nothing is reported for.
const NOT_REQUIRED: &str = "not required: no document of today asks for it, some of 2018 and 2019 \
                            did; nothing is reported for it";

/// Writes the table of `report` and an empty line; nothing where there is no coverage.
pub(super) fn write(
    report: &Report,
    look: &Look,
    places: &Places<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    if report.coverage.is_empty() {
        return Ok(());
    }
    let table = Table {
        look,
        paint: Paint(look.color),
        places,
        footnotes: footnotes(&report.coverage),
        shortened: !look.verbose && report.coverage.len() > MAX_ROWS,
        one_profile: phrases::only_profile(&report.coverage).is_some(),
    };
    let scopes: Vec<Scope<'_>> =
        scopes(&report.coverage).filter_map(|rows| table.scope(rows)).collect();
    let widths = widths(&scopes, look.width);
    if !scopes.is_empty() {
        let heading = HEADINGS.map(|word| Cell::whole(word.to_owned()));
        writeln!(out, "{}", table.paint.strong(&line(&heading, &widths)))?;
    }
    for scope in &scopes {
        table.write_scope(scope, &widths, out)?;
    }
    table.write_notes(&report.coverage, &scopes, out)?;
    writeln!(out)
}

/// What every part of the table needs.
struct Table<'t> {
    look: &'t Look,
    paint: Paint,
    places: &'t Places<'t>,
    footnotes: Vec<String>,
    /// Only rows to act on?
    shortened: bool,
    one_profile: bool,
}

/// One element with its lines.
struct Scope<'r> {
    first: &'r Coverage,
    /// How many rows of the coverage the lines stand for.
    rows: usize,
    lines: Vec<Line>,
}

struct Line {
    verdict: Verdict,
    required: bool,
    cells: [Cell; COLUMNS],
}

/// A name that may be cut, and what stands behind it and may not.
#[derive(Debug, Default)]
struct Cell {
    name: String,
    rest: String,
}

impl Cell {
    const fn whole(rest: String) -> Self {
        Self { name: String::new(), rest }
    }

    /// The width with no more than `most` columns of the name.
    fn width_with(&self, most: usize) -> usize {
        width(&self.name).min(most) + width(&self.rest)
    }

    fn cut_to(&self, room: usize) -> String {
        let name = cut(&self.name, room.saturating_sub(width(&self.rest)));
        format!("{name}{}", self.rest)
    }
}

/// The rows of each element; the same requirement again is another element of that name.
fn scopes(coverage: &[Coverage]) -> impl Iterator<Item = &[Coverage]> {
    let elements = coverage.chunk_by(|left, right| {
        (left.scope, &left.name, &left.file) == (right.scope, &right.name, &right.file)
    });
    elements.flat_map(|rows| {
        let asked = |row: &Coverage| (row.profile.clone(), row.requirement.clone());
        let first = rows.first().map(asked);
        rows.chunk_by(move |_, right| Some(asked(right)) != first)
    })
}

/// The different reasons of all rows, in order: an assumption counts for a row not shown too.
pub(super) fn footnotes(coverage: &[Coverage]) -> Vec<String> {
    let mut footnotes: Vec<String> = Vec::new();
    for reason in coverage.iter().filter_map(|row| row.reason.as_deref()).map(clean::line) {
        if !footnotes.contains(&reason) {
            footnotes.push(reason);
        }
    }
    footnotes
}

impl Table<'_> {
    /// What is shown of the rows of one element, if anything is.
    fn scope<'r>(&self, rows: &'r [Coverage]) -> Option<Scope<'r>> {
        let first = rows.first()?;
        let required = rows.iter().filter(|row| row.required).count();
        let alike = rows.iter().all(|row| is_as_unknown(row, first));
        if !self.look.verbose && first.required && required > 1 && alike {
            let lines = vec![self.line_for_all(first, required)];
            return Some(Scope { first, rows: rows.len(), lines });
        }
        let lines: Vec<Line> = rows
            .iter()
            .filter(|row| !self.shortened || (row.required && row.verdict != Verdict::Allowed))
            .map(|row| self.line(row))
            .collect();
        (!lines.is_empty()).then_some(Scope { first, rows: lines.len(), lines })
    }

    fn line(&self, row: &Coverage) -> Line {
        let what = clean::line(&row.what);
        let (name, rest) = what.split_at(what.rfind(" on ").unwrap_or(what.len()));
        let what = Cell { name: name.to_owned(), rest: rest.to_owned() };
        let (rule, at) = self.decided_by(row);
        let requirement = if self.one_profile {
            clean::line(&row.requirement)
        } else {
            clean::line(&format!("{}/{}", row.profile, row.requirement))
        };
        let requirement = Cell { name: requirement, rest: String::new() };
        let cells = [self.verdict(row), what, rule, at, requirement];
        Line { verdict: row.verdict, required: row.required, cells }
    }

    /// One line for an element of which nothing is known, whatever is asked.
    fn line_for_all(&self, row: &Coverage, required: usize) -> Line {
        let what = Cell::whole(format!("all {required} requirements"));
        let cells = [self.verdict(row), what, Cell::default(), Cell::default(), Cell::default()];
        Line { verdict: row.verdict, required: true, cells }
    }

    fn verdict(&self, row: &Coverage) -> Cell {
        let word = row.verdict.word();
        let mut verdict = if row.required { word.to_uppercase() } else { format!("{word} *") };
        let reason = row.reason.as_deref().map(clean::line);
        let note = self.footnotes.iter().position(|footnote| Some(footnote) == reason.as_ref());
        if let Some(index) = note {
            verdict.push_str(&format!(" [{}]", index + 1));
        }
        Cell::whole(verdict)
    }

    /// `Deny-All (4096), 2 more` and `:12`; the path only where it is not that of the heading.
    fn decided_by(&self, row: &Coverage) -> (Cell, Cell) {
        let Some((first, more)) = row.decided_by.split_first() else {
            return (Cell::whole("-".to_owned()), Cell::whole("-".to_owned()));
        };
        let mut rest = first.priority.map(|it| format!(" ({it})")).unwrap_or_default();
        let is_path = row.scope == ScopeKind::Path;
        if !more.is_empty() && !is_path {
            rest.push_str(&format!(", {} more", more.len()));
        }
        let name =
            if is_path { format!("{}/{}", first.resource, first.rule) } else { first.rule.clone() };
        let rule = Cell { name: clean::line(&name), rest };
        let at = match first.mark.or(first.span).and_then(|span| self.places.of_span(span)) {
            None => "built in".to_owned(),
            Some(place) if place.file == row.file => format!(":{}", place.start.line),
            // Paths cross files; their names tell enough.
            Some(place) if is_path => {
                let name = place.file.rsplit('/').next().unwrap_or(place.file);
                format!("{}:{}", clean::line(name), place.start.line)
            }
            Some(place) => format!("{}:{}", clean::line(place.file), place.start.line),
        };
        (rule, Cell::whole(at))
    }

    fn write_scope(
        &self,
        scope: &Scope<'_>,
        widths: &[usize; COLUMNS],
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let Coverage { scope: kind, name, file, .. } = scope.first;
        let name = if name.is_empty() { "(no name)".to_owned() } else { clean::line(name) };
        let name = if self.look.verbose { name } else { cut(&name, MAX_HEADING) };
        let name = format!("{} {name}", kind.word());
        writeln!(out, "{}  {}", self.paint.strong(&name), self.paint.faint(&clean::line(file)))?;
        for row in &scope.lines {
            let line = line(&row.cells, widths);
            if !row.required {
                writeln!(out, "{}", self.paint.faint(&line))?;
                continue;
            }
            let word = row.cells.first().map_or("", |cell| cell.rest.as_str());
            let rest = line.trim_start().strip_prefix(word).unwrap_or_default();
            writeln!(out, "{INDENT}{}{rest}", self.paint.verdict(row.verdict, word))?;
        }
        Ok(())
    }

    /// What is not shown, and what the marks mean.
    fn write_notes(
        &self,
        coverage: &[Coverage],
        scopes: &[Scope<'_>],
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let shown: usize = scopes.iter().map(|scope| scope.rows).sum();
        let hidden = coverage.len().saturating_sub(shown);
        if hidden > 0 {
            let more = phrases::count(hidden, "more row");
            let text = format!("and {more}, allowed or not required; --verbose shows all");
            writeln!(out, "{}", self.paint.faint(&text))?;
        }
        if scopes.iter().flat_map(|scope| &scope.lines).any(|line| !line.required) {
            self.write_note("*", NOT_REQUIRED, out)?;
        }
        for (index, footnote) in self.footnotes.iter().enumerate() {
            self.write_note(&format!("[{}]", index + 1), footnote, out)?;
        }
        Ok(())
    }

    fn write_note(&self, mark: &str, text: &str, out: &mut dyn io::Write) -> io::Result<()> {
        let mut head = format!("{INDENT}{mark} ");
        let indent = head.len();
        for line in wrap(text, self.look.width.max(40).saturating_sub(indent)) {
            writeln!(out, "{head}{line}")?;
            head = " ".repeat(indent);
        }
        Ok(())
    }
}

/// Is the whole element as little known as `first` is?
fn is_as_unknown(row: &Coverage, first: &Coverage) -> bool {
    row.verdict == Verdict::Unknown && row.decided_by.is_empty() && row.reason == first.reason
}

const INDENT: &str = "  ";

/// The width of each column, 0 for one that is left out. Where the line would be too long, the
/// widest names give way; where that is not enough, the requirement, as what is asked for says
/// nearly the same.
fn widths(scopes: &[Scope<'_>], room: usize) -> [usize; COLUMNS] {
    let widest = |names: [usize; COLUMNS]| {
        let mut widths = HEADINGS.map(str::len);
        for line in scopes.iter().flat_map(|scope| &scope.lines) {
            for ((width, cell), name) in widths.iter_mut().zip(&line.cells).zip(names) {
                *width = cell.width_with(name).max(*width);
            }
        }
        widths
    };
    let full = widest([usize::MAX; COLUMNS]);
    let readable = widest(READABLE);
    let fitting = narrowed(full, &readable, room);
    if total(&fitting) <= room {
        return fitting;
    }
    let [verdict, what, rule, at, _] = full;
    let without = narrowed([verdict, what, rule, at, 0], &readable, room);
    narrowed(without, &widest([MIN_NAME; COLUMNS]), room)
}

/// `widths` with the widest made narrower, though not below `least`, until they fit.
fn narrowed(
    mut widths: [usize; COLUMNS],
    least: &[usize; COLUMNS],
    room: usize,
) -> [usize; COLUMNS] {
    while total(&widths) > room {
        let yielding = widths.iter_mut().zip(least).filter(|(width, least)| **width > **least);
        let Some((widest, _)) = yielding.max_by_key(|(width, _)| **width) else { break };
        *widest -= 1;
    }
    widths
}

fn total(widths: &[usize; COLUMNS]) -> usize {
    widths.iter().filter(|&&width| width > 0).map(|width| INDENT.len() + width).sum()
}

fn line(cells: &[Cell; COLUMNS], widths: &[usize; COLUMNS]) -> String {
    let shown = cells.iter().zip(widths).filter(|(_, room)| **room > 0);
    let padded = shown.map(|(cell, &room)| {
        let cell = cell.cut_to(room);
        let padding = room.saturating_sub(width(&cell));
        format!("{INDENT}{cell}{:padding$}", "")
    });
    padded.collect::<String>().trim_end().to_owned()
}
