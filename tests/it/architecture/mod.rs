//! The structure of the sources, as rules. A violation is reported with its file and line.
//!
//! Each rule says how many violations the tree still has (`known`). A change may lower that
//! number and never exceeds it.

mod planted;
mod sources;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Display;

use self::sources::{Source, Sources};

/// The parts of the library, from the edge to the centre. A part names only parts of later rows.
/// `main` and `cli` are a crate of their own: the compiler holds them to the public API.
const LAYERS: [&[&str]; 8] = [
    &["crate::server"],
    &["crate::handle"],
    &["crate::http"],
    &["crate::seed", "crate::fidelity", "crate::sigv4", "crate::tls"],
    &["crate::config"],
    &["crate::core"],
    // The binary has it, too.
    &["crate::whole_file"],
    // Only in tests.
    &["crate::docs_table"],
];

/// These could be crates of their own.
const SELF_CONTAINED: [&str; 3] = ["crate::core", "crate::fidelity", "crate::sigv4"];

/// The folders of `http` that serve requests of one kind.
const SERVICES: [&str; 6] = [
    "crate::http::bucket",
    "crate::http::control",
    "crate::http::files",
    "crate::http::guide",
    "crate::http::page",
    "crate::http::support",
];
const PIPELINE: &str = "crate::http::pipeline";
const EXCHANGE: &str = "crate::http::exchange";

/// Protocols, formats, the runtime and the environment, and the parts that name none of them.
const FOREIGN: [(&[&str], &[&str]); 2] = [
    (&["crate::core", "crate::sigv4"], &["serde_json", "tracing", "std::env", "std::net"]),
    (
        &["crate::core", "crate::sigv4", "crate::seed", "crate::config"],
        &["axum", "hyper", "http", "tower", "tokio"],
    ),
];

/// What `core` may name of serde and schemars: the traits that it derives. How a value is written is
/// a matter of `seed`, `config` and `http`.
const DERIVED: [&str; 3] = ["serde::Serialize", "serde::Deserialize", "schemars::JsonSchema"];

/// The files that may read real time. Each place gives its reason in an `#[expect]`.
const REAL_TIME: [&str; 5] =
    ["core/clock.rs", "cli/ready.rs", "handle/journal.rs", "log/format.rs", "/request_log.rs"];

/// The longest source file, its tests not counted.
const LONGEST_FILE: usize = 350;
const LONG_BECAUSE: &str = "//! Long because ";

/// Words of comments, errors and log lines that have a plainer one: name the thing (client,
/// handler, test), say "timeout".
const UNWANTED_WORDS: [&str; 7] =
    ["who", "whoever", "nobody", "somebody", "anew", "begun", "patience"];

/// Recorded texts that contain such a word.
const RECORDED: [&str; 0] = [];

const RULES: &[Rule] = &[
    Rule {
        name: "dependencies point from the edge to the core",
        reason: "a part can be read and tested without those that use it",
        known: 0,
        violations: dependencies_point_inwards,
    },
    Rule {
        name: "services do not know one another",
        reason: "a new service or step of the pipeline changes no other one",
        known: 0,
        violations: services_are_apart,
    },
    Rule {
        name: "inner parts name no protocol, format, runtime or environment",
        reason: "what Zendesk does can be tested and read without how it is said",
        known: 0,
        violations: inner_parts_name_nothing_foreign,
    },
    Rule {
        name: "files import one another in one direction",
        reason: "files of a cycle can only be understood together",
        known: 0,
        violations: imports_have_no_cycle,
    },
    Rule {
        name: "time comes from core::clock, randomness from core::ids",
        reason: "a test controls both",
        known: 0,
        violations: time_and_randomness_have_one_source,
    },
    Rule {
        name: "type names are unique",
        reason: "a name in a signature or in a search result means one thing",
        known: 0,
        violations: type_names_are_unique,
    },
    Rule {
        name: "no function is named `of`",
        reason: "a verb says whether something is made, found or computed",
        known: 0,
        violations: no_function_is_named_of,
    },
    Rule {
        name: "a source file has at most 350 lines, tests not counted",
        reason: "a longer file says why at its top: `//! Long because …`",
        known: 0,
        violations: files_are_short,
    },
    Rule {
        name: "comments have at most 100 columns",
        reason: "rustfmt does not break them, and an editor shows them in full",
        known: 16,
        violations: comments_fit,
    },
    Rule {
        name: "comments and messages use plain words",
        reason: "a reader should not have to learn a vocabulary first",
        known: 0,
        violations: words_are_plain,
    },
];

