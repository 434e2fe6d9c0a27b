//! Readers of the values of flags.

use std::convert::Infallible;
use std::error::Error;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use bytesize::ByteSize;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use strum::VariantNames;
use zendesk_mock::{Credential, SeedData, Timestamp, plan_limit};

pub(super) const MALFORMED_JSON_STATUS: &[&str] = &["422", "400"];
pub(super) const TOO_LARGE_STATUS: &[&str] = &["413", "422"];
pub(super) const BAD_IMAGE_TOKEN_STATUS: &[&str] = &["404", "400"];
pub(super) const LOG: &[&str] = &["off", "error", "warn", "info", "debug"];

/// A variant of an enum by its word.
pub(super) fn variant<T>() -> impl TypedValueParser<Value = T>
where
    T: VariantNames + FromStr<Err: Error + Send + Sync> + Clone + Send + Sync + 'static,
{
    one_of(T::VARIANTS)
}

/// A value that is one of a few words.
pub(super) fn one_of<T>(words: &'static [&'static str]) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err: Error + Send + Sync> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(words).try_map(|word| word.parse::<T>())
}

pub(super) fn time(text: &str) -> Result<Duration, String> {
    text.parse::<jiff::SignedDuration>()
        .ok()
        .and_then(|time| Duration::try_from(time).ok())
        .ok_or_else(|| "takes a time such as 90s, 60m or 72h".to_owned())
}

pub(super) fn size(text: &str) -> Result<u64, String> {
    text.parse::<ByteSize>().map(|size| size.as_u64()).map_err(|_| {
        "takes a size such as 2000000, 2MB (2,000,000 bytes) or 50MiB (52,428,800 bytes)".to_owned()
    })
}

pub(super) fn number<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| "takes a whole number that is not too large".to_owned())
}

pub(super) fn address(text: &str) -> Result<IpAddr, String> {
    text.parse().map_err(|_| "takes an IP address such as 127.0.0.1 or 0.0.0.0".to_owned())
}

pub(super) fn boolean(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("takes true or false".to_owned()),
    }
}

pub(super) fn port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| "takes a number from 0 to 65535".to_owned())
}

/// A limit, or none. Its own type, so that clap does not take it for an optional flag.
#[derive(Debug, Clone, Copy)]
pub(super) struct RateLimitValue(pub(super) Option<u32>);

pub(super) fn rate_limit(text: &str) -> Result<RateLimitValue, String> {
    match text {
        "off" => Ok(RateLimitValue(None)),
        text => plan_limit(text)
            .or_else(|| text.parse().ok())
            .map(|limit| RateLimitValue(Some(limit)))
            .ok_or_else(|| {
                "takes a number of requests in a minute, a plan such as enterprise, or off"
                    .to_owned()
            }),
    }
}

pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "takes an instant such as 2026-01-01T00:00:00Z".to_owned())
}

/// Text that starts like an object is JSON, and all else a path. Errors in it are reported later:
/// it may hold passwords, and clap repeats a value that it refuses.
pub(super) fn seed_data(text: &str) -> Result<SeedData, Infallible> {
    Ok(if text.trim_start().starts_with('{') {
        SeedData::Json(text.to_owned())
    } else {
        SeedData::Path(text.into())
    })
}

pub(super) fn credential(text: &str) -> Result<Credential, String> {
    let bearer = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    if let Some((_, token)) = bearer {
        return Ok(Credential::Bearer(token.trim().to_owned()));
    }
    match text.split_once(':') {
        Some((user, password)) if !user.is_empty() => {
            Ok(Credential::Basic { user: user.to_owned(), password: password.to_owned() })
        }
        _ => Err("takes email/token:TOKEN, email:password or Bearer TOKEN".to_owned()),
    }
}
