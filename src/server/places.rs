//! The places of connections: `max_connections`, and a reserve in which the control API answers.

use std::io;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::ReservedPlace;

/// How many connections the reserve takes.
const RESERVED: usize = 64;
/// How many of these may wait for an ordinary place at the same time.
const WAITING: usize = 64;
/// Files that the process opens for other things.
#[cfg(unix)]
const OTHER_FILES: usize = 32;

pub struct ConnectionPlaces {
    ordinary: Arc<Semaphore>,
    reserved: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    most: usize,
}

pub enum ConnectionPlace {
    Ordinary(OwnedSemaphorePermit),
    Reserved(ReservedPlace),
}

impl ConnectionPlaces {
    /// As many places as are wanted, or as the system lets the process open if each connection
    /// takes so many files.
    pub fn new(wanted: usize, files_each: usize) -> Self {
        let most = wanted.min(most_connections(files_each)).min(Semaphore::MAX_PERMITS);
        if most < wanted {
            tracing::info!(
                "max_connections is {wanted}, and the limit of open files (ulimit -n) leaves {most}"
            );
        }
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        let (reserved, waiting) = (semaphore(RESERVED), semaphore(WAITING));
        Self { ordinary: semaphore(most), reserved, waiting, most }
    }

    /// How many ordinary places there are.
    pub fn most(&self) -> usize {
        self.most
    }

    /// A place for the next connection, reserved if one is free: it is held until a client
    /// connects, and a request of another connection may need an ordinary one before.
    ///
    /// # Errors
    /// Never: the semaphores are not closed.
    pub async fn free(&self) -> io::Result<ConnectionPlace> {
        tokio::select! {
            biased;
            permit = Arc::clone(&self.reserved).acquire_owned() => {
                permit.map(|permit| self.reserve(permit)).map_err(io::Error::other)
            }
            permit = Arc::clone(&self.ordinary).acquire_owned() => {
                permit.map(ConnectionPlace::Ordinary).map_err(io::Error::other)
            }
        }
    }

    /// An ordinary place instead of a reserved one, if one is free.
    pub fn better(&self, place: ConnectionPlace) -> ConnectionPlace {
        let ordinary =
            || Arc::clone(&self.ordinary).try_acquire_owned().ok().map(ConnectionPlace::Ordinary);
        match place {
            ConnectionPlace::Ordinary(_) => place,
            ConnectionPlace::Reserved(_) => ordinary().unwrap_or(place),
        }
    }

    fn reserve(&self, permit: OwnedSemaphorePermit) -> ConnectionPlace {
        let (ordinary, waiting) = (Arc::clone(&self.ordinary), Arc::clone(&self.waiting));
        ConnectionPlace::Reserved(ReservedPlace::new(permit, ordinary, waiting))
    }
}

/// How many connections the process can have besides the reserve, and those that wait.
#[cfg(unix)]
fn most_connections(files_each: usize) -> usize {
    use rustix::process::{Resource, getrlimit};

    let Some(files) = getrlimit(Resource::Nofile).current else { return usize::MAX };
    let files = usize::try_from(files).unwrap_or(usize::MAX);
    (files.saturating_sub(RESERVED + WAITING + OTHER_FILES) / files_each).max(1)
}

#[cfg(not(unix))]
fn most_connections(_files_each: usize) -> usize {
    usize::MAX
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn the_next_connection_takes_no_place_from_one_that_has_come() {
        let places = ConnectionPlaces::new(1, 1);
        let next = async || places.free().await.expect("a place");
        let first = places.better(next().await);
        let second = places.better(next().await);
        let ConnectionPlace::Reserved(second) = second else { panic!("the only place is taken") };
        drop(first);
        let _third = next().await;
        assert!(second.admits("/", Duration::ZERO).await);
    }
}
