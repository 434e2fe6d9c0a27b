//! What the first bytes of a file say about the extension of its name.
//!
//! Formats in one container, such as ZIP, are one group: their first bytes are alike.

use std::collections::HashMap;
use std::io::Read;
use std::sync::LazyLock;

use crate::core::blobs::Blob;
use crate::core::media;

/// The length of the longest signature, in bytes: that of SQLite.
const LONGEST: usize = 16;

/// How files of some extensions begin. `?` is any byte.
struct Group {
    extensions: &'static str,
    starts: &'static [&'static [u8]],
}

macro_rules! groups {
    ($($extensions:literal: $($start:literal)+;)+) => {
        &[$(Group { extensions: $extensions, starts: &[$($start),+] }),+]
    };
}

static GROUPS: &[Group] = groups! {
    "png apng": b"\x89PNG\r\n\x1a\n";
    "jpg jpeg jpe jfif": b"\xff\xd8\xff";
    "gif": b"GIF87a" b"GIF89a";
    "webp": b"RIFF????WEBP";
    "wav": b"RIFF????WAVE";
    "avi": b"RIFF????AVI ";
    "tif tiff dng nef cr2": b"II*\0" b"MM\0*";
    "psd": b"8BPS";
    "ico": b"\0\0\x01\0";
    "jxl": b"\xff\x0a" b"\0\0\0\x0cJXL ";
    "jp2 jpx": b"\0\0\0\x0cjP  ";
    "mp4 m4v m4a mov qt 3gp 3g2 heic heif avif": b"????ftyp" b"????moov" b"????wide" b"????mdat";
    "mkv mka webm": b"\x1a\x45\xdf\xa3";
    "ogg oga ogv opus ogx": b"OggS";
    "flac": b"fLaC";
    "mp3": b"ID3\x02" b"ID3\x03" b"ID3\x04" b"\xff\xfb" b"\xff\xf3" b"\xff\xf2" b"\xff\xfa";
    "flv": b"FLV\x01";
    "wmv wma asf": b"\x30\x26\xb2\x75";
    "mpg mpeg vob": b"\0\0\x01\xba" b"\0\0\x01\xb3";
    "mid midi": b"MThd";
    "pdf": b"%PDF-";
    "rtf": b"{\\rtf";
    "doc dot xls xlt xla ppt pps pot msg msi vsd pub": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    "zip docx docm dotx xlsx xlsm xltx pptx pptm potx ppsx vsdx odt ods odp odg ott epub jar war \
     apk ipa xpi whl kmz pages numbers key 3mf": b"PK\x03\x04" b"PK\x05\x06" b"PK\x07\x08";
    "gz tgz svgz": b"\x1f\x8b\x08";
    "bz2 tbz2": b"BZh?1AY&SY" b"BZh?\x17\x72\x45\x38\x50\x90";
    "xz txz": b"\xfd7zXZ\0";
    "zst": b"\x28\xb5\x2f\xfd";
    "7z": b"7z\xbc\xaf\x27\x1c";
    "rar": b"Rar!\x1a\x07";
    "sqlite sqlite3": b"SQLite format 3\0";
    "wasm": b"\0asm";
    "woff": b"wOFF";
    "woff2": b"wOF2";
    "otf": b"OTTO";
};

/// Signatures that are too short, or too far behind, to find a format by. A file with the extension
/// has one of them all the same.
static WEAK: &[Group] = groups! {
    "bmp dib": b"BM";
    "exe dll": b"MZ";
    "ttf": b"\0\x01\0\0" b"true";
};

/// Each upload is looked up here.
static BY_EXTENSION: LazyLock<HashMap<&str, &Group>> = LazyLock::new(|| {
    let groups = GROUPS.iter().chain(WEAK);
    groups.flat_map(|group| group.extensions.split(' ').map(move |own| (own, group))).collect()
});

/// How text in UTF-8 may begin.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// In what the first bytes of a file contradict the extension of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameMismatch {
    #[error("the file does not begin as files with this extension do")]
    Unlike,
    #[error("the file begins as one of another format does: {0}")]
    Other(&'static str),
    /// A client strips it, because Zendesk takes such a text for another format.
    #[error("the text begins with a byte order mark; leave it out")]
    ByteOrderMark,
}

/// Compares the first bytes of a file with its name. An extension that is not known fits anything.
///
/// # Errors
/// They contradict one another.
pub fn compare(file_name: &str, file: &Blob) -> Result<(), NameMismatch> {
    let Some(extension) = media::extension(file_name) else { return Ok(()) };
    let extension = extension.to_ascii_lowercase();
    let mut head = [0; LONGEST];
    let mut length = 0;
    let mut reader = file.head(LONGEST as u64);
    while let Ok(read @ 1..) = reader.read(&mut head[length..]) {
        length += read;
    }
    let head = &head[..length];
    if let Some(own) = BY_EXTENSION.get(&*extension) {
        return if own.fits(head) { Ok(()) } else { Err(NameMismatch::Unlike) };
    }
    if !is_text(&extension) {
        return Ok(());
    }
    if head.starts_with(BYTE_ORDER_MARK) {
        return Err(NameMismatch::ByteOrderMark);
    }
    match GROUPS.iter().find(|group| group.fits(head)) {
        None => Ok(()),
        Some(group) => {
            Err(NameMismatch::Other(group.extensions.split(' ').next().unwrap_or_default()))
        }
    }
}

