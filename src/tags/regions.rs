//! The names of a region: the location that Azure Resource Manager knows (`francecentral`), the
//! suffix of a tag (`FranceCentral`), and the older code that `AzureCloud` keeps (`centralfrance`).

/// The tag whose regions go by code (TAG-021); every other uses the location in `PascalCase`.
pub(super) const CODE_NAMED: &str = "AzureCloud";

/// Code and location where they differ (TAG-021). Regions without a public location have none.
const CODES: [(&str, Option<&str>); 14] = [
    ("brazilne", None),
    ("brazilse", Some("brazilsoutheast")),
    ("centralfrance", Some("francecentral")),
    ("chilec", Some("chilecentral")),
    ("germanyn", Some("germanynorth")),
    ("germanywc", Some("germanywestcentral")),
    ("northeurope2", None),
    ("norwaye", Some("norwayeast")),
    ("norwayw", Some("norwaywest")),
    ("southfrance", Some("francesouth")),
    ("switzerlandn", Some("switzerlandnorth")),
    ("switzerlandw", Some("switzerlandwest")),
    ("usstagec", Some("southcentralusstg")),
    ("usstagee", Some("eastusstg")),
];

/// The location behind a tag's suffix, in small letters; nothing for a region without one.
pub(super) fn location(suffix: &str) -> Option<String> {
    let code = CODES.iter().find(|(code, _)| code.eq_ignore_ascii_case(suffix));
    match code {
        Some((_, location)) => location.map(str::to_owned),
        None => Some(suffix.to_ascii_lowercase()),
    }
}

/// The location meant by a person or a template: `japaneast`, `Japan East`, `JapanEast` and
/// `AzureCloud`'s codes. Blanks and hyphens don't count.
pub(super) fn meant(text: &str) -> Option<String> {
    let letters = text.chars().filter(|letter| !matches!(letter, ' ' | '-' | '_'));
    location(&letters.collect::<String>())
}
