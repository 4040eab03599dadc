//! `--flows FILE`: records of a CSV file, chunk by chunk, each with its line.

use super::{
    super::{
        bounded,
        failure::{Failure, shown},
        near::near,
    },
    question::{Fault, Words},
};
use crate::report::clean;
use csv::{ByteRecord, Reader, ReaderBuilder, Trim};
use std::{
    io::{self, Cursor},
    path::{Path, PathBuf},
};

/// The columns that a flows file may have, in the order of [`Words`].
const COLUMNS: [&str; 6] =
    ["source", "source_port", "destination", "port", "protocol", "direction"];

/// So many records are asked about at a time.
const CHUNK: usize = 4096;

/// A file of flows.
pub(super) struct Records {
    path: PathBuf,
    reader: Reader<Cursor<Vec<u8>>>,
    columns: Columns,
    /// A place in the file, and the line that it is on.
    counted: (usize, u64),
}

/// Which field of a record is which column.
pub(super) struct Columns {
    fields: [Option<usize>; COLUMNS.len()],
    count: usize,
}

/// A record of the file.
pub(super) struct Record {
    line: u64,
    fields: ByteRecord,
}

impl Record {
    /// The line on which it begins, from 1.
    pub(super) const fn line(&self) -> u64 {
        self.line
    }
}

impl Records {
    /// Opens the file and reads its header.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let bytes = bounded::read(path, bounded::FLOWS)?;
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(Trim::All)
            .from_reader(Cursor::new(bytes));
        let mut header = ByteRecord::new();
        let found = reader.read_byte_record(&mut header);
        if !found.map_err(|error| unreadable(path, error))? {
            return Err(header_failure(path, "it is empty".to_owned()));
        }
        let columns = Columns::of(&header).map_err(|message| header_failure(path, message))?;
        Ok(Self { path: path.to_owned(), reader, columns, counted: (0, 1) })
    }

    /// The next records; none at the end of the file.
    pub(super) fn chunk(&mut self) -> Result<Vec<Record>, Failure> {
        let mut records = Vec::new();
        while records.len() < CHUNK {
            let mut fields = ByteRecord::new();
            let found = self.reader.read_byte_record(&mut fields);
            if !found.map_err(|error| unreadable(&self.path, error))? {
                break;
            }
            let start = fields.position().and_then(|at| usize::try_from(at.byte()).ok());
            let line = self.line(start.unwrap_or_default());
            records.push(Record { line, fields });
        }
        Ok(records)
    }

    /// The line of the record that is read from `start` on. The reader's own count stands before
    /// empty lines and between CR and LF, and knows no CR alone.
    fn line(&mut self, start: usize) -> u64 {
        let bytes = self.reader.get_ref().get_ref();
        let rest = bytes.get(start..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let (from, line) = self.counted;
        let start = start + blank;
        let passed = bytes.get(from..start).unwrap_or_default();
        let ends = passed.iter().zip(passed.iter().skip(1).map(Some).chain([None]));
        let ends =
            ends.filter(|&(&byte, next)| byte == b'\n' || (byte == b'\r' && next != Some(&b'\n')));
        let line = line + u64::try_from(ends.count()).unwrap_or_default();
        self.counted = (start, line);
        line
    }

    /// Which field is which column.
    pub(super) const fn columns(&self) -> &Columns {
        &self.columns
    }
}

impl Columns {
    fn of(header: &ByteRecord) -> Result<Self, String> {
        let mut fields = [None; COLUMNS.len()];
        for (at, field) in header.iter().enumerate() {
            // A byte order mark is no part of the first name.
            let name = String::from_utf8_lossy(field);
            let name = name.trim_start_matches('\u{feff}').trim().to_ascii_lowercase();
            let column = COLUMNS.iter().position(|column| *column == name);
            let Some(slot) = column.and_then(|column| fields.get_mut(column)) else {
                return Err(unknown_column(&name));
            };
            if slot.replace(at).is_some() {
                return Err(format!("the column `{name}` is there twice"));
            }
        }
        Ok(Self { fields, count: header.len() })
    }

    /// The words of a record.
    pub(super) fn words<'r>(&self, record: &'r Record) -> Result<Words<'r>, Fault> {
        let found = record.fields.len();
        if found != self.count {
            // A field too few would stand for every value, and nobody meant that.
            return Err(Fault::Fields { found, expected: self.count });
        }
        let mut words = [""; COLUMNS.len()];
        for ((word, field), column) in words.iter_mut().zip(self.fields).zip(COLUMNS) {
            if let Some(field) = field.and_then(|at| record.fields.get(at)) {
                *word = std::str::from_utf8(field).map_err(|_| Fault::NotUtf8 { column })?;
            }
        }
        let [source, source_port, destination, port, protocol, direction] = words;
        Ok(Words { source, source_port, destination, port, protocol, direction })
    }
}

fn unknown_column(name: &str) -> String {
    let short: String = name.chars().take(80).collect();
    let near = near(name, COLUMNS).map(|near| format!("did you mean `{near}`? "));
    format!(
        "unknown column `{}`; {}the columns are {}",
        clean::line(&short),
        near.unwrap_or_default(),
        COLUMNS.join(", ")
    )
}

fn header_failure(path: &Path, message: String) -> Failure {
    Failure::Header { path: shown(path), message }
}

fn unreadable(path: &Path, error: csv::Error) -> Failure {
    let error = match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    };
    Failure::Read { path: path.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn lines(text: &str) -> Vec<u64> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("flows.csv");
        fs::write(&path, text).unwrap();
        let mut records = Records::open(&path).unwrap();
        records.chunk().unwrap().iter().map(Record::line).collect()
    }

    #[test]
    fn records_know_their_lines_whatever_ends_them() {
        assert_eq!(lines("port\n1\n\n2\n"), [2, 4]);
        assert_eq!(lines("port\r\n1\r\n\r\n2"), [2, 4]);
        assert_eq!(lines("port\r1\r\r2\r"), [2, 4]);
        assert_eq!(lines("\n\nport,source\n\"1\n\",a\n2,b"), [4, 6]);
        assert!(lines("port").is_empty());
    }

    #[test]
    fn a_header_may_have_any_order_and_nothing_that_is_not_known() {
        let columns = |text: &str| {
            let fields: Vec<&str> = text.split(',').collect();
            Columns::of(&ByteRecord::from(fields)).map(|columns| columns.fields)
        };
        let found = columns("\u{feff}Port, destination").unwrap();
        assert_eq!(found, [None, None, Some(1), Some(0), None, None]);
        assert!(columns("port,protcol").unwrap_err().contains("did you mean `protocol`?"));
        assert!(columns("port,comment").unwrap_err().starts_with("unknown column `comment`"));
        assert!(columns("port,PORT").unwrap_err().contains("there twice"));
        assert!(columns("").is_err());
    }
}
