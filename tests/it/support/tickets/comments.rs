//! `/api/v2/tickets/{id}/comments` and `…/audits`. `support::pagination` tests their pages.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::*;

const COMMENTS: &str = "/api/v2/tickets/1/comments";
const AUDITS: &str = "/api/v2/tickets/1/audits";

fn add_comment(server: &Server, comment: &Value) -> Value {
    let body = json!({"ticket": {"comment": comment}});
    let response = server.put("/api/v2/tickets/1").agent().json(&body).fetch();
    assert_eq!(response.status(), 200, "{comment}");
    response.into_json()
}

fn advance(server: &Server, seconds: u64) {
    server.account.advance(Duration::from_secs(seconds));
}

fn make_inline(server: &Server, attachment: &Value) -> Value {
    let path = format!("/_mock/attachments/{}", attachment["id"]);
    let response = server.put(&path).json(&json!({"inline": true})).fetch();
    assert_eq!(response.status(), 200);
    response.into_json()["attachment"].take()
}

#[test]
fn a_comment_is_listed_with_all_properties() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    let me = server.get_json("/api/v2/users/me")["user"]["id"].take();
    let created = server.attach(&upload["token"]);
    let event = &created["audit"]["events"][0];
    let expected = json!({
        "id": event["id"], "type": "Comment", "author_id": me, "body": "see files",
        "html_body": "<div class=\"zd-comment\" dir=\"auto\"><p dir=\"auto\">see files</p></div>",
        "plain_body": "see files", "public": true, "attachments": upload["attachments"],
        "audit_id": created["audit"]["id"],
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
fn comments_are_listed_in_order_of_creation() {
    let server = server();
    server.create_ticket(&json!({"description": "first"}));
    let created: Vec<_> = ["second", "third"]
        .map(|body| {
            advance(&server, 60);
            add_comment(&server, &json!({ "body": body }))["audit"]["events"][0]["id"].take()
        })
        .into();
    let comments = server.comments(&json!(1));
    let column =
        |name: &str| comments.iter().map(|comment| comment[name].clone()).collect::<Vec<_>>();
    assert_eq!(column("body"), ["first", "second", "third"]);
    assert_eq!(column("id")[1..], created);
    let times = ["2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z"];
    assert_eq!(column("created_at"), times);
    assert_eq!(column("type"), ["Comment"; 3]);
}

#[test]
fn each_comment_has_the_files_that_it_attached() {
    let server = server();
    let (first, second) = (server.upload("a.txt", "a"), server.upload("b.txt", "b"));
    server.attach(&first["token"]);
    add_comment(&server, &json!({"body": "none"}));
    add_comment(&server, &json!({"body": "one", "uploads": [second["token"]]}));
    let attached: Vec<_> = server
        .comments(&json!(1))
        .iter_mut()
        .map(|comment| comment["attachments"].take())
        .collect();
    assert_eq!(attached, [first["attachments"].clone(), json!([]), second["attachments"].clone()]);
}

#[test]
fn inline_attachments_are_listed_on_request() {
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
fn a_ticket_with_only_private_comments_is_private() {
    let server = server();
    let private = json!({"body": "among us", "public": false});
    let created = server.create_ticket(&json!({ "comment": private }));
    assert_eq!(created["audit"]["events"][0]["public"], false);
    assert_eq!(created["ticket"]["is_public"], false);
    assert_eq!(add_comment(&server, &private)["ticket"]["is_public"], false);
    let changed = add_comment(&server, &json!({"body": "to all"}));
    assert_eq!(changed["ticket"]["is_public"], true);
    assert_eq!(add_comment(&server, &private)["ticket"]["is_public"], true);
    let public: Vec<_> =
        server.comments(&json!(1)).iter().map(|comment| comment["public"].clone()).collect();
    assert_eq!(public, [false, false, true, false]);
}

#[test]
fn html_is_kept_and_converted_to_plain_text() {
    let server = server();
    server.create_ticket(&json!({"description": "first"}));
    let html = "<h1>Title</h1> a &lt; b &amp; <i>c</i>";
    add_comment(&server, &json!({"html_body": html, "body": "not this"}));
    add_comment(&server, &json!({"html_body": "", "body": "a <b> & \"c\"\nd\n\ne"}));
    let comments = server.comments(&json!(1));
    let bodies =
        |comment: &Value| ["body", "plain_body", "html_body"].map(|name| comment[name].clone());
    let wrapped = |inner: &str| format!("<div class=\"zd-comment\" dir=\"auto\">{inner}</div>");
    assert_eq!(
        bodies(&comments[1]),
        ["# Title\n\na < b & _c_", "Title  a < b & c", &wrapped(html)]
    );
    let paragraphs = "<p dir=\"auto\">a &lt;b&gt; &amp; \"c\"\n<br>d</p>\n\n<p dir=\"auto\">e</p>";
    assert_eq!(
        bodies(&comments[2]),
        ["a <b> & \"c\"\nd\n\ne", "a <b> & \"c\"\n\nd \n\n e", &wrapped(paragraphs)]
    );
}

/// The text of images, blocks and Markdown wherever a comment is shown.
#[test]
fn a_text_has_the_same_forms_wherever_it_is_shown() {
    let server = server();
    let file = server.upload("dot.png", "png")["attachment"].take();
    let url = text(&file["content_url"]);
    let html = format!("<p>first</p><p>second</p><ul><li>one</li></ul>a<br>b<img src=\"{url}\">");
    let markdown = format!("**bold** ![]({url}) https://x.test");
    let rendered = format!(
        "<div class=\"zd-comment\" dir=\"auto\"><p dir=\"auto\"><strong>bold</strong> \
         <img src=\"{url}\" alt=\"\" /> <a href=\"https://x.test\" \
         rel=\"noreferrer\">https://x.test</a></p></div>"
    );
    let of_html = format!("first\n\nsecond\n\n* one\n\na\nb![]({url})");
    for (comment, body, plain, html_body) in [
        (json!({ "html_body": html }), &of_html, "first  second   one  a\nb", None),
        (json!({ "body": markdown }), &markdown, "bold  https://x.test", Some(&rendered)),
    ] {
        let created = server.create_ticket(&json!({ "comment": comment }));
        let ticket = &created["ticket"];
        assert_eq!(ticket["description"], **body);
        let listed = server.comments(&ticket["id"])[0].take();
        let request = format!("/api/v2/requests/{}", ticket["id"]);
        assert_eq!(server.get_json(&request)["request"]["description"], **body);
        let public = server.get_json(&format!("{request}/comments"))["comments"][0].take();
        for shown in [&created["audit"]["events"][0], &listed, &public] {
            assert_eq!((&shown["body"], &shown["plain_body"]), (&json!(body), &json!(plain)));
            if let Some(html_body) = html_body {
                assert_eq!(shown["html_body"], **html_body);
            }
            assert!(text(&shown["html_body"]).contains(&format!("<img src=\"{url}\"")), "{shown}");
        }
    }
}

#[test]
fn a_comment_may_have_another_author() {
    let server = server();
    let me = server.get_json("/api/v2/users/me")["user"]["id"].take();
    server.create_ticket(&json!({"comment": {"body": "b", "author_id": 77}}));
    let changed = add_comment(&server, &json!({"body": "mine"}));
    assert_eq!(
        (&changed["audit"]["author_id"], changed["audit"]["events"][0]["author_id"].clone()),
        (&me, me.clone())
    );
    let comments = server.comments(&json!(1));
    assert_eq!([&comments[0]["author_id"], &comments[1]["author_id"]], [&json!(77), &me]);
}

#[test]
fn comments_and_audits_have_the_user_agent() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    let body = json!({"ticket": {"comment": {"body": "b"}}});
    let long = "x".repeat(300);
    for (sent, shown) in [("tester/1.0", "tester/1.0"), (&*long, &long[..255])] {
        let request = server.put("/api/v2/tickets/1").agent().header("user-agent", sent);
        assert_eq!(request.json(&body).fetch().status(), 200);
        let last = server.comments(&json!(1)).pop().expect("a comment");
        assert_eq!(last["metadata"]["system"]["client"], shown);
        let audit = server.get_json(&format!("{AUDITS}?sort_order=desc"))["audits"][0].take();
        assert_eq!(audit["metadata"]["system"]["client"], shown);
    }
}

#[test]
fn audits_are_listed_as_they_were_returned() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let mut answered = vec![server.attach(&upload["token"])["audit"].take()];
    advance(&server, 60);
    answered.push(add_comment(&server, &json!({"body": "more"}))["audit"].take());
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
fn every_success_has_an_etag_that_follows_the_content() {
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
    add_comment(&server, &json!({"body": "more"}));
    assert_ne!(server.get(COMMENTS).agent().fetch().header("etag"), before);
    let refused = server.get("/api/v2/tickets/99").agent().fetch();
    assert_eq!((refused.status().as_u16(), refused.header("etag")), (404, String::new()));
}

#[test]
fn a_matching_if_none_match_is_304() {
    let server = server();
    server.attach(&server.upload("a.txt", "a")["token"]);
    for path in [COMMENTS, AUDITS, "/api/v2/tickets", "/api/v2/tickets/1", "/api/v2/requests/1"] {
        let get = |known: &str| server.get(path).agent().header("if-none-match", known).fetch();
        let first = server.get(path).agent().fetch();
        let (tag, modified) = (first.header("etag"), first.header("last-modified"));
        let strong = tag.trim_start_matches("W/");
        for known in [&tag, strong, &format!("\"other\", {tag}"), "*"] {
            let answer = get(known);
            assert_eq!(answer.status(), 304, "{path} {known}");
            assert_eq!(answer.header("etag"), tag, "{path} {known}");
            assert_eq!(answer.header("last-modified"), modified, "{path} {known}");
            assert_eq!(answer.header("content-type"), "", "{path} {known}");
            assert_eq!(answer.bytes().expect("no body").len(), 0, "{path} {known}");
        }
        for other in ["\"other\"", "W/\"\"", "x", ""] {
            assert_eq!(get(other).status(), 200, "{path} {other}");
        }
        add_comment(&server, &json!({"body": "more"}));
        advance(&server, 1);
        add_comment(&server, &json!({"body": "and more"}));
        assert_eq!(get(&tag).status(), 200, "{path} has changed");
    }
}

#[test]
fn a_write_or_a_refusal_is_never_304() {
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
fn comments_are_last_modified_at_their_last_comment() {
    let server = server();
    server.create_ticket(&json!({"description": "first"}));
    let modified = |query: &str| {
        server.get(&format!("{COMMENTS}{query}")).agent().fetch().header("last-modified")
    };
    assert_eq!(modified(""), "Thu, 01 Jan 2026 00:00:00 GMT");
    advance(&server, 90);
    add_comment(&server, &json!({"body": "more"}));
    for query in ["", "?sort_order=desc", "?page[size]=1&sort=-created_at", "?page=2&per_page=1"] {
        assert_eq!(modified(query), "Thu, 01 Jan 2026 00:01:30 GMT", "{query}");
    }
    assert_eq!(modified("?page[size]=1"), "Thu, 01 Jan 2026 00:00:00 GMT");
}