impl Group {
    fn fits(&self, head: &[u8]) -> bool {
        let fits = |start: &&[u8]| {
            head.len() >= start.len()
                && start.iter().zip(head).all(|(own, byte)| *own == b'?' || own == byte)
        };
        self.starts.iter().any(fits)
    }
}

/// Whether files with an extension are texts.
fn is_text(extension: &str) -> bool {
    let guessed = mime_guess::from_ext(extension);
    guessed.first_raw().is_some_and(|guessed| {
        guessed.starts_with("text/")
            || ["application/json", "application/javascript", "application/xml", "image/svg+xml"]
                .contains(&guessed)
    })
}

/// Whether a file is text in UTF-8.
pub fn is_utf8(file: &Blob) -> bool {
    are_utf8(file.chunks().iter().map(|chunk| &chunk[..]))
}

/// Whether a file can be text in UTF-8, as far as the beginning of it says.
pub fn begins_as_utf8(file: &Blob) -> bool {
    const HEAD: usize = 4 * 1024;
    let Some(chunk) = file.chunks().first() else { return true };
    let head = &chunk[..chunk.len().min(HEAD)];
    match std::str::from_utf8(head) {
        Ok(_) => true,
        // The last character may go on.
        Err(error) => error.error_len().is_none() && (head.len() as u64) < file.len(),
    }
}

/// A character may lie in two chunks, or in more.
fn are_utf8<'a>(chunks: impl Iterator<Item = &'a [u8]>) -> bool {
    let mut split = Vec::new();
    for mut rest in chunks {
        while !split.is_empty() {
            let Some((first, behind)) = rest.split_first() else { break };
            split.push(*first);
            rest = behind;
            match std::str::from_utf8(&split) {
                Ok(_) => split.clear(),
                Err(error) if error.error_len().is_none() => {}
                Err(_) => return false,
            }
        }
        match std::str::from_utf8(rest) {
            Ok(_) => {}
            Err(error) if error.error_len().is_none() => {
                split = rest[error.valid_up_to()..].to_vec();
            }
            Err(_) => return false,
        }
    }
    split.is_empty()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::core::blobs::{BlobWriter, Budget};

    fn blob(bytes: &[u8]) -> Blob {
        let mut writer = BlobWriter::new(&Budget::new(u64::MAX), 0).expect("there is room");
        writer.push(Bytes::copy_from_slice(bytes)).expect("there is room");
        writer.finish()
    }

    #[test]
    fn each_extension_is_in_one_group() {
        let all = GROUPS.iter().chain(WEAK).flat_map(|group| group.extensions.split(' '));
        let all: Vec<_> = all.collect();
        let unique: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(unique.len(), all.len());
    }

    #[test]
    fn each_signature_fits_its_own_group_alone() {
        for group in GROUPS {
            for start in group.starts {
                let fitting = GROUPS.iter().filter(|other| other.fits(start));
                assert_eq!(fitting.count(), 1, "{start:?}");
                for extension in group.extensions.split(' ') {
                    let name = format!("a.{}", extension.to_uppercase());
                    assert_eq!(compare(&name, &blob(start)), Ok(()), "{name}");
                }
            }
        }
    }

    #[test]
    fn a_character_may_lie_in_two_chunks() {
        for (chunks, expected) in [
            (&[&b"a\xe2\x82"[..], b"\xacb"][..], true),
            (&[b"\xe2", b"", b"\x82", b"\xac"], true),
            (&[b"a\xe2\x82", b"b"], false),
            (&[b"a\xe2\x82"], false),
            (&[b"\xac", b"a"], false),
            (&[], true),
        ] {
            assert_eq!(are_utf8(chunks.iter().copied()), expected, "{chunks:?}");
        }
    }

    proptest! {
        #[test]
        fn utf8_is_what_the_standard_library_takes_for_it(
            texts in prop::collection::vec(prop_oneof![
                any::<String>().prop_map(String::into_bytes),
                prop::collection::vec(any::<u8>(), 0..4),
            ], 0..6),
        ) {
            let whole = texts.concat();
            let parts = texts.iter().map(|text| &text[..]);
            prop_assert_eq!(are_utf8(parts), std::str::from_utf8(&whole).is_ok());
        }

        #[test]
        fn any_bytes_of_any_name_are_compared(
            bytes in prop::collection::vec(any::<u8>(), 0..300),
            name in "[a-z.]{0,9}",
        ) {
            let _ = compare(&name, &blob(&bytes));
        }
    }
}
