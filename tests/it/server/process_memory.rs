//! The memory and the threads of the process, measured from outside.

#![cfg(target_os = "linux")]

use std::io::Write as _;
use std::net::SocketAddr;

use crate::harness::child::ServerProcess;
use crate::harness::*;

const MEGABYTE: u64 = 1024 * 1024;
/// The allowance for memory outside the budget.
const BESIDE: u64 = 64 * MEGABYTE;

/// The peak memory of the process, in bytes.
fn peak(server: &ServerProcess) -> u64 {
    memory(server, "VmHWM:")
}

fn memory(server: &ServerProcess, field: &str) -> u64 {
    status_field(server, field) * 1024
}

fn status_field(server: &ServerProcess, field: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.child.id()));
    let status = status.expect("the process runs");
    let line = status.lines().find(|line| line.starts_with(field)).expect("the field");
    let number = line.split_whitespace().nth(1).expect("a number");
    number.parse().expect("a number")
}

fn status_of(address: SocketAddr, request: &[u8]) -> u16 {
    let mut connection = Connection::open(address);
    connection.try_send(request);
    connection.read_response().status()
}

#[test]
fn a_short_bucket_request_gets_no_huge_answer() {
    let server = ServerProcess::start(&["--log", "off"]);
    let names = "a;".repeat(8_000);
    let target = format!(
        "/aus-uploaded-assets/1/1/x?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F\
         20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=3600&\
         X-Amz-Signature=0&X-Amz-SignedHeaders={names}host"
    );
    let request = format!("PUT {target} HTTP/1.1\r\nHost: x\r\na: {}\r\n\r\n", "v".repeat(20_000));
    let mut connection = Connection::open(server.address);
    connection.send(request.as_bytes());
    let answer = connection.read_response();
    assert_eq!(answer.status(), 403);
    assert!(answer.body.len() < 20 * request.len(), "{} bytes", answer.body.len());
    assert!(peak(&server) < BESIDE, "{} bytes", peak(&server));
}

/// A form with a small file and another, large part.
fn form(file: usize, other: usize) -> Vec<u8> {
    let part = |name: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.bin\"\r\n\r\n"
        )
    };
    let mut body = part("other").into_bytes();
    body.resize(body.len() + other, b'o');
    write!(body, "\r\n{}", part("uploaded_data")).expect("a Vec takes all");
    body.resize(body.len() + file, b'f');
    body.extend_from_slice(b"\r\n--b--\r\n");
    let mut request = format!(
        "POST /api/v2/uploads HTTP/1.1\r\nHost: localhost\r\n{AGENT}Content-Type: multipart/form-data; boundary=b\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.append(&mut body);
    request
}

#[test]
fn the_file_of_a_form_does_not_keep_the_form_in_memory() {
    let server = ServerProcess::start(&["--log", "off", "--max-memory", "64MiB"]);
    let request = form(60_000, 40_000_000);
    for _ in 0..8 {
        assert_eq!(status_of(server.address, &request), 201);
    }
    let limit = 64 * MEGABYTE + BESIDE;
    assert!(peak(&server) < limit, "{} bytes", peak(&server));
}

#[test]
fn small_files_with_long_names_stay_within_the_budget() {
    let server = ServerProcess::start(&["--log", "off", "--max-memory", "16MiB"]);
    let name = "%F0%9F%98%80".repeat(255);
    let head = "Content-Length: 1\r\n\r\na";
    let request = format!(
        "POST /api/v2/uploads?filename={name} HTTP/1.1\r\nHost: localhost\r\n{AGENT}Content-Type: text/{}\r\n{head}",
        "x".repeat(240),
    );
    let mut connection = Connection::open(server.address);
    let mut statuses = Vec::new();
    for _ in 0..5_000 {
        connection.send(request.as_bytes());
        statuses.push(connection.read_response().status());
    }
    assert_eq!((statuses.first(), statuses.last()), (Some(&201), Some(&503)));
    assert!(peak(&server) < 16 * MEGABYTE + BESIDE / 2, "{} bytes", peak(&server));
}

