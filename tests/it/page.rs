//! `/_mock/ui/`: how the page is served. `tests/page` drives it in a browser.

use reqwest::Method;
use serde_json::json;

use crate::harness::*;

const HOME: &str = "/_mock/ui/";
/// What Chromium accepts of a page.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// The files that the page refers to, and those that these import.
fn assets(server: &Server) -> Vec<String> {
    let mut found = vec![HOME.to_owned()];
    let mut read = 0;
    while let Some(path) = found.get(read).cloned() {
        read += 1;
        let text = server.get(&path).fetch().text().expect("a text");
        let words = text.split(['"', '\'']);
        let base = &path[..=path.rfind('/').expect("a folder")];
        let named = words.filter_map(|word| match word.strip_prefix("./") {
            Some(name) if name.ends_with(".js") => Some(format!("{base}{name}")),
            _ => word.starts_with(HOME).then(|| word.to_owned()),
        });
        for path in named {
            if !found.contains(&path) {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn a_browser_is_led_from_the_root_to_the_page() {
    let server = server();
    for (path, to) in [("/", HOME), ("/@acme", "/@acme/_mock/ui/"), ("/@acme/", "/@acme/_mock/ui/")]
    {
        let answer = server.get(path).header("accept", BROWSER).fetch();
        assert_eq!(answer.status(), 302, "{path}");
        assert_eq!(answer.header("location"), format!("{}{to}", server.mock.url()));
    }
    let answer = server.get("/_mock/ui").fetch();
    assert_eq!(answer.header("location"), format!("{}{HOME}", server.mock.url()));
}

#[test]
fn a_client_of_the_api_finds_nothing_at_the_root() {
    let server = server();
    for accept in ["*/*", "application/json", "text/*"] {
        let answer = server.get("/").header("accept", accept).agent().fetch();
        assert_eq!(answer.header("allow"), "");
        assert_eq!(answer.status_and_json(), no_endpoint(), "{accept}");
    }
    let answer = server.post("/").header("accept", BROWSER).agent().fetch();
    assert_eq!(answer.status_and_json(), no_endpoint());
    let entries = server.get_json("/_mock/journal")["entries"].take();
    let routes: Vec<_> =
        entries.as_array().expect("entries").iter().map(|it| &it["route"]).collect();
    assert_eq!(routes, [&json!(null); 4]);
}

#[test]
fn to_look_leaves_nothing_behind() {
    let server = server();
    for path in ["/@acme/", "/@acme/_mock/ui/", "/@acme/_mock/ui/app.js", "/"] {
        server.get(path).header("accept", BROWSER).fetch();
    }
    for path in ["files", "tickets", "journal", "account", "faults"] {
        server.get(&format!("/@acme/_mock/{path}")).fetch();
    }
    let accounts = server.get_json("/_mock/accounts")["accounts"].take();
    assert_eq!(accounts.as_array().map(Vec::len), Some(1), "{accounts}");
    assert_eq!(server.get_json("/_mock/journal")["last"], 0);
}

#[test]
fn all_files_of_the_page_are_served_safely_and_only_when_they_changed() {
    let server = server();
    let assets = assets(&server);
    assert!(assets.len() > 15, "{assets:?}");
    for path in &assets {
        let answer = server.get(path).fetch();
        assert_eq!(answer.status(), 200, "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; "), "{policy}");
        assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_eq!(answer.header("cache-control"), "no-cache");
        let etag = answer.header("etag");
        let again = server.get(path).header("if-none-match", &etag).fetch();
        assert_eq!((again.status().as_u16(), again.header("etag")), (304, etag), "{path}");
        let head = server.request(Method::HEAD, path).fetch();
        assert_eq!(head.header("content-length"), answer.header("content-length"));
    }
    let refused = server.get("/_mock/ui/missing.js").fetch();
    assert_eq!(refused.status(), 404);
    assert_eq!(server.post(HOME).fetch().status(), 404);
}

/// The page has no markup that is made of data, and no script or style in its markup.
#[test]
fn the_page_makes_no_markup() {
    let server = server();
    for path in assets(&server).iter().filter(|path| !path.contains("/vendor/")) {
        let text = server.get(path).fetch().text().expect("a text");
        for sink in ["innerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
            assert!(!text.contains(sink), "{path} has {sink}");
        }
        assert!(!text.contains("style=\"") && !text.contains("<style"), "{path}");
    }
}

#[test]
fn the_page_is_sent_compressed_and_small() {
    let server = server();
    let mut all = 0;
    for path in assets(&server) {
        let answer = server.get(&path).header("accept-encoding", "br, gzip;q=0.8").fetch();
        assert_eq!(answer.header("content-encoding"), "gzip", "{path}");
        assert_eq!(answer.header("vary"), "Accept-Encoding");
        let compressed = answer.bytes().expect("a body");
        assert_eq!(compressed[..2], [0x1f, 0x8b], "{path}");
        all += compressed.len();
        let plain = server.get(&path).header("accept-encoding", "gzip;q=0, br").fetch();
        assert_eq!(plain.header("content-encoding"), "");
    }
    assert!(all <= 100 * 1024, "{all} bytes");
}

/// The page opens from a link of any site. What it calls is checked.
#[test]
fn a_page_of_another_site_may_link_here_and_not_call() {
    let server = server();
    let from = |path: &str| {
        server.get(path).header("referer", "https://example.com/").header("accept", BROWSER)
    };
    assert_eq!(from("/").fetch().status(), 302);
    assert_eq!(from(HOME).fetch().status(), 200);
    assert_eq!(from("/_mock/files").fetch().status(), 403);
}
