//! One rule of a firewall, classic or of a policy.

use super::values::{Side, Values};
use crate::load::group::duplicate_keys;
use crate::load::network::flag;
use crate::load::rule::iteration;
use crate::load::scalar::{Style, name, named, unknown};
use crate::model::{ApplicationRule, Field, FirewallRule, NatRule, NetworkRule, RuleBody, Unknown};
use crate::source::Spanned;
use crate::template::Reading;

/// Where flows come from (FW-030, FW-040).
const SOURCE: Side =
    ("sourceAddresses", "sourceIpGroups", ["sourceGeoLocations", "sourceKubeSelectorGroups"]);

/// Where they go to.
const DESTINATION: Side = (
    "destinationAddresses",
    "destinationIpGroups",
    ["destinationGeoLocations", "destinationKubeSelectorGroups"],
);

/// Why rules of the first versions of policies are not read (JS-017).
pub(super) const OLD_FORM: &str = "it is in the form of an API version before 2020-05-01, which is \
                                   not read: export it again, or deploy it with a newer version";

/// The types of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Network,
    Application,
    Nat,
}

/// The rule that `reading` holds: of the sort of its list, or else of that which it says itself.
pub(super) fn rule(reading: &Reading<'_>, sort: Option<Sort>, style: Style) -> FirewallRule {
    let span = reading.span();
    let mut faults = duplicate_keys(reading);
    let mut values = Values { style, faults: &mut faults };
    let sort = sort.map_or_else(|| own_sort(reading, &mut values), Ok);
    let source = values.ends(reading, SOURCE);
    let body = match sort {
        Ok(Sort::Network) => RuleBody::Network(NetworkRule {
            protocols: values.protocols(reading),
            destination: values.ends(reading, DESTINATION),
            fqdns: values.texts(reading.get("destinationFqdns").as_ref(), "destinationFqdns"),
            ports: values.ports(reading),
        }),
        Ok(Sort::Application) => RuleBody::Application(application(reading, &mut values)),
        Ok(Sort::Nat) => RuleBody::Nat(nat(reading, &mut values)),
        Err(why) => RuleBody::Unread(why),
    };
    let found = reading.iteration().filter(|found| !found.of_resources);
    FirewallRule {
        name: reading
            .get("name")
            .and_then(|it| name(&it, style))
            .unwrap_or_else(|| Spanned::new(String::new(), span)),
        span,
        iteration: found.map(iteration),
        source,
        body,
        faults,
    }
}

fn application(reading: &Reading<'_>, values: &mut Values<'_>) -> ApplicationRule {
    let (protocols, protocols_unread) = values.application_protocols(reading);
    let mut texts = |property: &'static str| values.texts(reading.get(property).as_ref(), property);
    ApplicationRule {
        protocols,
        protocols_unread,
        fqdns: texts("targetFqdns"),
        fqdn_tags: texts("fqdnTags"),
        urls: texts("targetUrls"),
        web_categories: texts("webCategories"),
        destination: values.ends(reading, DESTINATION),
        terminates_tls: flag(reading.get("terminateTLS").as_ref(), values.style),
    }
}

fn nat(reading: &Reading<'_>, values: &mut Values<'_>) -> NatRule {
    let address = reading.get("translatedAddress");
    NatRule {
        protocols: values.protocols(reading),
        destination: values.ends(reading, DESTINATION),
        ports: values.ports(reading),
        translated_address: values
            .word(address.as_ref(), "translatedAddress", |text| Some((text.parse().ok()?, true))),
        translated_fqdn: reading.get("translatedFqdn").and_then(|it| name(&it, values.style)),
        translated_port: values.number(reading.get("translatedPort").as_ref(), "translatedPort"),
    }
}

/// What a rule of a policy says it is (FW-006).
fn own_sort(reading: &Reading<'_>, values: &mut Values<'_>) -> Result<Sort, Unknown> {
    let span = reading.span();
    if reading.get("ruleConditions").is_some_and(|it| it.is_array()) {
        return Err(unknown(span, OLD_FORM));
    }
    let written = reading.get("ruleType");
    let parse = |text: &str| {
        named(
            text,
            [
                ("NetworkRule", Sort::Network),
                ("ApplicationRule", Sort::Application),
                ("NatRule", Sort::Nat),
            ],
        )
    };
    match values.word(written.as_ref(), "ruleType", parse) {
        Field::Known(sort) => Ok(sort.value),
        Field::Unknown(why) => Err(why),
        Field::Invalid { text, span } => {
            Err(unknown(span, format!("`{text}` is no type of rules of firewall policies")))
        }
        Field::Missing => Err(unknown(span, "it does not say what it is: it has no `ruleType`")),
    }
}
