//! Single cases: dialects, faults, limits of names, readable examples.

use super::super::{
    Action, Asked, Coverage, Fault, Found, Host, HostLines, HostSet, Line, Part, Row, Weighed,
};
use crate::{
    space::{End, Role},
    verdict::Verdict,
};

fn host(text: &str) -> Host {
    Host::parse(text).unwrap()
}

fn holds(set: &HostSet, text: &str) -> bool {
    set.contains(&host(text))
}

fn lines(patterns: &[&str]) -> HostLines {
    let row = |text: &&str| Row::exact(HostSet::left_star(text).unwrap());
    HostLines::new(patterns.iter().map(row).collect())
}

/// All rows allow, the end denies.
fn judge(patterns: &[&str], asked: &str) -> Weighed {
    let asked = HostSet::left_star(asked).unwrap();
    lines(patterns).weigh(Asked::of(&asked), |_| Part::Surely(Action::Allow), Action::Deny)
}

#[test]
fn a_star_at_the_left_end_means_what_the_table_of_fw_060_says() {
    let table: [(&str, &[&str], &[&str]); 4] = [
        (
            "www.contoso.com",
            &["www.contoso.com", "WWW.Contoso.com."],
            &["contoso.com", "a.www.contoso.com"],
        ),
        (
            "*.contoso.com",
            &["any.contoso.com", "a.b.contoso.com"],
            &["contoso.com", "evilcontoso.com"],
        ),
        (
            "*contoso.com",
            &["contoso.com", "a.contoso.com", "evilcontoso.com"],
            &["contoso.com.evil"],
        ),
        ("*", &["a", "contoso.com"], &[]),
    ];
    for (pattern, matching, others) in table {
        let set = HostSet::left_star(pattern).unwrap();
        assert!(matching.iter().all(|text| holds(&set, text)), "{pattern}");
        assert!(!others.iter().any(|text| holds(&set, text)), "{pattern}");
    }
    for pattern in ["www.contoso.*", "*.contoso.*", "www.*contoso.com", "**.x", "*.*.x"] {
        assert_eq!(HostSet::left_star(pattern), Err(Fault::Star), "{pattern}");
    }
}

#[test]
fn other_dialects() {
    let squid = HostSet::domain("Backup.WindowsAzure.com").unwrap();
    assert!(
        holds(&squid, "backup.windowsazure.com") && holds(&squid, "a.b.backup.windowsazure.com")
    );
    assert!(!holds(&squid, "evilbackup.windowsazure.com"));
    let plain = HostSet::plain();
    assert!(holds(&plain, "localhost") && !holds(&plain, "a.b"));
    let glob = HostSet::glob("10.?.*.Net").unwrap();
    assert!(holds(&glob, "10.1.a.b.net") && !holds(&glob, "10.11.net"));
    assert!(holds(&HostSet::glob("a?b").unwrap(), "a.b"));
    assert!(HostSet::glob("a..b").unwrap().is_none() && HostSet::glob("*.").unwrap().is_none());
    assert!(HostSet::glob(".x").unwrap().is_none());
}

#[test]
fn what_is_no_name_is_a_fault() {
    let faults = [
        ("", Fault::Empty),
        (".", Fault::Empty),
        (".contoso.com", Fault::EmptyLabel),
        ("a..b", Fault::EmptyLabel),
        ("a..", Fault::EmptyLabel),
        ("https://x", Fault::Character(':')),
        ("bücher.example", Fault::Character('ü')),
        ("a b", Fault::Character(' ')),
        ("a?b", Fault::Character('?')),
        ("a*b", Fault::Star),
    ];
    for (text, fault) in faults {
        assert_eq!(Host::parse(text), Err(fault), "{text}");
        assert_eq!(HostSet::exact(text), Err(fault), "{text}");
        assert_eq!(HostSet::under(text), Err(fault), "{text}");
    }
    assert_eq!(HostSet::left_star("*."), Err(Fault::Empty));
    assert_eq!(HostSet::glob(""), Err(Fault::Empty));
    assert_eq!(HostSet::glob("a=*"), Err(Fault::Character('=')));
    assert_eq!(Host::parse(&"a".repeat(64)), Err(Fault::LongLabel));
    assert_eq!(Host::parse(&"a.".repeat(127)).unwrap().as_str().len(), 253);
    assert_eq!(Host::parse(&"ab.".repeat(85)), Err(Fault::Long));
    assert_eq!(HostSet::under(&"a.".repeat(127)), Err(Fault::Long));
    assert_eq!(HostSet::left_star(&format!("*.{}", "a.".repeat(127))), Err(Fault::Long));
    assert!(HostSet::domain(&"a.".repeat(127)).is_ok());
}

