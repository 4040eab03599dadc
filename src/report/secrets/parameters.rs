//! Values of parameters: any of them may be a secret, and no name says so. What a template is
//! deployed with is shown only where a finding points at it.

use crate::{
    document::{Document, Kind, Node, OddityKind},
    source::{FileId, SourceFile},
};
use std::ops::Range;

/// What is hidden in the excerpts of one file.
#[derive(Debug, Default)]
pub(in crate::report) struct Veil {
    /// In order, and apart.
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    range: Range<usize>,
    /// The value of the parameter that it is, or is a part of. A label inside of it shows what the
    /// label covers; without it nothing does.
    value: Option<Range<usize>>,
}

impl Veil {
    /// What `file` holds of values of parameters.
    pub(in crate::report) fn of(file: &SourceFile) -> Self {
        let text = file.text();
        let is_of_kind = |end: &str| {
            let from = file.path.len().checked_sub(end.len());
            let own = from.and_then(|from| file.path.get(from..));
            own.is_some_and(|own| own.eq_ignore_ascii_case(end))
        };
        let mut pieces = if is_of_kind(".bicepparam") {
            super::bicep::literals(text, true)
        } else if is_of_kind(".bicep") {
            super::bicep::literals(text, false)
        } else if may_hold_values(text) {
            return Self::of_json(text);
        } else {
            Vec::new()
        };
        let piece = |(range, value)| Piece { range, value: Some(value) };
        let mut pieces: Vec<Piece> = pieces.drain(..).map(piece).collect();
        pieces.sort_by_key(|piece| piece.range.start);
        Self { pieces }
    }

    fn of_json(text: &str) -> Self {
        // Of a text that is no JSON what can be read is looked at.
        let document = match Document::parse(FileId(0), text) {
            Ok(document) => document,
            Err(_) => Document::parse_sequence(FileId(0), text).document,
        };
        let mut pieces = Vec::new();
        let mut done = 0;
        for root in document.roots().filter(|root| is_parameters_file(*root)) {
            of_parameters_file(root, &mut pieces);
            done = done.max(range(root).end);
        }
        for node in document.nodes().filter(|node| node.kind() == Kind::Object) {
            if range(node).start < done {
                continue;
            }
            let given = node.members().filter(|(key, _)| key.is("parameters"));
            for (_, parameter) in given.flat_map(|(_, given)| given.members()) {
                for (_, value) in parameter.members().filter(|(key, _)| key.is("value")) {
                    scalars(value, Some(&range(value)), &mut pieces);
                    done = done.max(range(value).end);
                }
            }
        }
        if document.roots().any(is_parameters_file) {
            let is_comment =
                |kind| matches!(kind, OddityKind::LineComment | OddityKind::BlockComment);
            let comments = document.oddities().iter().filter(|oddity| is_comment(oddity.kind));
            pieces.extend(comments.map(|comment| Piece {
                range: wide(comment.span.start)..wide(comment.span.end),
                value: None,
            }));
        }
        pieces.sort_by_key(|piece| piece.range.start);
        Self { pieces }
    }

    /// What is hidden from `extent`, with labels at `marks`.
    pub(in crate::report) fn over<'v>(
        &'v self,
        extent: &'v Range<usize>,
        marks: &'v [Range<usize>],
    ) -> impl Iterator<Item = Range<usize>> + 'v {
        let touches = |left: &Range<usize>, right: &Range<usize>| {
            left.start < right.end && right.start < left.end
        };
        let holds = |outer: &Range<usize>, inner: &Range<usize>| {
            outer.start <= inner.start && inner.end <= outer.end
        };
        let is_shown = move |piece: &Piece| {
            piece.value.as_ref().is_some_and(|value| {
                marks.iter().any(|mark| holds(value, mark) && touches(mark, &piece.range))
            })
        };
        let from = self.pieces.partition_point(|piece| piece.range.end <= extent.start);
        let to = self.pieces.partition_point(|piece| piece.range.start < extent.end);
        let near = self.pieces.get(from..to).unwrap_or_default().iter();
        near.filter(move |piece| touches(&piece.range, extent) && !is_shown(piece))
            .map(|piece| piece.range.clone())
    }
}

/// Is it worth while to read the text? Most files with findings hold no such values.
fn may_hold_values(text: &str) -> bool {
    let has = |word: &str| holds_word(text, word);
    let escaped = memchr::memmem::find(text.as_bytes(), b"\\u00").is_some();
    let is_template = has("resources") || has("securityrules");
    escaped
        || !is_template
        || (has("parameters") && (has("\"value\"") || has("deploymentparameters")))
}

/// Does `text` hold the word, in any case?
fn holds_word(text: &str, word: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(&first) = word.as_bytes().first() else { return true };
    memchr::memchr2_iter(first, first.to_ascii_uppercase(), bytes).any(|at| {
        let there = bytes.get(at..at + word.len());
        there.is_some_and(|there| there.eq_ignore_ascii_case(word.as_bytes()))
    })
}

/// Is it what templates are deployed with? Tools take it with and without the object around.
fn is_parameters_file(root: Node<'_>) -> bool {
    if root.kind() != Kind::Object || root.get("resources").is_some() {
        return false;
    }
    let schema = root.get("$schema").and_then(|schema| schema.text());
    if schema.is_some_and(|it| holds_word(&it, "deploymentparameters.json")) {
        return true;
    }
    let is_object = |node: Node<'_>| node.kind() == Kind::Object;
    let is_given = |node: Node<'_>| node.get("value").or_else(|| node.get("reference")).is_some();
    match root.get("parameters") {
        Some(all) => {
            is_object(all)
                && ["template", "properties", "type"].iter().all(|key| root.get(key).is_none())
        }
        None => {
            root.members().any(|(_, value)| is_given(value))
                && root.members().all(|(_, value)| is_object(value))
        }
    }
}

