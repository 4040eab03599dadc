//! The shape of a Bicep file: declarations, and the objects and lists in them, with their places.

use super::scan::Reader;
use std::ops::Range;

/// Deeper values are passed over as a whole.
const MAX_DEPTH: usize = 64;

/// The declarations of a file, in the order of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Source {
    /// Its declarations.
    pub(super) declarations: Vec<Declaration>,
}

/// A declaration at the top of a file, or a resource inside of another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declaration {
    pub(super) sort: Sort,
    /// The name that the file uses for it.
    pub(super) symbol: String,
    /// From the keyword to the end of the line.
    pub(super) head: Range<usize>,
    pub(super) value: Value,
}

/// What is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// A resource of that type, without its version; `existing` ones are only referred to.
    Resource {
        kind: String,
        existing: bool,
    },
    /// A module, with its path or reference.
    Module {
        path: String,
    },
    /// A parameter; the value is its default.
    Parameter,
    Variable,
    /// The template of a parameters file.
    Using {
        path: String,
    },
}

/// A value, as far as it is written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) range: Range<usize>,
    pub(super) form: Form,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Object {
        members: Vec<(String, Value)>,
        /// Resources that stand in the body of another one.
        nested: Vec<Declaration>,
    },
    List(Vec<Value>),
    /// `[for x in y: value]`
    Loop(Box<Value>),
    /// A string without anything to work out in it.
    Text(String),
    Other,
}

impl Source {
    /// Reads as far as the text can be understood; what is past a fault is left out.
    pub(super) fn read(text: &str) -> Self {
        let mut reader = Reader { text, at: 0 };
        let mut declarations = Vec::new();
        loop {
            reader.blank();
            if reader.rest().is_empty() {
                return Self { declarations };
            }
            let before = reader.at;
            if let Some(declaration) = reader.declaration(0) {
                declarations.push(declaration);
            } else {
                reader.at = before;
                reader.other();
                reader.line_end();
            }
        }
    }

    /// The modules that it deploys from other files, as written.
    pub(super) fn modules(&self) -> impl Iterator<Item = &str> {
        self.declarations.iter().filter_map(|declaration| match &declaration.sort {
            Sort::Module { path } => Some(path.as_str()),
            Sort::Using { .. } | Sort::Resource { .. } | Sort::Parameter | Sort::Variable => None,
        })
    }

    /// The template that a parameters file is for, as written.
    pub(super) fn using(&self) -> Option<&str> {
        self.declarations.iter().find_map(|declaration| match &declaration.sort {
            Sort::Using { path } => Some(path.as_str()),
            Sort::Module { .. } | Sort::Resource { .. } | Sort::Parameter | Sort::Variable => None,
        })
    }
}

