//! `/api/v2/brands`: the brands of a seed, or one that every account begins with.

use serde_json::{Value, json};

use crate::harness::*;

const BRANDS: &str = "/api/v2/brands.json";

/// The ids of the brands, and which of them is the default.
fn brands(server: &Server, path: &str) -> Vec<(Value, bool)> {
    let list = server.get_json(path)["brands"].take();
    let brands = list.as_array().expect("a list").iter();
    brands.map(|brand| (brand["id"].clone(), brand["default"] == true)).collect()
}

#[test]
fn a_fresh_account_has_one_active_default_brand() {
    let server = server();
    for (path, subdomain) in [("", "default"), ("/@acme", "acme"), ("/@two", "two")] {
        let list = server.get_json(&format!("{path}{BRANDS}"));
        let brand = &list["brands"][0];
        assert_eq!(list["count"], 1, "{path}");
        assert_eq!((&brand["subdomain"], &brand["name"]), (&json!(subdomain), &json!(subdomain)));
        for (field, value) in [
            ("default", json!(true)),
            ("active", json!(true)),
            ("is_deleted", json!(false)),
            ("has_help_center", json!(true)),
            ("brand_url", json!(format!("{}{path}", server.mock.url()))),
        ] {
            assert_eq!(brand[field], value, "{field} of {path}");
        }
        let shown = server.get_json(text(&brand["url"]));
        assert_eq!(&shown["brand"], brand);
        let other = server.get(&format!("{path}/api/v2/brands/10017")).agent().fetch_json();
        assert_eq!(other, not_found());
    }
    assert_eq!(server.get(BRANDS).fetch_json(), unauthenticated());
    assert_eq!(server.mock.memory_used(), 0, "the brand is stored nowhere");
}

#[test]
fn the_default_brand_is_on_the_first_page() {
    let server = server();
    for (query, count) in [
        ("page[size]=1", 1),
        ("page=1&per_page=1", 1),
        ("page=2&per_page=1", 0),
        ("sort_order=desc", 1),
    ] {
        assert_eq!(brands(&server, &format!("{BRANDS}?{query}")).len(), count, "{query}");
    }
}

#[test]
fn one_seeded_brand_is_the_default() {
    let server = server();
    let brand = |id: u32| json!({"id": id, "name": "b"});
    let with = |id: u32, default: bool| json!({"id": id, "name": "b", "default": default});
    for (seed, expected) in [
        (json!([]), vec![(10016, true)]),
        (json!([brand(7)]), vec![(7, true)]),
        (json!([with(7, false)]), vec![(7, true)]),
        (json!([brand(7), brand(8)]), vec![(7, true), (8, false)]),
        (json!([brand(7), with(8, true)]), vec![(7, false), (8, true)]),
        (json!([with(7, false), brand(5), with(8, true)]), vec![(5, false), (7, false), (8, true)]),
    ] {
        server.account.seed(&json!({ "brands": seed }).to_string()).expect("a seed");
        let expected: Vec<_> = expected.into_iter().map(|(id, is)| (json!(id), is)).collect();
        assert_eq!(brands(&server, BRANDS), expected, "{seed}");
        let exported = server.account.export().expect("room");
        server.account.seed(&exported).expect("an export is a seed");
        assert_eq!(brands(&server, BRANDS), expected, "{seed} again");
    }
    let two = json!({"brands": [with(7, true), with(8, true)]}).to_string();
    let refused = server.account.seed(&two).expect_err("two defaults");
    assert_eq!(refused.to_string(), "brands[1].default: is true for one brand alone");
}

#[test]
fn every_seeded_brand_has_a_subdomain_of_its_own() {
    let server = server();
    let own = |name: &str, subdomain: &str| json!({"name": name, "subdomain": subdomain});
    let by_name = |name: &str| json!({ "name": name });
    for (seed, expected) in [
        (json!([by_name("One"), by_name("Two")]), vec!["default", "two"]),
        (
            json!([by_name("One"), {"name": "Two", "default": true, "subdomain": "two"}, by_name("Three")]),
            vec!["one", "two", "three"],
        ),
        (
            json!([own("A", "b"), by_name("B"), by_name("b"), by_name("  B! ")]),
            vec!["b", "b-2", "b-3", "b-4"],
        ),
        (json!([own("A", "a"), by_name("East  Coast (EU)")]), vec!["a", "east-coast-eu"]),
        (json!([own("A", "a"), by_name("Ü"), by_name("")]), vec!["a", "brand", "brand-3"]),
        // The subdomain of the account is for its default brand.
        (json!([own("A", "a"), by_name("Default")]), vec!["a", "default-2"]),
        (json!([by_name("A"), own("B", "default")]), vec!["a", "default"]),
    ] {
        server.account.seed(&json!({ "brands": seed }).to_string()).expect("a seed");
        let subdomains = || {
            let list = server.get_json(BRANDS)["brands"].take();
            let brands = list.as_array().expect("a list").iter();
            brands.map(|brand| text(&brand["subdomain"]).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(subdomains(), expected, "{seed}");
        let exported = server.account.export().expect("room");
        server.account.seed(&exported).expect("an export is a seed");
        assert_eq!(subdomains(), expected, "{seed} again");
    }
}

#[test]
fn an_export_leaves_out_the_brand_that_no_seed_brought() {
    let server = server();
    let exported = server.account.export().expect("room");
    let exported: Value = serde_json::from_str(&exported).expect("JSON");
    assert_eq!(exported.get("brands"), None);
}
