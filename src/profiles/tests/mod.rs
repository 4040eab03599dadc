//! Tests of the built-in files and of reading as a whole.

mod faults;
mod shipped;

use proptest::prelude::*;

use super::read::Library;
use super::*;
use crate::source::SourceFile;

const FILE: FileId = FileId(7);

/// The form of design 2 and nothing else.
const PLAIN: &str = r#"
name = "payroll"
title = "What payroll must reach"

[[require]]
id = "database"
addresses = ["10.20.0.0/24", "10.21.0.5", "2001:db8::/32"]
ports = [1433, "11000-11999"]
protocol = "tcp"
severity = "error"
source = "Network plan, section 4"
as_of = "2026-02"

[[require]]
id = "storage"
tags = ["Storage.{region}"]
fqdns = ["*.blob.core.windows.net", "pod01-rec2.{geo}.backup.windowsazure.com"]
ports = [443]
protocol = "Tcp"
severity = "none"
source = "Network plan, section 5"
as_of = 2026-02-28
from = ["VirtualNetwork", "10.0.0.0/8"]
note = "nightly"
cloud = ["public", "china"]
private-endpoint = true

[[require]]
id = "ping"
addresses = ["10.20.0.1"]
protocol = "icmp"
severity = "warning"
source = "Network plan, section 6"
as_of = "2026-02"
"#;

#[test]
fn a_plain_file_is_read_as_written() {
    let profile = read(FILE, PLAIN).unwrap();
    assert_eq!(profile.name.value, "payroll");
    let [database, storage, ping] = &profile.requirements[..] else { panic!("three rows") };
    let addresses: Vec<_> = database.addresses.iter().map(|form| form.value.to_string()).collect();
    assert_eq!(addresses, ["10.20.0.0/24", "10.21.0.5/32", "2001:db8::/32"]);
    let ports: Vec<_> = database.ports.iter().map(|port| port.value.to_string()).collect();
    assert_eq!(ports, ["1433", "11000-11999"]);
    assert_eq!(database.clouds, Clouds::ALL);
    assert_eq!(database.from, []);
    assert_eq!(storage.protocol.value, Protocol::Tcp);
    assert_eq!(storage.severity.value, Severity::None);
    assert_eq!(storage.as_of.value.to_string(), "2026-02-28");
    assert_eq!(storage.tags[0].value.fill("JapanEast"), "Storage.JapanEast");
    let from: Vec<_> = storage.from.iter().map(|origin| origin.value.to_string()).collect();
    assert_eq!(from, ["VirtualNetwork", "10.0.0.0/8"]);
    assert!(storage.private_endpoint && !storage.clouds.contains(Cloud::UsGov));
    assert_eq!(storage.tags(Cloud::UsGov).count(), 0);
    assert_eq!(profile.requirements(Cloud::UsGov).count(), 2);
    assert!(ping.ports.is_empty());
}

#[test]
fn every_value_knows_where_it_was_written() {
    let profile = read(FILE, PLAIN).unwrap();
    let file = SourceFile::new("payroll.toml", PLAIN);
    let text = |span: crate::source::Span| {
        assert_eq!(span.file, FILE);
        file.slice(span.start, span.end)
    };
    let [database, storage, _] = &profile.requirements[..] else { panic!("three rows") };
    assert_eq!(text(profile.name.span), "\"payroll\"");
    assert_eq!(text(database.id.span), "\"database\"");
    assert_eq!(text(database.addresses[1].span), "\"10.21.0.5\"");
    assert_eq!(text(database.ports[0].span), "1433");
    assert_eq!(text(database.ports[1].span), "\"11000-11999\"");
    assert_eq!(text(storage.as_of.span), "2026-02-28");
    assert_eq!(text(storage.tags[0].span), "\"Storage.{region}\"");
    assert_eq!(file.position(database.span.start).line, 5);
    assert_eq!(file.position(storage.span.start).line, 14);
}

/// A profile `name` that extends `base` with one row `id`.
fn heir(name: &str, base: &str, id: &str) -> String {
    format!(
        "name = \"{name}\"\ntitle = \"t\"\nextends = [\"{base}\"]\n\n[[require]]\nid = \"{id}\"\n\
         endpoints = \"storage\"\nports = 443\nprotocol = \"tcp\"\nseverity = \"note\"\n\
         source = \"s\"\nas_of = \"2026-01\"\n"
    )
}

#[test]
fn what_is_drawn_stands_where_it_was_asked_for() {
    let text = heir("mine", "vm", "files");
    let profile = read(FILE, &text).unwrap();
    let file = SourceFile::new("mine.toml", text.as_str());
    let ids: Vec<_> = profile.requirements.iter().map(|row| row.id.value.as_str()).collect();
    assert_eq!(ids, ["wire-server-80", "wire-server-32526", "storage-443", "files"]);
    let [wire, _, _, files] = &profile.requirements[..] else { panic!("four rows") };
    assert_eq!((wire.profile.as_str(), files.profile.as_str()), ("vm", "mine"));
    assert_eq!(file.slice(wire.ports[0].span.start, wire.ports[0].span.end), "\"vm\"");
    let blob = &files.fqdns[0];
    assert_eq!(file.slice(blob.span.start, blob.span.end), "\"storage\"");
    assert_eq!(blob.evidence.as_ref().unwrap().as_of.to_string(), "2023-05-24");
}

