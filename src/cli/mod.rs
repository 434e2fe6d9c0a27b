//! The only reader of flags and environment. Each setting of the server is a flag and a variable.

pub mod exec;
mod options;
pub mod ready;
mod stderr;
mod variables;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args as _, FromArgMatches as _};
use zendesk_mock::{SeedData, ServerConfig, Setting, settings};

use self::options::{Command, Options};
pub use self::options::{ExecOptions, LogFormat, ProcessOptions};
use self::stderr::report;
use self::variables::{ensure_known_variables, is_foreign, variable};

/// The settings that `-h` lists.
const COMMON: [&str; 7] =
    ["host", "port", "seed_data", "random_seed", "frozen_at", "upload_ttl", "rate_limit"];

/// What the flags and the environment ask for.
#[derive(Debug)]
pub enum Invocation {
    Serve(Box<ServerConfig>, ProcessOptions),
    /// Serve while a command runs.
    Exec(Box<ServerConfig>, ExecOptions),
    /// Wait for the server at this address, and how long.
    Ready(SocketAddr, Duration),
}

/// Reads flags and environment. Reports what cannot be used, and exits.
pub fn read() -> Invocation {
    let command = command();
    let own = command.clone().mut_args(ignore_foreign);
    let own = own.mut_subcommand("ready", |ready| ready.mut_args(ignore_foreign));
    let own = own.mut_subcommand("exec", |exec| exec.mut_args(ignore_foreign));
    let matches = own.try_get_matches().unwrap_or_else(|error| {
        let word = refused_word(&error);
        if let Some(problem) = word.and_then(|word| explain_word(&command, word)) {
            refuse(&problem);
        }
        name_source(error).exit()
    });
    let known = ensure_known_variables(&command);
    known.and_then(|()| invocation(&matches)).unwrap_or_else(|problem| refuse(&problem))
}

fn refuse(problem: &str) -> ! {
    report(&format!("{problem}\n\nFor more information, try '--help'."));
    std::process::exit(2)
}

/// The word that clap does not know.
fn refused_word(error: &clap::Error) -> Option<&str> {
    let context = [ContextKind::InvalidSubcommand, ContextKind::InvalidArg];
    context.into_iter().find_map(|kind| match error.get(kind) {
        Some(ContextValue::String(word)) => Some(&**word),
        _ => None,
    })
}

/// Explains a word behind a switch, which clap takes for a command, and a command without `--`.
fn explain_word(command: &clap::Command, word: &str) -> Option<String> {
    let arguments: Vec<_> = std::env::args().collect();
    let place = arguments.iter().skip(1).position(|argument| argument == word)?;
    let is_switch = |before: &&str| {
        let is_it = |arg: &Arg| arg.get_long() == Some(*before) && arg.is_require_equals_set();
        command.get_arguments().any(is_it)
    };
    if let Some(before) = arguments[place].strip_prefix("--").filter(is_switch) {
        return Some(format!(
            "--{before} takes a value only after =: write --{before} or --{before}={word}"
        ));
    }
    let is_exec = arguments[1..=place].iter().any(|argument| argument == "exec");
    (is_exec && !word.starts_with('-')).then(|| {
        format!("{word} is not a flag; put -- before the command: zendesk-mock exec -- {word}")
    })
}

fn command() -> clap::Command {
    let server = clap::Command::new("zendesk-mock").args(settings().iter().map(flag));
    let is_address = |setting: &&Setting| ["host", "port"].contains(&setting.name);
    let address = settings();
    let address = address.iter().filter(is_address).map(flag);
    Options::augment_args(server)
        .mut_subcommand("ready", |ready| ready.args(address.map(as_of_ready)))
        .mut_subcommand("exec", |exec| {
            // The log is beside the output of the command.
            exec.args(settings().iter().map(flag))
                .mut_arg("log", |log| log.default_value("warn"))
                .mut_arg("port", |port| port.default_value("0"))
        })
}

/// The flag of `ready` for the address of the server that it asks.
fn as_of_ready(arg: Arg) -> Arg {
    let help = if arg.get_id() == "host" { "Address of the server" } else { "Port of the server" };
    arg.help_heading(None).help(help).long_help(help)
}

fn invocation(matches: &ArgMatches) -> Result<Invocation, String> {
    let options = Options::from_arg_matches(matches).map_err(|error| error.to_string())?;
    match (options.command, matches.subcommand()) {
        (Some(Command::Ready(ready)), Some((_, matches))) => {
            let ServerConfig { host, port, .. } = config(matches)?;
            // A server that listens on all addresses is asked on this machine.
            let host = if host.is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { host };
            Ok(Invocation::Ready((host, port).into(), ready.wait.0))
        }
        (Some(Command::Exec(exec)), Some((_, matches))) => {
            let mut config = checked_config(matches, None)?;
            // The variable may be that of another server.
            if matches.value_source("port") != Some(ValueSource::CommandLine) {
                config.port = 0;
            }
            Ok(Invocation::Exec(config.into(), exec))
        }
        _ => {
            let config = checked_config(matches, options.process.ready_file.as_deref())?;
            Ok(Invocation::Serve(config.into(), options.process))
        }
    }
}

