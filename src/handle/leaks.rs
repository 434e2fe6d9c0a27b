//! Unfinished uploads and images.

use crate::core::account::Leaks;
use crate::core::chains::Missing;
use crate::handle::AccountHandle;

impl AccountHandle {
    /// Uploads and images that are still unfinished, or expired unfinished.
    ///
    /// ```
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// // … the code under test uploads the files of a draft …
    /// for upload in zendesk.leaks().uploads {
    ///     println!("{}: {:?} until {}", upload.token, upload.file_names, upload.expires_at);
    /// }
    /// ```
    #[must_use]
    pub fn leaks(&self) -> Leaks {
        self.account.leaks()
    }

    /// Asserts that every upload was attached or deleted, and every image published.
    ///
    /// # Panics
    /// When something is unfinished. The message lists it with the missing step.
    #[track_caller]
    pub fn assert_no_leaks(&self) {
        let leaks = self.leaks();
        let Leaks { uploads, images, expired_uploads, expired_images } = &leaks;
        let uploads = uploads.iter().map(|upload| {
            let names = upload.file_names.join(", ");
            format!("  upload {} ({names}) was never attached\n", upload.token)
        });
        let images = images.iter().map(|image| {
            let step = if image.missing == Missing::Publish { "published" } else { "stored" };
            format!("  image {} was never {step}\n", image.token)
        });
        let list: String = uploads.chain(images).collect();
        assert!(
            leaks.is_empty(),
            "uploads or images are unfinished:\n{list}  expired unfinished: {expired_uploads} \
             uploads, {expired_images} images"
        );
    }
}