#[test]
fn a_form_of_the_row_replaces_that_of_its_endpoints_and_the_others_are_drawn() {
    let text = heir("mine", "vm", "files").replace("ports = 443", "tags = \"Sql\"\nports = 443");
    let profile = read(FILE, &text).unwrap();
    let files = profile.requirements.last().unwrap();
    assert_eq!(files.tags.len(), 1);
    assert_eq!(files.tags[0].value.text, "Sql");
    assert!(files.fqdns(Cloud::Public).count() > 0);
    assert!(files.fqdns(Cloud::UsGov).all(|form| form.value.text.contains("usgov")));
    // Unconfirmed names are not drawn with the set.
    assert_eq!(files.fqdns(Cloud::China).count(), 0);
}

#[test]
fn the_same_row_by_two_ways_is_one_row() {
    let a = heir("a", "base", "of-a");
    let b = heir("b", "base", "of-b");
    let base = heir("base", "x", "of-base").replace("extends = [\"x\"]\n", "");
    let profiles = [("a", a), ("b", b), ("base", base)]
        .map(|(name, text)| BuiltIn { name, text: text.leak() });
    let library = Library { profiles: &profiles, endpoints: ENDPOINTS };
    let both = heir("both", "a", "own").replace("[\"a\"]", "[\"a\", \"b\"]");
    let profile = library.read(FILE, &both).unwrap();
    let ids: Vec<_> = profile.requirements.iter().map(|row| row.id.value.as_str()).collect();
    assert_eq!(ids, ["of-base", "of-a", "of-b", "own"]);
}

#[test]
fn a_cycle_is_told_in_full() {
    let profiles = [("a", "b"), ("b", "c"), ("c", "a")]
        .map(|(name, base)| BuiltIn { name, text: heir(name, base, name).leak() });
    let library = Library { profiles: &profiles, endpoints: ENDPOINTS };
    let told = |text: &str| {
        library.read(FILE, text).unwrap_err().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let cycle = "profile `a` → `b` → `c` → `a` extends itself; leave one of them out";
    assert_eq!(told(&heir("mine", "a", "own")), [cycle]);
    assert_eq!(told(&heir("a", "b", "own")), [cycle]);
    let itself = "profile `mine` → `mine` extends itself; leave one of them out";
    assert_eq!(told(&heir("mine", "mine", "own")), [itself]);
}

#[test]
fn the_view_says_for_every_value_who_asks_for_it() {
    let profile = built_in("sql-in-vm").unwrap().unwrap();
    let json = serde_json::to_value(ProfileView::new(&profile, Some(Cloud::Public))).unwrap();
    let storage = &json["requirements"][1];
    assert_eq!(storage["id"], "storage-443");
    assert_eq!(storage["ports"], serde_json::json!(["443"]));
    assert_eq!(storage["as_of"], "2023-05-24");
    assert_eq!(
        storage["tags"],
        serde_json::json!([{
            "value": "Storage.{region}",
            "clouds": ["public", "usgov", "china"],
            "source": storage["source"],
            "as_of": "2023-05-24",
        }])
    );
    let values: Vec<_> = storage["fqdns"].as_array().unwrap().iter().map(|v| &v["value"]).collect();
    assert_eq!(
        values,
        ["*.blob.core.windows.net", "*.queue.core.windows.net", "*.blob.storage.azure.net"]
    );
    let gov = ProfileView::new(&profile, Some(Cloud::UsGov));
    assert!(gov.requirements.iter().all(|row| row.id != "certificates"));
}

#[test]
fn a_misspelt_profile_has_a_suggestion() {
    assert_eq!(near_name("sql_in_vm"), Some("sql-in-vm"));
    assert_eq!(near_name("azure-bakcup"), Some("azure-backup"));
    assert_eq!(near_name("kubernetes"), None);
    assert!(built_in("kubernetes").is_none());
}

/// Every fault of `text` has a place inside it and words to say.
fn check_any(text: &str) -> Result<(), TestCaseError> {
    let size = u32::try_from(text.len()).unwrap();
    match read(FILE, text) {
        Ok(profile) => {
            for row in &profile.requirements {
                prop_assert!(row.protocol.value == Protocol::Icmp || !row.ports.is_empty());
                prop_assert!(
                    !(row.tags.is_empty() && row.fqdns.is_empty() && row.addresses.is_empty())
                );
            }
        }
        Err(errors) => {
            prop_assert!(!errors.is_empty());
            for error in errors {
                prop_assert_eq!(error.span.file, FILE);
                prop_assert!(error.span.start <= error.span.end && error.span.end <= size);
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }
    Ok(())
}

/// Pieces that a careless hand leaves in such a file.
const PIECES: &[&str] = &[
    "\"",
    "'",
    "[",
    "]",
    "{",
    "}",
    "=",
    "\n",
    "\r",
    "\"\"\"",
    "#",
    ".",
    "[[require]]",
    "[require]",
    "ports",
    "443",
    "-1",
    "0x1bb",
    "70000",
    "1e9",
    "true",
    "{region}",
    "*",
    "é",
    "日本",
    "\u{feff}",
    "\0",
    "as_of",
    "2026-02-30",
    "extends = [\"vm\"]\n",
    "endpoints = \"storage\"\n",
    "\\u12",
];

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}") {
        check_any(&text)?;
    }

    #[test]
    fn no_change_of_a_good_file_makes_it_panic(
        which in 0..=PROFILES.len(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40), 1..4),
        piece in prop::sample::select(PIECES),
    ) {
        let mut text = PROFILES.get(which).map_or(PLAIN, |file| file.text).to_owned();
        for (at, length) in cuts {
            let start = text.floor_char_boundary(at.index(text.len() + 1));
            let end = text.floor_char_boundary(start + length);
            text.replace_range(start..end, piece);
        }
        check_any(&text)?;
    }
}
