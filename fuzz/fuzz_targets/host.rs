//! Paths with and without an account, and the host.
#![no_main]
use zendesk_mock_fuzz::{CREDENTIALS, escaped, header_value, target};

target!(|fuzzed, data: &[u8]| {
    fuzzed.renew();
    let mut parts = data.splitn(2, |byte| *byte == 0xff);
    let path = escaped(parts.next().unwrap_or_default());
    let host = parts.next().map(header_value);
    let host = host.filter(|host| !host.is_empty()).unwrap_or_else(|| b"acme.zendesk.com".into());
    let headers = [b"Host: ", &*host, b"\r\n", CREDENTIALS.as_bytes()].concat();
    for prefix in ["", "@", "api/v2/", "_mock/"] {
        let target = format!("/{prefix}{path}");
        if !target.contains("/events") {
            fuzzed.send("GET", &target, &headers, b"");
        }
    }
});
