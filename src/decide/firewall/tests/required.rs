//! Rows of profiles: addresses and names together.

use super::*;
use crate::{
    decide::{Asked, Ground, Judged},
    profiles::{self, Cloud, Profile},
};
use Verdict::{Allowed, Blocked, Partial, Unknown as Open};

fn profile(name: &str) -> Profile {
    profiles::built_in(name).unwrap().unwrap()
}

fn judged<'p>(estate: &Estate, profile: &'p Profile, region: Option<&str>) -> Vec<Judged<'p>> {
    let view = view(estate);
    let ground = Ground { cloud: Cloud::Public, region };
    let ask = |requirement| {
        let asked = Asked { profile: &profile.name.value, requirement, named: true };
        view.require(asked, ground)
    };
    profile.requirements.iter().filter_map(ask).collect()
}

#[track_caller]
fn verdicts(estate: &Estate, name: &str, wanted: &[(&str, Verdict)]) {
    let profile = profile(name);
    let judged = judged(estate, &profile, Some("japaneast"));
    let found: Vec<(&str, Verdict)> =
        judged.iter().map(|it| (it.asked.requirement.id.value.as_str(), it.verdict)).collect();
    for pair in wanted {
        assert!(found.contains(pair), "{pair:?} is not in {found:?}: {judged:#?}");
    }
}

const BACKUP: &str = "*.backup.windowsazure.com";
const STORAGE: &str = "*.blob.core.windows.net *.queue.core.windows.net *.blob.storage.azure.net";

#[test]
fn network_rules_with_tags_are_enough() {
    let tags = "AzureBackup Storage.JapanEast AzureActiveDirectory";
    let one = estate(vec![allow(200, vec![net(&format!("r | * | {tags} | 443 | tcp"))])]);
    let rows = [("backup-443", Allowed), ("storage-443", Allowed), ("entra-443", Allowed)];
    verdicts(&one, "azure-backup", &rows);
    verdicts(&one, "vm-2019", &[("storage-8443", Blocked)]);
    // The tag of another region holds none of it.
    let other = estate(vec![allow(200, vec![net("r | * | Storage.WestUS | 443 | tcp")])]);
    verdicts(&other, "azure-backup", &[("storage-443", Blocked), ("backup-443", Blocked)]);
}

#[test]
fn fw_068_the_fqdn_tag_is_for_the_service_and_nothing_is_known_of_the_rest() {
    let tag = estate(vec![allow(200, vec![app("r | * | Https:443 | | AzureBackup")])]);
    verdicts(
        &tag,
        "azure-backup",
        &[("backup-443", Allowed), ("storage-443", Open), ("entra-443", Open)],
    );
    // V3: 8443 needs an opening of its own.
    verdicts(&tag, "vm-2019", &[("storage-8443", Blocked)]);
    // FW-067
    let http = estate(vec![allow(200, vec![app("r | * | Http:80 | | AzureBackup")])]);
    verdicts(&http, "azure-backup", &[("backup-443", Blocked)]);
    let none = estate(vec![
        deny(100, vec![app("no | * | Https:443 | | AzureBackup")]),
        allow(200, vec![app("r | * | Https:443 | *")]),
    ]);
    verdicts(&none, "azure-backup", &[("backup-443", Blocked), ("storage-443", Open)]);
}

#[test]
fn application_rules_with_names_are_enough() {
    let names =
        |names: &str| estate(vec![allow(200, vec![app(&format!("r | * | Https:443 | {names}"))])]);
    let all = names(&format!("{BACKUP} {STORAGE} *.microsoftonline.com"));
    verdicts(
        &all,
        "mars",
        &[("backup-443", Allowed), ("storage-443", Allowed), ("entra-443", Allowed)],
    );
    let some = names("*.blob.core.windows.net *.queue.core.windows.net");
    verdicts(&some, "azure-backup", &[("storage-443", Partial), ("backup-443", Blocked)]);
    let profile = profile("azure-backup");
    let rows = judged(&some, &profile, Some("japaneast"));
    let storage = rows.iter().find(|it| it.asked.requirement.id.value == "storage-443").unwrap();
    let (flow, entry) = storage.stopped.as_ref().unwrap();
    assert!(flow.fqdn.as_ref().unwrap().ends_with(".blob.storage.azure.net"), "{flow:?}");
    assert_eq!(view(&some).entries[*entry].name(), "the default deny");
}

#[test]
fn a_network_deny_comes_before_names_and_a_network_allow_too() {
    let names = || app(&format!("yes | * | Https:443 | {STORAGE}"));
    let denied = estate(vec![
        deny(100, vec![net("no | * | Storage | 443 | tcp")]),
        allow(200, vec![names()]),
    ]);
    verdicts(&denied, "azure-backup", &[("storage-443", Blocked)]);
    let over = estate(vec![
        allow(100, vec![net("yes | * | Storage | 443 | tcp")]),
        deny(200, vec![app("no | * | Https:443 | *")]),
    ]);
    verdicts(&over, "azure-backup", &[("storage-443", Allowed), ("backup-443", Blocked)]);
    // A part by its address, the others by name.
    let both = estate(vec![
        allow(100, vec![net("some | * | 20.60.172.0/24 | 443 | tcp")]),
        allow(200, vec![names()]),
    ]);
    verdicts(&both, "azure-backup", &[("storage-443", Allowed)]);
    let some = estate(vec![allow(100, vec![net("some | * | 20.60.172.0/24 | 443 | tcp")])]);
    verdicts(&some, "azure-backup", &[("storage-443", Partial)]);
    // Which names are at the addresses that are let through is not known.
    let mapped = estate(vec![
        allow(100, vec![net("some | * | 20.60.172.0/24 | 443 | tcp")]),
        allow(200, vec![app("r | * | Https:443 | *.blob.core.windows.net")]),
    ]);
    verdicts(&mapped, "azure-backup", &[("storage-443", Open)]);
    let stopped = estate(vec![
        deny(100, vec![net("no | * | 20.60.172.0/24 | 443 | tcp")]),
        allow(200, vec![names()]),
    ]);
    verdicts(&stopped, "azure-backup", &[("storage-443", Partial)]);
}

