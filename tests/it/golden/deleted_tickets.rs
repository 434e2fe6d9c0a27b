//! Deleted tickets.

use super::*;

fn send(server: &Server, method: &str, target: &str) -> RawResponse {
    server.exchange(&request(method, target).agent().end())
}

/// Creates a ticket with a file, and deletes it a minute later.
fn delete_ticket(server: &Server) {
    let upload = upload(server, "notes.txt", b"hello");
    let comment = json!({"body": "See the notes.", "uploads": [upload["token"]]});
    let body = json!({"ticket": {"subject": "Printer", "comment": comment}});
    let created = server.exchange(&request("POST", "/api/v2/tickets").agent().json(&body));
    assert_eq!(created.status(), 201, "{created}");
    acme(server).advance(Duration::from_secs(60));
    assert_eq!(send(server, "DELETE", "/api/v2/tickets/1").status(), 204);
}

/// The job that an answer names, as it is now.
fn job(server: &Server, requested: &RawResponse) -> RawResponse {
    send(server, "GET", &path_of(&requested.json()["job_status"]["url"]))
}

#[test]
fn a_ticket_is_deleted_listed_and_restored() {
    let server = server();
    delete_ticket(&server);
    golden("deleted_tickets", &send(&server, "GET", "/api/v2/deleted_tickets.json"));
    let page = "/api/v2/deleted_tickets?page%5Bsize%5D=1";
    golden("deleted_tickets_by_cursor", &send(&server, "GET", page));
    acme(&server).advance(Duration::from_secs(60));
    let exported = send(&server, "GET", "/api/v2/incremental/tickets?start_time=0");
    golden("deleted_ticket_exported", &exported);
    let restore = "/api/v2/deleted_tickets/1/restore.json";
    golden("deleted_ticket_restored", &send(&server, "PUT", restore));
    golden("refused_restore_of_a_ticket", &send(&server, "PUT", restore));
    delete_again(&server);
    let restore = "/api/v2/deleted_tickets/restore_many?ids=1,2";
    golden("deleted_tickets_restored", &send(&server, "PUT", restore));
}

fn delete_again(server: &Server) {
    assert_eq!(send(server, "DELETE", "/api/v2/tickets/1").status(), 204);
}

#[test]
fn a_ticket_is_deleted_permanently() {
    let server = server();
    delete_ticket(&server);
    let requested = send(&server, "DELETE", "/api/v2/deleted_tickets/1.json");
    golden("deleted_ticket_destroyed", &requested);
    golden("job_of_a_destroyed_ticket", &job(&server, &requested));
}

#[test]
fn tickets_are_deleted_in_a_job() {
    let server = server();
    delete_ticket(&server);
    send(&server, "PUT", "/api/v2/deleted_tickets/1/restore");
    let body = json!({"tickets": [{"id": 1}, {"id": 2}]});
    let delete = request("DELETE", "/api/v2/tickets/destroy_many.json?ids=1,2").agent();
    let requested = server.exchange(&delete.json(&body));
    golden("tickets_deleted", &requested);
    golden("job_of_deleted_tickets", &job(&server, &requested));
    let destroy = "/api/v2/deleted_tickets/destroy_many?ids=1,2";
    golden("deleted_tickets_destroyed", &send(&server, "DELETE", destroy));
}
