//! The arrows of the design, and what must not be where. Each rule reads the sources, so that
//! breaking one fails here, with file and line, before a reviewer has to notice.

use std::fmt;
use std::path::Path;

/// The longest source file, its tests not counted.
const LONGEST_FILE: usize = 400;

/// A rule, why it is one, and how to find what breaks it.
struct Rule {
    name: &'static str,
    reason: &'static str,
    /// Lines that break it, each with what is wrong there.
    broken: fn(&Source) -> Vec<(usize, String)>,
}

const RULES: &[Rule] = &[
    Rule {
        name: "core names no HTTP, JSON, runtime, environment, network or log",
        reason: "what Zendesk does must be testable and readable without how it is said",
        broken: |source| {
            const OUTSIDE: [&str; 11] = [
                "axum",
                "hyper",
                "http",
                "tower",
                "tokio",
                "serde",
                "serde_json",
                "tracing",
                "std::env",
                "std::net",
                "crate::http",
            ];
            source.in_folder("core", |path| OUTSIDE.iter().any(|outside| path.is_in(outside)))
        },
    },
    Rule {
        name: "core types are not serialisable",
        reason: "a serialisable type is a promise to clients, and those are made in http",
        broken: |source| {
            source.in_folder("core", |path| ["Serialize", "Deserialize"].contains(&path.last()))
        },
    },
    Rule {
        name: "core knows neither the settings nor the server",
        reason: "the arrows point from the edge to the core",
        broken: |source| {
            source.in_folder("core", |path| {
                ["crate::config", "crate::server", "crate::handle", "crate::sigv4"]
                    .iter()
                    .any(|up| path.is_in(up))
            })
        },
    },
    Rule {
        name: "sigv4 uses nothing of ours",
        reason: "it is AWS's algorithm, and could be a crate of its own",
        broken: |source| {
            source.in_folder("sigv4", |path| {
                path.written_from_the_root || path.is_in("crate") && !path.is_in("crate::sigv4")
            })
        },
    },
    Rule {
        name: "fidelity use nothing of ours",
        reason: "they are data, and who reads them should need nothing else",
        broken: |source| {
            source
                .in_folder("fidelity", |path| path.is_in("crate") && !path.is_in("crate::fidelity"))
        },
    },
    Rule {
        name: "sigv4 names no HTTP, JSON or runtime",
        reason: "presigning and verifying are pure functions",
        broken: |source| {
            const OUTSIDE: [&str; 9] = [
                "axum",
                "hyper",
                "http",
                "tower",
                "tokio",
                "serde",
                "serde_json",
                "tracing",
                "std::net",
            ];
            source.in_folder("sigv4", |path| OUTSIDE.iter().any(|outside| path.is_in(outside)))
        },
    },
    Rule {
        name: "http knows neither the server nor the command line",
        reason: "the arrows point from the edge to the core",
        broken: |source| {
            source.in_folder("http", |path| path.is_in("crate::server") || path.is_in("crate::cli"))
        },
    },
    Rule {
        name: "seed knows neither http nor the server",
        reason: "a test in Rust uses it too, and what is served is not its business",
        broken: |source| {
            source.in_folder("seed", |path| {
                ["crate::http", "crate::server", "crate::handle", "axum", "hyper", "tokio"]
                    .iter()
                    .any(|up| path.is_in(up))
            })
        },
    },
    Rule {
        name: "config knows neither http nor the server",
        reason: "settings are values; what is made of them is made elsewhere",
        broken: |source| {
            source.in_folder("config", |path| {
                path.is_in("crate::http") || path.is_in("crate::server")
            })
        },
    },
    Rule {
        name: "the time has one door",
        reason: "time that does not obey the test makes tests that wait",
        broken: |source| {
            const CLOCKS: [&str; 4] = ["SystemTime", "Instant", "Timestamp", "Zoned"];
            if source.module == ["core", "clock"] {
                return Vec::new();
            }
            let mut broken = source
                .paths_where(|path| path.last() == "now" && CLOCKS.contains(&path.second_last()));
            broken.retain(|(line, _)| !source.is_expected(*line));
            broken
        },
    },
    Rule {
        name: "no source file is longer than 400 lines, tests not counted",
        reason: "whoever looks for something should find it on a page or two",
        broken: |source| {
            let length = source.lines.iter().filter(|line| !line.is_test).count();
            if length <= LONGEST_FILE {
                return Vec::new();
            }
            vec![(source.lines.len(), format!("{length} lines"))]
        },
    },
];

