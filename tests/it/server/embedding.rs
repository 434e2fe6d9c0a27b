//! The server as a value in a Rust test.

use std::net::{Ipv4Addr, TcpStream};
use std::task::{Context, Waker};
use std::time::Duration;

use zendesk_mock::{AccountError, AccountSettings, Filter, StartError, ZendeskMock};

use crate::harness::child::{measure, start_upload};
use crate::harness::*;

fn health(zendesk: &ZendeskMock) -> RawResponse {
    let mut connection = Connection::open(zendesk.address());
    connection.send(b"GET /_mock/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    connection.read_response()
}

#[test]
fn start_returns_a_server_on_a_free_loopback_port() {
    let zendesk = ZendeskMock::start().expect("the server starts");
    assert!(zendesk.address().ip().is_loopback() && zendesk.address().port() != 0);
    assert_eq!(zendesk.url(), format!("http://{}", zendesk.address()));
    assert_eq!(health(&zendesk).json()["status"], "ok");
}

#[test]
fn a_server_on_all_addresses_has_a_url_of_this_machine() {
    let server = configured(|config| config.host = Ipv4Addr::UNSPECIFIED.into());
    let url = server.mock.url();
    assert_eq!(url, format!("http://127.0.0.1:{}", server.mock.address().port()));
    assert_eq!(server.account.url(), url);
}

#[test]
fn a_wait_that_is_dropped_holds_no_account() {
    let server = server();
    server.post("/@acme/api/v2/uploads?filename=a.txt").agent().body("hello").fetch();
    let account = server.mock.account("acme").expect("an account");
    let filter = Filter::new().path("nowhere");
    let mut waiting = Box::pin(account.wait_for(&filter, 1, Duration::from_secs(3_600)));
    assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    drop(waiting);
    drop(account);
    assert_eq!(server.delete("/_mock/accounts/acme").fetch().status(), 200);
    server.wait_until("the account is freed", || server.mock.memory_used() == 0);
}

#[test]
fn two_servers_in_one_process_share_nothing() {
    let (one, other) = (server(), server());
    assert_ne!(one.mock.address(), other.mock.address());
    let upload = one.upload("a.txt", "hello");
    let path = format!("/api/v2/uploads/{}", token(&upload));
    assert_eq!(one.get(&path).agent().fetch().status(), 200);
    assert_eq!(other.get(&path).agent().fetch().status(), 404);
    assert!(one.mock.memory_used() > 0);
    assert_eq!(other.mock.memory_used(), 0);
    one.account.advance(Duration::from_secs(60));
    assert_eq!(one.get("/_mock/health").fetch().header("date"), "Thu, 01 Jan 2026 00:01:00 GMT");
    assert_eq!(other.get("/_mock/health").fetch().header("date"), "Thu, 01 Jan 2026 00:00:00 GMT");
    drop(one);
    assert_eq!(other.get("/_mock/health").fetch().status(), 200);
}

#[test]
fn servers_with_the_same_seed_make_the_same_names() {
    let names = || {
        let server = server();
        (server.upload("a.png", "x")["token"].take(), server.upload("b", "y")["token"].take())
    };
    assert_eq!(names(), names());
    let other = configured(|config| config.random_seed = Some(2));
    assert_ne!(names().0, other.upload("a.png", "x")["token"]);
}

#[test]
fn servers_without_a_seed_make_different_names() {
    let token = || {
        let server = configured(|config| config.random_seed = None);
        server.upload("a.png", "x")["token"].take()
    };
    assert_ne!(token(), token());
}

#[test]
fn dropping_the_server_stops_it_while_requests_hang() {
    let zendesk = ZendeskMock::start().expect("the server starts");
    let address = zendesk.address();
    let mut hanging: Vec<_> = (0..8).map(|_| start_upload(address)).collect();
    let (_, took) = measure(|| drop(zendesk));
    assert!(took < Duration::from_millis(900), "{took:?}");
    assert!(TcpStream::connect(address).is_err(), "the port is closed");
    for connection in &mut hanging {
        connection.try_send(&[b'x'; 90]);
        assert!(connection.is_closed_or_reset(), "a hanging client is disconnected");
    }
}

#[test]
fn dropping_the_server_does_not_wait_for_idle_connections() {
    let zendesk = ZendeskMock::start().expect("the server starts");
    let mut idle: Vec<_> = (0..8).map(|_| Connection::open(zendesk.address())).collect();
    assert_eq!(health(&zendesk).status(), 200);
    let (_, took) = measure(|| drop(zendesk));
    assert!(took < Duration::from_millis(900), "{took:?}");
    for connection in &mut idle {
        assert!(connection.is_closed_or_reset());
    }
}

#[test]
fn shutdown_finishes_running_requests_and_accepts_no_new_ones() {
    let zendesk = ZendeskMock::start().expect("the server starts");
    let address = zendesk.address();
    let mut idle = Connection::open(address);
    idle.send(b"GET /_mock/health HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(idle.read_response().status(), 200);
    let mut running = start_upload(address);
    let stopping = std::thread::spawn(move || zendesk.shutdown(Duration::from_secs(20)));
    assert!(idle.is_closed(), "idle connections end first");
    assert!(TcpStream::connect(address).is_err(), "the port is closed");
    running.send(&[b'x'; 90]);
    let answer = running.read_response();
    assert_eq!(answer.status(), 201, "{answer}");
    let (joined, took) = measure(|| stopping.join());
    joined.expect("it has stopped");
    assert!(took < Duration::from_secs(5), "shutdown ends with the last request: {took:?}");
}

#[test]
fn shutdown_ends_at_its_deadline() {
    let zendesk = ZendeskMock::start().expect("the server starts");
    let mut hanging = start_upload(zendesk.address());
    let deadline = Duration::from_millis(100);
    let (_, took) = measure(|| zendesk.shutdown(deadline));
    assert!(took >= deadline && took < Duration::from_secs(2), "{took:?}");
    assert!(hanging.is_closed_or_reset());
}

#[tokio::test]
async fn it_starts_and_drops_inside_an_async_test() {
    let zendesk = ZendeskMock::start().expect("the server starts");
    let address = zendesk.address();
    tokio::net::TcpStream::connect(address).await.expect("it listens");
    drop(zendesk);
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_starts_and_shuts_down_on_a_worker_of_another_runtime() {
    let task = tokio::spawn(async {
        let zendesk = ZendeskMock::start().expect("the server starts");
        let _hanging = start_upload(zendesk.address());
        zendesk.shutdown(Duration::from_millis(10));
    });
    task.await.expect("no panic");
}

#[test]
fn many_servers_start_and_stop() {
    for _ in 0..40 {
        let zendesk = ZendeskMock::start().expect("the server starts");
        assert_eq!(health(&zendesk).status(), 200);
    }
    let all_at_once: Vec<_> =
        (0..10).map(|_| ZendeskMock::start().expect("the server starts")).collect();
    for zendesk in &all_at_once {
        assert_eq!(health(zendesk).status(), 200);
    }
}

#[test]
fn it_can_move_to_another_thread() {
    let zendesk = ZendeskMock::start().expect("the server starts");
    let status = std::thread::spawn(move || health(&zendesk).status()).join();
    assert_eq!(status.expect("no panic"), 200);
}

#[test]
fn a_handle_changes_only_its_account() {
    let server = server();
    let acme = server.mock.account("acme").expect("a name");
    let upload = |path: &str| {
        let response = server.post(path).agent().body("hello").fetch();
        token(&response.into_json()["upload"]).to_owned()
    };
    let (in_acme, in_default) =
        (upload("/@acme/api/v2/uploads?filename=a"), upload("/api/v2/uploads?filename=a"));
    let alive = |path: String| server.get(&path).agent().fetch().status() == 200;
    let both = || {
        (
            alive(format!("/@acme/api/v2/uploads/{in_acme}")),
            alive(format!("/api/v2/uploads/{in_default}")),
        )
    };
    assert_eq!(both(), (true, true));
    acme.advance(HOUR);
    assert_eq!(both(), (false, true));
    acme.reset();
    assert_eq!(both(), (false, true));
    server.account.reset();
    assert_eq!(both(), (false, false));
    let date = server.get("/@acme/_mock/health").fetch().header("date");
    assert_eq!(date, "Thu, 01 Jan 2026 00:00:00 GMT", "a reset sets the clock back");
}

#[test]
fn accounts_are_created_with_settings_listed_and_deleted() {
    let server = server();
    let zendesk = &server.mock;
    let upload = |prefix: &str| {
        let target = format!("{prefix}/api/v2/uploads?filename=a.txt");
        server.post(&target).agent().body("hello").fetch().status().as_u16()
    };
    let small = zendesk
        .create_account("Small", None, |settings| settings.max_upload_size = 4)
        .expect("an account");
    assert_eq!((small.name(), upload("/@small"), upload("")), ("small", 413, 201));
    small.configure(|settings| settings.max_upload_size = 5).expect("a setting");
    assert_eq!(upload("/@small"), 201);
    small.reset();
    assert_eq!(upload("/@small"), 413, "a reset returns to the settings of creation");

    let life = Some(Duration::from_millis(1));
    let brief = zendesk.create_account("brief", life, |_| ()).expect("an account");
    assert_eq!(brief.name(), "brief");
    let names = || -> Vec<_> {
        zendesk.accounts().iter().map(|account| account.name().to_owned()).collect()
    };
    server.wait_until("the account is swept", || names() == ["default", "small"]);

    let deleted = ["small", "small", "default", "no name"].map(|name| zendesk.delete_account(name));
    let (unknown, invalid) = (Err(AccountError::Unknown), Err(AccountError::InvalidName));
    assert_eq!(deleted, [Ok(()), unknown, Err(AccountError::Default), invalid]);
    assert_eq!(names(), ["default"]);
    assert_eq!(
        upload("/@small"),
        201,
        "another account with the same name has the default settings"
    );
}

#[test]
fn a_seed_keeps_the_settings_of_creation() {
    let server = server();
    let small = server
        .mock
        .create_account("small", None, |settings| settings.max_upload_size = 4)
        .expect("an account");
    let upload = || {
        let target = "/@small/api/v2/uploads?filename=a.txt";
        server.post(target).agent().body("hello").fetch().status().as_u16()
    };
    small.configure(|settings| settings.max_upload_size = 5).expect("a setting");
    assert_eq!(upload(), 201);
    small.seed("{}").expect("a seed");
    assert_eq!(upload(), 413, "a seed without settings returns to those of the account");
    small.seed(r#"{"settings": {"max_filename_length": 10}}"#).expect("a seed");
    assert_eq!(upload(), 413, "a seed changes only the settings that it names");
    small.reset();
    assert_eq!(upload(), 413);
}

/// Each document has as many users as its setting says, so that a mixture of two is visible.
#[test]
fn a_seed_changes_objects_and_settings_in_one_step() {
    const SEEDS: usize = 400;
    let server = server();
    let account = server.mock.default_account();
    let document = |users: usize| {
        let users_json = vec!["{}"; users].join(",");
        format!(r#"{{"users": [{users_json}], "settings": {{"max_filename_length": {users}}}}}"#)
    };
    let documents = [1, 2].map(document);
    account.seed(&documents[0]).expect("a seed");
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            documents.iter().cycle().take(SEEDS).for_each(|document| {
                account.seed(document).expect("a seed");
            });
        });
        while !writer.is_finished() {
            let exported: serde_json::Value =
                serde_json::from_str(&account.export().expect("there is room"))
                    .expect("a document");
            let users = exported["users"].as_array().map(Vec::len);
            assert_eq!(
                exported["settings"]["max_filename_length"].as_u64(),
                users.map(|n| n as u64)
            );
        }
    });
}

#[test]
fn an_account_that_cannot_be_created_is_refused_with_a_reason() {
    let server = configured(|config| config.max_accounts = 2);
    let zendesk = &server.mock;
    let why = |name: &str, life: Option<Duration>, ttl: u64| {
        let configure =
            |settings: &mut AccountSettings| settings.upload_ttl = Duration::from_secs(ttl);
        zendesk.create_account(name, life, configure).expect_err("a refusal").to_string()
    };
    assert!(why("a b", None, 1).contains("letters, digits"), "{}", why("a b", None, 1));
    assert!(why("a", Some(Duration::ZERO), 1).contains("longer than none"));
    assert!(why("a", None, 0).contains("upload_ttl: takes a time longer than none"));
    assert_eq!(why("default", None, 1), "there is an account of this name");
    assert_eq!(zendesk.accounts().len(), 1, "no account was created");
    zendesk.create_account("a", None, |_| ()).expect("an account");
    assert_eq!(why("b", None, 1), "max_accounts is 2, and as many have appeared");
    assert_eq!(zendesk.account("b").err(), Some(AccountError::TooMany { max: 2 }));
}

#[test]
fn an_invalid_name_has_no_account() {
    let zendesk = ZendeskMock::start().expect("the server starts");
    for impossible in ["", "a.b", "a b", "-a", "é"] {
        let refused = zendesk.account(impossible).err();
        assert_eq!(refused, Some(AccountError::InvalidName), "{impossible:?}");
    }
}

#[test]
fn an_account_has_its_urls() {
    let server = server();
    let acme = server.mock.account("Acme").expect("an account");
    let urls = [acme.url(), acme.api_url("uploads"), server.account.api_url("/uploads")];
    let paths = urls.each_ref().map(|url| url.strip_prefix(&server.mock.url()));
    assert_eq!(paths, ["/@acme", "/@acme/api/v2/uploads", "/api/v2/uploads"].map(Some));
    for (url, account) in [(&urls[1], &acme), (&urls[2], &server.account)] {
        let upload = server.post(&format!("{url}?filename=a.txt")).agent().body("hello").fetch();
        assert_eq!(upload.status(), 201);
        assert_eq!(account.requests().len(), 1);
    }
}

#[test]
fn an_invalid_setting_is_a_start_error() {
    let refused =
        ZendeskMock::builder().configure(|config| config.account.too_large_status = 500).start();
    let Err(StartError::Setting(error)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(error.setting, "too_large_status");
    assert_eq!(error.accepts, "takes 413 or 422");
}

#[test]
fn a_port_in_use_is_a_start_error_with_the_address() {
    let first = ZendeskMock::start().expect("the server starts");
    let port = first.address().port();
    let refused = ZendeskMock::builder().configure(|config| config.port = port).start();
    let Err(StartError::Bind { address, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(address, first.address());
}
