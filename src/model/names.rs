//! Whether two names are the same where parts of them are not known. Azure compares names without
//! case (JS-002), and equal placeholders stand for equal values.

/// What can be told of two names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Same {
    /// They are the same.
    Yes,
    /// They differ.
    No,
    /// It depends on what is not known.
    Perhaps,
}

/// The name in the one form that all its spellings share: in lower case, and without the functions
/// that only change its case.
pub fn normal(name: &str) -> String {
    if !name.contains('{') {
        return name.to_lowercase();
    }
    let mut whole = String::with_capacity(name.len());
    for part in parts(name) {
        match part {
            Part::Known(text) => whole.push_str(&text.to_lowercase()),
            Part::Unknown(placeholder) => unknown(placeholder, &mut whole),
        }
    }
    whole
}

/// Adds a placeholder in its normal form: strings in it keep their case.
fn unknown(placeholder: &str, whole: &mut String) {
    let mut inner = placeholder.strip_prefix('{').unwrap_or(placeholder);
    inner = inner.strip_suffix('}').unwrap_or(inner);
    while let Some(argument) = cased(inner) {
        inner = argument;
    }
    if let Some(text) = inner.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''))
        && inner.len() < placeholder.len() - 2
        && !text.replace("''", "").contains('\'')
    {
        // Each round is shorter than the one before.
        whole.push_str(&normal(&text.replace("''", "'")));
        return;
    }
    whole.push('{');
    for (index, piece) in inner.split('\'').enumerate() {
        if index > 0 {
            whole.push('\'');
        }
        if index % 2 == 0 {
            whole.push_str(&piece.to_ascii_lowercase());
        } else {
            whole.push_str(piece);
        }
    }
    whole.push('}');
}

