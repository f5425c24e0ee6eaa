//! The README's table of settings is the one that the service reads.

use carrier_gateway::{SERVICE, Settings};
use config::{Env, markdown_table};
use telemetry::TelemetrySettings;

#[test]
fn the_readme_lists_every_setting() {
    let mut env = Env::from_pairs([
        ("PORTWAY_DATABASE_URL", "postgres://gateway@localhost/portway"),
        ("PORTWAY_KEY_SET", "keys.json"),
        ("PORTWAY_IDENTITY_PEM", "pem"),
        ("PORTWAY_DIGEST_KEY", "AAAAAAAAAAAAAAAAAAAAAA=="),
        (
            "PORTWAY_KEY_RING",
            "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ),
        ("PORTWAY_INTAKE_ENDPOINT", "http://intake:50051"),
        ("PORTWAY_PARTNER_ENDPOINT", "http://carrier-sim:50051"),
    ]);
    TelemetrySettings::read(SERVICE, &mut env).unwrap();
    Settings::read(&mut env).unwrap();
    let table = markdown_table(env.describe());
    assert!(
        include_str!("../../README.md").contains(&table),
        "the README should have:\n{table}"
    );
}
