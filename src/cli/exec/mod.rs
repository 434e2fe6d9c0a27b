//! `zendesk-mock exec -- COMMAND`: a server for the time of one command, which meets it under
//! Zendesk's real host names.

mod environment;
mod files;
mod leftovers;
mod no_proxy;
mod signals;
mod trust_store;

use std::error::Error;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::process::{ExitCode, ExitStatus};
use std::time::Duration;

use tokio::process::Command;
use zendesk_mock::{FILE_HOSTS, ServerConfig, ZendeskMock};

use self::environment::{REMOVED, variables};
use self::files::ClientFiles;
use self::no_proxy::NoProxy;
use self::signals::PassedSignals;
use crate::cli::options::ExecOptions;
use crate::cli::stderr::report;
use crate::memory;

/// How long requests that the command left open may take.
const DRAIN: Duration = Duration::from_millis(500);

/// What a shell returns for a command that it may not run.
const NOT_EXECUTABLE: u8 = 126;

/// What a shell returns for a command that it does not find.
const NOT_RUN: u8 = 127;

/// What a shell returns for a command that a signal ends, less the number of the signal.
#[cfg(unix)]
const SIGNALLED: u8 = 128;

/// What `exec` returns for a command that succeeds and leaves something behind.
const LEFT_BEHIND: u8 = 1;

/// Runs the command beside a server. The exit code is that of the command, unless it leaves
/// something behind that it must not.
pub fn exec(config: ServerConfig, options: &ExecOptions) -> Result<ExitCode, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let code = runtime.block_on(async {
        // First, so that no signal is missed.
        let mut signals = PassedSignals::listen()?;
        let hosts = hosts(&config);
        let starting =
            tokio::task::spawn_blocking(|| ZendeskMock::builder().config(config).start());
        let server = tokio::select! {
            started = starting => started??,
            signal = signals.next() => return Ok(ended_by(signal).into()),
        };
        let address = reachable(server.address());
        let files = ClientFiles::write(server.ca_pem(), address, &hosts)?;
        let [program, arguments @ ..] = &*options.command else { return Ok(NOT_RUN.into()) };
        let mut command = Command::new(program);
        let no_proxy = NoProxy::read(&hosts);
        command.args(arguments).envs(variables(address, &files, &no_proxy));
        for variable in REMOVED {
            command.env_remove(variable);
        }
        if !no_proxy.dropped.is_empty() {
            let dropped = no_proxy.dropped.join(", ");
            report(&format!(
                "NO_PROXY of the command is without {dropped}: it covers hosts of this server; \
                 remove it from NO_PROXY"
            ));
        }
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => {
                let program = program.to_string_lossy();
                report(&format!("cannot run {program}: {error}"));
                let code = match error.kind() {
                    ErrorKind::PermissionDenied => NOT_EXECUTABLE,
                    _ => NOT_RUN,
                };
                return Ok(code.into());
            }
        };
        let status = {
            let mut giving_back = pin!(memory::give_back_freed(&server));
            loop {
                tokio::select! {
                    status = child.wait() => break status?,
                    signal = signals.next() => PassedSignals::pass(signal, &child),
                    () = &mut giving_back => {}
                }
            }
        };
        // Reads the accounts before they end with the server.
        let left = leftovers::find(&server, options.fail_on_leaks, options.fail_on_unused_faults);
        let is_unused = server.accounts().iter().all(|account| account.requests().is_empty());
        let stopped = tokio::task::spawn_blocking(move || server.shutdown(DRAIN));
        stopped.await?;
        drop(files);
        if is_unused {
            report(
                "the command sent no request to Zendesk's endpoints of the server; a client that \
                 ignores proxies may have reached the real Zendesk",
            );
        }
        for line in &left {
            report(line);
        }
        let code = exit_code(status);
        if code != 0 || left.is_empty() {
            return Ok::<_, Box<dyn Error>>(code.into());
        }
        report(
            "the command succeeded; the exit code is 1 because of --fail-on-leaks or \
             --fail-on-unused-faults",
        );
        Ok(LEFT_BEHIND.into())
    });
    runtime.shutdown_background();
    code
}

/// The address by which a command on this machine reaches its server.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

/// The domains and hosts that lead to the server. Names below `localhost` or `test` may be those of
/// other servers of the suite.
fn hosts(config: &ServerConfig) -> Vec<String> {
    let domains = config.domains.iter().filter(|domain| domain.contains('.')).cloned();
    domains.chain(FILE_HOSTS.map(str::to_owned)).collect()
}

/// The code of a command, as a shell has it: 128 and the number of the signal that ended it.
fn exit_code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return signalled(signal);
    }
    status.code().and_then(|code| u8::try_from(code & 0xff).ok()).unwrap_or(u8::MAX)
}

/// The code of a command that was ended before it ran.
#[cfg(unix)]
fn ended_by(signal: rustix::process::Signal) -> u8 {
    signalled(signal.as_raw())
}

#[cfg(not(unix))]
fn ended_by((): ()) -> u8 {
    1
}

#[cfg(unix)]
fn signalled(signal: i32) -> u8 {
    u8::try_from(signal).map_or(u8::MAX, |signal| SIGNALLED.saturating_add(signal))
}
