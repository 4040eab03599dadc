//! JSON on standard output: with escapes for what a terminal would act on. The values stay what
//! they are; JSON has two ways of writing them.

use crate::report::clean;
use serde::Serialize;
use std::io::{self, Write};

/// The form of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    #[default]
    Human,
    Json,
}

/// Writes `value` on as many lines as it takes, for people and programs.
pub(super) fn write(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write_escaped(&serde_json::to_string_pretty(value)?, out)
}

/// Writes `value` on one line.
pub(super) fn write_line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write_escaped(&serde_json::to_string(value)?, out)
}

/// What is left of control characters in the text of a JSON value is its own line ends.
fn write_escaped(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let hostile = |c: char| c != '\n' && clean::is_hostile(c);
    let mut rest = text;
    // Nearly every text: printable ASCII and line ends.
    if text.bytes().all(|byte| byte < 0x7f) {
        rest = "";
        out.write_all(text.as_bytes())?;
    }
    while let Some((at, character)) = rest.char_indices().find(|&(_, c)| hostile(c)) {
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.write_all(before.as_bytes())?;
        for unit in character.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}")?;
        }
        rest = after.get(character.len_utf8()..).unwrap_or_default();
    }
    out.write_all(rest.as_bytes())?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_act_on_is_escaped_and_stays_the_same_value() {
        let hostile = "a\u{9b}31m\u{202e}\u{1b}[0m\n\u{e0041}é";
        let mut written = Vec::new();
        write_line(&[hostile], &mut written).unwrap();
        let text = String::from_utf8(written).unwrap();
        assert_eq!(text, "[\"a\\u009b31m\\u202e\\u001b[0m\\n\\udb40\\udc41é\"]\n");
        assert_eq!(serde_json::from_str::<Vec<String>>(&text).unwrap(), [hostile]);
    }
}
