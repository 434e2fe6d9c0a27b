//! Bytes on a connection.
#![no_main]
use zendesk_mock_fuzz::target;

target!(|fuzzed, data: &[u8]| {
    fuzzed.renew();
    let answers = fuzzed.send_raw(data);
    let panicked = answers.windows(12).any(|part| part == b"HTTP/1.1 500");
    assert!(!panicked, "{}", String::from_utf8_lossy(&answers));
});
