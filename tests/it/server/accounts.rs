//! Accounts: how a request selects one, and their isolation.

use reqwest::Method;
use reqwest::blocking::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::harness::*;

/// The parts of a request that select an account, and that account.
#[derive(Debug, Clone, Copy)]
pub struct Selector {
    pub prefix: &'static str,
    pub host: &'static str,
    pub user: &'static str,
    pub account: &'static str,
}

const fn selector(
    prefix: &'static str,
    host: &'static str,
    user: &'static str,
    account: &'static str,
) -> Selector {
    Selector { prefix, host, user, account }
}

/// Every part alone and in conflict with others.
pub const SELECTORS: [Selector; 8] = [
    selector("", "127.0.0.1:3375", "me@example.com/token", "default"),
    selector("", "127.0.0.1:3375", "me@mail.mock/token", "mail"),
    selector("", "host.localhost:3375", "me@example.com/token", "host"),
    selector("", "host.localhost:3375", "me@mail.mock/token", "host"),
    selector("/@path", "127.0.0.1:3375", "me@example.com/token", "path"),
    selector("/@path", "127.0.0.1:3375", "me@mail.mock", "path"),
    selector("/@path", "host.localhost:3375", "me@mail.mock", "path"),
    selector("/@default", "host.localhost:3375", "me@mail.mock/token", "default"),
];

impl Selector {
    pub fn request(self, server: &Server, method: Method, path: &str) -> RequestBuilder {
        server
            .request(method, &format!("{}{path}", self.prefix))
            .header("host", self.host)
            .basic_auth(self.user, Some("secret"))
    }

    pub fn try_upload(self, server: &Server, query: &str) -> Response {
        self.request(server, Method::POST, &format!("/api/v2/uploads?filename=a.txt{query}"))
            .body("hello")
            .fetch()
    }

    pub fn create_upload(self, server: &Server) -> Value {
        let response = self.try_upload(server, "");
        assert_eq!(response.status(), 201, "{self:?}");
        response.into_json()["upload"].take()
    }
}

/// The account that a reset names in its answer.
pub fn account_of_reset(request: RequestBuilder) -> String {
    let response = request.fetch();
    assert_eq!(response.status(), 200);
    response.into_json()["account"].as_str().expect("an account").to_owned()
}

/// Requests a URL without credentials, through its path and `Host`.
pub fn follow(server: &Server, method: Method, url: &Value) -> RequestBuilder {
    let url = url.as_str().expect("a URL");
    let (_, rest) = url.split_once("://").unwrap_or_else(|| panic!("not absolute: {url}"));
    let (authority, path) = rest.split_at(rest.find('/').expect("a path"));
    server.request(method, path).header("host", authority)
}

#[test]
fn prefix_outweighs_host_which_outweighs_mail_domain() {
    let server = server();
    for selector in SELECTORS {
        let account = account_of_reset(selector.request(&server, Method::POST, "/_mock/reset"));
        assert_eq!(account, selector.account, "{selector:?}");
    }
}

#[test]
fn a_host_one_label_below_a_known_domain_is_an_account() {
    let server = server();
    for (host, account) in [
        ("acme.zendesk.com", "acme"),
        ("ACME.Zendesk.com:443", "acme"),
        ("acme.localhost:3375", "acme"),
        ("acme.test", "acme"),
        ("zendesk.com", "default"),
        ("localhost:3375", "default"),
        ("a.b.zendesk.com", "default"),
        ("acme.example.com", "default"),
        ("acmezendesk.com", "default"),
        ("[::1]:3375", "default"),
    ] {
        let answer = server.get("/api/v2/users/me").header("host", host).fetch();
        assert_eq!(answer.header("x-zendesk-mock-account"), account, "{host}");
    }
}

#[test]
fn the_domains_setting_replaces_the_known_domains() {
    let server = configured(|config| config.domains = vec!["desk.example".to_owned()]);
    let host = |host: &str| {
        let answer = server.get("/api/v2/users/me").header("host", host).fetch();
        answer.header("x-zendesk-mock-account")
    };
    assert_eq!(host("acme.desk.example"), "acme");
    assert_eq!(host("acme.zendesk.com"), "default");
}

#[test]
fn a_basic_user_below_dot_mock_selects_an_account() {
    let server = server();
    let user =
        |user: &str| account_of_reset(server.post("/_mock/reset").basic_auth(user, Some("secret")));
    assert_eq!(user("me@acme.mock"), "acme");
    assert_eq!(user("me@ACME.mock/token"), "acme");
    for none in ["me@acme.com/token", "me@mock", "me@.mock", "me@a.b.mock", "acme.mock"] {
        assert_eq!(user(none), "default", "{none}");
    }
}

#[test]
fn account_names_are_lower_case() {
    let server = server();
    for prefix in ["/@ACME", "/@acme"] {
        assert_eq!(account_of_reset(server.post(&format!("{prefix}/_mock/reset"))), "acme");
    }
}

#[test]
fn a_prefix_with_an_invalid_name_is_404() {
    let server = server();
    let too_long = "a".repeat(64);
    for name in ["", "-a", "a-", "a.b", "a%20b", "a%2Fb", "caf%C3%A9", "a@b", &too_long] {
        let path = format!("/@{name}/api/v2/uploads?filename=a.txt");
        let (status, refusal) = server.post(&path).agent().body("a").fetch_json();
        assert_eq!(status, 404, "{name}");
        let title = refusal["error"]["title"].as_str().expect("a title");
        assert_eq!(title, format!("No help desk at {name}"));
    }
    assert_eq!(server.mock.memory_used(), 0);
    let longest = "a".repeat(63);
    for name in [&longest, "0", "a-b", "a_b"] {
        assert_eq!(account_of_reset(server.post(&format!("/@{name}/_mock/reset"))), name);
    }
}

