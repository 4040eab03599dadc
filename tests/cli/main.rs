//! The program as people and pipelines use it: the console blocks of `tests/cmd`, exit statuses,
//! streams, and the reference page made from the command line's own definition.

use assert_cmd::Command;
use egresslint::tags::Catalogue;
use std::{
    error::Error,
    fmt::Write as _,
    fs,
    io::Read as _,
    path::Path,
    process::{Output, Stdio},
};

mod diff;
mod trace;

type Tested = Result<(), Box<dyn Error>>;

const OPEN: &str = "testdata/cmd/open.json";
const CLOSED: &str = "testdata/cmd/closed.json";
const TWINS: &str = "testdata/cmd/twins.json";

/// The program with `arguments`, without what the surroundings say about colors and the date.
fn egresslint(arguments: &[&str]) -> Result<Command, Box<dyn Error>> {
    let mut command = Command::cargo_bin("egresslint")?;
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(name);
    }
    command.args(arguments);
    Ok(command)
}

fn output(arguments: &[&str]) -> Result<Output, Box<dyn Error>> {
    Ok(egresslint(arguments)?.output()?)
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or("not UTF-8")
}

#[test]
fn the_console_blocks_are_what_the_program_says() -> Tested {
    let date = Catalogue::embedded().as_of().ok_or("the list has a date")?;
    trycmd::TestCases::new()
        .env("NO_COLOR", "1")
        .insert_var("[DATE]", date)?
        .insert_var("[EGRESSLINT]", concat!("egresslint ", env!("CARGO_PKG_VERSION")))?
        .case("tests/cmd/*.md")
        .run();
    Ok(())
}

#[test]
fn the_readme_shows_what_the_program_says() {
    trycmd::TestCases::new().env("NO_COLOR", "1").case("README.md").run();
}

/// The reference, made from the definition of the command line.
fn reference() -> Result<String, Box<dyn Error>> {
    let mut page = String::from(
        "<!-- made by `UPDATE=1 cargo test --test cli`; edit src/cli instead -->\n\n# Command line\n",
    );
    pages(&mut egresslint::cli::command().term_width(90), "", &mut page)?;
    Ok(page)
}

fn pages(
    command: &mut clap::Command,
    above: &str,
    page: &mut String,
) -> Result<(), std::fmt::Error> {
    let name = format!("{above}{}", command.get_name());
    let help = command.clone().bin_name(&name).render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    writeln!(page, "\n## `{name}`\n\n```text\n{}\n```", help.join("\n"))?;
    for inner in command.get_subcommands_mut() {
        *inner = inner.clone().term_width(90);
        pages(inner, &format!("{name} "), page)?;
    }
    Ok(())
}

#[test]
fn the_reference_is_up_to_date() -> Tested {
    let path = Path::new("rules/cli.md");
    let made = reference()?;
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, &made)?;
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(found == made, "rules/cli.md is stale; run `UPDATE=1 cargo test --test cli`");
    Ok(())
}

#[test]
fn the_exit_status_tells_clean_found_and_failed_apart() -> Tested {
    let twins = ["check", "--ignore", "all", "--select", "duplicate-priority", TWINS];
    for (arguments, status) in [
        (vec!["check", "--ignore", "all", OPEN], 0),
        (twins.to_vec(), 1),
        ([&twins[..], &["--fail-on", "never"]].concat(), 0),
        ([&twins[..], &["testdata/cmd/broken.json"]].concat(), 2),
        (vec!["check", "--bogus"], 2),
        (vec!["trace", OPEN, "--to", "8.8.8.8"], 0),
        (vec!["trace", CLOSED, "--to", "8.8.8.8"], 1),
        (vec!["trace", CLOSED, "--to", "8.8.8.8", "--port", "x"], 2),
        (vec!["tags", "storage"], 0),
        (vec!["tags", "storagee"], 1),
        (vec!["tags", "storage", "--service-tags", "missing"], 2),
        (vec!["profiles"], 0),
        (vec!["profiles", "qqqqqq"], 2),
        (vec!["explain", "duplicate-priority"], 0),
        (vec!["explain", "qqqqqq"], 2),
        (vec!["lints"], 0),
        (vec!["--version"], 0),
        (vec!["--help"], 0),
        (vec![], 2),
    ] {
        let done = output(&arguments)?;
        assert_eq!(done.status.code(), Some(status), "{arguments:?}: {}", text(&done.stderr));
    }
    Ok(())
}

