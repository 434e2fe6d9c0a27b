//! `/api/v2/tickets/{id}/side_conversations`: messages beside a ticket, and their files.

use reqwest::blocking::Response;
use serde_json::{Value, json};

use crate::harness::*;

const FILES: &str = "/api/v2/tickets/side_conversations/attachments";
const LIST: &str = "/api/v2/tickets/1/side_conversations";

/// Uploads the parts of a form: each has a name, a file name and a text.
fn upload(server: &Server, path: &str, parts: &[(&str, &str, &str)]) -> Response {
    let parts = parts.iter().map(|(name, file_name, text)| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\r\n\
             {text}\r\n"
        )
    });
    let body = parts.collect::<String>() + "--b--\r\n";
    let request =
        server.post(path).agent().header("content-type", "multipart/form-data; boundary=b");
    request.body(body).fetch()
}

fn send(server: &Server, path: &str, message: &Value) -> (u16, Value) {
    server.post(path).agent().json(&json!({ "message": message })).fetch_json()
}

#[test]
fn a_message_has_its_files() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    let uploaded = upload(&server, &format!("{FILES}.json"), &[("file", "a.txt", "hello")]);
    assert_eq!(uploaded.status(), 201);
    let file = uploaded.into_json();
    let id = text(&file["id"]);
    assert!(id.starts_with("s3-") && id.len() == 39, "{id}");
    let expected = json!({
        "content_type": "text/plain", "height": null, "id": id, "name": "a.txt", "size": 5,
        "width": null
    });
    assert_eq!(file, expected);

    let to = json!([{"email": "bob@x.test", "name": "Bob"}]);
    let message = json!({"subject": "s", "body": "**b**", "to": to, "attachment_ids": [id, id]});
    let (status, started) = send(&server, LIST, &message);
    assert_eq!(status, 201);
    let conversation = &started["side_conversation"];
    let path = format!("{LIST}/{}", text(&conversation["id"]));
    assert_eq!(conversation["url"], format!("{}{path}.json", server.mock.url()));
    assert_eq!((&conversation["ticket_id"], &conversation["subject"]), (&json!(1), &json!("s")));
    assert_eq!(conversation["created_at"], "2026-01-01T00:00:00.000+00:00");
    assert_eq!(conversation["participants"][1]["email"], "bob@x.test");
    server.account.advance(HOUR);
    let (status, replied) =
        send(&server, &format!("{path}/reply"), &json!({"html_body": "<p>r</p>", "to": to}));
    assert_eq!((status, &replied["event"]["type"]), (201, &json!("reply")));
    assert_eq!(replied["event"]["message"]["attachments"], json!([]));

    let events = server.get_json(&format!("{path}/events"))["events"].take();
    assert_eq!((&events[0], &events[1]), (&started["event"], &replied["event"]));
    let sent = &events[0]["message"];
    assert_eq!((&sent["body"], &sent["to"][0]["name"]), (&json!("b"), &json!("Bob")));
    assert_eq!(sent["attachments"].as_array().map(Vec::len), Some(1), "each file once");
    let attached = &sent["attachments"][0];
    assert_eq!((&attached["id"], &attached["size"]), (&file["id"], &json!(5)));
    let content = || server.get(text(&attached["content_url"])).fetch();
    assert_eq!(content().text().expect("a text"), "hello");
    let shown = server.get_json(&path)["side_conversation"].take();
    assert_eq!(shown, replied["side_conversation"]);
    assert_eq!(shown["message_added_at"], "2026-01-01T01:00:00.000+00:00");
    let listed = server.get_json(LIST);
    assert_eq!((&listed["side_conversations"], &listed["count"]), (&json!([shown]), &json!(1)));

    let with_events = |path: &str| server.get_json(&format!("{path}?include=events"));
    let one = with_events(&path);
    assert_eq!((&one["side_conversation"], &one["events"]), (&shown, &events));
    let (status, second) = send(&server, LIST, &json!({"body": "other", "to": to}));
    assert_eq!(status, 201);
    let all = with_events(LIST);
    assert_eq!(all["side_conversations"], json!([shown, second["side_conversation"]]));
    assert_eq!(all["events"], json!([events[0], events[1], second["event"]]));
    assert_eq!(all["count"], 2);
    for (query, brings, is_declared) in [
        ("", false, false),
        ("?include=", false, false),
        ("?include=events", true, false),
        ("?include=events,participants", true, true),
        ("?include=participants", false, true),
        ("?include[]=events", false, true),
    ] {
        for path in [path.as_str(), LIST] {
            let answer = server.get(&format!("{path}{query}")).agent().fetch();
            let header = answer.header("x-zendesk-mock-difference");
            assert_eq!(header.contains("sort-and-include"), is_declared, "{path}{query}");
            assert_eq!(answer.into_json()["events"].is_array(), brings, "{path}{query}");
        }
    }

    assert_eq!(server.delete("/api/v2/tickets/1").agent().fetch().status(), 204);
    for gone in [path.as_str(), LIST] {
        assert_eq!(server.get(gone).agent().fetch().status(), 404, "{gone}");
    }
    assert_eq!(content().status(), 404);
}

