//! The two fonts: which signs they have, how wide each is, and how they go into a PDF.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat, dictionary};
use ttf_parser::{Face, GlyphId};

use crate::LetterError;

const REGULAR: &[u8] = include_bytes!("../fonts/Roboto-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/Roboto-Bold.ttf");
/// PDFs measure signs in thousandths of the font's size.
const THOUSANDTHS: f32 = 1_000.0;
/// One section of a character map has so many entries at most.
const MAP_SECTION_MAX: usize = 100;
/// Bits of a font's flags: its signs are not those of the standard set.
const SYMBOLIC: i64 = 4;
/// Thickness of the stems, which viewers use when they have to take another font. Of no weight with an embedded one.
const STEM: i64 = 80;

/// Which of the fonts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

impl Weight {
    /// Its name on the pages.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Regular => "F1",
            Self::Bold => "F2",
        }
    }
}

/// A font, read.
pub(crate) struct Font {
    face: Face<'static>,
    file: &'static [u8],
    name: &'static str,
}

/// The first character of a text that letters cannot show; none: all can be.
pub fn unprintable(text: &str) -> Option<char> {
    let Ok(font) = Font::read(Weight::Regular) else {
        return text.chars().next();
    };
    text.chars().find(|character| font.glyph(*character).is_none())
}

impl Font {
    pub(crate) fn read(weight: Weight) -> Result<Self, LetterError> {
        let (file, name) = match weight {
            Weight::Regular => (REGULAR, "PORTWY+Roboto-Regular"),
            Weight::Bold => (BOLD, "PORTWY+Roboto-Bold"),
        };
        Ok(Self {
            face: Face::parse(file, 0)?,
            file,
            name,
        })
    }

    fn glyph(&self, character: char) -> Option<GlyphId> {
        self.face.glyph_index(character)
    }

    /// In thousandths of the size.
    fn scaled(&self, units: f32) -> f32 {
        units * THOUSANDTHS / f32::from(self.face.units_per_em())
    }

    fn advance(&self, glyph: GlyphId) -> f32 {
        self.scaled(f32::from(self.face.glyph_hor_advance(glyph).unwrap_or_default()))
    }

    /// How wide a text is, in points.
    pub(crate) fn width(&self, text: &str, size: f32) -> f32 {
        let glyphs = text.chars().filter_map(|character| self.glyph(character));
        glyphs.map(|glyph| self.advance(glyph)).sum::<f32>() * size / THOUSANDTHS
    }

    /// A text as the PDF shows it: the numbers of its signs.
    pub(crate) fn shown(&self, text: &str) -> Result<Object, LetterError> {
        let mut bytes = Vec::with_capacity(text.len() * 2);
        for character in text.chars() {
            let glyph = self.glyph(character).ok_or(LetterError::Unprintable(character))?;
            bytes.extend_from_slice(&glyph.0.to_be_bytes());
        }
        Ok(Object::String(bytes, StringFormat::Hexadecimal))
    }

    /// Puts the font into a PDF, whole, with a map back to characters so that its text can be read and searched.
    pub(crate) fn embed(&self, document: &mut Document) -> ObjectId {
        let signs = self.signs();
        let length = i64::try_from(self.file.len()).unwrap_or(i64::MAX);
        let file = document.add_object(Stream::new(
            dictionary! { "Length1" => length },
            self.file.to_vec(),
        ));
        let bounds = self.face.global_bounding_box();
        let bounds = [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max];
        let vertical = |units: i16| Object::Real(self.scaled(f32::from(units)));
        let descriptor = document.add_object(dictionary! {
            "Type" => "FontDescriptor",
            "FontName" => self.name,
            "Flags" => SYMBOLIC,
            "FontBBox" => bounds.map(vertical).to_vec(),
            "ItalicAngle" => 0,
            "Ascent" => vertical(self.face.ascender()),
            "Descent" => vertical(self.face.descender()),
            "CapHeight" => vertical(self.face.capital_height().unwrap_or_default()),
            "StemV" => STEM,
            "FontFile2" => file,
        });
        let system = dictionary! {
            "Registry" => Object::string_literal("Adobe"),
            "Ordering" => Object::string_literal("Identity"),
            "Supplement" => 0,
        };
        let descendant = document.add_object(dictionary! {
            "Type" => "Font",
            "Subtype" => "CIDFontType2",
            "BaseFont" => self.name,
            "CIDSystemInfo" => system,
            "FontDescriptor" => descriptor,
            "CIDToGIDMap" => "Identity",
            "W" => self.widths(&signs),
        });
        let map = document.add_object(Stream::new(Dictionary::new(), character_map(&signs).into_bytes()));
        document.add_object(dictionary! {
            "Type" => "Font",
            "Subtype" => "Type0",
            "BaseFont" => self.name,
            "Encoding" => "Identity-H",
            "DescendantFonts" => vec![descendant.into()],
            "ToUnicode" => map,
        })
    }

    /// Every sign that stands for a character, and the first character it stands for.
    fn signs(&self) -> BTreeMap<u16, u16> {
        let mut signs = BTreeMap::new();
        let tables = self.face.tables().cmap.map(|cmap| cmap.subtables);
        for table in tables
            .into_iter()
            .flatten()
            .filter(ttf_parser::cmap::Subtable::is_unicode)
        {
            table.codepoints(|code| {
                // The fonts have no characters beyond the first plane.
                if let (Some(glyph), Ok(code)) = (table.glyph_index(code), u16::try_from(code)) {
                    signs.entry(glyph.0).or_insert(code);
                }
            });
        }
        signs
    }

    fn widths(&self, signs: &BTreeMap<u16, u16>) -> Vec<Object> {
        let widths = signs.keys().flat_map(|glyph| {
            let width = Object::Real(self.advance(GlyphId(*glyph)));
            [Object::from(i64::from(*glyph)), vec![width].into()]
        });
        widths.collect()
    }
}

fn character_map(signs: &BTreeMap<u16, u16>) -> String {
    let mut map = "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
                   /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n\
                   /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
                   1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        .to_owned();
    let pairs: Vec<_> = signs.iter().collect();
    for section in pairs.chunks(MAP_SECTION_MAX) {
        // Writing to a string cannot fail.
        let _ = writeln!(map, "{} beginbfchar", section.len());
        for (glyph, code) in section {
            let _ = writeln!(map, "<{glyph:04X}> <{code:04X}>");
        }
        map.push_str("endbfchar\n");
    }
    map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_north_america_can_be_printed_and_what_cannot_is_told() {
        for name in [
            "Łukasz Żółć",
            "Nguyễn Thị Hồng",
            "O’Brien & Søns, Inc.",
            "Ελένη",
            "Юрій",
        ] {
            assert_eq!(unprintable(name), None, "{name}");
        }
        assert_eq!(unprintable("Li 李"), Some('李'));
        assert_eq!(unprintable("a\u{7}"), Some('\u{7}'));
    }
}
