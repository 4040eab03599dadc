//! JSON on standard output: with escapes for what a terminal would act on. The values stay what
//! they are; JSON has two ways of writing them.

use crate::report::{escape, masked_json};
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

/// Writes `value` on as many lines as it takes, without the secrets in it.
pub(super) fn write_masked(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write_escaped(&masked_json(&serde_json::to_string_pretty(value)?), out)
}

/// Writes `value` on one line.
pub(super) fn write_line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write_escaped(&serde_json::to_string(value)?, out)
}

/// What is left of control characters in the text of a JSON value is its own line ends.
fn write_escaped(text: &str, out: &mut dyn Write) -> io::Result<()> {
    escape::write_harmless(text, out)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_act_on_is_escaped_and_stays_the_same_value() {
        let hostile = "a\u{9b}31m\u{202e}\u{1b}[0m\n\u{e0041}é##[x";
        let mut written = Vec::new();
        write_line(&[hostile], &mut written).unwrap();
        let text = String::from_utf8(written).unwrap();
        assert_eq!(text, "[\"a\\u009b31m\\u202e\\u001b[0m\\n\\udb40\\udc41é#\\u0023[x\"]\n");
        assert_eq!(serde_json::from_str::<Vec<String>>(&text).unwrap(), [hostile]);
    }
}
