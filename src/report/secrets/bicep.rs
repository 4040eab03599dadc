//! Literals in Bicep that are values of parameters: those of a file of parameters, and what a
//! module is given in `params`. Only quotes, comments and brackets are understood.

use std::ops::Range;

/// Each literal, and the statement or the property that it stands in. With `all`, comments too.
pub(super) fn literals(text: &str, all: bool) -> Vec<(Range<usize>, Range<usize>)> {
    let mut scan = Scan { text, at: 0, depth: 0, base: all.then_some(0), ..Scan::default() };
    while let Some(first) = scan.first() {
        scan.token(first, all);
    }
    scan.end_statement();
    scan.found
}

#[derive(Default)]
struct Scan<'t> {
    text: &'t str,
    at: usize,
    /// Open brackets.
    depth: usize,
    /// How many are open around the statements whose literals are wanted.
    base: Option<usize>,
    statement: usize,
    /// Those of the statement.
    open: Vec<Range<usize>>,
    found: Vec<(Range<usize>, Range<usize>)>,
}

impl Scan<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn first(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn token(&mut self, first: char, all: bool) {
        let start = self.at;
        let length = match first {
            '\'' => self.string(),
            '/' if self.rest().starts_with("//") => {
                let end = self.rest().find(['\n', '\r']).unwrap_or(self.rest().len());
                self.comment(end, all)
            }
            '/' if self.rest().starts_with("/*") => {
                let end = self.rest().find("*/").map_or(self.rest().len(), |end| end + 2);
                self.comment(end, all)
            }
            '{' | '[' | '(' => {
                self.depth += 1;
                1
            }
            '}' | ']' | ')' => {
                self.close(all);
                1
            }
            '\n' | '\r' => {
                if self.base == Some(self.depth) {
                    self.end_statement();
                }
                1
            }
            word if word.is_alphanumeric() || word == '_' => self.word(word, all),
            other => other.len_utf8(),
        };
        self.at = start + length;
    }

    /// The length of the string, quotes included.
    fn string(&mut self) -> usize {
        let rest = self.rest();
        let (quote, end) = if let Some(inside) = rest.strip_prefix("'''") {
            (3, inside.find("'''"))
        } else {
            let mut escaped = false;
            let end = rest.get(1..).unwrap_or_default().find(|c| {
                let ends = !escaped && matches!(c, '\'' | '\n');
                escaped = c == '\\' && !escaped;
                ends
            });
            (1, end)
        };
        let end = end.map_or(rest.len(), |end| end + quote);
        let length = (end + quote).min(rest.len());
        let from = (self.at + quote).min(self.text.len());
        self.want(from..(self.at + end).max(from));
        length
    }

    fn comment(&mut self, length: usize, all: bool) -> usize {
        if all {
            self.want(self.at..self.at + length);
        }
        length
    }

    fn word(&mut self, first: char, all: bool) -> usize {
        let rest = self.rest();
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(length);
        let opens = behind.trim_start().strip_prefix(':');
        let opens = opens.is_some_and(|behind| behind.trim_start().starts_with('{'));
        if !all && word == "params" && opens && self.base.is_none() {
            self.base = Some(self.depth + 1);
            self.statement = self.at + length;
        } else if first.is_ascii_digit() {
            self.want(self.at..self.at + length);
        }
        length
    }

    fn close(&mut self, all: bool) {
        self.depth = self.depth.saturating_sub(1);
        if !all && self.base.is_some_and(|base| self.depth < base) {
            self.end_statement();
            self.base = None;
        }
    }

    fn want(&mut self, range: Range<usize>) {
        if self.base.is_some() && !range.is_empty() {
            self.open.push(range);
        }
    }

    fn end_statement(&mut self) {
        let own = self.statement..self.at;
        self.found.extend(self.open.drain(..).map(|range| (range, own.clone())));
        self.statement = self.at;
    }
}
