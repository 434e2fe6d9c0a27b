//! `/api/v2/uploads`: what users found Zendesk to check of a file since about 2025.

use reqwest::blocking::Response;
use reqwest::blocking::multipart::{Form, Part};
use zendesk_mock::{AccountSettings, FileVerdict, UploadChecks};

use crate::harness::*;

const PNG: &[u8] = include_bytes!("../../../../fixtures/files/dot.png");
const GIF: &[u8] = include_bytes!("../../../../fixtures/files/pixel.gif");
const ZIP: &[u8] = b"PK\x03\x04rest";

const NO_EXTENSION: &str =
    "The file name must end with an extension, such as .jpg, .png, or another valid format.";
const MISMATCH: &str = "The file type and file extension do not match. Try again.";

fn strict() -> Server {
    configured(|config| config.account.upload_checks = UploadChecks::Strict)
}

fn post(server: &Server, name: &str, content_type: Option<&str>, body: &[u8]) -> Response {
    let request = server.post(&format!("/api/v2/uploads?filename={name}")).agent();
    let request = match content_type {
        Some(content_type) => request.header("content-type", content_type),
        None => request,
    };
    request.body(body.to_vec()).fetch()
}

/// A setting, and an upload that fails its check: name, type, body, and the status of its refusal.
type Failing = (&'static str, &'static str, Option<&'static str>, &'static [u8], u16);

const FAILING: [Failing; 4] = [
    ("missing_extension", "notes", None, b"hello", 422),
    ("wrong_extension", "notes.txt", None, PNG, 422),
    ("undecodable_text", "notes.txt", Some("text/plain"), b"caf\xe9", 422),
    ("empty_content_type", "notes.txt", Some(""), b"hello", 406),
];

fn set(settings: &mut AccountSettings, name: &str, verdict: FileVerdict) {
    *match name {
        "missing_extension" => &mut settings.missing_extension,
        "wrong_extension" => &mut settings.wrong_extension,
        "undecodable_text" => &mut settings.undecodable_text,
        _ => &mut settings.empty_content_type,
    } = verdict;
}

#[test]
fn strict_checks_refuse_and_name_the_setting() {
    for (setting, name, content_type, body, status) in FAILING {
        assert_eq!(post(&server(), name, content_type, body).status(), 201, "{setting}");
        let server = strict();
        let refused = post(&server, name, content_type, body);
        assert_eq!(refused.status(), status, "{setting}");
        let reason = refused.header("x-zendesk-mock-reason");
        let ending = format!("; {setting} and upload_checks decide that");
        assert!(reason.ends_with(&ending), "{reason}");
        assert_eq!(server.mock.memory_used(), 0, "{setting}");
        let entry = server.account.requests().pop().expect("an entry");
        assert_eq!(entry.reason.as_deref(), Some(&*reason));
        assert_eq!(post(&server, "notes.txt", Some("text/plain"), "café".as_bytes()).status(), 201);
    }
}

#[test]
fn each_check_can_be_turned_on_and_off_alone() {
    for checks in [UploadChecks::Lenient, UploadChecks::Strict] {
        for verdict in [FileVerdict::Inherit, FileVerdict::Accept, FileVerdict::Reject] {
            for (changed, ..) in FAILING {
                let server = configured(|config| {
                    config.account.upload_checks = checks;
                    set(&mut config.account, changed, verdict);
                });
                for (setting, name, content_type, body, status) in FAILING {
                    let verdict = if setting == changed { verdict } else { FileVerdict::Inherit };
                    let is_refused = match verdict {
                        FileVerdict::Inherit => checks == UploadChecks::Strict,
                        verdict => verdict == FileVerdict::Reject,
                    };
                    let expected = if is_refused { status } else { 201 };
                    let answer = post(&server, name, content_type, body);
                    assert_eq!(answer.status(), expected, "{checks:?} {changed} {verdict:?}");
                }
            }
        }
    }
}

