//! For people at a terminal: every finding with the lines it is about, then what is reachable at a
//! glance, then what was looked at.

use super::{
    Look, Renderer, clean, concise,
    excerpt::{CONTEXT_LINES, Excerpt, Mark},
    paint::Paint,
    phrases,
    places::Places,
    table,
};
use crate::{
    finding::{Finding, Report, RunError, Severity},
    lint::Label,
    source::Span,
};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use std::{fmt, io};

/// `--format human`
pub(super) const RENDERER: Renderer = Renderer {
    name: "human",
    summary: "for people: findings with excerpts, then a table of what is reachable",
    render,
};

fn render(report: &Report, look: &Look, out: &mut dyn io::Write) -> io::Result<()> {
    let page = Page { report, look, places: Places::of(report), paint: Paint(look.color) };
    for error in &report.errors {
        page.error(error, out)?;
        writeln!(out)?;
    }
    for finding in &report.findings {
        page.finding(finding, out)?;
        writeln!(out)?;
    }
    if look.quiet {
        return Ok(());
    }
    table::write(report, look, &page.places, out)?;
    writeln!(out, "{}", phrases::summary(report))
}

/// What every part of the output needs.
struct Page<'r> {
    report: &'r Report,
    look: &'r Look,
    places: Places<'r>,
    paint: Paint,
}

impl<'r> Page<'r> {
    fn error(&self, error: &'r RunError, out: &mut dyn io::Write) -> io::Result<()> {
        let mark = error.span.and_then(|span| self.mark(span, "", true));
        let excerpts = self.excerpts(error.span, mark.as_slice());
        let message = clean::line(&error.message);
        let (severity, head) = (Severity::Error, "error:");
        self.say(&Said { severity, head, message: &message }, &excerpts, out)?;
        if excerpts.is_empty() {
            self.arrow(&concise::error_path(error, &self.places), out)?;
        }
        Ok(())
    }

    fn finding(&self, finding: &'r Finding, out: &mut dyn io::Write) -> io::Result<()> {
        let file = finding.primary.as_ref().map(|label| label.span.file);
        let (here, elsewhere): (Vec<&Label>, Vec<&Label>) =
            finding.related.iter().partition(|label| Some(label.span.file) == file);
        let marks: Vec<Mark<'_>> = finding
            .primary
            .iter()
            .filter_map(|label| self.mark(label.span, &label.text, true))
            .chain(here.iter().filter_map(|label| self.mark(label.span, &label.text, false)))
            .collect();
        let span = finding.primary.as_ref().map(|label| label.span);
        let excerpts = self.excerpts(span, &marks);
        let severity = finding.severity;
        let head = &format!("{}[{}]:", severity.word(), finding.lint.id);
        let message = clean::line(&finding.message);
        self.say(&Said { severity, head, message: &message }, &excerpts, out)?;
        if excerpts.is_empty() {
            let (file, name) = (&finding.resource.file, &finding.resource.name);
            self.arrow(&format!("{}: {}", clean::line(file), clean::line(name)), out)?;
        }
        for label in elsewhere {
            if let Some(place) = self.places.of_span(label.span) {
                let (line, column) = (place.start.line, place.start.column);
                let (file, text) = (clean::line(place.file), clean::line(&label.text));
                self.arrow(&format!("{file}:{line}:{column}: {text}"), out)?;
            }
        }
        self.details(finding, out)
    }

    fn details(&self, finding: &Finding, out: &mut dyn io::Write) -> io::Result<()> {
        if let Some(requirement) = &finding.requirement {
            self.prose("required by", &[phrases::requirement(requirement)], out)?;
        }
        if let Some(witness) = &finding.witness {
            self.prose("witness", &[phrases::flow(witness)], out)?;
        }
        if let Some(help) = &finding.help {
            self.prose("help", &clean::lines(help), out)?;
        }
        let Some(fix) = &finding.fix else { return Ok(()) };
        let lines = clean::lines(&fix.description);
        let (first, rule) = lines.split_at_checked(1).unwrap_or_default();
        self.prose("fix", first, out)?;
        // What follows may be a rule to paste, and must stay as it is.
        for line in rule {
            writeln!(out, "{}", format!("    {line}").trim_end())?;
        }
        Ok(())
    }

