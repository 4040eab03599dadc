//! The files of `rules/` as they are shipped.

use std::collections::BTreeSet;
use std::path::Path;

use super::super::endpoints::EndpointSet;
use super::*;

fn shipped() -> impl Iterator<Item = Profile> {
    PROFILES.iter().map(|file| {
        read(BUILT_IN, file.text).unwrap_or_else(|errors| panic!("{}: {errors:#?}", file.name))
    })
}

fn names_in(folder: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules").join(folder);
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.strip_suffix(".toml").unwrap_or_else(|| panic!("{name} is no .toml")).to_owned()
    };
    std::fs::read_dir(folder).unwrap().map(name).collect()
}

fn names_of(files: &[BuiltIn]) -> BTreeSet<String> {
    let names: BTreeSet<_> = files.iter().map(|file| file.name.to_owned()).collect();
    assert_eq!(names.len(), files.len(), "a name is there twice");
    names
}

#[test]
fn every_file_is_in_its_table_and_every_entry_is_a_file() {
    assert_eq!(names_in("profiles"), names_of(PROFILES));
    assert_eq!(names_in("endpoints"), names_of(ENDPOINTS));
    assert!(PROFILES.is_sorted_by_key(|file| file.name));
    assert!(PROFILES.iter().any(|file| file.name == DEFAULT));
}

#[test]
fn every_endpoint_set_reads_and_is_called_like_its_file() {
    for file in ENDPOINTS {
        let set = EndpointSet::read(FILE, file.text)
            .unwrap_or_else(|errors| panic!("{}: {errors:#?}", file.name));
        assert_eq!(set.name, file.name);
        for endpoint in &set.endpoints {
            let hosts = endpoint.forms.fqdns.iter();
            for fqdn in hosts.filter(|fqdn| fqdn.value.is_wildcard()) {
                let shown = endpoint.forms.witnesses.iter().any(|w| fqdn.clouds == w.clouds);
                assert!(shown, "{}/{} has no witness", set.name, endpoint.id);
            }
        }
    }
}

#[test]
fn every_profile_reads_and_every_row_has_its_document() {
    for (profile, file) in shipped().zip(PROFILES) {
        assert_eq!(profile.name.value, file.name);
        let mut ids = BTreeSet::new();
        for row in &profile.requirements {
            let id = &row.id.value;
            assert!(ids.insert(id), "{}: {id} is there twice", file.name);
            assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            // The document by its name, and its key in brackets.
            assert!(row.source.value.ends_with(')'), "{}: {id}", file.name);
            assert!((2018..=2026).contains(&row.as_of.value.year), "{}: {id}", file.name);
            assert_eq!(row.span.file, BUILT_IN);
        }
        assert!(!ids.is_empty());
    }
}

#[test]
fn what_is_not_confirmed_is_never_more_than_a_note() {
    let mut unconfirmed = 0;
    for profile in shipped() {
        for row in profile.requirements {
            if row.note.is_some_and(|note| note.value.to_lowercase().contains("unconfirmed")) {
                assert!(row.severity.value <= Severity::Note, "{}: {}", row.profile, row.id.value);
                unconfirmed += 1;
            }
        }
    }
    assert!(unconfirmed >= 5);
}

#[test]
fn rows_of_one_document_agree_about_its_date() {
    let mut dates = std::collections::BTreeMap::new();
    for row in shipped().flat_map(|profile| profile.requirements) {
        let forms = row.fqdns.iter().filter_map(|form| form.evidence.clone());
        let forms = forms.chain(row.tags.iter().filter_map(|form| form.evidence.clone()));
        let own = std::iter::once((row.source.value.clone(), row.as_of.value));
        for (source, date) in own.chain(forms.map(|form| (form.source.clone(), form.as_of))) {
            let key = source.rsplit_once('(').unwrap().1.to_owned();
            let first = dates.entry(key).or_insert((source.clone(), date)).1;
            assert_eq!(first, date, "{source}");
        }
    }
    let documents: Vec<_> =
        dates.into_values().map(|(source, date)| format!("{source}, {date}")).collect();
    insta::assert_snapshot!(documents.join("\n"));
}

/// Every row on a line: what backup-requirements asks for, at a glance.
#[test]
fn the_profiles_ask_for_what_the_documents_ask_for() {
    let mut lines = Vec::new();
    for profile in shipped() {
        lines.push(profile.name.value);
        for row in &profile.requirements {
            let list = |items: Vec<String>| items.join(" ");
            lines.push(format!(
                "  {} [{}] {} {} tags: {} from: {} fqdns: {} addresses: {}",
                row.id.value,
                row.severity.value,
                row.protocol.value,
                list(row.ports.iter().map(|port| port.value.to_string()).collect()),
                list(row.tags.iter().map(|tag| tag.value.to_string()).collect()),
                list(row.from.iter().map(|origin| origin.value.to_string()).collect()),
                row.fqdns.len(),
                row.addresses.len(),
            ));
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn in_every_cloud_every_row_of_it_has_a_destination() {
    for row in shipped().flat_map(|profile| profile.requirements) {
        for cloud in row.clouds.iter() {
            let forms =
                row.tags(cloud).count() + row.fqdns(cloud).count() + row.addresses(cloud).count();
            assert!(forms > 0, "{}: {} has nothing in {cloud}", row.profile, row.id.value);
            let patterns: Vec<_> = row.fqdns(cloud).collect();
            for witness in row.witnesses(cloud) {
                assert!(patterns.iter().any(|pattern| pattern.value.covers(&witness.value)));
            }
        }
    }
}
