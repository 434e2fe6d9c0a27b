//! `/_mock/tickets`

use serde_json::json;

use crate::harness::*;

#[test]
fn tickets_are_listed_newest_first_and_shown_with_files() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    server.create_ticket(&json!({
        "subject": "Printer",
        "comment": {"html_body": "<p>See the <b>file</b></p>", "uploads": [upload["token"]]},
    }));
    server.create_ticket(&json!({"comment": {"body": "second", "public": false}}));
    let requests = server.get_json("/_mock/journal")["last"].take();
    let tickets = server.get_json("/_mock/tickets")["tickets"].take();
    assert_eq!((&tickets[0]["id"], &tickets[1]["id"]), (&json!(2), &json!(1)));
    assert_eq!(tickets[1]["subject"], "Printer");
    assert_eq!((&tickets[1]["comments"], &tickets[1]["files"]), (&json!(1), &json!(1)));
    assert_eq!(tickets[1]["requester"]["email"], "agent@example.com");

    let shown = server.get_json("/_mock/tickets/1");
    assert_eq!(shown["ticket"], tickets[1]);
    let comment = &shown["comments"][0];
    assert_eq!(comment["html"], "<p>See the <b>file</b></p>");
    let file = &comment["files"][0];
    assert_eq!((&file["file_name"], &file["size"]), (&json!("a.txt"), &json!(5)));
    let bytes = server.get(&format!("/_mock/files/{}/content", text(&file["file"]))).fetch();
    assert_eq!(bytes.text().expect("text"), "hello");
    let second = server.get_json("/_mock/tickets/2");
    assert_eq!(second["comments"][0]["html"], "<p dir=\"auto\">second</p>");
    assert_eq!(second["comments"][0]["public"], false);
    assert_eq!(server.get_json("/_mock/journal")["last"], requests);
}

#[test]
fn an_unknown_ticket_is_not_found_and_another_account_is_named() {
    let server = server();
    server.create_ticket(&json!({"comment": {"body": "first"}}));
    assert_eq!(server.get("/_mock/tickets/2").fetch().status(), 404);
    let (status, answer) = server.get("/@acme/_mock/tickets/1").fetch_json();
    assert_eq!(status, 404);
    assert!(text(&answer["description"]).contains("account \"default\" has it"), "{answer}");
    assert_eq!(server.get("/_mock/tickets/x").fetch().status(), 400);
}
