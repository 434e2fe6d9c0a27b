//! JSON that clients send, whatever its `Content-Type`.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use bytes::BytesMut;
use http_body::Body as _;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::config::nearest::nearest_name;
use crate::core::blobs::Charge;
use crate::http::exchange::context::{Exchange, RequestContext};
use crate::http::exchange::long_work::LONG;
use crate::http::exchange::parsed_size::parsed_size;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::receive::{broken, next_chunk};
use crate::http::exchange::refusal::Refusal;

/// The largest JSON body of the Guide gateway, in bytes, and the largest that is not charged.
const MAX_JSON: usize = 64 * 1024;
/// What parsed JSON takes at most without a charge, in bytes.
const SMALL: u64 = MAX_JSON as u64;
/// The largest JSON body of the Support API, in bytes. A comment has at most 64 Ki characters.
const MAX_TICKET: usize = 512 * 1024;
/// The largest JSON body of a bulk call, in bytes: 100 tickets with long comments.
const MAX_BULK: usize = 8 * 1024 * 1024;

/// The charge for what a body takes once it is parsed. It lasts until this is dropped.
#[derive(Debug, Default)]
pub struct Room(Option<Charge>);

impl Room {
    /// Whether work on the body takes long.
    pub fn is_long(&self) -> bool {
        self.0.as_ref().is_some_and(|charge| charge.bytes() > LONG)
    }
}

impl From<Charge> for Room {
    fn from(charge: Charge) -> Self {
        Self(Some(charge))
    }
}

/// The JSON body of a request to the Support API. An empty body is `null`.
#[derive(Debug, Default)]
pub struct JsonBody(pub Value, pub Room);

impl FromRequest<Exchange> for JsonBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, exchange: &Exchange) -> Result<Self, Refusal> {
        Ok(read_json(request, &exchange.context).await?)
    }
}

/// The JSON body of a call about many objects.
#[derive(Debug)]
pub struct BulkBody(pub Value, pub Room);

impl FromRequest<Exchange> for BulkBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, exchange: &Exchange) -> Result<Self, Refusal> {
        let JsonBody(body, room) = read_up_to(request, &exchange.context, MAX_BULK).await?;
        Ok(Self(body, room))
    }
}

/// Reads a JSON body. An empty one is `null`.
///
/// # Errors
/// A body that is too large, breaks off or is no JSON; a store without room.
pub async fn read_json(request: Request, context: &RequestContext) -> Result<JsonBody, Problem> {
    read_up_to(request, context, MAX_TICKET).await
}

async fn read_up_to(
    request: Request,
    context: &RequestContext,
    max: usize,
) -> Result<JsonBody, Problem> {
    let bytes = read_whole(context, request.into_body(), max).await?;
    if bytes.is_empty() {
        return Ok(JsonBody::default());
    }
    let (body, room) = parse(&bytes, context).await?;
    Ok(JsonBody(body, room))
}

async fn parse<T: DeserializeOwned>(
    bytes: &[u8],
    context: &RequestContext,
) -> Result<(T, Room), Problem> {
    let room = make_room(bytes, context)?;
    let parse = || serde_json::from_slice(bytes);
    let parsed = context.long_work.run_if(room.is_long(), parse).await;
    Ok((parsed.map_err(|error| Problem::JsonMalformed(error.to_string()))?, room))
}

/// Charges what JSON takes once it is parsed, unless that is small. Long JSON has no room beside
/// the budget, which all other requests share.
fn make_room(bytes: &[u8], context: &RequestContext) -> Result<Room, Problem> {
    let account = &context.account;
    Ok(Room(match parsed_size(bytes) {
        0..=SMALL => None,
        size @ ..=LONG => Some(account.charge_beside(size)?),
        size => Some(account.charge(size)?),
    }))
}

/// Reads the body of a call of the control API, with the room for what it says.
///
/// # Errors
/// As [`read_json`], apart from what the body means.
pub async fn read_small(context: &RequestContext, body: Body) -> Result<(BytesMut, Room), Problem> {
    let bytes = read_whole(context, body, MAX_TICKET).await?;
    let room = make_room(&bytes, context)?;
    Ok((bytes, room))
}

/// Reads a body of at most `max` bytes. What has arrived of it is charged. A small one has a budget
/// of its own, so that a full store still takes requests that delete.
async fn read_whole(
    context: &RequestContext,
    mut body: Body,
    max: usize,
) -> Result<BytesMut, Problem> {
    let mut bytes = BytesMut::new();
    let (mut charge, mut is_large): (Option<Charge>, _) = (None, false);
    while let Some(chunk) = next_chunk(&mut body).await {
        let timeout = context.server.idle_timeout;
        let chunk = chunk.map_err(|error| broken(&error, bytes.len() as u64, timeout))?;
        let length = bytes.len() + chunk.len();
        if length > max {
            return Err(Problem::JsonTooLarge { max });
        }
        if length > MAX_JSON && !is_large {
            is_large = true;
            charge = Some(context.account.charge(max as u64)?);
        } else if !is_large && !body.is_end_stream() {
            // The buffer grows by doubling.
            let needed = 2 * length as u64;
            let has_grown = charge.as_mut().is_some_and(|charge| charge.grow_to(needed).is_ok());
            if !has_grown {
                charge = Some(context.account.charge_beside(needed)?);
            }
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The properties of a JSON object that the Guide gateway takes. Zendesk's own editor sends it as
/// `text/plain`, and the documentation's curl as a form. Unknown properties are ignored.
#[derive(Debug)]
pub struct JsonObject {
    properties: Map<String, Value>,
    _room: Room,
}

impl JsonObject {
    /// A property, or `None` if it is missing or null.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.properties.get(name).filter(|value| !value.is_null())
    }

    /// A hint about the first property whose name is nearly one of `known`.
    pub fn misspelt(&self, known: &[&'static str]) -> Option<String> {
        let mut unknown = self.properties.keys().filter(|name| !known.contains(&name.as_str()));
        unknown.find_map(|name| {
            let nearest = nearest_name(name, known.iter().copied())?;
            Some(format!("{name} is ignored; did you mean {nearest}?"))
        })
    }
}

impl FromRequest<Exchange> for JsonObject {
    type Rejection = Refusal;

    async fn from_request(request: Request, exchange: &Exchange) -> Result<Self, Refusal> {
        let bytes = read_whole(&exchange.context, request.into_body(), MAX_JSON).await?;
        let (properties, room) = parse(&bytes, &exchange.context).await?;
        Ok(Self { properties, _room: room })
    }
}
