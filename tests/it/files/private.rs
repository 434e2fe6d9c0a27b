//! Downloads with credentials: `private_attachments`.

use zendesk_mock::{Auth, Credential, Downloads};

use super::{assert_forbidden, file_of};
use crate::harness::images::*;
use crate::harness::*;

fn private() -> Server {
    configured(|config| config.account.private_attachments = true)
}

#[test]
fn a_private_file_needs_credentials() {
    let server = private();
    let upload = server.upload("dot.png", PNG);
    let file = &upload["attachment"];
    let urls = [&file["content_url"], &file["thumbnails"][0]["content_url"]].map(text);
    let assert_private = |when: &str| {
        for url in urls {
            assert_forbidden(server.get(url).fetch());
            for unreadable in ["Basic !!", "Bearer", ""] {
                assert_forbidden(server.get(url).header("authorization", unreadable).fetch());
            }
            assert_eq!(file_of(server.get(url).agent().fetch()), PNG, "{when}");
            assert_eq!(file_of(server.get(url).bearer_auth("any").fetch()), PNG, "{when}");
            assert_eq!(file_of(server.get(&format!("{url}&access_token=any")).fetch()), PNG);
        }
    };
    assert_private("unattached");
    server.attach(&upload["token"]);
    assert_private("attached");
    server.account.advance(10 * HOUR);
    assert_private("after expiry of the token");
}

#[test]
fn an_unknown_private_file_is_403_without_credentials() {
    let server = private();
    let unknown = "/attachments/token/0123456789012345678901234/?name=a.txt";
    assert_forbidden(server.get(unknown).fetch());
    assert_eq!(server.get(unknown).agent().fetch_json(), not_found());
}

#[test]
fn private_files_follow_the_auth_setting() {
    let known = vec![Credential::Bearer("good".to_owned())];
    let server = configured(|config| {
        config.account.private_attachments = true;
        config.account.auth = Auth::Strict;
        config.credentials = known;
    });
    let upload = server.post("/api/v2/uploads?filename=a.txt").bearer_auth("good").body("hello");
    let upload = upload.fetch().into_json()["upload"].take();
    let url = text(&upload["attachment"]["content_url"]);
    assert_forbidden(server.get(url).bearer_auth("bad").fetch());
    assert_forbidden(server.get(url).agent().fetch());
    assert_eq!(file_of(server.get(url).bearer_auth("good").fetch()), b"hello");
    let server = configured(|config| {
        config.account.private_attachments = true;
        config.account.auth = Auth::None;
    });
    assert_eq!(server.download(&server.upload("a.txt", "hello")["attachment"]), b"hello");
}

#[test]
fn published_images_are_public_under_private_attachments() {
    let server = configured(|config| {
        config.account.private_attachments = true;
        config.account.downloads = Downloads::Redirect;
    });
    let reserved = reserve_and_store(&server);
    let path = publish(&server, &reserved.token);
    assert_eq!(file_of(server.get(&path).fetch()), PNG);
}
