//! Findings on what a program made, told where people wrote it.

use crate::{
    finding::{Coverage, Finding},
    source::{Sources, Span},
};

/// Turns every place in a made text into the one that it comes from. Edits of a made text help
/// nobody and are left out; what comes from nowhere in particular says so.
pub(super) fn bring_home(findings: &mut [Finding], coverage: &mut [Coverage], sources: &Sources) {
    if !sources.any_made() {
        return;
    }
    for finding in &mut *findings {
        let primary = finding.primary.as_ref().map(|label| label.span.file);
        if let Some(fix) = &mut finding.fix
            && primary.is_some_and(|file| sources.author(file) != file)
        {
            fix.edits.clear();
            fix.description = in_bicep(&fix.description);
        }
        if let Some(primary) = &mut finding.primary {
            match sources.written(primary.span) {
                Some(span) => primary.span = span,
                None => {
                    primary.span = top(primary.span, sources);
                    finding.message.push_str(" (where in the file was not found)");
                }
            }
        }
        finding.related.retain_mut(|label| {
            let span = sources.written(label.span);
            label.span = span.unwrap_or(label.span);
            span.is_some()
        });
    }
    // Without a place it would pass for a rule of Azure's own.
    let home =
        |span: &mut Span| *span = sources.written(*span).unwrap_or_else(|| top(*span, sources));
    for decider in coverage.iter_mut().flat_map(|row| &mut row.decided_by) {
        decider.span.iter_mut().chain(&mut decider.mark).for_each(home);
    }
}

/// The top of the file that `span` was made from.
fn top(span: Span, sources: &Sources) -> Span {
    Span { file: sources.author(span.file), start: 0, end: 0 }
}

/// A rule ready to paste, as Bicep writes it: keys without quotes, strings with single ones, no
/// commas.
fn in_bicep(description: &str) -> String {
    let lines = description.lines().map(|line| {
        let inner = line.trim_start();
        let indent = line.len() - inner.len();
        let Some((key, value)) = inner.strip_prefix('"').and_then(|rest| rest.split_once("\": "))
        else {
            let end = if indent > 0 || inner == "}," { inner.trim_end_matches(',') } else { inner };
            let bare = end.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            let end = bare.map_or_else(|| end.to_owned(), quoted);
            return format!("{:indent$}{end}", "");
        };
        let value = value.trim_end_matches(',');
        let bare = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let value = bare.map_or_else(|| value.to_owned(), quoted);
        format!("{:indent$}{key}: {value}", "")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "\\'").replace("${", "\\${"))
}

#[cfg(test)]
mod tests {
    use super::in_bicep;

    #[test]
    fn a_rule_to_paste_is_bicep() {
        let json = r#"add this rule to the group:
{
  "name": "it's",
  "properties": {
    "priority": 100,
    "ports": [
      "80",
      "443"
    ]
  }
}"#;
        let bicep = r"add this rule to the group:
{
  name: 'it\'s'
  properties: {
    priority: 100
    ports: [
      '80'
      '443'
    ]
  }
}";
        assert_eq!(in_bicep(json), bicep);
    }
}