#[test]
fn no_host_is_longer_than_hosts_may_be() {
    let glob = |text: &str| HostSet::glob(text).unwrap();
    // 64 characters before a dot have to have one among them.
    let Found::Host { host, .. } = glob(&format!("{}.x", "?".repeat(64))).shared(&HostSet::all())
    else {
        panic!("there is such a host");
    };
    assert_eq!(host.as_str().len(), 66);
    let same = format!("{}*", "a".repeat(64));
    assert_eq!(glob(&same).shared(&HostSet::all()), Found::Nothing);
    assert!(glob(&"a".repeat(64)).is_none());
    assert_ne!(glob(&"?".repeat(253)).shared(&HostSet::all()), Found::Nothing);
    assert_eq!(glob(&"?".repeat(254)).shared(&HostSet::all()), Found::Nothing);
    // Below the longest suffix there is room for one character only: 38 hosts.
    let suffix = "a.".repeat(126).trim_end_matches('.').to_owned();
    let below = HostSet::under(&suffix).unwrap();
    let names = |but: &str| {
        let all = "abcdefghijklmnopqrstuvwxyz0123456789-_".chars().filter(|&c| !but.contains(c));
        all.map(|c| HostSet::exact(&format!("{c}.{suffix}")).unwrap()).collect::<HostSet>()
    };
    assert_eq!(below.beyond(&names("")), Found::Nothing);
    let Found::Host { host, .. } = below.beyond(&names("q")) else { panic!("q is left") };
    assert_eq!(host.as_str(), format!("q.{suffix}"));
    // And the last of them may be the one that a line stops.
    let rows = HostLines::new(vec![Row::exact(names("q")), Row::exact(names(""))]);
    let role = |line: Line| if line.row == 0 { Role::Subtract } else { Role::Stop };
    let found = rows.find(Asked::of(&below), role, End::Pass);
    assert!(matches!(found, Found::Host { row: Some(1), .. }), "{found:?}");
    // Nor do later lines for each of them hide the one before that stops them all.
    let rows = HostLines::new(vec![Row::exact(below.clone()), Row::exact(names(""))]);
    let role = |line: Line| if line.row == 0 { Role::Stop } else { Role::Subtract };
    let found = rows.find(Asked::of(&below), role, End::Pass);
    assert!(matches!(found, Found::Host { row: Some(0), .. }), "{found:?}");
}

#[test]
fn a_required_pattern_is_covered_by_several_or_a_host_shows_the_gap() {
    let blob = "*.blob.core.windows.net";
    assert_eq!(judge(&["*.windows.net"], blob).verdict, Verdict::Allowed);
    assert_eq!(judge(&[blob], blob).verdict, Verdict::Allowed);
    assert_eq!(judge(&["*blob.core.windows.net"], blob).verdict, Verdict::Allowed);
    assert_eq!(judge(&["x.blob.core.windows.net"], blob).verdict, Verdict::Partial);
    let blocked = judge(&["blob.core.windows.net", "*.table.core.windows.net"], blob);
    assert_eq!(blocked.verdict, Verdict::Blocked);
    assert_eq!(blocked.stopped.unwrap().host.as_str(), "a.blob.core.windows.net");
    let glob = judge(&["*contoso.com"], "*.com");
    assert_eq!(glob.verdict, Verdict::Partial);
    assert_eq!(glob.stopped.unwrap().host.as_str(), "a.com");
    assert_eq!(glob.passed.unwrap().host.as_str(), "contoso.com");
}

