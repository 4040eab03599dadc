//! Every fault, its place, and its words.

use super::*;

const ROW: &str = r#"
[[require]]
id = "r"
tags = ["Storage"]
ports = [443]
protocol = "tcp"
severity = "error"
source = "s"
as_of = "2026-01"
"#;

/// `line:column message` of every fault of `text`.
fn told(text: &str) -> Vec<String> {
    let file = SourceFile::new("p.toml", text);
    let errors = read(FILE, text).err().unwrap_or_default();
    let line = |error: &ProfileError| {
        let at = file.position(error.span.start);
        format!("{}:{} {error}", at.line, at.column)
    };
    errors.iter().map(line).collect()
}

fn whole(row: &str) -> String {
    format!("name = \"p\"\ntitle = \"t\"{row}")
}

/// The row, in lines 3 to 10, with `from` replaced by `to`.
fn with(from: &str, to: &str) -> Vec<String> {
    assert_eq!(ROW.matches(from).count(), 1, "{from}");
    told(&whole(&ROW.replace(from, to)))
}

#[test]
fn the_unchanged_row_has_no_fault() {
    assert_eq!(told(&whole(ROW)), [""; 0]);
}

#[test]
fn every_fault_of_a_value_is_told_with_its_place() {
    let port = "is not a port; write a number from 0 to 65535 or a range like \"80-443\"";
    let date = "is not a date; write \"yyyy-mm-dd\" or \"yyyy-mm\"";
    for (from, to, message) in [
        ("id = \"r\"", "id = \"a,b\"", "3:6 `a,b` cannot be a name; use at most 64 letters, digits, `-`, `_` and `.`".to_owned()),
        ("id = \"r\"", "id = \" \"", "3:6 `id` is empty; write for example `id = \"storage-443\"`".to_owned()),
        ("id = \"r\"", "id = 5", "3:6 `id` must be text, not a number; write for example `id = \"storage-443\"`".to_owned()),
        ("[443]", "[]", "5:9 `ports` is empty; write for example `ports = [443, \"8000-8080\"]`".to_owned()),
        ("[443]", "[80, 65536]", format!("5:14 `65536` {port}")),
        ("[443]", "[-1]", format!("5:10 `-1` {port}")),
        ("[443]", "\"https\"", format!("5:9 `https` {port}")),
        ("[443]", "[\"80-\"]", format!("5:10 `80-` {port}")),
        ("[443]", "[\"+80\"]", format!("5:10 `+80` {port}")),
        ("[443]", "[\"*\"]", format!("5:10 `*` {port}")),
        ("[443]", "[\"443-80\"]", "5:10 the range `443-80` is upside down; write \"80-443\"".to_owned()),
        ("[443]", "[1.5]", "5:10 `ports` must be a number or text, not a number; write for example `ports = [443, \"8000-8080\"]`".to_owned()),
        ("\"tcp\"", "\"tpc\"", "6:12 `tpc` is not a value of `protocol`; did you mean `tcp`?".to_owned()),
        ("\"tcp\"", "\"sctp/dccp\"", "6:12 `sctp/dccp` is not a value of `protocol`; known are `tcp`, `udp`, `icmp`, `any`".to_owned()),
        ("\"tcp\"", "\"icmp\"", "5:9 `icmp` has no ports; leave `ports` out".to_owned()),
        ("\"error\"", "\"fatal\"", "7:12 `fatal` is not a value of `severity`; known are `error`, `warning`, `note`, `none`".to_owned()),
        ("\"error\"", "\"warn\"", "7:12 `warn` is not a value of `severity`; known are `error`, `warning`, `note`, `none`".to_owned()),
        ("\"2026-01\"", "\"2026-02-30\"", format!("9:9 `2026-02-30` {date}")),
        ("\"2026-01\"", "\"May 2026\"", format!("9:9 `May 2026` {date}")),
        ("\"2026-01\"", "2026-01-01T00:00:00Z", format!("9:9 `2026-01-01T00:00:00Z` {date}")),
        ("[\"Storage\"]", "[\"Storage\", \"10.0.0.0/8\"]", "4:20 `10.0.0.0/8` is not a service tag: it is an address; write it under `addresses`".to_owned()),
        ("[\"Storage\"]", "\"Storage.{zone}\"", "4:8 `Storage.{zone}` is not a service tag: only `{region}` is filled in, and only as the last part: \"Storage.{region}\"".to_owned()),
        ("tags = [\"Storage\"]", "addresses = [\"10.0.0.256\"]", "4:14 `10.0.0.256` is not an address; write an address or a prefix like \"10.1.0.0/16\" or \"2001:db8::/32\"".to_owned()),
        ("tags = [\"Storage\"]", "addresses = [\"10.0.0.1/8\"]", "4:14 `10.0.0.1/8` has bits set after its prefix length; write `10.0.0.0/8`, or give one address".to_owned()),
        ("tags = [\"Storage\"]", "fqdns = [\"*blob.core.windows.net\"]", "4:10 `*blob.core.windows.net` is not a host name: `*` stands only for whole labels at the front, as in \"*.blob.core.windows.net\"".to_owned()),
        ("tags = [\"Storage\"]", "fqdns = [\"https://a.example/\"]", "4:10 `https://a.example/` is not a host name: leave out scheme, path and port".to_owned()),
        ("tags = [\"Storage\"]", "fqdns = [\"*.a.example\"]\nwitnesses = [\"a.example\"]", "5:14 no pattern here covers the witness `a.example`; mend the host or add its pattern".to_owned()),
        ("tags = [\"Storage\"]", "fqdns = [\"*.a.example\"]\nnegative-witnesses = [\"b.a.example\"]", "5:23 `*.a.example` covers the negative witness `b.a.example`; mend one of the two".to_owned()),
        ("tags = [\"Storage\"]", "fqdns = [\"*.a.example\"]\nwitnesses = [\"*.a.example\"]", "5:14 `*.a.example` is not a host name: write labels of letters, digits and `-` (punycode for others), with dots between".to_owned()),
        ("tags = [\"Storage\"]", "endpoints = \"storge\"", "4:13 there are no endpoints `storge`; did you mean `storage`?".to_owned()),
        ("tags = [\"Storage\"]", "endpoints = \"storage/blbo\"", "4:13 there are no endpoints `storage/blbo`; did you mean `storage/blob`?".to_owned()),
        ("tags = [\"Storage\"]", "endpoints = \"cosmos\"", "4:13 there are no endpoints `cosmos`; known are `azure-backup`, `entra-id`, `platform`, `storage`, `supporting`".to_owned()),
        ("tags = [\"Storage\"]", "endpoints = \"storage/blob\"\ncloud = \"china\"", "2:1 `r` has no destination; give `tags`, `fqdns`, `addresses` or `endpoints` that hold in its clouds".to_owned()),
        ("tags = [\"Storage\"]", "", "2:1 `r` has no destination; give `tags`, `fqdns`, `addresses` or `endpoints` that hold in its clouds".to_owned()),
        ("source = \"s\"", "source = \"s\"\ncloud = \"gov\"", "9:9 `gov` is not a value of `cloud`; known are `public`, `usgov`, `china`".to_owned()),
        ("source = \"s\"", "source = \"s\"\nfrom = \"10.0.0.0/33\"", "9:8 `10.0.0.0/33` is not an address; write an address or a prefix like \"10.1.0.0/16\" or \"2001:db8::/32\"".to_owned()),
        ("source = \"s\"", "source = \"s\"\nprivate-endpoint = \"yes\"", "9:20 `private-endpoint` must be true or false, not text; write for example `private-endpoint = true`".to_owned()),
        ("source = \"s\"", "source = \"s\"\nprivate_endpoint = true", "9:1 unknown key `private_endpoint` in a `[[require]]` table; did you mean `private-endpoint`?".to_owned()),
        ("source = \"s\"", "source = \"s\"\nport = 80", "9:1 unknown key `port` in a `[[require]]` table; did you mean `ports`?".to_owned()),
    ] {
        // The row begins in line 3; what is told counts its lines from the blank one before.
        let shifted: Vec<_> = with(from, to).iter().map(|message| unshift(message)).collect();
        assert_eq!(shifted, [message], "{from} -> {to}");
    }
}

