//! The bucket, `/aus-uploaded-assets/…`: a fake S3 that receives the presigned PUT, and refuses
//! what S3 refuses.

mod condition;
mod cors;
pub mod endpoints;
mod error;

use std::ops::RangeInclusive;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HOST, TRANSFER_ENCODING,
};
use axum::http::request::Parts;
use axum::http::uri::{Authority, PathAndQuery};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};

use self::condition::PutCondition;
use self::error::S3Refusal;
use crate::config::hosts::is_bucket;
use crate::core::account::{NotStored, Replaceable, ReservedObject};
use crate::core::blobs::{Blob, hex};
use crate::core::bucket::{PutBody, Reservation};
use crate::core::clock::Timestamp;
use crate::core::ids::BucketKey;
use crate::core::journal::{EventKind, JournalEvent};
use crate::core::media;
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::{Exchange, RequestContext};
use crate::http::exchange::extract::first_parameter;
use crate::http::exchange::presigned::{
    self, ENCRYPTION, ENCRYPTION_VALUE, PresignedPut, ROOT, SentPath,
};
use crate::http::exchange::problem::Problem;
use crate::http::exchange::receive::receive_file;
use crate::http::exchange::recorder::Recorder;
use crate::sigv4::{self, ReceivedRequest, SignatureRefusal};

const FORM_HINT: &str = "the body is a form, and the bucket keeps it as it is; send the bytes of \
                         the image alone";

/// How much of a type a hint shows, in characters.
const LONGEST_SHOWN: usize = 100;

/// Gives a request to a host of the bucket the path of the bucket on this server's hosts.
pub fn normalize(parts: &mut Parts) {
    let in_header = || parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = parts.uri.authority().map(Authority::as_str).or_else(in_header).unwrap_or_default();
    // No other host costs more than this.
    if !host.contains(".amazonaws.com") || !is_bucket(host.split(':').next().unwrap_or_default()) {
        return;
    }
    let mut uri = std::mem::take(&mut parts.uri).into_parts();
    let target = uri.path_and_query.as_ref().map_or("/", PathAndQuery::as_str);
    uri.path_and_query = format!("{ROOT}{target}").parse().ok();
    parts.uri = Uri::from_parts(uri).unwrap_or_default();
}

/// The path that the client sent and signed.
fn sent_path<'a>(context: &RequestContext, path: &'a str) -> &'a str {
    let has_own_host = is_bucket(context.urls.arrived_host());
    path.strip_prefix(ROOT).filter(|_| has_own_host).unwrap_or(path)
}

/// Every request to the URL of an object.
pub async fn object(
    context: Arc<RequestContext>,
    recorder: Recorder,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let path = first_parameter(&mut parts).await;
    let response = if parts.method == Method::OPTIONS {
        cors::preflight(&parts.headers, context.settings.cors)
    } else {
        put(&context, &recorder, &parts, path.as_deref(), body).await
    };
    let mut response = response.unwrap_or_else(|refusal| refusal.render(&context.admission));
    // S3 sends no CORS headers with a refused preflight.
    if parts.method != Method::OPTIONS || response.status().is_success() {
        cors::allow(&parts, context.settings.cors, response.headers_mut());
    }
    response
}

/// Renders the problem of a request that did not get to [`object`].
pub fn render(problem: &Problem, exchange: &Exchange) -> Response {
    S3Refusal::from(problem).render(&exchange.context.admission)
}

