//! Flags and environment variables.

use crate::harness::child::{Child, ServerProcess, command, run};
use crate::harness::*;

/// The name of the environment variable of a flag.
fn variable(flag: &str) -> String {
    format!("ZENDESK_MOCK_{}", flag.to_uppercase().replace('-', "_"))
}

#[test]
fn a_flag_outweighs_the_environment_variable() {
    let flag = ServerProcess::start(&["--frozen-at", "2026-01-01T00:00:00Z"]);
    assert_eq!(date(&flag), "Thu, 01 Jan 2026 00:00:00 GMT");

    let mut environment = command(&[]);
    environment.env("ZENDESK_MOCK_PORT", "0");
    environment.env("ZENDESK_MOCK_FROZEN_AT", "2027-01-01T00:00:00Z");
    assert_eq!(date(&ServerProcess::spawn(environment)), "Fri, 01 Jan 2027 00:00:00 GMT");

    let mut both = command(&["--port=0", "--frozen-at=2028-01-01T00:00:00Z"]);
    both.env("ZENDESK_MOCK_FROZEN_AT", "2027-01-01T00:00:00Z");
    assert_eq!(date(&ServerProcess::spawn(both)), "Sat, 01 Jan 2028 00:00:00 GMT");
}

#[test]
fn a_switch_takes_an_optional_value_and_a_variable() {
    let faithful = |arguments: &[&str], environment: Option<&str>| {
        let mut command = command(&[&["--port=0"], arguments].concat());
        if let Some(value) = environment {
            command.env("ZENDESK_MOCK_FAITHFUL", value);
        }
        let server = ServerProcess::spawn(command);
        let client = reqwest::blocking::Client::new();
        let agent = |request: reqwest::blocking::RequestBuilder| {
            request.bearer_auth("x").send().expect("an answer")
        };
        let upload = agent(client.post(server.url("/api/v2/uploads?filename=a")).body("x"));
        let upload: serde_json::Value =
            serde_json::from_str(&upload.text().expect("a body")).expect("JSON");
        let token = text(&upload["upload"]["token"]);
        // Under `faithful`, showing an upload is 404.
        agent(client.get(server.url(&format!("/api/v2/uploads/{token}")))).status() == 404
    };
    assert!(!faithful(&[], None));
    assert!(faithful(&["--faithful"], None));
    assert!(!faithful(&["--faithful=false"], Some("true")));
    assert!(faithful(&[], Some("1")));
    assert!(faithful(&[], Some("true")));
    assert!(!faithful(&[], Some("false")));
}

/// A flag, invalid values, and a part of the error message.
const REFUSED: &[(&str, &[&str], &str)] = &[
    ("host", &["nowhere", "127.0.0.1:80"], "IP address"),
    ("port", &["70000", "http"], "0 to 65535"),
    ("public-url", &["desk.test", "https://desk.test/path"], "https://desk.example.test"),
    ("trust-forwarded", &["perhaps"], "true or false"),
    ("domains", &[".test"], "zendesk.com"),
    ("max-accounts", &["0", "1000001"], "number"),
    ("max-connections", &["0"], "at least 1"),
    ("idle-timeout", &["0s", "later"], "time"),
    ("max-memory", &["lots"], "50MiB"),
    ("auth", &["some"], "any, anonymous-requests, none, strict"),
    ("credentials", &["no-colon"], "Bearer TOKEN"),
    ("cors", &["maybe"], "open, faithful, off"),
    ("rate-limit", &["0", "-1", "many"], "off"),
    ("endpoint-limits", &["100", "enterprise"], "off, standard, high-volume, sandbox"),
    ("faithful", &["perhaps"], "true or false"),
    ("upload-ttl", &["soon", "0s"], "time"),
    ("max-upload-size", &["0", "big"], "size"),
    ("too-large-status", &["500"], "413 or 422"),
    ("max-files-per-upload", &["0"], "at least 1"),
    ("max-filename-length", &["0"], "at least 1"),
    ("unknown-type", &["guess"], "accept, reject"),
    ("upload-checks", &["loose"], "lenient, strict"),
    ("missing-extension", &["yes"], "inherit, accept, reject"),
    ("wrong-extension", &["yes"], "inherit, accept, reject"),
    ("undecodable-text", &["yes"], "inherit, accept, reject"),
    ("empty-content-type", &["yes"], "inherit, accept, reject"),
    ("other-form-name", &["maybe"], "accept, reject"),
    ("curl-form-type", &["drop"], "guess, keep"),
    ("bad-token-on-ticket", &["shrug"], "reject, ignore"),
    ("private-attachments", &["perhaps"], "true or false"),
    ("downloads", &["proxy"], "direct, redirect"),
    ("download-ttl", &["0s", "soon"], "time"),
    ("download-url", &["files.test", "http://files.test/path"], "https://desk.example.test"),
    ("malformed-json-status", &["500"], "422 or 400"),
    ("hidden-request-status", &["401"], "404 or 403"),
    ("attachment-only-comment", &["maybe"], "reject, accept"),
    ("impersonation", &["basic"], "any, bearer"),
    ("image-session-check", &["maybe"], "true or false"),
    ("upload-content-type", &["xml"], "accept, json, text"),
    ("image-ttl", &["0s", "169h", "long"], "time"),
    ("max-image-size", &["0", "big"], "size"),
    ("image-types", &["text/plain", "image/PNG"], "image/webp"),
    ("bucket-size-check", &["none"], "max, declared, off"),
    ("image-type-check", &["magic"], "declared, sniff, off"),
    ("image-reuse", &["once"], "conflict, repeat"),
    ("bad-image-token-status", &["500"], "404 or 400"),
    ("control-token", &["a b"], "printable ASCII"),
    ("access-key-id", &["a/b", "a b"], "printable ASCII"),
    ("secret-access-key", &["a b"], "printable ASCII"),
    ("proxy-passthrough", &["perhaps"], "true or false"),
    ("real-hosts", &["perhaps"], "true or false"),
    ("ca-dir", &["Cargo.toml"], "takes the path of a directory"),
    ("ca-file", &["no/such/directory/file"], "existing directory"),
    ("frozen-at", &["noon"], "2026-01-01T00:00:00Z"),
    ("seed-data", &["no/such/file"], "takes a seed as JSON"),
    ("log", &["loud"], "off, error, warn, info, debug"),
    ("deleted-ticket-ttl", &["soon", "-1s"], "a time"),
    ("export-delay", &["soon"], "a time"),
    ("job-duration", &["soon", "-1s"], "a time"),
    ("log-format", &["xml"], "text, json"),
    ("ready-file", &["no/such/directory/file"], "existing directory"),
    ("exit-on-stdin-close", &["perhaps"], "--exit-on-stdin-close"),
];

