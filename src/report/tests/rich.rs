//! A report with everything that a renderer can meet.

use crate::{
    finding::{
        Counts, Coverage, DecidedBy, Finding, Flow, FlowEnd, Report, RequirementRef, ResourceRef,
        RunError, ScopeKind, Severity, TagData, Unchecked, Verdict,
    },
    lint::{Check, Edit, Fix, Label, Level, Lint},
    source::{FileId, SourceFile, Sources, Span},
};

/// The one place where a lint of these tests is made.
const fn lint(id: &'static str, summary: &'static str, level: Level) -> Lint {
    let page = "## What it does\n\nFinds the *fault*\nin two lines.\n\n## Good\n\n`{}`\n";
    Lint { id, summary, page, level, since: "0.1.0", check: Check::Nsg(|_| Vec::new()) }
}

/// All lints of these tests.
pub(super) static LINTS: &[&Lint] = &[&BLOCKED, &SHADOWED, &UNKNOWN_TAG, &OPINION];
static BLOCKED: Lint = lint("required-blocked", "a required endpoint is blocked", Level::Error);
static SHADOWED: Lint = lint("shadowed-rule", "a rule that no packet can reach", Level::Warning);
static UNKNOWN_TAG: Lint = lint("unknown-tag", "a service tag that does not exist", Level::Note);
static OPINION: Lint = lint("broad-allow", "an allow of everything", Level::Off);

/// Multi-line spans, wide characters, a password, a tab.
const NSG: &str = r#"{
  "name": "本番-nsg", "rules": [
    {
      "name": "Allow-SQL",
      "priority": 100,
	"adminPassword": "hunter2"
    },
    { "name": "拒否-All", "priority": 4096, "access": "Deny" }
  ]
}
"#;

/// CRLF line ends, a terminal escape, a SAS.
const TAGS: &str = "{\r\n  \"name\": \"app\\u001b\u{1b}[31m\",\r\n  \"uri\": \"https://a/x?sig=abc%2F&se=1\",\r\n  \"prefix\": \"Storag\"\r\n}\r\n";

/// Not JSON.
const BROKEN: &str = "{\n  \"rules\": [";

const FILES: [(&str, &str); 3] =
    [("net/nsg.json", NSG), ("net/50% off, tags.json", TAGS), ("broken.json", BROKEN)];

/// The span of the first `needle` in the file.
pub(super) fn span(file: u32, needle: &str) -> Span {
    let text = FILES[usize::try_from(file).unwrap()].1;
    let start = text.find(needle).unwrap();
    let offset = |at: usize| u32::try_from(at).unwrap();
    Span { file: FileId(file), start: offset(start), end: offset(start + needle.len()) }
}

fn label(file: u32, needle: &str, text: &str) -> Label {
    Label { span: span(file, needle), text: text.to_owned() }
}

fn nsg(name: &str, file: &str) -> ResourceRef {
    let kind = "Microsoft.Network/networkSecurityGroups";
    ResourceRef { kind, name: name.to_owned(), file: file.to_owned() }
}

fn flow(destination: &str, fqdn: Option<&str>) -> Flow {
    Flow {
        source: "10.0.0.4".parse().unwrap(),
        source_port: Some(50000),
        destination: FlowEnd::Address(destination.parse().unwrap()),
        fqdn: fqdn.map(str::to_owned),
        protocol: "Tcp".to_owned(),
        port: Some(443),
    }
}

fn blocked() -> Finding {
    Finding {
        lint: &BLOCKED,
        severity: Severity::Error,
        message: "`Storage.JapanEast` on tcp/443 is blocked by `拒否-All`".to_owned(),
        resource: nsg("本番-nsg", "net/nsg.json"),
        address: None,
        rule: Some("拒否-All".to_owned()),
        iteration: None,
        primary: Some(label(1, "\"Storag\"", "asked for here")),
        related: vec![
            label(0, "{ \"name\": \"拒否-All\"", "decided here"),
            label(1, "sig=abc%2F", "signed"),
        ],
        witness: Some(flow("20.60.172.1", Some("a.blob.core.windows.net"))),
        requirement: Some(RequirementRef {
            profile: "azure-backup".to_owned(),
            id: "storage-443".to_owned(),
            source: "Azure Backup support matrix".to_owned(),
            as_of: "2026-10-01".to_owned(),
        }),
        also_required: Vec::new(),
        help: Some("put an allow before it".to_owned()),
        fix: Some(Fix {
            description:
                "add this rule:\n{\n  \"name\": \"Allow-Storage\",\n  \"priority\": 110\n}"
                    .to_owned(),
            edits: vec![],
        }),
        fingerprint: "00aa".to_owned(),
        more: 0,
    }
}

fn shadowed() -> Finding {
    let rule = "{\n      \"name\": \"Allow-SQL\",\n      \"priority\": 100,\n\t\"adminPassword\": \"hunter2\"\n    }";
    Finding {
        lint: &SHADOWED,
        severity: Severity::Warning,
        message: "no packet reaches rule `Allow-SQL`\n::error::\x1b[2Jgone, password=hunter2"
            .to_owned(),
        resource: nsg("本番-nsg", "net/nsg.json"),
        address: None,
        rule: Some("Allow-SQL".to_owned()),
        iteration: None,
        primary: Some(label(0, rule, "this rule")),
        related: vec![label(0, "\"拒否-All\"", "shadowed by this one")],
        witness: None,
        requirement: None,
        also_required: Vec::new(),
        help: None,
        fix: Some(Fix {
            description: "remove the rule".to_owned(),
            edits: vec![Edit { span: span(0, rule), text: String::new() }],
        }),
        fingerprint: "00bb".to_owned(),
        more: 0,
    }
}

