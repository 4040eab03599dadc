//! `uniqueString`: a hash of 64 bits, shown as 13 letters and digits.

use crate::template::evaluate::Outcome;
use crate::template::value::{Text, Value};

use super::{Arguments, Function, MANY};

pub(super) const FUNCTIONS: &[Function] = &[Function::of("uniqueString", 1..=MANY, unique_string)];

/// The hash of the strings, with a hyphen between them. Of what is not known it is not known, but
/// equal for equal strings.
fn unique_string<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let mut joined = String::new();
    for (index, value) in arguments.values.iter().enumerate() {
        let Value::Text(Text { text, unknown: None }) = value else {
            return Err(arguments.other(index));
        };
        if index > 0 {
            joined.push('-');
        }
        joined.push_str(text);
        arguments.grow(text.len())?;
    }
    arguments.made(letters(hash(joined.as_bytes())))
}

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Five bits a letter, the highest first; the last letter has four.
fn letters(hash: u64) -> String {
    let bits = u128::from(hash) << 1;
    let letter = |place: u32| {
        let index = usize::try_from(bits >> (place * 5) & 31).unwrap_or_default();
        ALPHABET.get(index).copied().map(char::from)
    };
    (0..13).rev().filter_map(letter).collect()
}

/// One half of the hash: how a word of the input is scrambled, and how the half then is.
struct Half {
    factors: [u32; 2],
    turn: u32,
    turn_after: u32,
    added: u32,
}

// The numbers of Murmur3 for 32 bits; the second half has them the other way round.
const SCRAMBLE: [u32; 2] = [0x239b_961b, 0xab0e_9789];
const HALVES: [Half; 2] = [
    Half { factors: SCRAMBLE, turn: 15, turn_after: 19, added: 0x561c_cd1b },
    Half { factors: [SCRAMBLE[1], SCRAMBLE[0]], turn: 17, turn_after: 13, added: 0x0bca_a747 },
];

impl Half {
    const fn scramble(&self, word: u32) -> u32 {
        let [first, second] = self.factors;
        word.wrapping_mul(first).rotate_left(self.turn).wrapping_mul(second)
    }

    const fn take(&self, own: u32, word: u32, other: u32) -> u32 {
        (own ^ self.scramble(word))
            .rotate_left(self.turn_after)
            .wrapping_add(other)
            .wrapping_mul(5)
            .wrapping_add(self.added)
    }
}

/// A variant of Murmur3 with two halves of 32 bits, seed 0.
fn hash(bytes: &[u8]) -> u64 {
    let [one, two] = &HALVES;
    let (mut low, mut high) = (0_u32, 0_u32);
    let (pairs, rest) = bytes.as_chunks::<8>();
    for pair in pairs {
        let (first, second) = words(pair);
        low = one.take(low, first, high);
        high = two.take(high, second, low);
    }
    let mut last = [0; 8];
    for (place, byte) in last.iter_mut().zip(rest) {
        *place = *byte;
    }
    // What is not there is zero, and zero scrambles to zero.
    let (first, second) = words(&last);
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    low ^= one.scramble(first) ^ length;
    high ^= two.scramble(second) ^ length;
    low = low.wrapping_add(high);
    high = high.wrapping_add(low);
    (low, high) = (mixed(low), mixed(high));
    low = low.wrapping_add(high);
    high = high.wrapping_add(low);
    u64::from(high) << 32 | u64::from(low)
}

fn words(pair: &[u8; 8]) -> (u32, u32) {
    let [a, b, c, d, e, f, g, h] = *pair;
    (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]))
}

/// The last mixing of Murmur3.
const fn mixed(half: u32) -> u32 {
    let half = (half ^ half >> 16).wrapping_mul(0x85eb_ca6b);
    let half = (half ^ half >> 13).wrapping_mul(0xc2b2_ae35);
    half ^ half >> 16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pairs that public projects state as results of Azure or Bicep.
    #[test]
    fn published_pairs_hold() {
        for (text, expected) in [
            // A test of microsoft/commercial-marketplace-offer-deploy, from a template's output.
            (
                "/subscriptions/31e9f9a0-9fd2-4294-a0a3-0101246d9700/resourceGroups/rg-modm201-20230913120256/providers/Microsoft.Compute/virtualMachines/bobjacmodm201",
                "yvjxno3je5on2",
            ),
            // The README of JasonWhall/go-azure-uniquestring.
            ("hello-world", "a7wkljktk6wne"),
            // A public reimplementation, compared with Bicep.
            ("test", "rbgf3xv4ufgzg"),
            ("abc", "cgtzqvhu4i23s"),
            ("foo-bar-baz", "xzi4ioaxtmth4"),
            (
                "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/my-rg",
                "bmg7c6xu4tw46",
            ),
        ] {
            assert_eq!(letters(hash(text.as_bytes())), expected, "{text}");
        }
        assert_eq!(hash(b"hello-world"), 571_013_382_255_652_050);
    }
}
