//! Each rule finds a planted violation and passes what only looks like one.

use super::RULES;
use super::sources::Sources;

/// What all rules find in these files, one violation a line.
fn found(files: &[(&str, &str)]) -> String {
    let sources = Sources::parse(files.iter().copied());
    let mut found: Vec<_> = RULES.iter().flat_map(|rule| (rule.violations)(&sources)).collect();
    found.sort();
    found.join("\n")
}

#[track_caller]
fn passes(files: &[(&str, &str)]) {
    assert_eq!(found(files), "", "in {files:?}");
}

#[test]
fn a_dependency_outwards_is_found() {
    for (file, text, name) in [
        ("src/core/a.rs", "use crate::config::Config;", "crate::config::Config"),
        ("src/core/mod.rs", "use super::server::Server;", "crate::server::Server"),
        ("src/core/a.rs", "mod b { use super::super::super::seed; }", "crate::seed"),
        ("src/core/a.rs", "fn f() { crate::http::urls::find(); }", "crate::http::urls::find"),
        ("src/core/a.rs", "fn f() { run!(x, [crate::http::run()]); }", "crate::http::run"),
        ("src/core/a.rs", "pub use crate::http::Urls;", "crate::http::Urls"),
        ("src/core/a.rs", "use crate::Server;", "crate::Server"),
        ("src/sigv4/mod.rs", "use crate::core::clock::Clock;", "crate::core::clock::Clock"),
        ("src/fidelity/mod.rs", "use crate::core::clock;", "crate::core::clock"),
        ("src/seed/mod.rs", "use crate::fidelity::all;", "crate::fidelity::all"),
        ("src/http/a/mod.rs", "use crate::handle::Handle;", "crate::handle::Handle"),
    ] {
        assert_eq!(found(&[(file, text)]), format!("{file}:1: {name}"));
    }
    assert_eq!(
        found(&[("src/extra/mod.rs", "//! New.")]),
        "src/extra/mod.rs:1: is in no part of LAYERS"
    );
    passes(&[("src/server/mod.rs", "use crate::{core::Account, handle::Handle, sigv4};")]);
    passes(&[("src/core/a.rs", "use super::b::B;\nuse std::sync::Arc;\nuse crate::core::ids;")]);
    passes(&[(
        "src/core/b.rs",
        "mod inner { use super::super::ids; pub(in crate::core) fn f() {} }",
    )]);
    passes(&[("src/lib.rs", "mod http;\nmod core;\npub use core::Clock;\npub use http::Urls;")]);
    passes(&[("src/cli/mod.rs", "use zendesk_mock::Config;")]);
}

#[test]
fn a_service_that_knows_another_one_is_found() {
    let guide = "use super::super::guide::Image;";
    let pipeline = "use crate::http::pipeline::cors;";
    let name = "crate::http::guide::Image";
    for file in ["support/uploads.rs", "pipeline/cors.rs", "exchange/urls.rs"] {
        let file = format!("src/http/{file}");
        assert_eq!(found(&[(&file, guide)]), format!("{file}:1: {name}"));
    }
    assert_eq!(
        found(&[("src/http/exchange/urls.rs", pipeline)]),
        "src/http/exchange/urls.rs:1: crate::http::pipeline::cors"
    );
    // A re-export hides nothing.
    let files = [
        ("src/http/mod.rs", "pub use self::guide::Image;"),
        ("src/http/bucket/mod.rs", "\nuse super::Image;"),
    ];
    assert_eq!(found(&files), format!("src/http/bucket/mod.rs:2: {name}"));
    passes(&[
        ("src/http/routes.rs", "use super::guide::Image;"),
        ("src/http/guide/images.rs", guide),
    ]);
    passes(&[("src/http/support/uploads.rs", pipeline)]);
}

#[test]
fn a_foreign_name_in_an_inner_part_is_found() {
    for (text, name) in [
        ("use std::{sync::Arc, env};", "std::env"),
        ("use tracing;", "tracing"),
        ("use tokio::sync as s;\nfn f() { s::spawn(); }", "tokio::sync"),
        ("fn f() -> ::std::net::IpAddr { todo() }", "std::net::IpAddr"),
        ("fn f() { tracing::warn!(\"x\") }", "tracing::warn"),
        ("#[derive(Debug, serde_json::Serialize)]\nstruct A;", "serde_json::Serialize"),
        ("mod a { use http::Method; }", "http::Method"),
        ("use serde::de::Visitor;", "serde::de::Visitor"),
        ("fn f() -> schemars::Schema { todo() }", "schemars::Schema"),
    ] {
        let all = found(&[("src/core/a.rs", text)]);
        assert!(all.starts_with(&format!("src/core/a.rs:1: {name}")), "{all:?} in {text}");
    }
    let config = [("src/config/mod.rs", "use serde::Serialize;\nuse tower::Service;")];
    assert_eq!(found(&config), "src/config/mod.rs:2: tower::Service");
    for text in [
        "// use axum::Router;",
        "use serde::{Deserialize, Serialize};\n#[derive(Serialize)]\nstruct A;",
        "/* use axum::Router;\n /* nested */ tokio::spawn */",
        "/// See [`http::StatusCode`].\nfn f() {}",
        "const A: &str = \"serde::Serialize \\\" axum::x\";",
        "const A: &str = r#\"tokio::\"spawn\"#;",
        "fn f() { let http = 1; let x = y.http; g(http); }",
        "#[cfg(test)]\nmod tests {\n    use tokio::spawn;\n}",
        "impl A {\n    /// Doc.\n    #[cfg(test)]\n    fn f(x: http::Uri) {}\n}",
    ] {
        passes(&[("src/core/a.rs", text)]);
    }
    passes(&[("src/core/a/tests.rs", "use axum::Router;")]);
}