#[test]
fn the_page_of_a_lint_is_shown_whole_under_its_title() -> Tested {
    let page = fs::read_to_string("rules/lints/duplicate-priority.md")?;
    let done = output(&["explain", "duplicate-priority"])?;
    let (head, rest) = text(&done.stdout).split_once("## ").ok_or("no heading")?;
    assert_eq!(
        head,
        "# duplicate-priority\n\ntwo rules of one direction have the same priority\n\n\
         Level: error. Since 0.1.0.\n\n"
    );
    assert_eq!(format!("## {rest}").trim_end(), page.trim_end());
    Ok(())
}

#[test]
fn json_is_all_of_standard_output_and_errors_are_told_on_the_other() -> Tested {
    for path in [OPEN, "testdata/cmd/broken.json"] {
        let done = output(&["check", "--format", "json", path])?;
        let report: serde_json::Value = serde_json::from_slice(&done.stdout)?;
        let errors = report["errors"].as_array().map_or(0, Vec::len);
        let told = text(&done.stderr).lines().filter(|line| line.starts_with("error: ")).count();
        assert_eq!(told, errors, "{}", text(&done.stderr));
    }
    for arguments in [&["lints"][..], &["profiles"], &["profiles", "mars"], &["tags"]] {
        let done = output(&[arguments, &["--format", "json"]].concat())?;
        serde_json::from_slice::<serde_json::Value>(&done.stdout)?;
    }
    Ok(())
}

#[test]
fn standard_input_is_a_file_like_others() -> Tested {
    let done = egresslint(&["check", "--verbose", "--ignore", "all", "-"])?
        .write_stdin(fs::read(OPEN)?)
        .output()?;
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    assert!(text(&done.stdout).contains("nsg-open"));
    let flows = "destination\n8.8.8.8\n";
    let done = egresslint(&["trace", OPEN, "--flows", "-"])?.write_stdin(flows).output()?;
    assert!(text(&done.stdout).starts_with("ALLOWED  2: "), "{}", text(&done.stdout));
    Ok(())
}

