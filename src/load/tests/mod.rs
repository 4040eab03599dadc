//! The readers on files written for them (`testdata/<reader>/{ok,err}`).

mod files;
mod firewall_files;
mod firewalls;
mod linking;
mod loops;
mod mutations;
mod networks;
mod policies;
mod templates;

use super::*;
use std::path::{Path, PathBuf};

/// All test files of a reader in order.
fn test_files(reader: &str, folder: &str) -> Vec<PathBuf> {
    let folder = Path::new("testdata").join(reader).join(folder);
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> (SourceFile, Loaded) {
    let text = std::fs::read_to_string(path).unwrap();
    read_text(&path.to_string_lossy(), &text)
}

fn read_text(path: &str, text: &str) -> (SourceFile, Loaded) {
    let file = SourceFile::new(path, text);
    let loaded = read_file(&file, FileId(0), true, Deployed::default());
    (file, loaded)
}

/// Errors as `line:column message`.
fn errors((file, loaded): &(SourceFile, Loaded)) -> Vec<String> {
    let place = |error: &LoadError| match error.span {
        Some(span) => {
            let at = file.position(span.start);
            format!("{}:{} ", at.line, at.column)
        }
        None => String::new(),
    };
    loaded.errors.iter().map(|error| format!("{}{error}", place(error))).collect()
}

#[test]
fn every_reader_has_test_data_and_all_test_data_has_a_reader() {
    let folders = std::fs::read_dir("testdata").unwrap().map(|entry| entry.unwrap());
    let is_of_a_reader = |folder: &std::fs::DirEntry| folder.path().join("ok").is_dir();
    let mut folders: Vec<String> = folders
        .filter(|folder| is_of_a_reader(folder) || folder.path().join("err").is_dir())
        .map(|folder| folder.file_name().into_string().unwrap())
        .collect();
    folders.sort();
    let mut names: Vec<&str> = READERS.iter().map(|reader| reader.name).collect();
    names.sort_unstable();
    assert_eq!(folders, names);
    for name in names {
        let good = test_files(name, "ok");
        assert!(!good.is_empty(), "{name} has no good example");
        for path in good {
            let (_, loaded) = read(&path);
            assert_eq!(loaded.kind, Some(name), "{}", path.display());
        }
    }
}

#[test]
fn what_is_checked_reads_without_error_and_what_is_not_says_so() {
    for reader in READERS {
        for path in test_files(reader.name, "ok") {
            let text = std::fs::read_to_string(&path).unwrap();
            let file = SourceFile::new("f", text);
            let named = read_file(&file, FileId(0), true, Deployed::default());
            let met = read_file(&file, FileId(0), false, Deployed::default());
            match reader.read {
                Read::Model(_) => {
                    assert_eq!(named.errors, [], "{}", path.display());
                    assert_eq!(named, met);
                    assert_ne!(named.estate, Estate::default(), "{}", path.display());
                }
                Read::NotYet(_) | Read::Instead(_) => {
                    let fault = match reader.read {
                        Read::Instead(words) => LoadFault::Instead(words),
                        Read::NotYet(what) => LoadFault::NotYet(what),
                        Read::Model(_) => continue,
                    };
                    let faults: Vec<&LoadFault> = named.errors.iter().map(|e| &e.fault).collect();
                    assert_eq!(faults, [&fault], "{}", path.display());
                    assert!(met.skipped && met.errors.is_empty(), "{}", path.display());
                }
            }
        }
    }
}

#[test]
fn every_bad_example_has_an_error_or_leaves_a_trace_in_the_model() {
    let mut count = 0;
    for reader in READERS {
        for path in test_files(reader.name, "err") {
            count += 1;
            let (_, loaded) = read(&path);
            let traces = |nsg: &crate::model::Nsg| {
                let of_rules = |rule: &crate::model::SecurityRule| {
                    !rule.faults.is_empty() || rule.priority.known().is_none()
                };
                !nsg.faults.is_empty() || !nsg.unread.is_empty() || nsg.rules.iter().any(of_rules)
            };
            let estate = &loaded.estate;
            let is_seen = !loaded.errors.is_empty()
                || estate.nsgs.iter().any(traces)
                || estate.rule_collection_groups.iter().any(|it| !it.faults.is_empty())
                || estate.route_tables.iter().any(|it| !it.faults.is_empty());
            assert!(is_seen, "{}", path.display());
        }
    }
    assert!(count > 10);
}

#[test]
fn errors_name_line_and_column() {
    let cases: [(&str, &[&str]); 5] = [
        ("arm-template/err/unclosed.json", &["74:1 the object is not closed"]),
        ("azure-cli/err/cut-off.json", &["39:161 the string is not closed"]),
        ("arm-resource/err/broken-line.ndjson", &["2:25 a value was expected, not `}`"]),
        (
            "resource-graph/err/expanded-rows.json",
            &[
                "4:5 this row does not hold a whole resource: run the query without `mv-expand`, and keep `id`, `name`, `type` and `properties`",
            ],
        ),
        (
            "firewall-rules/ok/collections.json",
            &[
                "1:1 recognised as rules of an Azure Firewall, which this version does not check yet",
            ],
        ),
    ];
    for (path, expected) in cases {
        assert_eq!(errors(&read(&Path::new("testdata").join(path))), expected, "{path}");
    }
}

#[test]
fn a_syntax_error_points_at_what_was_open() {
    let (file, loaded) = read_text("f", "{\n  \"resources\": [\n    1, 2\n}\n");
    let error = loaded.errors.first().unwrap();
    let places = [error.span, error.opener].map(|span| {
        let at = file.position(span.unwrap().start);
        (at.line, at.column)
    });
    assert_eq!(places, [(4, 1), (2, 16)]);
}

#[test]
fn other_values_of_a_file_survive_a_broken_one() {
    let (_, loaded) = read(Path::new("testdata/arm-resource/err/broken-line.ndjson"));
    let names: Vec<&str> = loaded.estate.nsgs.iter().map(|nsg| nsg.name.value.as_str()).collect();
    assert_eq!(names, ["nsg-app", "nsg-c"]);
    // The first line may be the broken one.
    let text = std::fs::read_to_string("testdata/arm-resource/err/broken-line.ndjson").unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.swap(0, 1);
    let (_, loaded) = read_text("f", &lines.join("\n"));
    assert_eq!((loaded.estate.nsgs.len(), loaded.errors.len()), (2, 1));
}

#[test]
fn a_broken_value_is_not_read_in_pieces() {
    let text = "{\n\"value\": [\n{\n\"name\": \"a\", \"properties\": {\"securityRules\": []}\n},\n{ \"id\" }\n]\n}";
    let (_, loaded) = read_text("f", text);
    assert_eq!(loaded.estate, Estate::default());
    assert_eq!(loaded.errors.len(), 1);
}

#[test]
fn strange_files_are_an_error_where_they_are_named_and_skipped_where_they_are_met() {
    let not_recognized = [
        "{}",
        "[]",
        "[1, \"a\"]",
        "{\"name\": \"x\", \"version\": \"1.0\"}",
        "resources {\n  x = 1\n}",
        "data = { \"x\": 1 }",
        "function FindProxyFor(url) {}",
    ];
    for text in not_recognized {
        let (file, loaded) = read_text("f", text);
        let faults: Vec<&LoadFault> = loaded.errors.iter().map(|error| &error.fault).collect();
        assert_eq!(faults, [&LoadFault::NotRecognized], "{text}");
        let met = read_file(&file, FileId(0), false, Deployed::default());
        assert!(met.skipped && met.errors.is_empty(), "{text}");
    }
    for text in [
        "resource \"azurerm_network_security_group\" \"app\" {\n  name = \"a\"\n}\n",
        "# a comment\nresource \"x\" \"y\" {}",
        "locals {\n  a = 1\n}",
    ] {
        let (file, loaded) = read_text("f", text);
        let message = loaded.errors[0].to_string();
        assert!(message.starts_with("this is Terraform source"), "{message}");
        assert!(read_file(&file, FileId(0), false, Deployed::default()).skipped);
    }
    let (_, script) = read_text("f", "function FindProxyForURL(url, host) { return 'DIRECT' }");
    assert_eq!(script.errors[0].fault, LoadFault::NotYet("a proxy script"));
    let (_, empty) = read_text("f", " \n");
    assert_eq!(empty.errors[0].fault, LoadFault::Syntax(Fault::Empty));
}

#[test]
fn a_broken_file_met_on_the_way_counts_only_with_a_mark_of_policy() {
    let errors = |text: &str| {
        read_file(&SourceFile::new("f", text), FileId(0), false, Deployed::default()).errors.len()
    };
    assert_eq!(errors("{ \"a\": }"), 0);
    assert_eq!(errors("{ \"securityRules\": }"), 1);
    assert_eq!(errors("{ \"type\": \"microsoft.network/networksecuritygroups\" "), 1);
}
