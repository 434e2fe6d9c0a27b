//! Imports user images, reserved, stored or published.

use crate::core::account::Store;
use crate::core::bucket::{PutBody, Reservation, Stage};
use crate::core::media;
use crate::core::user_images::{FAMILY, PublishedImage};
use crate::seed::error::SeedError;
use crate::seed::import::{Importer, ensure_free, ensure_line};
use crate::seed::model::SeedImage;
use crate::seed::values::Published;

impl Importer<'_> {
    pub(super) fn image(&mut self, mut image: SeedImage) -> Result<(), SeedError> {
        let content_type =
            image.content_type.take().ok_or_else(|| SeedError::missing("content_type"))?;
        ensure_line("content_type", Some(&content_type))?;
        ensure_line("host", image.host.as_deref())?;
        let body = self.put_body(&mut image).map_err(|error| error.within("file"))?;
        let name = match image.published {
            None | Some(Published::Flag(false)) => {
                let reservation = self.reservation(image, content_type, body.as_ref())?;
                let stage = body.map_or(Stage::Reserved, Stage::Stored);
                self.store.bucket.insert(reservation, stage);
                return Ok(());
            }
            Some(Published::Flag(true)) => None,
            Some(Published::Name(name)) => Some(name.in_account(self.account.id())),
        };
        let reservation = match image.token {
            Some(_) => Some(self.reservation(image, content_type.clone(), body.as_ref())?),
            None => None,
        };
        let Store { user_images, bucket, ids, .. } = &mut self.store;
        ensure_free("published", name, |name| user_images.published.contains_key(&name))?;
        let is_given = |name: &_| self.given.image_names.contains(name);
        let make = || ids.image_name(self.now, self.account.id(), is_given);
        let published = PublishedImage {
            name: name.unwrap_or_else(make),
            extension: media::extension_by_type(&content_type),
            content_type,
            blob: body.ok_or_else(|| SeedError::missing("file"))?.blob,
        };
        user_images.insert_published(published, reservation, bucket);
        Ok(())
    }

    /// The bytes that the bucket has for an image.
    fn put_body(&self, image: &mut SeedImage) -> Result<Option<PutBody>, SeedError> {
        let Some(mut file) = image.file.take() else { return Ok(None) };
        ensure_line("content_type", file.content_type.as_deref())?;
        let blob = self.blob(&mut file)?;
        Ok(Some(PutBody { content_type: file.content_type, blob }))
    }

    fn reservation(
        &mut self,
        image: SeedImage,
        content_type: String,
        body: Option<&PutBody>,
    ) -> Result<Reservation, SeedError> {
        let objects = &self.store.bucket.objects;
        ensure_free("token", image.token, |token| objects.contains(&token))?;
        let expires_at = self.expiry(image.life, image.expires_at)?;
        let is_given = |token: &_| self.given.image_tokens.contains(token);
        let make = || self.store.ids.bucket_key(self.now, is_given);
        Ok(Reservation {
            family: &FAMILY,
            key: image.token.unwrap_or_else(make),
            content_type,
            declared_size: image.size.or(body.map(|body| body.blob.len())).unwrap_or(0),
            host: image.host.unwrap_or_default(),
            reserved_at: image.reserved_at.unwrap_or(self.now),
            expires_at,
        })
    }
}
