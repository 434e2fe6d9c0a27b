//! `/api/v2/uploads`

use crate::support::{Agent as _, server};

#[test]
fn an_upload_answers_with_a_token() {
    let server = server();
    let upload = server.upload("hello.txt", "hello");
    assert_eq!(upload["token"].as_str().map(str::len), Some(25));
    assert_eq!(upload["attachments"][0]["size"], 5);
    let anonymous = server.post("/api/v2/uploads?filename=hello.txt").body("hello").sent();
    assert_eq!(anonymous.status(), 401);
    assert_eq!(server.get("/api/v2/uploads/x").agent().sent().status(), 404);
}
