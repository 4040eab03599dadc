//! Text from the input made fit to be shown: no secrets, and nothing that moves the cursor, hides
//! text or turns its direction.

use super::{guard, secrets};
use std::borrow::Cow;

/// Does `c` do something to a terminal or a page other than show itself?
pub(crate) fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{feff}' | '\u{3164}' | '\u{ffa0}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// `text` on one line: line ends and other control characters as pictures of themselves.
pub(crate) fn line(text: &str) -> String {
    secrets::masked(text).chars().map(shown).collect()
}

/// `text` as it is, or its first bytes and an ellipsis.
pub(crate) fn bounded(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let kept = text.get(..text.floor_char_boundary(most)).unwrap_or_default();
    Cow::Owned(format!("{kept}…"))
}

/// The lines of `text`, each as [`line()`] has them.
pub(crate) fn lines(text: &str) -> Vec<String> {
    // Masked as a whole: a secret may stand on the line after its name.
    secrets::masked(text).lines().map(|line| line.chars().map(shown).collect()).collect()
}

/// `text` with its secrets masked, for formats that have escapes of their own.
pub(crate) fn without_secrets(text: &str) -> String {
    secrets::masked(text).into_owned()
}

/// `text` as it is, its lines as [`line()`] has them.
pub(crate) fn with_line_ends(text: &str) -> String {
    let shown = |c| if c == '\n' { c } else { shown(c) };
    secrets::masked(text).chars().map(shown).collect()
}

/// `text`, of which every byte keeps its offset, for excerpts.
pub(super) fn in_place(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut marks = guard::marks(text).peekable();
    for (at, c) in text.char_indices() {
        if marks.next_if_eq(&at).is_some() {
            shown.push('?');
        } else if is_hostile(c) && !matches!(c, '\t' | '\r' | '\n') {
            shown.extend(std::iter::repeat_n('?', c.len_utf8()));
        } else {
            shown.push(c);
        }
    }
    shown
}

fn shown(c: char) -> char {
    match c {
        '\t' => ' ',
        '\u{7f}' => '\u{2421}',
        c if u32::from(c) < 0x20 => {
            char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        c if is_hostile(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_line_ends_become_pictures() {
        assert_eq!(line("a\x1b[31mb\r\nc\u{9b}d\u{202e}e\x7f"), "a␛[31mb␍␊c\u{fffd}d\u{fffd}e␡");
    }

    #[test]
    fn offsets_stay_when_cleaned_in_place() {
        let text = "a\x1b\u{9b}\u{202e}é\r\n\tb##vso[x";
        assert_eq!(in_place(text), "a??????é\r\n\tb#?vso[x");
        assert_eq!(in_place(text).len(), text.len());
    }
}
