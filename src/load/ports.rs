//! Ports as NSG rules write them (NSG-029 to NSG-032).

use crate::model::{PortFault, PortValue};

/// What one port text says. White space, comma lists and the like are faults, not something to
/// be helped with: Azure refuses them.
pub(super) fn port(text: &str) -> PortValue {
    match range(text) {
        Ok(value) => value,
        Err(fault) => PortValue::Invalid { text: text.into(), fault },
    }
}

fn range(text: &str) -> Result<PortValue, PortFault> {
    if text == "*" {
        return Ok(PortValue::Any);
    }
    // Nearly all: one number.
    if let Some(port) = plain(text.as_bytes()) {
        return Ok(PortValue::Range(port, port));
    }
    if text.contains(',') {
        return Err(PortFault::CommaList);
    }
    if text.contains(char::is_whitespace) {
        return Err(PortFault::Spaces);
    }
    let (low, high) = match text.split_once('-') {
        Some((low, high)) => (number(low)?, number(high)?),
        None => {
            let number = number(text)?;
            (number, number)
        }
    };
    let small = |number: u64| u16::try_from(number).map_err(|_| PortFault::TooLarge);
    let (low, high) = (small(low)?, small(high)?);
    if low > high { Err(PortFault::Reversed) } else { Ok(PortValue::Range(low, high)) }
}

/// A number that is a port and nothing else.
fn plain(text: &[u8]) -> Option<u16> {
    let [b'1'..=b'9', rest @ ..] = text else { return None };
    if rest.len() >= 5 {
        return None;
    }
    let digit = |number: u32, byte: &u8| {
        byte.is_ascii_digit().then(|| number * 10 + u32::from(byte.wrapping_sub(b'0')))
    };
    u16::try_from(text.iter().try_fold(0, digit)?).ok()
}

/// Digits without leading zeros; what is far too large stays so.
fn number(text: &str) -> Result<u64, PortFault> {
    let leading_zero = text.len() > 1 && text.starts_with('0');
    if text.is_empty() || leading_zero || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PortFault::NotAPort);
    }
    Ok(text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_read_or_have_their_fault_named() {
        let known = [
            ("*", PortValue::Any),
            ("0", PortValue::Range(0, 0)),
            ("443", PortValue::Range(443, 443)),
            ("443-443", PortValue::Range(443, 443)),
            ("0-65535", PortValue::Range(0, 65535)),
        ];
        for (text, value) in known {
            assert_eq!(port(text), value, "{text}");
        }
        let faulty = [
            ("80,443", PortFault::CommaList),
            ("80, 443", PortFault::CommaList),
            (" 443", PortFault::Spaces),
            ("80 - 90", PortFault::Spaces),
            ("\u{a0}443", PortFault::Spaces),
            (" ", PortFault::Spaces),
            ("65536", PortFault::TooLarge),
            ("1-70000", PortFault::TooLarge),
            ("99999999999999999999999", PortFault::TooLarge),
            ("90-80", PortFault::Reversed),
            ("-1", PortFault::NotAPort),
            ("80-", PortFault::NotAPort),
            ("1-2-3", PortFault::NotAPort),
            ("0443", PortFault::NotAPort),
            ("+443", PortFault::NotAPort),
            ("https", PortFault::NotAPort),
            ("Any", PortFault::NotAPort),
            ("443.0", PortFault::NotAPort),
            ("８０", PortFault::NotAPort),
            ("80–90", PortFault::NotAPort),
        ];
        for (text, fault) in faulty {
            assert_eq!(port(text), PortValue::Invalid { text: text.into(), fault }, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_range_reads_as_itself(low: u16, high: u16) {
            let value = port(&format!("{low}-{high}"));
            if low <= high {
                proptest::prop_assert_eq!(value, PortValue::Range(low, high));
            } else {
                let reversed = matches!(
                    value,
                    PortValue::Invalid { fault: PortFault::Reversed, .. }
                );
                proptest::prop_assert!(reversed);
            }
        }
    }
}
