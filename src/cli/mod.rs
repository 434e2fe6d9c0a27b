//! The only reader of flags and environment.

pub mod ready;
mod serve;
mod values;

use std::ffi::OsStr;
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use clap::builder::Resettable;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use tracing::level_filters::LevelFilter;
use zendesk_mock::{SeedData, ServerConfig, SettingError};

pub use self::serve::LogFormat;
use self::serve::Serve;
use self::values::{address, port, time};

/// Answers as Zendesk does wherever a file gets in: ticket uploads and help-center images.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, next_line_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

/// What the binary does instead of serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Exit with 0 once a server answers, for health checks and scripts
    Ready(Ready),
}

/// Where a server is expected, and for how long.
#[derive(Debug, Args)]
pub struct Ready {
    /// How long to wait for the server to answer
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = time)]
    pub wait: Duration,
    /// The address on which the server listens
    #[arg(
        long,
        env = "ZENDESK_MOCK_HOST",
        value_name = "ADDRESS",
        default_value = "127.0.0.1",
        value_parser = address
    )]
    host: IpAddr,
    /// The port on which the server listens
    #[arg(
        long,
        env = "ZENDESK_MOCK_PORT",
        value_name = "PORT",
        default_value = "3375",
        value_parser = port
    )]
    port: u16,
}

impl Ready {
    /// The address to connect to: this machine for a server that listens on all addresses.
    pub fn address(&self) -> std::net::SocketAddr {
        let host =
            if self.host.is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { self.host };
        (host, self.port).into()
    }
}

/// The flags and the environment, read and checked.
#[derive(Debug)]
pub struct Invocation {
    /// What to do instead of serving.
    pub command: Option<Command>,
    /// The least important level that is logged.
    pub log: LevelFilter,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// How to serve.
    pub config: ServerConfig,
}

/// Reads flags and environment. Reports what cannot be used, and exits.
pub fn read() -> Invocation {
    let matches = without_foreign_variables(Cli::command()).get_matches();
    let Cli { command, serve } =
        Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    warn_of_unknown_variables(&Cli::command());
    let (log, log_format) = (serve.log, serve.log_format);
    let config = ServerConfig::from(serve);
    let checked = ensure_seed_exists(&config).and_then(|()| config.validate());
    if command.is_none()
        && let Err(error) = checked
    {
        let flag = format!("--{}", error.setting.replace('_', "-"));
        let variable = format!("ZENDESK_MOCK_{}", error.setting.to_uppercase());
        let message = format!("{flag} ({variable}) {}", error.accepts);
        Cli::command().error(clap::error::ErrorKind::ValueValidation, message).exit();
    }
    Invocation { command, log, log_format, config }
}

/// Ignores variables that are not settings: empty ones, which compose files and CI systems make of
/// undefined ones, and the `ZENDESK_MOCK_PORT=tcp://…` that Kubernetes sets in containers beside a
/// service of our name.
fn without_foreign_variables(command: clap::Command) -> clap::Command {
    let is_foreign = |variable: &OsStr| {
        std::env::var_os(variable).is_some_and(|value| {
            value.is_empty() || value.to_str().is_some_and(|value| value.starts_with("tcp://"))
        })
    };
    command
        .mut_args(|arg| match arg.get_env() {
            Some(variable) if is_foreign(variable) => arg.env(Resettable::Reset),
            _ => arg,
        })
        .mut_subcommands(without_foreign_variables)
}

/// Reports variables that look like settings and are not, such as a misspelt one. Those that
/// Kubernetes sets for a service of our name are ignored.
fn warn_of_unknown_variables(command: &clap::Command) {
    let is_known = |name: &str| {
        command.get_arguments().any(|arg| arg.get_env().is_some_and(|variable| variable == name))
    };
    let is_kubernetes = |name: &str| {
        ["ZENDESK_MOCK_PORT_", "ZENDESK_MOCK_SERVICE_"].iter().any(|start| name.starts_with(start))
    };
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if name.starts_with("ZENDESK_MOCK_") && !is_known(&name) && !is_kubernetes(&name) {
            // `eprintln!` would panic if standard error is closed.
            let _ =
                writeln!(io::stderr(), "zendesk-mock: warning: {name} is no setting; see --help");
        }
    }
}

fn ensure_seed_exists(config: &ServerConfig) -> Result<(), SettingError> {
    match &config.seed_data {
        Some(SeedData::Path(path)) if !path.exists() => Err(SettingError {
            setting: "seed_data",
            accepts: "takes a seed as JSON, or the path of an existing file or directory".into(),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<ServerConfig, String> {
        Cli::try_parse_from([&["zendesk-mock"], arguments].concat())
            .map(|cli| cli.serve.into())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn without_flags_every_setting_has_its_documented_default() {
        assert_eq!(parsed(&[]), Ok(ServerConfig::default()));
    }

    #[test]
    fn values_are_read_in_the_units_that_people_write() {
        let config = parsed(&[
            "--upload-ttl=72h",
            "--max-memory=256MiB",
            "--max-image-size=2000000",
            "--rate-limit=enterprise",
            "--credentials=me@example.com/token:secret,Bearer abc",
            "--faithful",
        ])
        .expect("valid flags");
        assert_eq!(config.account.upload_ttl, Duration::from_secs(72 * 60 * 60));
        assert_eq!(config.max_memory, 256 * 1024 * 1024);
        assert_eq!(config.account.max_image_size, 2_000_000);
        assert_eq!(config.account.rate_limit, Some(700));
        assert_eq!(config.credentials.len(), 2);
        assert!(config.account.faithful);
    }

    #[test]
    fn a_bad_value_is_refused_with_its_setting_and_what_it_accepts() {
        for (flag, accepts) in [
            ("--upload-ttl=soon", "72h"),
            ("--max-memory=lots", "50MiB"),
            ("--auth=some", "any, none, strict"),
            ("--rate-limit=-1", "or off"),
            ("--port=70000", "0 to 65535"),
            ("--frozen-at=noon", "2026-01-01T00:00:00Z"),
        ] {
            let refusal = parsed(&[flag]).expect_err(flag);
            let name = flag.split('=').next().expect("a name");
            assert!(refusal.contains(name) && refusal.contains(accepts), "{refusal}");
        }
    }

    /// The table of settings.
    fn settings_table() -> String {
        use std::fmt::Write as _;

        let mut table =
            "| flag | environment | default | meaning |\n| --- | --- | --- | --- |\n".to_owned();
        for arg in Cli::command().get_arguments() {
            let (Some(flag), Some(variable), Some(help)) =
                (arg.get_long(), arg.get_env(), arg.get_help())
            else {
                continue;
            };
            let default: Vec<_> =
                arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
            let default =
                if default.is_empty() { String::new() } else { format!("`{}`", default.join(",")) };
            let choices: Vec<_> = arg
                .get_possible_values()
                .iter()
                .map(|value| format!("`{}`", value.get_name()))
                .collect();
            let choices = match choices.len() {
                0 => String::new(),
                _ if default == "`false`" => String::new(),
                _ => format!(" ({})", choices.join(", ")),
            };
            // Writing to a String cannot fail.
            let _ = writeln!(
                table,
                "| `--{flag}` | `{}` | {default} | {help}{choices} |",
                variable.to_string_lossy(),
            );
        }
        table
    }

    #[test]
    fn the_docs_list_all_settings() {
        crate::docs_table::assert_table("settings", "settings", &settings_table());
    }
}
