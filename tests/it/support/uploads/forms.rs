//! `/api/v2/uploads` with `multipart/form-data`: Zendesk parses the form of its Ruby client, and
//! stores every other form unparsed.

use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value, json};
use zendesk_mock::OtherFormName;

use crate::harness::*;

fn post_form(server: &Server, query: &str, form: Form) -> (u16, Value) {
    let path = format!("/api/v2/uploads{query}");
    server.post(&path).agent().multipart(form).fetch_json()
}

fn post_raw(server: &Server, query: &str, content_type: &str, body: &str) -> (u16, Value) {
    server
        .post(&format!("/api/v2/uploads{query}"))
        .agent()
        .header("content-type", content_type)
        .body(body.to_owned())
        .fetch_json()
}

fn file(bytes: impl Into<Vec<u8>>) -> Part {
    Part::bytes(bytes.into()).file_name("part.txt")
}

#[test]
fn a_form_with_uploaded_data_is_parsed() {
    let server = server();
    let every_byte: Vec<u8> = (0..=255).collect();
    let form = Form::new()
        .text("filename", "named.bin")
        .text("something", "else")
        .part("uploaded_data", file(every_byte.clone()));
    let (status, answer) = post_form(&server, "", form);
    assert_eq!(status, 201);
    let attachment = &answer["upload"]["attachment"];
    assert_eq!(attachment["file_name"], "named.bin");
    assert_eq!(attachment["size"], 256);
    assert_eq!(server.download(attachment), every_byte);
    assert_eq!(server.mock.memory_used(), 256 + OVERHEAD + TOKEN_OVERHEAD);
}

#[test]
fn the_file_part_may_precede_the_name_part() {
    let form = Form::new().part("uploaded_data", file("a")).text("filename", "late.txt");
    let (status, answer) = post_form(&server(), "", form);
    assert_eq!((status, &answer["upload"]["attachment"]["file_name"]), (201, &json!("late.txt")));
}

#[test]
fn the_name_comes_from_query_then_part_then_file_part() {
    let server = server();
    let whole = || Form::new().text("filename", "text.txt").part("uploaded_data", file("a"));
    let only_file = || Form::new().part("uploaded_data", file("a"));
    for (query, form, file_name) in [
        ("?filename=query.txt", whole(), "query.txt"),
        ("?filename=", whole(), "text.txt"),
        ("", whole(), "text.txt"),
        ("?filename=query.txt", only_file(), "query.txt"),
        ("", only_file(), "part.txt"),
    ] {
        let (status, answer) = post_form(&server, query, form);
        assert_eq!(status, 201, "{query}");
        assert_eq!(answer["upload"]["attachment"]["file_name"], file_name, "{query}");
    }
}

#[test]
fn the_token_comes_from_the_query_then_the_part() {
    let server = server();
    let (one, other) = (server.upload("a.txt", "a"), server.upload("a.txt", "a"));
    let token = |upload: &Value| token(upload).to_owned();
    let form = || Form::new().text("token", token(&one)).part("uploaded_data", file("b"));
    let (_, by_part) = post_form(&server, "", form());
    assert_eq!(by_part["upload"]["token"], one["token"]);
    let (_, by_empty_query) = post_form(&server, "?token=", form());
    assert_eq!(by_empty_query["upload"]["attachments"].as_array().map(Vec::len), Some(3));
    let (_, by_query) = post_form(&server, &format!("?token={}", token(&other)), form());
    assert_eq!(by_query["upload"]["token"], other["token"]);
    let blank = Form::new().text("token", "").part("uploaded_data", file("c"));
    let (_, fresh) = post_form(&server, "", blank);
    assert_eq!(fresh["upload"]["attachments"].as_array().map(Vec::len), Some(1));
}

#[test]
fn an_unknown_token_in_a_form_is_404_and_stores_nothing() {
    let server = server();
    let form = Form::new().text("token", "unknown").part("uploaded_data", file("b"));
    assert_eq!(post_form(&server, "", form), not_found());
    assert_eq!(server.mock.memory_used(), 0);
}

#[test]
fn the_type_comes_from_the_file_part_or_the_name() {
    let server = server();
    for (declared, name, stored) in [
        (Some("application/json"), "a.txt", "application/json"),
        (Some("application/octet-stream"), "a.txt", "text/plain"),
        (None, "README.md", "application/x-genesis-rom"),
    ] {
        let part = match declared {
            Some(declared) => file("a").mime_str(declared).expect("a type"),
            None => file("a"),
        };
        let query = format!("?filename={name}");
        let (_, answer) = post_form(&server, &query, Form::new().part("uploaded_data", part));
        assert_eq!(answer["upload"]["attachment"]["content_type"], stored, "{declared:?} {name}");
    }
}

#[test]
fn a_form_without_uploaded_data_is_stored_unparsed() {
    let server = server();
    for part in ["file", "Uploaded_Data", "uploaded_data[]"] {
        let body = format!(
            "--xyz\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"a.txt\"\r\n\r\nhello\r\n--xyz--\r\n"
        );
        let (status, answer) =
            post_raw(&server, "?filename=a.txt", "multipart/form-data; boundary=xyz", &body);
        assert_eq!(status, 201, "{part}");
        let attachment = &answer["upload"]["attachment"];
        assert_eq!(server.download(attachment), body.as_bytes(), "{part}");
        assert_eq!(attachment["content_type"], "multipart/form-data; boundary=xyz");
    }
}

