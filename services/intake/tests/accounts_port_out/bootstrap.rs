//! The bootstrap file: made so at every start, announced once.

use portway_proto::intake::v1;
use types::AccountId;

use crate::calls::ask;
use crate::harness::TestIntake;

const ID: &str = "0192f0c1-2d3e-7000-8000-000000000001";

fn file(name: &str) -> String {
    format!(
        r#"
        [[account]]
        id = "{ID}"
        name = "{name}"
        owner = "user:ann"
        owner_email = "ann@acme.example"
        time_zone = "America/New_York"
        currency = "USD"
        country = "US"

        [[grant]]
        account = "{ID}"
        subject = "user:bob"
        permissions = ["port_out.view"]

        [[grant]]
        account = "00000000-0000-0000-0000-000000000000"
        subject = "user:ops"
        permissions = "all"
        "#
    )
}

#[tokio::test]
async fn a_start_makes_what_the_file_says_and_announces_what_changed() {
    let mut intake = TestIntake::prepare("bootstrap").await;
    intake.set_bootstrap(&file("Acme"));
    intake.start_replica().await.unwrap();
    intake.start_replica().await.unwrap();
    let id: AccountId = ID.parse().unwrap();
    let counts = async || {
        let accounts = intake.events::<v1::AccountChanged>(id).await.len();
        let grants = intake.events::<v1::GrantChanged>(id).await.len();
        (
            accounts,
            grants,
            intake.events::<v1::GrantChanged>(AccountId::PLATFORM).await.len(),
        )
    };
    assert_eq!(
        counts().await,
        (1, 2, 1),
        "the account, its owner and Bob; operations"
    );
    intake.set_bootstrap(&file("Acme Telecom"));
    intake.start_replica().await.unwrap();
    let counts = async || {
        let accounts = intake.events::<v1::AccountChanged>(id).await.len();
        (accounts, intake.events::<v1::GrantChanged>(id).await.len())
    };
    assert_eq!(counts().await, (2, 2), "only the name changed");
    let operator = intake.user(AccountId::PLATFORM, "user:ops");
    let get = v1::GetAccountRequest {
        account_id: ID.to_owned(),
    };
    let found = intake
        .accounts()
        .get_account(ask(&operator.token, get))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(found.account.unwrap().name, "Acme Telecom");
}

#[tokio::test]
async fn a_file_that_is_wrong_stops_the_start_and_changes_nothing() {
    let mut intake = TestIntake::prepare("bad_bootstrap").await;
    let stray = format!(
        "{}\n[[grant]]\naccount = \"{}\"\nsubject = \"user:x\"\npermissions = \"all\"\n",
        file("Acme"),
        AccountId::generate()
    );
    for (bootstrap, expected) in [
        (
            file("Acme").replace("America/New_York", "Mars/Olympus"),
            "time_zone",
        ),
        (stray, "there is no account"),
    ] {
        intake.set_bootstrap(&bootstrap);
        let error = intake.start_replica().await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let accounts: i64 = sqlx::query_scalar("SELECT count(*) FROM account")
        .fetch_one(&intake.pool)
        .await
        .unwrap();
    assert_eq!(accounts, 0);
}
