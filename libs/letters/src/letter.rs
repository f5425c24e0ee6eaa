//! The letter itself: what it says, and in what order.

use jiff::civil::Date;
use types::Tn;

use crate::LetterError;
use crate::brand::Brand;
use crate::flow::{Flow, MARGIN};
use crate::font::Weight;
use crate::sheets::WIDTH;

/// Size of the text. The rule asks for a type that is clearly legible.
const SIZE: f32 = 10.0;
const LOGO_HEIGHT: f32 = 36.0;
const LOGO_WIDTH_MAX: f32 = 200.0;
/// Numbers beside each other.
const COLUMNS: usize = 5;

/// A letter of authorization to be signed.
#[derive(Debug, Clone)]
pub struct Letter {
    /// How it looks.
    pub brand: Brand,
    /// The day on which it was made.
    pub made_on: Date,
    /// Number of the order, for people.
    pub reference: String,
    /// The subscriber's billing name.
    pub subscriber: String,
    /// The subscriber's address, in lines.
    pub address: Vec<String>,
    /// Who may sign for the account.
    pub authorized_by: String,
    /// The carrier that the numbers leave.
    pub losing_carrier: String,
    /// The company that they come to, and that acts as the subscriber's agent.
    pub new_carrier: String,
    /// The billing telephone number; toll-free numbers have none.
    pub btn: Option<Tn>,
    /// Every number that it covers.
    pub tns: Vec<Tn>,
}

/// A letter as a PDF.
#[derive(Debug, Clone)]
pub struct LetterPdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub page_count: usize,
}

impl Letter {
    /// The letter as a PDF. The same letter is the same file.
    pub fn to_pdf(&self) -> Result<LetterPdf, LetterError> {
        let mut flow = Flow::new()?;
        self.head(&mut flow)?;
        self.subscriber(&mut flow)?;
        self.statement(&mut flow)?;
        signature_lines(&mut flow)?;
        self.numbers(&mut flow)?;
        flow.sheets.end_page();
        let title = format!("Letter of authorization {}", self.reference);
        let (bytes, page_count) = flow
            .sheets
            .finish(self.brand.logo.as_ref(), &title, |page, count| {
                let place = format!("{} · page {page} of {count}", self.reference);
                match self.brand.contact_line.as_str() {
                    "" => place,
                    contact => format!("{contact} · {place}"),
                }
            })?;
        Ok(LetterPdf { bytes, page_count })
    }

    fn head(&self, flow: &mut Flow) -> Result<(), LetterError> {
        if let Some(logo) = &self.brand.logo {
            let y = flow.take(LOGO_HEIGHT);
            let width = logo.width_at(LOGO_HEIGHT);
            // A banner is made smaller; it keeps its shape.
            let scale = (LOGO_WIDTH_MAX / width).min(1.0);
            flow.sheets
                .logo((MARGIN, y), (width * scale, LOGO_HEIGHT * scale));
            flow.gap(4.0);
        }
        if !self.brand.name.is_empty() {
            flow.line(Weight::Bold, 13.0, &self.brand.name)?;
        }
        let y = flow.take(8.0);
        flow.sheets
            .rule(y, (MARGIN, WIDTH - MARGIN), 1.5, self.brand.accent);
        flow.gap(10.0);
        flow.line(Weight::Bold, 17.0, "Letter of Authorization")?;
        flow.line(
            Weight::Regular,
            SIZE,
            "to change the provider of telephone numbers",
        )?;
        flow.gap(8.0);
        Ok(())
    }

    fn subscriber(&self, flow: &mut Flow) -> Result<(), LetterError> {
        flow.pair(SIZE, "Billing name", &self.subscriber)?;
        for (index, line) in self.address.iter().enumerate() {
            flow.pair(SIZE, if index == 0 { "Address" } else { "" }, line)?;
        }
        flow.pair(SIZE, "Authorized person", &self.authorized_by)?;
        flow.pair(SIZE, "Current provider", &self.losing_carrier)?;
        flow.pair(SIZE, "New provider", &self.new_carrier)?;
        if let Some(btn) = self.btn {
            flow.pair(SIZE, "Billing telephone number", &written(btn))?;
        }
        flow.pair(SIZE, "Numbers covered", &self.tns.len().to_string())?;
        flow.pair(SIZE, "Order", &self.reference)?;
        flow.pair(
            SIZE,
            "Prepared on",
            &self.made_on.strftime("%B %-d, %Y").to_string(),
        )?;
        flow.gap(8.0);
        Ok(())
    }

    fn statement(&self, flow: &mut Flow) -> Result<(), LetterError> {
        let (old, new) = (&self.losing_carrier, &self.new_carrier);
        let sentences = [
            format!(
                "I am the subscriber named above, or I may make changes to the subscriber's account. I have decided to \
                 change the provider of every telephone number listed in this letter from {old} to {new}."
            ),
            format!(
                "I designate {new} and those who act for it as my agent for this change. They may give this order to \
                 {old}, and obtain from it the records of the account that the change needs."
            ),
            "I understand that only one provider can be chosen for the same service of any one telephone number, and \
             that this change ends the choice I made before."
                .to_owned(),
            format!(
                "I understand that I may be charged a fee for the change, by {new} or by {old}, and that what I owe \
                 {old} stays due."
            ),
        ];
        for sentence in &sentences {
            flow.paragraph(SIZE, sentence)?;
        }
        Ok(())
    }

    fn numbers(&self, flow: &mut Flow) -> Result<(), LetterError> {
        let width = (WIDTH - 2.0 * MARGIN) / 5.0;
        flow.gap(6.0);
        flow.line(Weight::Bold, 12.0, "Telephone numbers that this letter covers")?;
        for row in self.tns.chunks(COLUMNS) {
            let y = flow.take(SIZE * 1.35);
            let mut x = MARGIN;
            for tn in row {
                flow.sheets.text((x, y), Weight::Regular, SIZE, &written(*tn))?;
                x += width;
            }
        }
        Ok(())
    }
}

fn signature_lines(flow: &mut Flow) -> Result<(), LetterError> {
    let lines = [
        (MARGIN, MARGIN + 220.0, "Signature"),
        (MARGIN + 240.0, MARGIN + 380.0, "Name in print"),
        (MARGIN + 400.0, WIDTH - MARGIN, "Date"),
    ];
    let line = flow.take(30.0);
    let labels = flow.take(11.0);
    for (from, to, label) in lines {
        flow.sheets.rule(line, (from, to), 0.7, None);
        flow.sheets.text((from, labels), Weight::Regular, 8.0, label)?;
    }
    Ok(())
}

/// A number as people write it: `(201) 867-0123`.
fn written(tn: Tn) -> String {
    let digits = tn.to_string();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!("({}) {}-{}", part(2, 5), part(5, 8), part(8, 12))
}
