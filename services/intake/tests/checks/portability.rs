//! CheckPortability: each number is judged by itself, and nothing makes the call fail but the call itself.

use jiff::civil::{Date, date};
use portway_proto::intake::v1;
use portway_proto::intake::v1::portability_service_client::PortabilityServiceClient;
use portway_proto::intake::v1::{CarrierKnowledge, NumberPortability, PortPath};
use service::stamp;
use tonic::{Code, Status};

use crate::carriers::{resp_org, wireless, wireline};
use crate::customer::{Customer, ONE, TWO};
use crate::harness::{TestIntake, ask, refusal};

const SEATTLE: &str = "+12068670123";
const TORONTO: &str = "+14168670123";
const TOLL_FREE: &str = "+18008670123";

async fn check(
    intake: &TestIntake,
    customer: &Customer,
    numbers: &[&str],
) -> Result<Vec<NumberPortability>, Status> {
    let request = v1::CheckPortabilityRequest {
        phone_numbers: numbers.iter().map(|number| (*number).to_owned()).collect(),
    };
    let mut client = PortabilityServiceClient::new(intake.channel());
    let reply = client.check_portability(ask(&customer.token, request)).await?;
    Ok(reply.into_inner().numbers)
}

fn earliest(number: &NumberPortability) -> Option<Date> {
    number.earliest_date.as_ref().and_then(stamp::date_from_proto)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_number_is_told_its_carrier_what_it_needs_and_the_earliest_date() {
    let intake = TestIntake::start("portable").await;
    let customer = intake.customer().await;
    intake.hear_carriers().await;
    let lookup = &intake.feed.lookup;
    lookup.put(ONE, &wireless());
    lookup.put(TWO, &wireline());
    lookup.put(SEATTLE, &wireline());
    lookup.put(TOLL_FREE, &resp_org());
    let numbers = check(
        &intake,
        &customer,
        &["201-867-0123", TWO, SEATTLE, TOLL_FREE, TORONTO],
    )
    .await
    .unwrap();
    assert_eq!(lookup.calls(), 1);
    assert!(
        numbers
            .iter()
            .all(|number| number.portable && number.code.is_empty())
    );
    let [one, two, seattle, toll_free, toronto] = numbers.as_slice() else {
        panic!("{numbers:?}")
    };

    assert_eq!((one.input.as_str(), one.tn.as_str()), ("201-867-0123", ONE));
    assert_eq!(
        (one.country.as_str(), one.state.as_str(), one.path()),
        ("US", "NJ", PortPath::WirelessPortRequest)
    );
    let carrier = one.carrier.clone().unwrap();
    assert_eq!(
        (
            carrier.carrier_id.as_str(),
            carrier.name.as_str(),
            carrier.spid.as_str(),
            carrier.wireless
        ),
        ("sim-wireless", "Harbor Mobile", "HRBM", true)
    );
    let needs = v1::CarrierNeeds {
        pin: true,
        account_number: true,
        loa: false,
        interval_business_days: 2,
        bill_age_max_days: 0,
    };
    assert_eq!(carrier.needs, Some(needs));
    // Two business days from Monday.
    assert_eq!(earliest(one), Some(date(2026, 11, 25)));

    // Two numbers of one wireline carrier are no simple port: four business days, less Thanksgiving and its Friday.
    assert_eq!(
        (two.path(), seattle.path()),
        (PortPath::LocalServiceRequest, PortPath::LocalServiceRequest)
    );
    assert_eq!(
        (earliest(two), earliest(seattle)),
        (Some(date(2026, 12, 1)), Some(date(2026, 12, 1)))
    );

    assert!(toll_free.toll_free && toll_free.country.is_empty() && toll_free.state.is_empty());
    assert_eq!(toll_free.path(), PortPath::RespOrgChange);
    let carrier = toll_free.carrier.clone().unwrap();
    assert_eq!(carrier.resp_org, "HRB01");
    assert!(carrier.needs.unwrap().loa, "toll-free numbers need a letter");
    assert_eq!(earliest(toll_free), Some(date(2026, 11, 27)));

    assert_eq!((toronto.country.as_str(), toronto.state.as_str()), ("CA", "ON"));
    assert_eq!(
        (toronto.knowledge(), toronto.path()),
        (CarrierKnowledge::NotFound, PortPath::Unspecified)
    );
    // Canadian wireline: two business days, and Thanksgiving was in October.
    assert_eq!(earliest(toronto), Some(date(2026, 11, 25)));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_has_its_code_and_the_others_are_answered() {
    let intake = TestIntake::start("unportable").await;
    let customer = intake.customer().await;
    let cases = [
        ("415867530", "TN_LENGTH"),
        ("0158675309", "NPA_FORMAT"),
        ("4150675309", "NXX_FORMAT"),
        ("2119675309", "NPA_N11"),
        ("3902345678", "NPA_RESERVED"),
        ("444-444-4444", "NPA_UNKNOWN"),
        ("2129115309", "NXX_N11"),
        ("2125550100", "RESERVED_555"),
        ("2129761234", "NXX_NOT_PORTABLE"),
        ("9002345678", "PREMIUM"),
        ("5002345678", "PERSONAL"),
        ("6002345678", "NON_GEOGRAPHIC"),
        ("8222345678", "SAC_NOT_IN_SERVICE"),
        ("8762345678", "NOT_US_CA"),
        ("1-800-FLOWERS", "LETTERS"),
        ("415-867-5309 x12", "EXTENSION"),
        ("\u{ff14}158675309", "NON_ASCII_DIGITS"),
        ("+44 1632 960961", "FOREIGN"),
        ("415*867*5309", "TN_CHARACTER"),
        ("", "TN_LENGTH"),
        ("4158675309", ""),
        ("+1 (415) 867-5309", "DUPLICATE_TN"),
    ];
    let inputs = cases.map(|(input, _)| input);
    let numbers = check(&intake, &customer, &inputs).await.unwrap();
    for (number, (input, code)) in numbers.iter().zip(cases) {
        assert_eq!((number.input.as_str(), number.code.as_str()), (input, code));
        let is_refused = !code.is_empty();
        assert_eq!(number.portable, !is_refused, "{input}");
        assert_eq!(
            !number.message.is_empty() && !number.remedy.is_empty(),
            is_refused,
            "{input}"
        );
        assert!(
            number.carrier.is_none() && number.earliest_date.is_some() != is_refused,
            "{input}"
        );
    }
    assert_eq!(numbers.len(), cases.len());
    let of = |code: &str| numbers.iter().find(|number| number.code == code).unwrap();
    assert_eq!(of("NOT_US_CA").country, "JM");
    let duplicate = &of("DUPLICATE_TN").message;
    assert!(
        duplicate.contains("4158675309") && duplicate.contains("+1 (415) 867-5309"),
        "{duplicate}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_under_way_or_in_service_is_refused_without_saying_whose_it_is() {
    let intake = TestIntake::start("taken").await;
    let other = intake.customer().await;
    let order = other.submitted_of(&[ONE]).await;
    sqlx::query(
        "INSERT INTO inventory_number (tn, account_id, state, since, origin_order_id, account_number, postal_code,
                                       end_user_name)
         VALUES ($1, $2, 'IN_SERVICE', '2026-01-01T00:00:00Z', $2, '1', '07102', 'Bo Ray')",
    )
    .bind(TWO)
    .bind(uuid::Uuid::new_v4())
    .execute(&intake.pool)
    .await
    .unwrap();
    let customer = intake.customer().await;
    let numbers = check(&intake, &customer, &[ONE, TWO]).await.unwrap();
    let codes: Vec<_> = numbers
        .iter()
        .map(|number| (number.code.as_str(), number.state.as_str()))
        .collect();
    assert_eq!(codes, [("TN_IN_FLIGHT", "NJ"), ("TN_IN_SERVICE", "NJ")]);
    let told = format!("{numbers:?}");
    assert!(!told.contains(&order.order_id) && !told.contains(&order.account_id) && !told.contains("Bo Ray"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_gateway_all_else_is_answered() {
    let intake = TestIntake::start("gatewayaway").await;
    let customer = intake.customer().await;
    intake.hear_carriers().await;
    intake.feed.lookup.put(ONE, &wireless());
    intake.feed.lookup.go_away();
    let numbers = check(&intake, &customer, &[ONE, TOLL_FREE, "12"]).await.unwrap();
    let [one, toll_free, wrong] = numbers.as_slice() else {
        panic!("{numbers:?}")
    };
    assert!(one.portable && one.carrier.is_none());
    assert_eq!(
        (one.knowledge(), one.path()),
        (CarrierKnowledge::Unavailable, PortPath::Unspecified)
    );
    // By the rule of a simple wireline port, the longer one.
    assert_eq!(earliest(one), Some(date(2026, 11, 24)));
    assert_eq!(
        (toll_free.knowledge(), toll_free.path()),
        (CarrierKnowledge::Unavailable, PortPath::RespOrgChange)
    );
    assert_eq!(
        (wrong.code.as_str(), wrong.knowledge()),
        ("TN_LENGTH", CarrierKnowledge::Unspecified)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_was_not_told_of_is_named_without_its_needs() {
    let intake = TestIntake::start("untold").await;
    let customer = intake.customer().await;
    intake.feed.lookup.put(ONE, &wireless());
    let numbers = check(&intake, &customer, &[ONE]).await.unwrap();
    let carrier = numbers[0].carrier.clone().unwrap();
    assert_eq!((carrier.name.as_str(), carrier.needs), ("Harbor Mobile", None));
    assert_eq!(numbers[0].knowledge(), CarrierKnowledge::Known);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_numbers_go_in_one_call_and_one_more_does_not() {
    let intake = TestIntake::start("thousand").await;
    let customer = intake.customer().await;
    let thousand: Vec<String> = (0..1_001).map(|line| format!("201867{line:04}")).collect();
    let mut thousand: Vec<&str> = thousand.iter().map(String::as_str).collect();
    let refused = check(&intake, &customer, &thousand).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert_eq!(
        refusal(&refused).1,
        [("phone_numbers".to_owned(), "TOO_MANY".to_owned())]
    );
    let none = check(&intake, &customer, &[]).await.unwrap_err();
    assert_eq!(
        refusal(&none).1,
        [("phone_numbers".to_owned(), "MISSING".to_owned())]
    );
    let long = "1".repeat(65);
    let too_long = check(&intake, &customer, &[long.as_str(), ONE])
        .await
        .unwrap_err();
    assert_eq!(
        refusal(&too_long).1,
        [("phone_numbers[0]".to_owned(), "TOO_LONG".to_owned())]
    );
    thousand.pop();
    let numbers = check(&intake, &customer, &thousand).await.unwrap();
    assert_eq!(numbers.iter().filter(|number| number.portable).count(), 1_000);
    assert_eq!(intake.feed.lookup.calls(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_the_permission_to_see_port_ins() {
    let intake = TestIntake::start("nopermission").await;
    let customer = intake.customer_who_may(&["numbers.view"]).await;
    let refused = check(&intake, &customer, &[ONE]).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}
