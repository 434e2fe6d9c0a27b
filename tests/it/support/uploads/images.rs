//! `/api/v2/uploads` with images: dimensions from their headers, and thumbnails.

use serde_json::{Value, json};

use crate::harness::*;

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x02\0\0\0\0\0\0\0");
    bytes
}

/// A JFIF segment, followed by the frame header with the dimensions.
fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec();
    bytes.extend(b"\xff\xc0\0\x11\x08");
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend(b"\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xd9");
    bytes
}

fn gif(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = b"GIF89a".to_vec();
    bytes.extend(width.to_le_bytes());
    bytes.extend(height.to_le_bytes());
    bytes.extend(b"\0\0\0;");
    bytes
}

/// The extended form: width - 1 and height - 1 in 24 bits each.
fn webp(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".to_vec();
    bytes.extend(&(width - 1).to_le_bytes()[..3]);
    bytes.extend(&(height - 1).to_le_bytes()[..3]);
    bytes
}

/// The lossy form: a key frame with width and height in 16 bits each.
fn lossy_webp(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = b"RIFF\x16\0\0\0WEBPVP8 \x0a\0\0\0\x10\0\0\x9d\x01\x2a".to_vec();
    bytes.extend(width.to_le_bytes());
    bytes.extend(height.to_le_bytes());
    bytes
}

/// The lossless form: width - 1 and height - 1 in 14 bits each.
fn lossless_webp(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"RIFF\x11\0\0\0WEBPVP8L\x05\0\0\0\x2f".to_vec();
    bytes.extend(((height - 1) << 14 | (width - 1)).to_le_bytes());
    bytes.extend([0; 8]);
    bytes
}

fn bmp(width: i32, height: i32) -> Vec<u8> {
    let mut bytes = b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
    bytes.extend(width.to_le_bytes());
    bytes.extend(height.to_le_bytes());
    bytes.extend(b"\x01\0\x18\0");
    bytes.extend([0; 24]);
    bytes
}

fn dimensions(file: &Value) -> (&Value, &Value) {
    (&file["width"], &file["height"])
}

fn upload_as(server: &Server, name: &str, content_type: &str, bytes: &[u8]) -> Value {
    let response = server
        .post(&format!("/api/v2/uploads?filename={name}"))
        .agent()
        .header("content-type", content_type)
        .body(bytes.to_vec())
        .fetch();
    assert_eq!(response.status(), 201, "{name} as {content_type}");
    response.into_json()["upload"]["attachment"].take()
}

#[test]
fn the_header_of_each_known_format_has_the_dimensions() {
    let server = server();
    for (name, content_type, bytes) in [
        ("a.png", "image/png", png(1920, 1280)),
        ("a.jpg", "image/jpeg", jpeg(1920, 1280)),
        ("a.gif", "image/gif", gif(1920, 1280)),
        ("a.webp", "image/webp", webp(1920, 1280)),
        ("a.webp", "image/webp", lossy_webp(1920, 1280)),
        ("a.webp", "image/webp", lossless_webp(1920, 1280)),
        ("a.bmp", "image/bmp", bmp(1920, 1280)),
    ] {
        for declared in [content_type, "application/octet-stream"] {
            let attachment = upload_as(&server, name, declared, &bytes);
            assert_eq!(attachment["content_type"], content_type);
            assert_eq!(dimensions(&attachment), (&json!(1920), &json!(1280)), "{name}");
            let thumbnails = attachment["thumbnails"].as_array().expect("thumbnails");
            assert_eq!(thumbnails.len(), 1, "{name}");
            assert_eq!(dimensions(&thumbnails[0]), (&json!(80), &json!(53)), "{name}");
        }
    }
}

/// A negative height means that the rows begin at the top.
#[test]
fn a_bitmap_with_a_negative_height_has_dimensions() {
    let attachment = upload_as(&server(), "a.bmp", "image/bmp", &bmp(64, -48));
    assert_eq!(dimensions(&attachment), (&json!(64), &json!(48)));
}

/// The header of 1987, which OS/2 shared: 12 bytes, with width and height in 16 bits each.
#[test]
fn a_bitmap_with_the_oldest_header_has_dimensions() {
    let mut bytes = b"BM\x1a\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0".to_vec();
    bytes.extend(b"\x40\0\x30\0\x01\0\x18\0");
    let attachment = upload_as(&server(), "a.bmp", "image/bmp", &bytes);
    assert_eq!(dimensions(&attachment), (&json!(64), &json!(48)));
}

