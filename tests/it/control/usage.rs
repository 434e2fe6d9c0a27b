//! What the server uses.

use serde_json::json;

use crate::harness::*;

fn usage(server: &Server) -> serde_json::Value {
    let response = server.get("/_mock/usage").fetch();
    assert_eq!(response.status(), 200);
    response.into_json()
}

#[test]
fn usage_shows_what_is_charged_until_it_is_gone() {
    let server = configured(|config| config.max_memory = 1_000_000);
    server.upload("a.bin", vec![7; 100_000]);
    let shown = usage(&server);
    assert_eq!(shown["memory"], json!(server.mock.memory_used()));
    assert_eq!(shown["max_memory"], json!(1_000_000));
    assert!(shown["journals"].as_u64() > Some(0), "{shown}");
    server.post("/_mock/reset").fetch();
    let shown = usage(&server);
    let charges = ["memory", "reserve", "journals"].map(|charge| shown[charge].clone());
    assert_eq!(charges, [json!(0), json!(0), json!(0)]);
    assert_eq!((&shown["account"], &shown["accounts"]), (&json!("default"), &json!(1)));
}

#[test]
fn usage_counts_the_tasks_of_connections() {
    let server = server();
    let head = format!(
        "POST /api/v2/uploads?filename=a HTTP/1.1\r\nHost: a\r\n{AGENT}Content-Length: 2\r\n\r\na"
    );
    let tasks = || usage(&server)["tasks"].as_u64().expect("a number");
    let before = tasks();
    let mut connections = [server.connect(), server.connect(), server.connect()];
    for connection in &mut connections {
        connection.send(head.as_bytes());
    }
    server.wait_until("each connection has a task", || tasks() == before + 3);
    drop(connections);
    server.wait_until("the tasks have ended", || tasks() == before);
}
