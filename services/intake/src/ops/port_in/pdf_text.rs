//! The text of a PDF's pages, line by line, as far as it says where lines end.
//!
//! lopdf's own extraction runs texts together that are placed beside or below each other within one text object, which
//! would make one long number of a column of numbers.

use lopdf::content::{Content, Operation};
use lopdf::{Document, Encoding, Object, ObjectId};

/// A move back within a text by more than this (in thousandths of its size) is a space between words.
const SPACE_THOUSANDTHS: f32 = -150.0;

/// The text of some pages. A page that cannot be read has none.
pub(super) fn text_of(document: &Document, pages: &[ObjectId], stream_bytes_max: usize) -> String {
    let texts = pages
        .iter()
        .map(|page| page_text(document, *page, stream_bytes_max).unwrap_or_default());
    texts.collect::<Vec<_>>().join("\n")
}

fn page_text(document: &Document, page: ObjectId, stream_bytes_max: usize) -> Result<String, lopdf::Error> {
    let fonts = document.get_page_fonts(page)?;
    let content = Content::decode(&document.get_page_content_with_limit(page, stream_bytes_max)?)?;
    let mut text = PageText::default();
    let mut encoding = None;
    for Operation { operator, operands } in &content.operations {
        match operator.as_str() {
            "Tf" => {
                let font = operands.first().and_then(|name| fonts.get(name.as_name().ok()?));
                encoding =
                    font.and_then(|font| font.get_font_encoding_with_limit(document, stream_bytes_max).ok());
            }
            "Td" | "TD" => text.move_by(number(operands, 1)),
            "Tm" => text.move_to(number(operands, 5)),
            "T*" | "ET" => text.end_line(),
            "Tj" | "TJ" => text.show(encoding.as_ref(), operands),
            "'" | "\"" => {
                text.end_line();
                text.show(encoding.as_ref(), operands);
            }
            _ => {}
        }
    }
    Ok(text.text)
}

fn number(operands: &[Object], index: usize) -> f32 {
    operands
        .get(index)
        .and_then(|operand| operand.as_float().ok())
        .unwrap_or_default()
}

#[derive(Default)]
struct PageText {
    text: String,
    height: f32,
}

impl PageText {
    fn end_line(&mut self) {
        self.text.push('\n');
    }

    fn move_by(&mut self, down: f32) {
        self.text.push(if down == 0.0 { ' ' } else { '\n' });
        self.height += down;
    }

    fn move_to(&mut self, height: f32) {
        let is_same_line = (height - self.height).abs() < f32::EPSILON;
        self.text.push(if is_same_line { ' ' } else { '\n' });
        self.height = height;
    }

    fn show(&mut self, encoding: Option<&Encoding>, operands: &[Object]) {
        for operand in operands {
            match operand {
                Object::String(bytes, _) => {
                    let shown = encoding.and_then(|encoding| Document::decode_text(encoding, bytes).ok());
                    self.text.push_str(&shown.unwrap_or_default());
                }
                Object::Array(parts) => self.show(encoding, parts),
                Object::Integer(_) | Object::Real(_) => {
                    if operand.as_float().is_ok_and(|gap| gap < SPACE_THOUSANDTHS) {
                        self.text.push(' ');
                    }
                }
                Object::Null
                | Object::Boolean(_)
                | Object::Name(_)
                | Object::Dictionary(_)
                | Object::Stream(_)
                | Object::Reference(_) => {}
            }
        }
    }
}
