//! Pages being drawn, and the PDF they become. Lengths are in points, from the lower left corner.

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use crate::LetterError;
use crate::brand::Colour;
use crate::font::{Font, Weight};
use crate::logo::Logo;

/// US letter.
pub(crate) const WIDTH: f32 = 612.0;
pub(crate) const HEIGHT: f32 = 792.0;
/// Name of the one picture.
const LOGO: &str = "Logo";

/// Pages being drawn.
pub(crate) struct Sheets {
    regular: Font,
    bold: Font,
    done: Vec<Vec<Operation>>,
    drawn: Vec<Operation>,
}

impl Sheets {
    pub(crate) fn new() -> Result<Self, LetterError> {
        Ok(Self {
            regular: Font::read(Weight::Regular)?,
            bold: Font::read(Weight::Bold)?,
            done: Vec::new(),
            drawn: Vec::new(),
        })
    }

    pub(crate) const fn font(&self, weight: Weight) -> &Font {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// A line of text that begins there.
    pub(crate) fn text(
        &mut self,
        (x, y): (f32, f32),
        weight: Weight,
        size: f32,
        text: &str,
    ) -> Result<(), LetterError> {
        let shown = text_operations((x, y), self.font(weight), weight, size, text)?;
        self.drawn.extend(shown);
        Ok(())
    }

    /// A line across, from there to there.
    pub(crate) fn rule(&mut self, y: f32, (from, to): (f32, f32), thickness: f32, colour: Option<Colour>) {
        let [red, green, blue] = colour.map_or([0.0; 3], Colour::parts);
        self.drawn.extend([
            operation("q", vec![]),
            operation("RG", vec![red.into(), green.into(), blue.into()]),
            operation("w", vec![thickness.into()]),
            operation("m", vec![from.into(), y.into()]),
            operation("l", vec![to.into(), y.into()]),
            operation("S", vec![]),
            operation("Q", vec![]),
        ]);
    }

    /// The logo, with its lower left corner there.
    pub(crate) fn logo(&mut self, (x, y): (f32, f32), (width, height): (f32, f32)) {
        let place = [width, 0.0, 0.0, height, x, y].map(Object::from).to_vec();
        self.drawn.extend([
            operation("q", vec![]),
            operation("cm", place),
            operation("Do", vec![LOGO.into()]),
            operation("Q", vec![]),
        ]);
    }

    /// The next thing goes on a new page.
    pub(crate) fn end_page(&mut self) {
        self.done.push(std::mem::take(&mut self.drawn));
    }

    /// A PDF of these pages. `foot` says what stands at the foot of page n of m.
    pub(crate) fn finish(
        mut self,
        logo: Option<&Logo>,
        title: &str,
        foot: impl Fn(usize, usize) -> String,
    ) -> Result<(Vec<u8>, usize), LetterError> {
        let mut document = Document::with_version("1.7");
        let tree = document.new_object_id();
        let mut resources = dictionary! {
            "Font" => dictionary! {
                Weight::Regular.name() => self.regular.embed(&mut document),
                Weight::Bold.name() => self.bold.embed(&mut document),
            },
        };
        if let Some(logo) = logo {
            let picture = logo.embed(&mut document);
            resources.set("XObject", dictionary! { LOGO => picture });
        }
        let resources = document.add_object(resources);
        let count = self.done.len();
        for number in 1..=count {
            self.foot(number - 1, &foot(number, count))?;
        }
        let mut kids = Vec::with_capacity(count);
        for operations in self.done {
            kids.push(page(&mut document, tree, resources, operations)?.into());
        }
        let pages = dictionary! {
            "Type" => "Pages",
            "Count" => i64::try_from(count).unwrap_or(i64::MAX),
            "Kids" => kids,
        };
        document.objects.insert(tree, pages.into());
        let catalog = document.add_object(dictionary! {
            "Type" => "Catalog",
            "Pages" => tree,
            "Lang" => Object::string_literal("en-US"),
            "ViewerPreferences" => dictionary! { "DisplayDocTitle" => true },
        });
        let info = document.add_object(dictionary! { "Title" => lopdf::text_string(title) });
        document.trailer.set("Root", catalog);
        document.trailer.set("Info", info);
        Ok((written(document)?, count))
    }

    /// Adds these pages to a PDF that [`Sheets::finish`] made, whose fonts they share.
    pub(crate) fn finish_after(self, pdf: &[u8]) -> Result<Vec<u8>, LetterError> {
        let mut document = Document::load_mem(pdf)?;
        let first = document.get_pages().into_values().next();
        let first = first.ok_or(lopdf::Error::PageNumberNotFound(1))?;
        let resources = document
            .get_dictionary(first)?
            .get(b"Resources")?
            .as_reference()?;
        let tree = document.catalog()?.get(b"Pages")?.as_reference()?;
        let mut added = Vec::new();
        for operations in self.done {
            added.push(Object::from(page(&mut document, tree, resources, operations)?));
        }
        let pages = document.get_object_mut(tree)?.as_dict_mut()?;
        let kids = pages.get_mut(b"Kids")?.as_array_mut()?;
        kids.extend(added);
        let count = i64::try_from(kids.len()).unwrap_or(i64::MAX);
        pages.set("Count", count);
        written(document)
    }

    fn foot(&mut self, page: usize, text: &str) -> Result<(), LetterError> {
        const SIZE: f32 = 8.0;
        let x = (WIDTH - self.regular.width(text, SIZE)) / 2.0;
        let shown = text_operations((x, 30.0), &self.regular, Weight::Regular, SIZE, text)?;
        if let Some(page) = self.done.get_mut(page) {
            page.extend(shown);
        }
        Ok(())
    }
}

fn text_operations(
    (x, y): (f32, f32),
    font: &Font,
    weight: Weight,
    size: f32,
    text: &str,
) -> Result<[Operation; 5], LetterError> {
    Ok([
        operation("BT", vec![]),
        operation("Tf", vec![weight.name().into(), size.into()]),
        operation("Td", vec![x.into(), y.into()]),
        operation("Tj", vec![font.shown(text)?]),
        operation("ET", vec![]),
    ])
}

fn operation(operator: &str, operands: Vec<Object>) -> Operation {
    Operation::new(operator, operands)
}

fn page(
    document: &mut Document,
    tree: ObjectId,
    resources: ObjectId,
    operations: Vec<Operation>,
) -> Result<ObjectId, LetterError> {
    let content = Content { operations }.encode()?;
    let content = document.add_object(Stream::new(Dictionary::new(), content));
    Ok(document.add_object(dictionary! {
        "Type" => "Page",
        "Parent" => tree,
        "MediaBox" => [0.0, 0.0, WIDTH, HEIGHT].map(Object::from).to_vec(),
        "Resources" => resources,
        "Contents" => content,
    }))
}

fn written(mut document: Document) -> Result<Vec<u8>, LetterError> {
    document.compress();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).map_err(lopdf::Error::from)?;
    Ok(bytes)
}
