//! What can be wrong with a profile or an endpoint set: data here, words in `Display`, and in
//! every message what to write instead.

use super::terms::Choice;
use crate::source::Span;

/// One fault of a profile file and its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct ProfileError {
    /// Where in the file that was read.
    pub span: Span,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a profile file. `Display` says what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The file is larger than any profile can sensibly be.
    #[error("the profile has {bytes} bytes; split it, {limit} is the limit")]
    TooLarge {
        /// Its size in bytes.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// Not TOML; the message is the TOML reader's.
    #[error("not valid TOML: {message}")]
    Syntax {
        /// What the TOML reader says.
        message: String,
    },
    /// A key that has no meaning here.
    #[error("unknown key `{key}` in {table}; {}", Hint { near, known })]
    UnknownKey {
        /// The key as written.
        key: String,
        /// The kind of table.
        table: &'static str,
        /// A known key of nearly the same spelling.
        near: Option<&'static str>,
        /// All keys with a meaning here.
        known: &'static [&'static str],
    },
    /// A key that has to be there.
    #[error("{table} lacks `{key}`; add for example `{}`", example(key))]
    MissingKey {
        /// The key.
        key: &'static str,
        /// The kind of table.
        table: &'static str,
    },
    /// A value of another type.
    #[error("`{key}` must be {expected}, not {found}; write for example `{}`", example(key))]
    WrongType {
        /// The key whose value it is.
        key: &'static str,
        /// What it has to be.
        expected: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// An empty list, or text of nothing but blanks.
    #[error("`{key}` is empty; write for example `{}`", example(key))]
    Empty {
        /// The key whose value it is.
        key: &'static str,
    },
    /// A name or id with characters that a command line or a report cannot carry.
    #[error("`{text}` cannot be a name; use at most 64 letters, digits, `-`, `_` and `.`")]
    Name {
        /// The text as written.
        text: String,
    },
    /// Not a port or a range of ports.
    #[error("`{text}` is not a port; write a number from 0 to 65535 or a range like \"80-443\"")]
    Port {
        /// The text as written.
        text: String,
    },
    /// A range whose low end is above its high end.
    #[error("the range `{low}-{high}` is upside down; write \"{high}-{low}\"")]
    PortsReversed {
        /// The first number.
        low: u16,
        /// The second number.
        high: u16,
    },
    /// ICMP has no ports.
    #[error("`icmp` has no ports; leave `ports` out")]
    PortsOfIcmp,
    /// Not an address or prefix.
    #[error(
        "`{text}` is not an address; write an address or a prefix like \"10.1.0.0/16\" or \"2001:db8::/32\""
    )]
    Address {
        /// The text as written.
        text: String,
    },
    /// A prefix with bits set after its length.
    #[error(
        "`{text}` has bits set after its prefix length; write `{network}`, or give one address"
    )]
    HostBits {
        /// The text as written.
        text: String,
        /// The prefix that holds it.
        network: String,
    },
    /// Not a service tag.
    #[error("`{text}` is not a service tag: {flaw}")]
    Tag {
        /// The text as written.
        text: String,
        /// What is wrong with it.
        flaw: TagFlaw,
    },
    /// Not a host name or a pattern of host names.
    #[error("`{text}` is not a host name: {flaw}")]
    Host {
        /// The text as written.
        text: String,
        /// What is wrong with it.
        flaw: HostFlaw,
    },
    /// Not a date.
    #[error("`{text}` is not a date; write \"yyyy-mm-dd\" or \"yyyy-mm\"")]
    Date {
        /// The text as written.
        text: String,
    },
    /// Not one of a few words.
    #[error("`{text}` is not a value of `{key}`; {}", Hint { near, known })]
    Word {
        /// The key whose value it is.
        key: &'static str,
        /// The text as written.
        text: String,
        /// A known word of nearly the same spelling.
        near: Option<&'static str>,
        /// All words.
        known: Vec<&'static str>,
    },
    /// A row that names no destination.
    #[error(
        "`{id}` has no destination; give `tags`, `fqdns`, `addresses` or `endpoints` that hold in its clouds"
    )]
    NoDestination {
        /// The row.
        id: String,
    },
    /// A profile without rows.
    #[error("the profile asks for nothing; add a `[[require]]` table or `extends`")]
    NoRequirement,
    /// Two rows (or endpoints) of one id.
    #[error("`{id}` is there twice, first in line {line}; give each its own id")]
    DuplicateId {
        /// The id.
        id: String,
        /// Line of the first, from 1.
        line: u32,
    },
    /// A row of the same id comes from an extended profile.
    #[error("`{id}` is already a row of the extended profile `{profile}`; give it another id")]
    InheritedId {
        /// The id.
        id: String,
        /// The profile that has it.
        profile: String,
    },
    /// No such endpoint set, or no such endpoint in it.
    #[error("there are no endpoints `{name}`; {}", Hint { near, known })]
    UnknownEndpoints {
        /// The name as written.
        name: String,
        /// A known name of nearly the same spelling.
        near: Option<String>,
        /// All names at that level.
        known: Vec<String>,
    },
    /// No such built-in profile.
    #[error("there is no built-in profile `{name}`; {}", Hint { near, known })]
    UnknownProfile {
        /// The name as written.
        name: String,
        /// A known name of nearly the same spelling.
        near: Option<String>,
        /// All names.
        known: Vec<String>,
    },
    /// A profile that extends itself in the end.
    #[error("profile {} extends itself; leave one of them out", Chain(chain))]
    Cycle {
        /// The profiles in order, the first again at the end.
        chain: Vec<String>,
    },
    /// A fault inside a built-in file that this one draws on.
    #[error("the built-in `{name}` is broken: {message}")]
    BuiltIn {
        /// The built-in profile or endpoint set.
        name: String,
        /// Its first fault.
        message: String,
    },
    /// A sample host that none of the row's patterns covers.
    #[error("no pattern here covers the witness `{host}`; mend the host or add its pattern")]
    WitnessOutside {
        /// The host.
        host: String,
    },
    /// A host that must stay outside, but a pattern covers it.
    #[error("`{pattern}` covers the negative witness `{host}`; mend one of the two")]
    WitnessInside {
        /// The host.
        host: String,
        /// The pattern.
        pattern: String,
    },
}

