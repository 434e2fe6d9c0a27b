//! What a client does in one account, and what it expects there.

use serde_json::Value;

use crate::http::Request;
use crate::requests::{OCTETS, encode};
use crate::soak::client::{Client, file};
use crate::soak::operations::Operation;
use crate::target::split_url;

/// Why a visit ends early.
pub enum Stop {
    /// The memory is full.
    Refused,
    Failed(crate::Error),
}

impl<E: Into<crate::Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Stop {
    fn of(self, method: &str, path: &str) -> Self {
        match self {
            Self::Refused => Self::Refused,
            Self::Failed(error) => Self::Failed(format!("{method} {path}: {error}").into()),
        }
    }
}

pub type Outcome<T = ()> = Result<T, Stop>;

#[derive(Clone)]
pub struct File {
    pub token: String,
    /// Host and path.
    pub url: (String, String),
    pub length: usize,
}

pub struct Visit<'a> {
    pub client: &'a mut Client,
    pub account: &'a str,
    /// Files whose tokens are open.
    pub files: Vec<File>,
    pub tickets: Vec<u64>,
}

impl<'a> Visit<'a> {
    pub fn new(client: &'a mut Client, account: &'a str) -> Self {
        Self { client, account, files: Vec::new(), tickets: Vec::new() }
    }

    pub async fn apply(&mut self, operation: Operation) -> Outcome {
        match operation {
            Operation::Upload => self.upload().await.map(drop),
            Operation::Append => self.append().await,
            Operation::Delete => self.delete().await,
            Operation::Ticket => self.create_ticket().await,
            Operation::Comment => self.comment().await,
            Operation::Image => self.publish_image().await,
            Operation::Download => self.download().await,
            Operation::Range => self.download_range().await,
            Operation::SlowUpload => self.upload_slowly().await,
            Operation::SlowDownload => self.download_slowly().await,
            Operation::LeaveInUpload => self.leave_in_upload().await,
            Operation::LeaveInDownload => self.leave_in_download().await,
            Operation::Hang => self.leave_hanging().await,
            Operation::Fault => self.trigger_fault().await,
            Operation::Cut => self.be_cut().await,
            Operation::Impair => self.be_impaired().await,
            Operation::Snapshot => self.take_snapshot().await,
            Operation::Reset => self.reset().await,
            Operation::Advance => self.advance().await,
            Operation::Journal => self.read_journal().await,
            Operation::Events => self.follow_events().await,
            Operation::Export => self.expect(200, "GET", "/_mock/export", None).await.map(drop),
            Operation::Fill => self.fill().await,
            Operation::Malformed => self.send_malformed().await,
        }
    }

    /// A file with an open token, which is uploaded if there is none.
    pub async fn file(&mut self) -> Outcome<File> {
        match self.files.len() {
            0 => self.upload().await,
            count => Ok(self.files[self.client.random.below(count)].clone()),
        }
    }

    pub fn length(&mut self) -> usize {
        self.client.random.pick(&[1, 1_000, 1_000, 20_000, 100_000, 100_000, 1_000_000])
    }

    pub fn upload_request(&self, query: &str, length: usize, fault: Option<&str>) -> Request {
        let path = format!("/api/v2/uploads?filename=soak.bin{query}");
        let fault = fault.map(|fault| ("X-Mock-Fault", fault));
        let headers: Vec<_> = fault.into_iter().chain([OCTETS]).collect();
        self.client.request("POST", self.account, &path, &headers, Some(file(length)))
    }

    pub fn download_request(&self, file: &File, headers: &[(&str, &str)]) -> Request {
        let (host, path) = &file.url;
        encode("GET", host, path, headers, None)
    }

    /// Uploads, and returns the file.
    pub async fn store(&mut self, request: &Request, length: usize) -> Outcome<File> {
        let stored = self.exchange(201, request).await?;
        let stored: Value = serde_json::from_slice(&stored)?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let upload = &stored["upload"];
        let url = text(&upload["attachment"]["content_url"]).ok_or("no content_url")?;
        let (host, path) = split_url(&url)?;
        let url = (host.to_owned(), path.to_owned());
        Ok(File { token: text(&upload["token"]).ok_or("no token")?, url, length })
    }

    /// Sends JSON, and returns the body of an answer that has this status.
    pub async fn expect(
        &mut self,
        status: u16,
        method: &str,
        path: &str,
        json: Option<&Value>,
    ) -> Outcome<Vec<u8>> {
        let (answered, body) = self.client.call(method, self.account, path, json).await?;
        check(status, answered, body).map_err(|stop| stop.of(method, path))
    }

    pub async fn exchange(&mut self, status: u16, request: &Request) -> Outcome<Vec<u8>> {
        let (answered, body) = self.client.exchange(request).await?;
        check(status, answered, body)
    }
}

fn check(expected: u16, status: u16, body: Vec<u8>) -> Outcome<Vec<u8>> {
    match status {
        _ if status == expected => Ok(body),
        503 => Err(Stop::Refused),
        _ => {
            let body = String::from_utf8_lossy(&body[..body.len().min(500)]).into_owned();
            Err(format!("{status} instead of {expected}: {body}").into())
        }
    }
}
