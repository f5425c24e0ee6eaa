//! The reasons that an account may give: lawful, and not disproved by our own record.

use portway_proto::intake::v1;

use crate::calls::{ask, refusal, request_for};
use crate::harness::TestIntake;

const TN: &str = "+14158675309";

#[tokio::test]
async fn what_our_own_record_disproves_is_neither_offered_nor_taken() {
    let intake = TestIntake::start("disproved").await;
    let user = intake.given_account().await;
    intake.given_number(user.account, TN, "IN_SERVICE").await;
    intake.set_pin(&user, &[TN], "4711").await.unwrap();
    let right = v1::ReceivePortOutRequest {
        pin: "4711".to_owned(),
        ..request_for("PON-1", &[TN])
    };
    let id = intake.receive_one(right).await;
    let request = v1::ListRejectionReasonsRequest {
        port_out_id: id.clone(),
    };
    let listed = intake
        .port_outs()
        .list_rejection_reasons(ask(&user.token, request))
        .await;
    assert_eq!(listed.unwrap().into_inner().reasons, []);
    for reason in [
        "TN_NOT_FOUND",
        "TN_NOT_ACTIVE",
        "ACCOUNT_NUMBER",
        "ZIP",
        "PIN",
        "PIN_MISSING",
    ] {
        let refused = intake.reject(&user, &id, reason).await.unwrap_err();
        assert_eq!(refusal(&refused).0, "REASON_DOES_NOT_APPLY", "{reason}");
        assert!(refused.message().contains("accept it"), "{}", refused.message());
    }
}
