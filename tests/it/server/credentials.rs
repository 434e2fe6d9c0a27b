//! Authentication.

use reqwest::blocking::RequestBuilder;
use serde_json::json;
use zendesk_mock::{Auth, Credential};

use crate::harness::*;

const UPLOAD: &str = "/api/v2/uploads?filename=a.txt";

fn upload_with(server: &Server, authorization: &str) -> RequestBuilder {
    server.post(UPLOAD).header("authorization", authorization).body("a")
}

#[track_caller]
fn assert_unauthenticated(request: RequestBuilder) {
    let response = request.fetch();
    assert_eq!(response.header("www-authenticate"), "Basic realm=\"Web Password\"");
    assert_eq!(response.header("cache-control"), "no-cache");
    assert_eq!(response.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(response.status_and_json(), unauthenticated());
}

#[test]
fn a_request_without_credentials_is_401() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let one = format!("/api/v2/uploads/{}", token(&upload));
    let attachment = format!("/api/v2/attachments/{}", upload["attachment"]["id"]);
    for request in [
        server.post(UPLOAD).body("a"),
        server.post("/api/v2/uploads").body(""),
        server.get(&one),
        server.delete(&one),
        server.get("/api/v2/uploads/unknown"),
        server.get(&attachment),
        server.post(&format!("{UPLOAD}&access_token=")).body("a"),
    ] {
        assert_unauthenticated(request);
    }
    assert_eq!(server.get(&one).agent().fetch().status(), 200);
}

#[test]
fn malformed_credentials_are_401() {
    let server = server();
    for authorization in [
        "",
        "Basic",
        "Basic ",
        "Basic !!!!",
        "Basic bm9jb2xvbg==", // nocolon
        "Basic OnB3",         // :pw
        "Basic gICA",         // not UTF-8
        "Bearer",
        "Bearer ",
        "Digest username=\"me\"",
        "me@example.com/token:secret",
    ] {
        assert_unauthenticated(upload_with(&server, authorization));
    }
    assert_eq!(server.mock.memory_used(), 0);
}

#[test]
fn any_well_formed_credentials_are_accepted() {
    let server = server();
    for authorization in [
        "Basic bWVAZXhhbXBsZS5jb206cHc=",         // me@example.com:pw
        "basic bWVAZXhhbXBsZS5jb20vdG9rZW46YTpi", // me@example.com/token:a:b
        "Basic bWVAZXhhbXBsZS5jb206",             // me@example.com:
        "Bearer gErypPlm4dOVgGRvA1ZzMH5MQ3nLo8bo",
        "bearer x",
    ] {
        assert_eq!(upload_with(&server, authorization).fetch().status(), 201, "{authorization}");
    }
    let in_query = server.post(&format!("{UPLOAD}&access_token=x")).body("a").fetch();
    assert_eq!(in_query.status(), 201);
}

#[test]
fn under_auth_none_no_credentials_are_needed() {
    let server = configured(|config| config.account.auth = Auth::None);
    assert_eq!(server.post(UPLOAD).body("a").fetch().status(), 201);
    assert_eq!(upload_with(&server, "nonsense").fetch().status(), 201);
    let upload = server.upload("a.txt", "a");
    let one = format!("/api/v2/uploads/{}", token(&upload));
    assert_eq!(server.get(&one).fetch().status(), 200);
    assert_eq!(server.delete(&one).fetch().status(), 204);
}

#[test]
fn under_auth_strict_only_known_credentials_are_accepted() {
    let basic = |user: &str, password: &str| Credential::Basic {
        user: user.to_owned(),
        password: password.to_owned(),
    };
    let server = configured(|config| {
        config.account.auth = Auth::Strict;
        config.credentials = vec![
            basic("agent@example.com", "pass:word"),
            basic("agent@example.com/token", "secret"),
            Credential::Bearer("bearer".to_owned()),
        ];
    });
    let as_user =
        |user: &str, password: &str| server.post(UPLOAD).basic_auth(user, Some(password)).body("a");
    for known in [
        as_user("agent@example.com", "pass:word"),
        as_user("agent@example.com/token", "secret"),
        upload_with(&server, "Bearer bearer"),
        server.post(&format!("{UPLOAD}&access_token=bearer")).body("a"),
    ] {
        assert_eq!(known.fetch().status(), 201);
    }
    for unknown in [
        as_user("agent@example.com", "secret"),
        as_user("agent@example.com/token", "pass:word"),
        as_user("other@example.com/token", "secret"),
        as_user("agent@example.com", ""),
        upload_with(&server, "Bearer Bearer"),
        upload_with(&server, "Bearer secret"),
        server.post(&format!("{UPLOAD}&access_token=secret")).body("a"),
        server.post(UPLOAD).body("a"),
    ] {
        assert_unauthenticated(unknown);
    }
}

#[test]
fn the_header_outweighs_the_query() {
    let server = server();
    let request = server.post(&format!("{UPLOAD}&access_token=x"));
    assert_unauthenticated(request.header("authorization", "nonsense").body("a"));
}