#[test]
fn an_earlier_deny_is_named_with_a_host() {
    let list = lines(&["*.secret.blob.core.windows.net", "*.core.windows.net"]);
    let asked = HostSet::left_star("*.blob.core.windows.net").unwrap();
    let part = |row| Part::Surely(if row == 0 { Action::Deny } else { Action::Allow });
    let weighed = list.weigh(Asked::of(&asked), part, Action::Deny);
    let stopped = weighed.stopped.unwrap();
    assert_eq!((weighed.verdict, stopped.row), (Verdict::Partial, Some(0)));
    assert_eq!(stopped.host.as_str(), "a.secret.blob.core.windows.net");
    assert_eq!(list.first_match(&stopped.host).unwrap().row, 0);
}

#[test]
fn a_given_example_is_preferred() {
    let list = lines(&["*.example.org"]);
    let asked = HostSet::left_star("*.example.com").unwrap();
    let examples = [host("x.example.org"), host("download.example.com")];
    let question = Asked { hosts: &asked, examples: &examples };
    let Found::Host { host, row } = list.find(question, |_| Role::Subtract, End::Stop) else {
        panic!("nothing covers it");
    };
    assert_eq!((host.as_str(), row), ("download.example.com", None));
}

#[test]
fn a_tag_that_nobody_publishes_leaves_the_verdict_open() {
    let tag = Row::between(HostSet::none(), &HostSet::all());
    let rest = Row::exact(HostSet::left_star("*.example").unwrap());
    let list = HostLines::new(vec![tag, rest]);
    let asked = HostSet::exact("x.example").unwrap();
    let weigh = |first, second| {
        let part = move |row| Part::Surely(if row == 0 { first } else { second });
        list.weigh(Asked::of(&asked), part, Action::Deny)
    };
    assert_eq!(weigh(Action::Allow, Action::Allow).verdict, Verdict::Allowed);
    assert_eq!(weigh(Action::Deny, Action::Deny).verdict, Verdict::Blocked);
    let open = weigh(Action::Deny, Action::Allow);
    assert_eq!((open.verdict, open.doubts), (Verdict::Unknown, vec![0]));
    let absent = |row| if row == 0 { Part::Absent } else { Part::Surely(Action::Allow) };
    assert_eq!(list.weigh(Asked::of(&asked), absent, Action::Deny).verdict, Verdict::Allowed);
}

#[test]
fn dead_rows_name_the_first_that_covers_them_or_all_that_do() {
    let covered = |patterns: &[&str]| lines(patterns).coverage(|_| true).pop().unwrap();
    assert_eq!(covered(&["*.a", "*.b.a", "c.b.a"]), Coverage::Covered { by: vec![0] });
    assert_eq!(covered(&["x", "*.b.a", "*.a", "c.b.a"]), Coverage::Covered { by: vec![1] });
    assert_eq!(covered(&["*.a", "a", "z", "*a"]), Coverage::Alive { host: host("aa") });
    let rows = ["*.a", "z", "a", "*.b", "b"].map(|text| HostSet::left_star(text).unwrap());
    let domains = ["a", "b"].map(|name| HostSet::domain(name).unwrap());
    let rows = rows.into_iter().chain([domains.into_iter().collect()]).map(Row::exact).collect();
    let coverage = HostLines::new(rows).coverage(|_| true).pop();
    assert_eq!(coverage, Some(Coverage::Covered { by: vec![0, 2, 3, 4] }));
    let empty = HostLines::new(vec![Row::exact(HostSet::none())]);
    assert_eq!(empty.coverage(|_| true), [Coverage::Empty]);
}

#[test]
fn patterns_made_to_be_hard_end_with_undecided() {
    // From the right one has to remember every `a` among the last characters.
    let find = |size: usize| {
        let any = "?".repeat(size);
        let rows = [format!("{any}?*"), format!("{any}a*")].map(|text| HostSet::glob(&text));
        let list = HostLines::new(rows.map(|set| Row::exact(set.unwrap())).to_vec());
        let role = |line: Line| if line.row == 0 { Role::Subtract } else { Role::Stop };
        list.find_within(&mut 10_000, Asked::of(&HostSet::all()), role, End::Pass)
    };
    assert_eq!(find(4), Found::Nothing);
    assert_eq!(find(30), Found::Undecided);
}
