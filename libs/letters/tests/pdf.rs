//! Letters as PDFs: what others read in them.
#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic as the test does"
)]

use jiff::civil::date;
use letters::{Brand, Letter, LetterError, Logo, Signature};
use lopdf::Document;
use types::Tn;

fn letter(count: u32) -> Letter {
    let tns = (0..count).map(|index| format!("+1201{:07}", 2_000_000 + index).parse::<Tn>().unwrap());
    Letter {
        brand: Brand::default(),
        made_on: date(2026, 11, 23),
        reference: "PI_100001".to_owned(),
        subscriber: "Łukasz & Søns, Inc.".to_owned(),
        address: vec!["1 Main St".to_owned(), "Newark, NJ 07102".to_owned()],
        authorized_by: "Zoë Nguyễn".to_owned(),
        losing_carrier: "Old Bell".to_owned(),
        new_carrier: "Acme Voice".to_owned(),
        btn: Some("+12018670123".parse().unwrap()),
        tns: tns.collect(),
    }
}

fn text(pdf: &[u8]) -> String {
    let document = Document::load_mem(pdf).unwrap();
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    document.extract_text(&pages).unwrap()
}

#[test]
fn a_letter_says_what_the_rule_asks_for() {
    let pdf = letter(2).to_pdf().unwrap();
    let text = text(&pdf.bytes).split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in [
        "Łukasz & Søns, Inc.",
        "1 Main St",
        "Newark, NJ 07102",
        "Zoë Nguyễn",
        "from Old Bell to Acme Voice",
        "I designate Acme Voice",
        "only one provider can be chosen",
        "charged a fee",
        "(201) 867-0123",
        "(201) 200-0000",
        "(201) 200-0001",
        "Signature",
        "page 1 of 1",
    ] {
        assert!(text.contains(expected), "{expected} is not in: {text}");
    }
    assert_eq!(pdf.page_count, 1);
    assert_eq!(letter(2).to_pdf().unwrap().bytes, pdf.bytes);
}

#[test]
fn a_letter_of_20_000_numbers_lists_each_on_as_many_pages_as_it_takes() {
    let pdf = letter(20_000).to_pdf().unwrap();
    assert_eq!(
        Document::load_mem(&pdf.bytes).unwrap().get_pages().len(),
        pdf.page_count
    );
    assert!((80..=120).contains(&pdf.page_count), "{}", pdf.page_count);
    assert!(pdf.bytes.len() < 2 << 20, "{}", pdf.bytes.len());
    assert!(text(&pdf.bytes).contains("(201) 201-9999"));
}

#[test]
fn a_brand_shows_at_the_head_and_foot() {
    let mut logo = Vec::new();
    let mut encoder = png::Encoder::new(&mut logo, 2, 1);
    encoder.set_color(png::ColorType::Rgba);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&[0, 0, 0, 255, 9, 9, 9, 0])
        .unwrap();
    let branded = Letter {
        brand: Brand {
            name: "Acme Voice".to_owned(),
            logo: Some(Logo::read(&logo).unwrap()),
            accent: Some("#0a5cad".parse().unwrap()),
            contact_line: "help@acme.example".to_owned(),
        },
        ..letter(1)
    };
    let pdf = branded.to_pdf().unwrap().bytes;
    assert!(text(&pdf).contains("help@acme.example · PI_100001 · page 1 of 1"));
    let document = Document::load_mem(&pdf).unwrap();
    let page = document.get_pages()[&1];
    assert_eq!(document.get_page_images(page).unwrap().len(), 1);
}

#[test]
fn a_name_that_cannot_be_printed_makes_no_letter() {
    let strange = Letter {
        subscriber: "李".to_owned(),
        ..letter(1)
    };
    assert!(matches!(strange.to_pdf(), Err(LetterError::Unprintable('李'))));
}

#[test]
fn a_signed_letter_is_the_letter_and_one_page_more() {
    let signature = Signature {
        reference: "PI_100001".to_owned(),
        signed_as: "Zoë Nguyễn".to_owned(),
        signer: "Zoë Nguyễn".to_owned(),
        signer_email: "zoe@acme.example".to_owned(),
        signed_at: "2026-11-23T15:00:00Z".parse().unwrap(),
        machine_time: "2026-11-22T02:00:00Z".parse().unwrap(),
        remote_address: "203.0.113.9".parse().unwrap(),
        user_agent: "Browser/1.0 \u{1F600}".to_owned(),
        letter_sha256: "ab".repeat(32),
    };
    let unsigned = letter(300).to_pdf().unwrap();
    let signed = signature.sign(&unsigned.bytes).unwrap();
    let pages = Document::load_mem(&signed).unwrap().get_pages().len();
    assert_eq!(pages, unsigned.page_count + 1);
    let text = text(&signed);
    for expected in [
        "(201) 200-0299",
        "Electronic signature",
        "203.0.113.9",
        "Browser/1.0 ?",
        "November 23, 2026, 15:00:00 UTC",
        &"ab".repeat(32),
    ] {
        assert!(text.contains(expected), "{expected} is not in: {text}");
    }
}
