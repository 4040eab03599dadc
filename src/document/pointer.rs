//! RFC 6901 pointers of places in the text, many in one pass: what one file has to say may be
//! thousands of findings.

use std::fmt::Write as _;

use super::Document;
use super::node::inside;
use super::tape::{Entry, Tag};
use super::unescape::unescape;

/// A container on the way down to an offset.
struct Frame {
    /// Offset after the container.
    end: u32,
    is_object: bool,
    /// The first entry that is not behind us: a key in objects, a value in arrays.
    cursor: u32,
    /// The entry after the last inside.
    last: u32,
    /// How many elements are behind us.
    count: usize,
    /// Length of the pointer of the container itself.
    length: usize,
}

/// Walks forward through the document as the offsets grow.
struct Walk<'a> {
    document: &'a Document<'a>,
    frames: Vec<Frame>,
    path: String,
    /// The root value that is not behind us.
    root: u32,
}

impl Document<'_> {
    /// The pointer of the innermost value at each offset; a key counts to its value, and what lies
    /// outside of all values has the pointer of the whole document, the empty text. In a sequence
    /// the pointer is that within the value of the sequence. Any order of offsets will do, the
    /// answers have the same.
    pub fn pointers(&self, offsets: &[u32]) -> Vec<String> {
        let mut order: Vec<(u32, usize)> =
            offsets.iter().enumerate().map(|(index, &offset)| (offset, index)).collect();
        order.sort_unstable();
        let mut walk = Walk { document: self, frames: Vec::new(), path: String::new(), root: 0 };
        let mut pointers = vec![String::new(); offsets.len()];
        for (offset, index) in order {
            if let Some(slot) = pointers.get_mut(index) {
                *slot = walk.to(offset);
            }
        }
        pointers
    }

    /// The pointer of the innermost value at `offset`, as [`Self::pointers`].
    pub fn pointer(&self, offset: u32) -> String {
        self.pointers(&[offset]).pop().unwrap_or_default()
    }
}

impl Walk<'_> {
    /// The pointer at `offset`, which is not before any earlier one.
    fn to(&mut self, offset: u32) -> String {
        while let Some(frame) = self.frames.last() {
            if offset < frame.end {
                break;
            }
            self.path.truncate(frame.length);
            self.frames.pop();
        }
        if self.frames.is_empty() && !self.enter_root(offset) {
            return String::new();
        }
        loop {
            let Some(frame) = self.frames.last_mut() else { return String::new() };
            frame.skip_to(self.document, offset);
            self.path.truncate(frame.length);
            let Some((start, value)) = frame.current(self.document) else {
                return self.path.clone();
            };
            if offset < start {
                return self.path.clone();
            }
            let entry = self.document.entry(value);
            frame.push_segment(self.document, &mut self.path);
            if offset < entry.start || !matches!(entry.tag, Tag::Object | Tag::Array) {
                return self.path.clone();
            }
            self.push(value, entry);
        }
    }

    fn enter_root(&mut self, offset: u32) -> bool {
        self.path.clear();
        while self.root < self.document.root_end() {
            let entry = self.document.entry(self.root);
            if offset < entry.end {
                let container = matches!(entry.tag, Tag::Object | Tag::Array);
                if offset >= entry.start && container {
                    self.push(self.root, entry);
                }
                return offset >= entry.start && container;
            }
            self.root = entry.next;
        }
        false
    }

    fn push(&mut self, index: u32, entry: Entry) {
        self.frames.push(Frame {
            end: entry.end,
            is_object: entry.tag == Tag::Object,
            cursor: index + 1,
            last: entry.next,
            count: 0,
            length: self.path.len(),
        });
    }
}

impl Frame {
    /// The start of the current member or element, and its value.
    fn current(&self, document: &Document<'_>) -> Option<(u32, u32)> {
        let start = (self.cursor < self.last).then(|| document.entry(self.cursor).start)?;
        Some((start, self.cursor + u32::from(self.is_object)))
    }

    /// Leaves behind what ends at or before `offset`.
    fn skip_to(&mut self, document: &Document<'_>, offset: u32) {
        while let Some((_, value)) = self.current(document) {
            let entry = document.entry(value);
            if offset < entry.end {
                return;
            }
            self.cursor = entry.next;
            self.count += 1;
        }
    }

    fn push_segment(&self, document: &Document<'_>, path: &mut String) {
        if !self.is_object {
            push_element(self.count, path);
            return;
        }
        let entry = document.entry(self.cursor);
        push_key(document.raw(entry), entry.tag == Tag::EscapedString, path);
    }
}

/// Adds the step to an element of an array.
pub(super) fn push_element(count: usize, path: &mut String) {
    // Writing to a string can't fail.
    let _ = write!(path, "/{count}");
}

/// Adds the step to a member; `raw` is its key as written, quotes included.
pub(super) fn push_key(raw: &str, escaped: bool, path: &mut String) {
    path.push('/');
    let key = if escaped { &unescape(inside(raw)) } else { inside(raw) };
    for character in key.chars() {
        match character {
            '~' => path.push_str("~0"),
            '/' => path.push_str("~1"),
            other => path.push(other),
        }
    }
}
