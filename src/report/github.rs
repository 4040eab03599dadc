//! Workflow commands for GitHub Actions, which show findings beside the changed lines.

use super::{
    Look, Renderer, clean, guard, phrases,
    places::Places,
    words::{self, Words},
};
use crate::finding::{Finding, Report, RunError, Severity};
use std::io;

/// `--format github`
pub(super) const RENDERER: Renderer =
    Renderer { name: "github", summary: "annotations of GitHub Actions", render };

fn render(report: &Report, look: &Look, out: &mut dyn io::Write) -> io::Result<()> {
    let places = Places::of(report);
    for error in &report.errors {
        writeln!(out, "{}", of_error(error, &places))?;
    }
    // GitHub shows only the first ten annotations of each kind a step.
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        for finding in report.findings.iter().filter(|finding| finding.severity == severity) {
            writeln!(out, "{}", of_finding(finding, &places))?;
        }
    }
    if !look.quiet {
        for (file, message) in phrases::deployed_with(report).chain(phrases::unchecked(report)) {
            let properties = [("file", property(file)), ("title", "egresslint".to_owned())];
            writeln!(out, "{}", command("notice", &properties, &message))?;
        }
        for row in phrases::unjudged(report) {
            let message = format!("not judged: {row}");
            writeln!(
                out,
                "{}",
                command("notice", &[("title", "egresslint".to_owned())], &message)
            )?;
        }
        writeln!(out, "{}", guard::line(&phrases::summary(report)))?;
    }
    Ok(())
}

fn of_error(error: &RunError, places: &Places<'_>) -> String {
    let start = error.span.and_then(|span| places.of_span(span)).map(|place| place.start);
    let mut properties = vec![("file", property(&error.file))];
    if let Some(line) = error.line.or(start.map(|start| start.line)) {
        properties.push(("line", line.to_string()));
        if let Some(column) = error.column.or(start.map(|start| start.column)) {
            properties.push(("col", column.to_string()));
        }
    }
    properties.push(("title", "egresslint".to_owned()));
    command("error", &properties, &clean::line(&words::message(&error.message)))
}

fn of_finding(finding: &Finding, places: &Places<'_>) -> String {
    let name = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let place = finding.primary.as_ref().and_then(|label| places.of_span(label.span));
    let mut properties =
        vec![("file", property(place.map_or(finding.resource.file.as_str(), |it| it.file)))];
    if let Some(place) = place {
        properties.push(("line", place.start.line.to_string()));
        properties.push(("endLine", place.end.line.to_string()));
        // GitHub ignores columns, or the annotation, where they are on different lines.
        if place.start.line == place.end.line {
            properties.push(("col", place.start.column.to_string()));
            properties.push(("endColumn", place.end.column.to_string()));
        }
    }
    properties.push(("title", property(&format!("egresslint: {}", finding.lint.id))));
    command(name, &properties, &phrases::paragraph(finding, &Words::of(finding)))
}

fn command(name: &str, properties: &[(&str, String)], message: &str) -> String {
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={value}")).collect();
    // Only the first two colons are ours: what follows may be no command of another server.
    let rest = format!("{name} {}::{}", properties.join(","), data(message));
    format!("::{}", guard::line(&rest))
}

/// The percent sign goes first, or it would be escaped twice.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(&clean::line(text)).replace(':', "%3A").replace(',', "%2C")
}
