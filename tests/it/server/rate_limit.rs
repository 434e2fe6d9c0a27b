//! The rate limit of an account.

use std::time::Duration;

use super::budget::{MEGABYTE, post};
use crate::harness::*;

#[test]
fn requests_over_the_rate_limit_are_429_until_the_next_minute() {
    let server = configured(|config| config.account.rate_limit = Some(2));
    let account = server.mock.default_account();
    account.advance(Duration::from_secs(10));
    for remaining in ["1", "0"] {
        let response = post(&server, "", 10);
        assert_eq!(response.status(), 201);
        assert_eq!(response.header("x-rate-limit"), "2");
        assert_eq!(response.header("x-rate-limit-remaining"), remaining);
        assert_eq!(response.header("ratelimit-reset"), "50");
    }
    let used = server.mock.memory_used();
    for _ in 0..2 {
        let refused = post(&server, "", MEGABYTE);
        assert_eq!(refused.status(), 429);
        assert_eq!(refused.header("retry-after"), "50");
        assert_eq!(refused.header("x-rate-limit-remaining"), "0");
        assert!(refused.header("content-type").starts_with("text/plain"));
        let text = refused.text().expect("a body");
        assert_eq!(text, "Number of allowed API requests per minute exceeded");
    }
    assert_eq!(server.mock.memory_used(), used);
    account.advance(Duration::from_secs(49));
    assert_eq!(post(&server, "", 10).header("retry-after"), "1");
    account.advance(Duration::from_secs(1));
    assert_eq!(post(&server, "", 10).status(), 201);
}

#[test]
fn each_account_has_a_rate_limit_that_a_reset_restarts() {
    let server = configured(|config| config.account.rate_limit = Some(1));
    let status = |account: &str| {
        let path = format!("/@{account}/api/v2/uploads/unknown");
        server.get(&path).agent().fetch().status().as_u16()
    };
    assert_eq!([status("one"), status("one"), status("two")], [404, 429, 404]);
    server.mock.account("one").expect("an account").reset();
    assert_eq!([status("one"), status("two")], [404, 429]);
}

#[test]
fn a_limit_below_what_was_used_in_the_minute_leaves_nothing() {
    let server = configured(|config| config.account.rate_limit = Some(3));
    server.mock.default_account().advance(Duration::from_secs(10));
    for _ in 0..3 {
        assert_eq!(post(&server, "", 10).status(), 201);
    }
    let lower = serde_json::json!({"rate_limit": 1});
    let changed = server.request(reqwest::Method::PATCH, "/_mock/settings").json(&lower).fetch();
    assert_eq!(changed.status(), 200);
    let refused = post(&server, "", 10);
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.header("x-rate-limit"), "1");
    assert_eq!(refused.header("x-rate-limit-remaining"), "0");
}