async fn put(
    context: &RequestContext,
    recorder: &Recorder,
    parts: &Parts,
    path: Option<&str>,
    mut body: Body,
) -> Result<Response, S3Refusal> {
    check_authentication(parts)?;
    let key = path.and_then(|path| path.rsplit('/').next()).and_then(BucketKey::parse);
    // As on S3, the signature counts at the time at which the head is looked at: after the delay of
    // a fault, and before the body, however long that takes to arrive.
    let (reserved, now) = context.account.find_reservation(key, &context.settings);
    verify(context, parts, reserved.as_ref().map(|reserved| &*reserved.reservation), now)?;
    if parts.method != Method::PUT {
        recorder.record_difference(KnownDifference::NoReadBack);
        return Err(S3Refusal::method_not_allowed(&parts.method));
    }
    // The signature is good, so the account and the key are ours: a reset has removed the
    // reservation.
    let Some(ReservedObject { reservation, sizes, stored }) = reserved else {
        recorder.record_difference(KnownDifference::NoReservation);
        return Err(S3Refusal::no_reservation());
    };
    if let Some(sent) = header(parts, &CONTENT_TYPE) {
        hint_at_type(sent, &reservation.content_type, recorder);
    }
    let max = check_length(parts, &sizes)?;
    let condition = PutCondition::read(parts)?;
    let sent_key = path.unwrap_or_default();
    if let Some(condition) = &condition {
        condition.ensure(stored.as_ref(), sent_key)?;
    }
    // The object must not be kept alive while the body of another one arrives.
    let replaces = match &condition {
        Some(_) => Replaceable::Only(stored.as_ref().map(Blob::downgrade)),
        None => Replaceable::Anything,
    };
    drop(stored);
    let expected_md5 = announced_digest(parts)?;
    let mut md5 = Md5::new();
    let writer =
        receive_file(&mut body, &context.account, max, context.server.idle_timeout, |chunk| {
            md5.update(chunk)
        })
        .await
        .map_err(|error| S3Refusal::not_received(error, max))?;
    let md5 = md5.finalize();
    if let Some((announced, digest)) = expected_md5
        && digest != md5[..]
    {
        return Err(S3Refusal::digest_differs(&announced, &digest, &STANDARD.encode(md5)));
    }
    let body = PutBody {
        // A longer text is no type.
        content_type: header(parts, &CONTENT_TYPE)
            .map(|declared| declared.chars().take(media::LONGEST_TYPE).collect()),
        blob: writer.finish(),
    };
    let file = body.blob.clone();
    let kind = match context.account.store_object(&reservation, body, replaces) {
        Ok(()) => EventKind::Stored,
        Err(NotStored::Published) => {
            recorder.record_difference(KnownDifference::PutAfterPublication);
            EventKind::Read
        }
        Err(NotStored::Expired) => EventKind::Read,
        Err(NotStored::Changed) => {
            return Err(
                condition.map_or_else(S3Refusal::no_reservation, |it| it.conflict(sent_key))
            );
        }
        Err(NotStored::Unreserved) => return Err(S3Refusal::no_reservation()),
    };
    recorder.record_difference(KnownDifference::NoChecksums);
    recorder.store_file(&file);
    let token = reservation.token();
    recorder.record(JournalEvent::with_token(kind, token, token.into()));
    let etag = HeaderValue::try_from(format!("\"{}\"", hex(&md5)))
        .unwrap_or(HeaderValue::from_static("\"\""));
    let headers = [
        (ETAG, etag),
        (HeaderName::from_static(ENCRYPTION), HeaderValue::from_static(ENCRYPTION_VALUE)),
    ];
    Ok((StatusCode::OK, headers).into_response())
}

/// Refuses a presigned request with credentials: the usual mistake of a client that sends its
/// Zendesk credentials everywhere.
fn check_authentication(parts: &Parts) -> Result<(), S3Refusal> {
    let query = parts.uri.query().unwrap_or_default();
    match parts.headers.get(AUTHORIZATION) {
        Some(header) if query.contains("X-Amz-Algorithm=") => {
            Err(S3Refusal::two_authentications(&String::from_utf8_lossy(header.as_bytes())))
        }
        _ => Ok(()),
    }
}