/// Numeric flags, and a part of the error message for a value that is not a number.
const NUMBERS: &[(&str, &str)] = &[
    ("max-accounts", "number"),
    ("max-connections", "number"),
    ("too-large-status", "number"),
    ("max-files-per-upload", "number"),
    ("max-filename-length", "number"),
    ("malformed-json-status", "number"),
    ("hidden-request-status", "number"),
    ("bad-image-token-status", "number"),
    ("random-seed", "number"),
];

/// Starts with an invalid value, as a flag and as a variable. Returns what is missing in the error
/// message.
fn check_refusal(flag: &str, value: &str, accepts: &str) -> Option<String> {
    let free_port: &[&str] = if flag == "port" { &[] } else { &["--port=0"] };
    let variable = variable(flag);
    let as_flag = command(&[free_port, &[&*format!("--{flag}={value}")]].concat());
    let mut as_variable = command(free_port);
    as_variable.env(&variable, value);
    let flag = format!("--{flag}");
    [(as_flag, &flag), (as_variable, &variable)].into_iter().find_map(|(command, source)| {
        let shown = format!("{command:?}");
        // `Child::wait` has a timeout in case the server starts.
        let ended = Child::spawn(command).wait();
        let named = ended.stderr.contains(source) && ended.stderr.contains(&flag);
        let good = ended.code == Some(2) && named && ended.stderr.contains(accepts);
        (!good).then(|| format!("{shown} should say {accepts:?}: {ended:?}\n"))
    })
}

#[test]
fn an_invalid_value_is_refused_with_the_valid_ones() {
    let failures: String = REFUSED
        .iter()
        .flat_map(|(flag, values, accepts)| values.iter().map(move |value| (flag, value, accepts)))
        .filter_map(|(flag, value, accepts)| check_refusal(flag, value, accepts))
        .collect();
    assert_eq!(failures, "");
}

#[test]
fn a_value_that_is_not_a_number_is_refused() {
    let failures: String =
        NUMBERS.iter().filter_map(|(flag, accepts)| check_refusal(flag, "x", accepts)).collect();
    assert_eq!(failures, "");
}

#[test]
fn every_setting_is_in_the_tables() {
    let help = run(command(&["--help"])).stdout;
    let flags: Vec<_> = help
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--"))
        .filter_map(|flag| flag.split([' ', '=', '[']).next())
        .collect();
    assert!(flags.len() > 30, "{help}");
    for flag in flags {
        let known = REFUSED.iter().any(|(name, ..)| *name == flag)
            || NUMBERS.iter().any(|(name, _)| *name == flag);
        assert!(known, "--{flag} has no bad value in the tables");
        assert!(help.contains(&variable(flag)), "--{flag} has no variable in {help}");
    }
}

#[test]
fn auth_strict_needs_credentials() {
    let ended = run(command(&["--port=0", "--auth=strict"]));
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("--credentials") && ended.stderr.contains("strict"), "{ended:?}");
}

