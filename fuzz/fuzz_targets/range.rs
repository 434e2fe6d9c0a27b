//! `Range` and `If-None-Match` of downloads.
#![no_main]
use std::cell::RefCell;

use zendesk_mock_fuzz::{CREDENTIALS, header_value, target};

thread_local! {
    static PATH: RefCell<String> = RefCell::default();
}

target!(|fuzzed, data: &[u8]| {
    if fuzzed.renew() {
        let upload = "/api/v2/uploads?filename=a.bin";
        let answer = fuzzed.send("POST", upload, CREDENTIALS.as_bytes(), &[7; 1000]).json();
        let url = answer["upload"]["attachment"]["content_url"].as_str().expect("a URL").to_owned();
        let path = url.splitn(4, '/').nth(3).expect("a path").to_owned();
        PATH.set(format!("/{path}"));
    }
    let value = header_value(data);
    for name in ["Range: ", "If-None-Match: ", "If-Range: x\r\nRange: "] {
        let headers = [CREDENTIALS.as_bytes(), name.as_bytes(), &value, b"\r\n"].concat();
        let answer = PATH.with_borrow(|path| fuzzed.send("GET", path, &headers, b""));
        assert!(answer.body.len() <= 2000, "more than the file");
    }
});
