//! HTML and Markdown of comments.
#![no_main]
use serde_json::json;
use zendesk_mock_fuzz::{CREDENTIALS, target};

target!(|fuzzed, data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    if text.trim().is_empty() {
        return;
    }
    let headers = format!("{CREDENTIALS}Content-Type: application/json\r\n");
    for comment in [json!({"html_body": text}), json!({"body": text})] {
        fuzzed.renew();
        let ticket = json!({"ticket": {"subject": "s", "comment": comment}}).to_string();
        let answer = fuzzed.send("POST", "/api/v2/tickets", headers.as_bytes(), ticket.as_bytes());
        if answer.status != 201 {
            continue;
        }
        let id = &answer.json()["ticket"]["id"];
        let path = format!("/api/v2/tickets/{id}/comments");
        let list = fuzzed.send("GET", &path, CREDENTIALS.as_bytes(), b"").json();
        let html = list["comments"][0]["html_body"].as_str().expect("HTML").to_ascii_lowercase();
        assert!(!html.contains("<script"), "{html}");
    }
});
