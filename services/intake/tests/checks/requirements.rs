//! Requirements with what is known of the carrier, through ListRequirements and SubmitOrder.

use jiff::civil::{Date, date};
use portway_proto::gateway::v1::Carrier;
use portway_proto::intake::v1;
use portway_proto::intake::v1::{DocumentKind, Order, OrderDetails, Requirement};
use service::stamp;

use crate::carriers::{wireless, wireline};
use crate::customer::{Customer, ONE, TWO, details, number, pdf};
use crate::drafts;
use crate::harness::{TestIntake, refusal};

const SEATTLE: &str = "+12068670123";
const TOLL_FREE: &str = "+18008670123";

/// A draft with a bill.
async fn draft(customer: &Customer, details: OrderDetails, numbers: Vec<v1::NumberDraft>) -> Order {
    let order = drafts::draft(customer, details, numbers).await;
    customer
        .upload(&order, DocumentKind::Bill, date(2026, 11, 1), &pdf(&["Bill"]))
        .await
        .unwrap();
    order
}

/// Code, field and number of what an order lacks.
async fn lacks(customer: &Customer, order: &Order) -> Vec<(String, String, String)> {
    let listed = customer.requirements(order).await.requirements;
    let all = listed.into_iter().map(|one: Requirement| {
        assert!(!one.message.is_empty() && !one.remedy.is_empty(), "{one:?}");
        (one.code, one.field, one.tn)
    });
    all.collect()
}

fn of(code: &str, field: &str, tn: &str) -> (String, String, String) {
    (code.to_owned(), field.to_owned(), tn.to_owned())
}

