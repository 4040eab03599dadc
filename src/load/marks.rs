//! Tells from the bytes of a file whether a closer look is worth it.

use super::decode::{is_binary, is_utf16};
use memchr::{memchr2_iter, memmem};

/// Other marks of policy; written so that the usual casings of the first letter fit.
const MARKS: [&str; 12] = [
    "rulecollection",
    "uleCollection",
    "outeTables",
    "routetables",
    "destinationPortRange",
    "DestinationPortRange",
    "azurerm_",
    "ipGroups",
    "zureFirewalls",
    "azurefirewalls",
    "irewallPolic",
    "applicationSecurityGroups",
];

/// Whether the text holds a resource type or key that belongs to network policy.
pub(super) fn bears_mark(bytes: &[u8]) -> bool {
    names_security(bytes)
        || MARKS.iter().any(|mark| memmem::find(bytes, mark.as_bytes()).is_some())
        || is_script(bytes)
}

/// Whether the beginning of a file may be that of policy.
pub(super) fn is_worth_reading(head: &[u8]) -> bool {
    let is_json = is_utf16(head) || starts_like_json(head);
    is_json && !head.is_empty() && !is_binary(head)
}

/// Whether the text may be policy, or deploy other files that are.
pub(super) fn is_ours(bytes: &[u8]) -> bool {
    bears_mark(bytes) || memmem::find(bytes, b"templateLink").is_some()
}

/// Whether a template in the text may link to other files.
pub(super) fn has_links(bytes: &[u8]) -> bool {
    ["templateLink", "parametersLink"].iter().any(|it| memmem::find(bytes, it.as_bytes()).is_some())
}

/// `securityRules`, `networkSecurityGroups` and `effectiveSecurityRules`, in any case.
fn names_security(bytes: &[u8]) -> bool {
    const BEFORE: &[u8] = b"securit";
    memchr2_iter(b'y', b'Y', bytes).any(|at| {
        let before = at.checked_sub(BEFORE.len()).and_then(|start| bytes.get(start..at));
        let follows = |name: &[u8]| {
            bytes.get(at + 1..at + 1 + name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name))
        };
        before.is_some_and(|before| before.eq_ignore_ascii_case(BEFORE))
            && (follows(b"rules") || follows(b"groups"))
    })
}

/// A proxy script.
pub(super) fn is_script(bytes: &[u8]) -> bool {
    memmem::find(bytes, b"FindProxyForURL").is_some()
}

/// Whether the first character is that of an object or list.
pub(super) fn opens_like_json(bytes: &[u8]) -> bool {
    matches!(after_space(bytes).first(), Some(b'{' | b'['))
}

/// Whether the text begins as an object or a list of objects does. Much else begins with a
/// bracket or a comment: Markdown, code, templates of other tools. A text that ends before one
/// can tell may be one.
fn starts_like_json(bytes: &[u8]) -> bool {
    let mut rest = after_space(bytes);
    while let [b'[', inner @ ..] = rest {
        rest = after_space(inner);
    }
    match rest {
        [b'{', inner @ ..] => matches!(after_space(inner).first(), Some(b'"' | b'}') | None),
        // An empty list.
        [first, ..] => *first == b']',
        [] => true,
    }
}

/// The text after white space and comments.
fn after_space(mut bytes: &[u8]) -> &[u8] {
    loop {
        bytes = bytes.trim_ascii_start();
        bytes = match bytes {
            [b'/', b'/', comment @ ..] => {
                let end = memchr::memchr2(b'\n', b'\r', comment).unwrap_or(comment.len());
                comment.get(end..).unwrap_or_default()
            }
            [b'/', b'*', comment @ ..] => {
                let end = memmem::find(comment, b"*/").map_or(comment.len(), |end| end + 2);
                comment.get(end..).unwrap_or_default()
            }
            [0xEF, 0xBB, 0xBF, rest @ ..] => rest,
            _ => return bytes,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_policy_is_told_from_that_of_other_texts() {
        let yes: [&str; 9] = [
            "{\"a\": 1}",
            " \r\n[ {\"a\"",
            "[[{\"",
            "\u{feff}// x\n/* y */ { // z\n \"a",
            "{}",
            "[]",
            "{",
            "",
            "/* never ends",
        ];
        for text in yes {
            assert!(starts_like_json(text.as_bytes()), "{text}");
        }
        let no =
            ["[link](a)", "[![badge]", "{{ if }}", "{% x %}", "// c\nusing X;", "{ a: 1 }", "x"];
        for text in no {
            assert!(!starts_like_json(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn marks_are_found_in_any_usual_case() {
        for text in [
            "\"securityRules\"",
            "\"SECURITYGROUPS\"",
            "microsoft.network/networksecuritygroups",
            "effectiveSecurityRules",
            "Microsoft.Network/azureFirewalls",
            "azurerm_route_table",
            "function FindProxyForURL(",
        ] {
            assert!(bears_mark(text.as_bytes()), "{text}");
        }
        for text in ["", "y", "security", "securityContext", "yyyyyyyy", "securitygroup"] {
            assert!(!bears_mark(text.as_bytes()), "{text}");
        }
    }
}