/// The argument of `toLower(…)` or `toUpper(…)`, if that is all of the expression.
fn cased(expression: &str) -> Option<&str> {
    let (function, rest) = expression.split_once('(')?;
    let is_case = ["toLower", "toUpper"].into_iter().any(|it| it.eq_ignore_ascii_case(function));
    let argument = rest.strip_suffix(')').filter(|_| is_case)?;
    let mut depth = 0_usize;
    let mut quoted = false;
    for byte in argument.bytes() {
        match byte {
            b'\'' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    (depth == 0 && !quoted).then_some(argument)
}

/// Whether an id in its normal form means the same resource in whatever file it stands: all of it
/// is known, from a subscription on. Documents write words such as `{id}` or `subid` for that, and
/// resources of equal names in two of them are two.
pub fn is_global(id: &str) -> bool {
    let subscription = |rest: &str| {
        let (subscription, rest) = rest.split_once('/')?;
        let is_odd = |c: char| !c.is_ascii_hexdigit() && !matches!(c, '-' | 'x' | '*');
        let is_real = !subscription.is_empty() && !subscription.contains(is_odd);
        (is_real && rest.starts_with("resourcegroups/")).then_some(())
    };
    !id.contains('{') && id.strip_prefix("/subscriptions/").and_then(subscription).is_some()
}

/// The length of the placeholder that `text` begins with: braces in quotes don't count. One that
/// is not closed takes all.
pub fn placeholder_end(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut quoted = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\'' => quoted = !quoted,
            b'{' if !quoted => depth += 1,
            b'}' if !quoted => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part<'n> {
    Known(&'n str),
    /// A placeholder with its braces.
    Unknown(&'n str),
}

fn parts(name: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let start = rest.find('{').unwrap_or(rest.len());
        let (known, after) = rest.split_at(start);
        if !known.is_empty() {
            parts.push(Part::Known(known));
        }
        let (unknown, after) = after.split_at(placeholder_end(after));
        if !unknown.is_empty() {
            parts.push(Part::Unknown(unknown));
        }
        rest = after;
    }
    parts
}

/// Compares two names in their normal form.
pub fn compare(a: &str, b: &str) -> Same {
    if a == b {
        return Same::Yes;
    }
    if !a.contains('{') && !b.contains('{') {
        return Same::No;
    }
    let (mut left, mut right) = (parts(a), parts(b));
    if strip(&mut left, &mut right, false) || strip(&mut left, &mut right, true) {
        return Same::No;
    }
    let known = |parts: &[Part<'_>]| -> usize {
        let length = |part: &Part<'_>| if let Part::Known(text) = part { text.len() } else { 0 };
        parts.iter().map(length).sum()
    };
    let is_known = |parts: &[Part<'_>]| parts.iter().all(|part| matches!(part, Part::Known(_)));
    // What is known as a whole must have room for all that is known of the other.
    let too_long =
        |whole: &[Part<'_>], other: &[Part<'_>]| is_known(whole) && known(other) > known(whole);
    match (left.as_slice(), right.as_slice()) {
        ([], []) => Same::Yes,
        (left, right) if too_long(left, right) || too_long(right, left) => Same::No,
        _ => Same::Perhaps,
    }
}

/// Takes away what both begin with (or end with); tells whether what is left begins (or ends) with
/// different characters.
fn strip(left: &mut Vec<Part<'_>>, right: &mut Vec<Part<'_>>, at_end: bool) -> bool {
    loop {
        let place = |parts: &[Part<'_>]| if at_end { parts.len().checked_sub(1) } else { Some(0) };
        let (Some(i), Some(j)) = (place(left), place(right)) else { return false };
        let (Some(a), Some(b)) = (left.get_mut(i), right.get_mut(j)) else { return false };
        match (a, b) {
            (Part::Known(a), Part::Known(b)) => {
                let length = common(a, b, at_end);
                if length == 0 {
                    return true;
                }
                *a = rest(a, length, at_end);
                *b = rest(b, length, at_end);
                let [a_is_over, b_is_over] = [a.is_empty(), b.is_empty()];
                if a_is_over {
                    left.remove(i);
                }
                if b_is_over {
                    right.remove(j);
                }
            }
            (Part::Unknown(a), Part::Unknown(b)) if a == b && !is_volatile(a) => {
                left.remove(i);
                right.remove(j);
            }
            _ => return false,
        }
    }
}

/// Has it another value every time it is evaluated?
fn is_volatile(placeholder: &str) -> bool {
    placeholder.to_ascii_lowercase().contains("copyindex")
}

/// How many bytes two texts begin with (or end with) alike.
fn common(a: &str, b: &str, at_end: bool) -> usize {
    let alike = |(a, b): &(char, char)| a == b;
    let length = |(a, _): (char, char)| a.len_utf8();
    if at_end {
        a.chars().rev().zip(b.chars().rev()).take_while(alike).map(length).sum()
    } else {
        a.chars().zip(b.chars()).take_while(alike).map(length).sum()
    }
}

fn rest(text: &str, length: usize, at_end: bool) -> &str {
    let rest = if at_end {
        text.len().checked_sub(length).and_then(|end| text.get(..end))
    } else {
        text.get(length..)
    };
    rest.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq};
    use proptest::proptest;

    #[test]
    fn one_name_has_one_normal_form_however_it_is_spelt() {
        for (name, same) in [
            ("NSG-App", "nsg-app"),
            ("{toLower(parameters('Q'))}", "{parameters('Q')}"),
            ("{toUpper(TOLOWER(parameters('Q')))}/R", "{parameters('Q')}/r"),
            ("{toLower('{parameters(''Q'')}-NSG')}", "{parameters('Q')}-nsg"),
            ("{ToLower('{toUpper(''{parameters(''''Q'''')}x'')}-n')}", "{parameters('Q')}x-n"),
            ("{uniqueString('A')}", "{UNIQUESTRING('A')}"),
        ] {
            assert_eq!(normal(name), normal(same), "{name}");
        }
        for (name, other) in [
            ("{uniqueString('A')}", "{uniqueString('a')}"),
            ("{toLower(a())}{toLower(b())}", "{a()}{c()}"),
            ("{concat(toLower(a()), b())}", "{concat(a(), b())}"),
        ] {
            assert_ne!(normal(name), normal(other), "{name}");
        }
    }

    #[test]
    fn names_differ_only_where_no_value_makes_them_equal() {
        for (a, b, expected) in [
            ("a", "a", Same::Yes),
            ("a", "b", Same::No),
            ("{p}", "{p}", Same::Yes),
            ("{p}", "{q}", Same::Perhaps),
            ("{p}", "n", Same::Perhaps),
            ("{p}-web", "{p}-db", Same::No),
            ("{p}-web", "{p}", Same::No),
            ("{p}{q}", "{p}", Same::Perhaps),
            ("web-{p}", "db-{q}", Same::No),
            ("{p}-web", "{q}-db", Same::No),
            ("{p}-web", "web", Same::No),
            ("{p}web", "web", Same::Perhaps),
            ("n{copyindex()}1", "n{copyindex()}", Same::Perhaps),
            ("{f('}-b')}", "zz-a", Same::Perhaps),
            ("{f('", "x", Same::Perhaps),
        ] {
            assert_eq!(compare(a, b), expected, "{a} {b}");
            assert_eq!(compare(b, a), expected, "{b} {a}");
        }
    }

    #[test]
    fn an_id_holds_in_all_files_only_where_all_of_it_is_known() {
        let group = "resourcegroups/rg/providers/microsoft.network/networksecuritygroups/n";
        for (subscription, expected) in [
            ("00000000-1111-2222-3333-44445555aaaa", true),
            ("0000", true),
            ("xxxxxxxx-xxxx", true),
            ("subid", false),
            ("{subscription().subscriptionid}", false),
            ("", false),
        ] {
            let id = format!("/subscriptions/{subscription}/{group}");
            assert_eq!(is_global(&id), expected, "{id}");
        }
        assert!(!is_global("n"));
        assert!(!is_global(&format!("/subscriptions/0000/{group}{{p}}")));
    }

    fn name() -> impl Strategy<Value = Vec<String>> {
        let part = prop::sample::select(vec!["a", "b", "ab", "{p}", "{q}", "-"]);
        prop::collection::vec(part.prop_map(str::to_owned), 0..5)
    }

    proptest! {
        #[test]
        fn what_is_told_of_names_holds_for_all_values(
            a in name(), b in name(), p in "[ab-]{0,3}", q in "[ab-]{0,3}",
        ) {
            let fill = |name: &[String]| name.concat().replace("{p}", &p).replace("{q}", &q);
            let is_same = fill(&a) == fill(&b);
            match compare(&a.concat(), &b.concat()) {
                Same::Yes => prop_assert!(is_same),
                Same::No => prop_assert!(!is_same),
                Same::Perhaps => {}
            }
            prop_assert_eq!(normal(&normal(&a.concat())), normal(&a.concat()));
        }
    }
}
