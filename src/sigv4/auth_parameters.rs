//! The six authentication parameters of a presigned URL.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::canonical::Query;
use super::refusal::SignatureRefusal;
use super::sign::{
    ALGORITHM, LONG_DATE, MAX_EXPIRES_IN, REGION, SERVICE, SHORT_DATE, SIGNATURE, TERMINATOR,
};

/// The parameters, checked as far as that is possible without the keys.
pub(super) struct AuthParameters {
    pub(super) access_key_id: String,
    pub(super) at: Timestamp,
    pub(super) expires_in: u32,
    pub(super) signed_headers: String,
    pub(super) signature: String,
}

impl AuthParameters {
    pub(super) fn read(query: &Query) -> Result<Self, SignatureRefusal> {
        let parameters = [
            "X-Amz-Algorithm",
            "X-Amz-Credential",
            "X-Amz-Date",
            "X-Amz-Expires",
            "X-Amz-SignedHeaders",
            SIGNATURE,
        ]
        .map(|name| query.get(name));
        let [
            Some(algorithm),
            Some(credential),
            Some(date),
            Some(expires),
            Some(signed_headers),
            Some(signature),
        ] = &parameters
        else {
            return Err(if parameters.iter().all(Option::is_none) {
                SignatureRefusal::Unsigned
            } else {
                SignatureRefusal::MissingParameter
            });
        };

        if algorithm != ALGORITHM {
            return Err(SignatureRefusal::UnsupportedAlgorithm);
        }
        let (access_key_id, day) = read_credential(credential)?;
        let at = read_date(date).ok_or(SignatureRefusal::MalformedDate)?;
        let signing_day = at.strftime(SHORT_DATE).to_string();
        if day != signing_day {
            return Err(SignatureRefusal::WrongCredentialDate {
                credential: day.to_owned(),
                date: signing_day,
            });
        }
        Ok(Self {
            access_key_id: access_key_id.to_owned(),
            at,
            expires_in: read_expires(expires)?,
            signed_headers: signed_headers.clone().into_owned(),
            signature: signature.clone().into_owned(),
        })
    }
}

/// Returns the access key and the day of a credential. The rest of its scope must be right.
fn read_credential(credential: &str) -> Result<(&str, &str), SignatureRefusal> {
    let parts: Vec<&str> = credential.split('/').collect();
    let [access_key_id, day, region, service, terminator] = parts[..] else {
        return Err(SignatureRefusal::MalformedCredential);
    };
    if access_key_id.is_empty() {
        Err(SignatureRefusal::MalformedCredential)
    } else if !is_day(day) {
        Err(SignatureRefusal::WrongDateFormat(day.to_owned()))
    } else if terminator != TERMINATOR {
        Err(SignatureRefusal::WrongTerminator(terminator.to_owned()))
    } else if service != SERVICE {
        Err(SignatureRefusal::WrongService(service.to_owned()))
    } else if region != REGION {
        Err(SignatureRefusal::WrongRegion(region.to_owned()))
    } else {
        Ok((access_key_id, day))
    }
}

/// Whether a text is a day in the one format allowed.
fn is_day(text: &str) -> bool {
    let day = Date::strptime(SHORT_DATE, text);
    // The parser forgives missing digits and signs.
    day.is_ok_and(|day| day.strftime(SHORT_DATE).to_string() == text)
}

fn read_date(text: &str) -> Option<Timestamp> {
    let date = DateTime::strptime(LONG_DATE, text).ok()?;
    let at = date.to_zoned(TimeZone::UTC).ok()?.timestamp();
    // The parser forgives missing digits, signs and leap seconds; S3's one format does not.
    (at.strftime(LONG_DATE).to_string() == text).then_some(at)
}

fn read_expires(text: &str) -> Result<u32, SignatureRefusal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !is_digits(digits) {
        return Err(SignatureRefusal::ExpiresNotANumber);
    }
    if digits.len() < text.len() {
        return Err(SignatureRefusal::ExpiresNegative);
    }
    // Digits that do not fit the integer are a number too long, not a bad number.
    let seconds = digits.parse().ok();
    seconds.filter(|seconds| *seconds <= MAX_EXPIRES_IN).ok_or(SignatureRefusal::ExpiresTooLong)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