/// The configuration of a server, whose files can be read and written.
fn checked_config(matches: &ArgMatches, ready_file: Option<&Path>) -> Result<ServerConfig, String> {
    let config = config(matches)?;
    let refuse = |setting, accepts: &str| Err(format!("{} {accepts}", source(matches, setting)));
    if let Some(SeedData::Path(path)) = &config.seed_data
        && !path.exists()
    {
        return refuse(
            "seed_data",
            "takes a seed as JSON, or the path of an existing file or directory",
        );
    }
    let written = [("ready_file", ready_file), ("ca_file", config.ca_file.as_deref())];
    for (setting, path) in written {
        if let Some(path) = path
            && !path.parent().is_some_and(|parent| parent.as_os_str().is_empty() || parent.is_dir())
        {
            return refuse(setting, "takes the path of a file in an existing directory");
        }
    }
    if let Some(directory) = &config.ca_dir {
        if directory.exists() && !directory.is_dir() {
            return refuse("ca_dir", "takes the path of a directory");
        }
        let directory = std::path::absolute(directory).ok();
        let file = config.ca_file.as_ref().and_then(|file| std::path::absolute(file).ok());
        if file.as_deref().and_then(Path::parent).is_some_and(|it| Some(it) == directory.as_deref())
        {
            return refuse("ca_file", "takes the path of a file outside of ca_dir");
        }
    }
    if let Err(error) = config.validate() {
        return refuse(error.setting, &error.accepts);
    }
    Ok(config)
}

/// The flag of a setting.
fn flag(setting: &Setting) -> Arg {
    let meaning = setting.meaning.replace('`', "");
    let meaning = meaning.trim_end_matches('.');
    let summary = meaning.split(". ").next().unwrap_or(meaning);
    let is_switch = setting.value_name == "BOOL";
    let arg = Arg::new(setting.name)
        .long(setting.name.replace('_', "-"))
        .env(variable(setting.name))
        .hide_env_values(true)
        .value_name(setting.value_name.clone().into_owned())
        .help(summary.to_owned())
        .long_help(meaning.to_owned())
        .help_heading(setting.heading)
        .hide_short_help(!COMMON.contains(&setting.name))
        .default_missing_value("true")
        .require_equals(is_switch)
        .num_args(if is_switch { 0..=1 } else { 1..=1 });
    match &setting.default {
        Some(default) => arg.default_value(default.clone()),
        None => arg,
    }
}

/// The configuration of the settings that the matches have.
fn config(matches: &ArgMatches) -> Result<ServerConfig, String> {
    let mut config = ServerConfig::default();
    for setting in settings() {
        if let Ok(Some(text)) = matches.try_get_one::<String>(setting.name) {
            let refused = |accepts| format!("{} {accepts}", source(matches, setting.name));
            setting.set(&mut config, text).map_err(refused)?;
        }
    }
    Ok(config)
}

/// Where the value of a setting comes from, by name.
fn source(matches: &ArgMatches, setting: &str) -> String {
    let (flag, variable) = (format!("--{}", setting.replace('_', "-")), variable(setting));
    match matches.value_source(setting) {
        Some(ValueSource::CommandLine) => flag,
        Some(ValueSource::EnvVariable) => format!("{variable} ({flag})"),
        _ => format!("{flag} ({variable})"),
    }
}

/// Names the variable in an error about a value that no flag has.
fn name_source(mut error: clap::Error) -> clap::Error {
    if let Some(ContextValue::String(arg)) = error.get(ContextKind::InvalidArg) {
        let name = |arg: &str| arg.split([' ', '=', '[']).next().unwrap_or_default().to_owned();
        let flag = name(arg);
        if !std::env::args().any(|arg| name(&arg) == flag) {
            let named = format!("{} ({arg})", variable(flag.trim_start_matches('-')));
            error.insert(ContextKind::InvalidArg, ContextValue::String(named));
        }
    }
    error
}

fn ignore_foreign(arg: Arg) -> Arg {
    match arg.get_env() {
        Some(variable) if is_foreign(variable) => arg.env(Resettable::Reset),
        _ => arg,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn parsed(arguments: &[&str]) -> Result<ServerConfig, String> {
        let matches = command().try_get_matches_from([&["zendesk-mock"], arguments].concat());
        config(&matches.map_err(|error| error.to_string())?)
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

    /// A table for each group of flags.
    fn settings_tables() -> String {
        let (mut tables, mut last, settings) = (String::new(), None, settings());
        let command = command();
        let exec = command.find_subcommand("exec").expect("the subcommand").get_arguments();
        let exec = exec.filter(|arg| arg.get_help_heading() == Some("Exec"));
        for arg in command.get_arguments().chain(exec) {
            let (Some(flag), Some(variable)) = (arg.get_long(), arg.get_env()) else { continue };
            // Writing to a String cannot fail.
            if arg.get_help_heading() != last {
                last = arg.get_help_heading();
                let columns = "| flag | variable | default | meaning |\n| --- | --- | --- | --- |";
                let _ = write!(tables, "\n## {}\n\n{columns}\n", last.unwrap_or_default());
            }
            let help = arg.get_long_help().or_else(|| arg.get_help()).expect("a meaning");
            let help = help.to_string().replace("\n\n", ". ");
            let setting = settings.iter().find(|setting| arg.get_id() == setting.name);
            let meaning = setting.map_or(&*help, |setting| setting.meaning);
            let defaults = arg.get_default_values().first();
            let default = defaults.map(|default| format!("`{}`", default.to_string_lossy()));
            let words = arg.get_value_names().expect("a value")[0].replace('|', "`, `");
            let words = Some(words).filter(|words| words.contains(' '));
            let _ = writeln!(
                tables,
                "| `--{flag}` | `{}` | {} | {}{} |",
                variable.to_string_lossy(),
                default.unwrap_or_default(),
                meaning.trim_end_matches('.'),
                words.map(|words| format!(" (`{words}`)")).unwrap_or_default(),
            );
        }
        tables
    }

    #[test]
    fn the_docs_list_all_settings() {
        crate::docs_table::assert_table("settings", "settings", &settings_tables());
    }
}