#[test]
fn a_name_without_an_extension_is_refused_if_that_is_set() {
    let server = strict();
    for name in ["notes", "notes.", "a.b/notes", "%20.", "..", ".profile", "folder.d%5Cnotes"] {
        let refused = post(&server, name, Some("text/plain"), b"hello").status_and_json();
        assert_eq!(refused, invalid("base", NO_EXTENSION, None), "{name}");
        let lenient = post(&self::server(), name, Some("text/plain"), b"hello");
        assert_eq!(lenient.status(), 201, "{name}");
        let named = lenient.header("x-zendesk-mock-difference");
        assert!(named.contains("no-extension"), "{name}: {named}");
    }
    for name in ["notes.x", ".a.txt", "é.tar.gz2", "a.b.nothing-known"] {
        assert_eq!(post(&server, name, Some("text/plain"), b"hello").status(), 201, "{name}");
    }
}

#[test]
fn a_file_unlike_its_extension_is_refused_if_that_is_set() {
    let server = strict();
    for (name, body) in [
        ("shot.png", GIF),
        ("shot.png", b"hello"),
        ("shot.png", &PNG[..7]),
        ("shot.PNG", GIF),
        ("shot.jpg", PNG),
        ("notes.txt", PNG),
        ("table.csv", ZIP),
        ("data.json", b"%PDF-1.7"),
        ("page.html", GIF),
        ("report.pdf", ZIP),
        ("report.docx", b"%PDF-1.7"),
        ("archive.zip", b"hello"),
        ("sound.mp3", b"RIFF1234WAVEfmt "),
        ("block.bmp", PNG),
        // A client strips the mark for this reason.
        ("notes.txt", b"\xef\xbb\xbfhello"),
    ] {
        let refused = post(&server, name, None, body).status_and_json();
        assert_eq!(refused, invalid("base", MISMATCH, None), "{name}");
        let lenient = post(&self::server(), name, None, body);
        assert_eq!(lenient.status(), 201, "{name}");
        let named = lenient.header("x-zendesk-mock-difference");
        assert!(named.contains("content-not-compared"), "{name}: {named}");
    }
    let (jpeg, bmp) = (&b"\xff\xd8\xff\xe0"[..], &b"BM1234"[..]);
    for (name, body) in [
        ("shot.png", PNG),
        ("shot.PNG", PNG),
        ("shot.jpg", jpeg),
        ("shot.jpeg", jpeg),
        ("block.bmp", bmp),
        ("pixel.gif", GIF),
        ("archive.zip", ZIP),
        ("report.docx", ZIP),
        ("report.pdf", b"%PDF-1.7"),
        ("notes.txt", b"BMW, MZ and GIF8"),
        ("notes.txt", b"\xff\xfe"),
        ("data.json", b"{}"),
        ("icon.svg", b"<svg/>"),
        ("README.md", b"# Title"),
        ("licence.lic", PNG),
        ("backup.dat", ZIP),
    ] {
        let stored = post(&server, name, None, body);
        assert_eq!(stored.status(), 201, "{name}: {:?}", stored.text());
    }
}

#[test]
fn text_in_another_encoding_is_refused_if_that_is_set() {
    let server = strict();
    let latin: &[u8] = b"caf\xe9";
    // The character lies in two of the chunks in which the body is kept.
    let split = [&vec![b'x'; 64 * 1024 - 1][..], "é".as_bytes()].concat();
    for (content_type, body, status) in [
        (Some("text/plain"), latin, 422),
        (Some("TEXT/CSV"), latin, 422),
        (Some("text/plain; charset=iso-8859-1"), latin, 422),
        (Some("text/plain; charset=utf-8"), &b"cut \xc3"[..], 422),
        (Some("text/html"), &b"a\0b\xfe"[..], 422),
        (Some("text/plain"), "café".as_bytes(), 201),
        (Some("text/plain"), &split, 201),
        // Only a declared type counts.
        (None, latin, 201),
        (Some("application/octet-stream"), latin, 201),
        (Some("application/json"), latin, 201),
    ] {
        let answer = post(&server, "notes.txt", content_type, body);
        assert_eq!(answer.status(), status, "{content_type:?}");
        if status == 422 {
            assert_eq!(answer.into_json()["error"], "AttachmentUnprocessable");
        }
    }
}

