//! The coverage table: what is reachable from where, at a glance, with the rule that decided.

use super::{Look, clean, paint::Paint, phrases, places::Places};
use crate::finding::{Coverage, Report, Verdict};
use std::io;

/// With more rows than this, those that are allowed are only counted.
const MAX_ROWS: usize = 30;

/// Names are cut to fit the line, but not shorter than this.
const MIN_CELL: usize = 24;

/// Longer names are cut even where there is room.
const MAX_CELL: usize = 44;

const COLUMNS: usize = 6;
const HEADINGS: [&str; COLUMNS] = ["VERDICT", "WHAT", "SCOPE", "DECIDED BY", "AT", "REQUIREMENT"];

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
    let all = look.verbose || report.coverage.len() <= MAX_ROWS;
    let rows: Vec<&Coverage> =
        report.coverage.iter().filter(|row| all || row.verdict != Verdict::Allowed).collect();
    let paint = Paint(look.color);
    let footnotes = footnotes(&report.coverage);
    let cells: Vec<Cells> = rows.iter().map(|row| cells(row, places, &footnotes)).collect();
    if !cells.is_empty() {
        let widths = widths(&cells, look.width);
        let heading = HEADINGS.map(str::to_owned);
        writeln!(out, "{}", paint.strong(&line(&heading, &widths)))?;
        for (row, cells) in rows.iter().zip(&cells) {
            let line = line(cells, &widths);
            let word = cells.first().map_or("", String::as_str);
            let rest = line.strip_prefix(word).unwrap_or_default();
            writeln!(out, "{}{rest}", paint.verdict(row.verdict, word))?;
        }
    }
    let hidden = report.coverage.len() - rows.len();
    if hidden > 0 {
        let more = phrases::count(hidden, "allowed row");
        writeln!(out, "{}", paint.faint(&format!("and {more}; --verbose shows all")))?;
    }
    for (index, footnote) in footnotes.iter().enumerate() {
        writeln!(out, "  [{}] {footnote}", index + 1)?;
    }
    writeln!(out)
}

type Cells = [String; COLUMNS];

/// The different reasons of all rows, in order: an assumption counts for a row not shown too.
fn footnotes(coverage: &[Coverage]) -> Vec<String> {
    let mut footnotes: Vec<String> = Vec::new();
    for reason in coverage.iter().filter_map(|row| row.reason.as_deref()).map(clean::line) {
        if !footnotes.contains(&reason) {
            footnotes.push(reason);
        }
    }
    footnotes
}

fn cells(row: &Coverage, places: &Places<'_>, footnotes: &[String]) -> Cells {
    let reason = row.reason.as_deref().map(clean::line);
    let note = footnotes.iter().position(|footnote| Some(footnote) == reason.as_ref());
    let mut verdict = row.verdict.word().to_uppercase();
    if let Some(index) = note {
        verdict.push_str(&format!(" [{}]", index + 1));
    }
    let (rule, at) = decided_by(row, places);
    [
        verdict,
        clean::line(&row.what),
        clean::line(&format!("{} {}", row.scope.word(), row.name)),
        rule,
        at,
        clean::line(&format!("{}/{}", row.profile, row.requirement)),
    ]
}

/// `Deny-All (4096), 2 more` and `net/nsg.json:12`; a built-in rule is in the file of its scope.
fn decided_by(row: &Coverage, places: &Places<'_>) -> (String, String) {
    let file = clean::line(&row.file);
    let Some((first, more)) = row.decided_by.split_first() else {
        return ("-".to_owned(), file);
    };
    let mut rule = phrases::decider(first);
    if !more.is_empty() {
        rule.push_str(&format!(", {} more", more.len()));
    }
    let place = first.span.and_then(|span| places.of_span(span));
    let at = place.map_or_else(
        || format!("{file} (built in)"),
        |place| format!("{}:{}", clean::line(place.file), place.start.line),
    );
    (rule, at)
}

/// `text` in at most `room` columns.
fn cut(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut left = room.saturating_sub(3);
    let kept = text.chars().take_while(|&c| {
        let fits = left >= columns(c);
        left = left.saturating_sub(columns(c));
        fits
    });
    kept.chain("...".chars()).collect()
}

/// The width of each column; names give way where the line would be too long.
fn widths(cells: &[Cells], line: usize) -> [usize; COLUMNS] {
    let mut widths = HEADINGS.map(str::len);
    for row in cells {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = width(cell).max(*widest);
        }
    }
    let mut most = MAX_CELL;
    loop {
        // The rule and its place are what one looks for next: never cut.
        let [verdict, what, scope, rule, at, requirement] = widths;
        let cut = |width: usize| width.min(most);
        widths = [verdict, cut(what), cut(scope), rule, at, cut(requirement)];
        let total: usize = widths.iter().sum::<usize>() + 2 * (COLUMNS - 1);
        if total <= line || most <= MIN_CELL {
            return widths;
        }
        most -= 1;
    }
}

fn line(cells: &Cells, widths: &[usize; COLUMNS]) -> String {
    let padded = cells.iter().zip(widths).map(|(cell, &room)| {
        let cell = cut(cell, room);
        let padding = room.saturating_sub(width(&cell));
        format!("{cell}{:padding$}", "")
    });
    padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

/// The columns that `text` takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// East Asian wide characters (UAX 11) take two columns, combining marks none; the ranges are
/// whole blocks, near enough for names.
const fn columns(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' | '\u{3099}'..='\u{309a}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}
