//! `/api/v2/uploads`: content types of files and of answers.

use zendesk_mock::{FormType, UnknownType, UploadContentType};

use crate::harness::*;

#[test]
fn the_answer_is_text_plain_unless_json_is_accepted() {
    const JSON: &str = "application/json; charset=utf-8";
    const TEXT: &str = "text/plain; charset=utf-8";
    for (setting, accept, content_type) in [
        (UploadContentType::Accept, "*/*", TEXT),
        (UploadContentType::Accept, "text/html", TEXT),
        (UploadContentType::Accept, "application/json", JSON),
        (UploadContentType::Accept, "text/html, application/json;q=0.9", JSON),
        (UploadContentType::Json, "*/*", JSON),
        (UploadContentType::Text, "application/json", TEXT),
    ] {
        let server = configured(|config| config.account.upload_content_type = setting);
        for path in ["/api/v2/uploads", "/api/v2/uploads.json"] {
            let response = server
                .post(&format!("{path}?filename=a.txt"))
                .agent()
                .header("accept", accept)
                .body("a")
                .fetch();
            assert_eq!(
                response.header("content-type"),
                content_type,
                "{setting:?} {accept} {path}"
            );
        }
    }
}

#[test]
fn refusals_and_shown_uploads_are_always_json() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let path = format!("/api/v2/uploads/{}", token(&upload));
    for response in [
        server.get(&path).agent().header("accept", "*/*").fetch(),
        server.post("/api/v2/uploads").agent().header("accept", "*/*").body("a").fetch(),
    ] {
        assert_eq!(response.header("content-type"), "application/json; charset=utf-8");
    }
}

#[test]
fn a_vague_content_type_is_replaced_by_that_of_the_name() {
    let server = server();
    for (name, declared, stored) in [
        ("1206.txt", Some("application/json"), "application/json"),
        ("shot.png", Some("text/plain"), "text/plain"),
        ("README.md", Some("application/octet-stream"), "application/x-genesis-rom"),
        ("README.md", Some("text/markdown"), "text/markdown"),
        ("notes.txt", Some("application/octet-stream"), "text/plain"),
        ("notes.txt", Some("Application/Octet-Stream"), "text/plain"),
        ("notes.txt", Some("application/binary"), "text/plain"),
        ("notes.txt", None, "text/plain"),
        ("SHOT.PNG", None, "image/png"),
        ("report.pdf", Some("application/binary"), "application/pdf"),
        ("licence.lic", Some("application/octet-stream"), "application/octet-stream"),
        ("licence.lic", Some("application/binary"), "application/octet-stream"),
        ("README", None, "application/octet-stream"),
    ] {
        let mut request = server.post(&format!("/api/v2/uploads?filename={name}")).agent();
        if let Some(declared) = declared {
            request = request.header("content-type", declared);
        }
        let upload = request.body("a").fetch().into_json();
        let attachment = &upload["upload"]["attachment"];
        assert_eq!(attachment["content_type"], stored, "{name} as {declared:?}");
        let url = text(&attachment["content_url"]);
        assert_eq!(server.get(url).fetch().header("content-type"), stored);
    }
}

/// The stored type of a file that is declared as curl does by itself.
fn type_by_curl(server: &Server, declared: &str, name: &str, body: &[u8]) -> (String, bool) {
    let request = server.post(&format!("/api/v2/uploads?filename={name}")).agent();
    let answer = request.header("content-type", declared).body(body.to_vec()).fetch();
    assert_eq!(answer.status(), 201, "{name}");
    let differs = answer.header("x-zendesk-mock-difference").contains("curl-form-type");
    let attachment = answer.into_json()["upload"]["attachment"].take();
    assert_eq!(server.download(&attachment), body);
    (text(&attachment["content_type"]).to_owned(), differs)
}

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn the_type_that_curl_declares_by_itself_is_replaced_unless_it_fits() {
    let server = server();
    for (declared, name, body, stored) in [
        (FORM, "notes.txt", &b"hello"[..], "text/plain"),
        (FORM, "notes.txt", b"two lines\nname=value", "text/plain"),
        (FORM, "shot.png", b"\x89PNG\r\n\x1a\n=", "image/png"),
        (FORM, "data.json", b"{\"a\":\"b=c\"}", "application/json"),
        ("Application/X-WWW-Form-Urlencoded", "notes.txt", b"hello", "text/plain"),
        ("application/x-www-form-urlencoded; charset=utf-8", "a.pdf", b"%PDF", "application/pdf"),
        // The name says nothing.
        (FORM, "licence.lic", b"hello", "application/octet-stream"),
        (FORM, "README", b"hello", "application/octet-stream"),
    ] {
        let found = type_by_curl(&server, declared, name, body);
        assert_eq!(found, (stored.to_owned(), true), "{name}");
    }
    for (declared, body) in [
        (FORM, &b"name=value"[..]),
        (FORM, b"a=1&b=%C3%A9+x&c="),
        ("application/json", b"hello"),
        ("text/plain", b"hello"),
    ] {
        let found = type_by_curl(&server, declared, "notes.txt", body);
        assert_eq!(found, (declared.to_owned(), false));
    }
}

#[test]
fn the_type_that_curl_declares_by_itself_is_kept_if_that_is_set() {
    let server = configured(|config| config.account.curl_form_type = FormType::Keep);
    for name in ["notes.txt", "shot.png", "README"] {
        assert_eq!(type_by_curl(&server, FORM, name, b"hello"), (FORM.to_owned(), true), "{name}");
    }
}

#[test]
fn an_unknown_type_is_422_under_unknown_type_reject() {
    let server = configured(|config| config.account.unknown_type = UnknownType::Reject);
    let upload = |name: &str, content_type: &str| {
        server
            .post(&format!("/api/v2/uploads?filename={name}"))
            .agent()
            .header("content-type", content_type)
            .body("a")
            .fetch()
    };
    let blank = invalid("content_type", "Content type cannot be blank", Some("BlankValue"));
    for vague in ["application/octet-stream", "application/binary", "", FORM] {
        for name in ["licence.lic", "README", "a.xyzzy"] {
            assert_eq!(upload(name, vague).status_and_json(), blank, "{name} as {vague:?}");
        }
    }
    let none = server.post("/api/v2/uploads?filename=a.xyzzy").agent().body("a").fetch();
    assert_eq!(none.status_and_json(), blank);
    assert_eq!(upload("licence.txt", FORM).into_json()["upload"]["attachment"]["size"], 1);
    assert_eq!(upload("licence.lic", "application/x-licence").status(), 201);
    assert_eq!(upload("licence.txt", "application/octet-stream").status(), 201);
    assert_eq!(server.mock.memory_used(), 3 * (1 + OVERHEAD + TOKEN_OVERHEAD));
}
