//! The notation of each type of a setting.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use bytesize::ByteSize;
use jiff::{SignedDuration, Span, SpanRelativeTo};
use schemars::{JsonSchema as _, Schema, SchemaGenerator, json_schema};
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::config::values::Notation;
use crate::config::{ControlToken, Credential, SeedData};
use crate::core::account::settings::{
    AttachmentOnlyComment, Auth, BadToken, BucketSizeCheck, Cors, Downloads, EndpointLimits,
    FileVerdict, FormType, Impersonation, OtherFormName, Reuse, TypeCheck, UnknownType,
    UploadChecks, UploadContentType,
};
use crate::core::clock::Timestamp;
use crate::core::faults::{Operation, Phase};
use crate::core::limits::account::{PLANS, plan_limit};
use crate::core::malware::ScanResult;

/// A row has a type, its kind of JSON, its name, what it accepts, and how its text is read and
/// written.
macro_rules! notations {
    ($($type:ty: $json:ident, $name:expr, $accepts:expr, $from_text:expr, $to_text:expr;)+) => {$(
        impl Notation for $type {
            fn name() -> Cow<'static, str> {
                $name.into()
            }

            fn accepts() -> Cow<'static, str> {
                $accepts.into()
            }

            fn from_text(text: &str) -> Option<Self> {
                $from_text(text)
            }

            fn to_text(&self) -> String {
                $to_text(self)
            }

            notations!(@ $json);
        }
    )+};

    // As the type has it in serde.
    (@ own) => {
        fn from_json(value: &Value) -> Option<Self> {
            Self::deserialize(value).ok()
        }

        fn to_json(&self) -> Value {
            json!(self)
        }

        fn schema() -> Schema {
            Self::json_schema(&mut SchemaGenerator::default())
        }
    };
    // The text.
    (@ text) => {
        fn schema() -> Schema {
            json_schema!({"type": "string"})
        }
    };
    // The text, or seconds.
    (@ time) => {
        fn from_json(value: &Value) -> Option<Self> {
            let time = value.as_f64().and_then(|seconds| Self::try_from_secs_f64(seconds).ok());
            time.or_else(|| Self::from_text(value.as_str()?))
        }

        fn schema() -> Schema {
            let examples = json!(["90s", "72h", 30]);
            json_schema!({"type": ["string", "number"], "minimum": 0, "examples": examples})
        }
    };
    // The text, or bytes.
    (@ size) => {
        fn from_json(value: &Value) -> Option<Self> {
            value.as_u64().or_else(|| Self::from_text(value.as_str()?))
        }

        fn to_json(&self) -> Value {
            json!(self)
        }

        fn schema() -> Schema {
            let examples = json!(["50MiB", "2MB", 100]);
            json_schema!({"type": ["integer", "string"], "minimum": 0, "examples": examples})
        }
    };
    // A number or a word.
    (@ rate_limit) => {
        fn words() -> Vec<&'static str> {
            [&plans()[..], &["off"]].concat()
        }

        fn from_json(value: &Value) -> Option<Self> {
            let limit = || value.as_u64()?.try_into().ok();
            limit().map(Some).or_else(|| Self::from_text(value.as_str()?))
        }

        fn to_json(&self) -> Value {
            self.map_or_else(|| "off".into(), Value::from)
        }

        fn schema() -> Schema {
            json_schema!({"anyOf": [{"type": "integer", "minimum": 1}, {"enum": Self::words()}]})
        }
    };
}

/// The notation of enums whose values are words.
macro_rules! words {
    ($($type:ty),+) => {$(
        impl $crate::config::values::Notation for $type {
            fn name() -> std::borrow::Cow<'static, str> {
                <Self as strum::VariantNames>::VARIANTS.join("|").into()
            }

            fn accepts() -> std::borrow::Cow<'static, str> {
                let words = <Self as strum::VariantNames>::VARIANTS.join(", ");
                format!("one of: {words}").into()
            }

            fn words() -> Vec<&'static str> {
                <Self as strum::VariantNames>::VARIANTS.to_vec()
            }

            fn from_text(text: &str) -> Option<Self> {
                text.parse().ok()
            }

            fn to_text(&self) -> String {
                <&str>::from(self).to_owned()
            }

            fn schema() -> schemars::Schema {
                let words = <Self as strum::VariantNames>::VARIANTS;
                schemars::json_schema!({"type": "string", "enum": words})
            }
        }
    )+};
}
pub(crate) use words;

words!(Auth, BadToken, BucketSizeCheck, Cors, Downloads, EndpointLimits, Reuse, TypeCheck);
words!(FileVerdict, FormType, OtherFormName, UnknownType, UploadChecks, UploadContentType);
words!(AttachmentOnlyComment);
words!(Impersonation);
words!(Operation, Phase, ScanResult);

