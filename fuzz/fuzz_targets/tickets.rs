//! JSON of tickets: created, updated, imported, and many at once.
#![no_main]
use zendesk_mock_fuzz::{CREDENTIALS, target};

target!(|fuzzed, data: &[u8]| {
    fuzzed.renew();
    let headers = format!("{CREDENTIALS}Content-Type: application/json\r\n");
    for (method, path) in [
        ("POST", "tickets"),
        ("PUT", "tickets/1"),
        ("POST", "imports/tickets"),
        ("POST", "requests"),
        ("POST", "tickets/create_many"),
        ("PUT", "tickets/update_many"),
        ("POST", "users"),
    ] {
        fuzzed.send(method, &format!("/api/v2/{path}"), headers.as_bytes(), data);
    }
    fuzzed.send("GET", "/api/v2/tickets/1/comments", CREDENTIALS.as_bytes(), b"");
});
