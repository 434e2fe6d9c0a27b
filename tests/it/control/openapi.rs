//! `/_mock/openapi.json`

use reqwest::Method;
use serde_json::json;

use crate::harness::*;

#[test]
fn every_documented_call_exists_and_behaves_as_documented() {
    let server = server();
    let document = server.get("/_mock/openapi.json").fetch().into_json();
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().expect("paths");
    assert!(paths.len() > 10, "{paths:?}");
    // No required field, and a short wait for calls that wait.
    let nothing = json!({"timeout": 0.01});
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().expect("methods") {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            let concrete = ["{name}", "{id}", "{number}", "{token}"]
                .iter()
                .fold(path.clone(), |path, name| path.replace(name, "1"));
            let answer = server.request(method.clone(), &concrete).json(&nothing).fetch();
            let status = answer.status();
            if answer.header("content-type") == "text/event-stream" {
                // A stream of events does not end.
                continue;
            }
            if status.is_success() {
                let documented = &operation["responses"][status.as_str()];
                let media =
                    documented["content"].as_object().and_then(|all| all.keys().next().cloned());
                let sent = answer.header("content-type");
                assert!(documented.is_object(), "{method} {path}: {status}");
                assert!(sent.starts_with(&media.unwrap_or_default()), "{method} {path}: {sent}");
            }
            let text = answer.text().expect("a body");
            assert!(!text.contains("no such path or method"), "{method} {path}");
            assert!(operation["summary"].as_str().is_some_and(|about| about.len() > 10));
            // A call with a required field refuses a body without it.
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let needs = schema["required"].as_array().is_some_and(|needs| !needs.is_empty());
            assert!(!needs || status == 400, "{method} {path}: {text}");
        }
    }
    let by = &paths["/_mock/clock/advance"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(by["required"], json!(["by"]));
    let listing = &paths["/_mock/journal"]["get"];
    assert!(listing.get("requestBody").is_none(), "a GET has no body");
    let filter = |name: &str| {
        let all = listing["parameters"].as_array().expect("parameters");
        all.iter().any(|parameter| parameter["name"] == name && parameter["in"] == "query")
    };
    let all = ["method", "path", "route", "status", "object", "since", "until", "after"];
    assert!(all.into_iter().all(filter));
    let settings =
        &paths["/_mock/settings"]["patch"]["requestBody"]["content"]["application/json"]["schema"];
    let shown = server.get("/_mock/settings").fetch().into_json()["settings"].take();
    for name in shown.as_object().expect("settings").keys() {
        assert!(settings["properties"][name]["description"].is_string(), "{name}");
    }
    assert_eq!(settings["properties"]["auth"]["enum"], json!(["any", "none", "strict"]));
    let after = &paths["/_mock/journal/events"]["get"]["parameters"][0];
    assert_eq!((&after["name"], &after["in"]), (&json!("after"), &json!("query")));
}
