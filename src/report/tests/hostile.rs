//! What must hold for every format, whatever the input.

use super::{PLAIN, rendered, rich};
use crate::{
    finding::{Report, RunError},
    lint::{Edit, Fix, Label},
    report::{Look, RENDERERS, clean},
    source::{FileId, SourceFile, Sources, Span},
};
use proptest::prelude::{any, prop_assert, proptest};

fn in_every_format(report: &Report, check: impl Fn(&str, &str)) {
    for renderer in RENDERERS {
        check(renderer.name, &rendered(renderer.name, report, &PLAIN));
    }
}

/// No format lets anything through that a terminal would act on.
fn is_harmless(text: &str) -> bool {
    !text.contains(|c| clean::is_hostile(c) && c != '\n')
}

#[test]
fn no_format_prints_a_secret_or_an_escape() {
    in_every_format(&rich::report(), |name, text| {
        assert!(!text.contains("hunter2") && !text.contains("abc%2F"), "{name}: {text}");
        assert!(is_harmless(text), "{name}: {text:?}");
    });
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for renderer in RENDERERS {
        let [first, second] =
            [rich::report(), rich::report()].map(|report| rendered(renderer.name, &report, &PLAIN));
        assert_eq!(first, second);
    }
}

#[test]
fn no_format_leaves_an_unread_file_out_even_when_quiet() {
    let look = Look { quiet: true, ..PLAIN };
    for renderer in RENDERERS {
        let text = rendered(renderer.name, &rich::report(), &look);
        assert!(text.contains("cannot be read: it is not there"), "{}: {text}", renderer.name);
    }
}

#[test]
fn every_format_ends_its_last_line() {
    for report in [rich::report(), rich::silent(3)] {
        in_every_format(&report, |name, text| assert!(text.ends_with('\n'), "{name}"));
    }
}

#[test]
fn every_format_names_what_is_not_checked() {
    in_every_format(&rich::report(), |name, text| assert!(text.contains("an IP group"), "{name}"));
}

#[test]
fn quiet_is_silent_where_there_is_nothing() {
    let look = Look { quiet: true, ..PLAIN };
    for name in ["human", "concise", "github"] {
        assert_eq!(rendered(name, &rich::silent(3), &look), "");
    }
}

#[test]
fn a_secret_in_an_edit_keeps_the_edit_back() {
    let mut report = rich::report();
    let edit = Edit { span: rich::span(0, "100"), text: "AccountKey=hunter2".to_owned() };
    let fix = Fix { description: "mend".to_owned(), edits: vec![edit] };
    report.findings[0].fix = Some(fix);
    in_every_format(&report, |name, text| assert!(!text.contains("hunter2"), "{name}: {text}"));
}

#[test]
fn what_one_text_of_a_finding_hides_no_other_tells() {
    let mut report = rich::report();
    let finding = &mut report.findings[0];
    finding.rule = Some("x?sig=Zq7!SECRET9x".to_owned());
    finding.help = Some("rename it, such as to `x-sig-Zq7-SECRET9x`".to_owned());
    finding.fix = Some(Fix { description: "rename\nsig-SECRET9x".to_owned(), edits: Vec::new() });
    finding.related = vec![Label { span: rich::span(0, "100"), text: "not SECRET9x".to_owned() }];
    in_every_format(&report, |name, text| {
        assert!(!text.contains("SECRET9x"), "{name}: {text}");
    });
}

