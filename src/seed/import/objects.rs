//! Imports objects of the bucket, such as user images: reserved, stored or published.

use crate::core::account::Store;
use crate::core::account::settings::is_image_type;
use crate::core::bucket::{PublishedObject, PutBody, Reservation, Stage};
use crate::core::tokens::Family;
use crate::seed::error::SeedError;
use crate::seed::import::{Importer, ensure_free, ensure_line};
use crate::seed::model::SeedObject;
use crate::seed::values::Published;

impl Importer<'_> {
    pub(super) fn object(
        &mut self,
        family: &'static Family,
        mut object: SeedObject,
    ) -> Result<(), SeedError> {
        let content_type =
            object.content_type.take().ok_or_else(|| SeedError::missing("content_type"))?;
        let is_listed = || (family.types)(self.settings).contains(&content_type);
        // Another type that was listed once is in an export.
        if !is_image_type(&content_type) && !is_listed() {
            let setting = family.types_setting;
            let problem = format!("takes an image type in lower case, or one of {setting}");
            return Err(SeedError::field("content_type", problem));
        }
        ensure_line("host", object.host.as_deref())?;
        let body = self.put_body(&mut object).map_err(|error| error.within("file"))?;
        let name = match object.published {
            None | Some(Published::Flag(false)) => {
                let reservation = self.reservation(family, object, content_type, body.as_ref())?;
                let stage = body.map_or(Stage::Reserved, Stage::Stored);
                self.store.bucket.insert(reservation, stage);
                return Ok(());
            }
            Some(Published::Flag(true)) => None,
            Some(Published::Name(name)) => Some(name.in_account(self.account.id())),
        };
        let reservation = match object.token {
            Some(_) => {
                Some(self.reservation(family, object, content_type.clone(), body.as_ref())?)
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

    /// The bytes that the bucket has for an object.
    fn put_body(&self, object: &mut SeedObject) -> Result<Option<PutBody>, SeedError> {
        let Some(mut file) = object.file.take() else { return Ok(None) };
        ensure_line("content_type", file.content_type.as_deref())?;
        let blob = self.blob(&mut file)?;
        Ok(Some(PutBody { content_type: file.content_type, blob }))
    }

    fn reservation(
        &mut self,
        family: &'static Family,
        object: SeedObject,
        content_type: String,
        body: Option<&PutBody>,
    ) -> Result<Reservation, SeedError> {
        let objects = &self.store.bucket.objects;
        ensure_free("token", object.token, |token| objects.contains(&token))?;
        let expires_at = self.expiry(object.life, object.expires_at)?;
        let is_given = |token: &_| self.given.bucket_keys.contains(token);
        let make = || self.store.ids.bucket_key(self.now, is_given);
        Ok(Reservation {
            family,
            key: object.token.unwrap_or_else(make),
            content_type,
            declared_size: object.size.or(body.map(|body| body.blob.len())).unwrap_or(0),
            host: object.host.unwrap_or_default(),
            reserved_at: object.reserved_at.unwrap_or(self.now),
            expires_at,
        })
    }
}