#[test]
fn a_prefix_without_a_known_path_is_404() {
    let server = server();
    for path in ["/@acme", "/@acme/", "/@acme/@acme/_mock/health", "/@acme/nothing"] {
        let refused = server.get(path).fetch();
        assert_eq!(refused.status_and_json(), no_endpoint(), "{path}");
    }
}

#[test]
fn accounts_appear_on_first_use_up_to_max_accounts() {
    let server = configured(|config| config.max_accounts = 3);
    let upload = |name: &str| {
        server.post(&format!("/@{name}/api/v2/uploads?filename=a.txt")).agent().body("a").fetch()
    };
    assert_eq!(upload("one").status(), 201);
    assert_eq!(upload("two").status(), 201);
    let (status, refusal) = upload("three").status_and_json();
    assert_eq!(status, 503);
    let why = refusal["description"].as_str().expect("a reason");
    assert!(why.contains("max_accounts"), "{why}");
    for known in ["one", "two", "default"] {
        assert_eq!(upload(known).status(), 201, "{known}");
    }
    assert!(server.mock.account("three").is_err());
}

#[test]
fn an_upload_is_unknown_in_other_accounts() {
    let server = server();
    for selector in SELECTORS {
        let upload = selector.create_upload(&server);
        let token = token(&upload);
        let id = &upload["attachment"]["id"];
        let (show, attachment) =
            (format!("/api/v2/uploads/{token}"), format!("/api/v2/attachments/{id}"));
        for other in SELECTORS.into_iter().filter(|other| other.account != selector.account) {
            let get = |path: &str| other.request(&server, Method::GET, path).fetch().status();
            assert_eq!(get(&show), 404, "{selector:?} {other:?}");
            assert_eq!(get(&attachment), 404, "{selector:?} {other:?}");
            assert_eq!(other.try_upload(&server, &format!("&token={token}")).status(), 404);
            let deleted = other.request(&server, Method::DELETE, &show).fetch();
            assert_eq!(deleted.status(), 404, "{selector:?} {other:?}");
        }
        for same in SELECTORS.into_iter().filter(|same| same.account == selector.account) {
            let shown = same.request(&server, Method::GET, &show).fetch();
            assert_eq!(shown.status(), 200, "{selector:?} {same:?}");
        }
    }
}

#[test]
fn a_file_is_404_in_another_account() {
    let server = server();
    let upload = SELECTORS[4].create_upload(&server);
    let url = text(&upload["attachment"]["content_url"]);
    let (_, path) = url.split_once("/@path/").expect("the account in the path");
    for wrong in [
        server.get(&format!("/{path}")),
        server.get(&format!("/@default/{path}")),
        server.get(&format!("/@mail/{path}")),
        server.get(&format!("/{path}")).header("host", "host.localhost"),
        server.get(&format!("/{path}")).basic_auth("me@mail.mock", Some("secret")),
    ] {
        assert_eq!(wrong.fetch().status(), 404);
    }
    assert_eq!(server.get(&format!("/@path/{path}")).fetch().status(), 200);
}

#[test]
fn accounts_have_separate_clocks() {
    let server = server();
    let uploads: Vec<_> =
        SELECTORS[..3].iter().map(|selector| (selector, selector.create_upload(&server))).collect();
    server.mock.account("mail").expect("an account").advance(HOUR);
    for (selector, upload) in &uploads {
        let url = &upload["attachment"]["content_url"];
        let expired = selector.account == "mail";
        let response = follow(&server, Method::GET, url).fetch();
        assert_eq!(response.status(), if expired { 404 } else { 200 }, "{selector:?}");
        let hour = if expired { "01" } else { "00" };
        assert_eq!(response.header("date"), format!("Thu, 01 Jan 2026 {hour}:00:00 GMT"));
    }
    assert_eq!(SELECTORS[1].create_upload(&server)["expires_at"], "2026-01-01T02:00:00Z");
    assert_eq!(SELECTORS[0].create_upload(&server)["expires_at"], "2026-01-01T01:00:00Z");
}

#[test]
fn a_reset_empties_only_the_selected_account() {
    let server = server();
    for selector in SELECTORS {
        let distinct = [SELECTORS[0], SELECTORS[1], SELECTORS[2], SELECTORS[4]];
        let uploads = distinct.map(|selector| (selector, selector.create_upload(&server)));
        let reset = selector.request(&server, Method::POST, "/_mock/reset").fetch();
        assert_eq!(
            reset.into_json()["removed"],
            json!({
                "uploads": 1, "attachments": 1, "tickets": 0, "users": 0, "image_tokens": 0, "published_images": 0
            })
        );
        for (kept, upload) in uploads {
            let url = &upload["attachment"]["content_url"];
            let status = follow(&server, Method::GET, url).fetch().status();
            assert_eq!(
                status,
                if kept.account == selector.account { 404 } else { 200 },
                "{selector:?} {kept:?}"
            );
        }
        server.wait_until("the memory of the reset account is free", || {
            server.mock.memory_used() == 3 * (5 + OVERHEAD + TOKEN_OVERHEAD)
        });
        for other in distinct {
            server.mock.account(other.account).expect("an account").reset();
        }
    }
}

#[test]
fn a_reset_restarts_clock_and_names() {
    let server = server();
    let first = SELECTORS[4].create_upload(&server);
    let account = server.mock.account("path").expect("an account");
    account.advance(HOUR);
    account.reset();
    let again = SELECTORS[4].create_upload(&server);
    assert_eq!(again, first);
}