/// Why a text is no service tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagFlaw {
    /// It is an address.
    #[error("it is an address; write it under `addresses`")]
    IsAddress,
    /// Characters that no tag has, or too many dots.
    #[error("write a name like \"AzureBackup\", \"Storage.JapanEast\" or \"Storage.{{region}}\"")]
    Characters,
    /// `{…}` that is not `{region}`, or not the last part.
    #[error("only `{{region}}` is filled in, and only as the last part: \"Storage.{{region}}\"")]
    Hole,
}

/// Why a text is no host name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostFlaw {
    /// It is an address.
    #[error("it is an address; write it under `addresses`")]
    IsAddress,
    /// A URL, a path or a port.
    #[error("leave out scheme, path and port")]
    Url,
    /// A `*` that is not the whole first label. `*blob.example` would cover `evilblob.example`.
    #[error("`*` stands only for whole labels at the front, as in \"*.blob.core.windows.net\"")]
    Wildcard,
    /// `{…}` that is not `{region}` or `{geo}`, or not a whole label.
    #[error("only `{{region}}` and `{{geo}}` are filled in, each as a whole label")]
    Hole,
    /// Characters that no host name has, an empty label, or too long.
    #[error("write labels of letters, digits and `-` (punycode for others), with dots between")]
    Characters,
}

/// "did you mean …" where there is something near, else everything there is.
struct Hint<'h, N, K> {
    near: &'h Option<N>,
    known: &'h [K],
}

impl<N: AsRef<str>, K: AsRef<str>> std::fmt::Display for Hint<'_, N, K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(near) = self.near {
            return write!(f, "did you mean `{}`?", near.as_ref());
        }
        f.write_str("known are")?;
        for (at, word) in self.known.iter().enumerate() {
            write!(f, "{} `{}`", if at == 0 { "" } else { "," }, word.as_ref())?;
        }
        Ok(())
    }
}

/// `a` → `b` → `a`.
struct Chain<'c>(&'c [String]);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, name) in self.0.iter().enumerate() {
            write!(f, "{}`{name}`", if at == 0 { "" } else { " → " })?;
        }
        Ok(())
    }
}

/// A value that fits `key`, as it would be written.
fn example(key: &str) -> &'static str {
    match key {
        "name" => "name = \"my-workload\"",
        "title" => "title = \"What my workload must reach\"",
        "id" => "id = \"storage-443\"",
        "require" => "[[require]]",
        "endpoint" => "[[endpoint]]",
        "extends" => "extends = [\"azure-backup\"]",
        "endpoints" => "endpoints = \"storage\"",
        "tags" => "tags = [\"Storage.{region}\"]",
        "fqdns" => "fqdns = [\"*.blob.core.windows.net\"]",
        "addresses" => "addresses = [\"10.1.0.0/16\"]",
        "witnesses" | "negative-witnesses" => "witnesses = [\"host.example.com\"]",
        "ports" => "ports = [443, \"8000-8080\"]",
        "protocol" => "protocol = \"tcp\"",
        "severity" => "severity = \"error\"",
        "source" => "source = \"Network plan, section 4\"",
        "as_of" => "as_of = \"2026-08-14\"",
        "from" => "from = \"VirtualNetwork\"",
        "cloud" => "cloud = [\"public\"]",
        "private-endpoint" => "private-endpoint = true",
        "optional" => "optional = true",
        _ => "note = \"why\"",
    }
}

/// The candidate that is spelt nearly like `text`: at most a third of its letters differ, `-`,
/// `_` and case apart. The first of several equally near ones.
pub(super) fn near<'c, T: AsRef<str> + ?Sized>(
    text: &str,
    candidates: impl IntoIterator<Item = &'c T>,
) -> Option<&'c T> {
    // Spelling distance costs length squared: what is longer than any name here has no neighbour.
    if text.len() > 64 {
        return None;
    }
    let plain = |text: &str| text.to_ascii_lowercase().replace('_', "-");
    let text = plain(text);
    candidates
        .into_iter()
        .map(|candidate| {
            (strsim::damerau_levenshtein(&text, &plain(candidate.as_ref())), candidate)
        })
        .filter(|&(distance, _)| distance <= text.chars().count().div_ceil(3).min(3))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// The fault of a `text` that is none of the words of `T`.
pub(super) fn no_such_word<T: Choice>(key: &'static str, text: &str) -> Fault {
    let known: Vec<_> = T::ALL.iter().map(|choice| choice.word()).collect();
    let near = near(text, known.iter().copied());
    Fault::Word { key, text: text.to_owned(), near, known }
}
