//! Writes synthetic estates to measure on: `make_estate KIND FOLDER`. Deterministic: the same
//! arguments give the same bytes.
//!
//! - `exports`: 1,000 files as `az network nsg show` prints them, about 50 MB together
//! - `one-file`: 10 groups of 1,000 rules each in one file
//! - `hundred`: 100 files of 50 rules
//! - `wide`: one group of 1,000 rules with 4,000 prefixes

use serde_json::{Value, json};
use std::{error::Error, fs, path::Path};

/// A small generator of numbers (splitmix64): no dependency, no clock.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let at = usize::try_from(self.roll(from.len().try_into().unwrap_or(1))).unwrap_or(0);
        from.get(at).copied().unwrap_or_default()
    }

    fn prefix(&mut self) -> String {
        let (a, b, c) = (self.roll(200), self.roll(256), self.roll(16) * 16);
        match self.roll(4) {
            0 => format!("10.{a}.{b}.0/24"),
            1 => format!("10.{a}.{b}.{c}/28"),
            2 => format!("172.{}.{b}.0/24", 16 + self.roll(16)),
            _ => format!("{}.{b}.{}.{c}/28", 20 + self.roll(150), self.roll(256)),
        }
    }
}

const TAGS: [&str; 8] = [
    "AzureCloud",
    "Storage",
    "Storage.JapanEast",
    "Sql.JapanEast",
    "AzureMonitor",
    "AzureActiveDirectory",
    "AzureKeyVault.JapanEast",
    "EventHub",
];
const PORTS: [&str; 10] =
    ["443", "80", "1433", "3389", "22", "8080-8090", "5671", "9000-9100", "53", "636"];

/// One rule as the CLI prints it.
fn rule(dice: &mut Dice, group: &str, number: u64, wide: bool) -> Value {
    let outbound = number.is_multiple_of(2);
    let id = format!(
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-net/providers/\
         Microsoft.Network/networkSecurityGroups/{group}/securityRules/rule-{number}"
    );
    let prefixes: Vec<String> = match (wide, dice.roll(4)) {
        (true, _) => (0..4).map(|_| dice.prefix()).collect(),
        (false, 0) => (0..=dice.roll(6)).map(|_| dice.prefix()).collect(),
        (false, _) => Vec::new(),
    };
    let single = if !prefixes.is_empty() {
        Value::Null
    } else if outbound && dice.roll(3) == 0 {
        json!(dice.pick(&TAGS))
    } else {
        json!(dice.prefix())
    };
    let source = if dice.roll(3) == 0 { json!(dice.prefix()) } else { json!("VirtualNetwork") };
    json!({
        "access": if dice.roll(5) == 0 { "Deny" } else { "Allow" },
        "description": "opened for the application by the platform team, see the request",
        "destinationAddressPrefix": single,
        "destinationAddressPrefixes": prefixes,
        "destinationPortRange": dice.pick(&PORTS),
        "destinationPortRanges": [],
        "direction": if outbound { "Outbound" } else { "Inbound" },
        "etag": "W/\"2d9b1b6c-6f0a-4b3e-8a44-1c2f3c8a9d10\"",
        "id": id,
        "name": format!("rule-{number}"),
        "priority": 100 + number * 2,
        "protocol": dice.pick(&["Tcp", "Tcp", "Tcp", "Udp", "*"]),
        "provisioningState": "Succeeded",
        "resourceGroup": "rg-net",
        "sourceAddressPrefix": source,
        "sourceAddressPrefixes": [],
        "sourcePortRange": "*",
        "sourcePortRanges": [],
        "type": "Microsoft.Network/networkSecurityGroups/securityRules",
    })
}

fn group(dice: &mut Dice, name: &str, rules: u64, wide: bool) -> Value {
    let rules: Vec<Value> = (0..rules).map(|number| rule(dice, name, number, wide)).collect();
    json!({
        "etag": "W/\"2d9b1b6c-6f0a-4b3e-8a44-1c2f3c8a9d10\"",
        "flushConnection": false,
        "id": format!(
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-net/providers/\
             Microsoft.Network/networkSecurityGroups/{name}"
        ),
        "location": "japaneast",
        "name": name,
        "provisioningState": "Succeeded",
        "resourceGroup": "rg-net",
        "securityRules": rules,
        "subnets": [],
        "type": "Microsoft.Network/networkSecurityGroups",
    })
}

fn write(path: &Path, value: &Value) -> Result<(), Box<dyn Error>> {
    Ok(fs::write(path, serde_json::to_string_pretty(value)?)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(kind), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: make_estate exports|one-file|hundred|wide FOLDER".into());
    };
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    let mut dice = Dice(1);
    let name = |number: u32| format!("nsg-{number:04}");
    match kind.as_str() {
        "exports" | "hundred" => {
            let (files, rules) = if kind == "exports" { (1000, 51) } else { (100, 50) };
            for number in 0..files {
                let value = group(&mut dice, &name(number), rules, false);
                write(&folder.join(format!("{}.json", name(number))), &value)?;
            }
        }
        "one-file" => {
            let groups: Vec<Value> =
                (0..10).map(|number| group(&mut dice, &name(number), 1000, false)).collect();
            write(&folder.join("groups.json"), &Value::Array(groups))?;
        }
        "wide" => write(&folder.join("wide.json"), &group(&mut dice, "nsg-wide", 1000, true))?,
        other => return Err(format!("`{other}` is no kind of estate").into()),
    }
    Ok(())
}
