//! What the terminal can show, and messages that are no output.

use crate::report::{clean, guard};
use std::{
    env,
    io::{self, IsTerminal as _, Write as _},
};

/// Characters a line of prose may have where nobody says.
const WIDTH: usize = 100;

/// More bytes than this are no message.
const MAX_SAID: usize = 64_000;

/// When to use colors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ColorChoice {
    #[default]
    Auto,
    Always,
    Never,
}

/// How text is to look on standard output.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal {
    /// With colors.
    pub(super) color: bool,
    /// Characters a line of prose may have.
    pub(super) width: usize,
}

impl Terminal {
    /// The terminal behind standard output, or what stands in its place.
    pub(super) fn of(choice: ColorChoice) -> Self {
        let columns = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let width = columns.filter(|width| (40..=400).contains(width)).unwrap_or(WIDTH);
        let color = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => wanted(
                |name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()),
                io::stdout().is_terminal(),
            ),
        };
        Self { color, width }
    }
}

/// Whether the environment wants colors: `NO_COLOR` goes first (no-color.org), then
/// `CLICOLOR_FORCE` (bixense.com/clicolors).
fn wanted(variable: impl Fn(&str) -> Option<String>, terminal: bool) -> bool {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    if set("NO_COLOR").is_some() {
        return false;
    }
    if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return true;
    }
    terminal && set("TERM").is_none_or(|term| term != "dumb")
}

/// Says what went wrong on standard error, a line each; what is set in
/// belongs to the line above.
pub(super) fn say_error(message: &impl ToString) {
    say("error", message);
}

/// Says what is wrong with the arguments: theirs is a part of the text, and may hold anything.
pub(super) fn say_usage(error: &clap::Error) {
    let mut err = io::stderr().lock();
    // A stream that takes no text takes no message about it either.
    let _ = if err.is_terminal() {
        drop(err);
        error.print()
    } else {
        let mut out = guard::Guard::new(&mut err);
        let text = clean::with_line_ends(&error.render().to_string());
        out.write_all(text.as_bytes()).and_then(|()| out.flush())
    };
}

/// Says something worth knowing on standard error.
pub(super) fn say_note(message: &impl ToString) {
    say("note", message);
}

fn say(head: &str, message: &impl ToString) {
    let mut out = io::stderr().lock();
    for line in clean::lines(&clean::bounded(&message.to_string(), MAX_SAID)) {
        let goes_on = line.starts_with(' ');
        let line = if goes_on { line } else { format!("{head}: {line}") };
        // Without a place for messages, the exit status is all that is left.
        let _ = writeln!(out, "{}", guard::line(&line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_can_forbid_colors_and_force_them() {
        let look = |set: &[(&str, &str)], terminal| {
            let find = |name: &str| set.iter().find(|(known, _)| *known == name);
            wanted(|name| find(name).map(|(_, value)| (*value).to_owned()), terminal)
        };
        assert!(look(&[], true));
        assert!(!look(&[], false));
        assert!(!look(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], true));
        assert!(look(&[("NO_COLOR", ""), ("TERM", "xterm")], true));
        assert!(look(&[("CLICOLOR_FORCE", "1")], false));
        assert!(!look(&[("CLICOLOR_FORCE", "0")], false));
        assert!(!look(&[("TERM", "dumb")], true));
    }
}
