//! What a client probably did not mean, in `X-Zendesk-Mock-Hint`, the log and the journal.

use reqwest::blocking::multipart::{Form, Part};
use reqwest::blocking::{RequestBuilder, Response};
use serde_json::{Value, json};

use super::reasons::{HINT, REASON, last_entry, reason_and_hint};
use crate::harness::child::ServerProcess;
use crate::harness::images::*;
use crate::harness::*;

/// The hint on a response that is no refusal. The journal has the same one.
#[track_caller]
fn hint(server: &Server, response: &Response) -> String {
    assert_eq!((response.status().as_u16(), &*response.header(REASON)), (201, ""));
    let hint = response.header(HINT);
    let entry = last_entry(server);
    assert_eq!((&entry["reason"], text(&entry["hint"])), (&json!(null), &*hint));
    hint
}

#[test]
fn a_form_whose_file_has_another_name_brings_a_hint() {
    let server = server();
    let form = || Form::new().part("file", Part::bytes(&b"hello"[..]).file_name("a.txt"));
    let named = server.post("/api/v2/uploads?filename=a.txt").agent().multipart(form()).fetch();
    let expected = "the file is in the form part \"file\", and the whole form is taken for the \
                    file; name the part uploaded_data";
    assert_eq!(hint(&server, &named), expected);
    let unnamed = server.post("/api/v2/uploads").agent().multipart(form());
    let refused = reason_and_hint(&server, unnamed, 422);
    let missing = "the filename parameter is missing or blank; add ?filename=NAME";
    assert_eq!(refused, (missing.to_owned(), expected.to_owned()));
    let good = Form::new().part("uploaded_data", Part::bytes(&b"a"[..]).file_name("a.txt"));
    let good = server.post("/api/v2/uploads?filename=a.txt").agent().multipart(good).fetch();
    assert_eq!(good.header(HINT), "");
}

#[test]
fn a_form_without_a_file_name_brings_a_hint_too() {
    let server = server();
    let in_part = |part: &str| format!("the file is in the form part \"{part}\"");
    let none = "the form has no part uploaded_data".to_owned();
    for (query, form, expected) in [
        ("?filename=a.txt", Form::new().text("file", "x"), in_part("file")),
        ("", Form::new().text("filename", "z.zip"), none),
        ("", Form::new().text("filename", "z").text("data", "x"), in_part("data")),
    ] {
        let path = format!("/api/v2/uploads{query}");
        let stored = server.post(&path).agent().multipart(form).fetch();
        let hint = hint(&server, &stored);
        assert!(hint.starts_with(&expected), "{hint}");
    }
}

#[test]
fn a_form_in_the_place_of_an_image_brings_a_hint() {
    let server = server();
    let expected = "the body is a form, and the bucket keeps it as it is; send the bytes of the \
                    image alone";
    let put = |size: usize| {
        let reserved = reserve(&server, "image/png", 10);
        let request = server.put(&reserved.url).header("Content-Disposition", reserved.disposition);
        request.header("Content-Type", "multipart/form-data; boundary=X").body(vec![b'x'; size])
    };
    let stored = put(10).fetch();
    assert_eq!((stored.status().as_u16(), &*stored.header(HINT)), (200, expected));
    let (_, hint) = reason_and_hint(&server, put(2_000_001), 400);
    assert_eq!(hint, expected);
}

