//! Side conversations, and what is listed of users.

use super::*;

const LIST: &str = "/api/v2/tickets/1/side_conversations";

fn get(server: &Server, target: &str) -> RawResponse {
    server.exchange(&request("GET", target).agent().end())
}

fn post(server: &Server, target: &str, body: &Value) -> RawResponse {
    server.exchange(&request("POST", target).agent().json(body))
}

fn create_ticket(server: &Server) {
    let body = json!({"ticket": {"subject": "Printer", "comment": {"body": "It burns."}}});
    assert_eq!(post(server, "/api/v2/tickets", &body).status(), 201);
}

#[test]
fn a_message_has_a_file_and_a_reply() {
    let server = server();
    create_ticket(&server);
    let form = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"notes.txt\"\r\n\r\nhello\r\n--b--\r\n";
    let upload = request("POST", "/api/v2/tickets/side_conversations/attachments").agent();
    let upload = upload.header("Content-Type", "multipart/form-data; boundary=b").body(form);
    let file = server.exchange(&upload);
    golden("side_conversation_file", &file);
    let to = json!([{"email": "jo@example.org", "name": "Jo"}]);
    let message = json!({"message": {
        "subject": "A question", "body": "Is it **out**?", "to": to,
        "attachment_ids": [file.json()["id"]]
    }});
    let started = post(&server, LIST, &message);
    golden("side_conversation_started", &started);
    let id = started.json()["side_conversation"]["id"].take();
    let path = format!("{LIST}/{}", text(&id));
    acme(&server).advance(Duration::from_secs(60));
    let reply = json!({"message": {"body": "It is.", "to": to}});
    golden("side_conversation_reply", &post(&server, &format!("{path}/reply"), &reply));
    golden("side_conversations", &get(&server, LIST));
    golden("side_conversation_shown", &get(&server, &path));
    golden("side_conversation_events", &get(&server, &format!("{path}/events")));
    let unknown = json!({"message": {
        "body": "b", "to": to, "attachment_ids": ["s3-00000000-0000-0000-0000-000000000000"]
    }});
    golden("refused_side_conversation_file", &post(&server, LIST, &unknown));
    golden("refused_side_conversation", &post(&server, LIST, &json!({"message": {"body": "b"}})));
    let other = format!("{LIST}/00000000-0000-0000-0000-000000000000");
    golden("refused_unknown_side_conversation", &get(&server, &other));
}

#[test]
fn the_requests_of_a_user_are_listed_and_users_are_found_by_external_id() {
    let server = server();
    let user = json!({"user": {"name": "Jo", "email": "jo@example.org", "external_id": "crm-7"}});
    let user = post(&server, "/api/v2/users", &user).json()["user"].take();
    let body = json!({"ticket": {
        "subject": "Printer", "requester_id": user["id"], "comment": {"body": "It burns."}
    }});
    assert_eq!(post(&server, "/api/v2/tickets", &body).status(), 201);
    golden(
        "requests_of_a_user",
        &get(&server, &format!("/api/v2/users/{}/requests.json", user["id"])),
    );
    golden("refused_requests_of_an_unknown_user", &get(&server, "/api/v2/users/1/requests"));
    let found = get(&server, "/api/v2/users/search.json?external_id=crm-7");
    golden("users_found_by_external_id", &found);
}
