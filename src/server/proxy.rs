//! What a client asks of this server as its proxy: tunnels, and absolute targets of plain HTTP.

use std::net::{IpAddr, UdpSocket};

use hyper::body::{Body as _, Incoming};
use hyper::upgrade::OnUpgrade;
use hyper::{Method, Request, Version};
use tokio::net::TcpStream;

use crate::http::ProxyRefusal;
use crate::server::connection_context::ConnectionContext;

/// Where a tunnel leads.
#[derive(Debug)]
pub enum Destination {
    /// Here, by the name of a host or by an address of this server.
    Here(Option<String>),
    /// To another server, under `proxy_passthrough`.
    Away(TcpStream),
}

/// The tunnel that a request opens. A request for which the proxy does nothing gets a
/// [`ProxyRefusal`]. A request within a tunnel opens no other one.
pub async fn proxy(
    request: &mut Request<Incoming>,
    context: &ConnectionContext,
    may_tunnel: bool,
) -> Option<(OnUpgrade, Destination)> {
    let is_connect = request.method() == Method::CONNECT;
    // In HTTP/2 all targets are absolute.
    if !is_connect && (request.uri().authority().is_none() || request.version() == Version::HTTP_2)
    {
        return None;
    }
    let decided = match is_connect {
        true => tunnel(request, context, may_tunnel).await.map(Some),
        false => absolute(request, context).map(|()| None),
    };
    match decided {
        Ok(destination) => destination.map(|to| (hyper::upgrade::on(request), to)),
        Err(why) => {
            request.extensions_mut().insert(why);
            None
        }
    }
}

/// Whether an absolute target is on this server, or the refusal.
fn absolute(request: &Request<Incoming>, context: &ConnectionContext) -> Result<(), ProxyRefusal> {
    let Some(authority) = request.uri().authority() else { return Ok(()) };
    let (host, scheme) = (authority.host(), request.uri().scheme_str().unwrap_or("http"));
    let default_port = match scheme {
        "http" => 80,
        "https" => 443,
        _ => {
            return Err(ProxyRefusal::Forbidden(format!(
                "the proxy knows no {scheme}: use http or https"
            )));
        }
    };
    let port = authority.port_u16().unwrap_or(default_port);
    if context.leaves.names().is_proxied(host) || is_own(host, Some(port), context) {
        return Ok(());
    }
    Err(ProxyRefusal::Forbidden(format!(
        "the proxy does not lead to {scheme}://{authority}: it serves names below `domains` and \
         the hosts of Zendesk's files; set NO_PROXY for other hosts"
    )))
}

/// Where the tunnel of a request leads, or why there is none.
async fn tunnel(
    request: &Request<Incoming>,
    context: &ConnectionContext,
    may_tunnel: bool,
) -> Result<Destination, ProxyRefusal> {
    let Some(authority) = request.uri().authority() else {
        return forbidden("CONNECT needs a host and a port, such as acme.zendesk.com:443");
    };
    let (host, port) = (authority.host(), authority.port_u16());
    if !may_tunnel {
        return forbidden("a tunnel begins on a connection of HTTP/1.1, outside of tunnels");
    }
    if !request.body().is_end_stream() {
        return forbidden("a CONNECT request has no body");
    }
    if context.leaves.names().is_proxied(host) {
        return Ok(Destination::Here(Some(host.to_owned())));
    }
    if is_own(host, port, context) {
        return Ok(Destination::Here(None));
    }
    let Some(port) = port.filter(|_| context.passthrough) else {
        return Err(ProxyRefusal::Forbidden(format!(
            "the proxy does not lead to {authority}: it serves names below `domains` and the hosts \
             of Zendesk's files; set NO_PROXY for other hosts, or proxy_passthrough"
        )));
    };
    if !context.app.admits(authority.as_str()).await {
        return Err(ProxyRefusal::Unreachable("max_connections are in use".to_owned()));
    }
    let host = host.trim_matches(['[', ']']);
    let connecting = TcpStream::connect((host, port));
    let why = match tokio::time::timeout(context.app.timeout(), connecting).await {
        Ok(Ok(stream)) => return Ok(Destination::Away(stream)),
        Ok(Err(error)) => format!("the proxy cannot connect to {authority}: {error}"),
        Err(_) => format!("the proxy cannot connect to {authority} in time, idle_timeout"),
    };
    Err(ProxyRefusal::Unreachable(why))
}

fn forbidden<T>(why: &str) -> Result<T, ProxyRefusal> {
    Err(ProxyRefusal::Forbidden(why.to_owned()))
}

/// Whether a host and port are those of this server, as its machine or its network names it.
fn is_own(host: &str, port: Option<u16>, context: &ConnectionContext) -> bool {
    let Some((own, own_port)) = context.app.local().rsplit_once(':') else { return false };
    let is_name = host.eq_ignore_ascii_case("localhost") || !host.contains(['.', ':']);
    own_port.parse().ok() == port && (host == own || is_name || is_own_address(host, context))
}

/// Whether a host is an address of this machine, if the server listens on all of them. The system
/// binds a socket to no other address.
fn is_own_address(host: &str, context: &ConnectionContext) -> bool {
    let host = host.trim_matches(['[', ']']).parse::<IpAddr>();
    context.app.listens_on_all() && host.is_ok_and(|host| UdpSocket::bind((host, 0)).is_ok())
}
