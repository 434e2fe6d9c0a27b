//! A behaviour and the evidence for it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// The evidence for a behaviour.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Deserialize,
    Serialize,
    JsonSchema,
    EnumString,
    IntoStaticStr,
    VariantNames,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum Evidence {
    /// Traffic of the real service.
    Recorded,
    /// Its documentation.
    Documented,
    /// A similar behaviour, or a report of a user.
    Inferred,
    /// None: this project chose the behaviour.
    Chosen,
}

/// A behaviour of the server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Behaviour {
    /// A unique name.
    pub name: &'static str,
    /// What the server does.
    pub behaviour: &'static str,
    /// The evidence for it.
    pub evidence: Evidence,
    /// The date of the recording, of the documentation or of the choice: a year, a month or a day.
    pub dated: &'static str,
    /// The tests of it, as `module::name`.
    pub tests: Vec<&'static str>,
    /// What Zendesk does instead, if that differs or is unknown.
    pub difference: Option<Difference>,
}

/// A known difference from Zendesk.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// What Zendesk does, as far as it is public.
    pub zendesk: &'static str,
    /// The settings that change it.
    #[serde(default)]
    pub settings: Vec<&'static str>,
    /// Why no response names it. If `None`, the responses that it affects name it.
    pub unnamed: Option<&'static str>,
}
