//! Letters of authorization as they are made.

use jiff::civil::date;
use portway_proto::intake::v1;
use portway_proto::intake::v1::DocumentKind;
use tonic::Code;

use crate::customer::{Customer, ONE, TWO, details, key, number};
use crate::harness::{TestIntake, ask, change, reason, refusal};
use crate::signer::{Signer, lacks};

fn text(pdf: &[u8]) -> String {
    let document = lopdf::Document::load_mem(pdf).unwrap();
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    let text = document.extract_text(&pages).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn create(customer: &Customer, details: v1::OrderDetails, tns: &[&str]) -> v1::Order {
    let request = v1::CreateOrderRequest {
        details: Some(details),
        numbers: tns.iter().map(|tn| number(tn)).collect(),
    };
    let reply = customer
        .port_in()
        .create_order(change(&customer.token, &key(), request))
        .await;
    reply.unwrap().into_inner().order.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_says_what_the_order_says_and_satisfies_nothing_before_it_is_signed() {
    let intake = TestIntake::start("letter").await;
    let customer = intake
        .customer_who_may(&["port_in.view", "port_in.modify", "account.modify"])
        .await;
    let signer = Signer {
        intake: &intake,
        customer: &customer,
    };
    let draft = customer.draft(&[ONE, TWO]).await;
    let letter = signer.letter(&draft).await;
    assert_eq!(
        (letter.number_count, letter.page_count, letter.btn.as_str()),
        (2, 1, "+12018670100")
    );
    let content = signer.content(&letter).await.unwrap();
    assert_eq!(i64::try_from(content.len()).unwrap(), letter.size_bytes);
    let text = text(&content);
    for expected in [
        "Acme Voice",
        "Billing name Ann Lee",
        "21 Market St",
        "Newark, NJ 07102",
        "Billing telephone number (201) 867-0100",
        "(201) 867-0123",
        "(201) 867-0124",
        &draft.request_number,
    ] {
        assert!(text.contains(expected), "{expected} is not in: {text}");
    }
    assert!(!text.contains("HR-4471-0092"), "no secret is on it");
    assert!(signer.documents(&draft).await.is_empty());
    // Signed by hand and uploaded, it is read like any other.
    let uploaded = customer
        .upload(&draft, DocumentKind::Loa, date(2026, 11, 23), &content)
        .await
        .unwrap();
    assert_eq!(uploaded.tns, ["+12018670100", ONE, TWO]);
    assert_eq!(lacks(&customer, &draft).await, ["BILL_OR_CSR_MISSING"]);
    let stranger = intake.customer().await;
    let other = Signer {
        intake: &intake,
        customer: &stranger,
    };
    assert_eq!(
        reason(&other.content(&letter).await.unwrap_err()),
        "LETTER_NOT_FOUND"
    );
    assert_eq!(reason(&other.make(&draft).await.unwrap_err()), "ORDER_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_is_only_tried_is_kept_nowhere() {
    let intake = TestIntake::start("triedletter").await;
    let customer = intake
        .customer_who_may(&["port_in.view", "port_in.modify", "account.modify"])
        .await;
    let draft = customer.draft(&[ONE]).await;
    let signer = Signer {
        intake: &intake,
        customer: &customer,
    };
    signer.brand().await;
    let request = v1::MakeLettersRequest {
        order_id: draft.order_id.clone(),
    };
    let mut request = change(&customer.token, &key(), request);
    request
        .metadata_mut()
        .insert("portway-dry-run", "true".parse().unwrap());
    let tried = signer.letters().make_letters(request).await.unwrap();
    assert_eq!(tried.into_inner().letters.len(), 1);
    let letters: i64 = sqlx::query_scalar("SELECT count(*) FROM letter")
        .fetch_one(&intake.pool)
        .await
        .unwrap();
    assert_eq!(letters, 0);
    assert!(!intake.folder.path().join("documents").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_letter_must_name_and_the_order_lacks_is_named_at_once() {
    let intake = TestIntake::start("incomplete").await;
    let customer = intake.customer().await;
    let signer = Signer {
        intake: &intake,
        customer: &customer,
    };
    let empty = create(&customer, v1::OrderDetails::default(), &[]).await;
    let (reason_given, faults) = refusal(&signer.make(&empty).await.unwrap_err());
    assert_eq!(reason_given, "LETTER_INCOMPLETE");
    let fields: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "subscriber_name",
            "service_address",
            "authorized_by",
            "losing_carrier",
            "brand.name",
            "numbers"
        ]
    );
    let strange = v1::OrderDetails {
        last_name: "李".to_owned(),
        btn: String::new(),
        ..details()
    };
    let strange = create(&customer, strange, &[ONE]).await;
    let (_, faults) = refusal(&signer.make(&strange).await.unwrap_err());
    let expected = [
        ("subscriber_name", "UNPRINTABLE"),
        ("brand.name", "MISSING"),
        ("btn", "MISSING"),
    ];
    assert_eq!(
        faults,
        expected.map(|(field, code)| (field.to_owned(), code.to_owned()))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_goes_out_in_parts_has_a_letter_for_each() {
    let intake = TestIntake::start("parts").await;
    let customer = intake
        .customer_who_may(&["port_in.view", "port_in.modify", "account.modify"])
        .await;
    let signer = Signer {
        intake: &intake,
        customer: &customer,
    };
    signer.brand().await;
    let request = v1::CreateOrderRequest {
        details: Some(details()),
        numbers: vec![
            number(ONE),
            v1::NumberDraft {
                overrides: Some(v1::NumberOverrides {
                    btn: "+12018670200".to_owned(),
                    ..v1::NumberOverrides::default()
                }),
                ..number(TWO)
            },
        ],
    };
    let reply = customer
        .port_in()
        .create_order(change(&customer.token, &key(), request))
        .await;
    let order = reply.unwrap().into_inner().order.unwrap();
    let letters = signer.make(&order).await.unwrap();
    let covered: Vec<(&str, i32)> = letters
        .iter()
        .map(|letter| (letter.btn.as_str(), letter.number_count))
        .collect();
    assert_eq!(covered, [("+12018670100", 1), ("+12018670200", 1)]);
    let text = text(&signer.content(&letters[1]).await.unwrap());
    assert!(
        text.contains("(201) 867-0124") && !text.contains("(201) 867-0123"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brand_is_kept_whole_or_refused_with_all_its_faults() {
    let intake = TestIntake::start("brand").await;
    let customer = intake.customer_who_may(&["port_in.view", "account.modify"]).await;
    let signer = Signer {
        intake: &intake,
        customer: &customer,
    };
    let mut logo = Vec::new();
    let mut encoder = png::Encoder::new(&mut logo, 1, 1);
    encoder.set_color(png::ColorType::Rgb);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&[1, 2, 3])
        .unwrap();
    let brand = v1::LetterBrand {
        name: "Acme Voice".to_owned(),
        logo_png: logo,
        accent_colour: "#0A5CAD".to_owned(),
        contact_line: "help@acme.example".to_owned(),
    };
    let set = async |brand: v1::LetterBrand| {
        let request = v1::SetLetterBrandRequest { brand: Some(brand) };
        let reply = signer
            .letters()
            .set_letter_brand(change(&customer.token, &key(), request))
            .await?;
        Ok::<_, tonic::Status>(reply.into_inner().brand.unwrap())
    };
    let kept = set(brand.clone()).await.unwrap();
    assert_eq!(kept.accent_colour, "#0a5cad");
    let shown = signer
        .letters()
        .get_letter_brand(ask(&customer.token, v1::GetLetterBrandRequest {}))
        .await;
    assert_eq!(shown.unwrap().into_inner().brand.unwrap(), kept);
    let wrong = v1::LetterBrand {
        name: "a".repeat(61),
        logo_png: b"GIF89a".to_vec(),
        accent_colour: "blue".to_owned(),
        contact_line: "李".to_owned(),
    };
    let refused = set(wrong).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    let codes: Vec<String> = refusal(&refused).1.into_iter().map(|(_, code)| code).collect();
    assert_eq!(codes, ["TOO_LONG", "UNPRINTABLE", "INVALID", "LOGO"]);
}
