//! Finding files.

use super::*;
use std::ffi::OsString;
use std::fs;

const NSG: &str = r#"{"name": "a", "id": "/x/a", "securityRules": []}"#;

fn write(folder: &Path, path: &str, content: impl AsRef<[u8]>) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// The collected paths below `folder`, `!` before those that were named.
fn paths(folder: &Path, collected: &Collected) -> Vec<String> {
    let prefix = format!("{}/", folder.to_string_lossy().replace('\\', "/"));
    let path = |input: &Input| {
        let path = input.file.path.strip_prefix(&prefix).unwrap_or(&input.file.path);
        format!("{}{path}", if input.named { "!" } else { "" })
    };
    collected.inputs.iter().map(path).collect()
}

fn collect_in(folder: &Path, arguments: &[&str]) -> Collected {
    let arguments: Vec<OsString> = arguments.iter().map(|it| folder.join(it).into()).collect();
    collect(&arguments, Options::default())
}

#[test]
fn a_folder_gives_its_policy_in_order_and_counts_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for path in ["b.json", "a/z.txt", "a/nsg", "ignored/x.json", ".hidden/x.json", ".git/x.json"] {
        write(folder, path, NSG);
    }
    write(folder, ".gitignore", "ignored/\n");
    write(folder, "package.json", r#"{"name": "x"}"#);
    write(folder, "readme.md", "[networkSecurityGroups](x)");
    write(folder, "code.cs", "// networkSecurityGroups\nusing X;");
    write(folder, "picture", b"\x89PNG\0\0securityRules");
    write(folder, "empty.json", "");
    let utf16: Vec<u8> = "\u{feff}"
        .chars()
        .chain(NSG.chars())
        .flat_map(|c| u16::try_from(u32::from(c)).unwrap().to_le_bytes())
        .collect();
    write(folder, "windows.json", &utf16);
    let collected = collect_in(folder, &[""]);
    assert_eq!(collected.errors, []);
    assert_eq!(paths(folder, &collected), ["a/nsg", "a/z.txt", "b.json", "windows.json"]);
    assert_eq!(collected.skipped, 5);
    assert!(collected.inputs.iter().all(|input| input.file.text() == NSG));
}

#[test]
fn named_files_are_all_taken_and_none_twice() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "one/a.json", NSG);
    write(folder, "one/b.json", NSG);
    write(folder, "x.md", "text");
    let arguments = ["x.md", "one", "one/../one/b.json", "*.md", "one/[ab].json"];
    let collected = collect_in(folder, &arguments);
    assert_eq!(paths(folder, &collected), ["!x.md", "!one/a.json", "!one/b.json"]);
    assert_eq!((collected.errors.len(), collected.skipped), (0, 0));
}

#[test]
fn what_can_not_be_read_is_said_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a.json", NSG);
    write(folder, "latin.json", b"{\"securityRules\": \"\xE9\"}");
    write(folder, "bin.json", b"\0\x01");
    let collected = collect_in(
        folder,
        &["none.json", "none*.json", "bin.json", "[.json", "latin.json", "a.json"],
    );
    let faults: Vec<String> =
        collected.errors.iter().map(|error| error.fault.to_string()).collect();
    assert_eq!(
        faults,
        [
            "there is no such file or folder",
            "no file fits the pattern",
            "the pattern is broken: invalid range pattern",
            "it is not a text file",
            "line 1, column 20: the byte 0xE9 is not UTF-8: save the file as UTF-8",
        ]
    );
    assert_eq!(paths(folder, &collected), ["!a.json"]);
    // Met on the way, text without a mark of policy is nobody's business.
    write(folder, "walk/latin.json", b"{\"securityRules\": \"\xE9\"}");
    write(folder, "walk/other.json", b"{\"name\": \"\xE9\"}");
    let collected = collect_in(folder, &["walk"]);
    assert_eq!((collected.errors.len(), collected.skipped), (1, 1));
}

#[test]
fn files_over_the_limit_are_refused_unless_they_are_not_ours() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "walk/long.json", format!("{NSG}{}", " ".repeat(100)));
    write(folder, "walk/other.json", format!("{{}}{}", " ".repeat(100)));
    let options = Options { max_bytes: 100, ..Options::default() };
    let collected = collect(&[folder.join("walk").into()], options);
    let faults: Vec<FileFault> = collected.errors.into_iter().map(|error| error.fault).collect();
    assert_eq!(faults, [FileFault::TooLong(100)]);
    assert_eq!(collected.skipped, 1);
}

#[test]
fn standard_input_is_read_once_and_must_be_there() {
    let with = Options { stdin: Some(NSG.into()), ..Options::default() };
    let collected = collect(&["-".into(), "-".into()], with);
    assert_eq!(paths(Path::new("."), &collected), ["!-"]);
    let collected = collect(&["-".into()], Options::default());
    assert_eq!(collected.errors[0].to_string(), "`-`: there is no standard input");
}

#[test]
fn standard_input_over_the_limit_is_refused() {
    let options = Options { stdin: Some(NSG.into()), max_bytes: 10, ..Options::default() };
    let collected = collect(&["-".into()], options);
    assert_eq!(collected.errors[0].fault, FileFault::TooLong(10));
}

#[cfg(unix)]
#[test]
fn pipes_are_refused_where_they_are_named_and_skipped_where_they_are_met() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a.json", NSG);
    let made = std::process::Command::new("mkfifo").arg(folder.join("pipe.json")).status();
    assert!(made.unwrap().success());
    std::os::unix::fs::symlink("pipe.json", folder.join("link.json")).unwrap();
    for met in [&[""][..], &["*.json"]] {
        let collected = collect_in(folder, met);
        assert_eq!(collected.errors, []);
        assert_eq!(paths(folder, &collected).len(), 1);
    }
    for named in ["pipe.json", "link.json"] {
        let collected = collect_in(folder, &[named]);
        assert_eq!(collected.errors[0].fault, FileFault::NamedPipe);
    }
    let options = Options { max_bytes: 1000, ..Options::default() };
    let collected = collect(&["/dev/zero".into()], options);
    assert_eq!(collected.errors[0].fault, FileFault::TooLong(1000));
}

#[cfg(unix)]
#[test]
fn links_lead_to_files_but_never_round_and_round() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a/real.json", NSG);
    write(folder, "b/other.json", NSG);
    std::os::unix::fs::symlink("..", folder.join("a/loop")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("a/dangling.json")).unwrap();
    std::os::unix::fs::symlink("../b/other.json", folder.join("a/link.json")).unwrap();
    let collected = collect_in(folder, &["a", "b"]);
    assert_eq!(collected.errors, []);
    assert_eq!(paths(folder, &collected), ["a/link.json", "a/real.json"]);
}

#[test]
fn everything_that_is_read_may_cross_threads() {
    fn check<T: Send + Sync>() {}
    check::<Loaded>();
    check::<Collected>();
}
