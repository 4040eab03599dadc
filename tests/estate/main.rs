//! What is known of networks, whatever files it stands in: where groups are used, what
//! `VirtualNetwork` holds there, and which resources are one.

#[expect(
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "JSON is put together from literals"
)]
mod files;
mod interfaces;
#[expect(clippy::indexing_slicing, reason = "JSON is put together from literals")]
mod laws;
#[expect(clippy::indexing_slicing, reason = "JSON is put together from literals")]
mod links;
#[expect(clippy::indexing_slicing, reason = "JSON is put together from literals")]
mod networks;
#[expect(clippy::indexing_slicing, reason = "JSON is put together from literals")]
mod oracle;
#[expect(clippy::indexing_slicing, reason = "JSON is put together from literals")]
mod paths;
#[expect(clippy::indexing_slicing, reason = "JSON is put together from literals")]
mod shapes;

use egresslint::{
    decide::{self, Endpoint, FlowQuery, NsgPolicy, Surroundings, Traced},
    finding::{Report, Verdict},
    load::Collected,
    model::{Direction, Protocol},
    profiles::{self, Cloud},
    run::{self, Chosen, Options},
    source::SourceFile,
    tags::Catalogue,
};
use serde_json::Value;
use std::collections::BTreeMap;

fn options() -> Options {
    let profile = profiles::built_in("azure-backup").and_then(Result::ok);
    Options {
        profiles: profile.map(|profile| Chosen { profile, named: true }).into_iter().collect(),
        region: None,
        cloud: Cloud::Public,
        select: Vec::new(),
        ignore: Vec::new(),
        today: None,
    }
}

/// Files by path and text.
type Files = Vec<(String, String)>;

fn file(path: &str, value: &Value) -> (String, String) {
    (path.to_owned(), value.to_string())
}

fn collected(files: &Files) -> Collected {
    Collected::named(files.iter().map(|(path, text)| SourceFile::new(path, text.as_str())))
}

fn judged(files: &Files) -> Report {
    run::check(collected(files), &options(), Catalogue::embedded())
}

/// The verdict on the tag `AzureBackup` at every group, by its name, with the reason.
fn backup(files: &Files) -> BTreeMap<String, (Verdict, String)> {
    let report = judged(files);
    assert_eq!(report.errors, []);
    let rows = report.coverage.iter().filter(|row| row.what.starts_with("AzureBackup "));
    rows.map(|row| (row.name.clone(), (row.verdict, row.reason.clone().unwrap_or_default())))
        .collect()
}

fn backup_of(files: &Files, group: &str) -> (Verdict, String) {
    let all = backup(files);
    let found = all.get(group).cloned();
    found.unwrap_or_else(|| (Verdict::Unknown, format!("no row for {group} in {all:?}")))
}

fn verdict(files: &Files, group: &str) -> Verdict {
    backup_of(files, group).0
}

/// The flow of a machine of the first group to a port of `to`.
#[expect(clippy::unwrap_used, reason = "a test helper")]
fn traced(files: &Files, from: Option<&str>, to: &str) -> Traced {
    let input = run::read(collected(files));
    let surroundings = Surroundings::new(&input.estate);
    let nsg = input.estate.nsgs.first().unwrap();
    let policy = run::policy(nsg, Catalogue::embedded(), None);
    let sites: Vec<NsgPolicy<'_>> =
        surroundings.sites(nsg).into_iter().map(|site| policy.at_site(site)).collect();
    let source = from.map_or(Endpoint::AnyPrivate, |from| Endpoint::Address(from.parse().unwrap()));
    let query = FlowQuery {
        direction: Direction::Outbound,
        source,
        source_port: None,
        destination: Endpoint::Address(to.parse().unwrap()),
        port: Some(22),
        protocol: Protocol::Tcp,
    };
    match sites.as_slice() {
        [] => policy.trace(&query),
        sites => decide::trace(sites, &query),
    }
    .unwrap()
}
