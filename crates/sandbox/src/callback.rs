//! The address that push messages go to: plain HTTP on this machine.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use hyper::Uri;

/// The parts of a callback URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Callback {
    pub(crate) address: SocketAddr,
    /// The value of the `Host` header.
    pub(crate) host: String,
    /// Path and query.
    pub(crate) target: String,
}

impl FromStr for Callback {
    type Err = io::Error;

    /// Reads a URL such as `http://127.0.0.1:8080/messages`. A callback on another machine is refused: a sandbox must
    /// not send messages there.
    fn from_str(url: &str) -> io::Result<Self> {
        let wrong = || {
            let message = format!(
                "cannot take the callback URL: found {url:?}; wanted http on this machine, such as http://127.0.0.1:8080/path"
            );
            io::Error::new(io::ErrorKind::InvalidInput, message)
        };
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let authority = uri
            .authority()
            .filter(|_| uri.scheme_str() == Some("http"))
            .ok_or_else(wrong)?;
        let ip = loopback(authority.host()).ok_or_else(wrong)?;
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        Ok(Callback {
            address: SocketAddr::new(ip, authority.port_u16().unwrap_or(80)),
            host: authority.as_str().to_owned(),
            target: target.to_owned(),
        })
    }
}

impl fmt::Display for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}{}", self.host, self.target)
    }
}

/// The address of a host name that means this machine.
pub(crate) fn loopback(host: &str) -> Option<IpAddr> {
    if host.eq_ignore_ascii_case("localhost") {
        return Some(Ipv4Addr::LOCALHOST.into());
    }
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    bare.parse().ok().filter(IpAddr::is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_addresses_are_parsed() {
        let callback: Callback = "http://localhost:8080/hook?a=1".parse().unwrap();
        assert_eq!(callback.address, ([127, 0, 0, 1], 8080).into());
        assert_eq!(callback.target, "/hook?a=1");
        let callback: Callback = "http://[::1]:9".parse().unwrap();
        assert_eq!(
            (callback.address.is_ipv6(), callback.target.as_str()),
            (true, "/")
        );
    }

    #[test]
    fn other_places_are_refused() {
        for url in [
            "https://127.0.0.1/",
            "http://example.com/",
            "http://10.0.0.1/",
            "/hook",
            "",
            "ftp://localhost/",
        ] {
            let error = url.parse::<Callback>().unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{url}");
        }
    }
}
