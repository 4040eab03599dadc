//! Text measured in the columns of a terminal: how wide it is, cut to a width, wrapped to a width.

/// The columns that `text` takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// East Asian wide characters (UAX 11) take two columns, combining marks none; the ranges are
/// whole blocks, near enough for names.
const fn columns(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' | '\u{3099}'..='\u{309a}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// `text` in at most `room` columns, with dots where it was cut.
pub(super) fn cut(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut left = room.saturating_sub(3);
    let kept = text.chars().take_while(|&c| {
        let fits = left >= columns(c);
        left = left.saturating_sub(columns(c));
        fits
    });
    kept.chain("...".chars()).collect()
}

/// [`width`] of text with colours.
pub(super) fn inked_width(text: &str) -> usize {
    let mut ink = Ink(false);
    text.chars().map(|c| if ink.holds(c) { 0 } else { columns(c) }).sum()
}

/// [`cut`] of text with colours, none of which may be open where it is cut.
pub(super) fn cut_inked(text: &str, room: usize) -> String {
    if inked_width(text) <= room {
        return text.to_owned();
    }
    let (mut ink, mut used) = (Ink(false), 3);
    let kept = text.chars().take_while(|&c| {
        used += if ink.holds(c) { 0 } else { columns(c) };
        used <= room
    });
    kept.chain("...".chars()).collect()
}

/// Inside of an escape sequence for a colour?
struct Ink(bool);

impl Ink {
    /// Is `c`, which follows on what was asked before, part of such a sequence?
    const fn holds(&mut self, c: char) -> bool {
        let held = self.0 || c == '\x1b';
        self.0 = held && c != 'm';
        held
    }
}

/// `text` in lines of at most `room` columns, broken at spaces; a longer word has its own line.
pub(super) fn wrap(text: &str, room: usize) -> Vec<String> {
    fill(text.split(' '), " ", room)
}

/// `pieces` with `separator` between them, in lines of at most `room` columns; a line ends without
/// the white space of its separator.
pub(super) fn fill<'t>(
    pieces: impl IntoIterator<Item = &'t str>,
    separator: &str,
    room: usize,
) -> Vec<String> {
    let mut lines: Vec<String> = vec![];
    let mut used = 0;
    let end = separator.trim_end();
    for piece in pieces {
        match lines.last_mut() {
            Some(line) if used + width(separator) + width(piece) + width(end) <= room => {
                line.push_str(separator);
                line.push_str(piece);
                used += width(separator) + width(piece);
            }
            last => {
                if let Some(line) = last {
                    line.push_str(end);
                }
                lines.push(piece.to_owned());
                used = width(piece);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(width("拒否-All"), 8);
        assert_eq!(cut("拒否-All", 7), "拒否...");
        assert_eq!(cut("拒否-All", 8), "拒否-All");
    }

    #[test]
    fn pieces_stay_whole_and_lines_end_with_the_separator() {
        let lines = fill(["a b", "c d", "e f"], "; ", 9);
        assert_eq!(lines, ["a b; c d;", "e f"]);
    }

    #[test]
    fn colours_take_no_room() {
        assert_eq!(inked_width("\x1b[2m12\x1b[0m | 拒"), 7);
        assert_eq!(cut_inked("\x1b[2m12\x1b[0m | abcdef", 10), "\x1b[2m12\x1b[0m | ab...");
    }

    proptest! {
        #[test]
        fn wrapping_loses_nothing_and_breaks_only_at_spaces(
            text in "[a日`]{0,6}( [a日`]{0,9}){0,9}",
            room in 0..30_usize,
        ) {
            let lines = wrap(&text, room);
            prop_assert_eq!(lines.join(" "), text);
            prop_assert!(lines.iter().all(|line| width(line) <= room || !line.contains(' ')));
        }

        #[test]
        fn what_is_cut_fits(text in "[a日]{0,20}", room in 3..30_usize) {
            prop_assert!(width(&cut(&text, room)) <= room);
        }
    }
}
