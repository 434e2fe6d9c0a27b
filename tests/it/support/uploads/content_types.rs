//! `/api/v2/uploads`: content types of files and of answers.

use zendesk_mock::{UnknownType, UploadContentType};

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
    let refused = upload("licence.lic", "application/octet-stream");
    assert_eq!(refused.status_and_json(), blank);
    assert_eq!(upload("licence.lic", "application/x-licence").status(), 201);
    assert_eq!(upload("licence.txt", "application/octet-stream").status(), 201);
    assert_eq!(server.mock.memory_used(), 2 * (1 + OVERHEAD + TOKEN_OVERHEAD));
}