#[test]
fn an_unknown_flag_is_refused_with_the_nearest() {
    let ended = run(command(&["--uplod-ttl=1h"]));
    assert_eq!(ended.code, Some(2));
    let names = ["--uplod-ttl", "--upload-ttl"];
    assert!(names.iter().all(|name| ended.stderr.contains(name)), "{ended:?}");
}

#[test]
fn a_variable_with_a_typo_is_refused_with_the_nearest() {
    for arguments in [&["--port=0"][..], &["ready"]] {
        let mut misspelt = command(arguments);
        misspelt.env("ZENDESK_MOCK_UPLOAD_TLL", "72h");
        let ended = run(misspelt);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        let hint = "ZENDESK_MOCK_UPLOAD_TLL is no setting; did you mean ZENDESK_MOCK_UPLOAD_TTL?";
        assert!(ended.stderr.contains(hint), "{ended:?}");
    }
}

#[test]
fn an_unknown_variable_is_refused_and_those_of_kubernetes_are_ignored() {
    for (unknown, hint) in [
        ("ZENDESK_MOCK_SEED", "did you mean ZENDESK_MOCK_SEED_DATA?"),
        ("ZENDESK_MOCK_XYZZY", "--help lists all"),
    ] {
        let mut command = command(&["--port=0"]);
        command.env(unknown, "1");
        let ended = run(command);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        let problem = format!("{unknown} is no setting; {hint}");
        assert!(ended.stderr.contains(&problem), "{ended:?}");
    }
    let mut other = command(&["--port=0", "--log=off"]);
    other.env("ZENDESK_URL", "http://mock").env("ZENDESK_MOCK_URL", "http://mock");
    other.env("ZENDESK_MOCK_SERVICE_HOST", "10.0.0.7");
    other.env("ZENDESK_MOCK_UPLOAD_TLL", "");
    let serving = ServerProcess::spawn(other);
    serving.child.signal("TERM");
    assert_eq!(serving.child.wait().stderr, "");
}

#[test]
fn a_switch_with_a_separate_value_says_how_to_write_it() {
    let ended = run(command(&["--port=0", "--faithful", "true"]));
    assert_eq!(ended.code, Some(2), "{ended:?}");
    let how = "--faithful takes a value only after =: write --faithful or --faithful=true";
    assert!(ended.stderr.contains(how), "{ended:?}");
}

#[test]
fn help_is_short_or_has_all_settings_in_groups_and_examples() {
    let (short, long) = (run(command(&["-h"])).stdout, run(command(&["--help"])).stdout);
    for part in ["--upload-ttl", "--help lists all"] {
        assert!(short.contains(part), "{part} is not in {short}");
    }
    assert!(short.lines().count() < 45 && !short.contains("--image-reuse"), "{short}");
    for part in ["\nServer:", "\nImages:", "--image-reuse <conflict|repeat>", "\nExamples:"] {
        assert!(long.contains(part), "{part} is not in {long}");
    }
}

#[test]
fn values_are_accepted_in_the_usual_forms() {
    let server = ServerProcess::start(&[
        "--host=localhost",
        "--upload-ttl=3d",
        "--image-ttl=PT90S",
        "--download-ttl=90",
        "--max-upload-size=10MiB",
        "--max-image-size=5kB",
        "--rate-limit=team",
    ]);
    assert!(server.address.ip().is_loopback());
    let settings = reqwest::blocking::get(server.url("/_mock/settings")).expect("a response");
    let settings: serde_json::Value =
        serde_json::from_str(&settings.text().expect("a body")).expect("JSON");
    for (name, value) in [
        ("upload_ttl", serde_json::json!("72h")),
        ("image_ttl", serde_json::json!("1m 30s")),
        ("download_ttl", serde_json::json!("1m 30s")),
        ("max_upload_size", serde_json::json!(10 << 20)),
        ("max_image_size", serde_json::json!(5_000)),
        ("rate_limit", serde_json::json!(200)),
    ] {
        assert_eq!(settings["settings"][name], value, "{name}");
    }
}

#[test]
fn a_port_variable_of_kubernetes_is_ignored() {
    let mut command = command(&[]);
    command.env("ZENDESK_MOCK_PORT", "tcp://10.0.0.7:8080");
    let child = Child::spawn(command);
    // If the default port is in use, the error message names it.
    let mut line = String::new();
    if let Some(announced) = child.first_line() {
        line = announced;
        child.signal("TERM");
    }
    let ended = child.wait();
    let stderr = line + &ended.stderr;
    assert!(stderr.contains("127.0.0.1:3375"), "{stderr}");
    assert_ne!(ended.code, Some(2), "{stderr}");
}

fn date(server: &ServerProcess) -> String {
    let health = reqwest::blocking::get(server.url("/_mock/health")).expect("a response");
    health.headers()["date"].to_str().expect("text").to_owned()
}
