//! `trace` as people and pipelines use it.

use super::{CLOSED, OPEN, Tested, egresslint, output, text};
use std::{error::Error, fs};

#[test]
fn one_flow_and_many_flows_get_the_same_answers() -> Tested {
    let flows = "testdata/cmd/flows.csv";
    let many = output(&["trace", CLOSED, "--flows", flows, "--format", "json", "--verbose"])?;
    let rows = fs::read_to_string(flows)?;
    let mut asked = 0;
    for (answer, row) in text(&many.stdout).lines().zip(rows.lines().skip(1)) {
        let fields: Vec<&str> = row.split(',').collect();
        let names = ["--from", "--from-port", "--to", "--port", "--protocol", "--direction"];
        let mut arguments = vec!["trace", CLOSED, "--format", "json"];
        arguments.extend(names.into_iter().zip(fields).flat_map(|(name, field)| [name, field]));
        let one = output(&arguments)?;
        let mut many: serde_json::Value = serde_json::from_str(answer)?;
        let one: serde_json::Value = serde_json::from_slice(&one.stdout)?;
        let line = many.as_object_mut().and_then(|object| object.remove("line"));
        assert_eq!(line, Some((asked + 2).into()));
        assert_eq!(one, many, "{row}");
        asked += 1;
    }
    assert_eq!(asked, 8);
    Ok(())
}

#[test]
fn traces_keep_to_their_published_schema_and_hide_secrets() -> Tested {
    let schema: serde_json::Value =
        serde_json::from_str(&fs::read_to_string("rules/schema/trace.schema.json")?)?;
    let validator = jsonschema::validator_for(&schema)?;
    let folder = tempfile::tempdir()?;
    let group = fs::read_to_string(CLOSED)?.replace("Deny-Internet", "x?sig=Zq7SECRET");
    let path = folder.path().join("password=Zq7SECRET.json").display().to_string();
    fs::write(&path, group)?;
    let mut seen = std::collections::BTreeSet::new();
    for more in [
        &["--flows", "testdata/cmd/flows.csv", "--verbose"][..],
        &["--to", "0.0.0.0/0"],
        &["--to", "example.com"],
    ] {
        let done = output(&[&["trace", &path, "--format", "json"][..], more].concat())?;
        assert!(!text(&done.stdout).contains("\"x?sig=Zq7"), "{}", text(&done.stdout));
        for line in text(&done.stdout).lines() {
            let answer: serde_json::Value = serde_json::from_str(line)?;
            let errors: Vec<String> =
                validator.iter_errors(&answer).map(|error| error.to_string()).collect();
            assert_eq!(errors, Vec::<String>::new(), "{line}");
            let partial = answer["verdict"] == "partial";
            assert_eq!(partial, answer["stopped"].is_object() && answer["passed"].is_object());
            seen.insert(answer["verdict"].to_string());
        }
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
    Ok(())
}

#[test]
fn the_two_parts_of_a_flow_are_what_they_are_called() -> Tested {
    let ask = |more: &[&str]| -> Result<serde_json::Value, Box<dyn Error>> {
        let done = output(&[&["trace", CLOSED, "--format", "json"][..], more].concat())?;
        Ok(serde_json::from_slice(&done.stdout)?)
    };
    let whole = ask(&["--to", "20.60.0.0/16", "--protocol", "tcp"])?;
    assert_eq!(whole["verdict"], "partial", "{whole}");
    for (part, verdict) in [("stopped", "blocked"), ("passed", "allowed")] {
        let packet = &whole[part];
        let text = |name: &str| packet[name].as_str().unwrap_or_default().to_owned();
        let port = packet["port"].as_u64().map(|port| port.to_string()).unwrap_or_default();
        let from_port = packet["source_port"].as_u64().map(|it| it.to_string()).unwrap_or_default();
        let (from, to, protocol) = (text("source"), text("destination"), text("protocol"));
        let answer = ask(&[
            "--from",
            &from,
            "--from-port",
            &from_port,
            "--to",
            &to,
            "--port",
            &port,
            "--protocol",
            &protocol,
        ])?;
        assert_eq!(answer["verdict"], verdict, "{packet}");
    }
    Ok(())
}

#[test]
fn hostile_records_are_told_of_and_hide_nothing() -> Tested {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("flows.csv").display().to_string();
    let long = "9".repeat(100_000);
    let mut rows = b"destination,port\n8.8.8.8,443\n\xff\xfe,443\n\x1b[31m,1\n,-1\n".to_vec();
    rows.extend(format!("{long},{long}\n10.0.0.1,+80\n1.1.1.1/33,1\n\"8.8.8.8\n,443\n").bytes());
    fs::write(&path, rows)?;
    let done = output(&["trace", OPEN, "--flows", &path])?;
    assert_eq!(done.status.code(), Some(2));
    let told = text(&done.stderr);
    assert_eq!(told.lines().count(), 7, "{told}");
    assert!(!told.contains('\x1b') && told.len() < 4_000, "{told}");
    assert!(text(&done.stdout).starts_with("ALLOWED  2: "), "{}", text(&done.stdout));
    for header in ["", "\n", "\"", "destination,\n", "dest\n", "\u{1b}\n"] {
        fs::write(&path, header)?;
        let done = output(&["trace", OPEN, "--flows", &path])?;
        assert_eq!(done.status.code(), Some(2), "{header:?}");
        assert_eq!(text(&done.stderr).lines().count(), 1, "{}", text(&done.stderr));
    }
    Ok(())
}

#[test]
fn a_tag_with_a_slip_gets_a_suggestion_in_a_file_of_flows_too() -> Tested {
    let flows = "destination\nStorage.JapanEats\n8.8.8.8\nStorage.JapanEats\n";
    let done = egresslint(&["trace", OPEN, "--flows", "-"])?.write_stdin(flows).output()?;
    assert_eq!(done.status.code(), Some(1));
    let told = String::from_utf8(done.stderr)?;
    assert_eq!(told.matches("did you mean").count(), 1, "{told}");
    assert!(told.contains("-:2: ") && told.contains("`Storage.JapanEast`"), "{told}");
    Ok(())
}
