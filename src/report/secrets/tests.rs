//! What is masked, and what is not.

use super::*;
use proptest::prelude::proptest;

#[test]
fn secrets_are_masked_and_their_surroundings_are_not() {
    for (text, shown) in [
        ("https://a.blob/x?sv=1&sig=aB%2Fc%3D&se=2", "https://a.blob/x?sv=1&sig=*********&se=2"),
        ("u%3Fsig%3Dabc%26se%3D2", "u%3Fsig%3D***%26se%3D2"),
        ("Name=x;AccountKey=ab+/c==;End=y", "Name=x;AccountKey=*******;End=y"),
        ("http://user:p@ss@proxy:8080/", "http://user:****@proxy:8080/"),
        ("http://user:p/s#s@proxy:8080/", "http://user:*****@proxy:8080/"),
        ("http://token@host/x", "http://*****@host/x"),
        ("\"PROXY me:pw@proxy:80\"", "\"PROXY me:**@proxy:80\""),
        ("\"adminPassword\": \"hünter\\\"2\",", "\"adminPassword\": \"**********\","),
        ("{\\\"password\\\":\\\"x1\\\"}", "{\\\"password\\\":\\\"**\\\"}"),
        ("\"sharedKey\": {\n \"value\": \"abc\"\n}", "\"sharedKey\": {\n \"value\": \"***\"\n}"),
        ("\"pwd\":{\"defaultValue\":\"abc\"}", "\"pwd\":{\"defaultValue\":\"***\"}"),
        ("password = 'two words' # x", "password = '*********' # x"),
        ("Authorization: Bearer abcdefgh12345678", "Authorization: Bearer ****************"),
    ] {
        assert_eq!(masked(text), shown);
    }
}

#[test]
fn what_is_no_secret_stays() {
    for text in [
        "\"adminPassword\": \"[parameters('adminPassword')]\"",
        "\"design=1\", config=2, \"signature\"",
        "http://host:8080/a@b",
        "http://[::1]:80/x",
        "\"name\": \"Allow-Secrets\", \"priority\": 100",
        "basic authentication-methods",
        "10.0.0.4:50000 -> 20.60.172.1:443",
        "@microsoft.com",
    ] {
        assert_eq!(masked(text), text);
    }
}

proptest! {
    #[test]
    fn masking_keeps_every_offset(text in "([a:@/=\"'% {}\\\\é\n]|sig|://|password|%3D|value){0,30}") {
        assert_eq!(masked(&text).len(), text.len());
    }
}

/// Each text with `§` for the secret, after which the rest must still be there.
const HIDDEN: [&str; 57] = [
    r#""accountKey":"§","#,
    "\"adminPassword\":\n\n\"§\",",
    "\"adminPassword\"\n:\"§\",",
    "\"adminPassword\":{\"type\":\"x\",\n\"value\":\"§\"},",
    r#""adminPassword":{"metadata":{"description":"a } b"},"value":"§"},"#,
    r#""hidden":{"type":"secureString","metadata":{"description":"a"},"defaultValue":"§"},"#,
    r#""hidden":{"defaultValue":{"a":["§"]},"type":"securestring"},"#,
    r#""secrets":["§","§"],"#,
    r#""secrets":[{"name":"a","value":"§"}],"#,
    r#""passwords":{"vm1":"§"},"#,
    r#""password":1234567890,"#,
    r#""passwords":"§","#,
    r#""primaryKey":"§","#,
    r#""secondaryKey":"§","#,
    r#""storageAccountKey":"§","#,
    r#""key":"§","#,
    r#""key1":"§","#,
    r#""keys":[{"keyName":"key1","value":"§"}],"#,
    r#""workspaceKey":"§","#,
    r#""sasToken":"§","#,
    r#""clientSecretValue":"§","#,
    r#""sshPrivateKeyData":"§","#,
    r#""certificatePassword2":"§","#,
    r#""p\u0061ssword":"§","#,
    r#""password":/*c*/"§","#,
    r#""password"/* " */:"§","#,
    "\"password\" // c\n:\"§\",",
    "\"password\":// c\n\"§\",",
    "\"adminPassword\":\"a\n§\n§\\\"§\nb\",",
    "password: §,",
    "api_key: §,",
    "Ocp-Apim-Subscription-Key: §,",
    "secretKey=§,",
    "primaryKey=§,",
    "storageKey=§,",
    "passkey=§,",
    "key=§,",
    "https://x/api/y?code=§&a=1,",
    "https://x/?a=1&amp;sig=§,",
    r"https://x/?a=1\u0026sig=§\u0026se=1,",
    r"\u0073ig=§,",
    r"sig\u003d§,",
    r"AccountKey=a\u002b§==;,",
    "sig%253D§%2526se,",
    "u%253Fsig%253D§,",
    "az login --password § ,",
    "az x --account-key § ,",
    "Authorization: Bearer §§§§1,",
    "eyJhbGciOiJIUzI1NiJ9.§.abc,",
    "ghp_§abcdefghijkl§abcdefg,",
    "github_pat_11AAAAAAA0§_§abcdefghijkl,",
    "glpat-§abcdefghijklmno,",
    "\"-----BEGIN RSA PRIVATE KEY-----§\",",
    "-----BEGIN PRIVATE KEY-----\n§\n§\n-----END PRIVATE KEY-----,",
    "Server=x;User ID=u;Password=§;,",
    "abcDEF0123456789abcDEF0123456789abcDEF0123§==,",
    "Basic Uzpwd1M6cHc6OnNTUw==§1,",
];