#[test]
fn nothing_that_is_told_is_a_command_of_a_build_server() -> Tested {
    let folder = tempfile::tempdir()?;
    let group = fs::read_to_string(OPEN)?.replace("nsg-open", "::error::n ##vso[task.x]");
    fs::write(folder.path().join("::error::nsg.json"), group)?;
    let profile = "name = \"x\"\nextends = [\"\\n::error::a ##[error]\"]\n[['::error::']]\n";
    fs::write(folder.path().join("::p.toml"), profile)?;
    let file = "::error::nsg.json";
    for arguments in [
        vec!["check", file],
        vec!["check", file, "--format", "concise", "--quiet"],
        vec!["check", file, "--format", "json"],
        vec!["check", "\n::error::no.json", "--format", "sarif"],
        vec!["check", file, "--profile", "::p.toml"],
        vec!["check", file, "--profile", "\n ::error::x"],
        vec!["check", file, "--region", "\n  ::error::x ##[x]"],
        vec!["check", file, "--\n::error::x"],
        vec!["check", file, "--color", "\n::error::x"],
        vec!["trace", file, "--to", "8.8.8.8"],
        vec!["trace", file, "--to", "8.8.8.8", "--format", "json"],
        vec!["trace", file, "--at", "\n  ::error::x", "--to", "8.8.8.8"],
        vec!["trace", file, "--to", "\n::error::"],
        vec!["tags", "\n::error::x ##[x]"],
        vec!["profiles", "\n::error::x"],
        vec!["profiles", "::p.toml"],
        vec!["explain", "\n  ::error::x"],
    ] {
        let done = egresslint(&arguments)?.current_dir(folder.path()).output()?;
        for line in text(&done.stdout).lines().chain(text(&done.stderr).lines()) {
            let command = line.trim_start().starts_with("::");
            let marked = line.contains("##[") || line.contains("##vso[");
            assert!(!command && !marked, "{arguments:?}: {line}");
        }
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn what_has_no_end_is_refused_and_what_a_shell_hands_over_is_read() -> Tested {
    let folder = tempfile::tempdir()?;
    let pipe = folder.path().join("pipe.toml").display().to_string();
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status()?.success());
    for (arguments, told) in [
        (vec!["check", OPEN, "--profile", "/dev/zero"], "more than"),
        (vec!["check", OPEN, "--profile", &pipe], "named pipe"),
        (vec!["check", OPEN, "--service-tags", "/dev/zero"], "more than"),
        (vec!["check", OPEN, "--service-tags", &pipe], "named pipe"),
        (vec!["trace", OPEN, "--flows", &pipe], "named pipe"),
        (vec!["check", &pipe, "--format", "json"], "named pipe"),
        (vec!["tags", "pack", "/dev/zero", "--output", "x"], "more than"),
    ] {
        let done = output(&arguments)?;
        assert_eq!(done.status.code(), Some(2), "{arguments:?}");
        assert!(text(&done.stderr).contains(told), "{arguments:?}: {}", text(&done.stderr));
    }
    let program = assert_cmd::cargo::cargo_bin!("egresslint");
    let line = format!("{} check --quiet --ignore all <(cat {OPEN})", program.display());
    let done = std::process::Command::new("bash").args(["-c", &line]).output()?;
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    Ok(())
}

#[test]
fn no_path_is_the_current_folder() -> Tested {
    let folder = tempfile::tempdir()?;
    fs::copy(OPEN, folder.path().join("nsg.json"))?;
    let done = egresslint(&["check", "--verbose", "--ignore", "all"])?
        .current_dir(folder.path())
        .output()?;
    assert_eq!(done.status.code(), Some(0));
    assert!(text(&done.stdout).contains("nsg-open"), "{}", text(&done.stdout));
    Ok(())
}

#[test]
fn a_run_that_judged_nothing_says_so() -> Tested {
    let folder = tempfile::tempdir()?;
    let path = folder.path().display().to_string();
    let done = output(&["check", &path])?;
    assert_eq!(done.status.code(), Some(2), "an empty folder is a slip of the path");
    assert!(text(&done.stdout).contains("no file was found in it"), "{}", text(&done.stdout));
    fs::write(folder.path().join("notes.txt"), "nothing")?;
    for more in [&["--quiet"][..], &["--format", "json"], &[]] {
        let done = output(&[&["check", &path], more].concat())?;
        assert_eq!(done.status.code(), Some(0));
        let told = format!("{}{}", text(&done.stdout), text(&done.stderr));
        assert!(told.contains("0 groups judged") && told.contains("nothing was proved"), "{told}");
    }
    Ok(())
}

#[test]
fn reports_go_to_files_and_standard_output_keeps_its_own_form() -> Tested {
    let folder = tempfile::tempdir()?;
    let (json, human) = (folder.path().join("a.json"), folder.path().join("b=c.txt"));
    let also = format!("json={}", json.display());
    let done = output(&[
        "check",
        "--verbose",
        "--ignore",
        "all",
        OPEN,
        "--output",
        &also,
        "--color",
        "always",
    ])?;
    assert!(text(&done.stdout).contains("\x1b["), "the report of the terminal has colors");
    serde_json::from_slice::<serde_json::Value>(&fs::read(&json)?)?;
    // A file alone takes what the stream would have had.
    let instead = human.display().to_string();
    let more = ["--output", &instead, "--output", &also, "--color", "always"];
    let done = output(&[&["check", "--verbose", "--ignore", "all", OPEN][..], &more].concat())?;
    assert!(done.stdout.is_empty());
    let written = fs::read_to_string(&human)?;
    assert!(written.trim_start().starts_with("VERDICT") && !written.contains('\x1b'), "{written}");
    let nowhere = folder.path().join("no/such/folder.txt").display().to_string();
    let done = output(&["check", "--verbose", "--ignore", "all", OPEN, "--output", &nowhere])?;
    assert_eq!(done.status.code(), Some(2));
    assert!(text(&done.stderr).starts_with("error: cannot write `"), "{}", text(&done.stderr));
    Ok(())
}

#[test]
fn no_report_is_written_over_another_or_over_what_is_read() -> Tested {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name).display().to_string();
    fs::create_dir(folder.path().join("sub"))?;
    let (nsg, toml) = (at("nsg.json"), at("p.toml"));
    fs::copy(OPEN, &nsg)?;
    fs::copy("rules/profiles/azure-backup.toml", &toml)?;
    let tags = at("tags.json");
    fs::copy("testdata/cmd/service-tags.json", &tags)?;
    let (json, sarif) = (format!("json={}", at("a")), format!("sarif={}", at("sub/../a")));
    let (over, over_dots) = (format!("json={nsg}"), format!("json={}", at("sub/../nsg.json")));
    let (over_toml, over_tags) = (format!("json={toml}"), format!("json={tags}"));
    let whole = folder.path().display().to_string();
    for arguments in [
        vec!["check", OPEN, "--output", &json, "--output", &sarif],
        vec!["check", &nsg, "--output", &over],
        vec!["check", &nsg, "--output", &over_dots],
        vec!["check", &whole, "--output", &over],
        vec!["check", OPEN, "--profile", &toml, "--output", &over_toml],
        vec!["check", OPEN, "--service-tags", &tags, "--output", &over_tags],
    ] {
        let done = output(&arguments)?;
        assert_eq!(done.status.code(), Some(2), "{arguments:?}");
        assert_eq!(text(&done.stderr).lines().count(), 1, "{}", text(&done.stderr));
        assert!(done.stdout.is_empty() && !Path::new(&at("a")).exists(), "{arguments:?}");
    }
    assert_eq!(fs::read(&nsg)?, fs::read(OPEN)?);
    // A report of yesterday in the folder is none of the policy, and is written anew.
    let report = format!("sarif={}", at("report.sarif"));
    for _ in 0..2 {
        let done = output(&["check", &whole, "--ignore", "all", "--output", &report])?;
        assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    }
    let null = ["--output", "json=/dev/null", "--output", "sarif=/dev/null"];
    let done = output(&[&["check", "--ignore", "all", OPEN][..], &null].concat())?;
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    Ok(())
}

