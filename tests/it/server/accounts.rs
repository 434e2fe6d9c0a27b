//! Accounts: how a request chooses one, how URLs keep to it, and that nothing passes between two.

use reqwest::Method;
use reqwest::blocking::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::harness::{
    AGENT, HOUR, OVERHEAD, RequestExt as _, ResponseExt as _, Server, configured, no_endpoint,
    server, text, token,
};

/// One way to say which account is meant.
#[derive(Debug, Clone, Copy)]
struct Way {
    prefix: &'static str,
    host: &'static str,
    user: &'static str,
    account: &'static str,
}

const fn way(
    prefix: &'static str,
    host: &'static str,
    user: &'static str,
    account: &'static str,
) -> Way {
    Way { prefix, host, user, account }
}

/// All ways, alone and against one another.
const WAYS: [Way; 8] = [
    way("", "127.0.0.1:3375", "me@example.com/token", "default"),
    way("", "127.0.0.1:3375", "me@mail.mock/token", "mail"),
    way("", "host.localhost:3375", "me@example.com/token", "host"),
    way("", "host.localhost:3375", "me@mail.mock/token", "host"),
    way("/@path", "127.0.0.1:3375", "me@example.com/token", "path"),
    way("/@path", "127.0.0.1:3375", "me@mail.mock", "path"),
    way("/@path", "host.localhost:3375", "me@mail.mock", "path"),
    way("/@default", "host.localhost:3375", "me@mail.mock/token", "default"),
];

impl Way {
    fn request(self, server: &Server, method: Method, path: &str) -> RequestBuilder {
        server
            .request(method, &format!("{}{path}", self.prefix))
            .header("host", self.host)
            .basic_auth(self.user, Some("secret"))
    }

    fn upload(self, server: &Server, query: &str) -> Response {
        self.request(server, Method::POST, &format!("/api/v2/uploads?filename=a.txt{query}"))
            .body("hello")
            .fetch()
    }

    fn uploaded(self, server: &Server) -> Value {
        let response = self.upload(server, "");
        assert_eq!(response.status(), 201, "{self:?}");
        response.into_json()["upload"].take()
    }
}

/// The account that a request is addressed to, in the words of the control API. It empties it, too.
fn addressed(request: RequestBuilder) -> String {
    let response = request.fetch();
    assert_eq!(response.status(), 200);
    response.into_json()["account"].as_str().expect("an account").to_owned()
}

/// Follows a URL of the server's as a client with working DNS does: without credentials.
fn follow(server: &Server, method: Method, url: &Value) -> RequestBuilder {
    let url = url.as_str().expect("a URL");
    let (_, rest) = url.split_once("://").unwrap_or_else(|| panic!("not absolute: {url}"));
    let (authority, path) = rest.split_at(rest.find('/').expect("a path"));
    server.request(method, path).header("host", authority)
}

/// An image in the bucket, reserved and put as a client of this way does.
fn stored_image(server: &Server, way: Way) -> (Response, Value) {
    let reserved = way
        .request(server, Method::POST, "/api/v2/guide/user_images/uploads")
        .body(json!({"content_type": "image/png", "file_size": 5}).to_string())
        .fetch();
    assert_eq!(reserved.status(), 200, "{way:?}");
    let upload = reserved.into_json()["upload"].take();
    let mut put = follow(server, Method::PUT, &upload["url"]);
    for (name, value) in upload["headers"].as_object().expect("headers") {
        put = put.header(name, value.as_str().expect("a value"));
    }
    (put.body("image").fetch(), upload["token"].clone())
}

fn published_path(server: &Server, way: Way, token: &Value) -> String {
    let published = way
        .request(server, Method::POST, "/api/v2/guide/user_images")
        .body(json!({"token": token, "brand_id": "1"}).to_string())
        .fetch();
    assert_eq!(published.status(), 201, "{way:?}");
    published.into_json()["user_image"]["path"].as_str().expect("a path").to_owned()
}

#[test]
fn the_prefix_goes_before_the_host_the_host_before_the_mail_domain_and_that_before_default() {
    let server = server();
    for way in WAYS {
        let account = addressed(way.request(&server, Method::POST, "/_mock/reset"));
        assert_eq!(account, way.account, "{way:?}");
    }
}

