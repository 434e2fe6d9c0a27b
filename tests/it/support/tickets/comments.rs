//! `/api/v2/tickets/{id}/comments` and `…/audits`: what was said and done. How they are cut into pages is
//! in `paging`, since all lists are.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{RequestExt as _, ResponseExt as _, Server, server, token};

const COMMENTS: &str = "/api/v2/tickets/1/comments";
const AUDITS: &str = "/api/v2/tickets/1/audits";

fn say(server: &Server, comment: &Value) -> Value {
    let body = json!({"ticket": {"comment": comment}});
    let response = server.put("/api/v2/tickets/1").agent().json(&body).fetch();
    assert_eq!(response.status(), 200, "{comment}");
    response.into_json()
}

fn pass(server: &Server, seconds: u64) {
    server.mock.default_account().advance(Duration::from_secs(seconds));
}

fn make_inline(server: &Server, attachment: &Value) -> Value {
    let path = format!("/_mock/attachments/{}", attachment["id"]);
    let response = server.put(&path).json(&json!({"inline": true})).fetch();
    assert_eq!(response.status(), 200);
    response.into_json()["attachment"].take()
}

#[test]
fn a_comment_is_listed_whole() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    let me = server.get_json("/api/v2/users/me")["user"]["id"].take();
    let made = server.attach(&upload["token"]);
    let event = &made["audit"]["events"][0];
    let expected = json!({
        "id": event["id"], "type": "Comment", "author_id": me, "body": "see files",
        "html_body": "<div class=\"zd-comment\" dir=\"auto\"><p dir=\"auto\">see files</p></div>",
        "plain_body": "see files", "public": true, "attachments": upload["attachments"],
        "audit_id": made["audit"]["id"],
        "via": {"channel": "api", "source": {"from": {}, "to": {}, "rel": null}},
        "created_at": "2026-01-01T00:00:00Z", "metadata": {"system": {}, "custom": {}}
    });
    for path in [COMMENTS, "/api/v2/tickets/1/comments.json", "/api/v2//tickets/1/comments"] {
        let listed = json!({
            "comments": [expected], "next_page": null, "previous_page": null, "count": 1
        });
        assert_eq!(server.get_json(path), listed, "{path}");
    }
}

#[test]
fn comments_are_listed_in_the_order_in_which_they_were_said() {
    let server = server();
    server.create_ticket(&json!({"description": "first"}));
    let made: Vec<_> = ["second", "third"]
        .map(|body| {
            pass(&server, 60);
            say(&server, &json!({ "body": body }))["audit"]["events"][0]["id"].take()
        })
        .into();
    let comments = server.comments(&json!(1));
    let column = |name: &str| comments.iter().map(|said| said[name].clone()).collect::<Vec<_>>();
    assert_eq!(column("body"), ["first", "second", "third"]);
    assert_eq!(column("id")[1..], made);
    let times = ["2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z"];
    assert_eq!(column("created_at"), times);
    assert_eq!(column("type"), ["Comment"; 3]);
}

#[test]
fn files_stay_with_the_comment_that_brought_them() {
    let server = server();
    let (first, second) = (server.upload("a.txt", "a"), server.upload("b.txt", "b"));
    server.attach(&first["token"]);
    say(&server, &json!({"body": "none"}));
    say(&server, &json!({"body": "one", "uploads": [second["token"]]}));
    let attached: Vec<_> =
        server.comments(&json!(1)).iter_mut().map(|said| said["attachments"].take()).collect();
    assert_eq!(attached, [first["attachments"].clone(), json!([]), second["attachments"].clone()]);
}

#[test]
fn attachments_that_are_part_of_a_text_are_listed_for_who_asks_for_them() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let upload = server.upload(&format!("b.txt&token={}", token(&upload)), "b");
    server.attach(&upload["token"]);
    let beside = &upload["attachments"][0];
    let inline = make_inline(&server, &upload["attachments"][1]);
    assert_eq!(inline["inline"], true);
    let attached = |query: &str| {
        server.get_json(&format!("{COMMENTS}{query}"))["comments"][0]["attachments"].take()
    };
    for query in ["", "?include_inline_images=false", "?include_inline_images=", "?include=users"] {
        assert_eq!(attached(query), json!([beside]), "{query}");
    }
    for query in ["?include_inline_images=true", "?page[size]=1&include_inline_images=true"] {
        assert_eq!(attached(query), json!([beside, inline]), "{query}");
    }
    let audit = server.get_json(AUDITS)["audits"][0].take();
    assert_eq!(audit["events"][0]["attachments"], json!([beside, inline]));
    assert_eq!(server.download(&inline), b"b");
}

