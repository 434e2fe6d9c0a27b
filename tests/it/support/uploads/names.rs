//! `/api/v2/uploads`: file names.

use serde_json::json;

use super::names;
use crate::harness::*;

#[test]
fn a_missing_file_name_is_422() {
    let server = server();
    for query in [
        "",
        "?",
        "?filename",
        "?filename=",
        "?filename=%20%09",
        "?filename=+",
        "?filename=folder/",
        "?filename=%2F",
        "?filename=C:%5C",
        "?Filename=a.txt",
        "?name=a.txt",
    ] {
        let refused = server.post(&format!("/api/v2/uploads{query}")).agent().body("a").fetch();
        assert_eq!(
            refused.status_and_json(),
            invalid("filename", "cannot be blank", None),
            "{query}"
        );
    }
    assert_eq!(server.mock.memory_used(), 0);
}

#[test]
fn a_name_loses_folders_and_surrounding_blanks() {
    let server = server();
    for (sent, file_name, in_url) in [
        ("a+b.txt", "a b.txt", "a+b.txt"),
        ("a%20b.txt", "a b.txt", "a+b.txt"),
        ("a%2Bb.txt", "a+b.txt", "a%2Bb.txt"),
        ("%20a.txt%20", "a.txt", "a.txt"),
        ("%2Fdata%2Fsub%2Fa.txt", "a.txt", "a.txt"),
        ("..%2F..%2Fetc%2Fpasswd", "passwd", "passwd"),
        ("C%3A%5Cdata%5Ca.txt", "a.txt", "a.txt"),
        ("data/a.txt", "a.txt", "a.txt"),
        ("%C3%A9t%C3%A9.txt", "été.txt", "%C3%A9t%C3%A9.txt"),
        ("%E6%97%A5%E6%9C%AC%F0%9F%98%80.txt", "日本😀.txt", "%E6%97%A5%E6%9C%AC%F0%9F%98%80.txt"),
        ("%22quoted%22.txt", "\"quoted\".txt", "%22quoted%22.txt"),
        ("a%26b%3Dc%23d%3Fe.txt", "a&b=c#d?e.txt", "a%26b%3Dc%23d%3Fe.txt"),
        ("100%25.txt", "100%.txt", "100%25.txt"),
        ("%3Cscript%3E.html", "<script>.html", "%3Cscript%3E.html"),
        ("line%0D%0Abreak%00.txt", "line\r\nbreak\0.txt", "line%0D%0Abreak%00.txt"),
        (".hidden", ".hidden", ".hidden"),
        ("..", "..", ".."),
    ] {
        let upload = server.upload(sent, "content");
        let attachment = &upload["attachment"];
        assert_eq!(attachment["file_name"], file_name, "{sent}");
        let url = text(&attachment["content_url"]);
        assert_eq!(url.split_once("/?name=").map(|(_, name)| name), Some(in_url), "{sent}");
        assert_eq!(server.download(attachment), b"content", "{sent}");
        let id = &attachment["id"];
        let shown = server.get(&format!("/api/v2/attachments/{id}")).agent().fetch().into_json();
        assert_eq!(shown["attachment"]["file_name"], file_name);
    }
}

#[test]
fn invalid_utf8_in_a_name_becomes_replacement_characters() {
    let upload = server().upload("a%FFb%C3.txt", "a");
    assert_eq!(names(&upload), ["a\u{fffd}b\u{fffd}.txt"]);
}

#[test]
fn a_name_over_255_characters_is_422() {
    let server = server();
    for letter in ["a", "%C3%A9", "%F0%9F%98%80"] {
        let longest = format!("{}.txt", letter.repeat(251));
        server.upload(&longest, "a");
        let path = format!("/api/v2/uploads?filename={letter}{longest}");
        let (status, refusal) = server.post(&path).agent().body("a").fetch_json();
        assert_eq!((status, &refusal["error"]), (422, &json!("AttachmentFilenameTooLong")));
        assert!(refusal["description"].as_str().is_some_and(|text| text.contains("255")));
    }
}
