//! Steps through Bicep text: white space, words, strings, brackets.

/// Strings inside of strings go no deeper.
const MAX_DEPTH: usize = 16;

/// A place in a text.
pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
}

impl<'t> Reader<'t> {
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest().bytes().next()
    }

    pub(super) fn step(&mut self) {
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        self.at += length;
    }

    pub(super) fn eat(&mut self, mark: &str) -> bool {
        let is_there = self.rest().starts_with(mark);
        if is_there {
            self.at += mark.len();
        }
        is_there
    }

    /// Past spaces, tabs and comments, but not the end of the line.
    pub(super) fn space(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\t']);
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.at += trimmed.find(['\n', '\r']).unwrap_or(trimmed.len());
            } else if trimmed.starts_with("/*") {
                self.at += trimmed.find("*/").map_or(trimmed.len(), |end| end + 2);
            } else {
                return;
            }
        }
    }

    /// Past all that is nothing.
    pub(super) fn blank(&mut self) {
        loop {
            self.space();
            if !matches!(self.peek(), Some(b'\n' | b'\r')) {
                return;
            }
            self.at += 1;
        }
    }

    pub(super) fn line_end(&mut self) {
        let rest = self.rest();
        self.at += rest.find(['\n', '\r']).unwrap_or(rest.len());
    }

    pub(super) fn word(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let word = rest.get(..end).filter(|word| !word.is_empty())?;
        self.at += end;
        Some(word)
    }

    /// Past one character, or a whole string, comment or pair of brackets.
    pub(super) fn piece(&mut self) {
        let mut open: Vec<u8> = Vec::new();
        loop {
            let rest = self.rest();
            if rest.starts_with("//") || rest.starts_with("/*") {
                self.space();
            } else if rest.starts_with("'''") {
                let end = rest.get(3..).and_then(|rest| rest.find("'''"));
                self.at += end.map_or(rest.len(), |end| end + 6);
            } else if rest.starts_with('\'') {
                self.string(0);
            } else {
                match self.peek() {
                    Some(byte @ (b'(' | b'[' | b'{')) => open.push(byte),
                    Some(b')' | b']' | b'}') => {
                        open.pop();
                    }
                    Some(_) => {}
                    None => return,
                }
                self.step();
            }
            if open.is_empty() {
                return;
            }
        }
    }

    /// Past a string; what is worked out in it may hold strings of its own.
    fn string(&mut self, depth: usize) {
        self.at += 1;
        // How many braces are open in what is worked out; none in the text itself.
        let mut inside: Option<usize> = None;
        while let Some(byte) = self.peek() {
            match (inside, byte) {
                (_, b'\n' | b'\r') => return,
                (None, b'\\') => {
                    self.at += 1;
                    self.step();
                }
                (None, b'$') if self.rest().starts_with("${") => {
                    self.at += 2;
                    inside = Some(0);
                }
                (None, b'\'') => {
                    self.at += 1;
                    return;
                }
                (Some(_), b'\'') if depth < MAX_DEPTH => self.string(depth + 1),
                (Some(open), b'{') => {
                    inside = Some(open + 1);
                    self.at += 1;
                }
                (Some(open), b'}') => {
                    inside = open.checked_sub(1);
                    self.at += 1;
                }
                _ => self.step(),
            }
        }
    }
}
