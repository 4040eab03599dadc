//! Which names are those of secrets.

/// What the name of a secret ends with, in lower case, without `-`, `_` and the ending of a plural.
const ENDINGS: [&str; 25] = [
    "password",
    "passwd",
    "passphrase",
    "passkey",
    "passcode",
    "secret",
    "accountkey",
    "accesskey",
    "sharedkey",
    "storagekey",
    "workspacekey",
    "primarykey",
    "secondarykey",
    "secretkey",
    "masterkey",
    "functionkey",
    "signingkey",
    "encryptionkey",
    "apikey",
    "privatekey",
    "subscriptionkey",
    "sharedaccesssignature",
    "token",
    "connectionstring",
    "credential",
];

/// Names that count only as a whole, being short.
const WHOLE: [&str; 5] = ["sig", "pwd", "pass", "login", "key"];

/// What may stand behind the name of a secret without making another thing of it.
const TAILS: [&str; 4] = ["value", "data", "text", "base64"];

/// Longer names are none.
const MAX_NAME: usize = 120;

/// A name in lower case, less everything that is no letter and no digit.
#[derive(Debug)]
pub(super) struct Name {
    plain: String,
    /// What stands before it.
    pub(super) before: Option<char>,
}

impl Name {
    /// The name that ends before `end`; quotes and blanks between are passed over.
    pub(super) fn before(text: &str, end: usize) -> Self {
        let before = text.get(..end).unwrap_or_default();
        let before = before.trim_end_matches([' ', '\t', '"', '\'', '\\', '`']);
        let from = before.ceil_char_boundary(before.len().saturating_sub(MAX_NAME));
        let tail = unescaped(before.get(from..).unwrap_or_default());
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let mut name = tail.rsplit(|c| !is_part(c)).next().unwrap_or_default();
        let before = tail.strip_suffix(name).and_then(|before| before.chars().next_back());
        if before == Some('%') {
            // The digits of a percent escape, itself escaped or not, are not part of the name.
            while let Some(rest) = name.strip_prefix("25") {
                name = rest;
            }
            name = name.get(2..).unwrap_or_default();
        }
        let plain =
            name.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase());
        Self { plain: plain.collect(), before }
    }

    fn stem(&self) -> &str {
        let digits = |name: &'_ str| name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let stem = self.plain.get(..digits(&self.plain)).unwrap_or_default();
        let tail = TAILS.iter().find_map(|tail| self.plain.strip_suffix(tail));
        let stem = tail.filter(|rest| !rest.is_empty()).unwrap_or(stem);
        stem.get(..digits(stem)).unwrap_or_default()
    }

    /// Several of them?
    pub(super) fn is_plural(&self) -> bool {
        self.stem().ends_with('s') && !self.stem().ends_with("ss")
    }

    fn single(&self) -> &str {
        let stem = self.stem();
        if self.is_plural() { stem.get(..stem.len() - 1).unwrap_or_default() } else { stem }
    }

    /// Is it the name of a secret, even in prose?
    pub(super) fn is_plain_secret(&self) -> bool {
        ENDINGS.iter().any(|known| self.single().ends_with(known))
    }

    /// Is it the name of a secret where a value follows on it?
    pub(super) fn is_secret(&self) -> bool {
        // What functions of Azure are called with: `…/api/x?code=…`.
        let is_code = self.plain == "code" && matches!(self.before, Some('?' | '&' | ';' | '%'));
        is_code || WHOLE.contains(&self.single()) || self.is_plain_secret()
    }
}

/// `text` with the escapes `\u0041` as what they stand for.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\\u") {
        plain.push_str(before);
        let code = after.get(..4).and_then(|code| u32::from_str_radix(code, 16).ok());
        match code.and_then(char::from_u32) {
            Some(c) => {
                plain.push(c);
                rest = after.get(4..).unwrap_or_default();
            }
            None => {
                plain.push_str("\\u");
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}