#[test]
fn a_form_without_a_boundary_is_stored_unparsed() {
    let server = server();
    let body = "--xyz\r\nContent-Disposition: form-data; name=\"uploaded_data\"\r\n\r\nhello\r\n--xyz--\r\n";
    for content_type in ["multipart/form-data", "multipart/mixed; boundary=xyz"] {
        let (status, answer) = post_raw(&server, "?filename=a.txt", content_type, body);
        assert_eq!(status, 201, "{content_type}");
        assert_eq!(server.download(&answer["upload"]["attachment"]), body.as_bytes());
    }
}

#[test]
fn an_unparsed_form_may_have_its_name_in_a_part() {
    let server = server();
    let whole = || Form::new().text("filename", "part.txt").part("file", file("hello"));
    let late = || Form::new().part("file", file("hello")).text("filename", "late.txt");
    let nameless = || Form::new().text("filename", "part.txt").text("file", "hello");
    for (query, form, file_name) in [
        ("", whole(), "part.txt"),
        ("", late(), "late.txt"),
        ("", nameless(), "part.txt"),
        ("?filename=", whole(), "part.txt"),
        ("?filename=query.txt", whole(), "query.txt"),
        ("?filename=query.txt", late(), "query.txt"),
    ] {
        let path = format!("/api/v2/uploads{query}");
        let answer = server.post(&path).agent().multipart(form).fetch();
        assert_eq!(answer.status(), 201, "{query} {file_name}");
        let differences = answer.header("x-zendesk-mock-difference");
        let differs = !query.ends_with("txt");
        assert_eq!(differences.contains("other-form-name"), differs, "{query} {differences}");
        let attachment = answer.into_json()["upload"]["attachment"].take();
        assert_eq!(attachment["file_name"], file_name, "{query}");
        let stored = String::from_utf8(server.download(&attachment)).expect("text");
        assert!(stored.contains("hello") && stored.contains("Content-Disposition"), "{stored}");
        assert!(text(&attachment["content_type"]).starts_with("multipart/form-data"));
    }
}

#[test]
fn an_unparsed_form_may_have_its_token_in_a_part() {
    let server = server();
    let (one, other) = (server.upload("a.txt", "a"), server.upload("a.txt", "a"));
    let form = || {
        let token = token(&one).to_owned();
        Form::new().text("filename", "b.txt").text("token", token).part("file", file("b"))
    };
    let (_, by_part) = post_form(&server, "", form());
    assert_eq!(by_part["upload"]["token"], one["token"]);
    let (_, by_query) = post_form(&server, &format!("?token={}", token(&other)), form());
    assert_eq!(by_query["upload"]["token"], other["token"]);
    let wrong = Form::new().text("filename", "b.txt").text("token", "x").part("file", file("b"));
    assert_eq!(post_form(&server, "", wrong), not_found());
}

#[test]
fn an_unparsed_form_without_any_name_is_422() {
    let server = server();
    for form in [
        Form::new().part("file", file("a")),
        Form::new().text("filename", "  ").part("file", file("a")),
        Form::new().text("file_name", "a.txt").part("file", file("a")),
    ] {
        assert_eq!(post_form(&server, "", form), invalid("filename", "cannot be blank", None));
    }
    assert_eq!(server.mock.memory_used(), 0);
}

#[test]
fn an_unparsed_form_without_a_name_in_the_query_is_422_if_that_is_set() {
    let server = configured(|config| config.account.other_form_name = OtherFormName::Reject);
    let form = || Form::new().text("filename", "a.txt").part("file", file("a"));
    assert_eq!(post_form(&server, "", form()), invalid("filename", "cannot be blank", None));
    assert_eq!(server.mock.memory_used(), 0);
    let with_token = form().text("token", "unknown");
    assert_eq!(post_form(&server, "?filename=a.txt", with_token).0, 201, "the part is ignored");
    // A form with the file in its place is read as ever.
    let good = Form::new().text("filename", "a.txt").part("uploaded_data", file("a"));
    assert_eq!(post_form(&server, "", good).0, 201);
}

#[test]
fn a_malformed_form_is_422_and_stores_nothing() {
    let server = server();
    let opened = "--xyz\r\nContent-Disposition: form-data; name=\"uploaded_data\"; filename=\"a\"";
    for body in [
        "no boundary at all".to_owned(),
        opened.to_owned(),
        format!("{opened}\r\n\r\nnever closed"),
        format!("{opened}\r\nnonsense\r\n\r\nhello\r\n--xyz--\r\n"),
        format!(
            "--xyz\r\nContent-Disposition: form-data; name=\"filename\"\r\n\r\n{}\r\n--xyz--\r\n",
            "n".repeat(9_000)
        ),
    ] {
        let (status, refusal) =
            post_raw(&server, "?filename=a.txt", "multipart/form-data; boundary=xyz", &body);
        assert_eq!((status, &refusal["error"]), (422, &json!("AttachmentUnprocessable")), "{body}");
        assert_eq!(refusal["description"], "The uploaded file could not be processed", "{body}");
        assert_eq!(server.mock.memory_used(), 0, "{body}");
    }
}