fn dependencies_point_inwards(sources: &Sources) -> Vec<String> {
    let layer = |name: &str| {
        LAYERS.iter().enumerate().find_map(|(depth, parts)| {
            parts.iter().find(|part| is_in(name, part)).map(|part| (depth, *part))
        })
    };
    let mut found = names_where(sources, |source, name| {
        let Some((from, part)) = layer(&source.module) else { return false };
        let is_inwards = |(to, other)| part == other || from < to;
        is_in(name, "crate")
            && (!layer(name).is_some_and(is_inwards)
                || SELF_CONTAINED.contains(&part) && !is_in(name, part))
    });
    let is_library = |source: &&Source| is_in(&source.module, "crate") && source.module != "crate";
    for source in sources.files.iter().filter(is_library).filter(|source| source.is_code()) {
        if layer(&source.module).is_none() {
            found.push(source.at(1, "is in no part of LAYERS"));
        }
    }
    found
}

fn services_are_apart(sources: &Sources) -> Vec<String> {
    names_where(sources, |source, name| {
        let service = |name: &str| SERVICES.iter().find(|service| is_in(name, service)).copied();
        let is_exchange = is_in(&source.module, EXCHANGE);
        let is_shared = is_exchange || is_in(&source.module, PIPELINE);
        match (service(&source.module), service(name)) {
            (Some(one), Some(other)) => one != other,
            (None, Some(_)) => is_shared,
            (_, None) => is_exchange && is_in(name, PIPELINE),
        }
    })
}

fn inner_parts_name_nothing_foreign(sources: &Sources) -> Vec<String> {
    names_where(sources, |source, name| {
        let is_written = is_in(&source.module, "crate::core")
            && (is_in(name, "serde") || is_in(name, "schemars"))
            && !DERIVED.contains(&name);
        is_written
            || FOREIGN.iter().any(|(parts, foreign)| {
                parts.iter().any(|part| is_in(&source.module, part))
                    && foreign.iter().any(|foreign| is_in(name, foreign))
            })
    })
}

fn imports_have_no_cycle(sources: &Sources) -> Vec<String> {
    let imports = sources.file_imports();
    let way_back = |(start, end): (usize, usize)| {
        let mut ways = VecDeque::from([vec![end]]);
        let mut seen = BTreeSet::from([end]);
        while let Some(way) = ways.pop_front() {
            let last = way[way.len() - 1];
            if last == start {
                return Some(way);
            }
            for (_, next) in imports.range((last, 0)..=(last, usize::MAX)).map(|(pair, _)| *pair) {
                if seen.insert(next) {
                    ways.push_back([&way[..], &[next]].concat());
                }
            }
        }
        None
    };
    let cycles = imports.iter().filter_map(|(import, line)| {
        let names = way_back(*import)?.into_iter().map(|file| sources.files[file].name.as_str());
        let names: Vec<_> = names.collect();
        Some(sources.files[import.0].at(*line, format!("imports {}", names.join(" → "))))
    });
    cycles.collect()
}

fn time_and_randomness_have_one_source(sources: &Sources) -> Vec<String> {
    // `clippy.toml` refuses the calls. Here it says where that may be lifted.
    let mut found = names_where(sources, |source, name| {
        is_in(name, "rand") && source.module != "crate::core::ids"
    });
    for source in &sources.files {
        let may_read_time = REAL_TIME.iter().any(|name| source.name.ends_with(name));
        for (line, attribute) in &source.attributes {
            if attribute.contains("disallowed_methods") && !may_read_time {
                found.push(source.at(*line, "real time in a file that REAL_TIME does not list"));
            }
        }
    }
    found
}

fn type_names_are_unique(sources: &Sources) -> Vec<String> {
    let mut first = BTreeMap::new();
    let mut found = Vec::new();
    for source in &sources.files {
        for (line, name) in &source.types {
            match first.get(name) {
                None => drop(first.insert(name, &source.name)),
                Some(other) => {
                    found.push(source.at(*line, format!("{name} is also in {other}")));
                }
            }
        }
    }
    found
}

