//! Keyed digests.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use vault::{DigestKey, DigestKeyError, generate_key, keyed_digest};

/// Key and message of test case 6 in RFC 4231, whose key is longer than a block.
fn long_key() -> DigestKey {
    DigestKey::new(&[0xaa; 131]).unwrap()
}

#[test]
fn a_signature_is_hmac_sha256_as_everybody_computes_it() {
    let signature = long_key().sign(b"Test Using Larger Than Block-Size Key - Hash Key First");
    let hex = u128::from_be_bytes(signature[..16].try_into().unwrap());
    assert_eq!(hex, 0x60e4_3159_1ee0_b67f_0d8a_26aa_cbf5_b77f);
    let hex = u128::from_be_bytes(signature[16..].try_into().unwrap());
    assert_eq!(hex, 0x8e0b_c621_3728_c514_0546_040f_0ee3_7f54);
}

#[test]
fn a_signature_is_verified_against_its_message_and_key() {
    let key: DigestKey = generate_key().unwrap().expose().parse().unwrap();
    let signature = key.sign(b"message");
    assert!(key.verify(b"message", &signature));
    assert!(!key.verify(b"massage", &signature));
    assert!(!key.verify(b"message", &signature[..31]));
    assert!(!long_key().verify(b"message", &signature));
}

#[test]
fn parts_are_not_confused_with_one_another() {
    let lists: [&[&[u8]]; 7] = [
        &[],
        &[b""],
        &[b"", b""],
        &[b"ab", b"c"],
        &[b"a", b"bc"],
        &[b"abc"],
        &[b"c", b"ab"],
    ];
    let digests = lists.map(|parts| keyed_digest(&long_key(), parts));
    for (index, digest) in digests.iter().enumerate() {
        assert_eq!(
            digests.iter().filter(|other| *other == digest).count(),
            1,
            "{:?}",
            lists[index]
        );
        assert_eq!(*digest, keyed_digest(&long_key(), lists[index]), "the same again");
    }
}

#[test]
fn weak_and_broken_keys_are_refused_and_good_ones_not_shown() {
    assert_eq!(DigestKey::new(&[7; 15]).unwrap_err(), DigestKeyError::TooShort);
    assert_eq!(
        "c2hvcnQ=".parse::<DigestKey>().unwrap_err(),
        DigestKeyError::TooShort
    );
    assert_eq!(
        "not base64!".parse::<DigestKey>().unwrap_err(),
        DigestKeyError::NotBase64
    );
    assert_eq!(format!("{:?}", long_key()), "DigestKey([redacted])");
}
