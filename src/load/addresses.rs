//! Addresses, prefixes and tags as NSG rules write them (NSG-034, NSG-035).

use crate::model::{Address, AddressFault, ends};
use ipnetwork::IpNetwork;
use std::net::IpAddr;

/// What one address text says. Whatever can't be meant as an address is a tag, known or not.
pub(super) fn address(text: &str) -> Address {
    if text == "*" {
        return Address::Any;
    }
    // What nearly every text is: a prefix, or the name of a tag.
    if let Some(network) = plain(text.as_bytes()) {
        return Address::Network(network);
    }
    if is_plain_name(text) {
        return Address::Tag(text.into());
    }
    if let Some((address, length)) = text.split_once('/')
        && let Ok(address) = address.parse()
    {
        return prefix_length(length)
            .and_then(|length| network(address, length))
            .map_or_else(|| address_fault(text), Address::Network);
    }
    if let Ok(address) = text.parse() {
        return network(address, full_length(address))
            .map_or_else(|| invalid(text, AddressFault::PrefixLength), Address::Network);
    }
    if let Some(fault) = list_fault(text) {
        return invalid(text, fault);
    }
    if ends(text).is_some() {
        return invalid(text, AddressFault::Range);
    }
    // No tag begins with a digit or holds a colon.
    if text.starts_with(|first: char| first.is_ascii_digit()) || text.contains(':') {
        return invalid(text, AddressFault::NotAnAddress);
    }
    Address::Tag(text.into())
}

/// An IPv4 prefix in its usual form, read in one pass; nothing for all else.
fn plain(text: &[u8]) -> Option<IpNetwork> {
    let mut parts = [0_u8; 5];
    let mut ends = [b'.', b'.', b'.', b'/'].into_iter();
    let mut rest = text;
    for part in &mut parts {
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).take(4).count();
        let (digits, behind) = rest.split_at_checked(length)?;
        let has_zero = matches!(digits, [b'0', _, ..]);
        let digit =
            |number: u8, byte: &u8| number.checked_mul(10)?.checked_add(byte.wrapping_sub(b'0'));
        *part = digits.iter().try_fold(0, digit).filter(|_| length > 0 && !has_zero)?;
        rest = match (ends.next(), behind.split_first()) {
            (Some(end), Some((first, after))) if end == *first => after,
            (None, None) => behind,
            _ => return None,
        };
    }
    let [a, b, c, d, length] = parts;
    network(IpAddr::from([a, b, c, d]), length)
}

/// An address or prefix alone, as Azure prints the expansion of a tag.
pub(super) fn prefix(text: &str) -> Option<IpNetwork> {
    match address(text) {
        Address::Network(network) => Some(network),
        Address::Any | Address::Tag(_) | Address::Unknown(_) | Address::Invalid { .. } => None,
    }
}

/// Letters, digits, dots and underscores after a letter: no address is written so.
fn is_plain_name(text: &str) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
    matches!(text.as_bytes(), [b'a'..=b'z' | b'A'..=b'Z', rest @ ..] if rest.iter().all(is_letter))
}

/// Several addresses in one text, or white space.
fn list_fault(text: &str) -> Option<AddressFault> {
    if text.contains(',') {
        Some(AddressFault::CommaList)
    } else if text.contains(char::is_whitespace) {
        Some(AddressFault::Spaces)
    } else {
        None
    }
}

/// What is wrong with an address and something after its slash that is no length.
fn address_fault(text: &str) -> Address {
    invalid(text, list_fault(text).unwrap_or(AddressFault::PrefixLength))
}

fn invalid(text: &str, fault: AddressFault) -> Address {
    Address::Invalid { text: text.into(), fault }
}

const fn full_length(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn network(address: IpAddr, length: u8) -> Option<IpNetwork> {
    IpNetwork::new(address, length).ok()
}

/// Digits without leading zeros; masks such as `255.0.0.0` are no length.
fn prefix_length(text: &str) -> Option<u8> {
    let leading_zero = text.len() > 1 && text.starts_with('0');
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits && !leading_zero).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_or_have_their_fault_named() {
        let networks = [
            ("10.0.0.4", "10.0.0.4/32"),
            ("10.0.0.4/8", "10.0.0.4/8"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("fd00::1", "fd00::1/128"),
            ("2603:1020::/32", "2603:1020::/32"),
            ("::/0", "::/0"),
        ];
        for (text, written) in networks {
            let expected: IpNetwork = written.parse().unwrap();
            assert_eq!(address(text), Address::Network(expected), "{text}");
        }
        assert_eq!(address("*"), Address::Any);
        for tag in ["Storage.WestEurope", "Any", "AzureBakcup", "foo/bar", "a-b"] {
            assert_eq!(address(tag), Address::Tag(tag.into()), "{tag}");
        }
        let range = AddressFault::Range;
        let faulty = [
            ("10.0.0.1,10.0.0.2", AddressFault::CommaList),
            ("Storage,Sql", AddressFault::CommaList),
            ("10.0.0.1 ", AddressFault::Spaces),
            ("Azure Cloud", AddressFault::Spaces),
            ("10.0.0.4-10.0.0.9", range),
            ("10.0.0.0/33", AddressFault::PrefixLength),
            ("10.0.0.0/", AddressFault::PrefixLength),
            ("10.0.0.0/08", AddressFault::PrefixLength),
            ("10.0.0.0/255.0.0.0", AddressFault::PrefixLength),
            ("10.0.0.0/+8", AddressFault::PrefixLength),
            ("fd00::/129", AddressFault::PrefixLength),
            ("10.0.0", AddressFault::NotAnAddress),
            ("10.0.0.256", AddressFault::NotAnAddress),
            ("010.0.0.1", AddressFault::NotAnAddress),
            ("10.0.0.*", AddressFault::NotAnAddress),
            ("10.0.0/8", AddressFault::NotAnAddress),
            ("fe80::1%eth0", AddressFault::NotAnAddress),
            ("https://10.0.0.1", AddressFault::NotAnAddress),
        ];
        for (text, fault) in faulty {
            assert_eq!(address(text), invalid(text, fault), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_prefix_reads_as_itself(bits: u32, length in 0_u8..=32) {
            let address_part = std::net::Ipv4Addr::from(bits);
            let text = format!("{address_part}/{length}");
            let expected = IpNetwork::new(address_part.into(), length).unwrap();
            proptest::prop_assert_eq!(address(&text), Address::Network(expected));
        }
    }
}
