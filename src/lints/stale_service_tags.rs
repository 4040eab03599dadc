//! `stale-service-tags`: LINT-74, TAG-030.

use super::tag_names::named;
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Address, Nsg},
    tags::Catalogue,
};

pub(super) const LINT: Lint = Lint {
    id: "stale-service-tags",
    summary: "a service tag list of more than two weeks ago",
    page: include_str!("../../rules/lints/stale-service-tags.md"),
    level: Level::Off,
    since: "0.1.0",
    check: Check::Nsg(check),
};

/// Lists come weekly, and what is new in one is used a week later at the earliest (TAG-030).
const MAX_DAYS: u32 = 14;

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let remark = || {
        let day = facts.tags.as_of()?;
        let age = facts.today?.checked_sub(days(day)?).filter(|age| *age > MAX_DAYS)?;
        // Said once, where a tag first rests on the list.
        let first = facts.estate.nsgs.iter().find(|nsg| names_listed(nsg, facts.tags))?;
        if !std::ptr::eq(first, facts.nsg()) {
            return None;
        }
        let tag = named(facts).find(|named| named.tag.is_some())?;
        let message = "the service tag list is more than two weeks old";
        let remark = Remark::about(tag.rule, tag.span, "read by that list", message);
        Some(remark.help(format!(
            "the list is of {day}, {age} days ago: give a newer one with `--service-tags`"
        )))
    };
    remark().into_iter().collect()
}

fn names_listed(nsg: &Nsg, tags: &Catalogue) -> bool {
    let sides = nsg.rules.iter().flat_map(|rule| [&rule.source, &rule.destination]);
    sides
        .flat_map(|side| &side.items)
        .any(|item| matches!(&item.value, Address::Tag(name) if tags.get(name).is_some()))
}

/// Days from 1970-01-01 to a day written `YYYY-MM-DD`.
fn days(day: &str) -> Option<u32> {
    let mut parts = day.splitn(3, '-').map(|part| part.parse::<u32>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if !(1970..10_000).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Years from March, so that a leap day is the last of its year.
    let year = if month < 3 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let before = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day;
    /// The same count for 1970-01-01.
    const EPOCH: u32 = 719_469;
    before.checked_sub(EPOCH)
}

#[cfg(test)]
mod tests {
    use super::days;

    #[test]
    fn days_are_counted_from_1970() {
        let known = [
            ("1970-01-01", 0),
            ("1970-03-01", 59),
            ("2000-02-29", 11_016),
            ("2000-03-01", 11_017),
            ("2027-06-01", 20_970),
        ];
        for (day, count) in known {
            assert_eq!(days(day), Some(count), "{day}");
        }
        for wrong in ["", "2027", "2027-13-01", "2027-06-00", "1969-12-31", "x-y-z"] {
            assert_eq!(days(wrong), None, "{wrong}");
        }
    }
}
