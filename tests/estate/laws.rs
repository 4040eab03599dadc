//! What must not play a part: other files, the order of files, and in which of them things stand.

use super::{
    Files, backup, file,
    files::{interface, network, nsg, of_template, peering, routes, subnet, subnet_id, template},
    judged,
};
use egresslint::finding::Report;
use serde_json::{Value, json};

const RULES: [&str; 3] = [
    "100 Allow 10.20.1.0/24 AzureBackup",
    "200 Allow VirtualNetwork VirtualNetwork",
    "4000 Deny * Internet",
];

/// Resources with ids that hold everywhere.
fn resources() -> Vec<Value> {
    let mut routed = subnet("v", "s2", "10.20.2.0/24", "n");
    routed["properties"]["routeTable"] = json!({ "id": super::files::id("routeTables", "rt") });
    let subnets = vec![subnet("v", "s1", "10.20.1.0/24", "n"), routed];
    let nic =
        interface("nic", &subnet_id("w", "s"), json!({ "privateIPAddress": "10.30.0.4" }), "m");
    vec![
        nsg("n", &RULES),
        nsg("m", &RULES),
        network("v", "10.20.0.0/16", subnets, vec![peering("w", true)]),
        network("w", "10.30.0.0/16", vec![subnet("w", "s", "10.30.0.0/24", "m")], Vec::new()),
        routes("rt", &["172.16.0.0/12"]),
        nic,
    ]
}

fn one_file() -> Files {
    vec![file("all.json", &Value::Array(resources()))]
}

/// Tables of routes alone are an error to name, so every file has a group.
fn many_files() -> Files {
    let one = |(resource, at): (Value, usize)| {
        let filler = nsg(&format!("filler-{at}"), &[]);
        file(&format!("{at}.json"), &Value::Array(vec![resource, filler]))
    };
    resources().into_iter().zip(0..).map(one).collect()
}

/// All that is said, whatever the order and the files.
fn said(report: &Report, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let findings = report.findings.iter().filter(|it| wanted(&it.resource.name));
    let findings = findings.map(|it| format!("{} {} {}", it.lint.id, it.resource.name, it.message));
    let rows = report.coverage.iter().filter(|row| wanted(&row.name));
    let rows = rows.map(|row| {
        format!(
            "{} {} {:?} {:?} {:?}",
            row.name, row.what, row.verdict, row.reason, row.attached_to
        )
    });
    let mut all: Vec<String> = findings.chain(rows).collect();
    all.sort();
    all
}

fn is_no_filler(name: &str) -> bool {
    !name.starts_with("filler")
}

#[test]
fn in_how_many_files_resources_with_ids_stand_plays_no_part() {
    let one = said(&judged(&one_file()), is_no_filler);
    let many = said(&judged(&many_files()), is_no_filler);
    // An export does not list what its carriers say: names are in lower case either way.
    assert_eq!(one, many);
    assert!(one.len() > 8, "{one:?}");
}

#[test]
fn the_order_of_files_plays_no_part() {
    let mut files = many_files();
    let expected = said(&judged(&files), |_| true);
    for _ in 0..files.len() {
        files.rotate_left(1);
        assert_eq!(said(&judged(&files), |_| true), expected);
    }
    files.reverse();
    assert_eq!(said(&judged(&files), |_| true), expected);
}

#[test]
fn files_about_other_things_play_no_part() {
    let others = [
        Value::Array(vec![
            nsg("x", &RULES),
            network("x", "10.20.0.0/16", vec![subnet("x", "s1", "10.20.9.0/24", "x")], Vec::new()),
        ]),
        // A template that has the same names, in a resource group that nobody knows.
        template(resources().iter().skip(2).map(of_template).collect()),
    ];
    let expected = said(&judged(&one_file()), is_no_filler);
    for other in others {
        let mut files = one_file();
        files.push(file("z.json", &other));
        let wanted = |name: &str| is_no_filler(name) && name != "x";
        assert_eq!(said(&judged(&files), wanted), expected);
    }
    let in_template =
        vec![file("t.json", &template(resources().iter().map(of_template).collect()))];
    let expected = backup(&in_template);
    let mut files = in_template;
    let interfaces = [interface("other", &subnet_id("v", "s1"), json!({}), "q")];
    files.push(file("u.json", &template(interfaces.iter().map(of_template).collect())));
    assert_eq!(backup(&files), expected);
}
