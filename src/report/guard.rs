//! Text from the input may look like a command of a build server: GitHub acts on lines that begin
//! with `::`, Azure Pipelines on `##vso[` and `##[` anywhere in a line, `TeamCity` on
//! `##teamcity[`. All text for people goes through here, after the last word wrap, so that no
//! renderer has to think of it: a backslash breaks what would be a command.

use std::{
    borrow::Cow,
    io::{self, Write},
};

/// Hands whole lines on, less commands. What stands after the last line end waits for more, or for
/// `flush`.
#[derive(Debug)]
pub(crate) struct Guard<W: Write> {
    out: W,
    line: Vec<u8>,
}

impl<W: Write> Guard<W> {
    /// A guard before `out`.
    pub(crate) const fn new(out: W) -> Self {
        Self { out, line: Vec::new() }
    }

    fn emit(&mut self) -> io::Result<()> {
        match std::str::from_utf8(&self.line) {
            Ok(text) => self.out.write_all(line(text).as_bytes())?,
            Err(_) => self.out.write_all(line(&String::from_utf8_lossy(&self.line)).as_bytes())?,
        }
        self.line.clear();
        Ok(())
    }
}

impl<W: Write> Write for Guard<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                self.emit()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.emit()?;
        self.out.flush()
    }
}

/// One line of output that no build server takes for a command.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    let start = after_space_and_color(text);
    let begins = text.get(start..).is_some_and(|rest| rest.starts_with("::"));
    let mut breaks: Vec<usize> = marks(text).collect();
    if begins {
        breaks.insert(0, start);
    }
    if breaks.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut broken = String::with_capacity(text.len() + breaks.len());
    let mut done = 0;
    for at in breaks {
        broken.push_str(text.get(done..at).unwrap_or_default());
        broken.push('\\');
        done = at;
    }
    broken.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(broken)
}

/// The offset of the second `#` of everything like `##vso[` and `##[`.
pub(super) fn marks(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'#', bytes).filter(move |&at| {
        let word = bytes.get(at + 1..).unwrap_or_default();
        let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let length = word.iter().take_while(is_part).count();
        at > 0 && bytes.get(at - 1) == Some(&b'#') && word.get(length) == Some(&b'[')
    })
}

/// Where the text begins behind the white space that a build server strips, and behind colors.
fn after_space_and_color(text: &str) -> usize {
    let mut rest = text.trim_start();
    while let Some((_, behind)) = rest.strip_prefix("\x1b[").and_then(|color| color.split_once('m'))
    {
        rest = behind.trim_start();
    }
    text.len() - rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    #[test]
    fn commands_are_broken_and_all_else_stays() {
        for (text, shown) in [
            ("::error::x", r"\::error::x"),
            (" \u{3000}\t::set-env name=x::y", " \u{3000}\t\\::set-env name=x::y"),
            ("\x1b[1m::error::x", "\x1b[1m\\::error::x"),
            ("a ##vso[task.x]", r"a #\#vso[task.x]"),
            ("####[group]x", r"###\#[group]x"),
            ("##teamcity[x", r"#\#teamcity[x"),
        ] {
            assert_eq!(line(text), shown);
        }
        for text in ["a::b", "from ::1", "## Good", "#[x]", "## [x]", "##", "", "\n"] {
            assert_eq!(line(text), text);
        }
    }

    proptest! {
        #[test]
        fn pieces_of_lines_are_guarded_as_lines(
            pieces in proptest::collection::vec("(:|#|\\[|vso| |\n|é|\u{1b}\\[1m){0,6}", 0..8),
        ) {
            let text = pieces.concat();
            let (mut whole, mut parts) = (Guard::new(Vec::new()), Guard::new(Vec::new()));
            whole.write_all(text.as_bytes())?;
            for piece in &pieces {
                parts.write_all(piece.as_bytes())?;
            }
            whole.flush()?;
            parts.flush()?;
            prop_assert_eq!(&whole.out, &parts.out);
            let shown = String::from_utf8(whole.out)?;
            prop_assert_eq!(shown.replace('\\', ""), text);
            for line in shown.lines() {
                prop_assert!(!line.contains("##[") && !line.contains("##vso["), "{}", line);
                prop_assert!(!line.trim_start().starts_with("::"), "{}", line);
            }
        }
    }
}
