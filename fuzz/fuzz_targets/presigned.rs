//! Presigned `PUT`s: the query that is signed, and the path.
#![no_main]
use zendesk_mock_fuzz::{escaped, header_value, target};

target!(|fuzzed, data: &[u8]| {
    fuzzed.renew();
    let mut parts = data.splitn(3, |byte| *byte == 0xff);
    let (query, path, header) =
        (parts.next().unwrap_or_default(), parts.next(), parts.next().unwrap_or_default());
    let path = path.map_or("1/10016/01KJSK13SGC66VC8WG4AGPDD5S".to_owned(), escaped);
    let target = format!("/aus-uploaded-assets/{path}?{}", escaped(query));
    let headers = [b"Content-Type: image/png\r\nX-Amz-Meta: ", &*header_value(header), b"\r\n"];
    let answer = fuzzed.send("PUT", &target, &headers.concat(), b"x");
    assert_ne!(answer.status, 200, "no query is signed by chance");
});
