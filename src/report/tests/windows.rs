//! Excerpts of big files: what is shown of a file must not hang on its size.

use super::{PLAIN, rendered, rich};
use crate::{
    finding::{Finding, Report},
    lint::Label,
    report::{Look, RENDERERS},
    source::{FileId, SourceFile, Sources, Span},
};
use insta::assert_snapshot;
use std::time::{Duration, Instant};

/// A report of one file, with findings at the given places.
fn report_at(text: String, places: impl Iterator<Item = (usize, usize)>) -> Report {
    let mut report = Report { unchecked: vec![], ..rich::report() };
    let template = report.findings.swap_remove(0);
    report.sources = Sources::new(vec![SourceFile::new("big.json", text)]);
    report.findings = places.map(|place| finding_at(&template, place)).collect();
    report.errors.clear();
    report.coverage.clear();
    report
}

fn finding_at(template: &Finding, (start, end): (usize, usize)) -> Finding {
    let offset = |at: usize| u32::try_from(at).unwrap();
    let span = Span { file: FileId(0), start: offset(start), end: offset(end) };
    let primary = Some(Label { span, text: "here".to_owned() });
    Finding { primary, witness: None, help: None, ..template.clone() }
}

/// Scanning 50 MB from the start for each of 400 findings takes minutes; windows take milliseconds.
/// The limit is far from both, because machines differ.
fn is_quick(line: &str) {
    let text = format!("[{}0]", line.repeat(50_000_000 / line.len()));
    let step = text.len() / 400;
    let places = (0..400).map(|index| (index * step, index * step + 5));
    let report = report_at(text, places);
    for name in RENDERERS.iter().map(|renderer| renderer.name) {
        let start = Instant::now();
        let shown = rendered(name, &report, &PLAIN);
        assert!(start.elapsed() < Duration::from_secs(10), "{name}: {:?}", start.elapsed());
        assert!(shown.len() < 2_000_000, "{name} shows {} bytes", shown.len());
    }
}

#[test]
fn many_findings_in_a_big_file_are_shown_by_windows() {
    is_quick("  { \"name\": \"Allow-Everything\", \"priority\": 100 },\n");
}

#[test]
fn many_findings_in_one_long_line_are_shown_by_windows() {
    is_quick("{\"name\":\"日本\",\"priority\":100},");
}

#[test]
fn labels_far_from_each_other_have_excerpts_of_their_own() {
    let text = format!("[\n{}]\n", "  \"line\",\n".repeat(50));
    let mut report = report_at(text, std::iter::once((404, 410)));
    for start in [14, 24, 204] {
        let span = Span { file: FileId(0), start, end: start + 6 };
        report.findings[0].related.push(Label { span, text: format!("also {start}") });
    }
    assert_snapshot!(rendered("human", &report, &PLAIN), @r#"
    note[unknown-tag]: 100% of traffic is decided by `DenyAllInBound`
        ,-[big.json:42:3]
     40 |   "line",
     41 |   "line",
     42 |   "line",
        :   ^^^|^^
        :      `-- here
     43 |   "line",
     44 |   "line",
        `----
       ,-[big.json:3:3]
     1 | [
     2 |   "line",
     3 |   "line",
       :   ^^^|^^
       :      `-- also 14
     4 |   "line",
       :   ^^^|^^
       :      `-- also 24
     5 |   "line",
     6 |   "line",
       `----
        ,-[big.json:22:3]
     20 |   "line",
     21 |   "line",
     22 |   "line",
        :   ^^^|^^
        :      `-- also 204
     23 |   "line",
     24 |   "line",
        `----

    2 files (and 1 without policy), 2 resources; 0 errors, 0 warnings, 1 note;
    service tags: Public 2026-11-02
    "#);
}

#[test]
fn a_long_line_is_cut_around_the_label() {
    let text = format!("{{\n{}\"X\",{}\n}}\n", "\"日本\",".repeat(100), "\"é\",".repeat(200));
    let start = text.find("\"X\"").unwrap();
    let shown = rendered("human", &report_at(text, std::iter::once((start, start + 3))), &PLAIN);
    assert_snapshot!(shown, @r#"
    note[unknown-tag]: 100% of traffic is decided by `DenyAllInBound`
       ,-[big.json:2:501]
     2 | 本","日本","日本","日本","日本","日本","日本","X","é","é","é","é","é","é","é","é","é","é","é...
       :                                               ^|^
       :                                                `-- here
       `----

    2 files (and 1 without policy), 2 resources; 0 errors, 0 warnings, 1 note;
    service tags: Public 2026-11-02
    "#);
}

#[test]
fn a_secret_is_masked_though_its_name_is_outside_the_window() {
    let text = format!("{{\n\"password\":\n\n\n\n\"hunter2\",\n\"{}\"\n}}\n", "b".repeat(10));
    let start = text.find("bbb").unwrap();
    let shown = rendered("human", &report_at(text, std::iter::once((start, start + 3))), &PLAIN);
    assert_snapshot!(shown, @r#"
    note[unknown-tag]: 100% of traffic is decided by `DenyAllInBound`
       ,-[big.json:7:2]
     5 |
     6 | "*******",
     7 | "bbbbbbbbbb"
       :  ^|^
       :   `-- here
     8 | }
     9 |
       `----

    2 files (and 1 without policy), 2 resources; 0 errors, 0 warnings, 1 note;
    service tags: Public 2026-11-02
    "#);
}

#[test]
fn a_label_over_many_lines_is_drawn_at_its_first() {
    let text = format!("[\n{}]\n", "  \"line\",\n".repeat(50));
    let end = text.len() - 1;
    let shown = rendered("human", &report_at(text, std::iter::once((0, end))), &PLAIN);
    assert_snapshot!(shown, @r#"
    note[unknown-tag]: 100% of traffic is decided by `DenyAllInBound`
       ,-[big.json:1:1]
     1 | [
       : |
       : `-- here
     2 |   "line",
     3 |   "line",
       `----

    2 files (and 1 without policy), 2 resources; 0 errors, 0 warnings, 1 note;
    service tags: Public 2026-11-02
    "#);
}

#[test]
fn lines_of_the_file_without_a_label_are_cut_to_the_window() {
    let text = format!("{0}\n{0}\nlabel {0}\n", "long ".repeat(30));
    let start = text.find("label").unwrap();
    for color in [false, true] {
        let report = report_at(text.clone(), [(start, start + 5)].into_iter());
        let look = Look { color, width: 60, ..PLAIN };
        let shown = rendered("human", &report, &look);
        let cut = shown.lines().filter(|line| line.ends_with("long lo...")).count();
        assert_eq!(cut, 2, "{shown}");
        assert!(shown.contains("label long"), "{shown}");
    }
}
