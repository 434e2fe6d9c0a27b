//! `zendesk-mock exec`

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::harness::child::{Child, command, run};
use crate::harness::tls::client_config;
use crate::harness::*;

/// `exec` with these flags, and a script that `sh` runs.
fn exec(flags: &[&str], script: &str) -> Command {
    command(&[&["exec"], flags, &["--", "sh", "-c", script]].concat())
}

/// A running script that has printed the URL of its server and the file of its certificate.
struct Running {
    child: Child,
    address: SocketAddr,
    ca_pem: String,
}

impl Running {
    /// Runs a script that ends with its standard input.
    fn start(flags: &[&str]) -> Self {
        let mut command =
            exec(flags, "echo $ZENDESK_MOCK_URL; echo $NODE_EXTRA_CA_CERTS; read line; exit 0");
        command.env_remove("NODE_EXTRA_CA_CERTS").stdin(Stdio::piped());
        let child = Child::spawn(command);
        let url = child.stdout_line();
        let address = url.strip_prefix("http://").expect("a URL").parse().expect("an address");
        let ca_pem = fs::read_to_string(child.stdout_line()).expect("the certificate");
        Self { child, address, ca_pem }
    }

    fn send(&self, request: &str) -> RawResponse {
        let mut connection = Connection::open(self.address);
        let opened =
            connection.exchange("CONNECT acme.zendesk.com:443 HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(opened.status(), 200);
        let connection = connection.start_tls("acme.zendesk.com", client_config(&self.ca_pem));
        connection.expect("a handshake").exchange(request)
    }

    fn upload(&self) {
        let answer = self.send(&format!(
            "POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: acme.zendesk.com\r\n{AGENT}Content-Length: 1\r\n\r\na"
        ));
        assert_eq!(answer.status(), 201, "{answer}");
    }

    fn end(mut self) -> (Option<i32>, String) {
        self.child.close_stdin();
        let exit = self.child.wait();
        (exit.code, exit.stderr)
    }
}

#[test]
fn a_command_meets_the_server_under_the_real_host_name() {
    let seed = r#"{"tickets": [{"subject": "Seeded", "comments": [{"body": "hello"}]}]}"#;
    let running = Running::start(&["--seed-data", seed]);
    running.upload();
    let tickets = Connection::open(running.address)
        .exchange(&format!("GET /api/v2/tickets HTTP/1.1\r\nHost: localhost\r\n{AGENT}\r\n"));
    assert!(String::from_utf8_lossy(&tickets.body).contains("Seeded"), "{tickets}");
    assert_eq!(running.end(), (Some(0), String::new()));
}

#[test]
fn a_command_gets_the_variables_of_its_runtime_and_nothing_is_left() {
    let script = "echo \"$HTTPS_PROXY $https_proxy $NO_PROXY $HTTP_PROXY\"
        echo $SSL_CERT_FILE $REQUESTS_CA_BUNDLE $CURL_CA_BUNDLE $AWS_CA_BUNDLE
        echo $NODE_OPTIONS
        echo $JAVA_TOOL_OPTIONS
        cat $SSL_CERT_FILE; exit 3";
    let mut command = exec(&[], script);
    let own = std::env::temp_dir().join(format!("zendesk-mock-own-{}.pem", std::process::id()));
    // A comment may have any encoding.
    fs::write(&own, b"the system's authorities\n\xe9").expect("a file");
    command.env("NO_PROXY", "db").env("SSL_CERT_FILE", &own).env("NODE_OPTIONS", "--no-warnings");
    command.env("REQUESTS_CA_BUNDLE", "/no/such/bundle").env("CURL_CA_BUNDLE", &own);
    command.env("HTTP_PROXY", "http://proxy.internal").env_remove("AWS_CA_BUNDLE");
    let exit = run(command);
    let _ = fs::remove_file(own);
    assert_eq!(exit.code, Some(3), "{exit:?}");
    let unreadable = "REQUESTS_CA_BUNDLE names /no/such/bundle, which cannot be read";
    assert!(exit.stderr.contains(unreadable), "{exit:?}");
    let lines: Vec<_> = exit.stdout.lines().collect();
    let [proxies, bundles, node, java, first, rest @ ..] = &*lines else { panic!("{lines:?}") };
    let proxies: Vec<_> = proxies.split(' ').collect();
    assert_eq!(proxies[0], proxies[1]);
    assert!(proxies[0].starts_with("http://127.0.0.1:"), "{proxies:?}");
    assert_eq!(proxies[2], "db,localhost,127.0.0.1,::1");
    assert_eq!(proxies[3], "http://proxy.internal", "plain HTTP is left alone");
    let bundles: Vec<_> = bundles.split(' ').collect();
    assert!(bundles.len() == 4 && bundles.iter().all(|path| *path == bundles[0]), "{bundles:?}");
    assert!(node.starts_with("--no-warnings --require=\"/"), "{node}");
    assert!(java.contains("-Djavax.net.ssl.trustStore=\"/") && java.contains("-Dhttps.proxyPort="));
    assert_eq!(*first, "the system's authorities");
    let certificates = || rest.iter().filter(|line| line.starts_with("-----BEGIN CERTIFICATE"));
    assert!(certificates().count() >= 1, "{rest:?}");
    let named = rest.iter().filter(|line| line.contains("the system's authorities")).count();
    assert_eq!(named, 0, "a file that two variables name is read once");
    let directory = Path::new(bundles[0]).parent().expect("a directory");
    assert!(!directory.exists(), "{}", directory.display());
}

#[test]
fn variables_of_the_user_do_not_lead_past_the_server() {
    let mut command = exec(&[], "echo $NO_PROXY/$no_proxy/${ALL_PROXY-none}/${all_proxy-none}");
    command.env("NO_PROXY", ".zendesk.com,*,db,.test").env("no_proxy", "cache,db");
    command.env("ALL_PROXY", "socks5://127.0.0.1:9").env("all_proxy", "socks5://127.0.0.1:9");
    let exit = run(command);
    // Names below `test` may be those of other servers of the suite.
    let hosts = "db,.test,cache,localhost,127.0.0.1,::1";
    assert_eq!(exit.stdout.trim_end(), format!("{hosts}/{hosts}/none/none"), "{exit:?}");
    assert!(exit.stderr.contains("NO_PROXY of the command is without .zendesk.com, *"), "{exit:?}");
}

#[test]
fn a_temporary_directory_may_have_a_space_and_be_relative() {
    let name = format!("zendesk-mock a b {}", std::process::id());
    let directory = std::env::temp_dir().join(&name);
    fs::create_dir_all(&directory).expect("a directory");
    let mut command = exec(&[], "echo $NODE_OPTIONS; cat \"$SSL_CERT_FILE\" > /dev/null");
    command.current_dir(std::env::temp_dir()).env("TMPDIR", &name).env_remove("NODE_OPTIONS");
    let exit = run(command);
    let _ = fs::remove_dir_all(&directory);
    assert_eq!(exit.code, Some(0), "{exit:?}");
    let start = format!("--require=\"{}/zendesk-mock-exec-", directory.display());
    assert!(exit.stdout.starts_with(&start) && exit.stdout.ends_with("\"\n"), "{exit:?}");
}

#[test]
fn a_leak_or_an_unused_fault_turns_success_into_failure() {
    let fault = |running: &Running| {
        let body = r#"{"status": 503}"#;
        let answer = running.send(&format!(
            "POST /_mock/faults HTTP/1.1\r\nHost: acme.zendesk.com\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ));
        assert_eq!(answer.status(), 201, "{answer}");
    };
    let leaking = Running::start(&["--fail-on-leaks"]);
    leaking.upload();
    let (code, report) = leaking.end();
    assert_eq!(code, Some(1), "{report}");
    assert!(report.contains("the command succeeded; the exit code is 1 because"), "{report}");
    assert!(report.contains("account acme: these tokens miss a step:\n  upload "), "{report}");

    let unused = Running::start(&["--fail-on-unused-faults"]);
    fault(&unused);
    let (code, report) = unused.end();
    assert_eq!(code, Some(1), "{report}");
    assert!(
        report
            .contains("account acme: no request triggered fault 1 (status 503), and 0 matched it"),
        "{report}"
    );

    let neither = Running::start(&[]);
    neither.upload();
    fault(&neither);
    assert_eq!(neither.end(), (Some(0), String::new()));
    let clean = Running::start(&["--fail-on-leaks", "--fail-on-unused-faults"]);
    clean.send(&format!("GET /api/v2/tickets HTTP/1.1\r\nHost: acme.zendesk.com\r\n{AGENT}\r\n"));
    assert_eq!(clean.end(), (Some(0), String::new()));
}

#[test]
fn a_command_that_sends_nothing_is_reported() {
    let exit = run(exec(&[], "exit 0"));
    assert_eq!(exit.code, Some(0), "{exit:?}");
    assert!(exit.stderr.contains("the command sent no request to Zendesk's endpoints"), "{exit:?}");
}

#[test]
fn a_report_lists_some_leaks_and_counts_the_others() {
    let leaking = Running::start(&["--fail-on-leaks"]);
    for _ in 0..25 {
        leaking.upload();
    }
    let (_, report) = leaking.end();
    assert_eq!(report.matches("\n  upload ").count(), 20, "{report}");
    assert!(report.contains("\n  and 5 more"), "{report}");
}

#[test]
fn the_code_of_a_command_that_fails_is_kept() {
    assert_eq!(run(exec(&["--fail-on-leaks"], "exit 9")).code, Some(9));
    assert_eq!(run(exec(&[], "kill -s KILL $$")).code, Some(128 + 9));
    let missing = run(command(&["exec", "--", "/no/such/command"]));
    assert_eq!(missing.code, Some(127));
    assert!(missing.stderr.contains("cannot run /no/such/command"), "{missing:?}");
    assert_eq!(run(command(&["exec", "--", "/"])).code, Some(126));
}

#[test]
fn signals_are_passed_on() {
    let ignored = ignored_signals();
    for (number, signal, code) in
        [(15, "TERM", 7), (2, "INT", 8), (1, "HUP", 9), (10, "USR1", 10), (12, "USR2", 11)]
    {
        // Below nohup, and in the background of a script, children ignore some.
        if ignored & (1 << (number - 1)) != 0 {
            continue;
        }
        // A shell that has forked ignores the signal until it runs `sleep`, which then goes on. So it
        // must not hold the output.
        let script = "end() { kill $!; exit $1; }
            trap 'end 7' TERM; trap 'end 8' INT; trap 'end 9' HUP
            trap 'end 10' USR1; trap 'end 11' USR2
            sleep 60 > /dev/null 2>&1 & echo $SSL_CERT_FILE; wait";
        let child = Child::spawn(exec(&[], script));
        let bundle = child.stdout_line();
        assert!(Path::new(&bundle).exists());
        child.signal(signal);
        assert_eq!(child.wait().code, Some(code), "{signal}");
        assert!(!Path::new(&bundle).exists(), "{bundle}");
    }
}

/// The signals that this process was started to ignore, as a bit each.
fn ignored_signals() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}

#[test]
#[cfg(target_os = "linux")]
fn a_signal_that_is_ignored_stays_ignored() {
    let program = command(&[]).get_program().to_string_lossy().into_owned();
    let script = format!(
        "trap '' HUP; exec '{program}' exec -- sh -c 'kill -s HUP $PPID; kill -s HUP $$; exit 5'"
    );
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]);
    assert_eq!(run(shell).code, Some(5));
}

#[test]
fn a_mistake_is_explained() {
    let without = run(command(&["exec", "pytest", "-q"]));
    assert_eq!(without.code, Some(2), "{without:?}");
    assert!(without.stderr.contains("zendesk-mock exec -- pytest"), "{without:?}");
    let mut nowhere = exec(&[], "echo ran");
    nowhere.env("TMPDIR", "/no/such/directory");
    let nowhere = run(nowhere);
    assert_eq!((nowhere.code, nowhere.stdout.as_str()), (Some(1), ""), "{nowhere:?}");
    let explained =
        nowhere.stderr.contains("/no/such/directory/") && nowhere.stderr.contains("TMPDIR");
    assert!(explained, "{nowhere:?}");
}

#[test]
fn a_bad_setting_is_refused_before_the_command_runs() {
    for (flags, part) in [
        (&["--upload-ttl=soon"][..], "--upload-ttl"),
        (&["--seed-data=no/such/file"], "--seed-data"),
        (&["--nosuch"], "--nosuch"),
    ] {
        let ended = run(exec(flags, "echo ran"));
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{ended:?}");
        assert!(ended.stderr.contains(part), "{ended:?}");
    }
    assert_eq!(run(command(&["exec"])).code, Some(2), "a command is required");
}
