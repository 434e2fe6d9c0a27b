//! Tickets, comments, requests and users, and their refusals.

use super::*;

/// Sends JSON as an agent.
fn send(server: &Server, method: &str, target: &str, body: &Value) -> RawResponse {
    server.exchange(&request(method, target).agent().json(body))
}

fn get(server: &Server, target: &str) -> RawResponse {
    server.exchange(&request("GET", target).agent().end())
}

/// Creates a ticket with a file.
fn create_ticket(server: &Server) -> RawResponse {
    let upload = upload(server, "notes.txt", b"hello");
    let comment = json!({"body": "See the notes.", "uploads": [upload["token"]]});
    let body = json!({"ticket": {"subject": "Printer", "comment": comment}});
    send(server, "POST", "/api/v2/tickets.json", &body)
}

/// Creates a ticket with a file, and returns the id of its comment and its attachment.
fn create_ticket_with_file(server: &Server) -> (Value, Value) {
    let comment = create_ticket(server).json()["audit"]["events"][0].take();
    (comment["id"].clone(), comment["attachments"][0].clone())
}

#[test]
fn a_ticket_attaches_an_upload() {
    golden("ticket_created", &create_ticket(&server()));
}

#[test]
fn a_ticket_has_its_properties() {
    let server = server();
    let body = json!({"ticket": {
        "subject": "Printer",
        "comment": {"body": "It smokes.\n\nBadly,\nI fear.", "public": false},
        "status": "open", "priority": "high", "type": "incident", "tags": ["printer", "smoke"],
        "custom_fields": [{"id": 1, "value": "a"}, {"id": 2, "value": null}, {"id": 3, "value": ["b", "c"]}],
        "requester": {"name": "Jo", "email": "jo@example.org"}, "external_id": "x-1", "assignee_id": 7
    }});
    golden("ticket_created_with_properties", &send(&server, "POST", "/api/v2/tickets", &body));
    golden("ticket_shown", &get(&server, "/api/v2/tickets/1"));
}

#[test]
fn an_update_has_an_audit_with_previous_values() {
    let server = server();
    create_ticket(&server);
    let upload = upload(&server, "more.txt", b"more");
    let comment = json!({"body": "And this.", "uploads": upload["token"]});
    let body = json!({"ticket": {"id": 1, "status": "pending", "comment": comment}});
    golden("ticket_updated", &send(&server, "PUT", "/api/v2/tickets/1.json", &body));
}

#[test]
fn an_idempotent_ticket_is_created_once() {
    let server = server();
    let body = json!({"ticket": {"subject": "Once", "comment": {"body": "b"}}});
    let create = |body: &Value| {
        let request = request("POST", "/api/v2/tickets").agent().header("Idempotency-Key", "key-1");
        server.exchange(&request.json(body))
    };
    golden("ticket_created_idempotently", &create(&body));
    golden("ticket_created_before", &create(&body));
    let other = json!({"ticket": {"subject": "Other", "comment": {"body": "b"}}});
    golden("refused_idempotency_key_reused", &create(&other));
}

#[test]
fn a_ticket_is_imported_with_its_history() {
    let server = server();
    let upload = upload(&server, "old.txt", b"old");
    let body = json!({"ticket": {
        "subject": "Old", "description": "Long ago.", "status": "closed",
        "comments": [{"value": "Later.", "created_at": "2020-02-02T02:02:02Z", "uploads": [upload["token"]]}]
    }});
    golden("ticket_imported", &send(&server, "POST", "/api/v2/imports/tickets", &body));
    golden("comments_imported", &get(&server, "/api/v2/tickets/1/comments"));
}

#[test]
fn a_deletion_with_a_body_has_a_warning() {
    let server = server();
    create_ticket(&server);
    let answer = send(&server, "DELETE", "/api/v2/tickets/1.json", &json!({"ticket": {"id": 1}}));
    golden("ticket_deleted", &answer);
}

#[test]
fn comments_are_listed_by_offset_and_by_cursor() {
    let server = server();
    create_ticket(&server);
    let comments = "/api/v2/tickets/1/comments.json";
    golden("comments", &get(&server, comments));
    let page = get(&server, &format!("{comments}?include_inline_images=false&page%5Bsize%5D=1"));
    golden("comments_last_page_by_cursor", &page);
    let next = path_of(&page.json()["links"]["next"]);
    golden("comments_behind_the_last_page", &get(&server, &next));
    golden("tickets", &get(&server, "/api/v2/tickets?per_page=1"));
    golden("audits", &get(&server, "/api/v2/tickets/1/audits"));
}

#[test]
fn a_matching_if_none_match_is_304() {
    let server = server();
    create_ticket(&server);
    let tag = get(&server, "/api/v2/tickets/1").header("etag").map(ToOwned::to_owned);
    let again = request("GET", "/api/v2/tickets/1").agent();
    let again = again.header("If-None-Match", &tag.expect("a tag"));
    golden("ticket_not_modified", &server.exchange(&again.end()));
}

#[test]
fn a_redaction_returns_the_old_file_and_empties_it() {
    let server = server();
    let (comment, file) = create_ticket_with_file(&server);
    let redact =
        format!("/api/v2/tickets/1/comments/{comment}/attachments/{}/redact.json", file["id"]);
    golden("attachment_redacted", &send(&server, "PUT", &redact, &json!({})));
    golden("attachment_shown_redacted", &get(&server, &path_of(&file["url"])));
}