/// A built-in rule: nothing to point at.
fn placeless() -> Finding {
    Finding {
        lint: &UNKNOWN_TAG,
        severity: Severity::Note,
        message: "100% of traffic is decided by `DenyAllInBound`".to_owned(),
        resource: nsg("evil\x1b[31m\nname", "net/nsg.json"),
        address: None,
        rule: Some("DenyAllInBound".to_owned()),
        iteration: None,
        primary: None,
        related: vec![],
        witness: Some(Flow {
            source: "fd00::4".parse().unwrap(),
            source_port: None,
            destination: FlowEnd::Address("2001:db8::1".parse().unwrap()),
            fqdn: None,
            protocol: "Icmp".to_owned(),
            port: None,
        }),
        requirement: None,
        also_required: Vec::new(),
        help: Some("nothing to do\nas such".to_owned()),
        fix: None,
        fingerprint: "00cc".to_owned(),
        more: 0,
    }
}

fn row(requirement: &str, verdict: Verdict) -> Coverage {
    let decided_by = DecidedBy {
        resource: "本番-nsg".to_owned(),
        rule: "拒否-All".to_owned(),
        priority: Some(4096),
        span: Some(span(0, "{ \"name\": \"拒否-All\"")),
        mark: Some(span(0, "4096")),
    };
    Coverage {
        profile: "azure-backup".to_owned(),
        requirement: requirement.to_owned(),
        what: format!("{requirement} on tcp/443"),
        scope: ScopeKind::Nsg,
        name: "本番-nsg".to_owned(),
        attached_to: std::sync::Arc::default(),
        file: "net/nsg.json".to_owned(),
        required: true,
        verdict,
        decided_by: vec![decided_by],
        witness: None,
        reason: None,
    }
}

pub(super) fn coverage() -> Vec<Coverage> {
    let built_in = DecidedBy {
        resource: "本番-nsg".to_owned(),
        rule: "AllowInternetOutBound".to_owned(),
        priority: None,
        span: None,
        mark: None,
    };
    let assumed = "no region is known: a tag of any one region is enough";
    let mut allowed = row("entra", Verdict::Allowed);
    allowed.decided_by.insert(0, built_in);
    allowed.reason = Some(assumed.to_owned());
    let mut blocked = row("storage-443", Verdict::Blocked);
    blocked.witness = Some(flow("20.60.172.1", None));
    let mut partial = row("vault", Verdict::Partial);
    partial.reason = Some(assumed.to_owned());
    let mut unknown = row("a-requirement-with-a-name-that-is-rather-long", Verdict::Unknown);
    unknown.decided_by.clear();
    unknown.reason = Some("tag `Storag` is not in the list\x1b[0m".to_owned());
    let mut old = row("storage-8443", Verdict::Blocked);
    old.required = false;
    vec![allowed, blocked, partial, unknown, old]
}

/// Findings of every severity, verdicts of every kind, errors with and without a place.
pub(super) fn report() -> Report {
    let sources = FILES.map(|(path, text)| SourceFile::new(path, text));
    let end = u32::try_from(BROKEN.len()).unwrap();
    Report {
        sources: Sources::new(sources.into()),
        tags: TagData {
            cloud: "Public".to_owned(),
            as_of: Some("2026-11-02".to_owned()),
            change_number: Some(345),
        },
        counts: Counts { files: 2, skipped: 1, resources: 2 },
        findings: vec![placeless(), shadowed(), blocked()],
        coverage: coverage(),
        errors: vec![
            RunError {
                file: "broken.json".to_owned(),
                line: Some(2),
                column: Some(13),
                message: "the array is not closed: close it with `]`".to_owned(),
                span: Some(Span { file: FileId(2), start: end, end }),
            },
            RunError {
                file: "C:/no such\nfile.json".to_owned(),
                line: None,
                column: None,
                message: "cannot be read: it is not there".to_owned(),
                span: None,
            },
        ],
        unchecked: ["a.json", "net/50% off, tags.json", "net/routes.json", "net/r\x1b2.json"]
            .map(|file| Unchecked { file: file.to_owned(), what: "a route table" })
            .into_iter()
            .chain([Unchecked { file: "net/r\x1b2.json".to_owned(), what: "an IP group" }])
            .collect(),
        deployed_with: vec![],
        unjudged: vec![],
    }
}

/// A run with nothing to say.
pub(super) fn silent(resources: usize) -> Report {
    let Report { tags, .. } = report();
    let counts = Counts { files: 3, skipped: 2, resources };
    let sources = Sources::default();
    Report {
        sources,
        tags,
        counts,
        findings: vec![],
        coverage: vec![],
        errors: vec![],
        unchecked: vec![],
        deployed_with: vec![],
        unjudged: vec![],
    }
}

/// More rows than a table shows at once, two of them not allowed.
pub(super) fn wide() -> Report {
    let verdict = |index| if index % 20 == 7 { Verdict::Blocked } else { Verdict::Allowed };
    let coverage = (0..40).map(|index| row(&format!("r{index}"), verdict(index))).collect();
    Report { coverage, errors: vec![], findings: vec![], unchecked: vec![], ..report() }
}

/// All that is required is allowed, on an assumption; something else is not.
pub(super) fn clear() -> Report {
    let mut coverage = coverage();
    coverage.retain(|row| row.verdict == Verdict::Allowed || !row.required);
    Report { coverage, ..silent(1) }
}
