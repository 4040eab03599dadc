//! The examples on each lint's page are that lint's tests.

use egresslint::{
    lint::Lint,
    lints::LINTS,
    load::Collected,
    profiles::{self, Cloud},
    run::{self, Chosen, Options},
    source::SourceFile,
    tags::Catalogue,
};

/// The fenced blocks with the info string `info` under the heading `heading`.
fn blocks<'p>(page: &'p str, heading: &str, info: &str) -> Vec<&'p str> {
    let page = page.strip_prefix("## ").unwrap_or(page);
    page.split("\n## ")
        .filter_map(|section| section.strip_prefix(heading))
        .flat_map(|section| section.split("```").skip(1).step_by(2))
        .filter_map(|block| block.strip_prefix(info)?.strip_prefix('\n'))
        .map(str::trim)
        .collect()
}

/// What `lint` says about `text`, one remark a line.
fn said(lint: &'static Lint, text: &str) -> Result<String, String> {
    let profile = profiles::built_in(profiles::DEFAULT)
        .ok_or("the default profile is built in")?
        .map_err(|faults| format!("{faults:?}"))?;
    // The pages about requirements show what a profile that was asked for says.
    let named = lint.id.starts_with("required-endpoint-");
    let options = Options {
        profiles: vec![Chosen { profile, named }],
        region: None,
        cloud: Cloud::Public,
        select: vec![lint.id.to_owned()],
        ignore: vec!["all".to_owned()],
        today: Some(TODAY),
    };
    // A line of dashes stands between two files.
    let file = |(text, at): (&str, usize)| {
        let path = format!("example{}.json", if at > 0 { at.to_string() } else { String::new() });
        SourceFile::new(path, text)
    };
    let collected = Collected::named(text.split("\n---\n").zip(0..).map(file));
    let report = run::check(collected, &options, Catalogue::embedded());
    if !report.errors.is_empty() {
        return Err(format!("{}: an example that can't be read: {:?}", lint.id, report.errors));
    }
    let lines: Vec<&str> = report.findings.iter().map(|finding| finding.message.as_str()).collect();
    Ok(lines.join("\n"))
}

/// 2027-06-01, later than any list that is built in.
const TODAY: u32 = 20_970;

#[test]
fn every_bad_example_is_found_and_every_good_one_is_not() {
    let mut wrong = Vec::new();
    for lint in LINTS {
        let bad = blocks(lint.page, "Bad", "json");
        let good = blocks(lint.page, "Good", "json");
        let want = blocks(lint.page, "Bad", "text");
        wrong.extend(silent(lint.id, &want));
        if bad.is_empty() || good.is_empty() || bad.len() != want.len() {
            wrong
                .push(format!("{}: needs Bad examples with what is said, and a Good one", lint.id));
        }
        for (text, want) in bad.iter().zip(want) {
            match said(lint, text) {
                Ok(got) if got == want => {}
                Ok(got) => wrong.push(format!("{}: said\n{got}\nand not\n{want}", lint.id)),
                Err(error) => wrong.push(error),
            }
        }
        for text in good {
            match said(lint, text) {
                Ok(got) if got.is_empty() => {}
                Ok(got) => wrong.push(format!("{}: on a good example: {got}", lint.id)),
                Err(error) => wrong.push(error),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What is wrong with the texts of bad examples: an example of which nothing is said is none.
fn silent(id: &str, want: &[&str]) -> Option<String> {
    let empty = want.iter().any(|text| text.is_empty());
    empty.then(|| format!("{id}: a Bad example must say what is said about it"))
}

#[test]
fn a_bad_example_of_which_nothing_is_said_is_refused() {
    let page = "## Bad\n\n```json\n{}\n```\n\n```text\n\n```\n";
    assert_eq!(blocks(page, "Bad", "text"), [""]);
    assert!(silent("x", &blocks(page, "Bad", "text")).is_some());
    assert!(silent("x", &["said"]).is_none());
}

#[test]
fn every_page_has_its_headings() {
    for lint in LINTS {
        for heading in
            ["## What it does", "## Why it matters", "## Bad", "## Good", "## How to fix"]
        {
            assert!(lint.page.contains(heading), "{}: no `{heading}`", lint.id);
        }
    }
}

#[test]
fn ids_are_unique_and_kebab_case() {
    let mut ids: Vec<&str> = LINTS.iter().map(|lint| lint.id).collect();
    ids.sort_unstable();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    assert!(ids.iter().all(|id| id.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
}

#[test]
fn every_page_and_every_module_belongs_to_a_lint() {
    for page in glob::glob("rules/lints/*.md").unwrap() {
        let page = page.unwrap();
        let id = page.file_stem().unwrap().to_str().unwrap();
        assert!(LINTS.iter().any(|lint| lint.id == id), "{} has no lint", page.display());
    }
    for module in glob::glob("src/lints/*.rs").unwrap() {
        let module = module.unwrap();
        let id = module.file_stem().unwrap().to_str().unwrap().replace('_', "-");
        let shared = id == "mod";
        assert!(
            shared || LINTS.iter().any(|lint| lint.id == id),
            "{} is in no list: add its line to LINTS",
            module.display()
        );
    }
}
