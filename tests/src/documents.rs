//! Makes the PDF files of a port-in order: plain pages of text, as a customer's scanner software would write them.

use lopdf::content::{Content, Operation};
use lopdf::{Document, Object, Stream, dictionary};

/// A page of US Letter, in points.
const PAGE: [i64; 4] = [0, 0, 612, 792];
const LEFT: i64 = 72;
const TOP: i64 = 720;
const LEADING: i64 = 16;
const FONT_SIZE: i64 = 11;

/// A one-page PDF with these lines of text.
pub fn pdf(title: &str, lines: &[String]) -> Result<Vec<u8>, lopdf::Error> {
    let mut document = Document::with_version("1.7");
    let pages_id = document.new_object_id();
    let font_id = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
    });
    let resources_id = document.add_object(dictionary! { "Font" => dictionary! { "F1" => font_id } });
    let mut operations = vec![
        Operation::new("BT", vec![]),
        Operation::new("Tf", vec!["F1".into(), FONT_SIZE.into()]),
        Operation::new("TL", vec![LEADING.into()]),
        Operation::new("Td", vec![LEFT.into(), TOP.into()]),
    ];
    for line in std::iter::once(title).chain(lines.iter().map(String::as_str)) {
        operations.push(Operation::new("Tj", vec![Object::string_literal(line)]));
        operations.push(Operation::new("T*", vec![]));
    }
    operations.push(Operation::new("ET", vec![]));
    let content_id = document.add_object(Stream::new(dictionary! {}, Content { operations }.encode()?));
    let page_id = document.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages_id, "Contents" => content_id, "Resources" => resources_id,
        "MediaBox" => PAGE.map(Object::from).to_vec(),
    });
    let pages = dictionary! { "Type" => "Pages", "Kids" => vec![page_id.into()], "Count" => 1 };
    document.objects.insert(pages_id, Object::Dictionary(pages));
    let catalog_id = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages_id });
    document.trailer.set("Root", catalog_id);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes)?;
    Ok(bytes)
}

/// A signed letter of authorization for these numbers.
pub fn letter_of_authorization(signed: &str, numbers: &[String]) -> Result<Vec<u8>, lopdf::Error> {
    let mut lines = vec![
        String::new(),
        "Customer: Harbor Realty Group LLC".to_owned(),
        "Service address: 21 Market St, Newark, NJ 07102".to_owned(),
        "Current carrier: Simulated Wireless".to_owned(),
        "Account number: HR-4471-0092".to_owned(),
        String::new(),
        "I authorize the transfer of the following telephone numbers:".to_owned(),
    ];
    lines.extend(numbers.iter().cloned());
    lines.extend([
        String::new(),
        "I am authorized to make changes to the account of these numbers.".to_owned(),
        "Signed: Maria Delgado".to_owned(),
        format!("Date: {signed}"),
    ]);
    pdf("LETTER OF AUTHORIZATION", &lines)
}

/// A bill of the losing carrier.
pub fn bill(dated: &str) -> Result<Vec<u8>, lopdf::Error> {
    pdf(
        "SIMULATED WIRELESS - MONTHLY STATEMENT",
        &[
            format!("Statement date: {dated}"),
            "Account number: HR-4471-0092".to_owned(),
            "Harbor Realty Group LLC".to_owned(),
            "21 Market St, Newark, NJ 07102".to_owned(),
            "Billing telephone number: (201) 867-5301".to_owned(),
            "Amount due: $0.00".to_owned(),
        ],
    )
}

/// A customer service record of the losing carrier.
pub fn customer_service_record(dated: &str, numbers: &[String]) -> Result<Vec<u8>, lopdf::Error> {
    let mut lines = vec![
        format!("Record of {dated}"),
        "Account number: HR-4471-0092".to_owned(),
        "Listed name: Harbor Realty Group LLC".to_owned(),
        "Service address: 21 Market St, Newark, NJ 07102".to_owned(),
        "BTN: (201) 867-5301".to_owned(),
        "Working telephone numbers:".to_owned(),
    ];
    lines.extend(numbers.iter().cloned());
    pdf("CUSTOMER SERVICE RECORD", &lines)
}
