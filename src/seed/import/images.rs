//! Imports user images, reserved, stored or published.

use crate::core::account::Store;
use crate::core::bucket::{PutBody, Reservation, Stage};
use crate::core::media;
use crate::core::user_images::PublishedImage;
use crate::seed::error::SeedError;
use crate::seed::import::{FREE_TOKEN, Importer, ensure_line};
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
                self.store.user_images.bucket.insert(reservation, stage);
                return Ok(());
            }
            Some(Published::Flag(true)) => None,
            Some(Published::Name(name)) => Some(name.in_account(self.account.id())),
        };
        let by = match image.token {
            Some(_) => Some(self.reservation(image, content_type.clone(), body.as_ref())?),
            None => None,
        };
        let body = body.ok_or_else(|| SeedError::missing("file"))?;
        let Store { user_images, ids, .. } = &mut self.store;
        let given = &self.given.image_names;
        let is_taken = |name: &_| user_images.published.contains_key(name) || given.contains(name);
        let name = match name {
            Some(name) if user_images.published.contains_key(&name) => {
                return Err(SeedError::field("published", "takes a name that no other image has"));
            }
            Some(name) => name,
            None => ids.image_name(self.now, self.account.id(), is_taken),
        };
        let extension = media::extension_by_type(&content_type);
        let image = PublishedImage { name, extension, content_type, blob: body.blob };
        user_images.insert_published(image, by);
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
        let expires_at = self.expiry(image.life, image.expires_at)?;
        let Store { user_images, ids, .. } = &mut self.store;
        let given = &self.given.image_tokens;
        let token = match image.token {
            Some(token) if user_images.bucket.objects.contains(&token) => {
                return Err(SeedError::field("token", FREE_TOKEN));
            }
            Some(token) => token,
            None => ids.bucket_key(self.now, |token| {
                user_images.bucket.objects.contains(token) || given.contains(token)
            }),
        };
        Ok(Reservation {
            key: token,
            content_type,
            declared_size: image.size.or(body.map(|body| body.blob.len())).unwrap_or(0),
            host: image.host.unwrap_or_default(),
            reserved_at: image.reserved_at.unwrap_or(self.now),
            expires_at,
        })
    }
}