#[test]
fn a_private_comment_says_so_and_a_ticket_of_them_is_private() {
    let server = server();
    let private = json!({"body": "among us", "public": false});
    let made = server.create_ticket(&json!({ "comment": private }));
    assert_eq!(made["audit"]["events"][0]["public"], false);
    assert_eq!(made["ticket"]["is_public"], false);
    assert_eq!(say(&server, &private)["ticket"]["is_public"], false);
    let changed = say(&server, &json!({"body": "to all"}));
    assert_eq!(changed["ticket"]["is_public"], true);
    assert_eq!(say(&server, &private)["ticket"]["is_public"], true);
    let public: Vec<_> =
        server.comments(&json!(1)).iter().map(|said| said["public"].clone()).collect();
    assert_eq!(public, [false, false, true, false]);
}

#[test]
fn html_is_kept_and_has_a_text_without_markup() {
    let server = server();
    server.create_ticket(&json!({"description": "first"}));
    let html = "<h1>Title</h1> a &lt; b &amp; <a href=\"https://example.com/\">c</a>";
    say(&server, &json!({"html_body": html, "body": "not this"}));
    say(&server, &json!({"html_body": "", "body": "a <b> & \"c\"\nd\n\ne"}));
    let comments = server.comments(&json!(1));
    let bodies = |said: &Value| ["body", "plain_body", "html_body"].map(|name| said[name].clone());
    let wrapped = |inner: &str| format!("<div class=\"zd-comment\" dir=\"auto\">{inner}</div>");
    assert_eq!(bodies(&comments[1]), ["Title a < b & c", "Title a < b & c", &wrapped(html)]);
    let paragraphs =
        "<p dir=\"auto\">a &lt;b&gt; &amp; &quot;c&quot;\n<br>d</p>\n\n<p dir=\"auto\">e</p>";
    assert_eq!(
        bodies(&comments[2]),
        ["a <b> & \"c\"\nd\n\ne", "a <b> & \"c\"\n\nd \n\n e", &wrapped(paragraphs)]
    );
}

#[test]
fn a_comment_may_be_said_by_somebody_else() {
    let server = server();
    let me = server.get_json("/api/v2/users/me")["user"]["id"].take();
    server.create_ticket(&json!({"comment": {"body": "b", "author_id": 77}}));
    let changed = say(&server, &json!({"body": "mine"}));
    assert_eq!(
        (&changed["audit"]["author_id"], changed["audit"]["events"][0]["author_id"].clone()),
        (&me, me.clone())
    );
    let comments = server.comments(&json!(1));
    assert_eq!([&comments[0]["author_id"], &comments[1]["author_id"]], [&json!(77), &me]);
}

#[test]
fn comments_and_audits_name_the_program_that_sent_them() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    let body = json!({"ticket": {"comment": {"body": "b"}}});
    let long = "x".repeat(300);
    for (sent, told) in [("tester/1.0", "tester/1.0"), (&*long, &long[..255])] {
        let request = server.put("/api/v2/tickets/1").agent().header("user-agent", sent);
        assert_eq!(request.json(&body).fetch().status(), 200);
        let last = server.comments(&json!(1)).pop().expect("a comment");
        assert_eq!(last["metadata"]["system"]["client"], told);
        let audit = server.get_json(&format!("{AUDITS}?sort_order=desc"))["audits"][0].take();
        assert_eq!(audit["metadata"]["system"]["client"], told);
    }
}

#[test]
fn audits_are_listed_as_they_were_answered() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let mut answered = vec![server.attach(&upload["token"])["audit"].take()];
    pass(&server, 60);
    answered.push(say(&server, &json!({"body": "more"}))["audit"].take());
    let change = json!({"ticket": {"tags": ["t"]}});
    let changed = server.put("/api/v2/tickets/1").agent().json(&change).fetch().into_json();
    answered.push(changed["audit"].clone());
    let listed = server.get_json(AUDITS);
    assert_eq!(
        listed,
        json!({"audits": answered, "next_page": null, "previous_page": null, "count": 3})
    );
}

