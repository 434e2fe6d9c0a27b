//! An entry as JSON. A list says whether a body is kept. A single entry also has its digest and
//! type.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::journal::{JournalBody, JournalEntry, NotKept};
use crate::core::media;

#[derive(Serialize, JsonSchema)]
pub struct EntryJson<'a> {
    number: u64,
    at: String,
    method: &'a str,
    path: &'a str,
    route: Option<&'a str>,
    caller: Option<&'a str>,
    client: Option<&'a str>,
    /// Its headers without secrets: names and values. A list of entries leaves them out.
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<Vec<(&'a str, &'a str)>>,
    /// None if its connection was cut.
    status: Option<u16>,
    /// Why it was refused.
    reason: Option<&'a str>,
    /// What the client probably did not mean, although it was served.
    hint: Option<&'a str>,
    /// Whether it triggered a fault.
    triggered: bool,
    /// Bytes of its body.
    received: u64,
    /// Bytes of the response's body.
    sent: u64,
    /// Milliseconds of real time until the response was ready.
    ms: f64,
    objects: Vec<String>,
    body: Option<BodyJson>,
    file: Option<BodyJson>,
}

impl<'a> EntryJson<'a> {
    pub fn new(entry: &'a JournalEntry) -> Self {
        Self {
            number: entry.number,
            at: format!("{:.3}", entry.at),
            method: &entry.method,
            path: &entry.target,
            route: entry.route.as_deref(),
            caller: entry.caller.as_deref(),
            client: entry.client.as_deref(),
            headers: None,
            status: entry.status,
            reason: entry.reason.as_deref(),
            hint: entry.hint.as_deref(),
            triggered: entry.triggered,
            received: entry.received,
            sent: entry.sent,
            ms: entry.micros as f64 / 1000.0,
            objects: entry.objects().iter().map(ToString::to_string).collect(),
            body: BodyJson::new(&entry.body),
            file: BodyJson::new(&entry.file),
        }
    }

    /// Also examines body and file, on a thread that may block.
    pub async fn examined(entry: &'a JournalEntry) -> Self {
        let mut json = Self::new(entry);
        let lines = entry.headers.lines();
        json.headers = Some(lines.filter_map(|line| line.split_once(": ")).collect());
        json.body = examine(&entry.body).await;
        json.file =
            if entry.file == entry.body { json.body.clone() } else { examine(&entry.file).await };
        json
    }
}

/// Whether a body or a file is kept.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct BodyJson {
    kept: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(flatten)]
    content: Option<BodyContent>,
}

/// What the bytes of a body are.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct BodyContent {
    sha256: String,
    /// The image type that the first bytes show, if any.
    sniffed_type: Option<&'static str>,
}

impl BodyJson {
    fn new(body: &JournalBody) -> Option<Self> {
        let missing = body.missing().map(|why| why.to_string());
        let json =
            Self { kept: missing.is_none(), reason: missing, size: body.size(), content: None };
        (*body != JournalBody::Missing(NotKept::None)).then_some(json)
    }
}

async fn examine(body: &JournalBody) -> Option<BodyJson> {
    let mut json = BodyJson::new(body)?;
    if let Ok(blob) = body.find() {
        let examine = move || BodyContent {
            sha256: blob.sha256(),
            sniffed_type: media::type_by_content(&blob),
        };
        // It fails only when the runtime stops.
        json.content = tokio::task::spawn_blocking(examine).await.ok();
    }
    Some(json)
}
