//! Bicep files: built by the `bicep` program, and told about where they were written. The program
//! here is a stand-in that prints prepared templates, so that the tests need nothing installed.
#![cfg(unix)]

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Prints what stands in `built.json` beside the file, if it is called as the real one is.
const STAND_IN: &str = r#"#!/bin/sh
[ "$3" = --stdout ] && [ "$4" = --no-restore ] || { echo "unexpected: $*" >&2; exit 2; }
folder=${2%/*}
case $1 in
  build) [ -f "$folder/built.json" ] || { echo "$2(3,4) : Error BCP018: Expected the \"=\"" >&2; exit 1; }
         while IFS= read -r line; do printf '%s\n' "$line"; done < "$folder/built.json" ;;
  build-params) printf '%s' '{"templateJson": "{}", "parametersJson": "{ \"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#\", \"parameters\": { \"denyPriority\": { \"value\": 1000 } } }"}' ;;
esac
"#;

struct Place {
    folder: TempDir,
    programs: PathBuf,
}

/// The fixture in a folder of its own, its template out of the way of folder walks.
#[expect(clippy::unwrap_used, reason = "a test helper")]
fn place(files: &[&str]) -> Place {
    let folder = TempDir::new().unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bicep/files");
    for file in files {
        let to = folder.path().join("net").join(file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(fixture.join(file), to).unwrap();
    }
    let programs = folder.path().join("programs");
    fs::create_dir(&programs).unwrap();
    let program = programs.join("bicep");
    fs::write(&program, STAND_IN).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    Place { folder, programs }
}

#[expect(clippy::unwrap_used, reason = "a test helper")]
fn run(place: &Place, has_program: bool, arguments: &[&str]) -> (i32, Value) {
    let path = if has_program { place.programs.as_path() } else { Path::new("/nowhere") };
    let output = Command::cargo_bin("egresslint")
        .unwrap()
        .current_dir(place.folder.path())
        .env("PATH", path)
        .env("AZURE_CONFIG_DIR", "/nowhere")
        .args(["check", "--profile", "azure-backup", "--format", "json"])
        .args(arguments)
        .output()
        .unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.code().unwrap(), report)
}

/// File and line of every finding of that lint.
fn places(report: &Value, lint: &str) -> Vec<(String, u64)> {
    let findings = report["findings"].as_array().into_iter().flatten();
    let of_lint = findings.filter(|finding| finding["lint"] == lint);
    of_lint
        .filter_map(|finding| {
            let place = &finding["location"];
            Some((place["file"].as_str()?.to_owned(), place["line"].as_u64()?))
        })
        .collect()
}

const ALL: [&str; 4] = ["main.bicep", "main.bicepparam", "modules/data.bicep", "built.json"];

#[test]
fn findings_stand_in_the_bicep_file_and_in_its_modules() {
    let place = place(&ALL);
    let (code, report) = run(&place, true, &["net/main.bicep"]);
    assert_eq!(code, 1);
    let found = places(&report, "required-endpoint-blocked");
    let main = ("net/main.bicep".to_owned(), 15);
    let module = ("net/modules/data.bicep".to_owned(), 11);
    assert_eq!(found, [vec![main; 3], vec![module; 3]].concat());
    assert_eq!(report["deployed_with"][0]["parameters"], "net/main.bicepparam");
    let fix = report["findings"][0]["fix"]["description"].as_str().unwrap_or_default();
    assert!(fix.contains("destinationPortRange: '443'"), "{fix}");
}

#[test]
fn without_its_parameters_a_file_is_not_certain() {
    let place = place(&["main.bicep", "modules/data.bicep", "built.json"]);
    let (_, report) = run(&place, true, &["net/main.bicep"]);
    let unknown = places(&report, "required-endpoint-unknown");
    assert_eq!(unknown, [("net/main.bicep".to_owned(), 8)]);
}

#[test]
fn without_the_program_a_named_file_is_an_error_and_a_met_one_is_said() {
    let place = place(&["main.bicep", "modules/data.bicep"]);
    let (code, report) = run(&place, false, &["net/main.bicep"]);
    assert_eq!(code, 2);
    let message = report["errors"][0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("`bicep` is not on PATH"), "{message}");
    let (code, report) = run(&place, false, &["net"]);
    assert_eq!(code, 0, "{report}");
    let unchecked = report["unchecked"].as_array().map_or(0, Vec::len);
    assert_eq!((unchecked, &report["unchecked"][0]["file"]), (1, &"net/main.bicep".into()));
}

#[test]
fn a_module_is_judged_where_it_is_deployed_and_not_alone() {
    let place = place(&ALL);
    fs::rename(place.folder.path().join("net/built.json"), place.folder.path().join("built.json"))
        .unwrap();
    // The walk finds both files; only one is given to the program, which finds no template.
    let (code, report) = run(&place, true, &["net"]);
    assert_eq!(code, 2);
    let errors = report["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{report}");
    assert_eq!(errors[0]["file"], "net/main.bicep");
    assert!(errors[0]["message"].as_str().unwrap().contains("BCP018"), "{report}");
}

#[test]
fn what_comes_from_nowhere_in_particular_says_so() {
    let place = place(&["main.bicep", "main.bicepparam", "built.json"]);
    fs::write(place.folder.path().join("net/main.bicep"), "// nothing that fits\n").unwrap();
    let (code, report) = run(&place, true, &["net/main.bicep"]);
    assert_eq!(code, 1);
    let finding = &report["findings"][0];
    let message = finding["message"].as_str().unwrap();
    assert!(message.ends_with("(where in the file was not found)"), "{message}");
    assert_eq!(
        (&finding["location"]["file"], &finding["location"]["line"]),
        (&"net/main.bicep".into(), &1.into())
    );
    // A rule that is in the file is not one of Azure's own.
    let decider = &report["coverage"][0]["decided_by"][0];
    assert_eq!(decider["location"]["line"], 1, "{decider}");
}

/// The message of the one error, where the program is `script`.
#[expect(clippy::unwrap_used, reason = "a test helper")]
fn error_of(script: &str) -> String {
    let place = place(&["main.bicep", "modules/data.bicep"]);
    fs::write(place.programs.join("bicep"), script).unwrap();
    let (code, report) = run(&place, true, &["net/main.bicep"]);
    assert_eq!(code, 2, "{report}");
    report.pointer("/errors/0/message").unwrap().as_str().unwrap().to_owned()
}

#[test]
fn a_program_that_is_ended_says_by_what() {
    let message = error_of("#!/bin/sh\nkill -9 $$\n");
    assert!(message.ends_with("it was ended by signal 9, and said nothing"), "{message}");
    let message = error_of("#!/bin/sh\nexit 7\n");
    assert!(message.ends_with("it said nothing, and ended with status 7"), "{message}");
}

#[test]
fn a_program_that_prints_without_end_is_stopped() {
    let endless = "#!/bin/sh\ns=x\nwhile [ ${#s} -lt 1000000 ]; do s=$s$s; done\n\
                   trap '' PIPE\nwhile :; do printf %s \"$s\" 2>/dev/null; done\n";
    let message = error_of(endless);
    assert_eq!(message, "`bicep` printed more than 32 MiB for it");
}