#[test]
fn every_success_has_an_entity_tag_that_changes_with_what_it_says() {
    let server = server();
    let upload = server.post("/api/v2/uploads?filename=a.txt").agent().body("a").fetch();
    let body = json!({"ticket": {"comment": {"body": "b"}}});
    let request = json!({"request": {"comment": {"body": "b"}}});
    let tags = [
        upload.header("etag"),
        server.post("/api/v2/tickets").agent().json(&body).fetch().header("etag"),
        server.post("/api/v2/imports/tickets").agent().json(&body).fetch().header("etag"),
        server.put("/api/v2/tickets/1").agent().json(&body).fetch().header("etag"),
        server.post("/api/v2/requests").agent().json(&request).fetch().header("etag"),
        server.get("/api/v2/tickets").agent().fetch().header("etag"),
        server.get("/api/v2/tickets/1").agent().fetch().header("etag"),
        server.get(COMMENTS).agent().fetch().header("etag"),
        server.get(AUDITS).agent().fetch().header("etag"),
        server.get("/api/v2/requests/1").agent().fetch().header("etag"),
        server.get("/api/v2/users/me").agent().fetch().header("etag"),
    ];
    for tag in &tags {
        let digits = tag.strip_prefix("W/\"").and_then(|rest| rest.strip_suffix('"'));
        let digits = digits.unwrap_or_else(|| panic!("{tag} among {tags:?}"));
        assert!(digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit()), "{tag}");
    }
    let before = server.get(COMMENTS).agent().fetch().header("etag");
    assert_eq!(server.get(COMMENTS).agent().fetch().header("etag"), before);
    say(&server, &json!({"body": "more"}));
    assert_ne!(server.get(COMMENTS).agent().fetch().header("etag"), before);
    let refused = server.get("/api/v2/tickets/99").agent().fetch();
    assert_eq!((refused.status().as_u16(), refused.header("etag")), (404, String::new()));
}

#[test]
fn what_a_client_has_already_is_not_sent_again() {
    let server = server();
    server.attach(&server.upload("a.txt", "a")["token"]);
    for path in [COMMENTS, AUDITS, "/api/v2/tickets", "/api/v2/tickets/1", "/api/v2/requests/1"] {
        let asked = |known: &str| server.get(path).agent().header("if-none-match", known).fetch();
        let first = server.get(path).agent().fetch();
        let (tag, modified) = (first.header("etag"), first.header("last-modified"));
        let strong = tag.trim_start_matches("W/");
        for known in [&tag, strong, &format!("\"other\", {tag}"), "*"] {
            let answer = asked(known);
            assert_eq!(answer.status(), 304, "{path} {known}");
            assert_eq!(answer.header("etag"), tag, "{path} {known}");
            assert_eq!(answer.header("last-modified"), modified, "{path} {known}");
            assert_eq!(answer.header("content-type"), "", "{path} {known}");
            assert_eq!(answer.bytes().expect("no body").len(), 0, "{path} {known}");
        }
        for other in ["\"other\"", "W/\"\"", "x", ""] {
            assert_eq!(asked(other).status(), 200, "{path} {other}");
        }
        say(&server, &json!({"body": "more"}));
        pass(&server, 1);
        say(&server, &json!({"body": "and more"}));
        assert_eq!(asked(&tag).status(), 200, "{path} has changed");
    }
}

#[test]
fn a_change_or_a_refusal_is_never_not_modified() {
    let server = server();
    let body = json!({"ticket": {"comment": {"body": "b"}}});
    for (request, status) in [
        (server.post("/api/v2/tickets").agent().json(&body), 201),
        (server.put("/api/v2/tickets/1").agent().json(&body), 200),
        (server.get("/api/v2/tickets/2").agent(), 404),
        (server.get("/api/v2/tickets/1"), 401),
    ] {
        assert_eq!(request.header("if-none-match", "*").fetch().status(), status);
    }
}

#[test]
fn a_list_of_comments_says_when_the_last_of_them_was_said() {
    let server = server();
    server.create_ticket(&json!({"description": "first"}));
    let modified = |query: &str| {
        server.get(&format!("{COMMENTS}{query}")).agent().fetch().header("last-modified")
    };
    assert_eq!(modified(""), "Thu, 01 Jan 2026 00:00:00 GMT");
    pass(&server, 90);
    say(&server, &json!({"body": "more"}));
    for query in ["", "?sort_order=desc", "?page[size]=1&sort_order=desc", "?page=2&per_page=1"] {
        assert_eq!(modified(query), "Thu, 01 Jan 2026 00:01:30 GMT", "{query}");
    }
    assert_eq!(modified("?page[size]=1"), "Thu, 01 Jan 2026 00:00:00 GMT");
}
