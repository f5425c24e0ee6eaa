//! Settings that cannot be used.

use clock::Clock;
use grpc::Lifecycle;
use notification::{Settings, SmsSettings};
use types::Secret;

use crate::harness::{NOW, World};
use crate::intake_events::at;

#[tokio::test]
async fn settings_that_cannot_be_used_are_named_and_not_repeated() {
    let world = World::create().await;
    let settings = || world.settings();
    let cases = [
        (
            Settings {
                smtp_url: Secret::new("smtp:/ada:hunter2"),
                ..settings()
            },
            "the SMTP URL cannot be used",
        ),
        (
            Settings {
                smtp_url: Secret::new("ftp://ada:hunter2@mail.test"),
                ..settings()
            },
            "the SMTP URL cannot be used",
        ),
        (
            Settings {
                mail_from: "Portway".to_owned(),
                ..settings()
            },
            "the sender of mail cannot be used",
        ),
        (
            Settings {
                sms: Some(SmsSettings {
                    url: Secret::new("smpp://ada:hunter2@sms.test"),
                    from: "+12015550100".to_owned(),
                }),
                ..settings()
            },
            "the SMS gateway's URL cannot be used",
        ),
    ];
    for (settings, expected) in cases {
        let started = notification::start(settings, Clock::manual(at(NOW)), Lifecycle::new()).await;
        let error = started.err().unwrap().to_string();
        assert!(error.starts_with(expected), "{error}");
        assert!(!error.contains("hunter2"));
    }
}
