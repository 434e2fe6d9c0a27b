//! A misspelt name never passes: each call answers it with the name and the right one.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::*;

/// A call that takes nothing.
const NOTHING: (&str, &str) = ("", "");

/// Method, path, and a misspelt field with the right one.
const CALLS: &[(&str, &str, (&str, &str))] = &[
    ("GET", "/_mock", NOTHING),
    ("GET", "/_mock/health", NOTHING),
    ("GET", "/_mock/usage", NOTHING),
    ("GET", "/_mock/openapi.json", NOTHING),
    ("GET", "/_mock/emulated-openapi.json", NOTHING),
    ("GET", "/_mock/behaviours", ("evidnce", "evidence")),
    ("GET", "/_mock/accounts", NOTHING),
    ("POST", "/_mock/accounts", ("nmae", "name")),
    ("DELETE", "/_mock/accounts/{name}", NOTHING),
    ("GET", "/_mock/account", NOTHING),
    ("POST", "/_mock/reset", NOTHING),
    ("POST", "/_mock/seed", ("tikets", "tickets")),
    ("GET", "/_mock/export", NOTHING),
    ("GET", "/_mock/snapshots", NOTHING),
    ("PUT", "/_mock/snapshots/{name}", NOTHING),
    ("POST", "/_mock/snapshots/{name}/restore", NOTHING),
    ("DELETE", "/_mock/snapshots/{name}", NOTHING),
    ("GET", "/_mock/settings", NOTHING),
    ("PATCH", "/_mock/settings", ("max_uplod_size", "max_upload_size")),
    ("GET", "/_mock/clock", NOTHING),
    ("POST", "/_mock/clock/advance", ("bye", "by")),
    ("POST", "/_mock/clock/set", ("too", "to")),
    ("POST", "/_mock/clock/freeze", ("att", "at")),
    ("POST", "/_mock/clock/resume", NOTHING),
    ("POST", "/_mock/random", ("sead", "seed")),
    ("GET", "/_mock/ca.pem", NOTHING),
    ("GET", "/_mock/faults", NOTHING),
    ("POST", "/_mock/faults", ("stauts", "status")),
    ("DELETE", "/_mock/faults", NOTHING),
    ("DELETE", "/_mock/faults/{id}", NOTHING),
    ("GET", "/_mock/journal", ("pth", "path")),
    ("GET", "/_mock/journal/events", ("aftr", "after")),
    ("GET", "/_mock/journal/{number}", NOTHING),
    ("GET", "/_mock/journal/{number}/body", NOTHING),
    ("GET", "/_mock/journal/{number}/file", NOTHING),
    ("DELETE", "/_mock/journal", NOTHING),
    ("POST", "/_mock/journal/wait", ("cuont", "count")),
    ("POST", "/_mock/journal/verify", ("metod", "method")),
    ("GET", "/_mock/tokens", ("mising", "missing")),
    ("GET", "/_mock/tokens/{token}", NOTHING),
    ("GET", "/_mock/files", NOTHING),
    ("GET", "/_mock/files/{file}/content", NOTHING),
    ("GET", "/_mock/tickets", NOTHING),
    ("GET", "/_mock/tickets/{id}", NOTHING),
    ("GET", "/_mock/leaks", NOTHING),
    ("PUT", "/_mock/attachments/{id}", ("malware_scan_resutl", "malware_scan_result")),
    ("POST", "/_mock/malware", ("nxet", "next")),
];

fn assert_refused(answer: &(u16, Value), misspelt: &str, right: &str) {
    let (status, refusal) = answer;
    assert_eq!((*status, &refusal["field"]), (400, &json!(misspelt)), "{refusal}");
    let description = text(&refusal["description"]);
    assert!(description.contains(misspelt) && description.contains("unknown field"), "{refusal}");
    assert!(description.contains(&format!("did you mean `{right}`?")), "{refusal}");
}

#[test]
fn every_call_refuses_a_misspelt_field_by_both_names() {
    let server = server();
    let document = server.get("/_mock/openapi.json").fetch().into_json();
    let paths = document["paths"].as_object().expect("paths");
    let documented: usize =
        paths.values().map(|calls| calls.as_object().map_or(0, |all| all.len())).sum();
    assert_eq!(documented, CALLS.len(), "a call is not in the table");
    for &(method, path, (misspelt, right)) in CALLS {
        assert!(paths[path][method.to_lowercase()].is_object(), "{method} {path}");
        let concrete = ["{name}", "{id}", "{number}", "{token}", "{file}"]
            .iter()
            .fold(path.to_owned(), |path, name| path.replace(name, "1"));
        let request = |query: &str| {
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            server.request(method, &format!("{concrete}{query}"))
        };
        if (misspelt, right) == NOTHING {
            for answer in [
                request("?colour=blue").fetch_json(),
                request("").json(&json!({"colour": "blue"})).fetch_json(),
            ] {
                let refused = (answer.0, &answer.1["field"]);
                assert_eq!(refused, (400, &json!("colour")), "{method} {path}");
            }
            continue;
        }
        let answer = if method == "GET" {
            request(&format!("?{misspelt}=1")).fetch_json()
        } else {
            request("").json(&json!({misspelt: 1})).fetch_json()
        };
        assert_refused(&answer, misspelt, right);
    }
}

