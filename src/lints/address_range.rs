//! `address-range`: NSG-034.

use super::written::{Side, addresses, each, list_to_paste, property, shown};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Address, AddressItem, SecurityRule},
};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub(super) const LINT: Lint = Lint {
    id: "address-range",
    summary: "a range of addresses, which NSGs are not known to take",
    page: include_str!("../../rules/lints/address-range.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

/// More prefixes than this are nothing to read in a terminal.
const MAX_PREFIXES: usize = 6;

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    each(facts, addresses, |rule, side, item| remark(facts, rule, side, item))
}

fn remark(
    facts: &Facts<'_>,
    rule: &SecurityRule,
    side: Side<'_>,
    item: &AddressItem,
) -> Option<Remark> {
    let Address::Invalid { text, .. } = &item.value else { return None };
    let (low, high) = item.value.range()?;
    let message = format!("{} is a range, which NSGs are not known to take", shown(text));
    let prefixes = prefixes(low, high);
    let help = match prefixes.as_slice() {
        [] => "write prefixes: the two ends are no range".to_owned(),
        [one] => format!("write `{one}`, which is the same"),
        all if all.len() <= MAX_PREFIXES => {
            let all: Vec<&str> = all.iter().map(String::as_str).collect();
            let list = list_to_paste(&property(facts, side.names.prefixes), &all);
            format!("write {list}, which is the same")
        }
        all => format!(
            "write it as {} prefixes, the first of them `{}`",
            all.len(),
            prefixes.first().map_or("", String::as_str)
        ),
    };
    Some(Remark::about(rule, item.span, "a form of Azure Firewall", message).help(help))
}

/// The fewest prefixes that are the range from `low` to `high`.
fn prefixes(low: IpAddr, high: IpAddr) -> Vec<String> {
    match (low, high) {
        (IpAddr::V4(low), IpAddr::V4(high)) => {
            let name = |start: u128| u32::try_from(start).map(Ipv4Addr::from);
            blocks(u32::from(low).into(), u32::from(high).into(), 32)
                .into_iter()
                .filter_map(|(start, length)| Some(format!("{}/{length}", name(start).ok()?)))
                .collect()
        }
        (IpAddr::V6(low), IpAddr::V6(high)) => blocks(low.into(), high.into(), 128)
            .into_iter()
            .map(|(start, length)| format!("{}/{length}", Ipv6Addr::from(start)))
            .collect(),
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => Vec::new(),
    }
}

/// Starts and lengths of the aligned blocks of addresses of `width` bits that make up a range.
fn blocks(low: u128, high: u128, width: u32) -> Vec<(u128, u32)> {
    let mut blocks = Vec::new();
    let mut next = Some(low).filter(|low| *low <= high);
    while let Some(start) = next {
        let fits = |bits: &u32| {
            let last = last_of(start, *bits);
            last.is_some_and(|last| last <= high)
        };
        let bits = (0..=start.trailing_zeros().min(width)).rev().find(fits).unwrap_or(0);
        blocks.push((start, width - bits));
        next =
            last_of(start, bits).and_then(|last| last.checked_add(1)).filter(|next| *next <= high);
    }
    blocks
}

/// The last address of the block of `2^bits` at `start`.
fn last_of(start: u128, bits: u32) -> Option<u128> {
    let size_less_one = 1_u128.checked_shl(bits).map_or(u128::MAX, |size| size - 1);
    start.checked_add(size_less_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(low: &str, high: &str) -> Vec<String> {
        prefixes(low.parse().unwrap(), high.parse().unwrap())
    }

    #[test]
    fn ranges_become_the_fewest_prefixes() {
        let middle = ["10.0.0.4/30", "10.0.0.8/31"];
        assert_eq!(of("10.0.0.4", "10.0.0.9"), middle);
        assert_eq!(of("10.0.0.7", "10.0.0.7"), ["10.0.0.7/32"]);
        assert_eq!(of("0.0.0.0", "255.255.255.255"), ["0.0.0.0/0"]);
        assert_eq!(of("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), ["::/0"]);
        assert_eq!(of("fd00::1", "fd00::2"), ["fd00::1/128", "fd00::2/128"]);
        assert_eq!(of("10.0.0.9", "10.0.0.4"), [""; 0]);
        assert_eq!(of("10.0.0.9", "fd00::1"), [""; 0]);
    }

    proptest::proptest! {
        #[test]
        fn blocks_follow_one_another_from_end_to_end(low: u32, high: u32) {
            let (low, high) = (low.min(high), low.max(high));
            let mut next = u128::from(low);
            for (start, length) in blocks(low.into(), high.into(), 32) {
                let size = 1_u128 << (32 - length);
                proptest::prop_assert_eq!(start, next);
                proptest::prop_assert_eq!(start % size, 0);
                next = start + size;
            }
            proptest::prop_assert_eq!(next, u128::from(high) + 1);
        }
    }
}
