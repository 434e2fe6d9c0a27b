//! User images of a seed, as far as each has come.

use crate::core::account::planting::{FREE_TOKEN, Planter, field};
use crate::core::account::store::Store;
use crate::core::seed::{Misfit, SeedImage, SeedReservation};
use crate::core::user_images::{PublishedImage, Reservation, extension};

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
                let (token, is_stored) = (reservation.token, object.is_some());
                chains.image_issued(&reservation, &self.account.chains_budget);
                if is_stored {
                    chains.stored(token, self.now);
                }
                user_images.put_unpublished(reservation, object);
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
                let extension = extension(&content_type);
                let image = PublishedImage { name, extension, content_type, blob: object.blob };
                if let Some(reservation) = &by {
                    chains.image_issued(reservation, &self.account.chains_budget);
                    chains.stored(reservation.token, self.now);
                    chains.published(reservation.token, &image, self.now);
                }
                user_images.put_published(image, by);
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
            Some(token) if user_images.is_reserved(&token) => {
                return Err(field(&format!("{at}.token"), FREE_TOKEN));
            }
            Some(token) => token,
            None => {
                ids.ulid(self.now, |token| user_images.is_reserved(token) || given.contains(token))
            }
        };
        Ok(Reservation {
            token,
            content_type: content_type.to_owned(),
            file_size: reserved.size,
            host: reserved.host,
            reserved_at: reserved.reserved_at.unwrap_or(self.now),
            expires_at,
        })
    }
}
