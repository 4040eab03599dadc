//! Whether the service tag list is that of the cloud in question (TAG-017).

use crate::{profiles::Cloud, tags::Catalogue};

/// A list holds for one cloud; the location tells which is meant, else the user did.
pub fn is_foreign(tags: &Catalogue, location: Option<&str>, cloud: Option<Cloud>) -> bool {
    let location = location.map_or_else(String::new, |location| {
        location.chars().filter(|c| *c != ' ').collect::<String>().to_ascii_lowercase()
    });
    let starts = |words: &[&str]| words.iter().any(|word| location.starts_with(word));
    let cloud = match cloud {
        _ if starts(&["china"]) => Cloud::China,
        _ if starts(&["usgov", "usdod"]) => Cloud::UsGov,
        Some(given) => given,
        None => return false,
    };
    let list = tags.cloud().to_ascii_lowercase();
    let own = match cloud {
        Cloud::Public => list == "public",
        Cloud::UsGov => list.contains("gov"),
        Cloud::China => list.contains("china"),
    };
    !own
}
