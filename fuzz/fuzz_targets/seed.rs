//! Seed documents.
#![no_main]
use zendesk_mock_fuzz::target;

target!(|fuzzed, data: &[u8]| {
    fuzzed.renew();
    let json = b"Content-Type: application/json\r\n";
    fuzzed.send("POST", "/_mock/seed", json, data);
    // What was imported can be exported, and imported again.
    let exported = fuzzed.send("GET", "/_mock/export", b"", b"");
    assert_eq!(exported.status, 200);
});
