//! What an account does to protect its numbers is announced, and so on record.

use portway_proto::intake::v1;

use crate::calls::change;
use crate::harness::TestIntake;

const TN: &str = "+14158675309";

#[tokio::test]
async fn what_an_account_sets_to_protect_its_numbers_is_announced_without_the_pin() {
    let intake = TestIntake::start("protection_events").await;
    let user = intake.given_account().await;
    intake.given_number(user.account, TN, "IN_SERVICE").await;
    intake.set_pin(&user, &[TN], "Zq7Xw").await.unwrap();
    let clear = v1::ClearPortOutPinRequest {
        tns: vec![TN.to_owned()],
    };
    intake
        .protection()
        .clear_port_out_pin(change(&user.token, clear))
        .await
        .unwrap();
    let pins = intake.events::<v1::PortOutPinChanged>(user.account).await;
    let changes: Vec<_> = pins.iter().map(v1::PortOutPinChanged::change).collect();
    assert_eq!(changes, [v1::PinChange::Set, v1::PinChange::Cleared]);
    assert!(pins.iter().all(|event| event.tns == [TN]));
    for locked in [true, true, false] {
        intake.set_lock(&user, &[TN], locked).await.unwrap();
    }
    let locks = intake.events::<v1::LocksChanged>(user.account).await;
    let changes: Vec<bool> = locks.iter().map(|event| event.locked).collect();
    assert_eq!(
        changes,
        [true, false],
        "a lock that was set already did not change"
    );
    let secrets: i64 =
        sqlx::query_scalar("SELECT count(*) FROM event WHERE position('Zq7Xw'::bytea IN payload) > 0")
            .fetch_one(&intake.pool)
            .await
            .unwrap();
    assert_eq!(secrets, 0);
}
