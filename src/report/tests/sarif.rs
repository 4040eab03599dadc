//! SARIF, whole and against the rules of the standard.

use super::{PLAIN, errors, rendered, rich};
use insta::assert_snapshot;
use serde_json::Value;

/// What SARIF 2.1.0 asks of the members in use: the required ones, the types and the words.
const RULES: &str = include_str!("sarif.schema.json");

#[test]
fn sarif_keeps_the_rules_of_the_standard() {
    let rules: Value = serde_json::from_str(RULES).unwrap();
    for report in [rich::report(), rich::silent(1)] {
        let log: Value = serde_json::from_str(&rendered("sarif", &report, &PLAIN)).unwrap();
        assert_eq!(errors(&rules, &log), Vec::<String>::new());
    }
}

#[test]
fn every_result_points_at_its_rule() {
    let log: Value = serde_json::from_str(&rendered("sarif", &rich::report(), &PLAIN)).unwrap();
    let run = &log["runs"][0];
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
    assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), rich::LINTS.len());
}

#[test]
#[expect(clippy::too_many_lines, reason = "one snapshot of every member")]
fn sarif_has_rules_results_and_notifications() {
    assert_snapshot!(rendered("sarif", &rich::report(), &PLAIN), @r###"
    {
      "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
      "version": "2.1.0",
      "runs": [
        {
          "tool": {
            "driver": {
              "name": "egresslint",
              "version": "0.1.0",
              "semanticVersion": "0.1.0",
              "informationUri": "https://github.com/egresslint/egresslint",
              "rules": [
                {
                  "id": "required-blocked",
                  "shortDescription": {
                    "text": "a required endpoint is blocked"
                  },
                  "fullDescription": {
                    "text": "Finds the *fault* in two lines."
                  },
                  "defaultConfiguration": {
                    "enabled": true,
                    "level": "error"
                  },
                  "help": {
                    "text": "## What it does\n\nFinds the *fault*\nin two lines.\n\n## Good\n\n`{}`",
                    "markdown": "## What it does\n\nFinds the *fault*\nin two lines.\n\n## Good\n\n`{}`"
                  },
                  "helpUri": "https://github.com/egresslint/egresslint/blob/main/rules/lints/required-blocked.md"
                },
                {
                  "id": "shadowed-rule",
                  "shortDescription": {
                    "text": "a rule that no packet can reach"
                  },
                  "fullDescription": {
                    "text": "Finds the *fault* in two lines."
                  },
                  "defaultConfiguration": {
                    "enabled": true,
                    "level": "warning"
                  },
                  "help": {
                    "text": "## What it does\n\nFinds the *fault*\nin two lines.\n\n## Good\n\n`{}`",
                    "markdown": "## What it does\n\nFinds the *fault*\nin two lines.\n\n## Good\n\n`{}`"
                  },
                  "helpUri": "https://github.com/egresslint/egresslint/blob/main/rules/lints/shadowed-rule.md"
                },
                {
                  "id": "unknown-tag",
                  "shortDescription": {
                    "text": "a service tag that does not exist"
                  },
                  "fullDescription": {
                    "text": "Finds the *fault* in two lines."
                  },
                  "defaultConfiguration": {
                    "enabled": true,
                    "level": "note"
                  },
                  "help": {
                    "text": "## What it does\n\nFinds the *fault*\nin two lines.\n\n## Good\n\n`{}`",
                    "markdown": "## What it does\n\nFinds the *fault*\nin two lines.\n\n## Good\n\n`{}`"
                  },
                  "helpUri": "https://github.com/egresslint/egresslint/blob/main/rules/lints/unknown-tag.md"
                },
                {
                  "id": "broad-allow",
                  "shortDescription": {
                    "text": "an allow of everything"
                  },
                  "fullDescription": {
                    "text": "Finds the *fault* in two lines."
                  },
                  "defaultConfiguration": {
                    "enabled": false,
                    "level": "note"
                  },
                  "help": {
                    "text": "## What it does\n\nFinds the *fault*\nin two lines.\n\n## Good\n\n`{}`",
                    "markdown": "## What it does\n\nFinds the *fault*\nin two lines.\n\n## Good\n\n`{}`"
                  },
                  "helpUri": "https://github.com/egresslint/egresslint/blob/main/rules/lints/broad-allow.md"
                }
              ]
            }
          },
          "invocations": [
            {
              "executionSuccessful": false,
              "toolExecutionNotifications": [
                {
                  "level": "error",
                  "message": {
                    "text": "the array is not closed: close it with `]`"
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "broken.json"
                        },
                        "region": {
                          "startLine": 2,
                          "startColumn": 13,
                          "endLine": 2,
                          "endColumn": 13
                        }
                      }
                    }
                  ]
                },
                {
                  "level": "error",
                  "message": {
                    "text": "cannot be read: it is not there"
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "file:///C:/no%20such%0Afile.json"
                        }
                      }
                    }
                  ]
                },
                {
                  "level": "note",
                  "message": {
                    "text": "recognised a route table, not checked yet"
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "a.json"
                        }
                      }
                    }
                  ]
                },
                {
                  "level": "note",
                  "message": {
                    "text": "recognised a route table, not checked yet"
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "net/50%25%20off%2C%20tags.json"
                        }
                      }
                    }
                  ]
                },
                {
                  "level": "note",
                  "message": {
                    "text": "recognised a route table, not checked yet"
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "net/routes.json"
                        }
                      }
                    }
                  ]
                },
                {
                  "level": "note",
                  "message": {
                    "text": "recognised a route table and an IP group, not checked yet"
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "net/r%1B2.json"
                        }
                      }
                    }
                  ]
                }
              ]
            }
          ],
          "results": [
            {
              "ruleId": "unknown-tag",
              "ruleIndex": 2,
              "level": "note",
              "message": {
                "text": "100% of traffic is decided by `DenyAllInBound`\nwitness: Icmp fd00::4 -> 2001:db8::1\nhelp: nothing to do\nas such"
              },
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "net/nsg.json"
                    }
                  }
                }
              ],
              "partialFingerprints": {
                "egresslint/v1": "00cc"
              },
              "properties": {
                "resource": {
                  "type": "Microsoft.Network/networkSecurityGroups",
                  "name": "evil\u001b[31m\nname",
                  "file": "net/nsg.json"
                },
                "rule": "DenyAllInBound",
                "witness": {
                  "source": "fd00::4",
                  "source_port": null,
                  "destination": "2001:db8::1",
                  "fqdn": null,
                  "protocol": "Icmp",
                  "port": null
                }
              }
            },
            {
              "ruleId": "shadowed-rule",
              "ruleIndex": 1,
              "level": "warning",
              "message": {
                "text": "no packet reaches rule `Allow-SQL`␊::error::␛[2Jgone, password=*******"
              },
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "net/nsg.json"
                    },
                    "region": {
                      "startLine": 3,
                      "startColumn": 5,
                      "endLine": 7,
                      "endColumn": 6
                    }
                  },
                  "message": {
                    "text": "this rule"
                  }
                }
              ],
              "relatedLocations": [
                {
                  "id": 1,
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "net/nsg.json"
                    },
                    "region": {
                      "startLine": 8,
                      "startColumn": 15,
                      "endLine": 8,
                      "endColumn": 23
                    }
                  },
                  "message": {
                    "text": "shadowed by this one"
                  }
                }
              ],
              "partialFingerprints": {
                "egresslint/v1": "00bb"
              },
              "fixes": [
                {
                  "description": {
                    "text": "remove the rule"
                  },
                  "artifactChanges": [
                    {
                      "artifactLocation": {
                        "uri": "net/nsg.json"
                      },
                      "replacements": [
                        {
                          "deletedRegion": {
                            "startLine": 3,
                            "startColumn": 5,
                            "endLine": 7,
                            "endColumn": 6
                          },
                          "insertedContent": {
                            "text": ""
                          }
                        }
                      ]
                    }
                  ]
                }
              ],
              "properties": {
                "resource": {
                  "type": "Microsoft.Network/networkSecurityGroups",
                  "name": "本番-nsg",
                  "file": "net/nsg.json"
                },
                "rule": "Allow-SQL"
              }
            },
            {
              "ruleId": "required-blocked",
              "ruleIndex": 0,
              "level": "error",
              "message": {
                "text": "`Storage.JapanEast` on tcp/443 is blocked by `拒否-All`\nrequired by: azure-backup/storage-443: Azure Backup support matrix (2026-10-01)\nwitness: Tcp 10.0.0.4:50000 -> 20.60.172.1:443 (a.blob.core.windows.net)\nhelp: put an allow before it\nfix: add this rule:\n{\n  \"name\": \"Allow-Storage\",\n  \"priority\": 110\n}"
              },
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "net/50%25%20off%2C%20tags.json"
                    },
                    "region": {
                      "startLine": 4,
                      "startColumn": 13,
                      "endLine": 4,
                      "endColumn": 21
                    }
                  },
                  "message": {
                    "text": "asked for here"
                  }
                }
              ],
              "relatedLocations": [
                {
                  "id": 1,
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "net/nsg.json"
                    },
                    "region": {
                      "startLine": 8,
                      "startColumn": 5,
                      "endLine": 8,
                      "endColumn": 23
                    }
                  },
                  "message": {
                    "text": "decided here"
                  }
                },
                {
                  "id": 2,
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "net/50%25%20off%2C%20tags.json"
                    },
                    "region": {
                      "startLine": 3,
                      "startColumn": 23,
                      "endLine": 3,
                      "endColumn": 33
                    }
                  },
                  "message": {
                    "text": "signed"
                  }
                }
              ],
              "partialFingerprints": {
                "egresslint/v1": "00aa"
              },
              "properties": {
                "resource": {
                  "type": "Microsoft.Network/networkSecurityGroups",
                  "name": "本番-nsg",
                  "file": "net/nsg.json"
                },
                "rule": "拒否-All",
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
                }
              }
            }
          ],
          "columnKind": "unicodeCodePoints",
          "properties": {
            "summary": "2 files (and 1 without policy), 2 resources, 2 failures; not checked yet: policy in 4 files; 1 error, 1 warning, 1 note; azure-backup: 1 allowed, 1 blocked, 1 partial, 1 unknown (and 1 not required); service tags: Public 2026-11-02"
          }
        }
      ]
    }
    "###);
}