#[test]
fn an_empty_content_type_is_refused_if_that_is_set() {
    let server = strict();
    let refused = post(&server, "notes.txt", Some(""), b"hello");
    assert_eq!(refused.status(), 406);
    assert_eq!(refused.text().expect("a body"), "");
    for (content_type, status) in [(None, 201), (Some("application/octet-stream"), 201)] {
        assert_eq!(post(&server, "notes.txt", content_type, b"hello").status(), status);
    }
    let lenient = post(&self::server(), "notes.txt", Some(""), b"hello");
    let stored = lenient.into_json()["upload"]["attachment"]["content_type"].take();
    assert_eq!(stored, "text/plain");
}

#[test]
fn files_in_forms_are_checked_too() {
    let server = strict();
    let post = |name: &str, content_type: &str, body: &[u8]| {
        let part = Part::bytes(body.to_vec()).file_name(name.to_owned()).mime_str(content_type);
        let form = Form::new().part("uploaded_data", part.expect("a type"));
        server.post("/api/v2/uploads").agent().multipart(form).fetch()
    };
    for (name, content_type, body, status) in [
        ("notes", "text/plain", &b"hello"[..], 422),
        ("notes.txt", "text/plain", PNG, 422),
        ("notes.txt", "text/plain", b"caf\xe9", 422),
        ("notes.txt", "text/plain", b"hello", 201),
        ("dot.png", "image/png", PNG, 201),
    ] {
        assert_eq!(post(name, content_type, body).status(), status, "{name}");
    }
    // A form that is stored as it is begins like no picture.
    let form = Form::new().part("file", Part::bytes(PNG.to_vec()).file_name("dot.png"));
    let stored = server.post("/api/v2/uploads?filename=dot.png").agent().multipart(form).fetch();
    assert_eq!(stored.status_and_json(), invalid("base", MISMATCH, None));
}

/// The head is refused before the body is kept.
#[test]
fn what_the_head_says_is_refused_before_the_token_of_an_append_is_looked_up() {
    let server = strict();
    for (name, content_type, status) in [("notes", None, 422), ("notes.txt", Some(""), 406)] {
        let answer = post(&server, &format!("{name}&token=unknown"), content_type, b"hello");
        assert_eq!(answer.status(), status, "{name}");
    }
}

#[test]
fn a_lenient_answer_names_text_that_begins_in_another_encoding() {
    let long = |end: &[u8]| [&b"a".repeat(10_000), end].concat();
    for (content_type, body, is_named) in [
        (Some("text/plain"), b"\xff\xfe".to_vec(), true),
        (Some("text/plain"), b"\xff\xfeh\0i\0".to_vec(), true),
        (Some("text/csv; charset=latin1"), b"caf\xe9".to_vec(), true),
        (Some("text/plain"), "caf\u{e9}".into(), false),
        (Some("text/plain"), b"caf\xc3".to_vec(), true),
        // Only the beginning is read where nothing is refused.
        (Some("text/plain"), long(b"\xff"), false),
        (Some("text/plain"), [&b"a".repeat(4_095)[..], "\u{e9}".as_bytes()].concat(), false),
        (Some("application/octet-stream"), b"\xff\xfe".to_vec(), false),
        (None, b"\xff\xfe".to_vec(), false),
    ] {
        let answer = post(&server(), "notes.txt", content_type, &body);
        let named = answer.header("x-zendesk-mock-difference");
        assert_eq!(answer.status(), 201);
        assert_eq!(named.contains("undecodable-text"), is_named, "{content_type:?}: {named}");
    }
}