notations! {
    Duration: time, "TIME",
        "a time such as \"90s\", \"60m\" or \"72h\", or a number of seconds",
        parse_time, write_time;
    u64: size, "SIZE",
        "a size such as 2000000, \"2MB\" (2,000,000 bytes) or \"50MiB\" (52,428,800 bytes)",
        |text: &str| text.parse().ok().map(|size: ByteSize| size.as_u64()), write_size;
    // The dates of HTTP begin in 1970.
    Timestamp: text, "INSTANT", format!("an instant from 1970 on to {:.0}, such as \"2026-01-01T00:00:00Z\"", Self::MAX),
        |text: &str| text.parse().ok().filter(|at| *at >= Self::UNIX_EPOCH), Self::to_string;
    bool: own, "BOOL", "true or false", parse_flag, Self::to_string;
    usize: own, "COUNT", "a whole number", |text: &str| text.parse().ok(), Self::to_string;
    u16: own, "NUMBER", "a whole number from 0 to 65535",
        |text: &str| text.parse().ok(), Self::to_string;
    String: own, "TEXT", "text", |text: &str| Some(text.to_owned()), Self::clone;
    Vec<String>: own, "LIST", "a list of texts",
        |text: &str| Some(text.split(',').map(ToOwned::to_owned).collect()),
        |list: &Self| list.join(",");
    Option<String>: own, "URL", "a scheme, a host and perhaps a port, or null",
        |text: &str| Some(Some(text.to_owned())), |url: &Self| url.clone().unwrap_or_default();
    Option<u32>: rate_limit, "COUNT",
        format!("a number of requests in a minute, a plan ({}), or \"off\"", plans().join(", ")),
        parse_rate_limit, |limit: &Self| limit.map_or("off".to_owned(), |limit| limit.to_string());
    IpAddr: text, "ADDRESS", "an IP address such as 127.0.0.1 or 0.0.0.0, or localhost",
        parse_host, Self::to_string;
    Option<u64>: text, "NUMBER", "a whole number",
        |text: &str| text.parse().ok().map(Some), no_text;
    Option<Timestamp>: text, "INSTANT", Timestamp::accepts(),
        |text: &str| Timestamp::from_text(text).map(Some), no_text;
    Option<PathBuf>: text, "PATH", "a path",
        |text: &str| (!text.is_empty()).then(|| Some(text.into())), no_text;
    Option<SeedData>: text, "SEED",
        "a seed as JSON, or the path of an existing file or directory",
        |text: &str| Some(Some(SeedData::from_text(text))), no_text;
    Option<ControlToken>: text, "TOKEN", "printable ASCII without spaces",
        |text: &str| Some(Some(ControlToken::new(text))), no_text;
    Vec<Credential>: text, "LIST",
        "email/token:TOKEN, email:password or Bearer TOKEN, separated by commas",
        |text: &str| text.split(',').map(parse_credential).collect(), no_text;
}

/// For values that have no default. Some are secret.
fn no_text<T>(_: &T) -> String {
    String::new()
}

fn parse_time(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let span: Span = text.parse().ok()?;
    span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?.try_into().ok()
}

fn write_time(time: &Duration) -> String {
    let signed = SignedDuration::try_from(*time);
    signed.map_or_else(|_| time.as_secs().to_string(), |time| format!("{time:#}"))
}

/// In the largest unit of which it is a multiple.
fn write_size(size: &u64) -> String {
    const UNITS: [(u64, &str); 6] = [
        (1 << 30, "GiB"),
        (1 << 20, "MiB"),
        (1 << 10, "KiB"),
        (1_000_000_000, "GB"),
        (1_000_000, "MB"),
        (1_000, "kB"),
    ];
    let unit = UNITS.iter().find(|(unit, _)| *size > 0 && size.is_multiple_of(*unit));
    unit.map_or_else(|| size.to_string(), |(unit, name)| format!("{}{name}", size / unit))
}

fn parse_flag(text: &str) -> Option<bool> {
    match &*text.to_ascii_lowercase() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

fn plans() -> Vec<&'static str> {
    PLANS.iter().map(|(plan, _)| *plan).collect()
}

fn parse_rate_limit(text: &str) -> Option<Option<u32>> {
    match text {
        "off" => Some(None),
        text => plan_limit(text).or_else(|| text.parse().ok()).map(Some),
    }
}

fn parse_host(text: &str) -> Option<IpAddr> {
    if text == "localhost" { Some(Ipv4Addr::LOCALHOST.into()) } else { text.parse().ok() }
}

fn parse_credential(text: &str) -> Option<Credential> {
    let bearer = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    if let Some((_, token)) = bearer {
        return Some(Credential::Bearer(token.trim().to_owned()));
    }
    let (user, password) = text.split_once(':').filter(|(user, _)| !user.is_empty())?;
    Some(Credential::Basic { user: user.to_owned(), password: password.to_owned() })
}
