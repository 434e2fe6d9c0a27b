//! An entry as it is told: with what is kept of its body in every list, and with what can be computed of that
//! when one entry is asked for.

use serde::Serialize;

use crate::core::journal::{self, Body, Entry};
use crate::core::media;

/// An entry as it is told.
#[derive(Serialize)]
pub struct EntryJson<'a> {
    number: u64,
    at: String,
    method: &'a str,
    path: &'a str,
    route: Option<&'a str>,
    caller: Option<&'a str>,
    client: Option<&'a str>,
    status: Option<u16>,
    why: Option<&'a str>,
    fault: bool,
    received: u64,
    sent: u64,
    ms: f64,
    objects: Vec<String>,
    body: Option<BodyJson>,
    file: Option<BodyJson>,
}

impl<'a> EntryJson<'a> {
    /// An entry.
    pub fn new(entry: &'a Entry) -> Self {
        Self {
            number: entry.number,
            at: format!("{:.3}", entry.at),
            method: &entry.method,
            path: &entry.target,
            route: entry.route.as_deref(),
            caller: entry.caller.as_deref(),
            client: entry.client.as_deref(),
            status: entry.status,
            why: entry.why.as_deref(),
            fault: entry.triggered,
            received: entry.received,
            sent: entry.sent,
            ms: entry.micros as f64 / 1000.0,
            objects: entry.objects.iter().map(ToString::to_string).collect(),
            body: BodyJson::new(&entry.body),
            file: BodyJson::new(&entry.file),
        }
    }

    /// An entry, and what its bytes are. They are read through, beside the threads that answer requests.
    pub async fn whole(entry: &'a Entry) -> Self {
        let mut told = Self::new(entry);
        told.body = examined(&entry.body).await;
        told.file =
            if entry.file == entry.body { told.body.clone() } else { examined(&entry.file).await };
        told
    }
}

/// What is kept of a body or of a file.
#[derive(Debug, Clone, Serialize)]
struct BodyJson {
    kept: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(flatten)]
    found: Option<Found>,
}

/// What its bytes are.
#[derive(Debug, Clone, Serialize)]
struct Found {
    sha256: String,
    /// `null` is no image of a kind that is known.
    sniffed_type: Option<&'static str>,
}

impl BodyJson {
    fn new(body: &Body) -> Option<Self> {
        let missing = body.missing().map(|why| why.to_string());
        let told = Self { kept: missing.is_none(), why: missing, size: body.size(), found: None };
        (*body != Body::None).then_some(told)
    }
}

async fn examined(body: &Body) -> Option<BodyJson> {
    let mut told = BodyJson::new(body)?;
    if let Ok(blob) = body.find() {
        let examine = move || Found {
            sha256: journal::sha256(&blob),
            sniffed_type: media::type_by_content(&blob),
        };
        // Only a runtime that stops does not come to it.
        told.found = tokio::task::spawn_blocking(examine).await.ok();
    }
    Some(told)
}
