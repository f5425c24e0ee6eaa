//! Text that flows down the page and on to the next.

use crate::LetterError;
use crate::font::Weight;
use crate::sheets::{HEIGHT, Sheets, WIDTH};

/// Margins left and right.
pub(crate) const MARGIN: f32 = 60.0;
const TOP: f32 = HEIGHT - 54.0;
/// The lowest line; the foot is below it.
const BOTTOM: f32 = 56.0;
/// From one line to the next, by size.
const LEADING: f32 = 1.35;
/// Where values begin beside their labels.
const VALUE_X: f32 = MARGIN + 150.0;

/// Where on the pages the next line goes.
pub(crate) struct Flow {
    pub(crate) sheets: Sheets,
    y: f32,
}

impl Flow {
    pub(crate) fn new() -> Result<Self, LetterError> {
        Ok(Self {
            sheets: Sheets::new()?,
            y: TOP,
        })
    }

    /// Takes so much of the page, or of the next one. Returns the height of the line's foot.
    pub(crate) fn take(&mut self, height: f32) -> f32 {
        if self.y - height < BOTTOM {
            self.sheets.end_page();
            self.y = TOP;
        }
        self.y -= height;
        self.y
    }

    /// Leaves so much blank.
    pub(crate) const fn gap(&mut self, height: f32) {
        self.y -= height;
    }

    pub(crate) fn line(&mut self, weight: Weight, size: f32, text: &str) -> Result<(), LetterError> {
        let y = self.take(size * LEADING);
        self.sheets.text((MARGIN, y), weight, size, text)
    }

    /// A text over as many lines as it needs.
    pub(crate) fn paragraph(&mut self, size: f32, text: &str) -> Result<(), LetterError> {
        for line in self.wrapped(Weight::Regular, size, text, WIDTH - 2.0 * MARGIN) {
            self.line(Weight::Regular, size, &line)?;
        }
        self.gap(size * 0.5);
        Ok(())
    }

    /// A label, and beside it what it says.
    pub(crate) fn pair(&mut self, size: f32, label: &str, value: &str) -> Result<(), LetterError> {
        let lines = self.wrapped(Weight::Bold, size, value, WIDTH - MARGIN - VALUE_X);
        for (index, line) in lines.iter().enumerate() {
            let y = self.take(size * LEADING);
            if index == 0 {
                self.sheets.text((MARGIN, y), Weight::Regular, size, label)?;
            }
            self.sheets.text((VALUE_X, y), Weight::Bold, size, line)?;
        }
        Ok(())
    }

    /// Breaks a text between words; a word that is too long by itself, anywhere.
    fn wrapped(&self, weight: Weight, size: f32, text: &str, width: f32) -> Vec<String> {
        let font = self.sheets.font(weight);
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split_whitespace() {
            if !line.is_empty() && font.width(&format!("{line} {word}"), size) > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            for character in word.chars() {
                line.push(character);
                if font.width(&line, size) > width {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, character.to_string()));
                }
            }
        }
        lines.push(line);
        lines
    }
}
