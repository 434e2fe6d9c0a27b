//! Concurrent requests for one upload token or one idempotency key.

use std::sync::Barrier;
use std::thread;

use reqwest::blocking::{RequestBuilder, Response};
use serde_json::{Value, json};

use super::attaching::{
    attachments, bad_token, count_tickets, create, server_that_ignores_bad_tokens, token_path,
    update, with_files,
};
use crate::harness::*;

const RACERS: usize = 16;

/// Runs all at once, and waits for all.
fn race<T: Send>(racers: usize, run: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(racers);
    thread::scope(|scope| {
        let racers: Vec<_> = (0..racers)
            .map(|racer| {
                let (run, start) = (&run, &start);
                scope.spawn(move || {
                    start.wait();
                    run(racer)
                })
            })
            .collect();
        racers.into_iter().map(|racer| racer.join().expect("a racer")).collect()
    })
}

/// Lets requests race for a token. One answer has the status `won`, the others are refusals.
fn race_for(upload: &Value, won: u16, run: impl Fn(usize) -> Response + Sync) {
    let answers = race(RACERS, |racer| run(racer).status_and_json());
    let (winners, losers): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|(status, _)| *status == won);
    assert_eq!((winners.len(), losers.len()), (1, RACERS - 1), "{losers:?}");
    let won = &winners[0].1["audit"]["events"][0]["attachments"];
    assert_eq!(*won, json!([upload["attachment"]]));
    for refusal in losers {
        assert_eq!(refusal, bad_token(&upload["token"]));
    }
}

/// The attachments of all tickets.
fn attachments_of_all_tickets(server: &Server) -> Vec<Value> {
    let tickets = server.get_json("/api/v2/tickets");
    let tickets = tickets["tickets"].as_array().expect("tickets");
    tickets.iter().flat_map(|ticket| attachments(server, &json!({ "ticket": ticket }))).collect()
}

#[test]
fn one_of_many_new_tickets_attaches_the_token() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    race_for(&upload, 201, |_| create(&server, &upload["token"]));
    assert_eq!(count_tickets(&server), 1);
    assert_eq!(attachments_of_all_tickets(&server), [upload["attachment"].clone()]);
}

#[test]
fn one_of_many_updates_attaches_the_token() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    let tickets = [(); RACERS].map(|()| server.create_ticket(&json!({"description": "first"})));
    race_for(&upload, 200, |racer| update(&server, &tickets[racer], &json!([upload["token"]])));
    assert_eq!(attachments_of_all_tickets(&server), [upload["attachment"].clone()]);
}

#[test]
fn one_of_many_tickets_attaches_the_token_under_ignore() {
    let server = server_that_ignores_bad_tokens();
    let upload = server.upload("a.txt", "hello");
    let statuses = race(RACERS, |_| create(&server, &upload["token"]).status().as_u16());
    assert_eq!(statuses, [201; RACERS]);
    assert_eq!(count_tickets(&server), RACERS);
    assert_eq!(attachments_of_all_tickets(&server), [upload["attachment"].clone()]);
}

#[test]
fn tickets_with_one_idempotency_key_are_created_once() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    let answers = race(RACERS, |_| {
        let request = server.post("/api/v2/tickets").agent().header("idempotency-key", "once");
        let answer = request.json(&with_files(&upload["token"])).fetch();
        assert_eq!(answer.status(), 201);
        (answer.header("x-idempotency-lookup"), answer.into_json())
    });
    let misses = answers.iter().filter(|(lookup, _)| lookup == "miss").count();
    let hits = answers.iter().filter(|(lookup, _)| lookup == "hit").count();
    assert_eq!((misses, hits), (1, RACERS - 1));
    assert!(answers.iter().all(|(_, answer)| *answer == answers[0].1));
    assert_eq!(count_tickets(&server), 1);
    assert_eq!(attachments_of_all_tickets(&server), [upload["attachment"].clone()]);
}

/// An appended file is in the comment if it was accepted, and does not exist otherwise.
#[test]
fn a_file_appended_during_attaching_is_attached_or_refused() {
    let server = server();
    let upload = server.upload("0.txt", "0");
    let path = |racer| format!("/api/v2/uploads?filename={racer}.txt&token={}", token(&upload));
    let answers = race(RACERS, |racer| {
        let request: RequestBuilder = match racer {
            0 => server.post("/api/v2/tickets").json(&with_files(&upload["token"])),
            _ => server.post(&path(racer)).body("more"),
        };
        request.agent().fetch_json()
    });
    let kept = attachments(&server, &answers[0].1);
    assert_eq!(kept[0], upload["attachment"]);
    for (status, answer) in &answers[1..] {
        match status {
            201 => assert!(kept.contains(&answer["upload"]["attachment"]), "{answer}"),
            _ => assert_eq!((*status, answer.clone()), not_found()),
        }
    }
    let accepted = answers.iter().filter(|(status, _)| *status == 201).count();
    // The ticket, which is also 201, stands for the first file.
    assert_eq!(kept.len(), accepted);
    assert_eq!(server.get(&token_path(&upload)).agent().fetch_json(), not_found());
}

/// The ticket has the file, or neither exists.
#[test]
fn a_token_deleted_during_attaching_is_attached_or_deleted() {
    let server = server();
    for round in 0..RACERS {
        let upload = server.upload("a.txt", "hello");
        let before = count_tickets(&server);
        let statuses = race(2, |racer| match racer {
            0 => create(&server, &upload["token"]).status().as_u16(),
            _ => server.delete(&token_path(&upload)).agent().fetch().status().as_u16(),
        });
        let content = server.get(text(&upload["attachment"]["content_url"])).fetch().status();
        let grown = count_tickets(&server) != before;
        match statuses[..] {
            [201, 204] => assert_eq!((content.as_u16(), grown), (200, true), "{round}"),
            [422, 204] => assert_eq!((content.as_u16(), grown), (404, false), "{round}"),
            _ => panic!("{statuses:?}"),
        }
    }
}
