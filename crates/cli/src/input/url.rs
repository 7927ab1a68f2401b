//! Parsers of URLs on the command line.

use hyper::Uri;

/// An http or https URL with a host.
pub(crate) fn web_url(text: &str) -> Result<String, &'static str> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    match rest.is_some_and(|rest| {
        !rest.starts_with('/') && !rest.is_empty() && !rest.contains(char::is_whitespace)
    }) {
        true => Ok(text.to_owned()),
        false => Err("wanted a URL that begins with https:// or http://"),
    }
}

/// A URL that this program can send to.
pub(crate) fn reachable_url(text: &str) -> Result<String, &'static str> {
    let url = web_url(text)?;
    let is_valid = |uri: &Uri| {
        let authority = uri.authority();
        // An invalid port is part of the authority and has no number.
        authority.is_some_and(|authority| {
            let host = authority.host();
            !host.is_empty()
                && (authority.port_u16().is_some() || authority.as_str().ends_with(host))
        })
    };
    match url.parse().is_ok_and(|uri| is_valid(&uri)) {
        true => Ok(url),
        false => Err(
            "wanted a URL with a host and, if needed, a port, such as http://127.0.0.1:8491/push",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reachable_url_has_a_scheme_a_host_and_a_valid_port() {
        for valid in [
            "http://127.0.0.1:8491/push",
            "https://shop.example",
            "http://[::1]:80/",
            "https://user@shop.example/a?b=c",
        ] {
            assert_eq!(reachable_url(valid).as_deref(), Ok(valid));
        }
        for invalid in [
            "",
            "shop.example/push",
            "ftp://shop.example/",
            "http://",
            "http:///push",
            "http://:80/",
            "http://a b/",
            "http://shop.example:99999/",
            "http://shop.example:x/",
        ] {
            assert!(reachable_url(invalid).is_err(), "{invalid}");
        }
    }
}