fn wanted(day: Date) -> OrderDetails {
    OrderDetails {
        losing_carrier: "sim-wireline".to_owned(),
        wanted_date: Some(stamp::date_to_proto(day)),
        ..details()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_carrier_asks_for_is_listed_and_guards_the_submission() {
    let intake = TestIntake::start("asksfor").await;
    let customer = intake.customer().await;
    let bare = OrderDetails {
        account_number: String::new(),
        ..details()
    };
    let without_pin = v1::NumberDraft {
        pin: String::new(),
        ..number(TWO)
    };
    let order = draft(&customer, bare, vec![number(ONE), without_pin]).await;
    let missing = of("MISSING", "details.account_number", "");
    // Before the gateway has told of any carrier.
    assert_eq!(lacks(&customer, &order).await, vec![missing.clone()]);
    intake.hear_carrier(&wireless()).await;
    let pin = of("PIN_REQUIRED", "numbers.pin", TWO);
    assert_eq!(lacks(&customer, &order).await, vec![missing, pin.clone()]);
    let asking_less = Carrier {
        account_number_required: false,
        loa_required: true,
        ..wireless()
    };
    intake.hear_carrier(&asking_less).await;
    assert_eq!(
        lacks(&customer, &order).await,
        [pin, of("LOA_MISSING", "documents", "")]
    );
    let refused = customer.submit(&order).await.unwrap_err();
    let (reason, faults) = refusal(&refused);
    assert_eq!(reason, "REQUIREMENTS_NOT_MET");
    assert_eq!(
        faults,
        [
            (format!("numbers[\"{TWO}\"].pin"), "PIN_REQUIRED".to_owned()),
            ("documents".to_owned(), "LOA_MISSING".to_owned())
        ]
    );
    let asking_nothing = Carrier {
        pin_required: false,
        account_number_required: false,
        ..wireless()
    };
    intake.hear_carrier(&asking_nothing).await;
    customer.submit(&order).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_does_not_exist_is_named_once_carriers_are_known() {
    let intake = TestIntake::start("nosuchcarrier").await;
    let customer = intake.customer().await;
    let order = customer.draft(&[ONE]).await;
    customer
        .upload(&order, DocumentKind::Bill, date(2026, 11, 1), &pdf(&["Bill"]))
        .await
        .unwrap();
    assert_eq!(lacks(&customer, &order).await, []);
    intake.hear_carrier(&wireline()).await;
    let unknown = of("LOSING_CARRIER_UNKNOWN", "details.losing_carrier", "");
    assert_eq!(lacks(&customer, &order).await, [unknown]);
    intake.hear_carrier(&wireless()).await;
    assert_eq!(lacks(&customer, &order).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wanted_date_is_judged_by_the_carriers_calendar_and_each_numbers_region() {
    let intake = TestIntake::start("dates").await;
    let customer = intake.customer().await;
    intake.hear_carriers().await;
    let date_of = |code: &str| vec![of(code, "details.wanted_date", "")];
    // Today is Monday, November 23.
    let cases = [
        (date(2026, 11, 28), date_of("DATE_NOT_BUSINESS_DAY")),
        (date(2026, 11, 27), date_of("DATE_NOT_BUSINESS_DAY")),
        (date(2026, 12, 24), date_of("DATE_TOO_FAR")),
        (date(2026, 11, 22), date_of("DATE_PAST")),
        (date(2026, 11, 30), date_of("DATE_TOO_SOON")),
        (date(2026, 12, 1), Vec::new()),
    ];
    for (day, expected) in cases {
        let order = draft(&customer, wanted(day), vec![number(ONE), number(TWO)]).await;
        assert_eq!(lacks(&customer, &order).await, expected, "{day}");
        for one in customer.requirements(&order).await.requirements {
            assert!(
                one.message.contains("2026-12-01"),
                "names the earliest date: {}",
                one.message
            );
        }
    }
    // Half past midnight on Tuesday in the East is still Monday in the Mountains, by whose clock Seattle goes.
    intake
        .clock
        .advance_to("2026-11-24T05:30:00Z".parse().unwrap())
        .unwrap();
    let order = draft(
        &customer,
        wanted(date(2026, 11, 23)),
        vec![number(ONE), number(SEATTLE)],
    )
    .await;
    let expected = [
        of("DATE_PAST", "details.wanted_date", ONE),
        of("DATE_TOO_SOON", "details.wanted_date", SEATTLE),
    ];
    assert_eq!(lacks(&customer, &order).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_billing_number_that_leaves_needs_another() {
    let intake = TestIntake::start("btn").await;
    let customer = intake.customer().await;
    let partial = |new_btn: &str| OrderDetails {
        btn: ONE.to_owned(),
        partial: true,
        remaining_numbers: v1::RemainingNumbers::Keep.into(),
        new_btn: new_btn.to_owned(),
        ..details()
    };
    let new_btn = |code: &str| vec![of(code, "details.new_btn", "")];
    let cases = [
        (partial(""), new_btn("NEW_BTN_REQUIRED")),
        (partial(TWO), new_btn("NEW_BTN_PORTING")),
        (partial(ONE), new_btn("NEW_BTN_SAME")),
        (partial("2018670199"), Vec::new()),
    ];
    for (details, expected) in cases {
        let order = draft(&customer, details, vec![number(ONE), number(TWO)]).await;
        assert_eq!(lacks(&customer, &order).await, expected);
    }
    let order = draft(&customer, details(), vec![number(TOLL_FREE)]).await;
    let found = lacks(&customer, &order).await;
    assert!(
        found.contains(&of("TOLL_FREE_BTN", "details.btn", "")),
        "{found:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_another_carrier_has_is_a_warning_and_no_hindrance() {
    let intake = TestIntake::start("elsewhere").await;
    let customer = intake.customer().await;
    intake.hear_carriers().await;
    intake.feed.lookup.put(ONE, &wireless());
    intake.feed.lookup.put(TWO, &wireline());
    let order = draft(&customer, details(), vec![number(ONE), number(TWO)]).await;
    let listed = customer.requirements(&order).await;
    assert!(listed.ready);
    let [only] = listed.requirements.as_slice() else {
        panic!("{listed:?}")
    };
    assert_eq!(
        (only.code.as_str(), only.tn.as_str(), only.warning),
        ("LOSING_CARRIER_MISMATCH", TWO, true)
    );
    assert!(
        only.message.contains("Harbor Bell") && only.message.contains("Harbor Mobile"),
        "{}",
        only.message
    );
    intake.feed.lookup.go_away();
    let listed = customer.requirements(&order).await;
    assert!(listed.ready && listed.requirements.is_empty(), "{listed:?}");
    customer.submit(&order).await.unwrap();
}