/// All that is neither a key nor a mark, but the two members that say what the file is.
fn of_parameters_file(root: Node<'_>, pieces: &mut Vec<Piece>) {
    let entries = root.get("parameters").unwrap_or(root);
    let is_entries = |node: Node<'_>| node.span() == entries.span();
    if !is_entries(root) {
        for (key, value) in root.members() {
            if !is_entries(value) && !key.is("$schema") && !key.is("contentVersion") {
                scalars(value, None, pieces);
            }
        }
    }
    for (_, parameter) in entries.members() {
        if parameter.members().next().is_none() {
            scalars(parameter, None, pieces);
        }
        for (key, value) in parameter.members() {
            let own = key.is("value").then(|| range(value));
            scalars(value, own.as_ref(), pieces);
        }
    }
}

/// The strings and numbers in `node`, less the marks around them; an expression is no secret.
fn scalars(node: Node<'_>, value: Option<&Range<usize>>, pieces: &mut Vec<Piece>) {
    let mut range = range(node);
    match node.kind() {
        Kind::Object => node.members().for_each(|(_, member)| scalars(member, value, pieces)),
        Kind::Array => node.items().for_each(|item| scalars(item, value, pieces)),
        Kind::String => {
            range = range.start + 1..range.end.saturating_sub(1);
            let is_expression = node.text().is_some_and(|text| super::is_expression(&text));
            if !(is_expression || range.is_empty()) {
                pieces.push(Piece { range, value: value.cloned() });
            }
        }
        Kind::Number => pieces.push(Piece { range, value: value.cloned() }),
        Kind::Bool | Kind::Null => {}
    }
}

fn range(node: Node<'_>) -> Range<usize> {
    let span = node.span();
    wide(span.start)..wide(span.end)
}

fn wide(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(path: &str, text: &str, mark: &str) -> String {
        let veil = Veil::of(&SourceFile::new(path, text));
        let start = text.find(mark).unwrap();
        let mark = start..start + mark.len();
        let marks: Vec<_> = std::iter::once(mark).filter(|mark| !mark.is_empty()).collect();
        let all = 0..text.len();
        let shown: Vec<&str> = veil.over(&all, &marks).map(|range| &text[range]).collect();
        shown.join(" ")
    }

    #[test]
    fn every_value_of_a_parameters_file_is_hidden_unless_pointed_at() {
        let schema = r#"{ "$schema": "https://x/deploymentParameters.json#", "contentVersion": "1",
            "parameters": { "a": { "value": "one" }, // old: "six"
                "b": { "value": { "c": ["two", "three"], "d": 4 } }, "e": "five",
                "f": { "reference": { "secretName": "seven" } } } }"#;
        let hides = |mark| hidden("x.json", schema, mark);
        assert_eq!(hides(""), "one // old: \"six\" two three 4 five seven");
        assert_eq!(hides("\"two\""), "one // old: \"six\" three 4 five seven");
        assert_eq!(hides("[\"two\", \"three\"]"), "one // old: \"six\" 4 five seven");
        // A label around more than a value shows nothing of it.
        assert_eq!(hides("{ \"a\": { \"value\": \"one\" }"), hides(""));
        assert_eq!(hides("\"five\""), hides(""));
        assert_eq!(hidden("x.json", r#"{ "a": { "value": "one" } }"#, ""), "one");
        assert_eq!(hidden("x.json", r#"{ "Parameters": { "a": "one" } }"#, ""), "one");
        assert_eq!(hidden("x.json", r#"{ "p\u0061rameters": { "a": "one" } }"#, ""), "one");
    }

    #[test]
    fn what_a_template_gives_to_a_nested_one_is_hidden_and_its_expressions_are_not() {
        let template = r#"{ "parameters": { "p": { "type": "string", "defaultValue": "shown" } },
            "resources": [{ "type": "deployments", "properties": { "parameters": {
                "a": { "value": "one" }, "b": { "value": "[parameters('p')]" } } } }],
            "outputs": { "o": { "value": "shown" } } }"#;
        assert_eq!(hidden("x.json", template, ""), "one");
        assert_eq!(hidden("x.json", template, "\"one\""), "");
        let plain = r#"{ "value": [{ "name": "shown", "properties": {} }] }"#;
        assert_eq!(hidden("x.json", plain, ""), "");
    }

    #[test]
    fn literals_of_bicep_parameters_are_hidden() {
        let text =
            "using './a.bicep'\nparam a = 'one' // 'six'\nparam b = {\n  c: 'two'\n  d: 34\n}\n";
        assert_eq!(hidden("x.bicepparam", text, ""), "./a.bicep one // 'six' two 34");
        assert_eq!(hidden("x.bicepparam", text, "'two'"), "./a.bicep one // 'six' 34");
        let module = "param s string = 'shown'\nmodule m 'm.bicep' = {\n  name: 'm'\n  params: {\n    a: 'one'\n    b: '''two\n'''\n    c: s\n  }\n}\n";
        assert_eq!(hidden("x.bicep", module, ""), "one two\n");
        assert_eq!(hidden("x.bicep", module, "a: 'one'"), "two\n");
        assert_eq!(hidden("x.bicep", module, "name: 'm'\n  params: {\n    a: 'one'"), "one two\n");
    }
}
