//! `egresslint diff` as a whole: its JSON, and versions of a repository.

use super::{Tested, egresslint};
use std::{error::Error, fs, path::Path, process::Command};

#[test]
fn comparisons_keep_to_their_published_schema() -> Tested {
    let schema: serde_json::Value =
        serde_json::from_str(&fs::read_to_string("rules/schema/diff.schema.json")?)?;
    let validator = jsonschema::validator_for(&schema)?;
    let arguments = ["diff", "testdata/diff/old", "testdata/diff/new", "--format", "json"];
    let done = egresslint(&arguments)?.assert().code(1);
    let output: serde_json::Value = serde_json::from_slice(&done.get_output().stdout)?;
    let faults: Vec<String> = validator.iter_errors(&output).map(|it| it.to_string()).collect();
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(output["summary"]["required"]["newly_blocked"], 1);
    assert_eq!(output["requirements"][0]["after"]["decided_by"][0]["rule"], "Deny_Internet");
    assert_eq!(output["flows"][0]["boxes"][0]["destination"], "Storage.JapanEast");
    Ok(())
}

fn git(folder: &Path, arguments: &[&str]) -> Tested {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.net"];
    let mut command = Command::new("git");
    let done = command.current_dir(folder).args(identity).args(arguments).output()?;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}

#[test]
fn the_working_tree_is_compared_with_a_revision() -> Tested {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("net/nsg-sql.json");
    fs::create_dir(folder.path().join("net"))?;
    fs::copy("testdata/diff/old/nsg-sql.json", &file)?;
    git(folder.path(), &["init", "--quiet"])?;
    git(folder.path(), &["add", "."])?;
    git(folder.path(), &["commit", "--quiet", "-m", "first"])?;
    let diff = |place: &Path, arguments: &[&str]| -> Result<_, Box<dyn Error>> {
        let mut command = egresslint(&["diff", "--git"])?;
        Ok(command.current_dir(place).args(arguments).assert())
    };
    diff(folder.path(), &["HEAD", "--fail-when", "any"])?.code(0);
    fs::copy("testdata/diff/new/nsg-sql.json", &file)?;
    for (place, path) in [("", "net"), ("net", "."), ("net", "nsg-sql.json")] {
        let done = diff(&folder.path().join(place), &["HEAD", path])?.code(1);
        let said = String::from_utf8(done.get_output().stdout.clone())?;
        assert!(said.contains("HEAD:net/nsg-sql.json -> "), "{said}");
        assert!(said.contains("before: Allow_Storage (210) HEAD:net/nsg-sql.json:"), "{said}");
    }
    // Gone from the working tree.
    fs::remove_file(&file)?;
    let done = diff(folder.path(), &["HEAD", "net/nsg-sql.json", "--fail-when", "any"])?.code(1);
    let said = String::from_utf8(done.get_output().stdout.clone())?;
    assert!(said.contains("no longer there, and not compared: nsg nsg-sql"), "{said}");
    let done = diff(folder.path(), &["nowhere"])?.code(2);
    let said = String::from_utf8(done.get_output().stderr.clone())?;
    assert!(said.contains("the repository has no revision `nowhere`"), "{said}");
    Ok(())
}

#[test]
fn firewalls_and_routes_that_have_changed_are_named() -> Tested {
    let folder = tempfile::tempdir()?;
    for file in ["firewall", "groups", "networks", "routes"] {
        let name = format!("{file}.json");
        let text = fs::read_to_string(format!("testdata/hub-and-spokes/{name}"))?;
        fs::write(folder.path().join(&name), text.replace("0.0.0.0/0", "0.0.0.0/1"))?;
    }
    let after = folder.path().to_string_lossy().into_owned();
    let before = "testdata/hub-and-spokes";
    let done = egresslint(&["diff", before, &after, "--fail-when", "any"])?.assert().code(1);
    let said = String::from_utf8(done.get_output().stdout.clone())?;
    assert!(
        said.contains("of firewalls and routes only required endpoints are compared"),
        "{said}"
    );
    egresslint(&["diff", before, before, "--fail-when", "any"])?.assert().code(0);
    Ok(())
}
