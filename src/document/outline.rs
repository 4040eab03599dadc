//! Where the larger values of a document stand. With that a pointer is found by reading the value
//! around the place once more, and not the whole text: a report points into most files of an
//! estate, at a few rules of each.

use std::collections::BTreeMap;

use super::Document;
use super::pointer::{push_element, push_key};
use super::tape::{Tag, narrow, wide};
use crate::source::{FileId, Landmark, Outline, Step};

/// Shorter values are read with what holds them.
const LARGE: u32 = 512;

/// Values of so many bytes have the larger ones inside of them noted.
const HUGE: u32 = 4_096;

/// A value that is gone through.
struct Frame {
    mark: u32,
    is_object: bool,
    /// The entry of the next key or element.
    cursor: u32,
    /// The entry after the last inside.
    last: u32,
    /// How many elements are behind us.
    count: u32,
}

impl Document<'_> {
    /// The larger values; none of a short text and of a text of several values.
    pub fn outline(&self) -> Outline {
        let root = self.entry(0);
        let is_short = root.end.saturating_sub(root.start) < HUGE;
        let is_container = matches!(root.tag, Tag::Object | Tag::Array);
        if is_short || !is_container || root.next != self.root_end() {
            return Outline::default();
        }
        let mark = Landmark { start: root.start, end: root.end, parent: 0, step: Step::Root };
        let mut marks = vec![mark];
        let mut keys = String::new();
        let frame = |mark, tag, index: u32, last| Frame {
            mark,
            is_object: tag == Tag::Object,
            cursor: index + 1,
            last,
            count: 0,
        };
        let mut open = vec![frame(0, root.tag, 0, root.next)];
        while let Some(inside) = open.last_mut() {
            if inside.cursor >= inside.last {
                open.pop();
                continue;
            }
            let key = inside.cursor;
            let index = key + u32::from(inside.is_object);
            let entry = self.entry(index);
            let element = inside.count;
            inside.cursor = entry.next;
            inside.count += 1;
            let length = entry.end.saturating_sub(entry.start);
            if length < LARGE || !matches!(entry.tag, Tag::Object | Tag::Array) {
                continue;
            }
            let step = if inside.is_object {
                let start = narrow(keys.len());
                keys.push_str(self.raw(self.entry(key)));
                Step::Member { start, end: narrow(keys.len()) }
            } else {
                Step::Element(element)
            };
            let Ok(mark) = u32::try_from(marks.len()) else { break };
            let parent = inside.mark;
            marks.push(Landmark { start: entry.start, end: entry.end, parent, step });
            if length >= HUGE {
                open.push(frame(mark, entry.tag, index, entry.next));
            }
        }
        Outline { marks, keys }
    }
}

/// The pointers of [`Document::pointers`], found with the outline of the text: of each value that
/// holds one of the `offsets` only the innermost that is noted is read, and nothing for the offsets
/// at which one begins. `None` without an outline.
pub fn pointers<'t>(
    file: FileId,
    Outline { marks, keys }: &Outline,
    text: impl Fn() -> &'t str,
    offsets: &[u32],
) -> Option<Vec<String>> {
    marks.first()?;
    let mut inside: BTreeMap<usize, Vec<(usize, u32)>> = BTreeMap::new();
    let mut pointers = vec![String::new(); offsets.len()];
    for (at, &offset) in offsets.iter().enumerate() {
        // What lies outside of the root has the empty pointer.
        if let Some(mark) = innermost(marks, offset) {
            inside.entry(mark).or_default().push((at, offset));
        }
    }
    for (index, asked) in inside {
        let mark = marks.get(index)?;
        let path = path(keys, marks, index)?;
        let relative: Vec<u32> =
            asked.iter().map(|(_, offset)| offset.saturating_sub(mark.start)).collect();
        let found = if relative.iter().all(|&offset| offset == 0) {
            vec![String::new(); relative.len()]
        } else {
            let value = text().get(wide(mark.start)..wide(mark.end))?;
            Document::parse(file, value).ok()?.pointers(&relative)
        };
        for ((at, _), pointer) in asked.into_iter().zip(found) {
            *pointers.get_mut(at)? = format!("{path}{pointer}");
        }
    }
    Some(pointers)
}

/// The innermost value that holds the byte at `offset`; those that hold it hold each other.
fn innermost(marks: &[Landmark], offset: u32) -> Option<usize> {
    let mut at = marks.partition_point(|mark| mark.start <= offset).checked_sub(1)?;
    loop {
        let mark = marks.get(at)?;
        if offset < mark.end {
            return Some(at);
        }
        if mark.step == Step::Root {
            return None;
        }
        at = wide(mark.parent);
    }
}

/// The pointer of a value itself.
fn path(keys: &str, marks: &[Landmark], index: usize) -> Option<String> {
    let mut steps = Vec::new();
    let mut at = index;
    loop {
        let mark = marks.get(at)?;
        if mark.step == Step::Root {
            break;
        }
        steps.push(mark.step);
        at = wide(mark.parent);
    }
    let mut path = String::new();
    for step in steps.into_iter().rev() {
        match step {
            Step::Root => {}
            Step::Element(count) => push_element(wide(count), &mut path),
            Step::Member { start, end } => {
                let raw = keys.get(wide(start)..wide(end))?;
                push_key(raw, raw.contains('\\'), &mut path);
            }
        }
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    /// A value with parts of all lengths: nested lists and objects, keys with escapes among them.
    fn text(shape: &[u8]) -> String {
        let mut text = String::from(" [");
        for (at, byte) in shape.iter().enumerate() {
            let filler = "x".repeat(usize::from(*byte) * 20);
            text.push_str(&match byte % 4 {
                0 => format!("{{\"a~/{at}\": {{\"b\\n\": [1, \"{filler}\"]}}, \"c\": [{{}}]}},"),
                1 => format!("[[[\"{filler}\", {{\"d\": \"{filler}\"}}], {at}]],"),
                2 => format!("\"{filler}\","),
                _ => format!("{{\"e\": [{}]}},", format!("{{\"f\":\"{filler}\"}},").repeat(3)),
            });
        }
        text.push_str("0] ");
        text
    }

    proptest! {
        #[test]
        fn an_outline_gives_the_pointers_that_the_whole_document_gives(
            shape in prop::collection::vec(any::<u8>(), 0..12),
            places in prop::collection::vec(any::<prop::sample::Index>(), 1..40),
        ) {
            let text = text(&shape);
            let document = Document::parse(FileId(0), &text).unwrap();
            let mut offsets: Vec<u32> = places
                .iter()
                .map(|place| u32::try_from(place.index(text.len() + 3)).unwrap())
                .collect();
            offsets.extend(document.nodes().map(|node| node.span().start));
            let outline = document.outline();
            if let Some(found) = pointers(FileId(0), &outline, || &text, &offsets) {
                prop_assert_eq!(found, document.pointers(&offsets));
            } else {
                prop_assert_eq!(outline, Outline::default());
                prop_assert_eq!(text.trim().len() < 4_096, true);
            }
        }
    }

    #[test]
    fn a_text_of_several_values_has_no_outline() {
        let line = format!("[\"{}\"]\n", "x".repeat(5_000));
        let twice = line.repeat(2);
        let sequence = Document::parse_sequence(FileId(0), &twice);
        assert_eq!(sequence.document.outline(), Outline::default());
        assert_eq!(Document::parse(FileId(0), &line).unwrap().outline().marks.len(), 1);
    }
}