#[test]
fn a_thumbnail_is_another_attachment_with_the_same_bytes() {
    let server = server();
    let image = png(189, 267);
    let attachment = upload_as(&server, "shot.final.png", "image/png", &image);
    let thumbnail = &attachment["thumbnails"][0];
    assert_eq!(thumbnail["file_name"], "shot.final_thumb.png");
    assert_eq!(thumbnail["content_type"], "image/png");
    assert_eq!(thumbnail["size"], attachment["size"]);
    assert_eq!(dimensions(thumbnail), (&json!(57), &json!(80)));
    assert_eq!(thumbnail.get("thumbnails"), None);
    assert!(thumbnail["id"].as_u64() > attachment["id"].as_u64());
    let url = |file: &Value| {
        let url = text(&file["content_url"]).to_owned();
        url.split("/?name=").next().map(ToOwned::to_owned)
    };
    assert_ne!(url(thumbnail), url(&attachment));
    assert_eq!(thumbnail["mapped_content_url"], thumbnail["content_url"]);
    assert_eq!(
        thumbnail["url"],
        format!("{}/api/v2/attachments/{}.json", server.mock.url(), thumbnail["id"])
    );
    assert_eq!(server.download(thumbnail), image);
    assert_eq!(server.download(&attachment), image);
    let charged = image.len() as u64 + OVERHEAD + TOKEN_OVERHEAD;
    assert_eq!(server.mock.memory_used(), charged);
}

#[test]
fn a_thumbnail_fits_80_by_80_and_never_grows() {
    let server = server();
    for (image, thumbnail) in [
        ((80, 80), (80, 80)),
        ((81, 81), (80, 80)),
        ((160, 80), (80, 40)),
        ((40, 20), (40, 20)),
        ((1, 1), (1, 1)),
        ((10_000, 1), (80, 1)),
        ((1, 10_000), (1, 80)),
        ((4_294_967_295, 4_294_967_295), (80, 80)),
    ] {
        let attachment = upload_as(&server, "a.png", "image/png", &png(image.0, image.1));
        assert_eq!(dimensions(&attachment), (&json!(image.0), &json!(image.1)));
        let shown = dimensions(&attachment["thumbnails"][0]);
        assert_eq!(shown, (&json!(thumbnail.0), &json!(thumbnail.1)), "{image:?}");
    }
}

#[test]
fn deleting_an_upload_deletes_its_thumbnails() {
    let server = server();
    let upload = server.upload("a.png", png(100, 100));
    let thumbnail = &upload["attachment"]["thumbnails"][0];
    let token = token(&upload);
    let deleted = server.delete(&format!("/api/v2/uploads/{token}")).agent().fetch();
    assert_eq!(deleted.status(), 204);
    let url = text(&thumbnail["content_url"]);
    assert_eq!(server.get(url).fetch().status(), 404);
    let path = format!("/api/v2/attachments/{}", thumbnail["id"]);
    assert_eq!(server.get(&path).agent().fetch().status(), 404);
}

#[test]
fn a_damaged_image_has_no_dimensions_and_no_thumbnail() {
    let server = server();
    let mut no_size = png(0, 100);
    no_size.truncate(33);
    for (name, bytes) in [
        ("a.png", &b"hello"[..]),
        ("a.png", &png(100, 100)[..20]),
        ("a.png", &no_size),
        ("a.jpg", &jpeg(100, 100)[..12]),
        ("a.jpg", b"\xff\xd8\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
        ("a.gif", &gif(100, 100)[..8]),
        ("a.webp", &webp(100, 100)[..20]),
        ("a.bmp", &bmp(100, 100)[..20]),
        ("a.svg", b"<svg/>"),
    ] {
        let upload = server.upload(name, bytes.to_vec());
        let attachment = &upload["attachment"];
        assert_eq!(dimensions(attachment), (&Value::Null, &Value::Null), "{name} {bytes:?}");
        assert_eq!(attachment["thumbnails"], json!([]), "{name} {bytes:?}");
        assert_eq!(server.download(attachment), bytes, "{name}");
    }
}

#[test]
fn a_file_not_declared_as_an_image_has_no_dimensions() {
    let server = server();
    for (name, content_type) in [
        ("a.png", "text/plain"),
        ("a.txt", "application/octet-stream"),
        ("a", "application/binary"),
    ] {
        let attachment = upload_as(&server, name, content_type, &png(100, 100));
        assert_eq!(dimensions(&attachment), (&Value::Null, &Value::Null), "{name}");
        assert_eq!(attachment["thumbnails"], json!([]), "{name}");
    }
    let attachment = upload_as(&server, "a.txt", "image/png", &png(100, 100));
    assert_eq!(dimensions(&attachment), (&json!(100), &json!(100)), "the declared type wins");
}

#[test]
fn each_image_of_an_upload_has_a_thumbnail() {
    let server = server();
    let upload = server.upload("a.png", png(100, 50));
    let token = token(&upload);
    server.upload(&format!("notes.txt&token={token}"), "a");
    let upload = server.upload(&format!("b.gif&token={token}"), gif(50, 100));
    let sizes: Vec<_> = upload["attachments"]
        .as_array()
        .expect("attachments")
        .iter()
        .map(|attachment| dimensions(&attachment["thumbnails"][0]))
        .collect();
    let none = (&Value::Null, &Value::Null);
    assert_eq!(sizes, [(&json!(80), &json!(40)), none, (&json!(40), &json!(80))]);
}
