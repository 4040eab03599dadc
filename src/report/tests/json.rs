//! The stable JSON format and its schema.

use super::{PLAIN, errors, rendered, rich};
use crate::report::json::Output;
use insta::assert_snapshot;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use std::{env, fs, path::Path};

const PUBLISHED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/schema/report.schema.json");
const ID: &str =
    "https://raw.githubusercontent.com/egresslint/egresslint/main/rules/schema/report.schema.json";

/// The schema that the types of the format are the source of.
fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<Output<'_>>();
    schema.insert("$id".to_owned(), ID.into());
    schema.to_value()
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    let schema = schema();
    if env::var_os("UPDATE").is_some() {
        fs::create_dir_all(Path::new(PUBLISHED).parent().unwrap()).unwrap();
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        fs::write(PUBLISHED, text).unwrap();
    }
    let published = fs::read_to_string(PUBLISHED).unwrap_or_default();
    let published: Value = serde_json::from_str(&published).unwrap_or_default();
    let command = "UPDATE=1 cargo test --lib the_published_schema_is_that_of_the_types";
    assert!(published == schema, "{PUBLISHED} is not current; run: {command}");
}

#[test]
fn json_is_valid_by_its_schema() {
    for report in [rich::report(), rich::silent(0), rich::wide()] {
        let output: Value = serde_json::from_str(&rendered("json", &report, &PLAIN)).unwrap();
        assert_eq!(errors(&schema(), &output), Vec::<String>::new());
    }
}

