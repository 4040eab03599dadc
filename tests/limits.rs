//! What is told of input that is very wrong: bounded, counted, and never passed over.

use egresslint::{
    cli,
    finding::{Finding, Report},
    lint::MAX_OF_ONE,
    load::Collected,
    profiles::Cloud,
    report::{Look, RENDERERS},
    run::{self, Options},
    source::SourceFile,
    tags::Catalogue,
};
use std::error::Error;

const TYPE: &str = "Microsoft.Network/networkSecurityGroups";

fn report(texts: &[String]) -> Report {
    let options = Options {
        profiles: Vec::new(),
        region: None,
        cloud: Cloud::Public,
        select: Vec::new(),
        ignore: Vec::new(),
        today: None,
    };
    let file = |(at, text): (usize, &String)| SourceFile::new(format!("{at}.json"), text.as_str());
    let collected = Collected::named(texts.iter().enumerate().map(file));
    run::check(collected, &options, Catalogue::embedded())
}

fn group(name: &str, rules: &str) -> String {
    format!(r#"{{"name":"{name}","type":"{TYPE}","properties":{{"securityRules":[{rules}]}}}}"#)
}

fn nulls(count: usize) -> String {
    vec!["null"; count].join(",")
}

fn of_lint<'r>(report: &'r Report, lint: &str) -> Vec<&'r Finding> {
    report.findings.iter().filter(|finding| finding.lint.id == lint).collect()
}

fn rendered(report: &Report, name: &str) -> Result<String, Box<dyn Error>> {
    let look = Look { color: false, width: 100, quiet: false, verbose: false, lints: &[] };
    let renderer = RENDERERS.iter().find(|it| it.name == name).ok_or("a format")?;
    let mut out = Vec::new();
    (renderer.render)(report, &look, &mut out)?;
    Ok(String::from_utf8(out)?)
}

#[test]
fn what_is_found_too_often_is_told_a_thousand_times_and_counted() -> Result<(), Box<dyn Error>> {
    for (count, told) in
        [(MAX_OF_ONE, MAX_OF_ONE), (MAX_OF_ONE + 1, MAX_OF_ONE + 1), (5_000, 1_001)]
    {
        let report = report(&[group("n", &nulls(count))]);
        let found = of_lint(&report, "wrong-json-type");
        assert_eq!(found.len(), told);
        assert_eq!(found.iter().map(|finding| 1 + finding.more).sum::<usize>(), count);
        let last = found.last().ok_or("a finding")?;
        let more = last.message == format!("and {} more of this lint in this file", count - 1_000);
        assert_eq!(more, count > MAX_OF_ONE, "{}", last.message);
        let json: serde_json::Value = serde_json::from_str(&rendered(&report, "json")?)?;
        assert_eq!(json["summary"]["findings"]["warning"], count);
        assert!(rendered(&report, "human")?.contains(&format!("{count} warnings")));
    }
    Ok(())
}

#[test]
fn groups_of_one_file_share_a_thousand_and_files_do_not() {
    let two = format!("[{},{}]", group("a", &nulls(1_500)), group("b", &nulls(2_000)));
    let report = report(&[two, group("c", &nulls(1_200))]);
    let found = of_lint(&report, "wrong-json-type");
    assert_eq!(found.len(), 2 * (MAX_OF_ONE + 1));
    let more: Vec<usize> = found.iter().map(|finding| finding.more).filter(|&it| it > 0).collect();
    assert_eq!(more, [2_499, 199]);
}

#[test]
fn millions_of_broken_rules_give_a_short_report() -> Result<(), Box<dyn Error>> {
    let report = report(&[group("n", &nulls(1_000_000))]);
    assert_eq!(
        of_lint(&report, "wrong-json-type").iter().map(|it| 1 + it.more).sum::<usize>(),
        1_000_000
    );
    for renderer in RENDERERS {
        assert!(rendered(&report, renderer.name)?.len() < 4_000_000, "{}", renderer.name);
    }
    Ok(())
}

#[test]
fn properties_of_another_type_are_told_in_every_export() {
    let id = format!("/subscriptions/s/resourceGroups/g/providers/{TYPE}/n");
    for text in [
        group("n", r#"{"name":"r","properties":"x"}"#),
        format!(r#"{{"name":"n","type":"{TYPE}","properties":"x"}}"#),
        format!(r#"[{{"name":"n","id":"{id}","type":"{TYPE}","properties":7}}]"#),
        format!(
            r#"{{"name":"r","id":"{id}/securityRules/r","type":"{TYPE}/securityRules","properties":"x"}}"#
        ),
        format!(r#"[{{"name":"r","type":"{TYPE}/securityRules","properties":[]}}]"#),
    ] {
        let report = report(std::slice::from_ref(&text));
        assert_eq!(report.errors, [], "{text}");
        assert_eq!(of_lint(&report, "wrong-json-type").len(), 1, "{text}: {:?}", report.findings);
    }
}

#[test]
fn a_comment_that_never_closes_is_a_syntax_error_with_its_place() {
    let report = report(&["\n /* never closed\n{".to_owned()]);
    let errors: Vec<_> = report.errors.iter().map(|it| (it.line, it.message.as_str())).collect();
    assert_eq!(errors, [(Some(3), "the comment is not closed (opened at line 2, column 2)")]);
}

#[test]
fn the_command_line_is_whole() {
    cli::command().debug_assert();
}