#[test]
fn every_format_but_the_shortest_has_the_rule_to_paste() {
    for name in ["human", "json", "sarif", "github"] {
        let text = rendered(name, &rich::report(), &PLAIN);
        let text = text.replace('\\', "").replace("%0A", "");
        assert!(text.contains(r#""name": "Allow-Storage""#), "{name}: {text}");
    }
}

#[test]
fn no_text_of_the_input_is_told_at_any_length() {
    let mut report = rich::report();
    let long = "long text ".repeat(100_000);
    for finding in &mut report.findings {
        finding.message.clone_from(&long);
        finding.help = Some(long.clone());
    }
    for error in &mut report.errors {
        error.message.clone_from(&long);
    }
    in_every_format(&report, |name, text| {
        assert!(text.len() < 200_000 && text.contains('…'), "{name}: {}", text.len());
    });
}

#[test]
fn a_line_end_in_a_name_starts_no_command() {
    let text = rendered("github", &rich::report(), &PLAIN);
    assert!(text.lines().all(|line| !line.starts_with("::error::")));
    assert_eq!(text.lines().filter(|line| line.starts_with("::")).count(), 9);
}

/// Every text of a report that comes from the input, replaced by `name`.
fn named(name: &str) -> Report {
    let mut report = rich::report();
    let files = [name, "other.json"].map(|path| SourceFile::new(path, format!("{name}\n{name} x")));
    report.sources = Sources::new(Vec::from(files));
    let whole = Span { file: FileId(0), start: 0, end: 1 };
    let elsewhere = Span { file: FileId(1), start: 0, end: 1 };
    let label = |span| Label { span, text: name.to_owned() };
    for finding in &mut report.findings {
        finding.message = format!("{name} {name}");
        finding.rule = Some(name.to_owned());
        finding.resource.name = name.to_owned();
        finding.resource.file = name.to_owned();
        finding.primary = finding.primary.is_some().then(|| label(whole));
        finding.related = vec![label(whole), label(elsewhere)];
        finding.help = Some(format!("a {name} {name}"));
        finding.fix = Some(Fix { description: format!("add\n{name}"), edits: Vec::new() });
        if let Some(requirement) = &mut finding.requirement {
            requirement.profile = name.to_owned();
            requirement.id = name.to_owned();
            requirement.source = name.to_owned();
        }
    }
    for row in &mut report.coverage {
        row.profile = name.to_owned();
        row.requirement = name.to_owned();
        row.what = format!("{name} on tcp/443");
        row.name = name.to_owned();
        row.file = name.to_owned();
        row.reason = row.reason.is_some().then(|| format!("{name} {name}"));
        for decider in &mut row.decided_by {
            decider.rule = name.to_owned();
            decider.resource = name.to_owned();
        }
    }
    for error in &mut report.errors {
        error.file = name.to_owned();
        error.message = format!("{name} {name}");
        error.span = None;
    }
    for unchecked in &mut report.unchecked {
        unchecked.file = name.to_owned();
    }
    report.tags.cloud = name.to_owned();
    report
}

/// What GitHub (`::` at the start of a line), Azure Pipelines (`##vso[` and `##[`, wherever they
/// stand) and `TeamCity` act on, colors left out.
fn commands(text: &str) -> Vec<&str> {
    let acted_on = |line: &&str| {
        let mut bare = line.trim_start();
        while let Some((_, rest)) = bare.strip_prefix("\x1b[").and_then(|it| it.split_once('m')) {
            bare = rest.trim_start();
        }
        let marked = ["##[", "##vso[", "##teamcity["].iter().any(|mark| line.contains(mark));
        marked || bare.starts_with("::")
    };
    text.split(['\n', '\r']).filter(acted_on).collect()
}

/// What the format `name` makes of hostile names, less the commands that are its own.
fn foreign_commands(name: &str, text: &str) -> Vec<String> {
    let ours = |line: &&str| {
        let kind = ["::error ", "::warning ", "::notice "].iter().find(|it| line.starts_with(**it));
        let properties = kind.and_then(|kind| line.strip_prefix(kind)?.split_once("::"));
        let marked = ["##[", "##vso["].iter().any(|mark| line.contains(mark));
        properties.is_some_and(|(text, _)| text.starts_with("file=")) && !marked
    };
    let found = commands(text).into_iter();
    found.filter(|line| name != "github" || !ours(line)).map(str::to_owned).collect()
}

#[test]
fn a_command_would_be_seen() {
    for line in ["::error::x", "  ::set-env name=a::b", "x ##vso[task.x]", "\x1b[1m::debug::"] {
        assert_eq!(commands(line).len(), 1, "{line}");
    }
    assert_eq!(foreign_commands("github", "::error title=x::y\n::error file=a::b").len(), 1);
}

proptest! {
    #[test]
    fn no_name_becomes_a_command_of_a_build_server(
        name in "(::error::x|::warning file=a::|##vso\\[task.x\\]|##\\[error\\]|##|#|\\[|:|::|[a-c]{1,30}| |\n|\r\n|\t|\u{3000}|\u{85}|,|%0A|`|拒){1,9}",
        color: bool,
        verbose: bool,
        width in 0..140_usize,
    ) {
        let report = named(&name);
        let look = Look { color, verbose, width, ..PLAIN };
        for renderer in RENDERERS {
            let shown = rendered(renderer.name, &report, &look);
            let found = foreign_commands(renderer.name, &shown);
            prop_assert!(found.is_empty(), "{}: {found:?}", renderer.name);
        }
    }

    #[test]
    fn any_text_and_any_spans_can_be_shown(
        text in "([ab\"{}:,日é\u{1b}\u{202e}\t]{0,9}(\n|\r\n|\r|)|a{400}|日{200}){0,14}",
        spans in proptest::collection::vec((0..2_u32, 0..900_u32, any::<u8>()), 4),
        message in "[\\PC\u{0}-\u{9f}\u{202e}\u{200b}]{0,40}",
        color: bool,
        width in 0..200_usize,
    ) {
        let mut report = rich::report();
        report.sources = Sources::new(vec![SourceFile::new("f\u{1b}", text)]);
        let labels: Vec<Label> = spans
            .into_iter()
            .map(|(file, start, length)| {
                // Some end before they start.
                let end = (start + u32::from(length)).saturating_sub(3);
                Label { span: Span { file: FileId(file), start, end }, text: message.clone() }
            })
            .collect();
        report.errors = vec![RunError {
            file: message.clone(),
            line: None,
            column: None,
            message: message.clone(),
            span: Some(labels[3].span),
        }];
        for finding in &mut report.findings {
            finding.message.clone_from(&message);
            finding.primary = Some(labels[0].clone());
            finding.related = labels[1..].to_vec();
        }
        let look = Look { color, width, ..PLAIN };
        for renderer in RENDERERS {
            let shown = rendered(renderer.name, &report, &look);
            prop_assert!(color || is_harmless(&shown), "{}: {shown:?}", renderer.name);
        }
    }
}
