//! Microsoft's own lists: the weekly `ServiceTags_<Cloud>_<day>.json` (TAG-031), the answer of the
//! discovery API (TAG-033), and the same from PowerShell, which begins its keys with a capital.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, de::Error as _};

use super::error::Fault;
use super::features::Features;
use super::list::{Entry, List};

/// Reads a list in JSON; `as_of` and `source` are left to the caller.
pub(super) fn read(text: &str) -> Result<List, Fault> {
    let document: Document<'_> = serde_json::from_str(text).map_err(|error| Fault::Json {
        line: error.line(),
        column: error.column(),
        message: message(&error),
    })?;
    if document.next_link.is_some_and(|link| !link.0.is_empty()) {
        return Err(Fault::MorePages);
    }
    let entries = document.values.iter().enumerate().map(|(index, value)| entry(index, value));
    Ok(List {
        cloud: document.cloud.0.into_owned(),
        change_number: document.change_number.0,
        entries: entries.collect::<Result<_, _>>()?,
        ..List::default()
    })
}

fn entry(index: usize, value: &Value<'_>) -> Result<Entry, Fault> {
    let mut entry = Entry::new(index, &value.name.0)?;
    let properties = &value.properties;
    let text =
        |text: &Option<Text<'_>>| text.as_ref().map_or_else(String::new, |text| text.0.to_string());
    entry.region_code = text(&properties.region);
    entry.system_service = text(&properties.system_service);
    entry.change_number = properties.change_number.0;
    entry.features = properties
        .network_features
        .as_ref()
        .map(|features| Features::of(features.iter().flatten().map(|feature| feature.0.as_ref())));
    for prefix in &properties.address_prefixes {
        entry.add(&prefix.0)?;
    }
    entry.tidy();
    Ok(entry)
}

/// The reader's words without the place, which the fault gives itself.
fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let at = text.rfind(" at line ").unwrap_or(text.len());
    text.get(..at).unwrap_or(&text).to_owned()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    #[serde(borrow, alias = "Cloud")]
    cloud: Text<'a>,
    #[serde(default, alias = "ChangeNumber")]
    change_number: Number,
    #[serde(borrow, alias = "Values")]
    values: Vec<Value<'a>>,
    #[serde(borrow, default, alias = "NextLink")]
    next_link: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Value<'a> {
    #[serde(borrow, alias = "Name")]
    name: Text<'a>,
    #[serde(borrow, alias = "Properties")]
    properties: Properties<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'a> {
    #[serde(default, alias = "ChangeNumber")]
    change_number: Number,
    #[serde(borrow, default, alias = "Region")]
    region: Option<Text<'a>>,
    #[serde(borrow, default, alias = "SystemService")]
    system_service: Option<Text<'a>>,
    #[serde(borrow, alias = "AddressPrefixes")]
    address_prefixes: Vec<Text<'a>>,
    /// Absent (the API doesn't say) is one thing, `null` (not usable in rules) another.
    #[serde(borrow, default, deserialize_with = "present", alias = "NetworkFeatures")]
    network_features: Option<Option<Vec<Text<'a>>>>,
}

fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// Text taken from the file without a copy where it has no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// A change number: a number in the file, a string in the API's answer (TAG-033).
#[derive(Default)]
struct Number(Option<u64>);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either<'a> {
            Number(u64),
            Text(#[serde(borrow)] Cow<'a, str>),
            None(()),
        }
        let wrong = || D::Error::custom("`changeNumber` is not a whole number");
        match Either::deserialize(deserializer).map_err(|_| wrong())? {
            Either::Number(number) => Ok(Self(Some(number))),
            Either::None(()) => Ok(Self(None)),
            Either::Text(text) if text.is_empty() => Ok(Self(None)),
            Either::Text(text) => {
                text.parse().map(|number| Self(Some(number))).map_err(|_| wrong())
            }
        }
    }
}