#[test]
fn every_known_domain_has_accounts_one_label_below() {
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
        let reset = server.post("/_mock/reset").header("host", host);
        assert_eq!(addressed(reset), account, "{host}");
    }
}

#[test]
fn the_domains_can_be_others() {
    let server = configured(|config| config.domains = vec!["desk.example".to_owned()]);
    let host = |host: &str| addressed(server.post("/_mock/reset").header("host", host));
    assert_eq!(host("acme.desk.example"), "acme");
    assert_eq!(host("acme.zendesk.com"), "default");
}

#[test]
fn only_the_domain_of_a_basic_user_below_mock_is_an_account() {
    let server = server();
    let user = |user: &str| addressed(server.post("/_mock/reset").basic_auth(user, Some("secret")));
    assert_eq!(user("me@acme.mock"), "acme");
    assert_eq!(user("me@ACME.mock/token"), "acme");
    for none in ["me@acme.com/token", "me@mock", "me@.mock", "me@a.b.mock", "acme.mock"] {
        assert_eq!(user(none), "default", "{none}");
    }
}

#[test]
fn names_are_folded_to_lower_case() {
    let server = server();
    for prefix in ["/@ACME", "/@acme"] {
        assert_eq!(addressed(server.post(&format!("{prefix}/_mock/reset"))), "acme");
    }
}

#[test]
fn a_prefix_that_cannot_be_a_name_leads_nowhere() {
    let server = server();
    let too_long = "a".repeat(64);
    for name in ["", "-a", "a-", "a.b", "a%20b", "a%2Fb", "caf%C3%A9", "a@b", &too_long] {
        let path = format!("/@{name}/api/v2/uploads?filename=a.txt");
        let (status, refusal) = server.post(&path).agent().body("a").fetch().status_and_json();
        assert_eq!(status, 404, "{name}");
        let title = refusal["error"]["title"].as_str().expect("a title");
        assert_eq!(title, format!("No help desk at {name}"));
    }
    assert_eq!(server.mock.memory_used(), 0);
    let longest = "a".repeat(63);
    for name in [&longest, "0", "a-b", "a_b"] {
        assert_eq!(addressed(server.post(&format!("/@{name}/_mock/reset"))), name);
    }
}

#[test]
fn the_prefix_alone_is_a_path_that_nobody_knows() {
    let server = server();
    for path in ["/@acme", "/@acme/", "/@acme/@acme/_mock/health", "/@acme/nothing"] {
        let refused = server.get(path).fetch();
        assert_eq!(refused.status_and_json(), no_endpoint(), "{path}");
    }
}

#[test]
fn accounts_appear_on_first_use_until_there_are_too_many() {
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
    assert!(server.mock.account("three").is_none());
}

#[test]
fn an_upload_of_one_account_is_unknown_in_another() {
    let server = server();
    for way in WAYS {
        let upload = way.uploaded(&server);
        let token = token(&upload);
        let id = &upload["attachment"]["id"];
        let (show, attachment) =
            (format!("/api/v2/uploads/{token}"), format!("/api/v2/attachments/{id}"));
        for other in WAYS.into_iter().filter(|other| other.account != way.account) {
            let get = |path: &str| other.request(&server, Method::GET, path).fetch().status();
            assert_eq!(get(&show), 404, "{way:?} {other:?}");
            assert_eq!(get(&attachment), 404, "{way:?} {other:?}");
            assert_eq!(other.upload(&server, &format!("&token={token}")).status(), 404);
            let deleted = other.request(&server, Method::DELETE, &show).fetch();
            assert_eq!(deleted.status(), 404, "{way:?} {other:?}");
        }
        for same in WAYS.into_iter().filter(|same| same.account == way.account) {
            let shown = same.request(&server, Method::GET, &show).fetch();
            assert_eq!(shown.status(), 200, "{way:?} {same:?}");
        }
    }
}

#[test]
fn a_file_is_followed_without_credentials_whichever_way_its_account_was_chosen() {
    let server = server();
    for way in WAYS {
        let upload = way.uploaded(&server);
        let url = &upload["attachment"]["content_url"];
        let response = follow(&server, Method::GET, url).fetch();
        assert_eq!(response.status(), 200, "{way:?}: {url}");
        assert_eq!(response.text().expect("the file"), "hello");
        assert_eq!(upload["attachment"]["mapped_content_url"], *url);
    }
}

