//! Numbers in bulk: what came of each line, and uploads that break off.

use std::fmt::Write as _;

use portway_proto::intake::v1;
use portway_proto::intake::v1::import_numbers_request::Part;
use portway_proto::intake::v1::{ImportState, LineOutcome};
use testkit::eventually;
use tokio_stream::StreamExt;
use tonic::Status;
use uuid::Uuid;

use crate::customer::{Customer, key, number};
use crate::harness::{BOUND, TestIntake, change, reason, refusal};
use crate::platform::{draft_of, get_import, import_lines, tn};

fn header(order: &v1::Order, import_id: &str) -> v1::ImportHeader {
    v1::ImportHeader {
        order_id: order.order_id.clone(),
        import_id: import_id.to_owned(),
        ..v1::ImportHeader::default()
    }
}

async fn send(
    customer: &Customer,
    key: &str,
    header: v1::ImportHeader,
    parts: Vec<Part>,
) -> Result<v1::ImportNumbersResponse, Status> {
    let parts = std::iter::once(Part::Header(header)).chain(parts);
    let messages: Vec<_> = parts
        .map(|part| v1::ImportNumbersRequest { part: Some(part) })
        .collect();
    let request = change(&customer.token, key, tokio_stream::iter(messages));
    Ok(customer.port_in().import_numbers(request).await?.into_inner())
}