#[test]
fn another_type_of_an_image_than_the_reserved_one_brings_a_hint() {
    let server = server();
    let put = |content_type: Option<&str>, size: usize| {
        let reserved = reserve(&server, "image/png", 10);
        let request = server.put(&reserved.url).header("Content-Disposition", reserved.disposition);
        let request = match content_type {
            Some(content_type) => request.header("Content-Type", content_type),
            None => request,
        };
        request.body(vec![b'x'; size])
    };
    let expected = |sent: &str| {
        format!(
            "Content-Type is {sent:?}, and the URL was issued for image/png; send upload.headers \
             unchanged"
        )
    };
    for (sent, shown) in [
        ("image/jpeg", "image/jpeg"),
        ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded"),
        ("application/octet-stream", "application/octet-stream"),
        ("text/plain; charset=utf-8", "text/plain"),
        ("image/png-x", "image/png-x"),
        ("", ""),
    ] {
        let stored = put(Some(sent), 10).fetch();
        assert_eq!((stored.status().as_u16(), stored.header(HINT)), (200, expected(shown)));
        assert_eq!(last_entry(&server)["hint"], *expected(shown));
    }
    let (_, hint) = reason_and_hint(&server, put(Some("image/jpeg"), 2_000_001), 400);
    assert_eq!(hint, expected("image/jpeg"));
    for right in [None, Some("image/png"), Some("IMAGE/PNG"), Some("image/png; a=b")] {
        let stored = put(right, 10).fetch();
        assert_eq!((stored.status().as_u16(), &*stored.header(HINT)), (200, ""), "{right:?}");
    }
}

#[test]
fn an_empty_upload_token_brings_a_hint() {
    let server = server();
    let expected = "an empty text in comment.uploads attaches no file; name upload.token of the \
                    answer to the upload";
    let good = || token(&server.upload("a.txt", "hello")).to_owned();
    let comment = |uploads: &Value| json!({"body": "a", "uploads": uploads});
    let ticket = |uploads: &Value| json!({"ticket": {"comment": comment(uploads)}});
    server.create_ticket(&json!({"description": "d"}));
    for (uploads, files) in [
        (json!([""]), 0),
        (json!([null]), 0),
        (json!(""), 0),
        (json!(["", ""]), 0),
        (json!(["", good()]), 1),
        (json!([good(), null]), 1),
    ] {
        let created = server.post("/api/v2/tickets").agent().json(&ticket(&uploads)).fetch();
        assert_eq!(hint(&server, &created), expected, "{uploads}");
        let comment = created.into_json()["audit"]["events"][0].take();
        assert_eq!(comment["attachments"].as_array().map(Vec::len), Some(files), "{uploads}");
    }
    let empty = json!([""]);
    let request = json!({"request": {"subject": "s", "comment": comment(&empty)}});
    let import = json!({"ticket": {"comments": [{"body": "a"}, comment(&empty)]}});
    let many = json!({"tickets": [{"comment": comment(&empty)}, {"description": "d"}]});
    for (request, body) in [
        (server.post("/api/v2/requests"), &request),
        (server.put("/api/v2/requests/1"), &request),
        (server.put("/api/v2/tickets/1"), &ticket(&empty)),
        (server.post("/api/v2/imports/tickets"), &import),
        (server.post("/api/v2/tickets/create_many"), &many),
        (server.put("/api/v2/tickets/update_many?ids=1"), &ticket(&empty)),
    ] {
        let response = request.agent().json(body).fetch();
        assert!(response.status().is_success(), "{body}");
        assert_eq!(response.header(HINT), expected, "{body}");
    }
    for uploads in [json!([]), json!(null), json!([good()]), json!(good())] {
        let created = server.post("/api/v2/tickets").agent().json(&ticket(&uploads)).fetch();
        assert_eq!(created.header(HINT), "", "{uploads}");
    }
}

#[test]
fn uploads_beside_the_comment_bring_a_hint() {
    let server = server();
    let uploads = server.upload("a.txt", "hello");
    let uploads = [token(&uploads)];
    for (path, body, misplaced) in [
        (
            "/api/v2/tickets",
            json!({"ticket": {"comment": {"body": "a"}, "uploads": uploads}}),
            "ticket.uploads",
        ),
        (
            "/api/v2/tickets",
            json!({"ticket": {"comment": {"body": "a"}}, "uploads": uploads}),
            "uploads",
        ),
        (
            "/api/v2/requests",
            json!({"request": {"subject": "a", "comment": {"body": "a"}, "uploads": uploads}}),
            "request.uploads",
        ),
    ] {
        let response = server.post(path).agent().json(&body).fetch();
        let named = if path.ends_with("requests") { "request" } else { "ticket" };
        let expected = format!("{misplaced} is ignored; tokens belong in {named}.comment.uploads");
        assert_eq!(hint(&server, &response), expected);
    }
    let ticket = server.attach(&json!(uploads));
    assert_eq!(server.comments(&ticket["ticket"]["id"])[0]["attachments"][0]["size"], 5);
}

