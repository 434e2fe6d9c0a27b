//! Imports objects of the bucket, such as user images: reserved, stored or published.

use crate::core::account::Store;
use crate::core::bucket::{PublishedObject, PutBody, Reservation, Stage};
use crate::core::tokens::Family;
use crate::seed::error::SeedError;
use crate::seed::import::{Importer, ensure_free, ensure_line};
use crate::seed::model::SeedImage;
use crate::seed::values::Published;

impl Importer<'_> {
    pub(super) fn object(
        &mut self,
        family: &'static Family,
        mut image: SeedImage,
    ) -> Result<(), SeedError> {
        let content_type =
            image.content_type.take().ok_or_else(|| SeedError::missing("content_type"))?;
        ensure_line("content_type", Some(&content_type))?;
        ensure_line("host", image.host.as_deref())?;
        let body = self.put_body(&mut image).map_err(|error| error.within("file"))?;
        let name = match image.published {
            None | Some(Published::Flag(false)) => {
                let reservation = self.reservation(family, image, content_type, body.as_ref())?;
                let stage = body.map_or(Stage::Reserved, Stage::Stored);
                self.store.bucket.insert(reservation, stage);
                return Ok(());
            }
            Some(Published::Flag(true)) => None,
            Some(Published::Name(name)) => Some(name.in_account(self.account.id())),
        };
        let reservation = match image.token {
            Some(_) => {
                Some(self.reservation(family, image, content_type.clone(), body.as_ref())?)
            }
            None => None,
        };
        let Store { bucket, ids, .. } = &mut self.store;
        ensure_free("published", name, |name| bucket.published.contains_key(&name))?;
        let is_given = |name: &_| self.given.published.contains(name);
        let make = || ids.published_name(self.now, self.account.id(), is_given);
        let name = name.unwrap_or_else(make);
        let blob = body.ok_or_else(|| SeedError::missing("file"))?.blob;
        let published = PublishedObject::new(family, name, content_type, blob);
        bucket.insert_published(published, reservation);
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
        family: &'static Family,
        image: SeedImage,
        content_type: String,
        body: Option<&PutBody>,
    ) -> Result<Reservation, SeedError> {
        let objects = &self.store.bucket.objects;
        ensure_free("token", image.token, |token| objects.contains(&token))?;
        let expires_at = self.expiry(image.life, image.expires_at)?;
        let is_given = |token: &_| self.given.bucket_keys.contains(token);
        let make = || self.store.ids.bucket_key(self.now, is_given);
        Ok(Reservation {
            family,
            key: image.token.unwrap_or_else(make),
            content_type,
            declared_size: image.size.or(body.map(|body| body.blob.len())).unwrap_or(0),
            host: image.host.unwrap_or_default(),
            reserved_at: image.reserved_at.unwrap_or(self.now),
            expires_at,
        })
    }
}
