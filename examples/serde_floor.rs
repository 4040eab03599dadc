//! The floor to measure against: reads every file of a folder and parses it with `serde_json` into
//! borrowed types, on one thread, doing nothing else. Prints how many rules it saw.

use serde::Deserialize;
use std::{borrow::Cow, error::Error, fs};

/// A group, as far as a rule checker would type it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    security_rules: Vec<Rule<'a>>,
}

/// A rule with every field that matters.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    priority: u32,
    #[serde(borrow)]
    direction: Cow<'a, str>,
    #[serde(borrow)]
    access: Cow<'a, str>,
    #[serde(borrow)]
    protocol: Cow<'a, str>,
    #[serde(borrow)]
    source_address_prefix: Option<Cow<'a, str>>,
    #[serde(borrow)]
    source_address_prefixes: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    source_port_range: Option<Cow<'a, str>>,
    #[serde(borrow)]
    source_port_ranges: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    destination_address_prefix: Option<Cow<'a, str>>,
    #[serde(borrow)]
    destination_address_prefixes: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    destination_port_range: Option<Cow<'a, str>>,
    #[serde(borrow)]
    destination_port_ranges: Vec<Cow<'a, str>>,
}

impl Rule<'_> {
    /// Touches every field, so that none is left out of the parse.
    fn weight(&self) -> usize {
        let words = [&self.name, &self.direction, &self.access, &self.protocol];
        let single = [
            &self.source_address_prefix,
            &self.source_port_range,
            &self.destination_address_prefix,
            &self.destination_port_range,
        ];
        let lists = [
            &self.source_address_prefixes,
            &self.source_port_ranges,
            &self.destination_address_prefixes,
            &self.destination_port_ranges,
        ];
        words.iter().map(|word| word.len()).sum::<usize>()
            + single.iter().filter(|word| word.is_some()).count()
            + lists.iter().map(|list| list.len()).sum::<usize>()
            + usize::from(self.priority > 0)
    }
}

#[expect(clippy::print_stdout, reason = "its only output")]
fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: serde_floor FOLDER")?;
    let (mut rules, mut weight) = (0, 0);
    for entry in fs::read_dir(folder)? {
        let text = fs::read_to_string(entry?.path())?;
        let group: Group<'_> = serde_json::from_str(&text)?;
        rules += group.security_rules.len();
        weight += group.name.len() + group.security_rules.iter().map(Rule::weight).sum::<usize>();
    }
    println!("{rules} rules, weight {weight}");
    Ok(())
}