#[test]
fn what_is_no_file_or_no_message_is_refused() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    let before = server.mock.memory_used();
    let no_part = "the multipart form is malformed: no part has the file; name it file";
    let empty = "the file is empty; send its bytes as the part file of a form";
    let no_name = "the part file of the form has no file name; add it to its Content-Disposition";
    for (path, parts, reason) in [
        (FILES, vec![], no_part),
        (FILES, vec![("uploaded_data", "a.txt", "hello")], no_part),
        (FILES, vec![("file", "a.txt", "")], empty),
        (FILES, vec![("file", "", "hello")], no_name),
        (FILES, vec![("file", " ", "hello")], no_name),
        (&format!("{FILES}?filename=a.txt"), vec![("file", "", "hello")], no_name),
    ] {
        let refused = upload(&server, path, &parts);
        assert_eq!(refused.status(), 422, "{parts:?}");
        assert_eq!(refused.header("x-zendesk-mock-reason"), reason, "{parts:?}");
    }
    let raw = server.post(FILES).agent().body("hello").fetch();
    assert_eq!((raw.status().as_u16(), &*raw.header("x-zendesk-mock-reason")), (422, no_part));
    let to = json!([{"email": "bob@x.test"}]);
    let unknown = "s3-00000000-0000-0000-0000-000000000000";
    for (message, status) in [
        (json!(null), 400),
        (json!("text"), 400),
        (json!({"body": "b"}), 400),
        (json!({"body": "b", "to": []}), 400),
        (json!({"body": "b", "to": [{}]}), 400),
        (json!({"body": "b", "to": [{"name": "Bob", "email": " "}]}), 400),
        (json!({"to": to}), 400),
        (json!({"html_body": "<p></p>", "to": to}), 400),
        (json!({"body": "b", "to": ["bob@x.test"]}), 400),
        (json!({"body": 1, "to": to}), 400),
        (json!({"body": "b", "to": to, "attachment_ids": ["x"]}), 400),
        (json!({"body": "b", "to": to, "attachment_ids": [1]}), 400),
        (json!({"body": "b", "to": to, "attachment_ids": [unknown]}), 422),
    ] {
        assert_eq!(send(&server, LIST, &message).0, status, "{message}");
    }
    let message = json!({"body": "b", "to": to});
    for (path, status) in [
        ("/api/v2/tickets/2/side_conversations".to_owned(), 404),
        ("/api/v2/tickets/x/side_conversations".to_owned(), 400),
        (format!("{LIST}/x/reply"), 404),
        (format!("{LIST}/{}/reply", &unknown[3..]), 404),
    ] {
        assert_eq!(send(&server, &path, &message).0, status, "{path}");
    }
    assert_eq!(server.get_json(LIST)["side_conversations"], json!([]));
    assert_eq!(server.mock.memory_used(), before);
    assert_eq!(server.post(FILES).fetch().status(), 401);
}

#[test]
fn a_call_that_is_not_emulated_says_so() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    let path = "/api/v2/tickets/1/side_conversations";
    let message = json!({"message": {"subject": "s", "body": "b", "to": [{"email": "a@x.test"}]}});
    let made = server.post(path).agent().json(&message).fetch();
    assert_eq!(made.header("x-zendesk-mock-hint"), "");
    let id = made.into_json()["side_conversation"]["id"].take();
    let state = json!({"side_conversation": {"state": "closed"}});
    for refused in [
        server.put(&format!("{path}/{}", text(&id))).agent().json(&state).fetch(),
        server.post(&format!("{path}/import")).agent().json(&message).fetch(),
    ] {
        let reason = refused.header("x-zendesk-mock-reason");
        assert!(reason.starts_with("Zendesk has this endpoint"), "{reason}");
        assert_eq!(refused.status(), 404);
    }
    for external in ["/external_ids", "/message/external_ids"] {
        let mut message = message.clone();
        let (object, name) = external.rsplit_once('/').expect("a name");
        message.pointer_mut(object).expect("an object")[name] = json!({"a": "b"});
        let made = server.post(path).agent().json(&message).fetch();
        let hint = made.header("x-zendesk-mock-hint");
        assert!(hint.contains("external_ids"), "{hint}");
        assert!(made.header("x-zendesk-mock-difference").contains("properties-not-kept"));
        assert_eq!(made.status(), 201);
    }
}

#[test]
fn a_participant_that_is_no_user_is_refused_with_a_hint() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    for (to, has_hint) in [
        (json!({"support_group_id": 1}), true),
        (json!({"support_agent_id": 1, "support_group_id": 1}), true),
        (json!({"slack_workspace_id": "a", "slack_channel_id": "b"}), true),
        (json!({"msteams_channel_id": "a"}), true),
        (json!({"name": "Bob"}), false),
    ] {
        let body = json!({"message": {"subject": "s", "body": "b", "to": [to]}});
        let refused = server.post(LIST).agent().json(&body).fetch();
        let hint = refused.header("x-zendesk-mock-hint");
        assert_eq!(hint.starts_with("Zendesk takes groups"), has_hint, "{to}: {hint}");
        assert_eq!(refused.status(), 400, "{to}");
    }
}

#[test]
fn a_page_brings_its_own_events_along() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    let path = "/api/v2/tickets/1/side_conversations";
    for body in ["one", "two", "three"] {
        let to = json!([{"email": "bo@example.com"}]);
        assert_eq!(send(&server, path, &json!({"body": body, "to": to})).0, 201);
    }
    for query in ["per_page=1&page=2", "page[size]=1"] {
        let page = server.get_json(&format!("{path}?include=events&{query}"));
        let [conversation] = &page["side_conversations"].as_array().expect("a list")[..] else {
            panic!("{page}");
        };
        let events = page["events"].as_array().expect("events");
        let of: Vec<_> = events.iter().map(|event| &event["side_conversation_id"]).collect();
        assert_eq!(of, [&conversation["id"]], "{query}");
        let next = page.pointer("/links/next").unwrap_or(&page["next_page"]);
        assert!(text(next).contains("include=events"), "{next}");
    }
}