/// The comment is where tokens belong, and it is not where the ticket looks for it.
#[test]
fn what_stands_beside_the_ticket_is_put_inside() {
    let server = server();
    let comment = json!({"body": "see", "uploads": ["TOKEN"]});
    let inside = |name: &str| {
        format!(
            "`comment` stands beside `{name}` and is ignored; put it inside: \
             {{\"{name}\": {{\"comment\": {{\"body\": …, \"uploads\": […]}}}}}}"
        )
    };
    // A header is ASCII, so that the journal alone has the ellipsis itself.
    let refused = |path: &str, body: Value| {
        assert_eq!(server.post(path).agent().json(&body).fetch().status(), 422);
        text(&last_entry(&server)["hint"]).to_owned()
    };
    let bare = json!({"ticket": {"subject": "Printer"}, "comment": comment});
    assert_eq!(refused("/api/v2/tickets", bare.clone()), inside("ticket"));
    let with_tokens = json!({"ticket": {}, "comment": comment, "uploads": ["TOKEN"]});
    assert_eq!(refused("/api/v2/tickets", with_tokens), inside("ticket"));
    let request = json!({"request": {"subject": "Printer"}, "comment": comment});
    assert_eq!(refused("/api/v2/requests", request), inside("request"));

    let accepted = |request: RequestBuilder, body: &Value| {
        let response = request.agent().json(body).fetch();
        assert!(response.status().is_success(), "{body}");
        text(&last_entry(&server)["hint"]).to_owned()
    };
    let described = json!({"ticket": {"description": "d"}, "comment": comment});
    assert_eq!(accepted(server.post("/api/v2/tickets"), &described), inside("ticket"));
    assert_eq!(accepted(server.put("/api/v2/tickets/1"), &bare), inside("ticket"));
    let subject = json!({"ticket": {"description": "d"}, "subject": "s"});
    assert_eq!(
        accepted(server.post("/api/v2/tickets"), &subject),
        "`subject` stands beside `ticket` and is ignored; put it inside: \
         {\"ticket\": {\"subject\": …}}"
    );
}

#[test]
fn a_hint_is_a_warning_of_the_log() {
    let server = ServerProcess::start(&[]);
    let body = json!({"ticket": {"comment": {"body": "a"}, "uploads": ["none"]}});
    let client = reqwest::blocking::Client::new();
    let answered = client.post(server.url("/api/v2/tickets")).agent().json(&body).fetch();
    assert_eq!(answered.status(), 201);
    let line = server.child.stderr_line();
    assert!(line.contains(" WARN POST /api/v2/tickets 201 "), "{line}");
    assert!(
        line.ends_with(
            "; hint: ticket.uploads is ignored; tokens belong in ticket.comment.uploads"
        )
    );
}

#[test]
fn a_misspelt_path_brings_the_nearest_emulated_one() {
    let server = server();
    for (path, meant) in [
        ("/api/v2/upload", "/api/v2/uploads"),
        ("/api/v2/uplaods.json", "/api/v2/uploads"),
        ("/api/v2/ticket/1", "/api/v2/tickets/1"),
        ("/api/v2/guide/user_image", "/api/v2/guide/user_images"),
        ("/api/v2/guide/user_images/upload", "/api/v2/guide/user_images/uploads"),
        ("/default/api/v2/uploads", "/@default/api/v2/uploads"),
        ("/api/v2/api/v2/uploads", "/api/v2/uploads"),
        ("/uploads", "/api/v2/uploads"),
        ("/hc/user_image/a.png", "/hc/user_images/a.png"),
        ("/aus-uploaded-asset/1/2/3", "/aus-uploaded-assets/1/2/3"),
        ("/@default/api/v2/upload", "/api/v2/uploads"),
    ] {
        let (reason, hint) = reason_and_hint(&server, server.post(path).agent().body("a"), 404);
        assert_eq!(reason, "there is no such path", "{path}");
        assert_eq!(hint, format!("did you mean {meant}?"), "{path}");
    }
    let (reason, hint) = reason_and_hint(&server, server.get("/api/v2/zebra").agent(), 404);
    assert!(reason.starts_with("there is no such path; below /api/v2/ are emulated: "), "{reason}");
    assert_eq!(hint, "");
}

