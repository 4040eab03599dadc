//! Text from the input made fit to be shown: no secrets, and nothing that moves the cursor, hides
//! text or turns its direction.

use super::secrets;

/// Does `c` do something to a terminal or a page other than show itself?
pub(crate) fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{feff}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{e0000}'..='\u{e007f}')
}

/// `text` on one line: line ends and other control characters as pictures of themselves.
pub(crate) fn line(text: &str) -> String {
    secrets::masked(text).chars().map(shown).collect()
}

/// The lines of `text`, each as [`line()`] has them.
pub(crate) fn lines(text: &str) -> Vec<String> {
    // Masked as a whole: a secret may stand on the line after its name.
    secrets::masked(text).lines().map(|line| line.chars().map(shown).collect()).collect()
}

/// `text`, of which every byte keeps its offset, for excerpts.
pub(super) fn in_place(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hostile(c) && !matches!(c, '\t' | '\r' | '\n') {
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
        let text = "a\x1b\u{9b}\u{202e}é\r\n\tb";
        assert_eq!(in_place(text), "a??????é\r\n\tb");
        assert_eq!(in_place(text).len(), text.len());
    }
}
