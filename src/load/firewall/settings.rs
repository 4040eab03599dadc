//! What firewalls and policies say beyond their rules.

use super::values::{Values, firewall_address};
use crate::load::network::flag;
use crate::load::scalar::{Scalar, Style, named, placed, unknown};
use crate::model::{
    Field, FirewallAddress, FirewallAddressItem, FirewallSettings, IntrusionMode, Read, ThreatMode,
    Tier, Unknown,
};
use crate::source::Span;
use crate::template::{Reading, Value};

/// The settings with these properties: in `additionalProperties` of classic firewalls (JS-016), in
/// objects of policies (JS-017), or as PowerShell names them (JS-032).
pub(super) fn settings(inner: &Reading<'_>, values: &mut Values<'_>) -> FirewallSettings {
    let style = values.style;
    let below = |object: &str, key: &str| inner.get(object).and_then(|it| it.get(key));
    let dns = below("dnsSettings", "enableProxy")
        .or_else(|| below("additionalProperties", "Network.DNS.EnableProxy"))
        .or_else(|| inner.get("Network.DNS.EnableProxy"))
        .or_else(|| inner.get("DNSEnableProxy"));
    let sql = below("sql", "allowSqlRedirect").or_else(|| below("sqlSetting", "allowSqlRedirect"));
    let tier = below("sku", "tier");
    let threat = inner.get("threatIntelMode");
    let intrusion = below("intrusionDetection", "mode");
    let [explicit_http_port, explicit_https_port] = ["httpPort", "httpsPort"]
        .map(|key| values.number(below("explicitProxy", key).as_ref(), key));
    FirewallSettings {
        tier: values.word(tier.as_ref(), "tier", tier_named),
        threat_intelligence: values.word(threat.as_ref(), "threatIntelMode", threat_named),
        dns_proxy: flag(dns.as_ref(), style),
        intrusion_detection: values.word(intrusion.as_ref(), "mode", intrusion_named),
        tls_inspection: tls(inner),
        sql_redirect: flag(sql.as_ref(), style),
        explicit_proxy: flag(below("explicitProxy", "enableExplicitProxy").as_ref(), style),
        explicit_http_port,
        explicit_https_port,
        private_ranges: private_ranges(inner, values),
    }
}

fn tier_named(text: &str) -> Option<(Tier, bool)> {
    let names = [("Basic", Tier::Basic), ("Standard", Tier::Standard), ("Premium", Tier::Premium)];
    named(text, names)
}

fn threat_named(text: &str) -> Option<(ThreatMode, bool)> {
    let names =
        [("Off", ThreatMode::Off), ("Alert", ThreatMode::Alert), ("Deny", ThreatMode::Deny)];
    named(text, names)
}

fn intrusion_named(text: &str) -> Option<(IntrusionMode, bool)> {
    let names = [
        ("Off", IntrusionMode::Off),
        ("Alert", IntrusionMode::Alert),
        ("Deny", IntrusionMode::Deny),
    ];
    named(text, names)
}

/// Whether there is a certificate (FW-062).
fn tls(inner: &Reading<'_>) -> Field<bool> {
    let authority = inner.get("transportSecurity").and_then(|it| it.get("certificateAuthority"));
    let Some(authority) = authority else { return Field::Missing };
    let span = authority.span();
    match authority.value() {
        Value::Null => Field::Missing,
        Value::Unknown(why) => Field::Unknown(unknown(span, why.reason.to_string())),
        Value::Object(object) if object.members().next().is_none() && object.rest().is_none() => {
            Field::Missing
        }
        Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Array(_) | Value::Object(_) => {
            Field::Known(Read { value: true, span, spelt: None })
        }
    }
}

/// FW-072
fn private_ranges(inner: &Reading<'_>, values: &mut Values<'_>) -> Vec<FirewallAddressItem> {
    let mut ranges = Vec::new();
    let snat = inner.get("snat");
    let list = snat.as_ref().and_then(|it| it.get("privateRanges"));
    let list = list.or_else(|| inner.get("privateRange"));
    let why = values.addresses(list.as_ref(), "privateRanges", &mut ranges);
    ranges.extend(why.map(open));
    if let Some(text) =
        inner.get("additionalProperties").and_then(|it| it.get("Network.SNAT.PrivateRanges"))
    {
        match placed(&text, values.style) {
            (Scalar::Missing, _) => {}
            (Scalar::Text(all), span) => {
                let each = all.split(',').map(str::trim).filter(|it| !it.is_empty());
                ranges.extend(each.map(|it| item(firewall_address(it), span)));
            }
            (Scalar::Unknown(reason), span) => {
                ranges.push(item(FirewallAddress::Unknown(reason), span));
            }
            (Scalar::Other(found), span) => {
                let reason = format!("`Network.SNAT.PrivateRanges` is {found}").into();
                ranges.push(item(FirewallAddress::Unknown(reason), span));
            }
        }
    }
    let learns = snat.as_ref().and_then(|it| it.get("autoLearnPrivateRanges"));
    if let Some(learns) = learns.filter(|it| !is_off(it, values.style)) {
        let reason = "the firewall learns its private ranges from Azure".into();
        ranges.push(item(FirewallAddress::Unknown(reason), learns.span()));
    }
    ranges
}

fn is_off(learns: &Reading<'_>, style: Style) -> bool {
    match placed(learns, style).0 {
        Scalar::Missing => true,
        Scalar::Text(text) => text.eq_ignore_ascii_case("Disabled"),
        Scalar::Unknown(_) => false,
        Scalar::Other(_) => matches!(learns.value(), Value::Bool(false)),
    }
}

const fn item(value: FirewallAddress, span: Span) -> FirewallAddressItem {
    FirewallAddressItem { value, span }
}

fn open(Unknown { span, reason }: Unknown) -> FirewallAddressItem {
    item(FirewallAddress::Unknown(reason), span)
}
