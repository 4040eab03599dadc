//! JSON as bytes: indented, and with escapes for what a terminal would act on. The values stay what
//! they are; JSON has two ways of writing them.

use super::{clean, guard};
use rayon::{iter::ParallelIterator as _, slice::ParallelSlice as _};
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

/// So many elements of a list are written one after the other; the pieces at once.
const PIECE: usize = 256;

/// Elements of a list that is a member of the outermost object, written out.
pub(super) struct Elements(Vec<io::Result<Vec<u8>>>);

impl Elements {
    /// The `items` as `of` shows them, on all threads: a large report is most of what is left to
    /// do when all is judged.
    pub(super) fn of<'i, T: Sync, S: Serialize>(
        items: &'i [T],
        of: impl Fn(&'i T) -> S + Sync,
    ) -> Self {
        let pieces = items.par_chunks(PIECE).map(|piece| {
            let mut bytes = Vec::with_capacity(PIECE * 704);
            for item in piece {
                bytes.extend_from_slice(b",\n    ");
                let mut formatter = PrettyFormatter::with_indent(b"  ");
                // The object and the list around it, which indent it.
                formatter.begin_object(&mut io::sink())?;
                formatter.begin_array(&mut io::sink())?;
                let mut serializer = Serializer::with_formatter(&mut bytes, Safe(formatter));
                of(item).serialize(&mut serializer)?;
            }
            Ok(bytes)
        });
        Self(pieces.collect())
    }
}

/// Writes `frame`, an object, as [`write_json`] would with the given elements in its lists of these
/// names, which are empty in it.
pub(super) fn write_json_with<const N: usize>(
    frame: &impl Serialize,
    lists: [(&str, Elements); N],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut bytes = Vec::new();
    write_json(frame, &mut bytes)?;
    let mut rest = bytes.as_slice();
    for (name, Elements(pieces)) in lists {
        // No string holds a line end of its own: this stands where the member does.
        let member = format!("\n  \"{name}\": []");
        let Some(at) = memchr::memmem::find(rest, member.as_bytes()) else { continue };
        let (before, after) = rest.split_at(at + member.len() - 1);
        out.write_all(before)?;
        let is_empty = pieces.is_empty();
        for (index, piece) in pieces.into_iter().enumerate() {
            let piece = piece?;
            // Nothing stands before the first element.
            out.write_all(piece.get(usize::from(index == 0)..).unwrap_or_default())?;
        }
        if !is_empty {
            out.write_all(b"\n  ")?;
        }
        rest = after;
    }
    out.write_all(rest)
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

    #[derive(Serialize)]
    struct Lists {
        first: &'static str,
        numbers: Vec<usize>,
        between: Vec<usize>,
        texts: Vec<[String; 2]>,
        last: Vec<usize>,
    }

    #[test]
    fn lists_written_apart_look_as_if_written_with_the_rest() {
        for length in [0, 1, 2, PIECE, 3 * PIECE + 1] {
            let numbers: Vec<usize> = (0..length).collect();
            let row = |at: &usize| [format!("\n  \"texts\": []{at}"), "é\u{1b}".to_owned()];
            let first = "\n  \"numbers\": []";
            let frame = |numbers: &[usize]| Lists {
                first,
                numbers: numbers.to_vec(),
                between: vec![],
                texts: numbers.iter().map(row).collect(),
                last: vec![7],
            };
            let (mut expected, mut written) = (Vec::new(), Vec::new());
            write_json(&frame(&numbers), &mut expected).unwrap();
            let lists = [
                ("numbers", Elements::of(&numbers, |number| *number)),
                ("texts", Elements::of(&numbers, row)),
            ];
            write_json_with(&frame(&[]), lists, &mut written).unwrap();
            assert_eq!(String::from_utf8(written).unwrap(), String::from_utf8(expected).unwrap());
        }
    }

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