/// What breaks a rule, where, and why it is one.
struct Violation {
    file: String,
    line: usize,
    what: String,
    rule: &'static Rule,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, what, rule: Rule { name, reason, .. } } = self;
        writeln!(f, "{file}:{line}: {what}\n    {name}: {reason}")
    }
}

fn violations(source: &Source) -> Vec<Violation> {
    RULES
        .iter()
        .flat_map(|rule| {
            let broken = (rule.broken)(source).into_iter();
            broken.map(move |(line, what)| Violation {
                file: source.file.clone(),
                line,
                what,
                rule,
            })
        })
        .collect()
}

#[test]
fn the_sources_keep_the_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    read_folder(&root, &mut sources);
    assert!(sources.len() > 30, "only {} source files were found", sources.len());
    for folder in ["core", "http", "sigv4", "config", "seed"] {
        assert!(sources.iter().any(|source| source.is_in(folder)), "no source is in {folder}");
    }
    let broken: String =
        sources.iter().flat_map(violations).map(|violation| violation.to_string()).collect();
    assert!(broken.is_empty(), "\n{broken}");
}

fn read_folder(folder: &Path, sources: &mut Vec<Source>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read_folder(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).expect("below the root").to_string_lossy();
            let text = std::fs::read_to_string(&path).expect("a source");
            sources.push(Source::new(&name.replace('\\', "/"), &text));
        }
    }
}

// The rules catch what they are for, and nothing else.

#[track_caller]
fn catches(file: &str, text: &str, line: usize, rule: &str) {
    let source = Source::new(file, text);
    let found = violations(&source);
    let all: String = found.iter().map(ToString::to_string).collect();
    assert!(
        found.iter().any(|found| found.line == line && found.rule.name.contains(rule)),
        "{file} breaks {rule:?} in line {line}, found only:\n{all}\n{text}"
    );
}

#[track_caller]
fn passes(file: &str, text: &str) {
    let all: String =
        violations(&Source::new(file, text)).iter().map(ToString::to_string).collect();
    assert_eq!(all, "", "in\n{text}");
}

#[test]
fn every_rule_catches_a_planted_violation() {
    let core = "src/core/uploads.rs";
    for outside in [
        "use axum::Router;",
        "use hyper::body;",
        "use http::StatusCode;",
        "use tower::Service as _;",
        "use tokio::sync::Mutex;",
        "use serde_json::Value;",
        "use std::{sync::Arc, env};",
        "use std::net::{IpAddr, Ipv4Addr};",
        "use tracing;",
        "use crate::{http::error, core::Error};",
        "use super::super::http::urls::Urls;",
        "fn f() { tokio::spawn(async {}); }",
        "fn f() -> ::std::net::IpAddr { todo() }",
        "fn f() { tracing::warn!(\"x\") }",
    ] {
        catches(core, &format!("//! Doc.\n\n{outside}\n"), 3, "core names no HTTP");
    }
    catches(core, "#[derive(Debug, serde::Serialize)]\nstruct A;", 1, "not serialisable");
    catches(core, "#[derive(Debug, Clone,\n  Deserialize)]\nstruct A;", 2, "not serialisable");
    catches(core, "use crate::config::Config;", 1, "core knows neither");
    catches("src/core/mod.rs", "use super::server::ZendeskMock;", 1, "core knows neither");

    catches("src/sigv4/mod.rs", "use crate::core::clock::Timestamp;", 1, "sigv4 uses nothing");
    catches("src/sigv4/claim.rs", "use super::super::config::Config;", 1, "sigv4 uses nothing");
    catches("src/sigv4.rs", "use crate::sigv4::Refusal;", 1, "sigv4 uses nothing");
    let other = "use crate::core::Error;";
    catches("src/fidelity/mod.rs", other, 1, "fidelity use nothing");

    catches("src/sigv4/mod.rs", "fn f(m: http::Method) {}", 1, "sigv4 names no HTTP");

    catches("src/http/mod.rs", "use crate::server::ZendeskMock;", 1, "http knows neither");
    catches("src/http/urls.rs", "use crate::cli;", 1, "http knows neither");
    catches("src/config.rs", "use crate::http::App;", 1, "config knows neither");
    catches("src/config.rs", "use super::server;", 1, "config knows neither");

    catches("src/seed/mod.rs", "use crate::http::App;", 1, "seed knows neither");
    catches("src/seed/read.rs", "fn f() { tokio::spawn(async {}); }", 1, "seed knows");

    for clock in ["std::time::Instant", "SystemTime", "jiff::Timestamp", "jiff::Zoned"] {
        let text = format!("fn f() {{\n    let t = {clock}::now();\n}}\n");
        catches("src/server.rs", &text, 2, "the time has one door");
    }
    let elsewhere =
        "#[expect(clippy::unused, reason = \"x\")]\nfn f() {}\nfn g() { Instant::now(); }";
    catches("src/server.rs", elsewhere, 3, "the time has one door");

    catches("src/http/form.rs", &"x();\n".repeat(401), 401, "no source file is longer");
    let long_and_tested = "x();\n".repeat(398) + "#[cfg(test)]\nmod tests;\n" + &"y();\n".repeat(3);
    catches("src/http/form.rs", &long_and_tested, 403, "no source file is longer");
}

