//! Texts that are let go and read again: which file they stand in, and whether that is still as it
//! was.

use super::Position;
use std::{
    fs::{File, Metadata},
    io::Read as _,
    path::PathBuf,
    time::SystemTime,
};

/// What every line of a text says that can't be read again.
const GONE: &str = "(the file has changed since it was read) ";

/// A file that holds a text as it is.
#[derive(Clone, Debug)]
pub struct Stored {
    path: PathBuf,
    /// Of the text, in bytes.
    pub(super) length: usize,
    modified: SystemTime,
}

impl Stored {
    /// The file at `path`; nothing where nobody could tell whether it changes.
    pub fn new(path: PathBuf, metadata: &Metadata) -> Option<Self> {
        let length = usize::try_from(metadata.len()).ok()?;
        let modified = metadata.modified().ok().filter(|_| metadata.is_file())?;
        Some(Self { path, length, modified })
    }

    /// The text, unless the file has changed.
    pub(super) fn read(&self) -> Option<String> {
        let mut file = File::open(&self.path).ok()?;
        let same = Self::new(PathBuf::new(), &file.metadata().ok()?)
            .is_some_and(|now| (now.length, now.modified) == (self.length, self.modified));
        let mut bytes = Vec::with_capacity(if same { self.length.saturating_add(1) } else { 0 });
        file.read_to_end(&mut bytes).ok().filter(|_| same)?;
        let is_whole = bytes.len() == self.length && bytes.is_ascii();
        String::from_utf8(bytes).ok().filter(|_| is_whole)
    }
}

/// A text of that length in which the `known` places have the positions that they had, and which
/// says on its lines that it is not the real one.
pub(super) fn stand_in(known: &[(u32, Position)], length: usize) -> String {
    let wide = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
    let mut text = String::with_capacity(length);
    let mut line = 1;
    for &(offset, Position { line: next, column }) in known {
        // The line that holds the place begins behind all other line ends before it.
        let start = wide(offset).saturating_sub(wide(column) - 1);
        let ends = wide(next.saturating_sub(line));
        fill(&mut text, start.saturating_sub(ends));
        text.extend(std::iter::repeat_n('\n', start.saturating_sub(text.len()).min(ends)));
        fill(&mut text, wide(offset));
        line = next;
    }
    fill(&mut text, length);
    text.truncate(length);
    text
}

/// Adds the words, as often as they have room up to `length`.
fn fill(text: &mut String, length: usize) {
    while let Some(room) = length.checked_sub(text.len()).filter(|room| *room > 0) {
        text.push_str(GONE.get(..room).unwrap_or(GONE));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Landmark, Outline, SourceFile, Step};
    use std::{borrow::Cow, fs, path::Path};

    const TEXT: &str = "[\n  {\r\n  \"a\": 22\n}, {\n \"b\": [\n1]}]\n";

    /// A text on disk whose larger values begin and end at `places`, let go.
    fn let_go(path: &Path, text: &str, places: &[u32]) -> SourceFile {
        fs::write(path, text).unwrap();
        let stored = Stored::new(path.to_owned(), &fs::metadata(path).unwrap()).unwrap();
        let mark = |&at: &u32| Landmark { start: at, end: at + 1, parent: 0, step: Step::Root };
        let outline = Outline { marks: places.iter().map(mark).collect(), keys: String::new() };
        let mut file = SourceFile::new("f", text);
        file.outline(outline);
        file.let_go(stored);
        file
    }

    #[test]
    fn a_text_that_was_let_go_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let (away, here) = (let_go(&path, TEXT, &[0, 4]), SourceFile::new("f", TEXT));
        assert_eq!(away.known(&[0, 5]).unwrap(), [(0, here.position(0)), (5, here.position(5))]);
        assert_eq!(away.known(&[0, 3]), None);
        assert!(matches!(away.read(), Cow::Owned(text) if text == TEXT));
        for offset in 0..50 {
            assert_eq!(away.position(offset), here.position(offset), "{offset}");
        }
        assert_eq!(away.slice(14, 16), here.slice(14, 16));
        // Columns of other texts hang on their characters.
        let stays = let_go(&path, "\"\u{65e5}\"", &[0]);
        assert!(matches!(stays.read(), Cow::Borrowed(_)));
    }

    #[test]
    fn a_file_that_changes_is_told_and_keeps_its_places() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let text = TEXT.replace("22", &"2".repeat(60));
        let places = [0, 4, 78, 88];
        for change in [None, Some(""), Some("[1]"), Some(&*text.replace('2', "3"))] {
            let away = let_go(&path, &text, &places);
            match change {
                Some(change) => {
                    fs::write(&path, change).unwrap();
                    let file = File::options().write(true).open(&path).unwrap();
                    file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
                }
                None => fs::remove_file(&path).unwrap(),
            }
            assert_eq!(away.text().len(), text.len());
            assert!(away.text().contains(GONE), "{}", away.text());
            let here = SourceFile::new("f", text.as_str());
            for place in places {
                assert_eq!(away.position(place), here.position(place), "{place}");
            }
        }
    }
}
