//! One line a finding, as editors and `grep` like it: `path:line:column: severity[lint]: message`.

use super::{
    Look, Renderer, clean,
    guard::Guard,
    paint::Paint,
    phrases,
    places::Places,
    words::{self, Words},
};
use crate::finding::{Finding, Report, RunError, Severity, Verdict};
use std::{
    collections::BTreeSet,
    io::{self, Write as _},
};

/// `--format concise`
pub(super) const RENDERER: Renderer = Renderer {
    name: "concise",
    summary: "one line a finding: path:line:column: severity[lint]: message",
    render,
};

fn render(report: &Report, look: &Look, out: &mut dyn io::Write) -> io::Result<()> {
    let out = &mut Guard::new(out);
    let (places, paint) = (Places::of(report), Paint(look.color));
    for error in &report.errors {
        let word = paint.severity(Severity::Error, "error");
        writeln!(
            out,
            "{}: {word}: {}",
            error_path(error, &places),
            clean::line(&words::message(&error.message))
        )?;
    }
    for finding in phrases::in_reading_order(&report.findings) {
        let word = format!("{}[{}]", finding.severity.word(), finding.lint.id);
        let word = paint.severity(finding.severity, &word);
        let words = Words::of(finding);
        let address = words.address.map(|address| format!(" ({address})")).unwrap_or_default();
        let message = clean::line(&format!("{}{address}", words.message));
        writeln!(out, "{}: {word}: {message}", finding_path(finding, &places))?;
    }
    if !look.quiet {
        let word = paint.severity(Severity::Note, "note");
        for (file, message) in phrases::deployed_with(report).chain(phrases::unchecked(report)) {
            writeln!(out, "{}: {word}: {message}", clean::line(file))?;
        }
        let known = report.coverage.iter().filter(|row| row.verdict != Verdict::Unknown);
        let assumed: BTreeSet<&str> = known.filter_map(|row| row.reason.as_deref()).collect();
        for assumption in assumed {
            writeln!(out, "{word}: assumed: {}", clean::line(assumption))?;
        }
        for row in phrases::unjudged(report) {
            writeln!(out, "{word}: not judged: {row}")?;
        }
        writeln!(out, "{}", phrases::summary(report))?;
    }
    out.flush()
}

fn finding_path(finding: &Finding, places: &Places<'_>) -> String {
    let place = finding.primary.as_ref().and_then(|label| places.of_span(label.span));
    match place {
        Some(place) => path(place.file, Some(place.start.line), Some(place.start.column)),
        None => path(&finding.resource.file, None, None),
    }
}

/// `path:line:column` of an error, as far as it is known.
pub(super) fn error_path(error: &RunError, places: &Places<'_>) -> String {
    let place = error.span.and_then(|span| places.of_span(span));
    let line = error.line.or(place.map(|place| place.start.line));
    let column = error.column.or(place.map(|place| place.start.column));
    path(&error.file, line, column)
}

fn path(file: &str, line: Option<u32>, column: Option<u32>) -> String {
    let mut path = clean::line(file);
    for number in [line, line.and(column)].into_iter().flatten() {
        path.push_str(&format!(":{number}"));
    }
    path
}