#[test]
fn what_only_looks_like_a_violation_passes() {
    let core = "src/core/uploads.rs";
    for innocent in [
        "// use axum::Router;",
        "/* use axum::Router;\n /* nested */ tokio::spawn */",
        "/// See [`http::StatusCode`].\nfn f() {}",
        "const A: &str = \"serde::Serialize \\\" axum::x\";",
        "const A: &str = r#\"tokio::\"spawn\"#;",
        "const A: char = '\"'; const B: &str = \"axum::x\";",
        "fn f<'a>(x: &'a str) -> &'a str { x }",
        "fn f() { let http = 1; let x = y.http; }",
        "use super::Error;\nuse std::sync::Arc;\nuse crate::core::ids::Ids;",
        "mod inner { use super::super::ids::Ids; }",
        "#[cfg(test)]\nmod tests {\n    use tokio::spawn;\n    fn f() { Instant::now(); }\n}",
    ] {
        passes(core, innocent);
    }
    passes("src/sigv4/mod.rs", "mod claim;\nuse self::claim::Claim;\nuse hmac::Hmac;");
    passes("src/sigv4/claim.rs", "use super::canonical::Query;");
    passes("src/sigv4/tests.rs", "use crate::core::Error;");
    passes("src/http/uploads.rs", "use super::form;\nuse crate::core::uploads::Upload;");
    passes("src/http/bucket/mod.rs", "use self::error::S3Error;\nuse super::body;");
    passes("src/http/mod.rs", "fn f() { uploads::create; content::attachment; }");
    passes("src/core/clock.rs", "fn f() { Timestamp::now(); }");
    passes(
        "src/ready.rs",
        "#[expect(\n    clippy::disallowed_methods,\n    reason = \"x\"\n)]\nlet a = Instant::now();",
    );
    passes("src/http/form.rs", &"x();\n".repeat(400));
    let tested =
        "x();\n".repeat(400) + "#[cfg(test)]\nmod tests {\n" + &"y();\n".repeat(400) + "}\n";
    passes("src/http/form.rs", &tested);
}

// How a source is read: no parser, but comments, strings and tests are told from code.

/// A source file, its comments and strings blanked.
struct Source {
    /// Its name below the root of the project.
    file: String,
    /// The modules that lead to it.
    module: Vec<String>,
    lines: Vec<Line>,
    /// Every path in it, `use` trees spread out, tests left out.
    paths: Vec<Named>,
}

struct Line {
    code: String,
    is_test: bool,
}

/// A path such as `std::sync::Arc`, with `self` and `super` resolved.
struct Named {
    line: usize,
    segments: Vec<String>,
    written_from_the_root: bool,
}

impl Named {
    /// Whether it is this module or something in it.
    fn is_in(&self, module: &str) -> bool {
        let wanted: Vec<_> = module.split("::").collect();
        self.segments.len() >= wanted.len()
            && self.segments.iter().zip(&wanted).all(|(segment, wanted)| segment == wanted)
    }

    fn last(&self) -> &str {
        self.segments.last().map_or("", String::as_str)
    }

    fn second_last(&self) -> &str {
        self.segments.iter().rev().nth(1).map_or("", String::as_str)
    }
}

