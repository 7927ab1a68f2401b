//! Restricts the page and the admin commands to programs and browsers on this machine.

use std::net::{IpAddr, SocketAddr};

use hyper::header::{HOST, HeaderName, ORIGIN};
use hyper::http::request::Parts;
use hyper::http::uri::Authority;

use crate::callback::loopback;

/// The address on which the server listens, and the caller's.
#[derive(Clone, Copy)]
pub(super) struct Ends {
    pub(super) server: SocketAddr,
    pub(super) peer: SocketAddr,
}

/// Why an admin command is refused, if it is.
///
/// - The peer must be on this machine, at whichever address the server listens.
/// - `Host` must name this machine: a page of another host whose name resolves to 127.0.0.1 sends that name.
/// - `Origin`, if a browser sends it, must be the sandbox itself; so must `Sec-Fetch-Site`, which browsers also send
///   for plain links and images.
pub(super) fn refusal(head: &Parts, ends: Ends) -> Option<&'static str> {
    if !ends.peer.ip().to_canonical().is_loopback() {
        return Some("the page and the admin commands can be used from this machine only\n");
    }
    let host = text(head, HOST).filter(|host| is_here(host, ends.server));
    let Some(host) = host else {
        return Some("the Host header names another machine or port\n");
    };
    let same_origin = |origin: &str| origin.strip_prefix("http://") == Some(host);
    if head.headers.contains_key(ORIGIN) && !text(head, ORIGIN).is_some_and(same_origin) {
        return Some("the Origin header names another page\n");
    }
    let site = text(head, HeaderName::from_static("sec-fetch-site")).unwrap_or("none");
    let opens_the_page = head.uri.path() == "/";
    if !matches!(site, "same-origin" | "none") && !opens_the_page {
        return Some("the request was made by another page\n");
    }
    None
}

fn text(head: &Parts, name: HeaderName) -> Option<&str> {
    head.headers.get(name).and_then(|value| value.to_str().ok())
}

/// Whether a `Host` header names the address on which the server listens.
fn is_here(host: &str, server: SocketAddr) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    // Browsers leave out the port only if it is the protocol's default.
    authority.port_u16().unwrap_or(80) == server.port()
        && !authority.as_str().contains('@')
        && (loopback(authority.host()).is_some() || is_own(authority.host(), server.ip()))
}

/// Whether a host is exactly the address on which the server listens.
fn is_own(host: &str, server: IpAddr) -> bool {
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    !server.is_unspecified() && bare.parse() == Ok(server)
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    #[track_caller]
    fn check(server: &str, peer: &str, host: &str, let_in: bool) {
        let request = Request::get("/admin/status").header(HOST, host).body(());
        let (head, ()) = request.unwrap().into_parts();
        let ends = Ends {
            server: server.parse().unwrap(),
            peer: peer.parse().unwrap(),
        };
        assert_eq!(
            refusal(&head, ends).is_none(),
            let_in,
            "{server} {peer} {host}"
        );
    }

    #[test]
    fn only_this_machine_is_let_in() {
        check("127.0.0.1:8080", "127.0.0.1:50000", "127.0.0.1:8080", true);
        check("[::1]:8080", "[::1]:50000", "[::1]:8080", true);
        check("192.0.2.1:8080", "192.0.2.7:50000", "192.0.2.1:8080", false);
        check(
            "[::ffff:127.0.0.1]:8080",
            "[::ffff:127.0.0.1]:50000",
            "localhost:8080",
            true,
        );
        check(
            "[::ffff:192.0.2.1]:8080",
            "[::ffff:192.0.2.7]:50000",
            "192.0.2.1:8080",
            false,
        );
    }

    #[test]
    fn the_host_must_mean_this_machine() {
        check("127.0.0.1:80", "127.0.0.1:50000", "localhost", true);
        check("127.0.0.1:80", "127.0.0.1:50000", "evil.example", false);
        check(
            "127.0.0.1:8080",
            "127.0.0.1:50000",
            "localhost.evil.example:8080",
            false,
        );
        check(
            "127.0.0.1:8080",
            "127.0.0.1:50000",
            "127.0.0.1@evil.example:8080",
            false,
        );
        check("127.0.0.1:8080", "127.0.0.1:50000", "", false);
    }
}
