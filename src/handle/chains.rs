//! What became of each token, and what was begun and never ended.

use crate::core::account;
use crate::core::chains::{Chain, ChainToken, Missing};
use crate::core::clock::Timestamp;
use crate::core::uploads::Upload;
use crate::core::user_images::Unpublished;
use crate::handle::AccountHandle;

/// What was begun and never ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaks {
    /// Uploads that no ticket has attached and nobody has deleted, at most 1,000.
    pub uploads: Vec<LeakedUpload>,
    /// Images that were reserved, and perhaps stored, and not published, at most 1,000.
    pub images: Vec<LeakedImage>,
    /// How many uploads expired like that.
    pub expired_uploads: u64,
    /// How many images expired like that.
    pub expired_images: u64,
}

/// An upload that no ticket has attached and nobody has deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeakedUpload {
    /// Its token.
    pub token: String,
    /// When it is gone.
    pub expires_at: Timestamp,
    /// The names of its files.
    pub file_names: Vec<String>,
}

/// An image that was reserved and not published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeakedImage {
    /// Its token.
    pub token: String,
    /// When it is gone.
    pub expires_at: Timestamp,
    /// The content type that was announced.
    pub content_type: String,
    /// What it waits for.
    pub missing: Missing,
}

impl Leaks {
    /// Whether there is nothing of all this.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { uploads, images, expired_uploads, expired_images } = self;
        uploads.is_empty() && images.is_empty() && expired_uploads + expired_images == 0
    }
}

impl LeakedUpload {
    fn new(upload: &Upload) -> Self {
        let names = upload.attachments.iter().map(|file| file.original.file_name.clone());
        Self {
            token: upload.token.to_string(),
            expires_at: upload.expires_at,
            file_names: names.collect(),
        }
    }
}

impl LeakedImage {
    fn new(Unpublished { reservation, is_stored }: &Unpublished) -> Self {
        Self {
            token: reservation.token.to_string(),
            expires_at: reservation.expires_at,
            content_type: reservation.content_type.clone(),
            missing: if *is_stored { Missing::Publish } else { Missing::Store },
        }
    }
}

impl AccountHandle {
    /// What was begun and never ended.
    ///
    /// ```
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// // … the code under test uploads a draft's files and keeps them …
    /// for upload in zendesk.leaks().uploads {
    ///     println!("{} with {} until {}", upload.token, upload.file_names.join(", "), upload.expires_at);
    /// }
    /// ```
    #[must_use]
    pub fn leaks(&self) -> Leaks {
        let account::Leaks { uploads, images, expired_uploads, expired_images } =
            self.account.leaks();
        Leaks {
            uploads: uploads.iter().map(LeakedUpload::new).collect(),
            images: images.iter().map(LeakedImage::new).collect(),
            expired_uploads,
            expired_images,
        }
    }

    /// Makes sure that every upload was attached or deleted, and every image published.
    ///
    /// # Panics
    /// When something was begun and never ended, with a list of what and which step is missing.
    #[track_caller]
    pub fn assert_no_leaks(&self) {
        let Leaks { uploads, images, expired_uploads, expired_images } = self.leaks();
        let mut leaks = Vec::new();
        for upload in &uploads {
            let names = upload.file_names.join(", ");
            leaks.push(format!("  upload {} ({names}) was never attached", upload.token));
        }
        for image in &images {
            let missing = if image.missing == Missing::Publish { "published" } else { "stored" };
            leaks.push(format!("  image {} was never {missing}", image.token));
        }
        if expired_uploads + expired_images > 0 {
            leaks.push(format!(
                "  {expired_uploads} uploads and {expired_images} images expired like that"
            ));
        }
        assert!(leaks.is_empty(), "what was begun should have ended:\n{}", leaks.join("\n"));
    }

    /// What became of each upload token and image token, in the order in which they were given out. Of more than
    /// 1,000, the last are there.
    #[must_use]
    pub fn chains(&self) -> Vec<Chain> {
        self.account.chains().chains
    }

    /// How many chains were dropped: of more than 1,000, the last are kept.
    #[must_use]
    pub fn chains_dropped(&self) -> u64 {
        self.account.chains().dropped
    }

    /// What became of one token, as the API gives it.
    ///
    /// ```
    /// use zendesk_mock::Missing;
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// # let (account, token) = (zendesk.default_account(), "");
    /// // `token` is `upload.token`.
    /// if let Some(chain) = account.chain(token) {
    ///     assert_ne!(chain.missing, Some(Missing::Attach), "{:?}", chain.steps);
    /// }
    /// ```
    #[must_use]
    pub fn chain(&self, token: &str) -> Option<Chain> {
        self.account.chain(ChainToken::parse(token)?)
    }
}