#[test]
fn secrets_are_found_wherever_they_stand() {
    for template in HIDDEN {
        let text = template.replace('§', "Zq7SECRET9x");
        let shown = masked(&text);
        let left = shown.contains("Zq7") || shown.contains("1234567890") || shown.contains("ET9x");
        assert!(!left, "{template}: {shown}");
        assert_eq!(shown.len(), text.len());
        assert!(shown.ends_with(','), "{template}: {shown}");
    }
}

#[test]
fn ordinary_policy_stays_readable() {
    for text in [
        "allow-keyvault",
        "`KeyVault` on tcp/443 is blocked by `Allow-Key`: see above",
        "key vault access, and the key: one a vault",
        "rule `Deny-Password`: it is for other ports",
        "{\"name\": \"AzureKeyVault\", \"description\": \"key vault access for secrets\"}",
        "\"secretName\": \"db\", \"keyVaultName\": \"kv\", \"keyName\": \"k\"",
        "\"adminPassword\": {\"type\": \"securestring\", \"metadata\": {\"description\": \"the one\"}}",
        "\"publicKey\": \"ssh-rsa AAAA\", \"monkey\": \"x\"",
        "\"password\": null, \"token\": true",
        "\"value\": \"10.0.0.4\", \"type\": \"string\"",
        "code: Conflict, status code=409",
        "monkey=3; keys to 443",
        "net/secret:12:3: error",
        "azure-backup/storage-443: Azure Backup support matrix (2026-10-01)",
        "Microsoft.Network/networkSecurityGroups/securityRules/Allow-Storage-From-Backup-Subnet=",
        "-- a comment --all --select key",
    ] {
        assert_eq!(masked(text), text);
    }
}

#[test]
fn what_is_masked_once_is_masked_where_it_is_told_again() {
    let told = Told::by(["x?sig=Zq7!SECRET9 y", "no secret"]);
    assert_eq!(
        told.masked("rename it, such as to `x-sig-Zq7-SECRET9-y`"),
        "rename it, such as to `x-sig-Zq7-*******-y`"
    );
    assert_eq!(Told::by(["allow-keyvault"]).masked("`allow-keyvault`"), "`allow-keyvault`");
}

#[test]
fn a_part_is_masked_by_a_name_far_before_it() {
    let text = format!("{{\"password\": \"{}", "line of a secret\n".repeat(2_000));
    let shown = masked_part(&text, 20_000..20_100);
    assert!(shown.bytes().all(|byte| byte == b'*'), "{shown}");
    let text = text.replace("password", "comment");
    assert!(!masked_part(&text, 20_000..20_100).contains('*'));
}

#[test]
fn long_texts_of_nothing_but_marks_are_masked_in_time() {
    for piece in [
        "sig=",
        "a:a@",
        "*/:",
        "\"key\":[",
        "%3D",
        "://",
        "PRIVATE KEY-----\"",
        "\"password\":{",
        "--token ",
        "bearer ",
        "\"secureString\"",
        "@",
        "\\u003d",
        "eyJ.",
        "\n:",
    ] {
        let text = piece.repeat(50_000 / piece.len());
        let start = std::time::Instant::now();
        assert_eq!(masked(&text).len(), text.len());
        let took = start.elapsed();
        assert!(took.as_secs() < 5, "{piece}: {took:?}");
    }
}

#[test]
fn no_shorter_text_is_a_token() {
    let token = "eyJ0123456789abcdef";
    assert_eq!((token.len(), any(token)), (token::SHORTEST, true));
}

proptest::proptest! {
    #[test]
    fn what_looks_harmless_holds_no_secret(
        text in "(--|pwd|sig|=|:|@|%3d|\\\\u003d|\"|basic |ghp_|glpat-|eyJ|0123456789abcdef|a| |B|-){0,6}",
    ) {
        if is_harmless(&text) {
            proptest::prop_assert!(all_ranges(&text).is_empty(), "{}", text);
        }
    }
}

#[test]
fn json_stays_json_without_its_secrets() {
    let secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA==";
    let value = serde_json::json!({
        "connection": format!("AccountName=a;AccountKey={secret}"),
        "adminPassword": "hunter2-hunter2",
        "password": 1_234_567,
        "rules": [{ "name": "allow", "port": 443 }],
    });
    let masked = masked_json(&serde_json::to_string_pretty(&value).unwrap());
    for told in [secret, "hunter2", "1234567"] {
        assert!(!masked.contains(told), "{masked}");
    }
    let masked: serde_json::Value = serde_json::from_str(&masked).unwrap();
    assert_eq!(masked["rules"], value["rules"]);
    assert!(masked["connection"].as_str().unwrap().starts_with("AccountName=a;AccountKey=*"));
}
