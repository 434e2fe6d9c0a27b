//! Multipart forms of uploads.
#![no_main]
use zendesk_mock_fuzz::{CREDENTIALS, target};

target!(|fuzzed, data: &[u8]| {
    fuzzed.renew();
    let headers = format!("{CREDENTIALS}Content-Type: multipart/form-data; boundary=B\r\n");
    fuzzed.send("POST", "/api/v2/uploads?filename=a.bin", headers.as_bytes(), data);
    fuzzed.send("POST", "/api/v2/uploads", headers.as_bytes(), data);
});
