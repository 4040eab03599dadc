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
fn a_line_end_in_a_name_starts_no_command() {
    let text = rendered("github", &rich::report(), &PLAIN);
    assert!(text.lines().all(|line| !line.starts_with("::error::")));
    assert_eq!(text.lines().filter(|line| line.starts_with("::")).count(), 9);
}

proptest! {
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