impl Source {
    fn new(file: &str, text: &str) -> Self {
        let below = file.strip_prefix("src/").unwrap_or(file);
        let below = below.strip_suffix(".rs").unwrap_or(below);
        let module: Vec<String> = below
            .split('/')
            .filter(|part| !["mod", "lib", "main"].contains(part))
            .map(ToOwned::to_owned)
            .collect();
        let blanked = blank(text);
        let tokens = tokens(&blanked);
        let is_test_file = module.last().is_some_and(|name| name == "tests");
        let tests = test_lines(&tokens);
        let is_test = |line: usize| {
            is_test_file || tests.iter().any(|(first, last)| (*first..=*last).contains(&line))
        };
        let mut paths = paths(&tokens, &module);
        paths.retain(|path| !is_test(path.line));
        let lines = blanked
            .lines()
            .enumerate()
            .map(|(index, code)| Line { code: code.to_owned(), is_test: is_test(index + 1) })
            .collect();
        Self { file: file.to_owned(), module, lines, paths }
    }

    fn is_in(&self, folder: &str) -> bool {
        self.module.first().is_some_and(|first| first == folder)
    }

    fn in_folder(&self, folder: &str, wrong: impl Fn(&Named) -> bool) -> Vec<(usize, String)> {
        if self.is_in(folder) { self.paths_where(wrong) } else { Vec::new() }
    }

    fn paths_where(&self, wrong: impl Fn(&Named) -> bool) -> Vec<(usize, String)> {
        let broken = self.paths.iter().filter(|path| wrong(path));
        broken.map(|path| (path.line, path.segments.join("::"))).collect()
    }

    /// Whether the statement in this line stands right below an `#[expect(…disallowed_methods…)]`.
    fn is_expected(&self, line: usize) -> bool {
        let mut above = String::new();
        for line in self.lines[..line - 1].iter().rev() {
            above.insert_str(0, &line.code);
            if line.code.trim_start().starts_with("#[expect(") {
                return above.contains("disallowed_methods");
            }
            // Another statement or item lies between.
            if line.code.trim_end().ends_with([';', '}']) {
                return false;
            }
        }
        false
    }
}