/// Lines counted from the first line of `ROW`, which is line 2 of the file.
fn unshift(message: &str) -> String {
    let (line, rest) = message.split_once(':').unwrap();
    format!("{}:{rest}", line.parse::<u32>().unwrap() - 1)
}

#[test]
fn every_missing_key_is_told_with_an_example() {
    for key in ["id", "ports", "protocol", "severity", "source", "as_of"] {
        let line = ROW.lines().find(|line| line.starts_with(key)).unwrap();
        let [message] = &with(line, "")[..] else { panic!("{key}") };
        let start = format!("3:1 a `[[require]]` table lacks `{key}`; add for example `{key} = ");
        assert!(message.starts_with(&start), "{message}");
    }
    assert_eq!(
        told(ROW),
        [
            "1:1 the profile lacks `name`; add for example `name = \"my-workload\"`",
            "1:1 the profile lacks `title`; add for example `title = \"What my workload must reach\"`",
        ]
    );
    assert_eq!(
        told(&whole("\n")),
        ["1:1 the profile asks for nothing; add a `[[require]]` table or `extends`"]
    );
}

#[test]
fn all_faults_are_told_at_once_in_the_order_of_the_file() {
    let text = "nmae = \"p\"\nextends = [\"vn\", \"xyz\"]\n[[require]]\nid = \"r\"\ntags = []\n\
                ports = [0, 99999]\nprotocol = \"tcpp\"\nas_of = 2026\n[[require]]\nid = \"r\"\n";
    let told = told(text);
    assert_eq!(
        told,
        [
            "1:1 the profile lacks `name`; add for example `name = \"my-workload\"`",
            "1:1 the profile lacks `title`; add for example `title = \"What my workload must reach\"`",
            "1:1 unknown key `nmae` in the profile; did you mean `name`?",
            "2:12 there is no built-in profile `vn`; did you mean `vm`?",
            "2:18 there is no built-in profile `xyz`; known are `aks-backup`, `azure-backup`, `file-recovery`, `mabs-dpm`, `mars`, `sap-hana-in-vm`, `sql-in-vm`, `vm`, `vm-2019`, `vm-2019-managed`, `vm-2019-unencrypted`, `vm-2019-unmanaged`",
            "3:1 a `[[require]]` table lacks `severity`; add for example `severity = \"error\"`",
            "3:1 a `[[require]]` table lacks `source`; add for example `source = \"Network plan, section 4\"`",
            "5:8 `tags` is empty; write for example `tags = [\"Storage.{region}\"]`",
            "6:13 `99999` is not a port; write a number from 0 to 65535 or a range like \"80-443\"",
            "7:12 `tcpp` is not a value of `protocol`; did you mean `tcp`?",
            "8:9 `as_of` must be text, not a number; write for example `as_of = \"2026-08-14\"`",
            "9:1 `r` has no destination; give `tags`, `fqdns`, `addresses` or `endpoints` that hold in its clouds",
            "9:1 a `[[require]]` table lacks `protocol`; add for example `protocol = \"tcp\"`",
            "9:1 a `[[require]]` table lacks `ports`; add for example `ports = [443, \"8000-8080\"]`",
            "9:1 a `[[require]]` table lacks `severity`; add for example `severity = \"error\"`",
            "9:1 a `[[require]]` table lacks `source`; add for example `source = \"Network plan, section 4\"`",
            "9:1 a `[[require]]` table lacks `as_of`; add for example `as_of = \"2026-08-14\"`",
            "10:6 `r` is there twice, first in line 4; give each its own id",
        ]
    );
}