#[test]
fn a_misspelt_property_of_a_ticket_brings_the_right_name() {
    let server = server();
    for (body, expected) in [
        (json!({"tickt": {"comment": {"body": "a"}}}), "tickt is ignored; did you mean ticket?"),
        (
            json!({"comment": {"body": "a"}}),
            "the body has no `ticket`; send {\"ticket\": {...}} with the properties inside",
        ),
        (
            json!({"comment": {"body": "a", "uploads": ["x"]}, "uploads": ["x"]}),
            "the body has no `ticket`; send {\"ticket\": {...}} with the properties inside",
        ),
        (
            json!({"request": {"comment": {"body": "a", "uploads": ["x"]}}}),
            "the body has no `ticket`; send {\"ticket\": {...}} with the properties inside",
        ),
        (
            json!({"ticket": {"coment": {"body": "a"}, "description": "d"}}),
            "ticket.coment is ignored; did you mean comment?",
        ),
        (
            json!({"ticket": {"comment": {"body": "a", "uplods": ["x"]}}}),
            "ticket.comment.uplods is ignored; did you mean uploads?",
        ),
        (
            json!({"ticket": {"comment": {"body": "a", "attachments": ["x"]}}}),
            "ticket.comment.attachments is ignored; tokens belong in ticket.comment.uploads",
        ),
        (
            json!({"ticket": {"description": "d", "subjct": "s"}}),
            "ticket.subjct is ignored; did you mean subject?",
        ),
    ] {
        let response = server.post("/api/v2/tickets").agent().json(&body).fetch();
        assert_eq!(response.header(HINT), expected, "{body}");
    }
    let right = json!({"ticket": {"comment": {"body": "a", "uploads": []}, "subject": "s"}});
    let response = server.post("/api/v2/tickets").agent().json(&right).fetch();
    assert_eq!(response.header(HINT), "");
}

#[test]
fn a_change_of_nothing_brings_a_hint() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    let no_ticket = "the body has no `ticket`; send {\"ticket\": {...}} with the properties inside";
    let empty = "`ticket` has no properties, so that nothing changes";
    let beside = "`comment` stands beside `ticket` and is ignored; put it inside: {\"ticket\": \
                  {\"comment\": {\"body\": ..., \"uploads\": [...]}}}";
    for path in ["tickets/1", "tickets/update_many?ids=1"] {
        for (body, expected) in [
            (json!({}), no_ticket),
            (json!({"status": "solved"}), no_ticket),
            (json!({"ticket": {}}), empty),
            (json!({"ticket": null}), empty),
            (json!({"ticket": {}, "comment": {"body": "b"}}), beside),
            (json!({"ticket": {"subject": "s"}}), ""),
        ] {
            let changed = server.put(&format!("/api/v2/{path}")).agent().json(&body).fetch();
            let answer = (changed.status().as_u16(), &*changed.header(HINT));
            assert_eq!(answer, (200, expected), "{path} {body}");
        }
    }
    let many = json!({"tickets": [{"id": 1, "subject": "s"}, {"id": 1}]});
    let many = server.put("/api/v2/tickets/update_many").agent().json(&many).fetch();
    assert_eq!((many.status().as_u16(), &*many.header(HINT)), (200, empty));
}

