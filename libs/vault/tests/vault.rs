//! Sealing, opening, and everything that must not open.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use proptest::prelude::*;
use types::Secret;
use vault::{Context, KeyRing, KeyRingError, Sealed, Vault, VaultError, generate_key};

const PIN: &str = "8264";

/// A key ring with a new key for each id.
fn ring_text(ids: &[&str]) -> String {
    let entries: Vec<String> = ids
        .iter()
        .map(|id| format!("{id}:{}", generate_key().unwrap().expose()))
        .collect();
    entries.join(",")
}

fn vault(ring: &str) -> Vault {
    Vault::new(ring.parse().unwrap())
}

fn pin_of(row: &str) -> Context {
    Context::new("intake.port_number.pin", row)
}

/// As it comes back from the database.
fn stored(sealed: &Sealed) -> Sealed {
    Sealed::try_from(sealed.as_bytes().to_vec()).unwrap()
}

#[test]
fn what_was_sealed_opens_in_its_place() {
    let vault = vault(&ring_text(&["2026-11"]));
    for text in ["", PIN, "naïve ✓", &"long".repeat(10_000)] {
        let sealed = vault.seal(&Secret::new(text), &pin_of("pn_1")).unwrap();
        assert_eq!(
            vault.open(&stored(&sealed), &pin_of("pn_1")).unwrap().expose(),
            text
        );
    }
}

#[test]
fn the_same_secret_is_never_sealed_to_the_same_bytes() {
    let vault = vault(&ring_text(&["k"]));
    let [one, two] = [(); 2].map(|()| vault.seal(&PIN.into(), &pin_of("pn_1")).unwrap());
    assert_ne!(one.as_bytes(), two.as_bytes());
}

#[test]
fn a_secret_moved_to_another_place_does_not_open() {
    let vault = vault(&ring_text(&["k"]));
    let sealed = vault.seal(&PIN.into(), &Context::new("a.b", "cd")).unwrap();
    let elsewhere = [
        Context::new("a.b", "ce"),
        Context::new("a.c", "cd"),
        Context::new("a.bc", "d"),
        Context::new("a.b", ""),
    ];
    for context in elsewhere {
        assert_eq!(
            vault.open(&sealed, &context).unwrap_err(),
            VaultError::Refused,
            "{context:?}"
        );
    }
}

#[test]
fn another_key_does_not_open() {
    let sealed = vault(&ring_text(&["k"]))
        .seal(&PIN.into(), &pin_of("pn_1"))
        .unwrap();

    let same_id = vault(&ring_text(&["k"]));
    assert_eq!(
        same_id.open(&sealed, &pin_of("pn_1")).unwrap_err(),
        VaultError::Refused
    );
    let other_id = vault(&ring_text(&["other"]));
    assert_eq!(
        other_id.open(&sealed, &pin_of("pn_1")).unwrap_err(),
        VaultError::UnknownKey("k".to_owned())
    );
}

#[test]
fn after_a_rotation_the_old_key_still_opens_and_the_new_one_seals() {
    let old_ring = ring_text(&["old"]);
    let sealed = vault(&old_ring).seal(&PIN.into(), &pin_of("pn_1")).unwrap();

    let rotated = vault(&format!("{}, {old_ring}", ring_text(&["new"])));
    let secret = rotated.open(&sealed, &pin_of("pn_1")).unwrap();
    assert_eq!(secret.expose(), PIN);
    assert!(rotated.is_outdated(&sealed));

    let again = rotated.seal(&secret, &pin_of("pn_1")).unwrap();
    assert_eq!(again.key_id(), "new");
    assert!(!rotated.is_outdated(&again));
}

#[test]
fn debug_shows_ids_and_lengths_only() {
    let ring =
        "new:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,old:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    let vault = vault(ring);
    assert_eq!(format!("{vault:?}"), r#"Vault { keys: KeyRing["new", "old"] }"#);
    let sealed = vault.seal(&PIN.into(), &pin_of("pn_1")).unwrap();
    assert_eq!(
        format!("{sealed:?}"),
        r#"Sealed { key_id: "new", length: 49, .. }"#
    );
}

#[test]
fn a_key_ring_that_is_not_one_is_refused_without_being_quoted() {
    let good = ring_text(&["good"]);
    let key = good.strip_prefix("good:").unwrap();
    let cases = [
        (String::new(), KeyRingError::NotAPair(1)),
        (key.to_owned(), KeyRingError::NotAPair(1)),
        (format!(":{key}"), KeyRingError::InvalidId(1)),
        (format!("white space:{key}"), KeyRingError::InvalidId(1)),
        (format!("{}:{key}", "i".repeat(33)), KeyRingError::InvalidId(1)),
        (format!("{good},"), KeyRingError::NotAPair(2)),
        (format!("{good},other:{}", &key[4..]), KeyRingError::InvalidKey(2)),
        (
            format!("{good},other:{}!", &key[1..]),
            KeyRingError::InvalidKey(2),
        ),
        (format!("{good},other:{key},{good}"), KeyRingError::DuplicateId(3)),
    ];
    for (text, expected) in cases {
        let error = text.parse::<KeyRing>().unwrap_err();
        assert_eq!(error, expected, "{text}");
        assert!(!format!("{error} {error:?}").contains(&key[4..20]), "{error}");
    }
}

#[test]
fn bytes_of_another_layout_are_not_taken_for_a_sealed_secret() {
    let sealed = vault(&ring_text(&["k"]))
        .seal(&"".into(), &pin_of("pn_1"))
        .unwrap();
    let bytes = sealed.as_bytes();
    for length in 0..bytes.len() {
        assert!(
            Sealed::try_from(bytes[..length].to_vec()).is_err(),
            "cut to {length} bytes"
        );
    }
    let newer = [&[2], &bytes[1..]].concat();
    assert!(
        Sealed::try_from(newer).is_err(),
        "a version that does not exist yet"
    );
}

proptest! {
    #[test]
    fn one_changed_byte_anywhere_keeps_it_shut(text in ".{0,40}", at in any::<prop::sample::Index>(), flip in 1_u8..) {
        let vault = vault(&ring_text(&["2026-11"]));
        let mut bytes = Vec::from(vault.seal(&Secret::new(text), &pin_of("pn_1")).unwrap());
        let index = at.index(bytes.len());
        bytes[index] ^= flip;
        let opened = Sealed::try_from(bytes).ok().map(|sealed| vault.open(&sealed, &pin_of("pn_1")));
        prop_assert!(!matches!(opened, Some(Ok(_))), "byte {index}");
    }

    #[test]
    fn any_secret_survives_any_place(text in any::<String>(), row in any::<Vec<u8>>()) {
        let vault = vault(&ring_text(&["k"]));
        let context = Context::new("some.column", row);
        let sealed = vault.seal(&Secret::new(text.clone()), &context).unwrap();
        let opened = vault.open(&stored(&sealed), &context).unwrap();
        prop_assert_eq!(opened.expose(), text);
    }

    #[test]
    fn bytes_from_anywhere_are_read_without_panic(bytes in any::<Vec<u8>>()) {
        if let Ok(sealed) = Sealed::try_from(bytes.clone()) {
            prop_assert_eq!(sealed.as_bytes(), bytes);
        }
    }
}
