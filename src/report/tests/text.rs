//! The formats for people.

use super::{PLAIN, rendered, rich};
use crate::{
    finding::{Coverage, Report},
    report::{Look, columns},
};
use insta::assert_snapshot;

#[test]
fn human_shows_excerpts_then_the_table() {
    assert_snapshot!(rendered("human", &rich::report(), &PLAIN), @r#"
    error: the array is not closed: close it with `]`
       ,-[broken.json:2:13]
     1 | {
     2 |   "rules": [
       :             ^
       `----

    error: cannot be read: it is not there
      --> C:/no such␊file.json

    note[unknown-tag]: 100% of traffic is decided by `DenyAllInBound`
      --> net/nsg.json: evil␛[31m␊name
      witness: Icmp fd00::4 -> 2001:db8::1
      help: nothing to do
            as such

    warning[shadowed-rule]: no packet reaches rule `Allow-SQL`␊::error::␛[2Jgone, password=*******
        ,-[net/nsg.json:3:5]
      1 |     {
      2 |       "name": "本番-nsg", "rules": [
      3 | ,->     {
      4 | |         "name": "Allow-SQL",
      5 | |         "priority": 100,
      6 | |       "adminPassword": "*******"
      7 | |->     },
        : `---- this rule
      8 |         { "name": "拒否-All", "priority": 4096, "access": "Deny" }
        :                   ^^^^^|^^^^
        :                        `-- shadowed by this one
      9 |       ]
     10 |     }
        `----
      fix: remove the rule

    error[required-blocked]: `Storage.JapanEast` on tcp/443 is blocked by `拒否-All`
       ,-[net/50% off, tags.json:4:13]
     1 | {
     2 |   "name": "app\u001b?[31m",
     3 |   "uri": "https://a/x?sig=******&se=1",
       :                       ^^^^^|^^^^
       :                            `-- signed
     4 |   "prefix": "Storag"
       :             ^^^^|^^^
       :                 `-- asked for here
     5 | }
     6 |
       `----
      --> net/nsg.json:8:5: decided here
      required by: azure-backup/storage-443: Azure Backup support matrix (2026-10-01)
      witness: Tcp 10.0.0.4:50000 -> 20.60.172.1:443 (a.blob.core.windows.net)
      help: put an allow before it
      fix: add this rule:
        {
          "name": "Allow-Storage",
          "priority": 110
        }

      VERDICT      WHAT                                          DECIDED BY                     LINE
    nsg 本番-nsg  net/nsg.json
      ALLOWED [1]  entra on tcp/443                              AllowInternetOutBound, 1 more  built in
      BLOCKED      storage-443 on tcp/443                        拒否-All (4096)                :8
      PARTIAL [1]  vault on tcp/443                              拒否-All (4096)                :8
      UNKNOWN [2]  a-requirement-with-a-name-that... on tcp/443  -                              -
      blocked *    storage-8443 on tcp/443                       拒否-All (4096)                :8
      * not required: no document of today asks for it, some of 2018 and 2019 did; nothing is reported
        for it
      [1] no region is known: a tag of any one region is enough
      [2] tag `Storag` is not in the list␛[0m

    not checked yet:
      a route table: 4 files
      an IP group: net/r␛2.json
      --verbose names all files

    2 files (and 1 without policy), 2 resources, 2 failures; not checked yet: policy in 4 files;
    1 error, 1 warning, 1 note;
    azure-backup: 1 allowed, 1 blocked, 1 partial, 1 unknown (and 1 not required);
    service tags: Public 2026-11-02
    "#);
}

#[test]
fn human_in_colour() {
    let look = Look { color: true, ..PLAIN };
    assert_snapshot!(rendered("human", &rich::report(), &look).replace('\x1b', "^"), @r#"
    ^[1;31merror:^[0m the array is not closed: close it with `]`
       ╭─[^[36;1;4mbroken.json:2:13^[0m]
     ^[2m1^[0m │ {
     ^[2m2^[0m │   "rules": [
       · ^[35;1m            ▲^[0m
       ╰────

    ^[1;31merror:^[0m cannot be read: it is not there
      ^[2m-->^[0m C:/no such␊file.json

    ^[1;36mnote[unknown-tag]:^[0m 100% of traffic is decided by `DenyAllInBound`
      ^[2m-->^[0m net/nsg.json: evil␛[31m␊name
      ^[1mwitness:^[0m Icmp fd00::4 -> 2001:db8::1
      ^[1mhelp:^[0m nothing to do
            as such

    ^[1;33mwarning[shadowed-rule]:^[0m no packet reaches rule `Allow-SQL`␊::error::␛[2Jgone, password=*******
        ╭─[^[36;1;4mnet/nsg.json:3:5^[0m]
     ^[2m 1^[0m │     {
     ^[2m 2^[0m │       "name": "本番-nsg", "rules": [
     ^[2m 3^[0m │ ^[35;1m╭^[0m^[35;1m─^[0m^[35;1m▶^[0m     {
     ^[2m 4^[0m │ ^[35;1m│^[0m         "name": "Allow-SQL",
     ^[2m 5^[0m │ ^[35;1m│^[0m         "priority": 100,
     ^[2m 6^[0m │ ^[35;1m│^[0m       "adminPassword": "*******"
     ^[2m 7^[0m │ ^[35;1m├^[0m^[35;1m─^[0m^[35;1m▶^[0m     },
        · ^[35;1m╰^[0m^[35;1m───^[0m^[35;1m─^[0m ^[35;1mthis rule^[0m
     ^[2m 8^[0m │         { "name": "拒否-All", "priority": 4096, "access": "Deny" }
        ·     ^[33;1m              ─────┬────^[0m
        ·                        ^[33;1m╰── ^[33;1mshadowed by this one^[0m^[0m
     ^[2m 9^[0m │       ]
     ^[2m10^[0m │     }
        ╰────
      ^[1mfix:^[0m remove the rule

    ^[1;31merror[required-blocked]:^[0m `Storage.JapanEast` on tcp/443 is blocked by `拒否-All`
       ╭─[^[36;1;4mnet/50% off, tags.json:4:13^[0m]
     ^[2m1^[0m │ {
     ^[2m2^[0m │   "name": "app\u001b?[31m",
     ^[2m3^[0m │   "uri": "https://a/x?sig=******&se=1",
       · ^[35;1m                      ─────┬────^[0m
       ·                            ^[35;1m╰── ^[35;1msigned^[0m^[0m
     ^[2m4^[0m │   "prefix": "Storag"
       · ^[33;1m            ────┬───^[0m
       ·                 ^[33;1m╰── ^[33;1masked for here^[0m^[0m
     ^[2m5^[0m │ }
     ^[2m6^[0m │
       ╰────
      ^[2m-->^[0m net/nsg.json:8:5: decided here
      ^[1mrequired by:^[0m azure-backup/storage-443: Azure Backup support matrix (2026-10-01)
      ^[1mwitness:^[0m Tcp 10.0.0.4:50000 -> 20.60.172.1:443 (a.blob.core.windows.net)
      ^[1mhelp:^[0m put an allow before it
      ^[1mfix:^[0m add this rule:
        {
          "name": "Allow-Storage",
          "priority": 110
        }

    ^[1m  VERDICT      WHAT                                          DECIDED BY                     LINE^[0m
    ^[1mnsg 本番-nsg^[0m  ^[2mnet/nsg.json^[0m
      ^[32mALLOWED [1]^[0m  entra on tcp/443                              AllowInternetOutBound, 1 more  built in
      ^[1;31mBLOCKED^[0m      storage-443 on tcp/443                        拒否-All (4096)                :8
      ^[1;33mPARTIAL [1]^[0m  vault on tcp/443                              拒否-All (4096)                :8
      ^[1;35mUNKNOWN [2]^[0m  a-requirement-with-a-name-that... on tcp/443  -                              -
    ^[2m  blocked *    storage-8443 on tcp/443                       拒否-All (4096)                :8^[0m
      * not required: no document of today asks for it, some of 2018 and 2019 did; nothing is reported
        for it
      [1] no region is known: a tag of any one region is enough
      [2] tag `Storag` is not in the list␛[0m

    ^[1mnot checked yet:^[0m
      a route table: 4 files
      an IP group: net/r␛2.json
      ^[2m--verbose names all files^[0m

    2 files (and 1 without policy), 2 resources, 2 failures; not checked yet: policy in 4 files;
    1 error, 1 warning, 1 note;
    azure-backup: 1 allowed, 1 blocked, 1 partial, 1 unknown (and 1 not required);
    service tags: Public 2026-11-02
    "#);
}

#[test]
fn a_long_table_shows_what_is_not_allowed() {
    assert_snapshot!(rendered("human", &rich::wide(), &PLAIN), @r#"
      VERDICT  WHAT            DECIDED BY       LINE  REQUIREMENT
    nsg 本番-nsg  net/nsg.json
      BLOCKED  r7 on tcp/443   拒否-All (4096)  :8    r7
      BLOCKED  r27 on tcp/443  拒否-All (4096)  :8    r27
    and 38 more rows, allowed or not required; --verbose shows all

    2 files (and 1 without policy), 2 resources; no findings; azure-backup: 38 allowed, 2 blocked;
    service tags: Public 2026-11-02
    "#);
    let all = rendered("human", &rich::wide(), &Look { verbose: true, ..PLAIN });
    assert_eq!(all.lines().count(), 45);
}

#[test]
fn silence_says_what_was_looked_at() {
    assert_snapshot!(rendered("human", &rich::silent(5), &PLAIN), @r#"
    all clear: 3 files (and 2 without policy), 5 resources; service tags: Public 2026-11-02
    "#);
    assert_snapshot!(rendered("human", &rich::silent(0), &PLAIN), @r#"
    0 groups judged, nothing was proved: 3 files (and 2 without policy), 0 resources; no findings;
    service tags: Public 2026-11-02
    "#);
}

#[test]
fn a_clear_run_is_short_and_says_what_it_rests_on() {
    assert_snapshot!(rendered("human", &rich::clear(), &PLAIN), @r#"
      assumed: no region is known: a tag of any one region is enough
    all clear: 3 files (and 2 without policy), 1 resource; azure-backup: 1 allowed (and 1 not required);
    service tags: Public 2026-11-02
    "#);
    let all = rendered("human", &rich::clear(), &Look { verbose: true, ..PLAIN });
    assert!(all.contains("VERDICT") && all.contains("blocked *"), "{all}");
}

#[test]
fn nothing_is_clear_that_was_not_checked() {
    let unchecked = rich::report().unchecked;
    let [clear, nothing] = [rich::clear(), rich::silent(0)]
        .map(|report| Report { unchecked: unchecked.clone(), ..report });
    assert_snapshot!(rendered("human", &clear, &PLAIN), @r#"
      assumed: no region is known: a tag of any one region is enough
    not checked yet:
      a route table: 4 files
      an IP group: net/r␛2.json
      --verbose names all files

    all clear in what is checked: 3 files (and 2 without policy), 1 resource;
    not checked yet: policy in 4 files; azure-backup: 1 allowed (and 1 not required);
    service tags: Public 2026-11-02
    "#);
    assert_snapshot!(rendered("concise", &clear, &PLAIN), @r#"
    a.json: note: recognised a route table, not checked yet
    net/50% off, tags.json: note: recognised a route table, not checked yet
    net/routes.json: note: recognised a route table, not checked yet
    net/r␛2.json: note: recognised a route table and an IP group, not checked yet
    note: assumed: no region is known: a tag of any one region is enough
    all clear in what is checked: 3 files (and 2 without policy), 1 resource; not checked yet: policy in 4 files; azure-backup: 1 allowed (and 1 not required); service tags: Public 2026-11-02
    "#);
    assert_snapshot!(rendered("concise", &nothing, &PLAIN), @r#"
    a.json: note: recognised a route table, not checked yet
    net/50% off, tags.json: note: recognised a route table, not checked yet
    net/routes.json: note: recognised a route table, not checked yet
    net/r␛2.json: note: recognised a route table and an IP group, not checked yet
    0 groups judged, nothing was proved: 3 files (and 2 without policy), 0 resources; not checked yet: policy in 4 files; no findings; service tags: Public 2026-11-02
    "#);
}

#[test]
fn what_is_asked_for_is_read_in_a_narrow_window_too() {
    let look = Look { width: 70, ..PLAIN };
    let mut report =
        Report { findings: vec![], errors: vec![], unchecked: vec![], ..rich::report() };
    for (row, profile) in report.coverage.iter_mut().zip(["azure-backup", "vm-2019"]) {
        row.profile = profile.to_owned();
    }
    for decider in report.coverage.iter_mut().flat_map(|row| &mut row.decided_by) {
        decider.rule.push_str("-with-a-name-that-is-rather-long");
    }
    assert_snapshot!(rendered("human", &report, &look), @r#"
      VERDICT      WHAT                    DECIDED BY             LINE
    nsg 本番-nsg  net/nsg.json
      ALLOWED [1]  entra on tcp/443        AllowInter..., 1 more  built in
      BLOCKED      storage-443 on tcp/443  拒否-All-wi... (4096)  :8
      PARTIAL [1]  vault on tcp/443        拒否-All-wi... (4096)  :8
      UNKNOWN [2]  a-requir... on tcp/443  -                      -
      blocked *    storage-... on tcp/443  拒否-All-wi... (4096)  :8
      * not required: no document of today asks for it, some of 2018 and
        2019 did; nothing is reported for it
      [1] no region is known: a tag of any one region is enough
      [2] tag `Storag` is not in the list␛[0m

    2 files (and 1 without policy), 2 resources; no findings;
    coverage: 1 allowed, 1 blocked, 1 partial, 1 unknown (and 1 not required);
    service tags: Public 2026-11-02
    "#);
    assert_snapshot!(rendered("human", &report, &Look { width: 160, ..PLAIN }), @r#"
      VERDICT      WHAT                                          DECIDED BY                                    LINE      REQUIREMENT
    nsg 本番-nsg  net/nsg.json
      ALLOWED [1]  entra on tcp/443                              AllowInternetOutBound-with-a-name..., 1 more  built in  azure-backup/entra
      BLOCKED      storage-443 on tcp/443                        拒否-All-with-a-name-that-is-rathe... (4096)  :8        vm-2019/storage-443
      PARTIAL [1]  vault on tcp/443                              拒否-All-with-a-name-that-is-rathe... (4096)  :8        azure-backup/vault
      UNKNOWN [2]  a-requirement-with-a-name-that... on tcp/443  -                                             -         azure-backup/a-requirement-with-a-name-t...
      blocked *    storage-8443 on tcp/443                       拒否-All-with-a-name-that-is-rathe... (4096)  :8        azure-backup/storage-8443
      * not required: no document of today asks for it, some of 2018 and 2019 did; nothing is reported for it
      [1] no region is known: a tag of any one region is enough
      [2] tag `Storag` is not in the list␛[0m

    2 files (and 1 without policy), 2 resources; no findings; coverage: 1 allowed, 1 blocked, 1 partial, 1 unknown (and 1 not required);
    service tags: Public 2026-11-02
    "#);
}

#[test]
fn an_element_of_which_nothing_is_known_takes_one_line() {
    let [_, _, _, unknown, old] = rich::coverage().try_into().unwrap();
    let coverage: Vec<Coverage> = ["a", "b", "c"]
        .map(|id| Coverage { requirement: id.to_owned(), required: id != "c", ..unknown.clone() })
        .into_iter()
        .chain([old])
        .collect();
    let mixed = Report { coverage, ..rich::silent(1) };
    assert!(rendered("human", &mixed, &PLAIN).contains("on tcp/443"));
    let mut unknown = mixed;
    unknown.coverage.pop();
    let twice = [unknown.coverage.clone(), unknown.coverage.clone()].concat();
    assert_snapshot!(rendered("human", &Report { coverage: twice, ..unknown }, &PLAIN), @r#"
      VERDICT      WHAT                DECIDED BY  LINE  REQUIREMENT
    nsg 本番-nsg  net/nsg.json
      UNKNOWN [1]  all 2 requirements
    nsg 本番-nsg  net/nsg.json
      UNKNOWN [1]  all 2 requirements
      [1] tag `Storag` is not in the list␛[0m

    3 files (and 2 without policy), 1 resource; no findings;
    azure-backup: 4 unknown (and 2 not required); service tags: Public 2026-11-02
    "#);
}

#[test]
fn lines_are_no_wider_than_the_window() {
    for width in [80, 100] {
        let report = Report { errors: vec![], ..rich::report() };
        let text = rendered("human", &report, &Look { width, ..PLAIN });
        // Excerpts are as wide as the file.
        let wide = text.lines().find(|line| columns::width(line) > width);
        assert_eq!(wide, None);
    }
}

#[test]
fn concise_has_a_line_a_finding() {
    assert_snapshot!(rendered("concise", &rich::report(), &PLAIN), @r#"
    broken.json:2:13: error: the array is not closed: close it with `]`
    C:/no such␊file.json: error: cannot be read: it is not there
    net/nsg.json: note[unknown-tag]: 100% of traffic is decided by `DenyAllInBound`
    net/nsg.json:3:5: warning[shadowed-rule]: no packet reaches rule `Allow-SQL`␊::error::␛[2Jgone, password=*******
    net/50% off, tags.json:4:13: error[required-blocked]: `Storage.JapanEast` on tcp/443 is blocked by `拒否-All`
    a.json: note: recognised a route table, not checked yet
    net/50% off, tags.json: note: recognised a route table, not checked yet
    net/routes.json: note: recognised a route table, not checked yet
    net/r␛2.json: note: recognised a route table and an IP group, not checked yet
    note: assumed: no region is known: a tag of any one region is enough
    2 files (and 1 without policy), 2 resources, 2 failures; not checked yet: policy in 4 files; 1 error, 1 warning, 1 note; azure-backup: 1 allowed, 1 blocked, 1 partial, 1 unknown (and 1 not required); service tags: Public 2026-11-02
    "#);
}

#[test]
fn github_has_commands() {
    assert_snapshot!(rendered("github", &rich::report(), &PLAIN), @r#"
    ::error file=broken.json,line=2,col=13,title=egresslint::the array is not closed: close it with `]`
    ::error file=C%3A/no such␊file.json,title=egresslint::cannot be read: it is not there
    ::error file=net/50%25 off%2C tags.json,line=4,endLine=4,col=13,endColumn=21,title=egresslint%3A required-blocked::`Storage.JapanEast` on tcp/443 is blocked by `拒否-All`%0Arequired by: azure-backup/storage-443: Azure Backup support matrix (2026-10-01)%0Awitness: Tcp 10.0.0.4:50000 -> 20.60.172.1:443 (a.blob.core.windows.net)%0Ahelp: put an allow before it%0Afix: add this rule:%0A{%0A  "name": "Allow-Storage",%0A  "priority": 110%0A}
    ::warning file=net/nsg.json,line=3,endLine=7,title=egresslint%3A shadowed-rule::no packet reaches rule `Allow-SQL`␊::error::␛[2Jgone, password=*******
    ::notice file=net/nsg.json,title=egresslint%3A unknown-tag::100%25 of traffic is decided by `DenyAllInBound`%0Awitness: Icmp fd00::4 -> 2001:db8::1%0Ahelp: nothing to do%0Aas such
    ::notice file=a.json,title=egresslint::recognised a route table, not checked yet
    ::notice file=net/50%25 off%2C tags.json,title=egresslint::recognised a route table, not checked yet
    ::notice file=net/routes.json,title=egresslint::recognised a route table, not checked yet
    ::notice file=net/r␛2.json,title=egresslint::recognised a route table and an IP group, not checked yet
    2 files (and 1 without policy), 2 resources, 2 failures; not checked yet: policy in 4 files; 1 error, 1 warning, 1 note; azure-backup: 1 allowed, 1 blocked, 1 partial, 1 unknown (and 1 not required); service tags: Public 2026-11-02
    "#);
}
