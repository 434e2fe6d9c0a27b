//! User images of a seed, as far as each has come.

use crate::core::account::planting::{FREE_TOKEN, Planter, field};
use crate::core::account::store::Store;
use crate::core::bucket::{Reservation, Stage};
use crate::core::media;
use crate::core::seed::{Misfit, SeedImage, SeedReservation};
use crate::core::user_images::PublishedImage;

impl Planter<'_> {
    pub(super) fn image(&mut self, image: SeedImage, at: &str) -> Result<(), Misfit> {
        let SeedImage { content_type, reservation, object, published } = image;
        let reservation = match reservation {
            Some(reserved) => Some(self.reservation(reserved, &content_type, at)?),
            None => None,
        };
        let Store { user_images, ids, chains, .. } = &mut self.store;
        let given = &self.given.images;
        match (published, object, reservation) {
            (None, _, None) => {
                return Err(field(&format!("{at}.token"), "must be there, or published"));
            }
            (None, object, Some(reservation)) => {
                let (token, is_stored) = (reservation.key, object.is_some());
                chains.image_issued(&reservation, &self.account.chains_budget);
                if is_stored {
                    chains.stored(token, self.now);
                }
                let stage = object.map_or(Stage::Reserved, Stage::Stored);
                user_images.bucket.insert(reservation, stage);
            }
            (Some(_), None, _) => {
                return Err(field(&format!("{at}.file"), "must be there in what is published"));
            }
            (Some(name), Some(object), by) => {
                let id = self.account.id();
                let name = match name.map(|name| name.in_account(id)) {
                    Some(name) if user_images.is_published(&name) => {
                        let accepts = "takes a name that no other image has";
                        return Err(field(&format!("{at}.published"), accepts));
                    }
                    Some(name) => name,
                    None => ids.image_name(self.now, id, |name| {
                        user_images.is_published(name) || given.contains(name)
                    }),
                };
                let extension = media::extension_by_type(&content_type);
                let image = PublishedImage { name, extension, content_type, blob: object.blob };
                if let Some(reservation) = &by {
                    chains.image_issued(reservation, &self.account.chains_budget);
                    chains.stored(reservation.key, self.now);
                    chains.published(reservation.key, &image, self.now);
                }
                user_images.insert_published(image, by);
            }
        }
        Ok(())
    }

    fn reservation(
        &mut self,
        reserved: SeedReservation,
        content_type: &str,
        at: &str,
    ) -> Result<Reservation, Misfit> {
        let expires_at = self.ends(reserved.ends);
        let Store { user_images, ids, .. } = &mut self.store;
        let given = &self.given.ulids;
        let token = match reserved.token {
            Some(token) if user_images.bucket.contains(&token) => {
                return Err(field(&format!("{at}.token"), FREE_TOKEN));
            }
            Some(token) => token,
            None => ids.ulid(self.now, |token| {
                user_images.bucket.contains(token) || given.contains(token)
            }),
        };
        Ok(Reservation {
            key: token,
            content_type: content_type.to_owned(),
            declared_size: reserved.size,
            host: reserved.host,
            reserved_at: reserved.reserved_at.unwrap_or(self.now),
            expires_at,
        })
    }
}
