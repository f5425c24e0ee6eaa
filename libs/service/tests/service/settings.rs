//! The settings of every service, and the times and dates that it shows.

use config::Env;
use jiff::{Timestamp, civil};
use portway_proto::types::v1::Date;
use service::{BaseSettings, stamp};

const SECRETS: [(&str, &str); 4] = [
    (
        "PORTWAY_DATABASE_URL",
        "postgres://intake:hunter2@localhost/portway",
    ),
    ("PORTWAY_IDENTITY_PEM", "hunter3"),
    ("PORTWAY_DIGEST_KEY", "c2l4dGVlbiBieXRlcyBhdCBsZWFzdA=="),
    (
        "PORTWAY_KEY_RING",
        "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    ),
];

#[test]
fn everything_that_is_missing_is_told_at_once() {
    let mut env = Env::from_pairs::<String, String>([]);
    assert!(BaseSettings::read("intake", "intake", &mut env).is_err());
    let told = env.finish().unwrap_err().to_string();
    for name in SECRETS.iter().map(|(name, _)| *name).chain(["PORTWAY_KEY_SET"]) {
        assert!(told.contains(name), "{name} is not in: {told}");
    }
}

#[test]
fn secrets_are_not_shown_and_the_rest_has_defaults() {
    let mut env = Env::from_pairs(SECRETS.into_iter().chain([("PORTWAY_KEY_SET", "/keys.json")]));
    let settings = BaseSettings::read("intake", "intake", &mut env).unwrap();
    assert_eq!(settings.listen.port(), 50051);
    assert_eq!(settings.connections_max, 20);
    assert!(settings.redis_url.is_none());
    let shown = format!("{settings:?}");
    for secret in ["hunter2", "hunter3", "c2l4dGVl", "MDEyMzQ1"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn times_and_dates_come_back_as_they_went() {
    for at in ["2026-11-21T10:00:00.123456789Z", "1969-12-31T23:59:59.5Z"] {
        let at: Timestamp = at.parse().unwrap();
        let back = stamp::from_proto(&stamp::to_proto(at)).unwrap();
        assert_eq!(back, at);
    }
    let date = civil::date(2028, 2, 29);
    assert_eq!(stamp::date_from_proto(&stamp::date_to_proto(date)), Some(date));
    for (year, month, day) in [
        (2026, 2, 29),
        (2026, 13, 1),
        (2026, 0, 1),
        (1999, 12, 31),
        (10_000, 1, 1),
        (2026, 1, 300),
        (0, 0, 0),
    ] {
        let wrong = Date { year, month, day };
        assert_eq!(stamp::date_from_proto(&wrong), None, "{wrong:?}");
    }
}
