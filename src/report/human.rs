//! For people at a terminal: every finding with the lines it is about, then what is reachable at a
//! glance, then what was looked at.

use super::{
    Look, Renderer, clean,
    columns::{cut_inked, fill, inked_width, width, wrap},
    concise,
    excerpt::{CONTEXT_LINES, Excerpt, Mark},
    guard::Guard,
    paint::Paint,
    phrases,
    places::Places,
    table,
    words::{self, Words},
};
use crate::{
    finding::{Finding, Report, RunError, Severity, Unchecked},
    lint::Label,
    source::Span,
};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use std::{
    borrow::Cow,
    collections::BTreeMap,
    fmt,
    io::{self, Write as _},
};

/// `--format human`
pub(super) const RENDERER: Renderer = Renderer {
    name: "human",
    summary: "for people: findings with excerpts, then a table of what is reachable",
    render,
};

fn render(report: &Report, look: &Look, out: &mut dyn io::Write) -> io::Result<()> {
    let out = &mut Guard::new(out);
    let page = Page { report, look, places: Places::of(report), paint: Paint(look.color) };
    for error in &report.errors {
        page.error(error, out)?;
        writeln!(out)?;
    }
    for finding in phrases::in_reading_order(&report.findings) {
        page.finding(finding, out)?;
        writeln!(out)?;
    }
    if look.quiet {
        return out.flush();
    }
    if phrases::all_clear(report) && !look.verbose {
        // The table would say the same of every row; not so what it rests on.
        for assumption in table::footnotes(&report.coverage) {
            page.prose("assumed", &[assumption], out)?;
        }
    } else {
        table::write(report, look, &page.places, out)?;
    }
    page.deployed_with(out)?;
    for row in phrases::unjudged(report) {
        page.prose("not judged", &[row], out)?;
    }
    page.unchecked(out)?;
    let parts = phrases::summary_parts(report);
    for line in fill(parts.iter().map(String::as_str), "; ", look.width.max(40)) {
        writeln!(out, "{line}")?;
    }
    out.flush()
}

/// More files of a kind are only counted.
const MAX_FILES: usize = 3;

/// What every part of the output needs.
struct Page<'r> {
    report: &'r Report,
    look: &'r Look,
    places: Places<'r>,
    paint: Paint,
}

impl<'r> Page<'r> {
    fn error(&self, error: &'r RunError, out: &mut dyn io::Write) -> io::Result<()> {
        let mark = error.span.and_then(|span| self.mark(span, "".into(), true));
        let excerpts = self.excerpts(error.span, mark.as_slice());
        let message = clean::line(&words::message(&error.message));
        let (severity, head) = (Severity::Error, "error:");
        self.say(&Said { severity, head, message: &message }, &excerpts, out)?;
        if excerpts.is_empty() {
            self.arrow(&concise::error_path(error, &self.places), out)?;
        }
        Ok(())
    }

    fn finding(&self, finding: &'r Finding, out: &mut dyn io::Write) -> io::Result<()> {
        let words = Words::of(finding);
        let file = finding.primary.as_ref().map(|label| label.span.file);
        let (here, elsewhere): (Vec<&Label>, Vec<&Label>) =
            finding.related.iter().partition(|label| Some(label.span.file) == file);
        let marks: Vec<Mark<'_>> = finding
            .primary
            .iter()
            .filter_map(|label| self.mark(label.span, words.label(label), true))
            .chain(here.iter().filter_map(|label| self.mark(label.span, words.label(label), false)))
            .collect();
        let span = finding.primary.as_ref().map(|label| label.span);
        let excerpts = self.excerpts(span, &marks);
        let severity = finding.severity;
        let head = &format!("{}[{}]:", severity.word(), finding.lint.id);
        let message = clean::line(&words.message);
        self.say(&Said { severity, head, message: &message }, &excerpts, out)?;
        if excerpts.is_empty() {
            let (file, name) = (&finding.resource.file, &finding.resource.name);
            self.arrow(&format!("{}: {}", clean::line(file), clean::line(name)), out)?;
        }
        for label in elsewhere {
            if let Some(place) = self.places.of_span(label.span) {
                let (line, column) = (place.start.line, place.start.column);
                let (file, text) = (clean::line(place.file), clean::line(&words.label(label)));
                self.arrow(&format!("{file}:{line}:{column}: {text}"), out)?;
            }
        }
        self.details(finding, &words, out)
    }