#[test]
fn a_large_form_without_a_boundary_or_with_an_endless_head_is_not_read_to_its_end() {
    let server = server();
    let filler = "n".repeat(4 * 1024 * 1024);
    let head = "--xyz\r\nContent-Disposition: form-data; name=\"uploaded_data\"; pad=";
    let part = "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\na\r\n";
    for body in [filler.clone(), format!("{head}{filler}"), format!("{part}{head}{filler}")] {
        let (status, refusal) =
            post_raw(&server, "?filename=a.txt", "multipart/form-data; boundary=xyz", &body);
        assert_eq!((status, &refusal["error"]), (422, &json!("AttachmentUnprocessable")));
        let entry = server.account.requests().pop().expect("an entry");
        let why = entry.reason.as_deref().expect("a reason");
        assert!(why.contains("no part begins within 64 KiB"), "{why}");
    }
    // A part that is not read may be as large.
    let form = Form::new().text("something", filler).part("uploaded_data", file("a"));
    let (status, answer) = post_form(&server, "", form);
    assert_eq!((status, &answer["upload"]["attachment"]["size"]), (201, &json!(1)));
}

#[test]
fn an_empty_file_part_is_422() {
    let server = server();
    let (status, refusal) =
        post_form(&server, "?filename=a.txt", Form::new().part("uploaded_data", file("")));
    assert_eq!(status, 422);
    assert_eq!(
        refusal["details"]["size"][0]["description"],
        "Size Size is not included in the list (1..1073741824)"
    );
}

#[test]
fn a_form_without_any_file_name_is_422() {
    let server = server();
    let nameless = Part::bytes(b"a".to_vec());
    let (status, refusal) = post_form(&server, "", Form::new().part("uploaded_data", nameless));
    assert_eq!(status, 422);
    assert_eq!(refusal["details"]["filename"][0]["description"], "cannot be blank");
}

#[test]
fn a_name_in_a_form_loses_its_folders() {
    let server = server();
    let part = Part::bytes(b"a".to_vec()).file_name("C:\\data\\é shot.txt");
    let (_, answer) = post_form(&server, "", Form::new().part("uploaded_data", part));
    assert_eq!(answer["upload"]["attachment"]["file_name"], "é shot.txt");
}

#[test]
fn a_form_with_a_file_over_the_limit_is_413() {
    let server = configured(|config| config.account.max_upload_size = 10_000);
    let form = Form::new().part("uploaded_data", file(vec![7; 10_001]));
    let (status, refusal) = post_form(&server, "?filename=a.bin", form);
    assert_eq!((status, &refusal["error"]), (413, &json!("AttachmentTooLarge")));
    assert_eq!(server.mock.memory_used(), 0);
}

/// The limit applies to the file, not to the form around it.
#[test]
fn a_form_with_a_file_of_the_limit_is_stored() {
    let server = configured(|config| config.account.max_upload_size = 10_000);
    let form = Form::new().part("uploaded_data", file(vec![7; 10_000]));
    let (status, answer) = post_form(&server, "?filename=a.bin", form);
    assert_eq!((status, &answer["upload"]["attachment"]["size"]), (201, &json!(10_000)));
}

#[test]
fn a_file_in_the_part_of_the_name_is_no_name() {
    let server = server();
    let form = Form::new().part("filename", file("other.txt").file_name("a.txt"));
    let (status, refused) = post_form(&server, "", form);
    assert_eq!(
        (status, &refused["details"]["filename"][0]["description"]),
        (422, &json!("cannot be blank"))
    );
    let form = Form::new()
        .part("filename", file("other.txt").file_name("a.txt"))
        .part("token", file("x").file_name("token"))
        .part("uploaded_data", file("hello").file_name("b.txt"));
    let (status, uploaded) = post_form(&server, "", form);
    assert_eq!((status, &uploaded["upload"]["attachment"]["file_name"]), (201, &json!("b.txt")));
}

#[test]
fn a_form_of_too_many_parts_is_400_and_stores_nothing() {
    const MOST: usize = 4_095;
    let server = server();
    let form = |parts: usize| {
        let other = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n";
        let file = "--b\r\nContent-Disposition: form-data; name=\"uploaded_data\"; \
                    filename=\"a.txt\"\r\n\r\nhello\r\n--b--\r\n";
        other.repeat(parts - 1) + file
    };
    let content_type = "multipart/form-data; boundary=b";
    let (status, refusal) = post_raw(&server, "", content_type, &form(MOST + 1));
    assert_eq!((status, &refusal["error"]), (400, &json!("BadRequest")));
    let why = text(&refusal["description"]);
    assert!(why.contains("4095 parts"), "{why}");
    assert_eq!(server.mock.memory_used(), 0);
    assert_eq!(post_raw(&server, "", content_type, &form(MOST)).0, 201);
}