#[test]
fn rows_of_names_alone_and_of_tags_alone() {
    let one = estate(vec![allow(200, vec![app("r | * | Https:443 | download.microsoft.com")])]);
    verdicts(&one, "mars", &[("agent-update-443", Allowed)]);
    let none = estate(vec![allow(200, vec![net("r | * | Storage | 443 | tcp")])]);
    // The host may be at an address of Storage, as far as anybody knows.
    verdicts(&none, "mars", &[("agent-update-443", Open)]);
    let all = estate(vec![allow(200, vec![net("r | * | * | 443 | tcp")])]);
    verdicts(&all, "mars", &[("agent-update-443", Allowed)]);
    // A row without names: application rules hang on them.
    let eighty =
        estate(vec![allow(200, vec![app("r | * | Https:8443 | *.blob.core.windows.net")])]);
    verdicts(&eighty, "vm-2019", &[("storage-8443", Open)]);
    let iscsi = estate(vec![allow(200, vec![app("r | * | Https:3260 | *")])]);
    verdicts(&iscsi, "file-recovery", &[("recovery-3260", Blocked)]);
    let net = estate(vec![allow(200, vec![net("r | * | AzureBackup | 3260 | tcp")])]);
    verdicts(&net, "file-recovery", &[("recovery-3260-tag", Allowed), ("recovery-3260", Open)]);
}

#[test]
fn sources_are_those_that_rules_name_unless_routes_say_more() {
    let rule = |source: &str| net(&format!("r-{source} | {source} | Storage | 443 | tcp"));
    let one = estate(vec![allow(200, vec![rule("10.20.0.0/16")])]);
    let backup = profile("azure-backup");
    let of = |estate: &Estate| -> Judged<'_> {
        let rows = judged(estate, &backup, Some("japaneast"));
        rows.into_iter().find(|it| it.asked.requirement.id.value == "storage-443").unwrap()
    };
    let found = of(&one);
    assert_eq!(found.verdict, Allowed);
    assert_eq!(found.reason.as_deref(), Some("for the sources that its rules name: 10.20.0.0/16"));
    let two = estate(vec![allow(
        200,
        vec![rule("10.20.0.0/16"), net("web | 10.30.0.0/16 | * | 80 | tcp")],
    )]);
    let found = of(&two);
    assert_eq!(found.verdict, Open);
    assert!(found.reason.as_ref().unwrap().contains("it depends on the source"), "{found:?}");
    assert_eq!(of(&estate(vec![allow(200, vec![rule("*")])])).reason, None);
}

#[test]
fn no_region_takes_any_one_and_says_so() {
    let one = estate(vec![allow(200, vec![net("r | * | Storage.JapanEast | 443 | tcp")])]);
    let backup = profile("azure-backup");
    let rows = judged(&one, &backup, None);
    let storage = rows.iter().find(|it| it.asked.requirement.id.value == "storage-443").unwrap();
    assert_eq!(storage.verdict, Allowed);
    assert!(storage.reason.as_ref().unwrap().contains("`Storage.JapanEast` alone"));
}

#[test]
fn threat_intelligence_and_idps_are_said() {
    let mut one = estate(vec![allow(200, vec![net("r | * | * | 443 | tcp")])]);
    one.policies[0].settings.threat_intelligence = known(ThreatMode::Deny);
    let backup = profile("azure-backup");
    let rows = judged(&one, &backup, Some("japaneast"));
    assert!(rows.iter().any(|it| it.reason.as_ref().is_some_and(|it| it.contains("feed"))));
}

#[test]
fn tags_that_only_their_names_are_known_of() {
    let one = estate(vec![allow(200, vec![net("r | * | Storage AzureBackup | 443 | tcp")])]);
    let view =
        FirewallView::new(Subject::Firewall(&one.firewalls[0]), &one, Catalogue::embedded(), true);
    let backup = profile("azure-backup");
    let ground = Ground { cloud: Cloud::UsGov, region: Some("usgovvirginia") };
    let verdict = |id: &str| {
        let requirement = backup.requirements.iter().find(|it| it.id.value == id).unwrap();
        view.require(Asked { profile: "azure-backup", requirement, named: true }, ground)
            .unwrap()
            .verdict
    };
    assert_eq!(verdict("storage-443"), Allowed);
    assert_eq!(verdict("backup-443"), Allowed);
    // The other tags may hold its addresses, as far as anybody knows.
    assert_eq!(verdict("entra-443"), Open);
}
