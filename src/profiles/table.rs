//! TOML tables whose every value knows its place; what does not fit goes to the faults, and
//! reading goes on.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::de::{DeInteger, DeTable, DeValue};

use super::fault::{Fault, ProfileError, near, no_such_word};
use super::terms::{AsOf, Choice, Cloud, Clouds, PortRange};
use crate::source::{FileId, Span, Spanned};

/// No profile is anywhere near as large; more is some other file, and the rows that a hostile one
/// could draw from endpoint sets are many times its size.
const MAX_BYTES: usize = 256 << 10;

/// Nobody reads more faults of one file.
const MAX_FAULTS: usize = 1000;

/// The faults found so far in one file.
pub(super) struct Faults<'t> {
    file: FileId,
    text: &'t str,
    found: Vec<ProfileError>,
    count: usize,
}

impl<'t> Faults<'t> {
    pub(super) const fn new(file: FileId, text: &'t str) -> Self {
        Self { file, text, found: Vec::new(), count: 0 }
    }

    pub(super) fn add(&mut self, span: Span, fault: Fault) {
        self.count += 1;
        if self.count <= MAX_FAULTS {
            self.found.push(ProfileError { span, fault });
        }
    }

    /// How many there were so far.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// The parsed document, or None with the faults of its syntax.
    pub(super) fn parse(&mut self) -> Option<Spanned<DeTable<'t>>> {
        let bytes = self.text.len();
        if bytes > MAX_BYTES {
            self.add(self.span(0..0), Fault::TooLarge { bytes, limit: MAX_BYTES });
            return None;
        }
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let span = self.span(error.span().unwrap_or(0..0));
            self.add(span, Fault::Syntax { message: error.message().to_owned() });
        }
        let span = self.span(table.span());
        errors.is_empty().then(|| Spanned::new(table.into_inner(), span))
    }

    pub(super) fn span(&self, range: Range<usize>) -> Span {
        let offset = |at: usize| u32::try_from(at.min(self.text.len())).unwrap_or(u32::MAX);
        Span { file: self.file, start: offset(range.start), end: offset(range.end) }
    }

    /// The line of `span`, from 1.
    pub(super) fn line(&self, span: Span) -> u32 {
        let end = usize::try_from(span.start).unwrap_or(usize::MAX);
        let before = self.text.bytes().take(end).filter(|&byte| byte == b'\n').count();
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    }

    /// `value`, if nothing was found; else everything found, in the order of the file.
    pub(super) fn finish<T>(mut self, value: Option<T>) -> Result<T, Vec<ProfileError>> {
        match value {
            Some(value) if self.found.is_empty() => Ok(value),
            _ => {
                self.found.sort_by_key(|error| error.span);
                Err(self.found)
            }
        }
    }
}

/// What a kind of table is called and which keys it knows.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) keys: &'static [&'static str],
}

/// A table of a known kind.
pub(super) struct Table<'d> {
    entries: &'d DeTable<'d>,
    kind: &'static Kind,
    pub(super) span: Span,
}

impl<'d> Table<'d> {
    /// The table at `span`; its unknown keys are faults.
    pub(super) fn new(
        entries: &'d DeTable<'d>,
        span: Span,
        kind: &'static Kind,
        faults: &mut Faults<'_>,
    ) -> Self {
        for key in entries.keys() {
            let text = key.get_ref();
            if !kind.keys.contains(&text.as_ref()) {
                let fault = Fault::UnknownKey {
                    key: text.to_string(),
                    table: kind.name,
                    near: near(text, kind.keys.iter().copied()),
                    known: kind.keys,
                };
                faults.add(faults.span(key.span()), fault);
            }
        }
        Self { entries, kind, span }
    }

