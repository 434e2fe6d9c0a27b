//! Filters of the journal, faults, settings and the other calls of the control API.
#![no_main]
use zendesk_mock_fuzz::{escaped, target};

const CALLS: [(&str, &str); 6] = [
    ("POST", "journal/verify"),
    ("PATCH", "settings"),
    ("POST", "malware"),
    ("POST", "clock/advance"),
    ("POST", "clock/freeze"),
    ("POST", "random"),
];

target!(|fuzzed, data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    fuzzed.renew();
    let query = escaped(rest);
    fuzzed.send("GET", &format!("/_mock/journal?{query}"), b"", b"");
    fuzzed.send("GET", &format!("/_mock/tokens?{query}"), b"", b"");
    let (method, path) = CALLS[usize::from(*first) % CALLS.len()];
    let json = b"Content-Type: application/json\r\n";
    fuzzed.send(method, &format!("/_mock/{path}"), json, rest);
});
