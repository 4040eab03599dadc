//! Reading a network security group export of 5 MB: our parser against `serde_json`, which finds
//! no places and takes no comments.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use egresslint::document::Document;
use egresslint::source::FileId;
use serde_json::{Value, json};

const TARGET_BYTES: usize = 5_000_000;

/// An export as the portal and the command line write it: indented, both forms of every field.
fn export() -> String {
    let rule = |number: usize| {
        json!({
            "name": format!("rule-{number}"),
            "id": format!("/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-{0}/providers/Microsoft.Network/networkSecurityGroups/nsg-{0}/securityRules/rule-{number}", number / 200),
            "properties": {
                "description": format!("opened for ticket {number}: \"backup\""),
                "protocol": "Tcp",
                "sourcePortRange": "*",
                "destinationPortRange": "443",
                "sourceAddressPrefix": format!("10.{}.{}.0/24", number / 256 % 256, number % 256),
                "destinationAddressPrefix": "",
                "destinationAddressPrefixes": ["198.51.100.0/24", "203.0.113.7"],
                "access": "Allow",
                "priority": 100 + number % 4000,
                "direction": "Outbound",
            },
        })
    };
    let one = format!("{:#}", rule(0)).len();
    let rules: Vec<Value> = (0..TARGET_BYTES / one).map(rule).collect();
    format!("{:#}", json!({ "properties": { "securityRules": rules } }))
}

fn document(criterion: &mut Criterion) {
    let text = export();
    let mut group = criterion.benchmark_group("document");
    group.sample_size(20);
    group.throughput(Throughput::Bytes(text.len().try_into().unwrap_or(u64::MAX)));
    group.bench_function("tape", |bencher| {
        bencher.iter(|| Document::parse(FileId(0), &text).is_ok());
    });
    group.bench_function("serde_json value", |bencher| {
        bencher.iter(|| serde_json::from_str::<Value>(&text).is_ok());
    });
    group.bench_function("serde_json ignored", |bencher| {
        bencher.iter(|| serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok());
    });
    group.finish();
}

criterion_group!(benches, document);
criterion_main!(benches);
