//! Accepts connections until the server stops.

use std::net::TcpListener as StdListener;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

use crate::core::accounts::Accounts;
use crate::server::connection::{serve_connection, serve_reserved};
use crate::server::connection_context::ConnectionContext;
use crate::server::places::{ConnectionPlace, ConnectionPlaces};

/// How often the memory of expired objects is freed.
const SWEEP_INTERVAL: Duration = Duration::from_secs(1);

/// The pause after the system refuses a connection, for example for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Accepts connections until `stopped` resolves to a deadline, then waits for them until it passes.
pub async fn serve(
    listener: StdListener,
    context: ConnectionContext,
    accounts: Arc<Accounts>,
    places: ConnectionPlaces,
    mut stopped: oneshot::Receiver<Duration>,
) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%error, "cannot listen");
            return;
        }
    };
    let context = Arc::new(context);
    let sweeper = tokio::spawn(sweep(accounts, Arc::clone(&context)));
    let (draining, _) = watch::channel(());
    let deadline = loop {
        let accepted = tokio::select! {
            deadline = &mut stopped => break deadline.unwrap_or_default(),
            accepted = accept(&listener, &places) => accepted,
        };
        match accepted {
            Ok((stream, ConnectionPlace::Ordinary(permit))) => {
                let served = Arc::clone(&context);
                let connection = serve_connection(stream, served, draining.subscribe());
                tokio::spawn(async move {
                    connection.await;
                    drop(permit);
                });
            }
            Ok((stream, ConnectionPlace::Reserved(place))) => {
                context.bad_connections.log_full(places.most());
                let served = Arc::new(context.reserve(place));
                tokio::spawn(serve_reserved(stream, served, draining.subscribe()));
            }
            Err(error) => {
                context.bad_connections.log_unaccepted(&error);
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    };
    tracing::info!("stopping; open requests may take {deadline:?}");
    drop(listener);
    sweeper.abort();
    // Idle connections end here; busy ones end with their answer.
    let _ = draining.send(());
    let _ = tokio::time::timeout(deadline, draining.closed()).await;
}

async fn accept(
    listener: &TcpListener,
    places: &ConnectionPlaces,
) -> std::io::Result<(TcpStream, ConnectionPlace)> {
    let place = places.free().await?;
    let (stream, _) = listener.accept().await?;
    // Most connections get an ordinary one here.
    Ok((stream, places.better(place)))
}

/// Frees what expires regularly, and what a reset leaves at once, so that the next uploads find
/// memory that the process has already. Both take time, so a thread of their own does it. A charge
/// that finds no room does it as well, where it is.
async fn sweep(accounts: Arc<Accounts>, context: Arc<ConnectionContext>) {
    // A start has nothing to sweep, and needs no further thread.
    let mut tick = tokio::time::interval_at(Instant::now() + SWEEP_INTERVAL, SWEEP_INTERVAL);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut deferred = accounts.budget().listen();
    loop {
        let is_tick = tokio::select! {
            _ = tick.tick() => true,
            () = &mut deferred => false,
        };
        // What is left while others are freed notifies the next round.
        deferred = accounts.budget().listen();
        let accounts = Arc::clone(&accounts);
        let freeing = tokio::task::spawn_blocking(move || {
            if is_tick { accounts.sweep() } else { accounts.budget().free() }
        });
        // A panic in it is written to the standard error.
        let _ = freeing.await;
        if is_tick {
            context.bad_connections.refill();
        }
    }
}
