//! Texts that are let go and read again: which file they stand in, and whether that is still as it
//! was.

use std::{
    fs::{File, Metadata},
    io::Read as _,
    path::PathBuf,
    time::SystemTime,
};

/// What every line of a text says that can't be read again.
const GONE: &str = "(the file has changed since it was read)";

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

/// A text of as many bytes, in as many lines, which says on each line that it is not the real one.
pub(super) fn stand_in(starts: &[u32], length: usize) -> String {
    let wide = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
    let ends = starts.iter().skip(1).map(|&start| wide(start)).chain([length.saturating_add(1)]);
    let mut text = String::with_capacity(length.saturating_add(1));
    for (&start, end) in starts.iter().zip(ends) {
        let room = end.saturating_sub(1).saturating_sub(wide(start));
        text.push_str(GONE.get(..room).unwrap_or(GONE));
        text.extend(std::iter::repeat_n(' ', room.saturating_sub(GONE.len())));
        text.push('\n');
    }
    text.truncate(length);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Landmark, Outline, SourceFile, Step};
    use std::fs;

    /// A file on disk, and the same let go.
    fn let_go(path: &std::path::Path, text: &str) -> SourceFile {
        fs::write(path, text).unwrap();
        let stored = Stored::new(path.to_owned(), &fs::metadata(path).unwrap()).unwrap();
        let mark = Landmark { start: 0, end: 1, parent: 0, step: Step::Root };
        let outline = Outline { marks: vec![mark], keys: String::new() };
        let mut file = SourceFile::new("f", text);
        file.outline(outline);
        file.let_go(stored);
        file
    }

    #[test]
    fn a_text_that_was_let_go_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let (text, path) = ("[1,\r\n 22]\n", folder.path().join("a"));
        let (away, here) = (let_go(&path, text), SourceFile::new("f", text));
        for offset in 0..20 {
            assert_eq!(away.position(offset), here.position(offset), "{offset}");
        }
        assert!(!away.is_held());
        assert_eq!(away.text(), text);
        assert_eq!(away.slice(6, 8), "22");
        // Columns of other texts hang on their characters.
        assert!(let_go(&path, "\"\u{65e5}\"").is_held());
    }

    #[test]
    fn a_file_that_changes_is_told_and_keeps_its_places() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let text = format!("[1,\n{:60}]\n", 2);
        for change in ["", "[1]", &text.replace('2', "3")] {
            let away = let_go(&path, &text);
            let file = File::options().write(true).open(&path).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
            fs::write(&path, change).unwrap();
            assert_eq!(away.text().len(), text.len());
            assert_eq!(away.text().lines().nth(1).unwrap().trim_end(), GONE);
            assert_eq!(away.position(5), SourceFile::new("f", text.as_str()).position(5));
        }
        let away = let_go(&path, &text);
        fs::remove_file(&path).unwrap();
        assert_eq!(away.text().lines().count(), 2);
    }
}