fn file(bytes: &[u8]) -> Vec<Part> {
    bytes
        .chunks(64 << 10)
        .map(|piece| Part::Chunk(piece.to_vec()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_has_its_outcome_and_one_that_is_no_text_keeps_none_of_the_others_back() {
    let intake = TestIntake::start("line_results").await;
    let customer = intake.customer().await;
    let draft = draft_of(&customer, vec![number(&tn(1))]).await;
    let mut csv = b"Phone Number,Alias,Losing Carrier,Account Number,BTN\n".to_vec();
    csv.extend_from_slice(b"201-867-0002,desk,sim-cable,CB-991,201-867-9000\n");
    csv.extend_from_slice(b"201-867-0003,\xFF\xFE,,,\n");
    csv.extend_from_slice(b"201-867-0001,,,,\n");
    csv.extend_from_slice(b"(201) 867-0002,,,,\n444-444-4444,,T-Mobile!,,\n");
    let id = Uuid::new_v4().to_string();
    let wanted = v1::ImportHeader {
        take_good_lines: true,
        ..header(&draft, &id)
    };
    let reply = send(&customer, &key(), wanted, file(&csv)).await.unwrap();
    assert_eq!(reply.added, 1);
    let import = reply.import.unwrap();
    assert_eq!(
        (
            import.state(),
            import.lines,
            import.good,
            import.duplicates,
            import.faulty,
            import.next_line
        ),
        (ImportState::Added, 5, 1, 2, 2, 7)
    );
    let lines = import_lines(&intake, &customer, &id, 2).await;
    let code = |code: &str| vec![code.to_owned()];
    assert_eq!(
        lines,
        [
            (2, LineOutcome::Added, vec![]),
            (3, LineOutcome::Faulty, code("NOT_UTF8")),
            (4, LineOutcome::Duplicate, code("DUPLICATE_TN")),
            (5, LineOutcome::Duplicate, code("DUPLICATE_TN")),
            (
                6,
                LineOutcome::Faulty,
                vec!["NPA_UNKNOWN".to_owned(), "INVALID".to_owned()]
            ),
        ]
    );
    assert!(
        reply
            .faults
            .iter()
            .any(|fault| fault.message == format!("lines 2 and 5 both have {}", tn(2)))
    );
    let added = customer.get(&draft).await.numbers.pop().unwrap();
    let overrides = added.overrides.unwrap();
    assert_eq!(
        (
            added.config.unwrap().alias.as_str(),
            overrides.account_number.as_str()
        ),
        ("desk", "••••91")
    );
    // What was said of secrets is kept with the order, and nowhere else.
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM number_import_line WHERE sealed IS NOT NULL")
        .fetch_one(&intake.pool)
        .await
        .unwrap();
    assert_eq!(left, 0);
    let stranger = intake.customer().await;
    let hidden = get_import(&intake, &stranger, &id).await.unwrap_err();
    assert_eq!(reason(&hidden), "IMPORT_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_come_as_messages_too_and_nothing_is_added_when_one_is_wrong() {
    let intake = TestIntake::start("messages").await;
    let customer = intake.customer().await;
    let draft = draft_of(&customer, Vec::new()).await;
    let numbered = |line: i32, phone_number: &str| {
        Part::Number(Box::new(v1::ImportedNumber {
            line,
            number: Some(number(phone_number)),
        }))
    };
    let id = Uuid::new_v4().to_string();
    let wrong = vec![numbered(1, &tn(1)), numbered(2, "911"), numbered(3, &tn(3))];
    let refused = send(&customer, &key(), header(&draft, &id), wrong).await.unwrap();
    assert_eq!(
        (refused.added, refused.import.unwrap().state()),
        (0, ImportState::Refused)
    );
    let outcomes: Vec<_> = import_lines(&intake, &customer, &id, 100)
        .await
        .into_iter()
        .map(|line| line.1)
        .collect();
    assert_eq!(
        outcomes,
        [LineOutcome::HeldBack, LineOutcome::Faulty, LineOutcome::HeldBack]
    );
    let right = vec![numbered(10, &tn(1)), numbered(20, &tn(3))];
    let added = send(&customer, &key(), header(&draft, ""), right).await.unwrap();
    assert_eq!((added.added, added.import.unwrap().next_line), (2, 21));
    let order = customer.get(&draft).await;
    assert!(order.numbers.iter().all(|number| !number.masked_pin.is_empty()));
    // The id is that import's for good.
    let elsewhere = draft_of(&customer, Vec::new()).await;
    let taken = send(&customer, &key(), header(&elsewhere, &id), Vec::new())
        .await
        .unwrap_err();
    assert_eq!(reason(&taken), "IMPORT_ID_TAKEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_upload_goes_on_where_the_server_has_it() {
    let intake = TestIntake::start("resume").await;
    let customer = intake.customer().await;
    let draft = draft_of(&customer, Vec::new()).await;
    let mut csv = "Phone Number,Agent Name\n".to_owned();
    for n in 0..6_000 {
        writeln!(csv, "201-867-{n:04},Somebody with quite a long name indeed").unwrap();
    }
    let id = Uuid::new_v4().to_string();
    let half = csv.len() / 2;
    let sent = std::iter::once(Part::Header(header(&draft, &id))).chain(file(&csv.as_bytes()[..half]));
    let sent: Vec<_> = sent
        .map(|part| v1::ImportNumbersRequest { part: Some(part) })
        .collect();
    // The rest never comes.
    let hanging = tokio_stream::iter(sent).chain(tokio_stream::pending());
    let (mut client, request) = (customer.port_in(), change(&customer.token, &key(), hanging));
    let upload = std::pin::pin!(client.import_numbers(request));
    let some_is_kept = std::pin::pin!(eventually(BOUND, "some of it is kept", async || {
        get_import(&intake, &customer, &id)
            .await
            .is_ok_and(|import| import.lines > 1_000)
    }));
    // The call is dropped while it waits.
    let first = futures::future::select(upload, some_is_kept).await;
    assert!(matches!(first, futures::future::Either::Right(_)));
    let broken = get_import(&intake, &customer, &id).await.unwrap();
    assert_eq!(broken.state(), ImportState::Receiving);
    assert_eq!(customer.get(&draft).await.number_count, 0);
    // From the next line on, after the header.
    let next_line = broken.next_line;
    let rest: String = csv
        .lines()
        .skip(usize::try_from(next_line).unwrap() - 1)
        .fold("Phone Number,Agent Name\n".to_owned(), |rest, line| {
            rest + line + "\n"
        });
    let onward = v1::ImportHeader {
        first_line: next_line,
        ..header(&draft, &id)
    };
    let done = send(&customer, &key(), onward, file(rest.as_bytes()))
        .await
        .unwrap();
    assert_eq!((done.added, done.import.unwrap().next_line), (6_000, 6_002));
    let order = customer.get(&draft).await;
    assert_eq!(
        (order.number_count, order.numbers[5_999].tn.as_str()),
        (6_000, tn(5_999).as_str())
    );
    // The whole file again adds nothing, and says the same.
    let again = send(&customer, &key(), header(&draft, &id), file(csv.as_bytes()))
        .await
        .unwrap();
    assert_eq!(again.added, 6_000);
    assert_eq!(customer.get(&draft).await.number_count, 6_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_for_one_upload_and_too_many_lines_are_refused() {
    let intake = TestIntake::start("upload_keys").await;
    let customer = intake.customer().await;
    let draft = draft_of(&customer, Vec::new()).await;
    let (key, one) = (key(), b"Phone Number\n201-867-0001\n");
    let first = send(&customer, &key, header(&draft, ""), file(one))
        .await
        .unwrap();
    let same = send(&customer, &key, header(&draft, ""), file(one))
        .await
        .unwrap();
    assert_eq!(first, same);
    let other = send(
        &customer,
        &key,
        header(&draft, ""),
        file(b"Phone Number\n201-867-0002\n"),
    )
    .await;
    assert_eq!(reason(&other.unwrap_err()), "IDEMPOTENCY_KEY_REUSED");
    let many = "Phone Number\n".to_owned() + &"2018670123\n".repeat(20_001);
    let refused = send(
        &customer,
        &crate::customer::key(),
        header(&draft, ""),
        file(many.as_bytes()),
    )
    .await;
    assert_eq!(
        refusal(&refused.unwrap_err()).1,
        [("chunk".to_owned(), "TOO_MANY_LINES".to_owned())]
    );
    assert_eq!(customer.get(&draft).await.number_count, 1);
}
