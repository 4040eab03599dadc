//! From the text of an expression to its parts.

use std::ops::Range;

use super::syntax::{
    Call, Expression, ExpressionFault, ExpressionKind, MAX_EXPRESSION_DEPTH, Step, StepTo, Token,
};

use super::unknown::named;

/// A fault and the bytes of the string where it is.
pub(super) type Faulty<T> = Result<T, (ExpressionFault, Range<usize>)>;

struct Parser<'t> {
    /// The string less its closing bracket: offsets count from the opening one.
    text: &'t str,
    at: usize,
    depth: usize,
}

/// Reads `text`, a string with the brackets around the expression.
pub(super) fn parse(text: &str) -> Faulty<Expression> {
    let text = text.get(..text.len().saturating_sub(1)).unwrap_or_default();
    let mut parser = Parser { text, at: 1, depth: 0 };
    let expression = parser.expression()?;
    match parser.peek() {
        None => Ok(expression),
        found => Err(parser.fault(ExpressionFault::TextAfter(Token(found)))),
    }
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next character that is not white space; the place is then at it.
    fn peek(&mut self) -> Option<char> {
        let rest = self.rest();
        let space = rest.len() - rest.trim_start().len();
        self.at += space;
        self.rest().chars().next()
    }

    /// Moves past `wanted` if it is next.
    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    /// A fault at the next character.
    fn fault(&mut self, what: ExpressionFault) -> (ExpressionFault, Range<usize>) {
        let length = self.peek().map_or(0, char::len_utf8);
        (what, self.at..self.at + length)
    }

    fn expression(&mut self) -> Faulty<Expression> {
        self.depth += 1;
        if self.depth > MAX_EXPRESSION_DEPTH {
            return Err(self.fault(ExpressionFault::TooDeep));
        }
        let base = self.primary()?;
        let mut steps = Vec::new();
        while let Some(step) = self.step()? {
            steps.push(step);
        }
        self.depth -= 1;
        if steps.is_empty() {
            return Ok(base);
        }
        let range = base.range.start..self.at;
        Ok(Expression { kind: ExpressionKind::Steps(Box::new(base), steps), range })
    }

    fn primary(&mut self) -> Faulty<Expression> {
        let found = self.peek();
        let start = self.at;
        let kind = match found {
            Some('\'') => ExpressionKind::Text(self.quoted()?),
            Some(c) if c.is_ascii_digit() || c == '-' => ExpressionKind::Number(self.number()?),
            Some(c) if starts_name(c) => self.word()?,
            found => return Err(self.fault(ExpressionFault::Value(Token(found)))),
        };
        Ok(Expression { kind, range: start..self.at })
    }

    fn step(&mut self) -> Faulty<Option<Step>> {
        let found = self.peek();
        let start = self.at;
        let to = match found {
            Some('.') => {
                self.at += 1;
                let safe = self.eat('?');
                self.peek();
                let name = self.name();
                if name.is_empty() {
                    let found = Token(self.peek());
                    return Err(self.fault(ExpressionFault::Name(found)));
                }
                (StepTo::Name(name), safe)
            }
            Some('[') => {
                self.at += 1;
                let safe = self.eat('?');
                let index = self.expression()?;
                if !self.eat(']') {
                    let found = Token(self.peek());
                    return Err(self.fault(ExpressionFault::Indexer(found)));
                }
                (StepTo::Index(index), safe)
            }
            _ => return Ok(None),
        };
        Ok(Some(Step { to: to.0, safe: to.1, range: start..self.at }))
    }

    /// A string in single quotes; two of them stand for one.
    fn quoted(&mut self) -> Faulty<String> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let Some(length) = rest.find('\'') else {
                return Err((ExpressionFault::UnclosedText, start..start + 1));
            };
            text.push_str(rest.get(..length).unwrap_or_default());
            self.at += length + 1;
            if !self.rest().starts_with('\'') {
                return Ok(text);
            }
            text.push('\'');
            self.at += 1;
        }
    }

    fn number(&mut self) -> Faulty<String> {
        let start = self.at;
        self.at += usize::from(self.rest().starts_with('-'));
        let digits = self.take(|c| c.is_ascii_digit());
        if digits.is_empty() {
            let found = Token(self.peek());
            return Err(self.fault(ExpressionFault::Value(found)));
        }
        let decimals = self.rest().strip_prefix('.').and_then(|rest| rest.chars().next());
        if decimals.is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
            self.take(|c| c.is_ascii_digit());
        }
        Ok(self.text.get(start..self.at).unwrap_or_default().to_owned())
    }

    /// A call, or one of the words that are values.
    fn word(&mut self) -> Faulty<ExpressionKind> {
        let start = self.at;
        // A template's own functions have names with dots: `contoso.uniqueName('x')`.
        let mut name = self.take(|c| continues_name(c) || c == '.').to_owned();
        if name.contains('.') && !self.rest().starts_with('(') {
            self.at = start;
            name = self.name();
        }
        let end = self.at;
        if !self.eat('(') {
            return match name.to_ascii_lowercase().as_str() {
                "true" => Ok(ExpressionKind::Bool(true)),
                "false" => Ok(ExpressionKind::Bool(false)),
                "null" => Ok(ExpressionKind::Null),
                _ => Err((ExpressionFault::Word(named(&name)), start..end)),
            };
        }
        let arguments = self.arguments()?;
        Ok(ExpressionKind::Call(Call { name, arguments, range: start..self.at }))
    }

    fn arguments(&mut self) -> Faulty<Vec<Expression>> {
        let mut arguments = Vec::new();
        if self.eat(')') {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.expression()?);
            if self.eat(')') {
                return Ok(arguments);
            }
            if !self.eat(',') {
                let found = Token(self.peek());
                return Err(self.fault(ExpressionFault::Argument(found)));
            }
        }
    }

    fn name(&mut self) -> String {
        self.take(continues_name).to_owned()
    }

    fn take(&mut self, wanted: impl Fn(char) -> bool) -> &str {
        let start = self.at;
        let rest = self.rest();
        self.at += rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.text.get(start..self.at).unwrap_or_default()
    }
}

fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn continues_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}