#[test]
fn malware_is_403_until_an_agent_overrides_it() {
    let server = server();
    let (_, file) = create_ticket_with_file(&server);
    let control = format!("/_mock/attachments/{}", file["id"]);
    let found = json!({"malware_scan_result": "malware_found"});
    golden("control_attachment_edited", &send(&server, "PUT", &control, &found));
    golden("refused_malware", &server.exchange(&download_request(&file)));
    let insist = json!({"attachment": {"malware_access_override": true}});
    let answer = send(&server, "PUT", &path_of(&file["url"]), &insist);
    golden("attachment_updated", &answer);
    let delete = request("DELETE", &path_of(&file["url"])).agent().end();
    golden("attachment_deleted", &server.exchange(&delete));
}

#[test]
fn an_anonymous_request_is_created_shown_and_updated() {
    let server = server();
    let upload = upload(&server, "notes.txt", b"hello");
    let body = json!({"request": {
        "requester": {"name": "Jo", "email": "jo@example.org"}, "subject": "Help",
        "comment": {"body": "Please.", "uploads": [upload["token"]]}
    }});
    golden("request_created", &server.exchange(&request("POST", "/api/v2/requests").json(&body)));
    golden("request_shown", &get(&server, "/api/v2/requests/1"));
    golden("request_comments", &get(&server, "/api/v2/requests/1/comments"));
    let more = json!({"request": {"comment": {"body": "More."}}});
    golden("request_updated", &send(&server, "PUT", "/api/v2/requests/1", &more));
    let silent = send(&server, "PUT", "/api/v2/requests/1", &json!({"request": {}}));
    golden("refused_comment_required", &silent);
    let anonymous = json!({"request": {"comment": {"body": "Please."}}});
    let refused = server.exchange(&request("POST", "/api/v2/requests").json(&anonymous));
    golden("refused_requester_missing", &refused);
}

#[test]
fn users_are_shown_and_found() {
    let server = server();
    golden("user_me", &get(&server, "/api/v2/users/me.json"));
    golden("user_anonymous", &server.exchange(&request("GET", "/api/v2/users/me").end()));
    golden("users_found", &get(&server, "/api/v2/users/search?query=agent"));
    golden("refused_unknown_user", &get(&server, "/api/v2/users/1"));
}

#[test]
fn a_private_file_needs_credentials() {
    let server = configured(|config| config.account.private_attachments = true);
    let file = upload(&server, "notes.txt", b"hello")["attachment"].take();
    golden("refused_private_attachment", &server.exchange(&download_request(&file)));
}

#[test]
fn a_download_redirects_to_a_signed_url_without_credentials() {
    let server = configured(|config| {
        config.account.downloads = zendesk_mock::Downloads::Redirect;
        config.account.download_url = Some("http://files.example.test".to_owned());
    });
    let file = upload(&server, "notes.txt", b"hello")["attachment"].take();
    let redirect = server.exchange(&download_request(&file));
    golden("content_redirected", &redirect);
    let location = redirect.header("location").expect("a URL").to_owned();
    let path = location.strip_prefix("http://files.example.test").expect("another host");
    let elsewhere = |credentials: &str| {
        let head = format!("GET {path} HTTP/1.1\r\nHost: files.example.test\r\n{credentials}\r\n");
        server.exchange(head.as_bytes())
    };
    golden("content_by_temporary_url", &elsewhere(""));
    golden("refused_credentials_elsewhere", &elsewhere(crate::harness::AGENT));
}

#[test]
fn invalid_tickets_are_refused_as_recorded() {
    let server = server();
    let create =
        |ticket: Value| send(&server, "POST", "/api/v2/tickets", &json!({"ticket": ticket}));
    golden("refused_wrong_type", &create(json!({"subject": 1, "comment": {"body": "b"}})));
    golden("refused_blank_description", &create(json!({"subject": "s"})));
    golden("refused_status", &create(json!({"status": "lost", "comment": {"body": "b"}})));
    let unknown = json!({"comment": {"body": "b", "uploads": ["0123456789012345678901234"]}});
    golden("refused_bad_token", &create(unknown));
    golden("refused_unknown_ticket", &get(&server, "/api/v2/tickets/1"));
    golden("refused_ticket_id_not_a_number", &get(&server, "/api/v2/tickets/one"));
    let malformed = request("POST", "/api/v2/tickets").agent().body(b"{\"ticket\": ");
    golden("refused_malformed_json", &server.exchange(&malformed));
    create_ticket(&server);
    let close = json!({"ticket": {"status": "closed"}});
    send(&server, "PUT", "/api/v2/tickets/1", &close);
    golden("refused_closed_ticket", &send(&server, "PUT", "/api/v2/tickets/1", &close));
    let silent = json!({"ticket": {"comment": {"body": " ", "uploads": ["x"]}}});
    let server = super::server();
    create_ticket(&server);
    golden("refused_blank_comment", &send(&server, "PUT", "/api/v2/tickets/1", &silent));
    golden("refused_cursor", &get(&server, "/api/v2/tickets?page%5Bafter%5D=x"));
}