#[test]
fn a_cycle_of_imports_is_found() {
    let parent = "mod a;\nmod b;\npub use self::a::A;\nuse self::b::B;\npub struct Parent(B);";
    let b = ("src/core/b.rs", "use super::A;\npub struct B(A);");
    assert_eq!(
        found(&[("src/core/mod.rs", parent), ("src/core/a.rs", "pub struct A(super::Parent);"), b]),
        "src/core/a.rs:1: imports src/core/mod.rs → src/core/b.rs → src/core/a.rs\n\
         src/core/b.rs:1: imports src/core/a.rs → src/core/mod.rs → src/core/b.rs\n\
         src/core/mod.rs:4: imports src/core/b.rs → src/core/a.rs → src/core/mod.rs"
    );
    // A re-export is no import, and what it names is found where it is defined.
    let parent = "mod a;\nmod b;\npub use self::a::A;\npub use self::b::B;";
    passes(&[("src/core/mod.rs", parent), ("src/core/a.rs", "pub struct A;"), b]);
    // The parts of one file may know one another.
    passes(&[("src/core/a.rs", "mod x { use super::y::Y; }\nmod y { use super::x::X; }")]);
}

#[test]
fn a_second_source_of_time_or_randomness_is_found() {
    let time = "#[expect(\n    clippy::disallowed_methods,\n    reason = \"\"\n)]\nfn f() {}";
    assert_eq!(
        found(&[("src/core/a.rs", time)]),
        "src/core/a.rs:1: real time in a file that REAL_TIME does not list"
    );
    passes(&[("src/core/clock.rs", time)]);
    let random = "use rand::rngs::ChaCha8Rng;";
    assert_eq!(found(&[("src/core/a.rs", random)]), "src/core/a.rs:1: rand::rngs::ChaCha8Rng");
    passes(&[("src/core/ids.rs", random)]);
}

#[test]
fn a_name_that_is_not_unique_or_no_verb_is_found() {
    let types = "\nenum A {}\nstruct B { a: A }\ntrait C { type Out; }\ntype D = B;";
    assert_eq!(
        found(&[("src/core/a.rs", types), ("src/http/mod.rs", types)]),
        ["A", "B", "C", "D"]
            .iter()
            .zip(2..)
            .map(|(name, line)| format!("src/http/mod.rs:{line}: {name} is also in src/core/a.rs"))
            .collect::<Vec<_>>()
            .join("\n")
    );
    passes(&[("src/core/a.rs", types), ("src/core/a/tests.rs", types), ("tests/it/a.rs", types)]);
    assert_eq!(
        found(&[("src/core/a.rs", "impl A {\n fn of() {}\n}\nfn of_b() {}\nfn offer() {}")]),
        "src/core/a.rs:2: of\nsrc/core/a.rs:4: of_b"
    );
}

#[test]
fn a_long_file_or_comment_is_found() {
    let code = "const _: () = ();\n".repeat(340);
    let long = code.clone() + &"//\n".repeat(11);
    let tests = "/// Doc.\n#[cfg(test)]\nmod tests {\n    fn f() {\n    }\n}\n";
    assert_eq!(found(&[("src/http/mod.rs", &long)]), "src/http/mod.rs:351: 351 lines");
    let tested = format!("{code}{tests}").replace("fn f() {\n", &format!("fn f() {{\n{code}"));
    passes(&[("src/http/mod.rs", &tested)]);
    passes(&[("src/http/mod.rs", &format!("//! Long because it is a table.\n{long}"))]);
    passes(&[("tests/it/a.rs", &long), ("src/core/a/tests.rs", &long)]);

    let words = "word ".repeat(20);
    let trailing = format!("const A: u8 = 0; // {words}\n/// {words}|\nstruct A;");
    for file in ["src/a/tests.rs", "tests/it/a.rs", "benches/a.rs"] {
        let expected = format!("{file}:1: 120 columns\n{file}:2: 105 columns");
        assert_eq!(found(&[(file, &trailing)]), expected);
    }
    let string = format!("const A: &str = \"// {words}\";\n// | {words}\n// https://a {words}");
    passes(&[("src/http/mod.rs", &string)]);
}

#[test]
fn an_unwanted_word_is_found() {
    let text = "//! Who.\n/*\n nobody */\nfn f() { g(\"asks\n anew\"); }\n// whole who_is patient";
    let comments = "a.rs:1: \"Who\"\nsrc/http/a.rs:3: \"nobody\"\nsrc/http/a.rs:5: \"anew\"";
    assert_eq!(found(&[("src/http/a.rs", text)]), format!("src/http/{comments}"));
    let in_test = "tests/it/a.rs:1: \"Who\"\ntests/it/a.rs:3: \"nobody\"";
    assert_eq!(found(&[("tests/it/a.rs", text)]), in_test);
    passes(&[("src/http/a.rs", "fn who(anew: u8) {}")]);
}
