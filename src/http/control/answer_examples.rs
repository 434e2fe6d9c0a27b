//! Examples of answers, for the OpenAPI document.

use serde_json::Value;

/// The id of an operation, a status, and an answer to the example of its input.
const EXAMPLES: &[(&str, &str, &str)] = &[
    (
        "accounts_create",
        "201",
        r#"{
            "account": "acme", "id": 48217365, "url": "http://127.0.0.1:3375/@acme",
            "ends_at": "2026-01-01T00:10:00Z",
            "holds": {
                "uploads": 0, "attachments": 0, "tickets": 0, "users": 0, "image_tokens": 0,
                "published_images": 0
            },
            "requests": 0, "settings": {"upload_ttl": "5s"}
        }"#,
    ),
    (
        "clock_advance",
        "200",
        r#"{
            "account": "acme", "now": "2026-01-01T00:01:30.000Z", "frozen": true, "emulated": true
        }"#,
    ),
    (
        "faults_add",
        "201",
        r#"{"account": "acme", "fault": {
            "id": 1, "matched": 0, "triggered": 0, "operation": "upload", "nth": 2, "times": 1,
            "probability": 1.0, "status": 429, "retry_after": 3
        }}"#,
    ),
    ("journal_verify", "200", r#"{"account": "acme", "entries": [], "last": 0, "dropped": 0}"#),
    (
        "journal_verify",
        "409",
        r#"{
            "account": "acme", "error": "NotSeen", "description": "1 requests matched, not 0",
            "matched": 1, "near": [], "last": 1, "dropped": 0
        }"#,
    ),
];

/// Adds the examples to the responses of an operation.
pub fn add_examples(operation_id: &str, responses: &mut Value) {
    for (_, status, example) in EXAMPLES.iter().filter(|(id, ..)| *id == operation_id) {
        let example: Value = serde_json::from_str(example).unwrap_or_default();
        responses[*status]["content"]["application/json"]["example"] = example;
    }
}
