//! `control_token`: calls of the control API need it, if the server has one.

use serde_json::json;
use zendesk_mock::ControlToken;

use crate::harness::*;

const TOKEN: &str = "hush-hush";

fn guarded() -> Server {
    configured(|config| config.control_token = Some(ControlToken::new(TOKEN)))
}

#[test]
fn a_call_without_the_token_is_401_and_changes_nothing() {
    let server = guarded();
    let call = |authorization: Option<&str>| {
        let call = server.post("/@acme/_mock/faults").json(&json!({"status": 503}));
        match authorization {
            Some(authorization) => call.header("authorization", authorization),
            None => call,
        }
        .fetch()
    };
    for (sent, why) in [
        (None, "send it as Authorization: Bearer TOKEN"),
        (Some("Basic YWdlbnRAZXhhbXBsZS5jb206c2VjcmV0"), "send it as Authorization: Bearer"),
        (Some("Bearer hush"), "this is not the control token of this server"),
        (Some("Bearer hush-husH"), "this is not the control token of this server"),
    ] {
        let refused = call(sent);
        assert_eq!(refused.header("www-authenticate"), "Bearer", "{sent:?}");
        assert!(refused.header("x-zendesk-mock-reason").contains(why), "{sent:?}");
        let (status, refusal) = refused.status_and_json();
        assert_eq!((status, &refusal["error"]), (401, &json!("Unauthorized")), "{refusal}");
    }
    assert_eq!(server.get("/_mock").fetch().status(), 401);
    assert_eq!(server.get("/_mock/no-such-call").fetch().status(), 401);
    let accounts = server.get("/_mock/accounts").bearer_auth(TOKEN).fetch().into_json();
    assert_eq!(accounts["accounts"].as_array().map(Vec::len), Some(1), "no account was created");
    assert_eq!(call(Some(&format!("Bearer {TOKEN}"))).status(), 201);
}

#[test]
fn health_the_certificate_the_emulated_endpoints_and_the_handles_need_no_token() {
    let server = guarded();
    assert_eq!(server.get("/_mock/health").fetch().status(), 200);
    assert_eq!(server.get("/_mock/ca.pem").fetch().status(), 200);
    server.upload("a.txt", "hello");
    server.account.add_fault(zendesk_mock::Fault::status(503).once()).expect("a valid fault");
    assert_eq!(server.account.faults().len(), 1);
}

#[test]
fn the_token_is_in_no_answer() {
    let server = guarded();
    for path in ["", "/settings", "/export", "/journal", "/openapi.json"] {
        let answer = server.get(&format!("/_mock{path}")).bearer_auth(TOKEN).fetch();
        assert_eq!(answer.status(), 200, "{path}");
        assert!(!answer.text().expect("a body").contains(TOKEN), "{path}");
    }
    let config = zendesk_mock::ServerConfig {
        control_token: Some(ControlToken::new(TOKEN)),
        ..Default::default()
    };
    assert!(!format!("{config:?}").contains(TOKEN));
}

#[test]
fn the_document_names_the_token() {
    let document = server().get("/_mock/openapi.json").fetch().into_json();
    let scheme = &document["components"]["securitySchemes"]["controlToken"];
    assert_eq!((&scheme["type"], &scheme["scheme"]), (&json!("http"), &json!("bearer")));
    assert_eq!(document["security"], json!([{}, {"controlToken": []}]));
    for path in ["/_mock/health", "/_mock/ca.pem"] {
        assert_eq!(document["paths"][path]["get"]["security"], json!([]), "{path}");
    }
    let verify = &document["paths"]["/_mock/journal/verify"]["post"]["responses"];
    assert_ne!(verify["409"]["description"], verify["200"]["description"]);
}
