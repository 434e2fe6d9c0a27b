//! Uploads, attachments and content.

use super::*;

#[test]
fn an_upload_is_answered_as_text_unless_json_is_accepted() {
    let server = server();
    let answer = server.exchange(
        &request("POST", "/api/v2/uploads?filename=notes.txt")
            .agent()
            .header("Accept", "*/*")
            .body(b"hello"),
    );
    golden("upload_answered_as_text", &answer);
}

#[test]
fn an_upload_is_answered_as_json_if_json_is_accepted() {
    let server = server();
    let answer = server.exchange(
        &request("POST", "/api/v2/uploads?filename=notes.txt")
            .agent()
            .header("Accept", "application/json")
            .body(b"hello"),
    );
    golden("upload_answered_as_json", &answer);
}

#[test]
fn an_append_lists_all_files_and_shows_the_newest() {
    let server = server();
    let upload = upload(&server, "notes.txt", b"hello");
    let target = format!("/api/v2/uploads?filename=more.txt&token={}", token(&upload));
    let answer = server.exchange(&request("POST", &target).agent().body(b"hello again"));
    golden("upload_appended", &answer);
}

#[test]
fn an_image_has_dimensions_and_a_thumbnail() {
    let image = |name: &str, bytes| {
        let target = format!("/api/v2/uploads?filename={name}");
        server().exchange(&request("POST", &target).agent().body(bytes))
    };
    golden("upload_of_a_png", &image("wide.png", WIDE_PNG));
    golden("upload_of_a_jpeg_with_exif", &image("portrait.jpeg", PORTRAIT_JPEG));
    golden("upload_of_a_gif", &image("pixel.gif", PIXEL_GIF));
    golden("upload_of_a_webp", &image("strip.webp", STRIP_WEBP));
    golden("upload_of_a_lossless_webp", &image("strip-lossless.webp", STRIP_LOSSLESS_WEBP));
    golden("upload_of_a_bmp", &image("block.bmp", BLOCK_BMP));
    golden("upload_of_a_damaged_png", &image("damaged.png", DAMAGED_PNG));
}

#[test]
fn a_file_keeps_its_unicode_name() {
    let server = server();
    let upload = upload(&server, &encoded(UNICODE_NAME), UNICODE_NAME.as_bytes());
    assert_eq!(upload["attachment"]["file_name"], UNICODE_NAME);
    golden(
        "content_with_a_unicode_name",
        &server.exchange(&download_request(&upload["attachment"])),
    );
}

#[test]
fn an_upload_is_shown() {
    let server = server();
    let upload = upload(&server, "notes.txt", b"hello");
    let target = format!("/api/v2/uploads/{}", token(&upload));
    golden("upload_shown", &server.exchange(&request("GET", &target).agent().end()));
}

#[test]
fn a_deleted_upload_is_answered_without_a_body() {
    let server = server();
    let upload = upload(&server, "notes.txt", b"hello");
    let target = format!("/api/v2/uploads/{}", token(&upload));
    let answer = server.exchange(&request("DELETE", &target).agent().end());
    golden("upload_deleted", &answer);
    assert_eq!(answer.body, b"");
    for absent in ["content-type", "content-length", "location", "access-control-allow-origin"] {
        assert_eq!(answer.header(absent), None, "{absent}");
    }
}

#[test]
fn an_attachment_and_its_thumbnail_are_shown() {
    let server = server();
    let image = upload(&server, "wide.png", WIDE_PNG)["attachment"].take();
    let shown = |attachment: &Value| {
        let target = format!("/api/v2/attachments/{}.json", attachment["id"]);
        server.exchange(&request("GET", &target).agent().end())
    };
    golden("attachment_shown", &shown(&image));
    golden("thumbnail_shown", &shown(&image["thumbnails"][0]));
}

#[test]
fn a_file_is_downloaded_whole_and_in_part() {
    let server = server();
    let notes = upload(&server, "notes.txt", b"hello")["attachment"].take();
    golden("content", &server.exchange(&download_request(&notes)));
    let path = path_of(&notes["content_url"]);
    let part = |range| server.exchange(&request("GET", &path).header("Range", range).end());
    golden("content_in_part", &part("bytes=1-3"));
    golden("refused_range_outside_the_file", &part("bytes=5-"));
    let image = upload(&server, "dot.png", DOT_PNG)["attachment"].take();
    golden("content_of_a_thumbnail", &server.exchange(&download_request(&image["thumbnails"][0])));
}