#[test]
fn a_file_is_not_served_by_another_account() {
    let server = server();
    let upload = WAYS[4].uploaded(&server);
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
fn urls_of_the_api_keep_the_prefix_and_the_host_that_the_client_used() {
    let server = server();
    for way in WAYS {
        let response = way.upload(&server, "");
        let location = response.header("location");
        let attachment = response.into_json()["upload"]["attachment"].take();
        let url = format!(
            "http://{}{}/api/v2/attachments/{}.json",
            way.host, way.prefix, attachment["id"]
        );
        assert_eq!(attachment["url"], url, "{way:?}");
        assert_eq!(location, url, "{way:?}");
        let shown = follow(&server, Method::GET, &attachment["url"])
            .basic_auth(way.user, Some("secret"))
            .fetch();
        assert_eq!(shown.into_json()["attachment"]["id"], attachment["id"], "{way:?}");
    }
}

/// Where the prefix contradicts the host, too: the URL carries its account.
#[test]
fn an_image_is_put_without_credentials_whichever_way_its_account_was_chosen() {
    let server = server();
    for way in WAYS {
        let (put, _) = stored_image(&server, way);
        assert_eq!(put.status(), 200, "{way:?}: {}", put.text().expect("a body"));
    }
}

#[test]
fn an_image_path_is_followed_without_credentials_for_an_account_chosen_by_mail() {
    let server = server();
    for way in &WAYS[..2] {
        let (put, token) = stored_image(&server, *way);
        assert_eq!(put.status(), 200, "{way:?}");
        let path = published_path(&server, *way, &token);
        let image = server.get(&path).fetch();
        assert_eq!(image.status(), 200, "{way:?} {path}");
        assert_eq!(image.text().expect("the image"), "image");
    }
}

/// The path is relative and names its account itself; a page resolves it against its own host.
#[test]
fn an_image_path_is_followed_on_the_host_that_the_client_used() {
    let server = server();
    for way in WAYS {
        let reserved_here = Way { host: "127.0.0.1:3375", ..way };
        let reserved_here = if way.prefix.is_empty() { way } else { reserved_here };
        let (put, token) = stored_image(&server, reserved_here);
        assert_eq!(put.status(), 200, "{way:?}");
        let path = published_path(&server, way, &token);
        let image = server.get(&path).header("host", way.host).fetch();
        assert_eq!(image.status(), 200, "{way:?} {path}");
    }
}

#[test]
fn a_proxied_request_names_its_host_in_the_target() {
    let server = server();
    let answer = server.exchange(
        b"POST http://acme.zendesk.com/api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: ignored.test\r\n\
          Authorization: Bearer t\r\nContent-Length: 5\r\n\r\nhello",
    );
    assert_eq!(answer.status(), 201);
    let url = &answer.json()["upload"]["attachment"]["content_url"];
    assert!(
        url.as_str().is_some_and(|url| url.starts_with("http://acme.zendesk.com/attachments/"))
    );
    let response = follow(&server, Method::GET, url).fetch();
    assert_eq!(response.text().expect("the file"), "hello");
}

#[test]
fn a_client_that_names_no_host_is_given_the_address_it_reached() {
    let server = server();
    let answer = server.exchange(
        b"POST /api/v2/uploads?filename=a.txt HTTP/1.0\r\nAuthorization: Bearer t\r\nContent-Length: 5\r\n\r\nhello",
    );
    assert_eq!(answer.status(), 201);
    assert_eq!(server.download(&answer.json()["upload"]["attachment"]), b"hello");
}

#[test]
fn a_public_url_is_what_every_answer_says_and_works_behind_its_proxy() {
    let server = configured(|config| {
        config.account.public_url = Some("https://desk.example.com".to_owned())
    });
    for way in WAYS {
        let response = way.upload(&server, "");
        let location = response.header("location");
        let attachment = response.into_json()["upload"]["attachment"].take();
        for url in [&location, text(&attachment["url"])] {
            let api = format!("https://desk.example.com{}/api/v2/attachments/", way.prefix);
            assert!(url.starts_with(&api), "{way:?} {url}");
        }
        let url = text(&attachment["content_url"]);
        assert!(url.starts_with("https://desk.example.com/"), "{way:?} {url}");
        let followed = follow(&server, Method::GET, &attachment["content_url"]).fetch();
        assert_eq!(followed.status(), 200, "{way:?} {url}");
    }
}

/// A proxy that replaces the host is what the setting is for, so the host cannot be what names the account.
#[test]
fn behind_a_public_url_that_names_an_account_files_are_found_whatever_host_the_proxy_sends() {
    let server = configured(|config| {
        config.account.public_url = Some("https://path.zendesk.com".to_owned())
    });
    for way in [WAYS[0], WAYS[1], WAYS[4]] {
        let upload = way.uploaded(&server);
        let url = text(&upload["attachment"]["content_url"]);
        let path = url.strip_prefix("https://path.zendesk.com").expect("the public URL");
        let followed = server.get(path).header("host", "127.0.0.1:3375").fetch();
        assert_eq!(followed.status(), 200, "{way:?} {url}");
    }
}

#[test]
fn forwarded_headers_count_only_when_they_are_trusted() {
    for (trusted, origin, account) in
        [(true, "https://acme.zendesk.com", "acme"), (false, "http://127.0.0.1:3375", "default")]
    {
        let server = configured(|config| config.trust_forwarded = trusted);
        let forwarded = |request: RequestBuilder| {
            request
                .agent()
                .header("host", "127.0.0.1:3375")
                .header("x-forwarded-proto", "https, http")
                .header("x-forwarded-host", "acme.zendesk.com, inner.test")
        };
        let upload = forwarded(server.post("/api/v2/uploads?filename=a.txt")).body("a").fetch();
        let attachment = upload.into_json()["upload"]["attachment"].take();
        for url in ["url", "content_url", "mapped_content_url"] {
            let url = text(&attachment[url]);
            assert!(url.starts_with(&format!("{origin}/a")), "{url}");
        }
        assert_eq!(addressed(forwarded(server.post("/_mock/reset"))), account);
    }
}

#[test]
fn each_account_has_its_own_clock() {
    let server = server();
    let uploads: Vec<_> = WAYS[..3].iter().map(|way| (way, way.uploaded(&server))).collect();
    server.mock.account("mail").expect("an account").advance(HOUR);
    for (way, upload) in &uploads {
        let url = &upload["attachment"]["content_url"];
        let expired = way.account == "mail";
        let response = follow(&server, Method::GET, url).fetch();
        assert_eq!(response.status(), if expired { 404 } else { 200 }, "{way:?}");
        let hour = if expired { "01" } else { "00" };
        assert_eq!(response.header("date"), format!("Thu, 01 Jan 2026 {hour}:00:00 GMT"));
    }
    assert_eq!(WAYS[1].uploaded(&server)["expires_at"], "2026-01-01T02:00:00Z");
    assert_eq!(WAYS[0].uploaded(&server)["expires_at"], "2026-01-01T01:00:00Z");
}

#[test]
fn a_reset_empties_the_account_that_it_is_addressed_to_and_no_other() {
    let server = server();
    for way in WAYS {
        let distinct = [WAYS[0], WAYS[1], WAYS[2], WAYS[4]];
        let uploads = distinct.map(|way| (way, way.uploaded(&server)));
        let reset = way.request(&server, Method::POST, "/_mock/reset").fetch();
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
                if kept.account == way.account { 404 } else { 200 },
                "{way:?} {kept:?}"
            );
        }
        server.wait_until("only the others' memory is used", || {
            server.mock.memory_used() == 3 * (5 + OVERHEAD)
        });
        for other in distinct {
            server.mock.account(other.account).expect("an account").reset();
        }
    }
}

#[test]
fn a_reset_starts_the_clock_and_the_names_anew() {
    let server = server();
    let first = WAYS[4].uploaded(&server);
    let account = server.mock.account("path").expect("an account");
    account.advance(HOUR);
    account.reset();
    let again = WAYS[4].uploaded(&server);
    assert_eq!(again, first);
}

#[test]
fn a_host_that_cannot_be_one_is_not_repeated_in_urls() {
    let server = server();
    for host in ["a\"<>b", "u@acme.localhost:99", "a b"] {
        let request = format!(
            "POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: {host}\r\n{AGENT}Content-Length: 1\r\n\r\na"
        );
        let answer = server.exchange(request.as_bytes());
        let location = answer.header("location").expect("a Location");
        assert!(location.starts_with(&format!("{}/api/", server.mock.url())), "{location}");
    }
}
