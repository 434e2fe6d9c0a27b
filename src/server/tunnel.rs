//! A tunnel that a client opened through the proxy.

use std::sync::Arc;

use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::server::connection_context::{AnyStream, ConnectionContext};
use crate::server::protocol::Protocol;
use crate::server::traffic::{Tracked, Traffic};

/// Why a tunnel is closed in which nothing passes.
const SILENT: &str = "its tunnel stays silent, idle_timeout";

/// Waits for the client's first bytes in a tunnel that leads here. `None` is a tunnel that is
/// closed, or in which the client says nothing in time.
pub async fn enter(
    upgrade: OnUpgrade,
    context: &ConnectionContext,
    mut draining: watch::Receiver<()>,
) -> Option<(Protocol, AnyStream)> {
    let start = async { Protocol::read(TokioIo::new(upgrade.await.ok()?)).await.ok()? };
    let started = tokio::select! {
        started = tokio::time::timeout(context.app.timeout(), start) => started,
        _ = draining.changed() => return None,
    };
    match started {
        Ok(found) => found.map(|(protocol, stream)| (protocol, Box::new(stream) as AnyStream)),
        Err(_) => {
            context.bad_connections.log(SILENT);
            None
        }
    }
}

/// Copies between a client and another server until both are done, or nothing passes for long.
pub async fn pass_through(
    upgrade: OnUpgrade,
    mut server: TcpStream,
    context: &ConnectionContext,
    mut draining: watch::Receiver<()>,
) {
    let Ok(client) = upgrade.await else { return };
    let traffic = Arc::new(Traffic::default());
    let mut client = Tracked::new(TokioIo::new(client), Arc::clone(&traffic));
    tokio::select! {
        // An end with an error is an end.
        _ = copy_bidirectional(&mut client, &mut server) => {}
        () = traffic.idle(|| context.app.timeout()) => {
            if !traffic.has_begun() {
                context.bad_connections.log(SILENT);
            }
        }
        _ = draining.changed() => {}
    }
}
