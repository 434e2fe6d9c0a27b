//! What is compared, for how long, and the goals.

use std::time::Duration;

/// The amounts of the full benchmark or of the smoke test.
pub struct Scale {
    pub smoke: bool,
    pub rounds: usize,
    pub slice: Duration,
    pub starts: usize,
    /// The cost of one more file is compared with so many stored and with [`FEW_FILES`].
    pub many_files: u64,
    pub many_files_rounds: usize,
}

pub const FULL: Scale = Scale {
    smoke: false,
    rounds: 7,
    slice: Duration::from_secs(1),
    starts: 10,
    many_files: 1_000_000,
    many_files_rounds: 41,
};

pub const SMOKE: Scale = Scale {
    smoke: true,
    rounds: 1,
    slice: Duration::from_millis(50),
    starts: 3,
    many_files: 20_000,
    many_files_rounds: 5,
};

pub const FEW_FILES: u64 = 1_000;

/// Uploads stay stored until the next reset. A slice ends at this many bytes even if time is left,
/// so that less than 4 GiB is stored, the requests that open the connections included.
pub const MAX_STORED_PER_SLICE: u64 = 2 << 30;

/// The p99 goal holds where requests queue for the server.
pub const P99_CONNECTIONS: usize = 32;
pub const P99_GOAL: f64 = 1.5;

/// The most processor time per request, as a ratio to the floor's.
pub const CPU_GOAL: f64 = 1.5;

#[derive(Clone, Copy, PartialEq)]
pub enum Work {
    /// `GET /api/v2/attachments/{id}`: a few hundred bytes of JSON.
    ShowAttachment,
    /// `POST /api/v2/uploads` of a body this long.
    Upload(usize),
    /// Repeated `PUT`s of so many bytes to one presigned URL, which S3 allows.
    PutImage(usize),
    /// `GET` of a stored file of [`DOWNLOAD_SIZE`] bytes.
    Download,
}

pub const DOWNLOAD_SIZE: usize = 1_000_000;

/// How the load of an item connects.
#[derive(Clone, Copy, PartialEq)]
pub enum Connecting {
    Plain,
    Tls,
    /// A new connection for each request.
    PlainEach,
    TlsEach {
        resumes: bool,
    },
}

impl Connecting {
    pub fn is_each(self) -> bool {
        matches!(self, Self::PlainEach | Self::TlsEach { .. })
    }
}

/// Each leaves a port behind that the system does not use again at once.
pub const MAX_CONNECTIONS_PER_SLICE: u64 = 2_000;

pub struct Item {
    pub name: String,
    pub work: Work,
    pub connecting: Connecting,
    pub connections: usize,
    /// The least acceptable ratio of the product's requests per second to the floor's.
    pub goal: f64,
}

pub fn items() -> Vec<Item> {
    const KB: usize = 1_000;
    const MB: usize = 1_000_000;
    use Connecting::{Plain, PlainEach, Tls, TlsEach};
    let (new, resumed) = (TlsEach { resumes: false }, TlsEach { resumes: true });
    let plan = [
        ("GET attachment", Work::ShowAttachment, Plain, [1, 32], 0.85),
        ("POST 1 KB", Work::Upload(KB), Plain, [1, 32], 0.85),
        ("POST 100 KB", Work::Upload(100 * KB), Plain, [1, 32], 0.95),
        ("POST 1 MB", Work::Upload(MB), Plain, [1, 32], 1.0),
        ("POST 20 MB", Work::Upload(20 * MB), Plain, [1, 4], 1.0),
        ("POST 50 MB", Work::Upload(50 * MB), Plain, [1, 2], 1.0),
        ("PUT 1 MB, with MD5", Work::PutImage(MB), Plain, [1, 32], 0.95),
        ("download 1 MB", Work::Download, Plain, [1, 32], 0.98),
        ("TLS: GET attachment", Work::ShowAttachment, Tls, [1, 32], 0.85),
        ("TLS: POST 1 KB", Work::Upload(KB), Tls, [1, 32], 0.85),
        ("TLS: POST 1 MB", Work::Upload(MB), Tls, [1, 32], 1.0),
        ("connect, GET", Work::ShowAttachment, PlainEach, [1, 4], 0.85),
        ("TLS: connect, GET", Work::ShowAttachment, new, [1, 4], 0.85),
        ("TLS: resume, GET", Work::ShowAttachment, resumed, [1, 4], 0.85),
    ];
    plan.into_iter()
        .flat_map(|(name, work, connecting, connections, goal)| {
            connections.map(|connections| Item {
                name: name.to_owned(),
                work,
                connecting,
                connections,
                goal,
            })
        })
        .collect()
}
