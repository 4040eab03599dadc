//! Damaged files: an answer, never a panic, and every place inside of the text.

use super::*;
use crate::model::{Field, Nsg, SecurityRule};
use proptest::prelude::*;

/// The start and end of every place in the model.
fn places(loaded: &Loaded) -> Vec<Span> {
    let mut spans: Vec<Span> =
        loaded.errors.iter().flat_map(|e| [e.span, e.opener]).flatten().collect();
    spans.extend(loaded.unchecked.iter().map(|it| it.span));
    for nsg in &loaded.estate.nsgs {
        of_group(nsg, &mut spans);
    }
    for interface in &loaded.estate.interfaces {
        spans.extend([interface.span, interface.name.span]);
        spans.extend(interface.groups.iter().map(|group| group.span));
    }
    for group in &loaded.estate.groups {
        spans.extend([group.span, group.name.span]);
    }
    spans
}

fn of_group(nsg: &Nsg, spans: &mut Vec<Span>) {
    spans.extend([nsg.span, nsg.name.span]);
    spans.extend(nsg.unread.iter().map(|unread| unread.span));
    spans.extend(nsg.faults.iter().map(|fault| fault.span));
    let held = [&nsg.subnets, &nsg.interfaces].into_iter().flatten().flatten();
    spans.extend(held.map(|id| id.span));
    for rule in &nsg.rules {
        of_rule(rule, spans);
    }
}

fn of_rule(rule: &SecurityRule, spans: &mut Vec<Span>) {
    fn field<T>(field: &Field<T>) -> Option<Span> {
        field.span()
    }
    spans.extend([rule.span, rule.name.span]);
    spans.extend(field(&rule.access).into_iter().chain(field(&rule.direction)));
    spans.extend(field(&rule.priority).into_iter().chain(field(&rule.protocol)));
    for side in [&rule.source, &rule.destination] {
        spans.push(side.span);
        spans.extend(side.items.iter().map(|item| item.span));
        spans.extend(side.groups.iter().map(|group| group.span));
    }
    for side in [&rule.source_ports, &rule.destination_ports] {
        spans.push(side.span);
        spans.extend(side.items.iter().map(|item| item.span));
    }
    spans.extend(rule.faults.iter().map(|fault| fault.span));
    spans.extend(rule.unread.iter().map(|unread| unread.span));
}

fn check(text: &str) {
    let (file, loaded) = read_text("f", text);
    let length = u32::try_from(file.text().len()).unwrap();
    for span in places(&loaded) {
        assert!(span.start <= span.end && span.end <= length, "{span:?} of {length}");
        for at in [span.start, span.end] {
            assert!(file.text().is_char_boundary(usize::try_from(at).unwrap()), "{span:?}");
        }
    }
    // Whatever was read says what it is, or something is said about it.
    assert!(loaded.kind.is_some() || !loaded.errors.is_empty());
}

fn fixtures() -> Vec<String> {
    let folders = ["ok", "err"];
    READERS
        .iter()
        .flat_map(|reader| folders.iter().flat_map(|folder| test_files(reader.name, folder)))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
}

#[test]
fn places_of_whole_files_are_inside_of_them() {
    for text in fixtures() {
        check(&text);
    }
}

#[derive(Clone, Copy, Debug)]
enum Damage {
    Cut,
    Drop,
    Double,
    Flip(u8),
}

fn damage() -> impl Strategy<Value = (Damage, prop::sample::Index, prop::sample::Index)> {
    let kind = prop_oneof![
        Just(Damage::Cut),
        Just(Damage::Drop),
        Just(Damage::Double),
        any::<u8>().prop_map(Damage::Flip),
    ];
    (kind, any::<prop::sample::Index>(), any::<prop::sample::Index>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn damaged_files_get_an_answer(
        which: prop::sample::Index,
        damages in prop::collection::vec(damage(), 1..4),
    ) {
        let all = fixtures();
        let mut bytes = which.get(&all).clone().into_bytes();
        for (damage, at, length) in damages {
            if bytes.is_empty() {
                break;
            }
            let start = at.index(bytes.len());
            let end = start + length.index(bytes.len() - start).min(200);
            match damage {
                Damage::Cut => bytes.truncate(start),
                Damage::Drop => drop(bytes.drain(start..end)),
                Damage::Double => {
                    let piece = bytes[start..end].to_vec();
                    bytes.splice(end..end, piece);
                }
                Damage::Flip(mask) => bytes[start] ^= mask,
            }
        }
        check(&String::from_utf8_lossy(&bytes));
    }
}
