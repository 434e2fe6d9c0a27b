//! The files of the page, as they are in the binary.

use std::io::Write as _;
use std::sync::LazyLock;

use axum::http::HeaderValue;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// A file of the page.
#[derive(Debug)]
pub struct Asset {
    /// Its path below the page.
    pub name: &'static str,
    pub content_type: &'static str,
    pub content: &'static [u8],
    /// The content with gzip, made once.
    pub compressed: Vec<u8>,
    /// Weak, because it stands for both encodings.
    pub etag: HeaderValue,
}

macro_rules! assets {
    ($($name:literal: $content_type:expr;)+) => {
        /// All files, in the order in which a browser asks for them.
        pub static ALL: LazyLock<Vec<Asset>> = LazyLock::new(|| {
            vec![$(Asset::new($name, $content_type, include_bytes!(concat!("assets/", $name)))),+]
        });
    };
}

const HTML: &str = "text/html; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const ICON: &str = "image/svg+xml";

assets! {
    "index.html": HTML;
    "style.css": STYLE;
    "icon.svg": ICON;
    "app.js": SCRIPT;
    "accounts.js": SCRIPT;
    "action.js": SCRIPT;
    "advice.js": SCRIPT;
    "api.js": SCRIPT;
    "bodies.js": SCRIPT;
    "call.js": SCRIPT;
    "card.js": SCRIPT;
    "comment.js": SCRIPT;
    "connect.js": SCRIPT;
    "controls.js": SCRIPT;
    "faults.js": SCRIPT;
    "file_detail.js": SCRIPT;
    "file_state.js": SCRIPT;
    "files.js": SCRIPT;
    "format.js": SCRIPT;
    "html.js": SCRIPT;
    "icons.js": SCRIPT;
    "image_refusals.js": SCRIPT;
    "kept.js": SCRIPT;
    "missing_files.js": SCRIPT;
    "named_tokens.js": SCRIPT;
    "other_accounts.js": SCRIPT;
    "parts.js": SCRIPT;
    "preview.js": SCRIPT;
    "put_advice.js": SCRIPT;
    "put_warnings.js": SCRIPT;
    "refusals.js": SCRIPT;
    "refused.js": SCRIPT;
    "request_detail.js": SCRIPT;
    "request_line.js": SCRIPT;
    "requests.js": SCRIPT;
    "route.js": SCRIPT;
    "rows.js": SCRIPT;
    "settings.js": SCRIPT;
    "store.js": SCRIPT;
    "tickets.js": SCRIPT;
    "wrong_token.js": SCRIPT;
    "comment.css": STYLE;
    "vendor/preact.js": SCRIPT;
    "vendor/hooks.js": SCRIPT;
    "vendor/htm.js": SCRIPT;
}

impl Asset {
    fn new(name: &'static str, content_type: &'static str, content: &'static [u8]) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        // Writing to a vector cannot fail.
        let _ = encoder.write_all(content);
        let compressed = encoder.finish().unwrap_or_default();
        let digest = Sha256::digest(content);
        let digest: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let etag = HeaderValue::try_from(format!("W/\"{digest}\""));
        let etag = etag.unwrap_or(HeaderValue::from_static("W/\"\""));
        Self { name, content_type, content, compressed, etag }
    }
}