/// Zendesk's own warning names only what Zendesk ignores.
#[test]
fn a_property_that_only_this_server_ignores_is_a_hint_and_no_warning_of_zendesk() {
    let server = server();
    let send = |ticket: Value| {
        let body = json!({"ticket": ticket});
        server.post("/api/v2/tickets").agent().json(&body).fetch()
    };
    let kept =
        send(json!({"description": "d", "metadata": {"a": 1}, "sharing_agreement_ids": [1]}));
    assert_eq!(kept.header("x-zendesk-api-warn"), "");
    assert_eq!(
        hint(&server, &kept),
        "Zendesk accepts ticket.metadata.a, ticket.metadata, ticket.sharing_agreement_ids, and \
         zendesk-mock does not keep it"
    );
    assert!(kept.header("x-zendesk-mock-difference").contains("properties-not-kept"));
    let both = send(json!({"description": "d", "metadata": {}, "id": 9}));
    assert!(both.header("x-zendesk-api-warn").contains(r#":unpermitted_keys=>["ticket.id"]"#));
    assert!(hint(&server, &both).starts_with("Zendesk accepts ticket.metadata"));
}

/// A guess that is far off is worse than none.
#[test]
fn a_name_that_is_like_no_other_brings_no_guess() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    for name in ["locale_id", "via_followup_source_id", "foo", "forum_topic_id", "has_incidents"] {
        let body = json!({"ticket": {name: 1}});
        let changed = server.put("/api/v2/tickets/1").agent().json(&body).fetch();
        assert_eq!((changed.status().as_u16(), &*changed.header(HINT)), (200, ""), "{name}");
        let warning = changed.header("x-zendesk-api-warn");
        assert!(warning.contains(&format!("[\"ticket.{name}\"]")), "{warning}");
    }
    let comment = json!({"body": "b", "metadata": {"a": 1}, "plain_body": "b", "audit_id": 1});
    let body = json!({"ticket": {"comments": [comment], "url": "u", "ticket_id": 1}});
    let imported = server.post("/api/v2/imports/tickets").agent().json(&body).fetch();
    assert_eq!((imported.status().as_u16(), &*imported.header(HINT)), (201, ""));
    assert!(imported.header("x-zendesk-api-warn").contains("ticket.comments.metadata"));
    for name in ["assignee_email", "raw_subject", "via_id", "voice_comment"] {
        let body = json!({"ticket": {"description": "d", name: "x"}});
        let created = server.post("/api/v2/tickets").agent().json(&body).fetch();
        let expected = format!("Zendesk accepts ticket.{name}, and zendesk-mock does not keep it");
        assert_eq!(hint(&server, &created), expected);
        assert_eq!(created.header("x-zendesk-api-warn"), "", "{name}");
    }
}

#[test]
fn a_copy_that_names_no_user_brings_a_hint() {
    let server = server();
    let expected = |list: &str| {
        format!("an item of {list} names no user and is ignored; name user_email or user_id")
    };
    for list in ["email_ccs", "followers"] {
        for person in [json!({"email": "a@x.test"}), json!({}), json!({"user_email": " "})] {
            let ticket = json!({"description": "d", list: [{"user_id": 1}, person]});
            let created = server.post("/api/v2/tickets").agent().json(&json!({"ticket": ticket}));
            assert_eq!(hint(&server, &created.fetch()), expected(list), "{ticket}");
            let many = json!({"tickets": [{"description": "d"}, ticket]});
            let many = server.post("/api/v2/tickets/create_many").agent().json(&many).fetch();
            assert_eq!(many.header(HINT), expected(list), "{ticket}");
        }
        let ticket =
            json!({"description": "d", list: [{"user_email": "a@x.test"}, {"user_id": "1"}]});
        let created = server.post("/api/v2/tickets").agent().json(&json!({"ticket": ticket}));
        assert_eq!(created.fetch().header(HINT), "");
    }
}

#[test]
fn a_collaborator_that_names_no_user_brings_a_hint() {
    let server = server();
    for list in ["collaborators", "additional_collaborators"] {
        for people in [json!([{"name": "o"}]), json!([1, {}]), json!({"email": " ", "id": null})] {
            let ticket = json!({"description": "d", list: people});
            let created = server.post("/api/v2/tickets").agent().json(&json!({"ticket": ticket}));
            let expected = format!(
                "an item of {list} names no user and is ignored; name email, or send an id or an \
                 address"
            );
            assert_eq!(created.fetch().header(HINT), expected, "{ticket}");
        }
        let people = json!([1, "2", "a@x.test", {"email": "b@x.test"}, {"id": 3}]);
        let ticket = json!({"description": "d", list: people});
        let created = server.post("/api/v2/tickets").agent().json(&json!({"ticket": ticket}));
        assert_eq!(created.fetch().header(HINT), "", "{ticket}");
    }
}

#[test]
fn an_import_into_the_archive_brings_a_hint() {
    let server = server();
    let one = json!({"ticket": {"status": "closed", "description": "d"}});
    let many = json!({"tickets": [{"status": "closed", "description": "d"}]});
    for (path, body) in [("", &one), ("/create_many", &many)] {
        let import = |query: &str| {
            let path = format!("/api/v2/imports/tickets{path}{query}");
            server.post(&path).agent().json(body).fetch()
        };
        let hint = import("?archive_immediately=true").header(HINT);
        assert_eq!(hint, "archive_immediately is ignored: zendesk-mock archives no ticket");
        for query in ["", "?archive_immediately=false"] {
            assert_eq!(import(query).header(HINT), "", "{query}");
        }
    }
}

#[test]
fn a_misspelt_parameter_of_an_upload_brings_the_right_name() {
    let server = server();
    for (query, expected) in [
        ("filename=a.txt&tokn=x", "the parameter tokn is ignored; did you mean token?"),
        ("filename=a.txt&filname=x", "the parameter filname is ignored; did you mean filename?"),
        ("filename=a.txt&inline=true", ""),
        ("filename=a.txt&access_token=x", ""),
    ] {
        let upload = server.post(&format!("/api/v2/uploads?{query}")).agent().body("a").fetch();
        assert_eq!((upload.status().as_u16(), &*upload.header(HINT)), (201, expected), "{query}");
    }
    let (_, hint) =
        reason_and_hint(&server, server.post("/api/v2/uploads?file_name=a").agent().body("a"), 422);
    assert_eq!(hint, "the parameter file_name is ignored; did you mean filename?");
}

#[test]
fn a_misspelt_field_of_an_image_brings_the_right_name() {
    let server = server();
    for (path, body, expected) in [
        (
            RESERVE,
            json!({"content-type": "image/png", "file_size": 1}),
            "content-type is ignored; did you mean content_type?",
        ),
        (
            RESERVE,
            json!({"content_type": "image/png", "filesize": 1}),
            "filesize is ignored; did you mean file_size?",
        ),
        (PUBLISH, json!({"tokn": "x", "brand_id": "1"}), "tokn is ignored; did you mean token?"),
        (
            PUBLISH,
            json!({"token": "x", "brandId": 1}),
            "brandId is ignored; did you mean brand_id?",
        ),
    ] {
        let (reason, hint) = reason_and_hint(&server, server.post(path).json(&body), 400);
        assert!(reason.ends_with(" is missing"), "{reason}");
        assert_eq!(hint, expected, "{body}");
    }
}

/// A test with a misspelt header would pass without its fault.
#[test]
fn a_misspelt_or_doubled_fault_header_is_refused() {
    let server = server();
    let fault = r#"{"status": 503}"#;
    let upload = || server.post("/api/v2/uploads?filename=a").agent().body("a");
    let refused = |request: RequestBuilder| reason_and_hint(&server, request, 400).0;
    for name in ["x-mock-faults", "x-mok-fault", "x-zendesk-mock-fault", "mock-fault"] {
        let reason = refused(upload().header(name, fault));
        assert_eq!(reason, format!("{name}: unknown header; did you mean X-Mock-Fault?"));
    }
    let twice = refused(upload().header("X-Mock-Fault", fault).header("X-Mock-Fault", fault));
    assert_eq!(twice, "X-Mock-Fault is sent twice; send one header with one fault");
    assert_eq!(upload().header("X-Default", "1").fetch().status(), 201);
}

/// Two long texts take long to compare: this test would not end.
#[test]
fn a_long_path_is_compared_with_no_call() {
    let server = server();
    for root in ["mock", "_mock"] {
        let response = server.get(&format!("/{root}/z/{}", "A".repeat(60_000))).fetch();
        assert_eq!(response.status(), 404);
        assert!(!response.header("x-zendesk-mock-reason").contains("did you mean"));
    }
}