#[test]
fn the_schema_asks_for_every_member() {
    let mut output: Value =
        serde_json::from_str(&rendered("json", &rich::report(), &PLAIN)).unwrap();
    output["findings"][0].as_object_mut().unwrap().remove("location");
    output["coverage"][0]["verdict"] = "maybe".into();
    assert_eq!(errors(&schema(), &output).len(), 2);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one snapshot of every member")]
fn json_has_the_promised_shape() {
    assert_snapshot!(rendered("json", &rich::report(), &PLAIN), @r#"
    {
      "schema_version": 1,
      "tool": {
        "name": "egresslint",
        "version": "0.1.0",
        "service_tags": {
          "cloud": "Public",
          "as_of": "2026-11-02",
          "change_number": 345
        }
      },
      "summary": {
        "files": 2,
        "resources": 2,
        "findings": {
          "error": 1,
          "warning": 1,
          "note": 1
        },
        "coverage": {
          "allowed": 1,
          "blocked": 2,
          "partial": 1,
          "unknown": 1
        },
        "required": {
          "allowed": 1,
          "blocked": 1,
          "partial": 1,
          "unknown": 1
        }
      },
      "findings": [
        {
          "lint": "unknown-tag",
          "severity": "note",
          "message": "100% of traffic is decided by `DenyAllInBound`",
          "resource": {
            "type": "Microsoft.Network/networkSecurityGroups",
            "name": "evil\u001b[31m\nname",
            "file": "net/nsg.json"
          },
          "rule": "DenyAllInBound",
          "location": null,
          "related": [],
          "witness": {
            "source": "fd00::4",
            "source_port": null,
            "destination": "2001:db8::1",
            "fqdn": null,
            "protocol": "Icmp",
            "port": null
          },
          "requirement": null,
          "fix": null,
          "fingerprint": "00cc",
          "help": "nothing to do\nas such"
        },
        {
          "lint": "shadowed-rule",
          "severity": "warning",
          "message": "no packet reaches rule `Allow-SQL`\n::error::\u001b[2Jgone, password=*******",
          "resource": {
            "type": "Microsoft.Network/networkSecurityGroups",
            "name": "本番-nsg",
            "file": "net/nsg.json"
          },
          "rule": "Allow-SQL",
          "location": {
            "file": "net/nsg.json",
            "line": 3,
            "column": 5,
            "end_line": 7,
            "end_column": 6,
            "pointer": "/rules/0"
          },
          "related": [
            {
              "message": "shadowed by this one",
              "location": {
                "file": "net/nsg.json",
                "line": 8,
                "column": 15,
                "end_line": 8,
                "end_column": 23,
                "pointer": "/rules/1/name"
              }
            }
          ],
          "witness": null,
          "requirement": null,
          "fix": {
            "description": "remove the rule",
            "edits": [
              {
                "file": "net/nsg.json",
                "start": 41,
                "end": 126,
                "text": ""
              }
            ]
          },
          "fingerprint": "00bb",
          "help": null
        },
        {
          "lint": "required-blocked",
          "severity": "error",
          "message": "`Storage.JapanEast` on tcp/443 is blocked by `拒否-All`",
          "resource": {
            "type": "Microsoft.Network/networkSecurityGroups",
            "name": "本番-nsg",
            "file": "net/nsg.json"
          },
          "rule": "拒否-All",
          "location": {
            "file": "net/50% off, tags.json",
            "line": 4,
            "column": 13,
            "end_line": 4,
            "end_column": 21,
            "pointer": null
          },
          "related": [
            {
              "message": "decided here",
              "location": {
                "file": "net/nsg.json",
                "line": 8,
                "column": 5,
                "end_line": 8,
                "end_column": 23,
                "pointer": "/rules/1"
              }
            },
            {
              "message": "signed",
              "location": {
                "file": "net/50% off, tags.json",
                "line": 3,
                "column": 23,
                "end_line": 3,
                "end_column": 33,
                "pointer": null
              }
            }
          ],
          "witness": {
            "source": "10.0.0.4",
            "source_port": 50000,
            "destination": "20.60.172.1",
            "fqdn": "a.blob.core.windows.net",
            "protocol": "Tcp",
            "port": 443
          },
          "requirement": {
            "profile": "azure-backup",
            "id": "storage-443",
            "source": "Azure Backup support matrix",
            "as_of": "2026-10-01"
          },
          "fix": {
            "description": "add this rule:\n{\n  \"name\": \"Allow-Storage\",\n  \"priority\": 110\n}",
            "edits": []
          },
          "fingerprint": "00aa",
          "help": "put an allow before it"
        }
      ],
      "coverage": [
        {
          "profile": "azure-backup",
          "requirement": "entra",
          "scope": {
            "kind": "nsg",
            "name": "本番-nsg",
            "file": "net/nsg.json"
          },
          "required": true,
          "verdict": "allowed",
          "decided_by": [
            {
              "resource": "本番-nsg",
              "rule": "AllowInternetOutBound",
              "priority": null,
              "location": null
            },
            {
              "resource": "本番-nsg",
              "rule": "拒否-All",
              "priority": 4096,
              "location": {
                "file": "net/nsg.json",
                "line": 8,
                "column": 5,
                "end_line": 8,
                "end_column": 23,
                "pointer": "/rules/1"
              }
            }
          ],
          "witness": null,
          "reason": "no region is known: a tag of any one region is enough"
        },
        {
          "profile": "azure-backup",
          "requirement": "storage-443",
          "scope": {
            "kind": "nsg",
            "name": "本番-nsg",
            "file": "net/nsg.json"
          },
          "required": true,
          "verdict": "blocked",
          "decided_by": [
            {
              "resource": "本番-nsg",
              "rule": "拒否-All",
              "priority": 4096,
              "location": {
                "file": "net/nsg.json",
                "line": 8,
                "column": 5,
                "end_line": 8,
                "end_column": 23,
                "pointer": "/rules/1"
              }
            }
          ],
          "witness": {
            "source": "10.0.0.4",
            "source_port": 50000,
            "destination": "20.60.172.1",
            "fqdn": null,
            "protocol": "Tcp",
            "port": 443
          },
          "reason": null
        },
        {
          "profile": "azure-backup",
          "requirement": "vault",
          "scope": {
            "kind": "nsg",
            "name": "本番-nsg",
            "file": "net/nsg.json"
          },
          "required": true,
          "verdict": "partial",
          "decided_by": [
            {
              "resource": "本番-nsg",
              "rule": "拒否-All",
              "priority": 4096,
              "location": {
                "file": "net/nsg.json",
                "line": 8,
                "column": 5,
                "end_line": 8,
                "end_column": 23,
                "pointer": "/rules/1"
              }
            }
          ],
          "witness": null,
          "reason": "no region is known: a tag of any one region is enough"
        },
        {
          "profile": "azure-backup",
          "requirement": "a-requirement-with-a-name-that-is-rather-long",
          "scope": {
            "kind": "nsg",
            "name": "本番-nsg",
            "file": "net/nsg.json"
          },
          "required": true,
          "verdict": "unknown",
          "decided_by": [],
          "witness": null,
          "reason": "tag `Storag` is not in the list\u001b[0m"
        },
        {
          "profile": "azure-backup",
          "requirement": "storage-8443",
          "scope": {
            "kind": "nsg",
            "name": "本番-nsg",
            "file": "net/nsg.json"
          },
          "required": false,
          "verdict": "blocked",
          "decided_by": [
            {
              "resource": "本番-nsg",
              "rule": "拒否-All",
              "priority": 4096,
              "location": {
                "file": "net/nsg.json",
                "line": 8,
                "column": 5,
                "end_line": 8,
                "end_column": 23,
                "pointer": "/rules/1"
              }
            }
          ],
          "witness": null,
          "reason": null
        }
      ],
      "errors": [
        {
          "file": "broken.json",
          "line": 2,
          "column": 13,
          "message": "the array is not closed: close it with `]`"
        },
        {
          "file": "C:/no such\nfile.json",
          "line": null,
          "column": null,
          "message": "cannot be read: it is not there"
        }
      ],
      "unchecked": [
        {
          "file": "a.json",
          "what": "a route table"
        },
        {
          "file": "net/50% off, tags.json",
          "what": "a route table"
        },
        {
          "file": "net/routes.json",
          "what": "a route table"
        },
        {
          "file": "net/r\u001b2.json",
          "what": "a route table"
        },
        {
          "file": "net/r\u001b2.json",
          "what": "an IP group"
        }
      ]
    }
    "#);
}