#[test]
fn errors_about_a_profile_quote_little_of_it() -> Tested {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("p.toml").display().to_string();
    fs::write(&path, format!("name = \"x\"\n{} = 1\n", "k".repeat(300_000)))?;
    let done = output(&["profiles", &path])?;
    assert_eq!(done.status.code(), Some(2));
    assert!(done.stderr.len() < 5_000, "{}", done.stderr.len());
    let long = "q".repeat(100_000);
    let done = output(&["profiles", &long])?;
    assert!(done.stderr.len() < 70_000, "{}", done.stderr.len());
    Ok(())
}

#[test]
fn the_table_the_trace_and_the_excerpt_name_the_same_place() -> Tested {
    let demo = "testdata/demo/nsg-sql.json";
    let check = output(&["check", "--profile", "azure-backup", demo])?;
    let check = text(&check.stdout);
    let header = check.lines().find(|line| line.contains(",-[")).ok_or("an excerpt")?;
    let line = header.split(':').nth(1).ok_or("a line")?;
    let row = check.lines().find(|line| line.contains("BLOCKED")).ok_or("a row")?;
    assert!(row.contains(&format!(" :{line} ")), "{header} and {row}");
    let trace = output(&["trace", demo, "--to", "20.60.172.1", "--port", "443"])?;
    assert!(text(&trace.stdout).contains(&format!("nsg-sql.json:{line}:")), "{line}");
    Ok(())
}

#[test]
fn colors_are_for_terminals_and_for_those_who_ask() -> Tested {
    let colored = |arguments: &[&str], set: &[(&str, &str)]| -> Result<bool, Box<dyn Error>> {
        let mut command = egresslint(arguments)?;
        let done = command.envs(set.iter().copied()).output()?;
        Ok(done.stdout.contains(&0x1b))
    };
    let show = ["profiles", "mars"];
    let always = ["profiles", "mars", "--color", "always"];
    assert!(!colored(&show, &[])?);
    assert!(colored(&show, &[("CLICOLOR_FORCE", "1")])?);
    assert!(!colored(&show, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")])?);
    assert!(colored(&always, &[("NO_COLOR", "1")])?);
    Ok(())
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() -> Tested {
    let program = assert_cmd::cargo::cargo_bin!("egresslint");
    let mut child = std::process::Command::new(program)
        .args(["tags", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    // Nobody reads what comes: the pipe is closed before the program is done.
    drop(child.stdout.take());
    let mut told = String::new();
    child.stderr.take().ok_or("a stream")?.read_to_string(&mut told)?;
    assert_eq!((child.wait()?.code(), told.as_str()), (Some(0), ""));
    Ok(())
}

#[test]
fn a_packed_list_answers_as_the_file_it_was_made_of() -> Tested {
    let folder = tempfile::tempdir()?;
    let packed = folder.path().join("list.tags").display().to_string();
    let from = "testdata/cmd/service-tags.json";
    let pack = ["tags", "pack", from, "--output", &packed, "--as-of", "2026-10-19"];
    let done = output(&pack)?;
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    for query in ["storage.japaneast", "20.60.1.1", "Storgae"] {
        let ask = |list: &str| output(&["tags", query, "--format", "json", "--service-tags", list]);
        let mut answers = [ask(from)?, ask(&packed)?]
            .map(|done| serde_json::from_slice::<serde_json::Value>(&done.stdout));
        let [Ok(plain), Ok(packed)] = &mut answers else { return Err("no JSON".into()) };
        assert_eq!(packed["service_tags"]["as_of"], "2026-10-19");
        packed["service_tags"]["as_of"] = plain["service_tags"]["as_of"].clone();
        assert_eq!(plain, packed);
    }
    Ok(())
}