    fn details(
        &self,
        finding: &Finding,
        words: &Words<'_>,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        if let Some(address) = &words.address {
            self.prose("in", &[clean::line(address)], out)?;
        }
        let required: Vec<String> = phrases::requirements(finding).collect();
        if !required.is_empty() {
            self.prose("required by", &required, out)?;
        }
        if let Some(witness) = &finding.witness {
            self.prose("witness", &[phrases::flow(witness)], out)?;
        }
        if let Some(help) = &words.help {
            self.prose("help", &clean::lines(help), out)?;
        }
        let Some(fix) = &words.fix else { return Ok(()) };
        let lines = clean::lines(fix);
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
        let room = self.room(indent + 2);
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

    fn mark(&self, span: Span, text: Cow<'r, str>, primary: bool) -> Option<Mark<'r>> {
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
        let Said { severity, head, message } = *said;
        // The first line has the head before it.
        let hanging = 4;
        let text = format!("{head} {message}");
        for (index, line) in wrap(&text, self.room(hanging)).iter().enumerate() {
            match line.strip_prefix(head).filter(|_| index == 0) {
                Some(rest) => writeln!(out, "{}{rest}", self.paint.severity(severity, head))?,
                None => writeln!(out, "{:hanging$}{line}", "")?,
            }
        }
        for excerpt in excerpts {
            // The first line is for a message, which has been said.
            let drawn = self.drawn(&Drawing { excerpt })?;
            let mut lines = drawn.lines().skip(1).map(str::trim_end).peekable();
            while let Some(line) = lines.next() {
                let under = lines.peek().filter(|under| !is_source(under));
                let under = under.map_or(0, |under| inked_width(under));
                // A line of the file may be long; what a label points at stays.
                if is_source(line) && under <= self.room(0) {
                    writeln!(out, "{}", cut_inked(line, self.room(0)))?;
                } else {
                    writeln!(out, "{line}")?;
                }
            }
        }
        Ok(())
    }

    /// The columns that are left behind an indent.
    fn room(&self, indent: usize) -> usize {
        self.look.width.max(40).saturating_sub(indent)
    }

    /// The parameters files that verdicts hang on.
    fn deployed_with(&self, out: &mut dyn io::Write) -> io::Result<()> {
        for (file, message) in phrases::deployed_with(self.report) {
            writeln!(out, "{}: {message}", clean::line(file))?;
        }
        Ok(())
    }

    /// What was recognised and not checked, by kind.
    fn unchecked(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let mut kinds: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for Unchecked { file, what } in &self.report.unchecked {
            kinds.entry(what).or_default().push(clean::line(file));
        }
        if kinds.is_empty() {
            return Ok(());
        }
        writeln!(out, "{}", self.paint.strong("not checked yet:"))?;
        let mut all = true;
        for (what, files) in &kinds {
            let text = format!("{what}: {}", phrases::count(files.len(), "file"));
            if let [file] = files.as_slice() {
                writeln!(out, "  {what}: {file}")?;
            } else if self.look.verbose {
                writeln!(out, "  {text}")?;
                for file in files {
                    writeln!(out, "    {file}")?;
                }
            } else {
                let names = some_names(files, self.room(width(&text) + 2));
                all &= names.is_some();
                writeln!(out, "  {text}{}", names.unwrap_or_default())?;
            }
        }
        if !all {
            writeln!(out, "  {}", self.paint.faint("--verbose names all files"))?;
        }
        writeln!(out)
    }

    fn drawn(&self, drawing: &Drawing<'_>) -> io::Result<String> {
        let theme =
            if self.look.color { GraphicalTheme::unicode() } else { GraphicalTheme::none() };
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
    excerpt: &'a Excerpt,
}

impl fmt::Display for Drawing<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Drawing<'_> {}

impl Diagnostic for Drawing<'_> {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.excerpt.labels()))
    }
}

/// ` (a.json, b.json)`, if all are few and fit `room`.
fn some_names(files: &[String], room: usize) -> Option<String> {
    let text = format!(" ({})", files.join(", "));
    (files.len() <= MAX_FILES && width(&text) <= room).then_some(text)
}

/// Does a drawn line show a line of the file, by the number before it?
fn is_source(line: &str) -> bool {
    let line = line.trim_start();
    let number = line.strip_prefix("\x1b[2m").unwrap_or(line).trim_start();
    number.starts_with(|c: char| c.is_ascii_digit())
}