#[test]
fn an_unknown_path_or_method_is_404_before_authentication() {
    let server = server();
    for request in [
        server.get("/"),
        server.get("/favicon.ico"),
        server.get("/api/v2"),
        server.get("/api/v2/"),
        server.get("/api/v2/nothing.json"),
        server.get("/api/v1/uploads"),
        server.get("/api/v2/uploads"),
        server.put(UPLOAD).body("a"),
        server.post("/api/v2/uploads/token").body("a"),
        server.get("/api/v2/uploads/token/more"),
        server.post("/api/v2/attachments/1"),
        server.put("/api/v2/requests"),
        server.delete("/api/v2/requests/1"),
        server.delete("/api/v2/users"),
        server.get("/api/v2/tickets/1/comments/1"),
        server.get("/api/v2/tickets/1/comments/1/attachments/1/redact"),
        server.get("/attachments/token"),
        server.post("/API/V2/uploads?filename=a.txt").body("a"),
    ] {
        let response = request.fetch();
        assert_eq!(response.header("www-authenticate"), "");
        assert_eq!(response.status_and_json(), no_endpoint());
    }
}

#[test]
fn control_calls_need_no_credentials_under_auth_strict() {
    let server = configured(|config| {
        config.account.auth = Auth::Strict;
        config.credentials = vec![Credential::Bearer("bearer".to_owned())];
    });
    let health = server.get("/_mock/health").fetch();
    assert_eq!(health.into_json()["status"], "ok");
    assert_eq!(server.post("/_mock/reset").fetch().status(), 200);
}

#[test]
fn under_anonymous_requests_anonymous_clients_upload_and_create_requests() {
    let server = configured(|config| config.account.auth = Auth::AnonymousRequests);
    let upload = server.post(UPLOAD).header("Origin", "https://form.test").body("hello").fetch();
    assert_eq!(upload.status(), 201);
    let upload = upload.into_json()["upload"].take();
    let more = format!("/api/v2/uploads.json?filename=b.txt&token={}", token(&upload));
    assert_eq!(server.post(&more).body("b").fetch().status(), 201);
    let form = "--x\r\nContent-Disposition: form-data; name=\"uploaded_data\"; \
                filename=\"c.txt\"\r\n\r\nc\r\n--x--\r\n";
    let form = server.post("/api/v2/uploads").body(form);
    let form = form.header("content-type", "multipart/form-data; boundary=x");
    assert_eq!(form.fetch().status(), 201);
    let requester = json!({"name": "Eve", "email": "eve@example.com"});
    let comment = json!({"body": "b", "uploads": [upload["token"]]});
    let request = json!({"request": {"requester": requester, "comment": comment}});
    assert_eq!(server.post("/api/v2/requests.json").json(&request).fetch().status(), 201);
    let attached = server.comments(&json!(1))[0]["attachments"].take();
    assert_eq!(attached.as_array().map(Vec::len), Some(2));
    let missing = json!({"request": {"comment": {"body": "b"}}});
    assert_eq!(server.post("/api/v2/requests").json(&missing).fetch().status(), 422);
    // With credentials, everything is as under `any`.
    assert_eq!(upload_with(&server, "Bearer any").fetch().status(), 201);
    assert_eq!(server.get("/api/v2/tickets").agent().fetch().status(), 200);
}

#[test]
fn under_anonymous_requests_anonymous_clients_do_nothing_else() {
    let server = configured(|config| {
        config.account.auth = Auth::AnonymousRequests;
        config.account.private_attachments = true;
    });
    let upload = server.upload("a.txt", "a");
    let one = format!("/api/v2/uploads/{}", token(&upload));
    for request in [
        server.get(&one),
        server.delete(&one),
        server.get("/api/v2/attachments/1"),
        server.get("/api/v2/tickets"),
        server.post("/api/v2/tickets").json(&json!({"ticket": {"description": "d"}})),
        server.post("/api/v2/imports/tickets"),
        server.get("/api/v2/requests/1"),
        server.put("/api/v2/requests/1"),
        server.get("/api/v2/users"),
        server.get("/api/v2/incremental/tickets?start_time=1"),
    ] {
        let response = request.fetch();
        let reason = response.header("x-zendesk-mock-reason");
        assert!(reason.starts_with("no credentials, and only uploads"), "{reason}");
        assert_eq!(response.status_and_json(), unauthenticated());
    }
    let url = text(&upload["attachment"]["content_url"]);
    assert_eq!(server.get(url).fetch().status(), 403);
    assert_eq!(server.get(url).agent().fetch().status(), 200);
    // Credentials that cannot be read are not those of an anonymous client.
    for bad in ["", "Basic", "Bearer ", "nonsense"] {
        assert_unauthenticated(upload_with(&server, bad));
    }
    let wrong_token = server.post(UPLOAD).header("X-CSRF-Token", "wrong").body("a");
    assert_unauthenticated(wrong_token);
    assert_eq!(server.get("/api/v2/users/me").fetch().status(), 200, "as under any");
}
