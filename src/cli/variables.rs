//! The names of environment variables.

use std::ffi::OsStr;

use zendesk_mock::nearest_name;

const PREFIX: &str = "ZENDESK_MOCK_";

/// What tests call the variable of the server's address.
const ADDRESS: &str = "URL";

/// The variable of a setting or a flag.
pub fn variable(name: &str) -> String {
    format!("{PREFIX}{}", name.to_uppercase().replace('-', "_"))
}

/// Whether the value of a variable is none of a setting: an empty one, which compose files and CI
/// systems make of undefined ones, and the `ZENDESK_MOCK_PORT=tcp://…` that Kubernetes sets in
/// containers beside a service of our name.
pub fn is_foreign(variable: &OsStr) -> bool {
    std::env::var_os(variable).is_some_and(|value| {
        value.is_empty() || value.to_str().is_some_and(|value| value.starts_with("tcp://"))
    })
}

/// Refuses a variable that has our prefix and is not a setting: a typo would have no effect.
/// Those that Kubernetes sets for a service of our name are ignored, and so is the variable that
/// has the address of a server, for its clients.
pub fn ensure_known_variables(command: &clap::Command) -> Result<(), String> {
    let all = command.get_subcommands().chain([command]);
    let known: Vec<_> = all
        .flat_map(clap::Command::get_arguments)
        .filter_map(|arg| arg.get_env()?.to_str()?.strip_prefix(PREFIX))
        .collect();
    for (variable, value) in std::env::vars_os() {
        let variable = variable.to_string_lossy();
        let Some(name) = variable.strip_prefix(PREFIX) else { continue };
        let is_kubernetes = name.starts_with("PORT_") || name.starts_with("SERVICE_");
        if known.contains(&name) || name == ADDRESS || is_kubernetes || value.is_empty() {
            continue;
        }
        let hint = match nearest_name(name, known.iter().copied()) {
            Some(nearest) => format!("did you mean {PREFIX}{nearest}?"),
            None => format!("--help lists all; other programs must not use {PREFIX}"),
        };
        return Err(format!("{variable} is no setting; {hint}"));
    }
    Ok(())
}
