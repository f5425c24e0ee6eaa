//! Numbers from files.

use std::fmt::Write as _;

use portway_proto::intake::v1::LineFault;

use crate::customer::{ONE, TWO};
use crate::harness::{TestIntake, reason, refusal};

const HEADER: &str = "Phone Number,PIN,Agent Name,Agent Email\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_line_is_named_and_nothing_is_added_unless_asked_to() {
    let intake = TestIntake::start("csv").await;
    let customer = intake.customer().await;
    let draft = customer.draft(&[ONE]).await;
    let file = format!(
        "{HEADER}{TWO},1234,Tom,tom@x.example\n2018670199x,1,,\n201-867-0124,,,\n(201) 867-0123,,,bad\n"
    );
    let refused = customer.import(&draft, &file, false).await.unwrap();
    let fault = |line, column: &str, code: &str| (line, column.to_owned(), code.to_owned());
    let faults = |faults: Vec<LineFault>| {
        faults
            .into_iter()
            .map(|fault| (fault.line, fault.column, fault.code))
            .collect::<Vec<_>>()
    };
    let expected = [
        fault(3, "Phone Number", "LETTERS"),
        fault(4, "Phone Number", "DUPLICATE_TN"),
        fault(5, "Agent Email", "EMAIL"),
        fault(5, "Phone Number", "DUPLICATE_TN"),
    ];
    assert_eq!((refused.added, faults(refused.faults)), (0, expected.to_vec()));
    assert_eq!(customer.get(&draft).await.number_count, 1);
    let taken = customer.import(&draft, &file, true).await.unwrap();
    assert_eq!((taken.added, faults(taken.faults)), (1, expected.to_vec()));
    let order = customer.get(&draft).await;
    assert_eq!(
        order
            .numbers
            .iter()
            .map(|number| number.tn.as_str())
            .collect::<Vec<_>>(),
        [ONE, TWO]
    );
    assert_eq!(
        (
            order.numbers[1].agent_name.as_str(),
            order.numbers[1].masked_pin.as_str()
        ),
        ("Tom", "••••")
    );
    let headless = customer
        .import(&draft, "2018670125,1,,\n", false)
        .await
        .unwrap_err();
    assert_eq!(
        refusal(&headless).1,
        [("chunk".to_owned(), "CSV_HEADER".to_owned())]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_thousand_numbers_are_imported_submitted_and_ported_and_one_more_is_refused() {
    let intake = TestIntake::start("bulk").await;
    let customer = intake.customer().await;
    let draft = customer.draft(&[]).await;
    let mut file = HEADER.to_owned();
    for number in 0..20_000 {
        writeln!(file, "+120186{number:05},12345,,").unwrap();
    }
    let too_many = format!("{file}+12019660000,,,\n");
    let refused = customer.import(&draft, &too_many, false).await.unwrap_err();
    assert_eq!(
        refusal(&refused).1,
        [("chunk".to_owned(), "TOO_MANY_LINES".to_owned())]
    );
    let imported = customer.import(&draft, &file, false).await.unwrap();
    assert_eq!((imported.added, imported.faults.len()), (20_000, 0));
    let more = customer
        .import(&draft, &format!("{HEADER}2019660000,,,\n"), false)
        .await
        .unwrap_err();
    assert_eq!(reason(&more), "TOO_MANY_NUMBERS");
    let bill = crate::customer::pdf(&["Bill"]);
    let dated = jiff::civil::date(2026, 11, 1);
    customer
        .upload(
            &draft,
            portway_proto::intake::v1::DocumentKind::Bill,
            dated,
            &bill,
        )
        .await
        .unwrap();
    let order = customer.submit(&draft).await.unwrap();
    assert_eq!(intake.live_tns().await, 20_000);
    intake
        .hear(&order, portway_proto::gateway::v1::Answer::Activated, &[])
        .await;
    assert_eq!(
        (intake.live_tns().await, intake.inventory().await.len()),
        (0, 20_000)
    );
}