/// The digest in `Content-MD5`: its text, and its sixteen bytes.
fn announced_digest(parts: &Parts) -> Result<Option<(String, Vec<u8>)>, S3Refusal> {
    let Some(header) = parts.headers.get("content-md5") else {
        return Ok(None);
    };
    let announced = String::from_utf8_lossy(header.as_bytes()).into_owned();
    match STANDARD.decode(header) {
        Ok(digest) if digest.len() == 16 => Ok(Some((announced, digest))),
        _ => Err(S3Refusal::digest_invalid(&announced)),
    }
}

/// Verifies the signature, and finds out for the log what differs.
fn verify(
    context: &RequestContext,
    parts: &Parts,
    reservation: Option<&Reservation>,
    now: Timestamp,
) -> Result<(), S3Refusal> {
    let headers: Vec<_> = parts
        .headers
        .iter()
        .filter(|(name, _)| *name != HOST)
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    let path = parts.extensions.get().map_or(parts.uri.path(), |SentPath(path)| path);
    let received = ReceivedRequest {
        method: parts.method.as_str(),
        host: received_host(context, reservation),
        path: sent_path(context, path),
        query: parts.uri.query().unwrap_or_default(),
        headers: &headers,
    };
    let keys = presigned::keys(&context.server);
    sigv4::verify(&keys, &received, now).map_err(|refusal| {
        let why = match &refusal {
            SignatureRefusal::SignatureMismatch { canonical_request, .. } => {
                difference(context, reservation, canonical_request)
            }
            other => error::explain(other),
        };
        S3Refusal::signature(refusal, &why, now)
    })
}

/// The host that counts as the one that the client signed for. A proxy may have put its own into
/// `Host`, so that is the host of the `public_url`, unless the URL was signed for the host at which
/// the request arrived, before there was a `public_url`.
fn received_host<'a>(context: &'a RequestContext, reservation: Option<&Reservation>) -> &'a str {
    let arrived = context.urls.arrived_host();
    match reservation {
        Some(reservation) if reservation.host == arrived => arrived,
        _ => context.urls.host(),
    }
}

fn difference(
    context: &RequestContext,
    reservation: Option<&Reservation>,
    received: &str,
) -> String {
    let Some(reservation) = reservation else {
        return "no reservation has the token in the path, so there is nothing to compare with"
            .to_owned();
    };
    let keys = presigned::keys(&context.server);
    let issued = PresignedPut::new(reservation, context.account.id(), keys).canonical_request();
    sigv4::difference(&issued, received).unwrap_or_else(|| {
        "the request is the one that was signed; X-Amz-Signature itself was changed".to_owned()
    })
}

/// The largest body that is accepted. Refuses a request whose head already shows a wrong length.
fn check_length(parts: &Parts, sizes: &RangeInclusive<u64>) -> Result<u64, S3Refusal> {
    if parts.headers.contains_key(TRANSFER_ENCODING) {
        return Err(S3Refusal::chunked());
    }
    let length = header(parts, &CONTENT_LENGTH)
        .and_then(|length| length.parse().ok())
        .ok_or_else(S3Refusal::length_missing)?;
    let (min, max) = (*sizes.start(), *sizes.end());
    if length > max {
        return Err(S3Refusal::too_large(length, max));
    }
    if length < min {
        return Err(S3Refusal::too_small(length, min));
    }
    Ok(max)
}

/// Hints at a type that the client probably did not mean: S3 accepts any.
fn hint_at_type(sent: &str, reserved: &str, recorder: &Recorder) {
    let essence = media::essence(sent);
    if essence.eq_ignore_ascii_case("multipart/form-data") {
        recorder.record_hint(FORM_HINT);
    } else if !essence.eq_ignore_ascii_case(reserved) {
        let sent: String = essence.chars().take(LONGEST_SHOWN).collect();
        recorder.record_hint(&format!(
            "Content-Type is {sent:?}, and the URL was issued for {reserved}; send upload.headers \
             unchanged"
        ));
    }
}

fn header<'a>(parts: &'a Parts, name: &HeaderName) -> Option<&'a str> {
    parts.headers.get(name)?.to_str().ok()
}
