//! Paths as URI references (RFC 3986).

use std::fmt::Write as _;

/// `path` as SARIF wants it: relative paths stay relative, `/` stands between parts, and what is
/// not a plain letter, digit or mark is percent-encoded. A backslash is a slash
/// on Windows only; elsewhere it is a part of a name.
pub(super) fn of_path(path: &str) -> String {
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
    if path.starts_with("//") {
        return format!("file:{}", encoded(&path));
    }
    if path.starts_with('/') {
        return format!("file://{}", encoded(&path));
    }
    if let Some((drive, rest)) = path.split_once(':')
        && drive.len() == 1
        && drive.starts_with(|c: char| c.is_ascii_alphabetic())
        && rest.starts_with('/')
    {
        return format!("file:///{drive}:{}", encoded(rest));
    }
    encoded(path.strip_prefix("./").unwrap_or(&path))
}

fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string can't fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::of_path;

    #[test]
    fn paths_of_every_system_become_uris() {
        for (path, uri) in [
            ("net/50% off.json", "net/50%25%20off.json"),
            ("./a.json", "a.json"),
            ("../a.json", "../a.json"),
            ("net/本.json", "net/%E6%9C%AC.json"),
            ("/srv/a#b.json", "file:///srv/a%23b.json"),
            ("C:/net/a.json", "file:///C:/net/a.json"),
            ("//host/share/a.json", "file://host/share/a.json"),
            ("a:b.json", "a%3Ab.json"),
            ("c:", "c%3A"),
            ("-", "-"),
            ("a\x1b\n?", "a%1B%0A%3F"),
        ] {
            assert_eq!(of_path(path), uri);
        }
        let backslash = if cfg!(windows) { "a/b.json" } else { "a%5Cb.json" };
        assert_eq!(of_path(r"a\b.json"), backslash);
    }
}
