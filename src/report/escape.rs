//! JSON as bytes: indented, and with escapes for what a terminal would act on. The values stay what
//! they are; JSON has two ways of writing them.

use super::{clean, guard};
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use std::io::{self, Write};

/// Writes `value` and a line end.
pub(super) fn write_json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut buffered = io::BufWriter::new(out);
    let formatter = Safe(PrettyFormatter::with_indent(b"  "));
    value.serialize(&mut Serializer::with_formatter(&mut buffered, formatter))?;
    buffered.write_all(b"\n")?;
    buffered.flush()
}

/// Writes a piece of JSON with escapes for what a terminal or a build server would act on. Outside of
/// strings there is none of it but line ends, which stay.
pub(crate) fn write_harmless<W: ?Sized + Write>(text: &str, out: &mut W) -> io::Result<()> {
    let hostile = |c| c != '\n' && clean::is_hostile(c);
    let mut marks = guard::marks(text).peekable();
    // Nearly every text: printable ASCII and line ends.
    if marks.peek().is_none() && text.bytes().all(|byte| byte < 0x7f) {
        return out.write_all(text.as_bytes());
    }
    let mut done = 0;
    for (at, c) in text.char_indices() {
        if !(marks.next_if_eq(&at).is_some() || hostile(c)) {
            continue;
        }
        out.write_all(text.get(done..at).unwrap_or_default().as_bytes())?;
        for unit in c.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}")?;
        }
        done = at + c.len_utf8();
    }
    out.write_all(text.get(done..).unwrap_or_default().as_bytes())
}

struct Safe(PrettyFormatter<'static>);

impl Formatter for Safe {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        write_harmless(fragment, writer)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn values_stay_and_bytes_are_harmless(
            text in "[a\"\\\\\u{0}-\u{1f}\u{7f}-\u{9f}\u{2028}\u{202e}\u{feff}\u{e0041}日😀]{0,12}(##vso\\[x)?",
        ) {
            let mut bytes = Vec::new();
            write_json(&[&text], &mut bytes)?;
            let written = String::from_utf8(bytes)?;
            prop_assert!(!written.contains(|c| clean::is_hostile(c) && c != '\n'));
            prop_assert!(!written.contains("##"));
            prop_assert_eq!(serde_json::from_str::<Vec<String>>(&written)?, [text]);
        }
    }
}