/// The text with comments and the contents of strings replaced by spaces, line for line.
fn blank(text: &str) -> String {
    let mut blanked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let previous = blanked.chars().next_back().unwrap_or(' ');
        let starts_word = !(previous.is_alphanumeric() || previous == '_');
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if next == '"' {
            quoted(rest, 1)
        } else if starts_word && (rest.starts_with("b\"") || rest.starts_with("c\"")) {
            quoted(rest, 2)
        } else if starts_word && let Some(length) = raw_string(rest) {
            length
        } else if next == '\''
            && let Some(length) = character(rest)
        {
            length
        } else {
            blanked.push(next);
            rest = &rest[next.len_utf8()..];
            continue;
        };
        let (hidden, after) = rest.split_at(length);
        blanked.extend(hidden.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = after;
    }
    blanked
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The length of a string whose contents begin at `from`.
fn quoted(text: &str, from: usize) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().filter(|(at, _)| *at >= from) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn raw_string(text: &str) -> Option<usize> {
    let after_r = text.strip_prefix('r').or_else(|| text.strip_prefix("br"))?;
    let hashes = after_r.len() - after_r.trim_start_matches('#').len();
    let contents = after_r[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let before = text.len() - contents.len();
    Some(contents.find(&end).map_or(text.len(), |at| before + at + end.len()))
}

/// The length of a character literal, or `None` for a lifetime.
fn character(text: &str) -> Option<usize> {
    let contents = &text[1..];
    let first = contents.chars().next()?;
    if first == '\\' {
        return contents[2..].find('\'').map(|at| at + 4);
    }
    let length = first.len_utf8();
    contents[length..].starts_with('\'').then_some(length + 2)
}

struct Token {
    line: usize,
    text: String,
}

/// Words, `::`, and single signs.
fn tokens(blanked: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for (index, line) in blanked.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(next) = rest.chars().next() {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let length = if is_word(next) {
                rest.find(|c| !is_word(c)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                next.len_utf8()
            };
            tokens.push(Token { line: index + 1, text: rest[..length].to_owned() });
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

fn is(tokens: &[Token], at: usize, text: &str) -> bool {
    tokens.get(at).is_some_and(|token| token.text == text)
}

fn is_name(tokens: &[Token], at: usize) -> bool {
    let starts_name = |c: char| c.is_alphabetic() || c == '_';
    tokens.get(at).is_some_and(|token| token.text.starts_with(starts_name))
}

/// First and last line of every item that is compiled for tests only.
fn test_lines(tokens: &[Token]) -> Vec<(usize, usize)> {
    const ATTRIBUTE: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let starts = (0..tokens.len())
        .filter(|at| ATTRIBUTE.iter().enumerate().all(|(n, text)| is(tokens, at + n, text)));
    starts
        .map(|start| {
            let mut depth = 0;
            for token in &tokens[start + ATTRIBUTE.len()..] {
                match token.text.as_str() {
                    "{" => depth += 1,
                    "}" => depth -= 1,
                    ";" => {}
                    _ => continue,
                }
                if depth == 0 {
                    return (tokens[start].line, token.line);
                }
            }
            (tokens[start].line, usize::MAX)
        })
        .collect()
}

/// Every path that is written somewhere, and every name in a `derive`.
fn paths(tokens: &[Token], module: &[String]) -> Vec<Named> {
    let mut found = Vec::new();
    // The modules that are open where we are, each with the depth of braces it was opened at.
    let mut inner: Vec<(String, usize)> = Vec::new();
    let mut depth = 0;
    let mut at = 0;
    while at < tokens.len() {
        let here: Vec<String> = ["crate".to_owned()]
            .into_iter()
            .chain(module.iter().cloned())
            .chain(inner.iter().map(|(name, _)| name.clone()))
            .collect();
        match tokens[at].text.as_str() {
            "mod" if is_name(tokens, at + 1) && is(tokens, at + 2, "{") => {
                inner.push((tokens[at + 1].text.clone(), depth));
                depth += 1;
                at += 3;
            }
            "{" => {
                depth += 1;
                at += 1;
            }
            "}" => {
                depth -= usize::from(depth > 0);
                inner.retain(|(_, opened_at)| *opened_at < depth);
                at += 1;
            }
            "use" => at = use_tree(tokens, at + 1, &[], &here, &mut found),
            "derive" => {
                while at < tokens.len() && !is(tokens, at, ")") {
                    if is_name(tokens, at) {
                        let segments = vec![tokens[at].text.clone()];
                        let line = tokens[at].line;
                        found.push(Named { line, segments, written_from_the_root: false });
                    }
                    at += 1;
                }
            }
            _ if is_name(tokens, at) && is(tokens, at + 1, "::") => {
                // What follows `>::` or a name is not the beginning of a path.
                let line = tokens[at].line;
                let mut segments = vec![tokens[at].text.clone()];
                at += 1;
                while is(tokens, at, "::") && is_name(tokens, at + 1) {
                    segments.push(tokens[at + 1].text.clone());
                    at += 2;
                }
                found.push(resolved(line, segments, &here));
            }
            _ => at += 1,
        }
    }
    found
}

/// Spreads out a `use` tree that begins at `at`, and tells where it ends.
fn use_tree(
    tokens: &[Token],
    mut at: usize,
    before: &[String],
    here: &[String],
    found: &mut Vec<Named>,
) -> usize {
    let mut path = before.to_vec();
    let line = tokens.get(at).map_or(0, |token| token.line);
    loop {
        if is(tokens, at, "{") {
            at += 1;
            while at < tokens.len() && !is(tokens, at, "}") {
                at = use_tree(tokens, at, &path, here, found);
                at += usize::from(is(tokens, at, ","));
            }
            return at + 1;
        }
        if is_name(tokens, at) {
            path.push(tokens[at].text.clone());
        }
        // A leading `::`, a name, or a star.
        at += usize::from(!is(tokens, at, "::"));
        if !is(tokens, at, "::") {
            break;
        }
        at += 1;
    }
    if is(tokens, at, "as") {
        at += 2;
    }
    found.push(resolved(line, path, here));
    at
}

/// The path as seen from the root, where it begins with `self` or `super`.
fn resolved(line: usize, segments: Vec<String>, here: &[String]) -> Named {
    let written_from_the_root = segments.first().is_some_and(|first| first == "crate");
    let ups = segments.iter().take_while(|segment| *segment == "super").count();
    let is_relative = ups > 0 || segments.first().is_some_and(|first| first == "self");
    let segments = if is_relative {
        let rest = segments.into_iter().filter(|segment| segment != "super" && segment != "self");
        here[..here.len().saturating_sub(ups)].iter().cloned().chain(rest).collect()
    } else {
        segments
    };
    Named { line, segments, written_from_the_root }
}
