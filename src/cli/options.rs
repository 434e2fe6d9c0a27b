//! The flags of the process. Those of the server are made of its settings.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{BoolishValueParser, PossibleValuesParser, TypedValueParser as _};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use tracing::level_filters::LevelFilter;
use zendesk_mock::TimeValue;

const EXAMPLES: &str = "\
Examples:
  zendesk-mock                                   serve on 127.0.0.1:3375
  zendesk-mock --port 0 --upload-ttl 72h         choose a free port, and a setting
  ZENDESK_MOCK_RATE_LIMIT=team zendesk-mock      each flag is a variable, too
  zendesk-mock --seed-data tests/seed.json       begin with users, tickets and files
  zendesk-mock --ready-file /tmp/ready.json --exit-on-stdin-close
                                                 run below a test harness
  zendesk-mock ready --wait 10s                  wait until a server answers
  zendesk-mock exec -- pytest                    run tests that use https://acme.zendesk.com";

/// A mock of Zendesk for tests: it answers as Zendesk does wherever a file gets in, in ticket
/// uploads and help-center images.
#[derive(Debug, Parser)]
#[command(
    version,
    args_conflicts_with_subcommands = true,
    after_help = "--help lists all settings and examples.",
    after_long_help = EXAMPLES
)]
pub struct Options {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub process: ProcessOptions,
}

/// What the binary does instead of serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Exit with 0 once a server answers, for health checks and scripts
    Ready(Ready),
    /// Run a command beside a server that it reaches as `https://NAME.zendesk.com`
    Exec(ExecOptions),
}

#[derive(Debug, Args)]
pub struct Ready {
    /// How long to wait for the server to answer
    #[arg(long, value_name = "TIME", default_value = "0s")]
    pub wait: TimeValue,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Process")]
pub struct ProcessOptions {
    #[command(flatten)]
    pub log: LogOptions,
    /// File to write when the server is ready, with its url, port and pid as JSON
    ///
    /// It appears complete. One from before is removed at the start
    #[arg(long, env = "ZENDESK_MOCK_READY_FILE", hide_env_values = true, value_name = "PATH")]
    pub ready_file: Option<PathBuf>,
    /// Stop when standard input is closed, as when the process ends that started the server
    #[arg(
        long,
        env = "ZENDESK_MOCK_EXIT_ON_STDIN_CLOSE",
        hide_env_values = true,
        value_name = "BOOL",
        action = ArgAction::Set,
        default_value = "false",
        default_missing_value = "true",
        num_args = 0..=1,
        require_equals = true,
        hide_possible_values = true,
        value_parser = BoolishValueParser::new()
    )]
    pub exit_on_stdin_close: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Process")]
pub struct LogOptions {
    /// Level of the log on standard error: off, error, warn, info or debug
    ///
    /// The line of a request is info, that of a refusal warn
    #[arg(
        id = "log",
        long = "log",
        env = "ZENDESK_MOCK_LOG",
        hide_env_values = true,
        value_name = "LEVEL",
        default_value = "info",
        hide_possible_values = true,
        value_parser = PossibleValuesParser::new(["off", "error", "warn", "info", "debug"])
            .try_map(|level| level.parse::<LevelFilter>())
    )]
    pub level: LevelFilter,
    /// Format of log lines: for people, or one JSON object per line
    #[arg(
        id = "log_format",
        long = "log-format",
        env = "ZENDESK_MOCK_LOG_FORMAT",
        hide_env_values = true,
        value_name = "text|json",
        default_value = "text",
        hide_possible_values = true
    )]
    pub format: LogFormat,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Exec")]
pub struct ExecOptions {
    /// Exit with 1 if the command succeeds and leaves upload tokens that were neither attached nor
    /// deleted, or image tokens that were not published
    #[arg(
        long,
        env = "ZENDESK_MOCK_FAIL_ON_LEAKS",
        hide_env_values = true,
        value_name = "BOOL",
        action = ArgAction::Set,
        default_value = "false",
        default_missing_value = "true",
        num_args = 0..=1,
        require_equals = true,
        hide_possible_values = true,
        value_parser = BoolishValueParser::new()
    )]
    pub fail_on_leaks: bool,
    /// Exit with 1 if the command succeeds and leaves a fault that no request triggered
    #[arg(
        long,
        env = "ZENDESK_MOCK_FAIL_ON_UNUSED_FAULTS",
        hide_env_values = true,
        value_name = "BOOL",
        action = ArgAction::Set,
        default_value = "false",
        default_missing_value = "true",
        num_args = 0..=1,
        require_equals = true,
        hide_possible_values = true,
        value_parser = BoolishValueParser::new()
    )]
    pub fail_on_unused_faults: bool,
    #[command(flatten)]
    pub log: LogOptions,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}
