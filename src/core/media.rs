//! What a file's name and first bytes say about it. Headers only: no image is ever decoded.

use std::io::Read;

use crate::core::blobs::Blob;

/// Headers lie within this many bytes of a file, or are not found: a bound on
/// the work that a hostile file can cause.
const HEADER_SEARCH: u64 = 1024 * 1024;

/// The side of the square into which thumbnails fit, in pixels (recorded 2015 and 2016).
const THUMBNAIL_SIDE: u64 = 80;

/// A content type longer than this, in bytes, names no type.
pub const LONGEST_TYPE: usize = 255;

/// The type given to a file whose name says nothing.
pub const UNKNOWN_TYPE: &str = "application/octet-stream";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dimensions {
    pub width: u32,
    pub height: u32,
}

/// The content type that the name's extension stands for, or `None` for an unknown one.
pub fn type_by_name(file_name: &str) -> Option<&'static str> {
    let extension = extension(file_name)?;
    // Recorded three times in 2023 and 2024: Zendesk takes Markdown for a Mega Drive ROM.
    if extension.eq_ignore_ascii_case("md") {
        return Some("application/x-genesis-rom");
    }
    mime_guess::from_ext(extension).first_raw()
}

/// What follows the last dot of a name. A name such as `.bashrc` has no extension, as in Ruby.
pub fn extension(file_name: &str) -> Option<&str> {
    let (stem, extension) = file_name.rsplit_once('.')?;
    (!stem.is_empty() && !extension.is_empty()).then_some(extension)
}

/// The extension that Zendesk gives to objects and paths of a content type: documented for JPEG
/// and SVG, seen in public paths for PNG and GIF.
pub fn extension_by_type(content_type: &str) -> &'static str {
    match content_type {
        "image/jpeg" => "jpeg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "image/svg+xml" => "svg",
        "image/bmp" => "bmp",
        "image/avif" => "avif",
        _ => "bin",
    }
}

/// A content type without its parameters.
pub fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

/// Reads the dimensions from the header of a PNG, JPEG, GIF, WebP or BMP file.
/// `None` for anything else, and for a damaged header.
pub fn dimensions(image: &Blob) -> Option<Dimensions> {
    let (width, height) = if type_by_content(image) == Some("image/bmp") {
        bitmap_size(image)?
    } else {
        let size = imagesize::reader_size(image.head(HEADER_SEARCH)).ok()?;
        (u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?)
    };
    (width > 0 && height > 0).then_some(Dimensions { width, height })
}

/// The size in a BMP header. `imagesize` (0.15) knows neither the oldest header, whose sizes have
/// 16 bits, nor that a height below zero means a bitmap that begins at the top.
fn bitmap_size(image: &Blob) -> Option<(u32, u32)> {
    const OLDEST_HEADER: u32 = 12;
    let mut head = [0; 26];
    image.head(HEADER_SEARCH).read_exact(&mut head).ok()?;
    let word = |at: usize| u32::from(u16::from_le_bytes([head[at], head[at + 1]]));
    let long = |at: usize| word(at) | word(at + 2) << 16;
    if long(14) == OLDEST_HEADER {
        return Some((word(18), word(20)));
    }
    Some((long(18), long(22).cast_signed().unsigned_abs()))
}

/// The content type that the first bytes stand for, or `None`.
pub fn type_by_content(image: &Blob) -> Option<&'static str> {
    use imagesize::ImageType;
    Some(match imagesize::reader_type(image.head(HEADER_SEARCH)).ok()? {
        ImageType::Png => "image/png",
        ImageType::Jpeg => "image/jpeg",
        ImageType::Gif => "image/gif",
        ImageType::Webp => "image/webp",
        ImageType::Bmp => "image/bmp",
        _ => return None,
    })
}

/// The size of the thumbnail of an image: it fits 80 × 80, keeps the ratio, and never grows.
pub fn thumbnail(of: Dimensions) -> Dimensions {
    let longest = u64::from(of.width.max(of.height));
    let fit = |side: u32| {
        if longest <= THUMBNAIL_SIDE {
            return side;
        }
        let scaled = (u64::from(side) * THUMBNAIL_SIDE + longest / 2) / longest;
        u32::try_from(scaled.max(1)).unwrap_or(side)
    };
    Dimensions { width: fit(of.width), height: fit(of.height) }
}

/// The recorded name of a thumbnail: `{base}_thumb.{extension}`.
pub fn thumbnail_name(file_name: &str) -> String {
    match file_name.rsplit_once('.') {
        Some((base, extension)) => format!("{base}_thumb.{extension}"),
        None => format!("{file_name}_thumb"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::blobs::{BlobWriter, Budget};
    use proptest::prelude::*;

    fn blob(bytes: &[u8]) -> Blob {
        let budget = Budget::new(u64::MAX);
        let mut writer = BlobWriter::new(&budget, 0).expect("there is room");
        writer.push(bytes::Bytes::copy_from_slice(bytes)).expect("there is room");
        writer.finish()
    }

    fn size(width: u32, height: u32) -> Dimensions {
        Dimensions { width, height }
    }

    #[test]
    fn thumbnails_have_the_recorded_name() {
        assert_eq!(thumbnail_name("shot.final.png"), "shot.final_thumb.png");
        assert_eq!(thumbnail_name("shot"), "shot_thumb");
    }

    proptest! {
        #[test]
        fn hostile_images_are_read_without_harm(
            start in prop::sample::select(vec![
                &b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"[..], b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\xff\xff\xff\xffWEBPVP8 ", b"BM",
            ]),
            rest in prop::collection::vec(any::<u8>(), 0..400),
        ) {
            let bytes = [start, &rest].concat();
            let _ = dimensions(&blob(&bytes));
            let _ = type_by_content(&blob(&bytes));
        }

        #[test]
        fn a_thumbnail_fits_its_square(width in 1_u32.., height in 1_u32..) {
            let thumbnail = thumbnail(size(width, height));
            prop_assert!(thumbnail.width >= 1 && thumbnail.height >= 1);
            prop_assert!(thumbnail.width <= width.min(80) && thumbnail.height <= height.min(80));
        }
    }
}