    fn prose(&self, name: &str, lines: &[String], out: &mut dyn io::Write) -> io::Result<()> {
        let indent = name.len() + 2;
        let room = self.look.width.saturating_sub(indent + 2).max(20);
        let mut head = self.paint.strong(&format!("{name}:"));
        head.push(' ');
        for line in lines.iter().flat_map(|line| wrap(line, room)) {
            writeln!(out, "  {head}{line}")?;
            head = " ".repeat(indent);
        }
        Ok(())
    }

    fn arrow(&self, text: &str, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "  {} {text}", self.paint.faint("-->"))
    }

    fn mark(&self, span: Span, text: &'r str, primary: bool) -> Option<Mark<'r>> {
        let place = self.places.of_span(span)?;
        Some(Mark { start: span.start, end: span.end, place, text, primary })
    }

    fn excerpts(&self, span: Option<Span>, marks: &[Mark<'_>]) -> Vec<Excerpt> {
        let file = span.and_then(|span| self.report.sources.get(span.file));
        file.map(|file| Excerpt::of(file, marks)).unwrap_or_default()
    }

    /// `head message`, and the excerpts under it.
    fn say(
        &self,
        said: &Said<'_>,
        excerpts: &[Excerpt],
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let (first, others) = excerpts.split_at_checked(1).unwrap_or_default();
        let excerpt = first.first();
        let text = self.drawn(&Drawing { said, excerpt })?;
        for (index, line) in text.lines().enumerate() {
            let line = if index == 0 { line.trim_start() } else { line };
            writeln!(out, "{}", line.trim_end())?;
        }
        let said = &Said { message: "", ..*said };
        for excerpt in others {
            // The first line is the message, which has been said.
            for line in self.drawn(&Drawing { said, excerpt: Some(excerpt) })?.lines().skip(1) {
                writeln!(out, "{}", line.trim_end())?;
            }
        }
        Ok(())
    }

    fn drawn(&self, drawing: &Drawing<'_>) -> io::Result<String> {
        let mut theme =
            if self.look.color { GraphicalTheme::unicode() } else { GraphicalTheme::none() };
        // The mark that miette puts before a message is our whole heading.
        theme.characters.error = drawing.said.head.to_owned();
        theme.characters.warning = drawing.said.head.to_owned();
        theme.characters.advice = drawing.said.head.to_owned();
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_urls(false)
            .with_width(self.look.width.max(40))
            .with_break_words(false)
            .with_context_lines(CONTEXT_LINES)
            .without_syntax_highlighting();
        let mut text = String::new();
        match handler.render_report(&mut text, drawing) {
            Ok(()) => Ok(text),
            Err(fmt::Error) => Err(io::Error::other("a report could not be laid out")),
        }
    }
}

/// The first line of something to say.
#[derive(Clone, Copy, Debug)]
struct Said<'a> {
    severity: Severity,
    head: &'a str,
    message: &'a str,
}

/// What miette draws.
#[derive(Debug)]
struct Drawing<'a> {
    said: &'a Said<'a>,
    excerpt: Option<&'a Excerpt>,
}

impl fmt::Display for Drawing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.said.message)
    }
}

impl std::error::Error for Drawing<'_> {}

impl Diagnostic for Drawing<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.said.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.map(|excerpt| -> &dyn SourceCode { excerpt })
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let excerpt = self.excerpt?;
        Some(Box::new(excerpt.labels()))
    }
}

/// `text` in lines of at most `width` characters, broken at spaces.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if table::width(line) + 1 + table::width(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
