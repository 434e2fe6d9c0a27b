//! Queries of lists, searches and uploads.
#![no_main]
use zendesk_mock_fuzz::{CREDENTIALS, escaped, target};

const PATHS: [&str; 10] = [
    "tickets",
    "tickets/show_many",
    "tickets/1/comments",
    "tickets/1/audits",
    "incremental/tickets/cursor",
    "incremental/ticket_events",
    "users/search",
    "users",
    "requests",
    "brands",
];

target!(|fuzzed, data: &[u8]| {
    let Some((first, query)) = data.split_first() else { return };
    if fuzzed.renew() {
        let ticket = br#"{"ticket":{"subject":"s","comment":{"body":"b"}}}"#;
        let headers = format!("{CREDENTIALS}Content-Type: application/json\r\n");
        fuzzed.send("POST", "/api/v2/tickets", headers.as_bytes(), ticket);
    }
    let query = escaped(query);
    let path = PATHS[usize::from(*first) % PATHS.len()];
    fuzzed.send("GET", &format!("/api/v2/{path}?{query}"), CREDENTIALS.as_bytes(), b"");
    fuzzed.send("POST", &format!("/api/v2/uploads?{query}"), CREDENTIALS.as_bytes(), b"x");
});