#[test]
fn a_row_cannot_take_the_id_of_an_inherited_one() {
    assert_eq!(
        told(&heir("mine", "mars", "storage-443")),
        ["6:6 `storage-443` is already a row of the extended profile `mars`; give it another id"]
    );
    let both = heir("mine", "vm", "own").replace("[\"vm\"]", "[\"vm\", \"vm-2019-unmanaged\"]");
    assert_eq!(
        told(&both),
        ["3:18 `storage-443` is already a row of the extended profile `vm`; give it another id"]
    );
}

#[test]
fn faults_of_syntax_have_a_place_and_come_alone() {
    let told = |text: &str| told(text).into_iter().next().unwrap();
    assert!(
        told("name = \"p\nports = 3").starts_with("1:10 not valid TOML: "),
        "{}",
        told("name = \"p\nports = 3")
    );
    assert!(told("name = \"p\"\nname = \"q\"\n").starts_with("2:1 not valid TOML: duplicate key"));
    assert!(told("a = [[[").starts_with("1:"));
    let deep = format!("a = {}", "[".repeat(100_000));
    assert!(told(&deep).contains("not valid TOML: "));
}

#[test]
fn a_file_too_large_is_not_read() {
    let text = "#".repeat((256 << 10) + 1);
    assert_eq!(told(&text), ["1:1 the profile has 262145 bytes; split it, 262144 is the limit"]);
}

#[test]
fn what_is_named_twice_is_drawn_once() {
    let text = heir("mine", "vm", "own")
        .replace("[\"vm\"]", &format!("[{}]", "\"vm\",".repeat(20_000)))
        .replace("\"storage\"", &format!("[{}]", "\"storage\",".repeat(5_000)));
    let profile = read(FILE, &text).unwrap();
    assert_eq!(profile.extends.len(), 1);
    assert_eq!(profile.requirements.len(), 4);
    assert_eq!(profile.requirements[3].fqdns(Cloud::Public).count(), 3);
}

#[test]
fn a_flood_of_faults_is_cut_off() {
    let text = whole(&ROW.replace("[443]", &format!("[{}]", "-1,".repeat(50_000))));
    assert_eq!(told(&text).len(), 1000);
}

#[test]
fn a_broken_built_in_file_is_named_where_it_is_drawn() {
    let broken = [BuiltIn { name: "storage", text: "name = \"storage\"" }];
    let library = Library { profiles: PROFILES, endpoints: &broken };
    let errors = library.read(FILE, &heir("mine", "vm-2019-managed", "own")).unwrap_err();
    assert_eq!(
        errors.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "the built-in `storage` is broken: the endpoint set lacks `title`; add for example `title = \"What my workload must reach\"`"
        ]
    );
}
