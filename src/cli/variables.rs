//! The names of environment variables.

use std::ffi::OsStr;

const PREFIX: &str = "ZENDESK_MOCK_";

/// How many letters a typo changes, at most.
const TYPO: usize = 2;

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

/// Refuses a variable that is a setting with a typo. Other unknown variables are reported: they may
/// be those of a test or of an image, such as `ZENDESK_MOCK_URL`. Those that Kubernetes sets for a
/// service of our name are ignored.
pub fn ensure_known_variables(command: &clap::Command, warn: impl Fn(&str)) -> Result<(), String> {
    let known: Vec<_> = command
        .get_arguments()
        .filter_map(|arg| arg.get_env()?.to_str()?.strip_prefix(PREFIX))
        .collect();
    for (variable, value) in std::env::vars_os() {
        let variable = variable.to_string_lossy();
        let Some(name) = variable.strip_prefix(PREFIX) else { continue };
        let is_kubernetes = name.starts_with("PORT_") || name.starts_with("SERVICE_");
        if known.contains(&name) || is_kubernetes || value.is_empty() {
            continue;
        }
        let nearest = known.iter().min_by_key(|known| strsim::osa_distance(name, known));
        match nearest {
            Some(nearest) if strsim::osa_distance(name, nearest) <= TYPO => {
                return Err(format!(
                    "{variable} is no setting; did you mean {PREFIX}{nearest}? --help lists all"
                ));
            }
            _ => warn(&format!("{variable} is no setting; --help lists all")),
        }
    }
    Ok(())
}
