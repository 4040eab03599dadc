//! Short forms that people give to regions: `weurope`, `jpeast`, `eus2`, `europewest`.

/// Words for a point of the compass: one letter is enough for them.
const COMPASS: [&str; 9] = [
    "central",
    "east",
    "north",
    "northcentral",
    "northeast",
    "south",
    "southcentral",
    "southeast",
    "west",
];

/// Short forms of areas and countries that are not how their names begin.
const CODES: [(&str, &[&str]); 12] = [
    ("asia", &["a"]),
    ("africa", &["a"]),
    ("emirates", &["ae"]),
    ("germany", &["de"]),
    ("japan", &["jp"]),
    ("korea", &["kr"]),
    ("qatar", &["qa"]),
    ("southeast", &["se"]),
    ("spain", &["es"]),
    ("sweden", &["se"]),
    ("switzerland", &["ch"]),
    ("norway", &["nw"]),
];

/// Whether `written`, in small letters, is a short form of a region whose name is `PascalCase`, or
/// its words with the place in front. Every word must be there, and a number as it is.
pub(super) fn stands_for(written: &str, region: &str) -> bool {
    let mut words = words(region);
    if written.len() < 3 || words.len() < 2 {
        return false;
    }
    let number = words.pop_if(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let Some(written) = written.strip_suffix(number.as_deref().unwrap_or("")) else { return false };
    (0..words.len()).any(|_| {
        words.rotate_left(1);
        is_made_of(written, &words)
    })
}

/// `East`, `US` and `2` for `EastUS2`, in small letters.
fn words(region: &str) -> Vec<String> {
    let letters: Vec<char> = region.chars().collect();
    let mut words: Vec<String> = Vec::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after_small = before.is_none_or(|c| !c.is_ascii_uppercase());
        let before_small = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        let starts = match letter {
            letter if letter.is_ascii_uppercase() => after_small || before_small,
            letter if letter.is_ascii_digit() => before.is_none_or(|c| !c.is_ascii_digit()),
            _ => false,
        };
        if starts || words.is_empty() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(letter.to_ascii_lowercase());
        }
    }
    words
}

fn is_made_of(written: &str, words: &[String]) -> bool {
    let Some((first, rest)) = words.split_first() else { return written.is_empty() };
    short_forms(first)
        .any(|form| written.strip_prefix(form).is_some_and(|remainder| is_made_of(remainder, rest)))
}

/// The word itself, how it begins, and its codes. Longer beginnings are left to the distance of
/// letters: `aust` may be Austria.
fn short_forms(word: &str) -> impl Iterator<Item = &str> {
    let least = if COMPASS.contains(&word) { 1 } else { 2 };
    let beginnings = (least..=3).filter_map(|length| word.get(..length));
    let codes = CODES.iter().filter(move |(whole, _)| *whole == word);
    beginnings.chain([word]).chain(codes.flat_map(|(_, codes)| codes.iter().copied()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_pascal_case_falls_into_words() {
        let joined = |region: &str| words(region).join(" ");
        assert_eq!(joined("EastUS2"), "east us 2");
        assert_eq!(joined("UAENorth"), "uae north");
        assert_eq!(joined("USGovVirginia"), "us gov virginia");
        assert_eq!(joined("GermanyWestCentral"), "germany west central");
        assert_eq!(joined(""), "");
    }

    #[test]
    fn short_forms_keep_every_word_and_the_number() {
        for (written, region) in [
            ("weurope", "WestEurope"),
            ("europewest", "WestEurope"),
            ("weu", "WestEurope"),
            ("jpeast", "JapanEast"),
            ("jpe", "JapanEast"),
            ("eus2", "EastUS2"),
            ("useast2", "EastUS2"),
            ("scus", "SouthCentralUS"),
            ("dewc", "GermanyWestCentral"),
            ("sea", "SoutheastAsia"),
            ("uaen", "UAENorth"),
        ] {
            assert!(stands_for(written, region), "{written}");
        }
        for (written, region) in [
            ("weu", "WestUS"),
            ("eus", "EastUS2"),
            ("eus2", "EastUS"),
            ("wus4", "WestUS2"),
            ("austriaeast", "AustraliaEast"),
            ("norwaysouth", "NorwayEast"),
            ("japan", "JapanEast"),
            ("", "EastUS"),
        ] {
            assert!(!stands_for(written, region), "{written}");
        }
    }
}
