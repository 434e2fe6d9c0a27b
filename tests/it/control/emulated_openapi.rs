//! `/_mock/emulated-openapi.json`

use reqwest::Method;
use serde_json::{Value, json};

use crate::control::openapi::{assert_references_defined, operations};
use crate::harness::*;

fn document(server: &Server) -> Value {
    server.get("/_mock/emulated-openapi.json").fetch().into_json()
}

/// The path with a value for each parameter.
fn concrete(path: &str) -> String {
    let segments = path.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
    segments.collect::<Vec<_>>().join("/")
}

#[test]
fn every_documented_endpoint_has_a_route_and_no_other_method_does() {
    let server = server();
    let document = document(&server);
    let mut checked = 0;
    for (path, methods) in document["paths"].as_object().expect("paths") {
        // S3 answers all methods.
        if path.starts_with("/aus-uploaded-assets") {
            assert!(methods["put"]["summary"].is_string(), "{path}");
            continue;
        }
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let answer = server.request(method.clone(), &concrete(path)).agent().fetch();
            let why = answer.header("x-zendesk-mock-reason");
            let is_refused =
                why.starts_with("this path has no ") || why.ends_with("does not emulate it");
            let is_documented = methods[method.as_str().to_lowercase()].is_object();
            assert_eq!(is_refused, !is_documented, "{method} {path}");
            checked += 1;
        }
    }
    assert!(checked > 300, "{checked}");
}

#[test]
fn an_endpoint_asks_for_the_credentials_that_are_documented() {
    let server = server();
    let document = document(&server);
    for (method, path, operation) in operations(&document) {
        let security = operation["security"].as_array().expect("a list");
        let needs_credentials = !security.is_empty() && !security.contains(&json!({}));
        let status = server.request(method.clone(), &concrete(path)).fetch().status();
        assert_eq!(status == 401, needs_credentials, "{method} {path}: {status}");
        assert!(!needs_credentials || operation["responses"]["401"].is_object());
    }
}

#[test]
fn answers_are_as_documented() {
    let server = server();
    let document = document(&server);
    let upload = server.upload("a.txt", "x");
    let ticket = server.attach(&upload["token"])["ticket"]["id"].to_string();
    let file = upload["attachment"]["id"].to_string();
    let mut checked = 0;
    for (method, path, operation) in operations(&document) {
        if method != Method::GET || path.contains("{token}") || path.contains("{name}") {
            continue;
        }
        let id = if path.contains("attachments") { &file } else { &ticket };
        let needed = "?query=x&name=xx&ids=1&start_time=0&filter[type]=ticket";
        let answer = server.get(&(path.replace("{id}", id) + needed)).agent().fetch();
        if answer.status() != 200 {
            continue;
        }
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        let schema = match schema["$ref"].as_str() {
            Some(name) => document.pointer(&name[1..]).expect("a schema"),
            None => schema,
        };
        let answer = answer.into_json();
        for name in schema["required"].as_array().expect("required properties") {
            assert!(answer.get(text(name)).is_some(), "{path}: {name}");
        }
        for name in answer.as_object().expect("an object").keys() {
            assert!(schema["properties"][name].is_object(), "{path}: {name}");
        }
        checked += 1;
    }
    assert!(checked > 30, "{checked}");
}

/// What the examples are about.
const SEED: &str = include_str!("../../../.ci/emulated-seed.json");

#[test]
fn every_example_is_accepted() {
    let server = server();
    let seeded = server.post("/_mock/seed").body(SEED).fetch();
    assert_eq!(seeded.status(), 200);
    let document = document(&server);
    let mut accepted = 0;
    for (method, path, operation) in operations(&document) {
        let example = &operation["requestBody"]["content"]["application/json"]["example"];
        if example.is_null() {
            continue;
        }
        let request = server.request(method.clone(), &concrete(path)).json(example);
        let answer = request.basic_auth("ada@example.com/token", Some("secret")).fetch();
        let status = answer.status();
        let documented = &operation["responses"][status.as_str()];
        assert!(status.is_success() && documented.is_object(), "{method} {path}: {status}");
        assert_eq!(server.post("/_mock/reset").fetch().status(), 200);
        accepted += 1;
    }
    assert!(accepted > 15, "{accepted}");
}

#[test]
fn parameters_bodies_and_limits_are_documented() {
    let document = document(&server());
    let operation = |method: &str, path: &str| document["paths"][path][method].clone();
    let has = |operation: &Value, name: &str, place: &str| {
        let all = operation["parameters"].as_array().expect("parameters");
        all.iter().any(|parameter| parameter["name"] == name && parameter["in"] == place)
    };
    let upload = operation("post", "/api/v2/uploads");
    assert!(has(&upload, "filename", "query") && has(&upload, "token", "query"));
    let forms = &upload["requestBody"]["content"]["multipart/form-data"]["schema"];
    assert!(forms["properties"]["uploaded_data"].is_object());
    let list = operation("get", "/api/v2/tickets");
    assert!(["page", "page[size]", "sort", "include"].iter().all(|name| has(&list, name, "query")));
    let ticket = operation("put", "/api/v2/tickets/{id}");
    assert!(has(&ticket, "id", "path"));
    let properties = &ticket["requestBody"]["content"]["application/json"]["schema"];
    let properties = &properties["properties"]["ticket"]["properties"];
    assert_eq!(properties["comment"]["properties"]["uploads"]["type"], "array");
    assert!(properties["status"]["enum"].as_array().expect("words").contains(&json!("solved")));
    for (path, status) in [("/api/v2/tickets", "429"), ("/api/v2/tickets/{id}", "404")] {
        let refusal = &operation("get", path)["responses"][status]["$ref"];
        assert!(document.pointer(&text(refusal)[1..]).is_some(), "{path}: {refusal}");
    }
}

#[test]
fn every_reference_of_the_document_is_defined() {
    assert_references_defined(&document(&server()));
}