fn no_function_is_named_of(sources: &Sources) -> Vec<String> {
    each(sources, |source| {
        let is_of = |name: &str| name == "of" || name.starts_with("of_");
        let functions = source.functions.iter().filter(move |(_, name)| is_of(name));
        functions.map(|(line, name)| (*line, name.clone())).collect()
    })
}

fn files_are_short(sources: &Sources) -> Vec<String> {
    each(sources, |source| {
        let lines = source.lines.len().saturating_sub(source.test_lines);
        let says_why = source.lines.iter().any(|line| line.starts_with(LONG_BECAUSE));
        let is_long = source.is_code() && lines > LONGEST_FILE && !says_why;
        is_long.then(|| (LONGEST_FILE + 1, format!("{lines} lines"))).into_iter().collect()
    })
}

fn comments_fit(sources: &Sources) -> Vec<String> {
    each(sources, |source| {
        let lines: BTreeSet<_> = source.comments.iter().map(|(line, _)| *line).collect();
        let columns = |line: usize| source.lines[line - 1].chars().count();
        let is_link_or_table = |line: usize| {
            let text = &source.lines[line - 1];
            let words = text.trim_start().trim_start_matches(['/', '!']).trim_start();
            text.contains("://") || words.starts_with(['|', '['])
        };
        let long =
            lines.into_iter().filter(|line| columns(*line) > 100 && !is_link_or_table(*line));
        long.map(|line| (line, format!("{} columns", columns(line)))).collect()
    })
}

fn words_are_plain(sources: &Sources) -> Vec<String> {
    each(sources, |source| {
        let mut found = Vec::new();
        let is_source = source.name.starts_with("src/");
        let strings = source.strings.iter().filter(|_| is_source);
        for (line, text) in source.comments.iter().chain(strings) {
            if RECORDED.iter().any(|recorded| text.contains(recorded)) {
                continue;
            }
            let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
            let unwanted = words.filter(|word| {
                UNWANTED_WORDS.iter().any(|unwanted| word.eq_ignore_ascii_case(unwanted))
            });
            found.extend(unwanted.map(|word| (*line, format!("\"{word}\""))));
        }
        found
    })
}

struct Rule {
    name: &'static str,
    reason: &'static str,
    known: usize,
    violations: fn(&Sources) -> Vec<String>,
}

impl Source {
    fn is_code(&self) -> bool {
        self.name.starts_with("src/") && self.test_lines < self.lines.len()
    }

    fn at(&self, line: usize, violation: impl Display) -> String {
        format!("{}:{line}: {violation}", self.name)
    }
}

fn is_in(name: &str, module: &str) -> bool {
    name.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn each(sources: &Sources, violations: impl Fn(&Source) -> Vec<(usize, String)>) -> Vec<String> {
    let of_file = |source| {
        let violations = violations(source).into_iter();
        violations.map(|(line, what)| source.at(line, what)).collect::<Vec<_>>()
    };
    sources.files.iter().flat_map(of_file).collect()
}

/// What a file names and should not, each once.
fn names_where(sources: &Sources, is_wrong: impl Fn(&Source, &str) -> bool) -> Vec<String> {
    each(sources, |source| {
        let mut wrong = BTreeMap::new();
        for path in &source.paths {
            for name in sources.names(path) {
                if is_wrong(source, &name) {
                    wrong.entry(name).or_insert(path.line);
                }
            }
        }
        wrong.into_iter().map(|(name, line)| (line, name)).collect()
    })
}

#[test]
fn the_sources_keep_the_rules() {
    let sources = Sources::read(&["src", "tests", "benches"]);
    let mut broken = String::new();
    for Rule { name, reason, known, violations } in RULES {
        let found = violations(&sources);
        let list: String = found.iter().map(|violation| format!("  {violation}\n")).collect();
        let count = format!("{name} ({reason}): {} violations, {known} known\n{list}", found.len());
        if found.len() > *known {
            broken += &count;
        } else if found.len() < *known {
            println!("`known` can be lowered: {count}");
        }
    }
    assert!(broken.is_empty(), "\n{broken}");
}
