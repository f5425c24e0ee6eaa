//! A logo: a PNG, checked, and as a picture in a PDF.

use std::io::Cursor;

use lopdf::{Document, ObjectId, Stream, dictionary};
use png::{ColorType, Decoder, Limits, Transformations};

/// A logo has so many bytes at most.
pub const LOGO_BYTES_MAX: usize = 256 << 10;
/// And so many pixels each way.
pub const LOGO_SIDE_MAX: u32 = 2_000;
/// What reading one may take: as many pixels as allowed, in four colours of two bytes, and something beside.
const MEMORY_MAX: usize = 48 << 20;

/// A picture, red, green and blue, on white.
#[derive(Clone)]
pub struct Logo {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

/// Why a file is no logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadLogo {
    /// Too many bytes.
    #[error("has more than 256 KiB")]
    TooLarge,
    /// Too many pixels.
    #[error("has more than 2,000 pixels in width or height")]
    TooManyPixels,
    /// It is something else, or damaged.
    #[error("is not a sound PNG")]
    NotPng,
}

impl Logo {
    /// Reads a PNG that somebody sent.
    pub fn read(file: &[u8]) -> Result<Self, BadLogo> {
        if file.len() > LOGO_BYTES_MAX {
            return Err(BadLogo::TooLarge);
        }
        let mut decoder = Decoder::new_with_limits(Cursor::new(file), Limits { bytes: MEMORY_MAX });
        decoder.set_transformations(Transformations::normalize_to_color8());
        let (width, height) = {
            let header = decoder.read_header_info().map_err(|_| BadLogo::NotPng)?;
            (header.width, header.height)
        };
        if width > LOGO_SIDE_MAX || height > LOGO_SIDE_MAX {
            return Err(BadLogo::TooManyPixels);
        }
        let mut reader = decoder.read_info().map_err(|_| BadLogo::NotPng)?;
        let mut pixels = vec![0; reader.output_buffer_size().ok_or(BadLogo::TooManyPixels)?];
        let frame = reader.next_frame(&mut pixels).map_err(|_| BadLogo::NotPng)?;
        pixels.truncate(frame.buffer_size());
        Ok(Self {
            width,
            height,
            pixels: on_white(&pixels, frame.color_type)?,
        })
    }

    /// Width by height, for a picture of that height.
    pub(crate) fn width_at(&self, height: f32) -> f32 {
        let side = |pixels: u32| u16::try_from(pixels).map_or(1.0, f32::from);
        side(self.width) * height / side(self.height)
    }

    pub(crate) fn embed(&self, document: &mut Document) -> ObjectId {
        let head = dictionary! {
            "Type" => "XObject",
            "Subtype" => "Image",
            "Width" => i64::from(self.width),
            "Height" => i64::from(self.height),
            "ColorSpace" => "DeviceRGB",
            "BitsPerComponent" => 8,
        };
        document.add_object(Stream::new(head, self.pixels.clone()))
    }
}

/// Without the pixels.
impl std::fmt::Debug for Logo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Logo({} by {})", self.width, self.height)
    }
}

/// Red, green and blue of each pixel; what is transparent lies on white paper.
fn on_white(pixels: &[u8], colours: ColorType) -> Result<Vec<u8>, BadLogo> {
    let mixed = |value: u8, alpha: u8| {
        let (value, alpha) = (u16::from(value), u16::from(alpha));
        // At most 255 again.
        u8::try_from((value * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
    };
    let in_rgb: Vec<u8> = match colours {
        ColorType::Grayscale => pixels.iter().flat_map(|grey| [*grey; 3]).collect(),
        ColorType::Rgb => pixels.to_vec(),
        ColorType::GrayscaleAlpha => pixels
            .as_chunks()
            .0
            .iter()
            .flat_map(|[grey, alpha]| [mixed(*grey, *alpha); 3])
            .collect(),
        ColorType::Rgba => pixels
            .as_chunks()
            .0
            .iter()
            .flat_map(|[red, green, blue, alpha]| [red, green, blue].map(|part| mixed(*part, *alpha)))
            .collect(),
        // The decoder was told to resolve palettes.
        ColorType::Indexed => return Err(BadLogo::NotPng),
    };
    Ok(in_rgb)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, colours: ColorType, pixels: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(colours);
        encoder.write_header().unwrap().write_image_data(pixels).unwrap();
        file
    }

    #[test]
    fn a_png_of_any_kind_becomes_red_green_and_blue_on_white() {
        let cases: [(ColorType, &[u8], [u8; 3]); 4] = [
            (ColorType::Grayscale, &[7], [7, 7, 7]),
            (ColorType::Rgb, &[1, 2, 3], [1, 2, 3]),
            (ColorType::GrayscaleAlpha, &[7, 0], [255, 255, 255]),
            (ColorType::Rgba, &[1, 2, 3, 255], [1, 2, 3]),
        ];
        for (colours, pixel, shown) in cases {
            let logo = Logo::read(&png(1, 1, colours, pixel)).unwrap();
            assert_eq!(logo.pixels, shown, "{colours:?}");
        }
    }

    #[test]
    fn what_is_no_sound_png_of_the_right_size_is_refused() {
        let wide = png(2_001, 1, ColorType::Grayscale, &[0; 2_001]);
        let sound = png(40, 40, ColorType::Grayscale, &[9; 1_600]);
        let cases: [(&[u8], BadLogo); 5] = [
            (b"", BadLogo::NotPng),
            (b"GIF89a", BadLogo::NotPng),
            (&sound[..sound.len() / 2], BadLogo::NotPng),
            (&wide, BadLogo::TooManyPixels),
            (&vec![0; LOGO_BYTES_MAX + 1], BadLogo::TooLarge),
        ];
        for (file, expected) in cases {
            assert_eq!(Logo::read(file).unwrap_err(), expected);
        }
    }
}