impl Reader<'_> {
    fn declaration(&mut self, depth: usize) -> Option<Declaration> {
        let start = self.at;
        let keyword = self.word()?;
        self.space();
        let (sort, symbol) = match keyword {
            "using" => {
                let path = self.literal()?;
                (Sort::Using { path }, String::new())
            }
            "resource" | "module" => {
                let symbol = self.word()?.to_owned();
                self.space();
                let text = self.literal()?;
                self.space();
                let sort = if keyword == "module" {
                    Sort::Module { path: text }
                } else {
                    let kind = text.split('@').next().unwrap_or_default().to_owned();
                    Sort::Resource { kind, existing: self.eat("existing") }
                };
                (sort, symbol)
            }
            "param" | "var" => {
                let symbol = self.word()?.to_owned();
                let sort = if keyword == "var" { Sort::Variable } else { Sort::Parameter };
                (sort, symbol)
            }
            _ => return None,
        };
        let head_end = self.text.get(start..).and_then(|rest| rest.find(['\n', '\r']));
        let head = start..head_end.map_or(self.text.len(), |end| start + end);
        let is_assigned = self.assignment(&sort);
        let value = if is_assigned {
            self.blank();
            self.value(depth)
        } else {
            Value { range: head.clone(), form: Form::Other }
        };
        Some(Declaration { sort, symbol, head, value })
    }

    /// Past the `=` of a declaration; a parameter has its type before it, and may have no value.
    fn assignment(&mut self, sort: &Sort) -> bool {
        self.space();
        match sort {
            Sort::Using { .. } => false,
            Sort::Resource { .. } | Sort::Module { .. } | Sort::Variable => self.eat("="),
            Sort::Parameter => {
                if self.eat("=") {
                    return true;
                }
                // A type can be an object over many lines.
                while let Some(byte) = self.peek() {
                    match byte {
                        b'=' => {
                            self.at += 1;
                            return true;
                        }
                        b'\n' | b'\r' => return false,
                        _ => self.piece(),
                    }
                }
                false
            }
        }
    }

    fn value(&mut self, depth: usize) -> Value {
        let start = self.at;
        let is_shallow = depth < MAX_DEPTH;
        let form = match self.peek() {
            Some(b'{') if is_shallow => self.object(depth),
            Some(b'[') if is_shallow => self.list(depth),
            Some(b'\'') => self.literal().map(Form::Text),
            // The condition of a resource or module stands before its body.
            Some(b'i') if is_shallow && self.condition() => {
                return self.value(depth + 1);
            }
            _ => None,
        };
        let end = self.at;
        if let Some(form) = form
            && self.ends_here()
        {
            return Value { range: start..end, form };
        }
        self.at = start;
        self.other();
        let text = self.text.get(start..self.at).unwrap_or_default();
        Value { range: start..start + text.trim_end().len(), form: Form::Other }
    }

    /// Past `if (…)`, where there is one.
    fn condition(&mut self) -> bool {
        let start = self.at;
        if self.word() == Some("if") {
            self.space();
            if self.peek() == Some(b'(') {
                self.piece();
                self.blank();
                return true;
            }
        }
        self.at = start;
        false
    }

    /// Whether a value ends here: nothing follows that makes it a part of an expression.
    fn ends_here(&mut self) -> bool {
        let end = self.at;
        self.space();
        let is_line_end = matches!(self.peek(), None | Some(b'\n' | b'\r'));
        let is_end = if is_line_end {
            !self.goes_on()
        } else {
            matches!(self.peek(), Some(b',' | b'}' | b']' | b')'))
        };
        self.at = end;
        is_end
    }

    /// Whether the next line goes on with the expression of this one.
    fn goes_on(&mut self) -> bool {
        let before = self.at;
        self.blank();
        let rest = self.rest();
        let goes_on = ["?", ":", "&&", "||", "==", "!=", ".", "+"];
        let goes_on = goes_on.iter().any(|mark| rest.starts_with(mark)) && !rest.starts_with("...");
        self.at = before;
        goes_on
    }

    fn object(&mut self, depth: usize) -> Option<Form> {
        let mut members = Vec::new();
        let mut nested = Vec::new();
        self.at += 1;
        loop {
            self.blank();
            if self.eat("}") {
                return Some(Form::Object { members, nested });
            }
            if self.eat(",") {
                continue;
            }
            let before = self.at;
            match self.member(depth) {
                Some(member) => members.push(member),
                None => {
                    self.at = before;
                    match self.declaration(depth + 1) {
                        Some(declaration) => nested.push(declaration),
                        None => {
                            // A decorator, or `...spread`.
                            self.at = before;
                            self.other();
                            if self.at == before {
                                return None;
                            }
                        }
                    }
                }
            }
        }
    }

    fn member(&mut self, depth: usize) -> Option<(String, Value)> {
        let key = match self.peek() {
            Some(b'\'') => self.literal()?,
            _ => self.word()?.to_owned(),
        };
        self.space();
        if !self.eat(":") {
            return None;
        }
        self.blank();
        Some((key, self.value(depth + 1)))
    }

    fn list(&mut self, depth: usize) -> Option<Form> {
        self.at += 1;
        self.blank();
        let before = self.at;
        if self.word() == Some("for") {
            return self.each(depth);
        }
        self.at = before;
        let mut items = Vec::new();
        loop {
            self.blank();
            if self.eat("]") {
                return Some(Form::List(items));
            }
            if self.eat(",") {
                continue;
            }
            let before = self.at;
            let item = self.value(depth + 1);
            if self.at == before {
                return None;
            }
            items.push(item);
        }
    }

    /// The rest of `[for x in y: value]`.
    fn each(&mut self, depth: usize) -> Option<Form> {
        loop {
            match self.peek()? {
                b':' => break,
                b']' | b'}' => return None,
                _ => self.piece(),
            }
        }
        self.at += 1;
        self.blank();
        let value = self.value(depth + 1);
        self.blank();
        self.eat("]").then(|| Form::Loop(Box::new(value)))
    }

    /// A string in which nothing is to be worked out.
    fn literal(&mut self) -> Option<String> {
        let start = self.at;
        if self.peek() != Some(b'\'') || self.rest().starts_with("'''") {
            return None;
        }
        self.piece();
        let inner = self.text.get(start + 1..self.at)?.strip_suffix('\'')?;
        if inner.contains("${") {
            return None;
        }
        Some(inner.replace("\\'", "'").replace("\\\\", "\\"))
    }

    /// Past an expression: to the end of its line, or to what closes the value around it.
    fn other(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b',' | b'}' | b']' | b')' => return,
                b'\n' | b'\r' => {
                    if !self.goes_on() {
                        return;
                    }
                    self.blank();
                }
                _ => self.piece(),
            }
        }
    }
}