#[test]
fn nested_fields_are_refused_with_their_path() {
    let server = server();
    for (path, input, field, right) in [
        ("/_mock/accounts", json!({"settings": {"atuh": "any"}}), "settings.atuh", "auth"),
        ("/_mock/accounts", json!({"seed": {"usres": []}}), "seed.usres", "users"),
        ("/_mock/journal/verify", json!({"order": [{}, {"pth": "x"}]}), "order[1].pth", "path"),
        ("/_mock/seed", json!({"users": [{"nmae": "x"}]}), "users[0].nmae", "name"),
    ] {
        assert_refused(&server.post(path).json(&input).fetch_json(), field, right);
    }
    let all = server.get("/_mock/accounts").fetch().into_json();
    assert_eq!(all["accounts"].as_array().map(Vec::len), Some(1), "no account was created");
    let fault = json!({"stauts": 503}).to_string();
    let upload = server.post("/api/v2/uploads?filename=a").agent().header("x-mock-fault", fault);
    let (status, refusal) = upload.body("x").fetch_json();
    assert_eq!(status, 400);
    let why = text(&refusal["description"]);
    assert_eq!(why, "X-Mock-Fault: stauts: unknown field; did you mean `status`?");
}

/// Method, path, sent body, named field, and a part of the problem.
const MISTAKES: &[(&str, &str, &str, &str, &str)] = &[
    ("POST", "/_mock/accounts", r#"{"name": "a b"}"#, "name", "at either end: it has ' '"),
    ("POST", "/_mock/accounts", r#"{"name": ""}"#, "name", "it is empty"),
    ("POST", "/_mock/accounts", r#"{"name": "acme-"}"#, "name", "it ends with a hyphen"),
    ("POST", "/_mock/clock/advance", r#"{"for": "1h"}"#, "for", "unknown field; valid: by"),
    ("POST", "/_mock/faults", r#"{"zebra": 1}"#, "zebra", "valid: operation, nth, times"),
    ("POST", "/_mock/reset", r#"{"all": true}"#, "all", "unknown field; none is taken here"),
    (
        "PATCH",
        "/_mock/settings",
        r#"{"bad_token_on_ticket": "rejcet"}"#,
        "bad_token_on_ticket",
        r#"did you mean "reject" instead of "rejcet"?"#,
    ),
    (
        "PATCH",
        "/_mock/settings",
        r#"{"rate_limit": "enterprize"}"#,
        "rate_limit",
        r#"did you mean "enterprise" instead of "enterprize"?"#,
    ),
    ("PATCH", "/_mock/settings", r#"{"faithful": "true"}"#, "faithful", "without quotation marks"),
    (
        "PATCH",
        "/_mock/settings",
        r#"{"max_memory": 1}"#,
        "max_memory",
        "it is a setting of the server: start it with --max-memory",
    ),
    (
        "POST",
        "/_mock/seed",
        r#"{"settings": {"port": 1}}"#,
        "settings.port",
        "it is a setting of the server: start it with --port",
    ),
    (
        "PATCH",
        "/_mock/settings",
        r#"{"settings": {"auth": "any"}}"#,
        "settings",
        "settings go to the top level, as in",
    ),
    ("POST", "/_mock/accounts", r#"{"upload_ttl": "5s"}"#, "upload_ttl", "it goes into `settings`"),
    ("PATCH", "/_mock/settings", "", "", "the body is empty: send a JSON object, as in {"),
    ("POST", "/_mock/reset", "x=1", "", "this call takes no body"),
    ("POST", "/_mock/clock/advance", "1h", "", r#"takes a JSON object, as in {"by": "90s"}"#),
    ("POST", "/_mock/seed", "[]", "", r#"takes a JSON object, as in {"tickets""#),
    ("POST", "/_mock/faults", "", "", "the body is empty: send a JSON object, as in {"),
    ("POST", "/_mock/seed", "", "", "the body is empty: send a JSON object, as in {"),
    ("PUT", "/_mock/attachments/1", "", "", "the body is empty: send a JSON object, as in {"),
    (
        "PATCH",
        "/_mock/settings",
        r#"{"image_types": ["image/jpg"]}"#,
        "image_types",
        "image/jpeg, image/png",
    ),
    (
        "PATCH",
        "/_mock/settings",
        r#"{"image_types": []}"#,
        "image_types",
        "takes 1 to 20 image types",
    ),
    (
        "POST",
        "/_mock/faults",
        r#"{"operation": "uplaod", "status": 503}"#,
        "operation",
        r#"did you mean "upload" instead of "uplaod"?"#,
    ),
    (
        "POST",
        "/_mock/faults",
        r#"{"cut": "befor"}"#,
        "cut",
        r#"did you mean "before" instead of "befor"?"#,
    ),
    (
        "POST",
        "/_mock/faults",
        r#"{"status": "429"}"#,
        "status",
        "takes a number from 400 to 599, without quotation marks",
    ),
    ("POST", "/_mock/faults", r#"{"status": 399}"#, "status", "takes a number from 400 to 599"),
    ("POST", "/_mock/faults", r#"{"hang": true, "status": 429}"#, "hang", "together with status"),
    (
        "POST",
        "/_mock/faults",
        r#"{"hang": true, "retry_after": 1}"#,
        "retry_after",
        "goes together with status",
    ),
    (
        "POST",
        "/_mock/malware",
        r#"{"malware_scan_result": "malware_fuond"}"#,
        "malware_scan_result",
        r#"did you mean "malware_found" instead of "malware_fuond"?"#,
    ),
    (
        "GET",
        "/_mock/tokens?missing=atach",
        "",
        "missing",
        r#"did you mean "attach" instead of "atach"?"#,
    ),
    (
        "POST",
        "/_mock/clock/advance?by=1h",
        "{}",
        "by",
        r#"goes into the JSON body, as in {"by": "90s"}"#,
    ),
    ("POST", "/_mock/seed?tickets=1", "{}", "tickets", "goes into the JSON body"),
    ("GET", "/_mock/journal", r#"{"method": "POST"}"#, "method", "goes into the query"),
    (
        "POST",
        "/_mock/seed",
        r#"{"users": [{"role": "amdin"}]}"#,
        "users[0].role",
        r#"did you mean "admin" instead of "amdin"?"#,
    ),
];

#[test]
fn a_mistake_is_answered_with_what_was_meant() {
    let server = server();
    for &(method, path, body, field, problem) in MISTAKES {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let (status, refusal) = server.request(method, path).body(body).fetch_json();
        assert_eq!(status, 400, "{path} {body}: {refusal}");
        let named = refusal["field"].as_str().unwrap_or_default();
        assert_eq!(named, field, "{path} {body}: {refusal}");
        assert!(text(&refusal["description"]).contains(problem), "{path} {body}: {refusal}");
    }
}

#[test]
fn an_unknown_account_is_404_with_the_nearest() {
    let server = server();
    server.post("/_mock/accounts").json(&json!({"name": "acme"})).fetch();
    let (status, refusal) = server.delete("/_mock/accounts/amce").fetch_json();
    assert_eq!(status, 404);
    let why = "there is no account \"amce\"; did you mean `acme`?";
    assert_eq!(refusal["description"], why);
    let (status, refusal) = server.get("/@a%20b/_mock/settings").fetch_json();
    assert_eq!(status, 404);
    assert!(text(&refusal["description"]).contains("1 to 63 letters"), "{refusal}");
}

#[test]
fn an_unknown_snapshot_is_404_with_the_nearest() {
    let server = server();
    let (_, refusal) = server.post("/_mock/snapshots/claen/restore").fetch_json();
    assert_eq!(refusal["description"], "no snapshot has this name: never taken, or deleted");
    server.put("/_mock/snapshots/clean").fetch();
    let (status, refusal) = server.post("/_mock/snapshots/claen/restore").fetch_json();
    assert_eq!(status, 404);
    assert!(text(&refusal["description"]).ends_with("did you mean `clean`?"), "{refusal}");
    let (_, refusal) = server.delete("/@acme/_mock/snapshots/clean").fetch_json();
    assert!(text(&refusal["description"]).contains("account \"default\" has it"), "{refusal}");
}

#[test]
fn a_misspelt_host_or_user_domain_gets_a_hint() {
    let server = server();
    let hint = |host: &str, user: &str| {
        let upload = server.post("/api/v2/uploads?filename=a.txt").header("host", host);
        let answer = upload.basic_auth(user, Some("secret")).body("x").fetch();
        assert_eq!(answer.status(), 201, "{host} {user}");
        answer.header("x-zendesk-mock-hint")
    };
    let meant = hint("acme.zendsk.com", "me@example.com/token");
    assert!(meant.contains("did you mean acme.zendesk.com?"), "{meant}");
    let meant = hint("127.0.0.1:3375", "me@acme.mok/token");
    assert!(meant.contains("did you mean acme.mock?"), "{meant}");
    for (host, user) in [
        ("acme.zendesk.com", "me@example.com/token"),
        ("acme.dev", "me@example.com/token"),
        ("127.0.0.1", "me@acme.mock"),
    ] {
        assert_eq!(hint(host, user), "", "{host} {user}");
    }
}

#[test]
fn a_seed_that_cannot_be_imported_leaves_no_account() {
    let server = server();
    let seed = json!({"users": [{"email": "nobody"}]});
    let (status, refusal) = server.post("/@acme/_mock/seed").json(&seed).fetch_json();
    assert_eq!((status, &refusal["field"]), (400, &json!("users[0].email")), "{refusal}");
    let names = || {
        let all = server.get("/_mock/accounts").fetch().into_json();
        all["accounts"].as_array().map(Vec::len)
    };
    assert_eq!(names(), Some(1));
    let seed = json!({"users": [{"email": "me@example.com"}]});
    assert_eq!(server.post("/@acme/_mock/seed").json(&seed).fetch().status(), 200);
    assert_eq!(names(), Some(2));
}

#[test]
fn a_list_is_no_object_of_a_seed() {
    let server = server();
    let comments = json!([{"body": "x"}]);
    for (ticket, field) in [
        (json!({"comments": comments, "custom_fields": [[1, "x"]]}), "custom_fields[0]"),
        (json!({"comments": comments, "audits": [{"events": [["Comment", 1]]}]}), "audits[0]"),
    ] {
        let seed = json!({"tickets": [ticket]});
        let (status, refusal) = server.post("/_mock/seed").json(&seed).fetch_json();
        assert_eq!(status, 400, "{refusal}");
        assert!(text(&refusal["field"]).contains(field), "{refusal}");
        assert!(text(&refusal["description"]).contains("takes a JSON object"), "{refusal}");
    }
}

#[test]
fn a_miss_names_another_account_that_has_the_request() {
    let server = server();
    let upload = server.post("/@acme/api/v2/uploads?filename=a.txt").agent().body("x");
    assert_eq!(upload.fetch().status(), 201);
    for (call, input) in [
        ("verify", json!({"route": "/api/v2/uploads"})),
        ("wait", json!({"route": "/api/v2/uploads", "timeout": "1ms"})),
    ] {
        let (status, missed) =
            server.post(&format!("/_mock/journal/{call}")).json(&input).fetch_json();
        assert_eq!(status, 409);
        let why = text(&missed["description"]);
        assert!(why.contains("1 match in account \"acme\": call "), "{why}");
    }
}

#[test]
fn a_field_that_is_given_twice_is_refused() {
    let server = server();
    let (status, refusal) =
        server.post("/_mock/clock/advance").body(r#"{"by": 1, "by": 2}"#).fetch_json();
    assert_eq!(status, 400, "{refusal}");
    let (status, refusal) = server.get("/_mock/journal?path=a&path=b").fetch_json();
    assert_eq!(status, 400, "{refusal}");
}

#[test]
fn a_filter_that_no_request_can_meet_is_refused_with_the_nearest_value() {
    let server = server();
    for (field, misspelt, hint) in [
        ("method", "POTS", "did you mean `POST`?"),
        ("method", "post ", "did you mean `POST`?"),
        ("route", "/api/v2/upload", "did you mean `/api/v2/uploads`?"),
        ("route", "/_mock/journal", "valid: /api/v2/uploads, "),
        ("object", "uplaod/x", "did you mean `upload`?"),
        ("object", "zebra/1", "valid: upload, attachment, ticket, image-token, image"),
    ] {
        let filter = json!({(field): misspelt});
        for (path, input, name) in [
            ("verify", json!({(field): misspelt, "count": 0}), field.to_owned()),
            ("verify", json!({"order": [filter]}), format!("order[0].{field}")),
            ("wait", json!({(field): misspelt, "count": 0}), field.to_owned()),
        ] {
            let call = server.post(&format!("/_mock/journal/{path}")).json(&input);
            let (status, refusal) = call.fetch_json();
            assert_eq!((status, &refusal["field"]), (400, &json!(name)), "{refusal}");
            assert!(text(&refusal["description"]).contains(hint), "{refusal}");
        }
        let query =
            form_urlencoded::Serializer::new(String::new()).append_pair(field, misspelt).finish();
        assert_eq!(server.get(&format!("/_mock/journal?{query}")).fetch_json().0, 400);
    }
    let valid =
        json!({"method": "post", "route": "/api/v2/uploads", "object": "ticket/7", "count": 0});
    assert_eq!(server.post("/_mock/journal/verify").json(&valid).fetch_json().0, 200);
}
