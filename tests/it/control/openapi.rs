//! `/_mock/openapi.json`

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::*;

/// Method, path and operation of each call.
pub fn operations(document: &Value) -> impl Iterator<Item = (Method, &str, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths.iter().flat_map(|(path, methods)| {
        methods.as_object().expect("methods").iter().map(move |(method, operation)| {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            (method, path.as_str(), operation)
        })
    })
}

fn concrete(path: &str) -> String {
    ["{name}", "{id}", "{number}", "{token}", "{file}"]
        .iter()
        .fold(path.to_owned(), |path, name| path.replace(name, "1"))
}

/// The schema of a body, with its reference followed.
fn body_schema<'a>(document: &'a Value, operation: &'a Value) -> &'a Value {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let name = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next());
    name.map_or(schema, |name| &document["components"]["schemas"][name])
}

#[test]
fn every_documented_call_exists_and_behaves_as_documented() {
    let server = server();
    let document = server.get("/_mock/openapi.json").fetch().into_json();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        assert!(ids.insert(text(&operation["operationId"])), "{method} {path}");
        assert!(operation["summary"].as_str().is_some_and(|about| about.len() > 10));
        let answer = server.request(method.clone(), &concrete(path)).fetch();
        let status = answer.status();
        if status.is_success() {
            let documented = &operation["responses"][status.as_str()];
            let media = documented["content"].as_object().and_then(|all| all.keys().next());
            let sent = answer.header("content-type");
            assert!(documented.is_object(), "{method} {path}: {status}");
            assert!(sent.starts_with(media.expect("a type")), "{method} {path}: {sent}");
        }
        assert_ne!(status, 405, "{method} {path}");
        // A call with a required field refuses a body without it.
        let needs = &body_schema(&document, operation)["required"];
        let needs = needs.as_array().is_some_and(|needs| !needs.is_empty());
        assert!(!needs || status == 400, "{method} {path}: {status}");
    }
}

#[test]
fn every_example_is_accepted() {
    let server = server();
    let document = server.get("/_mock/openapi.json").fetch().into_json();
    let mut examples = 0;
    for (method, path, operation) in operations(&document) {
        let body = &operation["requestBody"]["content"]["application/json"]["example"];
        let parameters = operation["parameters"].as_array().expect("parameters");
        let query = parameters.iter().filter_map(|parameter| {
            let example = &parameter["example"];
            let value = example.as_str().map_or(example.to_string(), str::to_owned);
            (!example.is_null()).then(|| (text(&parameter["name"]).to_owned(), value))
        });
        let query: Vec<_> = query.collect();
        if body.is_null() && query.is_empty() {
            continue;
        }
        examples += 1;
        let mut request = server.request(method.clone(), &concrete(path)).query(&query);
        if !body.is_null() {
            request = request.json(body);
        }
        let answer = request.fetch();
        // The path may name nothing.
        let status = answer.status();
        assert!(status.is_success() || status == 404, "{method} {path}: {status}");
    }
    assert!(examples > 12, "{examples}");
}

#[test]
fn examples_of_answers_have_the_fields_of_real_ones() {
    let server = server();
    let document = server.get("/_mock/openapi.json").fetch().into_json();
    let keys = |value: &Value| -> BTreeSet<String> {
        value.as_object().expect("an object").keys().cloned().collect()
    };
    let mut compared = 0;
    for (method, path, operation) in operations(&document) {
        let body = &operation["requestBody"]["content"]["application/json"]["example"];
        let is_shown = |status: &str| {
            let content = &operation["responses"][status]["content"]["application/json"];
            Some(content["example"].clone()).filter(|example| !example.is_null())
        };
        if is_shown("200").or(is_shown("201")).is_none() {
            continue;
        }
        let (status, answer) =
            server.request(method.clone(), &concrete(path)).json(body).fetch_json();
        let example = is_shown(&status.to_string()).expect("an example of this status");
        assert_eq!(keys(&example), keys(&answer), "{method} {path}");
        compared += 1;
    }
    assert!(compared >= 4, "{compared}");
    server.upload("a.txt", "x");
    let verify = &document["paths"]["/_mock/journal/verify"]["post"];
    let body = &verify["requestBody"]["content"]["application/json"]["example"];
    let (status, missed) = server.post("/_mock/journal/verify").json(body).fetch_json();
    let example = &verify["responses"]["409"]["content"]["application/json"]["example"];
    assert_eq!((status, keys(example)), (409, keys(&missed)));
    assert_eq!(example["description"], missed["description"]);
}

pub fn assert_references_defined(document: &Value) {
    fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(object) => {
                found.extend(object.get("$ref").and_then(Value::as_str));
                object.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    references(document, &mut found);
    assert!(found.len() > 10, "{found:?}");
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("a reference into the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn every_reference_of_the_document_is_defined() {
    assert_references_defined(&server().get("/_mock/openapi.json").fetch().into_json());
}

#[test]
fn schemas_have_required_fields_descriptions_and_words() {
    let server = server();
    let document = server.get("/_mock/openapi.json").fetch().into_json();
    let operation = |method: &str, path: &str| &document["paths"][path][method];
    let body = |method, path| body_schema(&document, operation(method, path));
    assert_eq!(body("post", "/_mock/clock/advance")["required"], json!(["by"]));
    let listing = operation("get", "/_mock/journal");
    assert!(listing.get("requestBody").is_none(), "a GET has no body");
    let filter = |name: &str| {
        let all = listing["parameters"].as_array().expect("parameters");
        all.iter().any(|parameter| parameter["name"] == name && parameter["in"] == "query")
    };
    let all = ["method", "path", "route", "status", "object", "since", "until", "after"];
    assert!(all.into_iter().all(filter));
    let settings = body("patch", "/_mock/settings");
    let shown = server.get("/_mock/settings").fetch().into_json()["settings"].take();
    for name in shown.as_object().expect("settings").keys() {
        assert!(settings["properties"][name]["description"].is_string(), "{name}");
    }
    let words = settings["properties"]["auth"].to_string();
    assert!(["any", "none", "strict"].iter().all(|word| words.contains(word)), "{words}");
    let results = body("post", "/_mock/malware")["properties"]["malware_scan_result"].to_string();
    let all = ["not_scanned", "malware_not_found", "malware_found", "failed_to_scan"];
    assert!(all.iter().all(|word| results.contains(word)), "{results}");
    let after = &operation("get", "/_mock/journal/events")["parameters"][0];
    assert_eq!((&after["name"], &after["in"]), (&json!("after"), &json!("query")));
}