    pub(super) fn find(&self, key: &'static str, faults: &Faults<'_>) -> Option<Value<'d>> {
        let found = self.entries.get(key)?;
        Some(Value { key, inner: found.get_ref(), span: faults.span(found.span()) })
    }

    pub(super) fn need(&self, key: &'static str, faults: &mut Faults<'_>) -> Option<Value<'d>> {
        let found = self.find(key, faults);
        if found.is_none() {
            faults.add(self.span, Fault::MissingKey { key, table: self.kind.name });
        }
        found
    }

    /// The values of a list, or the one value written without brackets; none without the key.
    pub(super) fn list(&self, key: &'static str, faults: &mut Faults<'_>) -> Vec<Value<'d>> {
        self.find(key, faults).map(|value| value.each(faults)).unwrap_or_default()
    }

    /// A text that has to be there.
    pub(super) fn text(
        &self,
        key: &'static str,
        faults: &mut Faults<'_>,
    ) -> Option<Spanned<String>> {
        let text = self.need(key, faults)?.text(faults)?;
        Some(text.map(str::to_owned))
    }

    /// A text that is a name.
    pub(super) fn name(
        &self,
        key: &'static str,
        faults: &mut Faults<'_>,
    ) -> Option<Spanned<String>> {
        let name = self.text(key, faults)?;
        let fits = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        if name.value.chars().count() <= 64 && name.value.chars().all(fits) {
            return Some(name);
        }
        faults.add(name.span, Fault::Name { text: name.value });
        None
    }

    /// A word that has to be there.
    pub(super) fn word<T: Choice>(
        &self,
        key: &'static str,
        faults: &mut Faults<'_>,
    ) -> Option<Spanned<T>> {
        self.need(key, faults)?.word(faults)
    }

    /// Yes or no; no without the key.
    pub(super) fn flag(&self, key: &'static str, faults: &mut Faults<'_>) -> bool {
        let Some(value) = self.find(key, faults) else { return false };
        if let DeValue::Boolean(flag) = *value.inner {
            return flag;
        }
        value.wrong("true or false", faults);
        false
    }

    /// The clouds of `cloud`; all without the key.
    pub(super) fn clouds(&self, faults: &mut Faults<'_>) -> Clouds {
        if self.find("cloud", faults).is_none() {
            return Clouds::ALL;
        }
        let named = self.list("cloud", faults);
        named
            .iter()
            .filter_map(|value| value.word::<Cloud>(faults))
            .map(|word| word.value)
            .collect()
    }

    /// The date of `as_of`, which has to be there.
    pub(super) fn date(&self, faults: &mut Faults<'_>) -> Option<Spanned<AsOf>> {
        let value = self.need("as_of", faults)?;
        let (date, text) = match value.inner {
            // TOML has dates of its own: `as_of = 2026-08-14`.
            DeValue::Datetime(given) => {
                let date = given.date.filter(|_| given.time.is_none());
                let date = date.and_then(|date| AsOf::new(date.year, date.month, Some(date.day)));
                (date, given.to_string())
            }
            _ => {
                let text = value.text(faults)?.value;
                (AsOf::parse(text), text.to_owned())
            }
        };
        if date.is_none() {
            faults.add(value.span, Fault::Date { text });
        }
        Some(Spanned::new(date?, value.span))
    }

    /// The tables of `[[key]]`.
    pub(super) fn tables(
        &self,
        key: &'static str,
        kind: &'static Kind,
        faults: &mut Faults<'_>,
    ) -> Vec<Self> {
        let mut tables = Vec::new();
        for value in self.list(key, faults) {
            match value.inner {
                DeValue::Table(entries) => {
                    tables.push(Table::new(entries, value.span, kind, faults));
                }
                _ => value.wrong("a table", faults),
            }
        }
        tables
    }
}

/// The value of a key, or one of its list.
pub(super) struct Value<'d> {
    key: &'static str,
    inner: &'d DeValue<'d>,
    pub(super) span: Span,
}

impl<'d> Value<'d> {
    fn wrong(&self, expected: &'static str, faults: &mut Faults<'_>) {
        let found = match self.inner {
            DeValue::String(_) => "text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        faults.add(self.span, Fault::WrongType { key: self.key, expected, found });
    }

    /// Is it other than the texts in `seen`? From now on it is one of them.
    pub(super) fn is_new(&self, seen: &mut BTreeSet<&'d str>) -> bool {
        !matches!(self.inner, DeValue::String(text) if !seen.insert(text))
    }

    /// Text with something in it.
    pub(super) fn text(&self, faults: &mut Faults<'_>) -> Option<Spanned<&'d str>> {
        let DeValue::String(text) = self.inner else {
            self.wrong("text", faults);
            return None;
        };
        if text.trim().is_empty() {
            faults.add(self.span, Fault::Empty { key: self.key });
            return None;
        }
        Some(Spanned::new(text, self.span))
    }

    /// The values of a list, or this one.
    fn each(self, faults: &mut Faults<'_>) -> Vec<Self> {
        let DeValue::Array(items) = self.inner else { return vec![self] };
        if items.is_empty() {
            faults.add(self.span, Fault::Empty { key: self.key });
        }
        let value = |item: &'d toml::Spanned<DeValue<'d>>| Self {
            key: self.key,
            inner: item.get_ref(),
            span: faults.span(item.span()),
        };
        items.iter().map(value).collect()
    }

    fn word<T: Choice>(&self, faults: &mut Faults<'_>) -> Option<Spanned<T>> {
        let text = self.text(faults)?;
        let word = T::of(text.value);
        if word.is_none() {
            faults.add(self.span, no_such_word::<T>(self.key, text.value));
        }
        Some(Spanned::new(word?, self.span))
    }

    /// A port, or a range of ports.
    pub(super) fn ports(&self, faults: &mut Faults<'_>) -> Option<Spanned<PortRange>> {
        let (range, text) = match self.inner {
            DeValue::Integer(number) => (port(number).map(|port| (port, port)), number.to_string()),
            DeValue::String(text) => (range(text), text.to_string()),
            _ => {
                self.wrong("a number or text", faults);
                return None;
            }
        };
        match range {
            Some((low, high)) if low <= high => {
                Some(Spanned::new(PortRange { low, high }, self.span))
            }
            Some((low, high)) => {
                faults.add(self.span, Fault::PortsReversed { low, high });
                None
            }
            None => {
                faults.add(self.span, Fault::Port { text });
                None
            }
        }
    }
}

fn port(number: &DeInteger<'_>) -> Option<u16> {
    u16::from_str_radix(number.as_str(), number.radix()).ok()
}

fn range(text: &str) -> Option<(u16, u16)> {
    // `parse` alone would take `+443`.
    let port = |text: &str| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten()
    };
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    Some((port(low.trim())?, port(high.trim())?))
}
