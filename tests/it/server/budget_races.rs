//! The memory budget and other bounds under concurrent requests.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use reqwest::blocking::Response;
use serde_json::Value;

use super::budget::{MEGABYTE, is_out_of_memory, post, with_memory};
use crate::harness::*;

#[test]
fn concurrent_uploads_never_exceed_the_budget() {
    const LIMIT: u64 = 5 * MEGABYTE as u64;
    const CLIENTS: usize = 16;
    let server = with_memory(LIMIT);
    let (start, ended) = (Barrier::new(CLIENTS), AtomicBool::new(false));
    let answers: Vec<Response> = thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let (mut highest, mut samples) = (0, 0_u64);
            while !ended.load(Ordering::Relaxed) {
                highest = highest.max(server.mock.memory_used());
                samples += 1;
                thread::yield_now();
            }
            (highest, samples)
        });
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    [0; 3].map(|_| post(&server, "", MEGABYTE))
                })
            })
            .collect();
        let answers = clients.into_iter().flat_map(|client| client.join().expect("a client"));
        let answers = answers.collect();
        ended.store(true, Ordering::Relaxed);
        let (highest, samples) = watcher.join().expect("the watcher");
        assert!(samples > 0 && highest <= LIMIT, "{highest} of {LIMIT} after {samples} samples");
        answers
    });
    assert_eq!(answers.len(), 3 * CLIENTS);
    let mut stored = Vec::new();
    for response in answers {
        if response.status() == 201 {
            stored.push(response.into_json()["upload"].take());
        } else {
            assert!(is_out_of_memory(response));
        }
    }
    assert!((1..=4).contains(&stored.len()), "{} of 4 fit", stored.len());
    let each = MEGABYTE as u64 + OVERHEAD + TOKEN_OVERHEAD;
    assert_eq!(server.mock.memory_used(), stored.len() as u64 * each);
    for upload in &stored {
        assert!(server.download(&upload["attachment"]) == vec![7; MEGABYTE]);
    }
    server.account.reset();
    server.wait_until("the memory is free", || server.mock.memory_used() == 0);
}

#[test]
fn concurrently_appended_files_are_stored_exactly_once() {
    const CLIENTS: usize = 16;
    const EACH: usize = 6;
    let server = server();
    let first = server.upload("first.txt", "first");
    let token = token(&first);
    let start = Barrier::new(CLIENTS);
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (server, start) = (&server, &start);
            scope.spawn(move || {
                start.wait();
                for n in 0..EACH {
                    let name = format!("{client}-{n}.txt");
                    let upload = server.upload(&format!("{name}&token={token}"), name.clone());
                    assert_eq!(upload["token"], token);
                    assert_eq!(upload["attachment"]["file_name"], name);
                }
            });
        }
    });
    let upload = server.get(&format!("/api/v2/uploads/{token}")).agent().fetch().into_json();
    let attachments = upload["upload"]["attachments"].as_array().expect("attachments");
    let name = |attachment: &Value| attachment["file_name"].as_str().expect("a name").to_owned();
    for attachment in &attachments[1..] {
        assert_eq!(server.download(attachment), name(attachment).as_bytes());
    }
    let mut names: Vec<_> = attachments.iter().map(name).collect();
    for client in 0..CLIENTS {
        let mine: Vec<_> =
            names.iter().filter(|name| name.starts_with(&format!("{client}-"))).collect();
        let in_order: Vec<_> = (0..EACH).map(|n| format!("{client}-{n}.txt")).collect();
        assert!(mine.into_iter().eq(&in_order), "the files of one client stay in order");
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 1 + CLIENTS * EACH);
    let ids: std::collections::BTreeSet<_> =
        attachments.iter().map(|attachment| attachment["id"].as_u64()).collect();
    assert_eq!(ids.len(), names.len());
}

#[test]
fn concurrent_appends_never_exceed_max_files_per_upload() {
    let server = configured(|config| config.account.max_files_per_upload = 5);
    let first = server.upload("first.txt", "first");
    let token = token(&first);
    let accepted = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                match post(&server, &format!("&token={token}"), 1_000).status().as_u16() {
                    201 => {
                        accepted.fetch_add(1, Ordering::Relaxed);
                    }
                    status => assert_eq!(status, 422),
                }
            });
        }
    });
    assert_eq!(accepted.load(Ordering::Relaxed), 4);
    assert_eq!(server.mock.memory_used(), 4 * 1_000 + 5 + 5 * OVERHEAD + TOKEN_OVERHEAD);
}
