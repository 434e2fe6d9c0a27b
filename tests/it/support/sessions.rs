//! The tokens of help center sessions, and what they are good for.

use reqwest::blocking::RequestBuilder;
use serde_json::json;

use crate::harness::images::*;
use crate::harness::*;

const HELP_CENTER: &str = "/api/v2/help_center/sessions.json";

#[test]
fn a_page_of_the_help_center_gets_its_tokens_without_credentials() {
    let server = server();
    let me = server.get("/api/v2/users/me.json").fetch().into_json();
    let of_me = text(&me["user"]["authenticity_token"]).to_owned();
    let session = server.get(HELP_CENTER).fetch().into_json();
    let expected =
        json!({"current_session": {"csrf_token": format!("hc:hcobject:server:{of_me}")}});
    assert_eq!(session, expected);
    let token = server.get("/hc/api/v2/integration/token").fetch().into_json();
    assert_eq!(token, json!({"token": of_me}));
}

#[test]
fn the_token_of_the_help_center_uploads_and_makes_no_user_images() {
    let server = server();
    let session = server.get(HELP_CENTER).fetch().into_json();
    let of_help_center = text(&session["current_session"]["csrf_token"]).to_owned();
    let of_me = of_help_center.trim_start_matches("hc:hcobject:server:");
    let image = || {
        let body = json!({"content_type": "image/png", "file_size": 1});
        server.post(RESERVE).body(body.to_string())
    };
    let upload = || server.post("/api/v2/uploads?filename=a.txt").body("a");
    let with = |request: RequestBuilder, token: &str| {
        let page = request.header("Cookie", "_help_center_session=x");
        page.header("X-CSRF-Token", token).fetch().status().as_u16()
    };
    for (token, of_image, of_upload) in
        [(&*of_help_center, 401, 201), (of_me, 200, 201), ("wrong", 401, 401), ("", 401, 401)]
    {
        assert_eq!((with(image(), token), with(upload(), token)), (of_image, of_upload), "{token}");
    }
    // A page without a token, and a client without a session, are anonymous.
    assert_eq!(image().header("Cookie", "_help_center_session=x").fetch().status(), 200);
    assert_eq!(image().header("X-CSRF-Token", "wrong").fetch().status(), 200);
    assert_eq!(with(image().agent(), "wrong"), 200, "credentials need no token");
}

#[test]
fn a_user_image_with_a_wrong_token_is_refused_as_guide_does() {
    let server = server();
    let page = server.post(RESERVE).header("Cookie", "a=b").header("X-CSRF-Token", "wrong");
    let (status, refused) = page.body("{}").fetch_json();
    let error = &refused["errors"][0];
    assert_eq!(
        (status, &error["code"], &error["status"]),
        (401, &json!("Unauthorized"), &json!("401"))
    );
}

#[test]
fn the_check_of_the_session_of_user_images_can_be_turned_off() {
    let server = configured(|config| config.account.image_session_check = false);
    let body = json!({"content_type": "image/png", "file_size": 1}).to_string();
    let page =
        |path: &str| server.post(path).header("Cookie", "a=b").header("X-CSRF-Token", "wrong");
    assert_eq!(page(RESERVE).body(body).fetch().status(), 200);
    let upload = page("/api/v2/uploads?filename=a.txt").body("a");
    assert_eq!(upload.fetch_json(), unauthenticated(), "uploads need a session");
    server.account.configure(|settings| settings.image_session_check = true).expect("settings");
    let refused = page(RESERVE).body("{}").fetch();
    assert_eq!(refused.header("x-zendesk-mock-difference"), "image-session");
    assert_eq!(refused.status(), 401);
}