#[test]
fn parsed_json_stays_within_the_budget() {
    let server = ServerProcess::start(&["--log", "off", "--max-memory", "64MiB"]);
    // Each object takes a hundred times its length once it is parsed.
    let objects = |count: usize| vec![r#"{"":0}"#; count].join(",");
    let many = json_request(
        "POST /api/v2/tickets/create_many",
        &format!(r#"{{"tickets":[{}]}}"#, objects(1_000_000)),
    );
    assert_eq!(status_of(server.address, &many), 503);
    let ticket = |count| {
        let body = format!(r#"{{"ticket":{{"comment":{{"body":"a"}},"a":[{}]}}}}"#, objects(count));
        json_request("POST /api/v2/tickets", &body)
    };
    assert_eq!(status_of(server.address, &ticket(70_000)), 503);
    assert_eq!(status_of(server.address, &ticket(10_000)), 201);
    let entries = format!(r#"{{"order":[{}]}}"#, vec!["{}"; 170_000].join(","));
    let verify = json_request("POST /_mock/journal/verify", &entries);
    assert_eq!(status_of(server.address, &verify), 503);
    assert!(peak(&server) < 64 * MEGABYTE + BESIDE, "{} bytes", peak(&server));
}

fn json_request(line: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!("{line} HTTP/1.1\r\nHost: localhost\r\n{AGENT}");
    format!("{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}").into()
}

#[test]
fn a_change_of_many_tickets_is_held_once() {
    let server = ServerProcess::start(&["--log", "off", "--max-memory", "64MiB"]);
    let ids = (1..=100).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
    let line = format!("PUT /api/v2/tickets/update_many?ids={ids}");
    let body = format!(r#"{{"ticket":{{"subject":"{}"}}}}"#, "x".repeat(8_000_000));
    // A job, in which each ticket is unknown.
    assert_eq!(status_of(server.address, &json_request(&line, &body)), 200);
    assert!(peak(&server) < 64 * MEGABYTE + BESIDE, "{} bytes", peak(&server));
}

#[test]
fn a_text_of_many_tags_is_not_split_to_its_end() {
    let server = ServerProcess::start(&["--log", "off", "--max-memory", "64MiB"]);
    let tags = "a ".repeat(4_000_000);
    let body = format!(r#"{{"tickets":[{{"comment":{{"body":"a"}},"tags":"{tags}"}}]}}"#);
    let request = json_request("POST /api/v2/tickets/create_many", &body);
    assert_eq!(status_of(server.address, &request), 400);
    assert!(peak(&server) < 64 * MEGABYTE + BESIDE, "{} bytes", peak(&server));
}

#[test]
fn journal_bodies_stay_within_their_budget() {
    let server = ServerProcess::start(&["--log", "off", "--max-memory", "16MiB"]);
    let mut connection = Connection::open(server.address);
    let body = vec![b'x'; 60_000];
    for number in 0..1_600 {
        let head = format!(
            "POST /@a{}/nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n",
            number % 20
        );
        connection.send(&[head.as_bytes(), &body].concat());
        assert_eq!(connection.read_response().status(), 404);
    }
    // All bodies together have 96 MB.
    assert!(peak(&server) < BESIDE, "{} bytes", peak(&server));
}

#[test]
fn concurrent_large_bodies_stay_within_the_budget() {
    let server = ServerProcess::start(&["--log", "off", "--max-memory", "32MiB"]);
    let head = format!(
        "POST /api/v2/uploads?filename=a.bin HTTP/1.1\r\nHost: localhost\r\n{AGENT}Content-Length: 20000000\r\n\r\n"
    );
    let request = [head.into_bytes(), vec![b'x'; 20_000_000]].concat();
    let (address, request) = (server.address, &request);
    std::thread::scope(|scope| {
        let clients: Vec<_> =
            (0..16).map(|_| scope.spawn(move || status_of(address, request))).collect();
        for client in clients {
            let status = client.join().expect("a response");
            assert!([201, 503].contains(&status), "{status}");
        }
    });
    // The clients send 320 MB. The allocator keeps freed bytes in each of its arenas.
    assert!(peak(&server) < 4 * 32 * MEGABYTE, "{} bytes", peak(&server));
}

#[test]
#[cfg(target_env = "gnu")]
fn what_a_reset_frees_goes_back_to_the_system() {
    let server = ServerProcess::start(&["--log", "off"]);
    let idle = memory(&server, "VmRSS:");
    let upload = [
        format!(
            "POST /api/v2/uploads?filename=a.bin HTTP/1.1\r\nHost: localhost\r\n{AGENT}\
             Content-Length: 1000000\r\n\r\n"
        )
        .into_bytes(),
        vec![b'x'; 1_000_000],
    ];
    let (address, upload) = (server.address, &upload.concat());
    // Connections on several threads use several arenas of the allocator.
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(move || {
                for _ in 0..50 {
                    assert_eq!(status_of(address, upload), 201);
                }
            });
        }
    });
    let full = memory(&server, "VmRSS:");
    assert!(full > idle + 190 * MEGABYTE, "{full} bytes");
    // At once: the files have lived shorter than the time between two looks at the memory.
    assert_eq!(status_of(address, b"POST /_mock/reset HTTP/1.1\r\nHost: localhost\r\n\r\n"), 200);
    wait_until("the memory is given back", || {
        assert_eq!(
            status_of(address, b"GET /_mock/health HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            200
        );
        memory(&server, "VmRSS:") < idle + BESIDE
    });
}

/// Each would hold a thread while it waits for its turn, until no thread is left for others.
#[test]
fn large_lists_that_wait_hold_no_threads() {
    let server = ServerProcess::start(&["--log", "off"]);
    let body = format!("{{\"ticket\":{{\"comment\":{{\"body\":\"{}\"}}}}}}", "a".repeat(60_000));
    let send = |head: &str, body: &str| {
        let length = body.len();
        let mut connection = Connection::open(server.address);
        connection.send(
            format!(
                "{head} HTTP/1.1\r\nHost: localhost\r\n{AGENT}Content-Length: {length}\r\n\r\n{body}"
            )
            .as_bytes(),
        );
        connection
    };
    let created = send("POST /api/v2/tickets", &body).read_response();
    assert_eq!(created.status(), 201);
    let list = |_| send("GET /api/v2/tickets/1/comments", "");
    let clients: Vec<_> = (0..100).map(list).collect();
    assert_eq!(send("GET /_mock/health", "").read_response().status(), 200);
    for mut client in clients {
        let page = client.read_response();
        assert_eq!(page.status(), 200);
        assert!(page.body.len() > 3 * 60_000, "{} bytes are no large list", page.body.len());
    }
    let processors = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let threads = status_field(&server, "Threads:");
    assert!(threads < processors + 20, "{threads} threads");
}
