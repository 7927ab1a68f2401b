//! The ways in which different languages URL-encode a text.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// A language's encoding function: which characters it leaves unchanged, and how it writes the others.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum UrlEncoding {
    /// HTML's forms, Java's `URLEncoder`.
    Form,
    /// The same with `%20` for a space, as programs in Java often correct it.
    FormWithPercent,
    /// PHP's `rawurlencode`, Go's `PathEscape`, .NET's `Uri.EscapeDataString`.
    Rfc3986,
    /// Python's `quote`.
    PythonQuote,
    /// Python's `quote_plus` and `urlencode`, Go's `QueryEscape`.
    PythonQuotePlus,
    /// PHP's `urlencode`.
    Php,
    /// JavaScript's `encodeURIComponent`.
    JavaScriptComponent,
    /// JavaScript's `encodeURI`.
    JavaScript,
    /// .NET's `WebUtility.UrlEncode`.
    DotNet,
    /// .NET's `HttpUtility.UrlEncode`, whose hex digits are lower case.
    DotNetHttp,
}

impl UrlEncoding {
    pub(super) const ALL: [UrlEncoding; 10] = [
        UrlEncoding::FormWithPercent,
        UrlEncoding::Form,
        UrlEncoding::Rfc3986,
        UrlEncoding::PythonQuote,
        UrlEncoding::PythonQuotePlus,
        UrlEncoding::Php,
        UrlEncoding::JavaScriptComponent,
        UrlEncoding::JavaScript,
        UrlEncoding::DotNet,
        UrlEncoding::DotNetHttp,
    ];

    /// The characters that are encoded.
    fn encoded(self) -> &'static AsciiSet {
        match self {
            UrlEncoding::Form | UrlEncoding::FormWithPercent => const { &all_except(b"*-._") },
            UrlEncoding::Rfc3986 | UrlEncoding::PythonQuotePlus => const { &all_except(b"-._~") },
            UrlEncoding::PythonQuote => const { &all_except(b"-._~/") },
            UrlEncoding::Php => const { &all_except(b"-._") },
            UrlEncoding::JavaScriptComponent => const { &all_except(b"-_.!~*'()") },
            UrlEncoding::JavaScript => const { &all_except(b"-_.!~*'();/?:@&=+$,#") },
            UrlEncoding::DotNet | UrlEncoding::DotNetHttp => const { &all_except(b"-_.!*()") },
        }
    }

    /// Whether a space becomes a plus.
    pub(super) fn writes_pluses(self) -> bool {
        matches!(
            self,
            UrlEncoding::Form
                | UrlEncoding::PythonQuotePlus
                | UrlEncoding::Php
                | UrlEncoding::DotNet
                | UrlEncoding::DotNetHttp
        )
    }

    pub(super) fn encode(self, text: &str) -> String {
        percent_encode(text.as_bytes(), self.encoded())
            .map(|piece| match piece {
                "%20" if self.writes_pluses() => Cow::Borrowed("+"),
                _ if self == UrlEncoding::DotNetHttp && piece.starts_with('%') => {
                    Cow::Owned(piece.to_ascii_lowercase())
                }
                _ => Cow::Borrowed(piece),
            })
            .collect()
    }
}

/// All characters except ASCII letters, digits and these.
const fn all_except(plain: &[u8]) -> AsciiSet {
    let mut encoded = NON_ALPHANUMERIC.remove(plain[0]);
    let mut at = 1;
    while at < plain.len() {
        encoded = encoded.remove(plain[at]);
        at += 1;
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_differ_in_what_they_leave_as_it_is() {
        let text = "é a/b~*!'()&=+";
        for (encoding, written) in [
            (UrlEncoding::Form, "%C3%A9+a%2Fb%7E*%21%27%28%29%26%3D%2B"),
            (
                UrlEncoding::FormWithPercent,
                "%C3%A9%20a%2Fb%7E*%21%27%28%29%26%3D%2B",
            ),
            (
                UrlEncoding::Rfc3986,
                "%C3%A9%20a%2Fb~%2A%21%27%28%29%26%3D%2B",
            ),
            (
                UrlEncoding::PythonQuote,
                "%C3%A9%20a/b~%2A%21%27%28%29%26%3D%2B",
            ),
            (
                UrlEncoding::PythonQuotePlus,
                "%C3%A9+a%2Fb~%2A%21%27%28%29%26%3D%2B",
            ),
            (UrlEncoding::Php, "%C3%A9+a%2Fb%7E%2A%21%27%28%29%26%3D%2B"),
            (
                UrlEncoding::JavaScriptComponent,
                "%C3%A9%20a%2Fb~*!'()%26%3D%2B",
            ),
            (UrlEncoding::JavaScript, "%C3%A9%20a/b~*!'()&=+"),
            (UrlEncoding::DotNet, "%C3%A9+a%2Fb%7E*!%27()%26%3D%2B"),
            (UrlEncoding::DotNetHttp, "%c3%a9+a%2fb%7e*!%27()%26%3d%2b"),
        ] {
            assert_eq!(encoding.encode(text), written);
        }
        let form: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        assert_eq!(UrlEncoding::Form.encode(text), form);
    }
}
