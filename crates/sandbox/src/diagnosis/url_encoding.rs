//! The ways in which languages URL-encode a text.

/// A function of a language, by what it leaves as it is and how it writes the rest.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum UrlEncoding {
    /// HTML's forms, Java's `URLEncoder`.
    Form,
    /// The same with `%20` for a space, as programs in Java put it right.
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
    /// .NET's `HttpUtility.UrlEncode`, whose digits are small.
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

    /// What is left as it is beside ASCII letters and digits.
    fn plain(self) -> &'static [u8] {
        match self {
            UrlEncoding::Form | UrlEncoding::FormWithPercent => b"*-._",
            UrlEncoding::Rfc3986 | UrlEncoding::PythonQuotePlus => b"-._~",
            UrlEncoding::PythonQuote => b"-._~/",
            UrlEncoding::Php => b"-._",
            UrlEncoding::JavaScriptComponent => b"-_.!~*'()",
            UrlEncoding::JavaScript => b"-_.!~*'();/?:@&=+$,#",
            UrlEncoding::DotNet | UrlEncoding::DotNetHttp => b"-_.!*()",
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
        let mut written = String::with_capacity(text.len());
        for byte in text.bytes() {
            match byte {
                b' ' if self.writes_pluses() => written.push('+'),
                _ if byte.is_ascii_alphanumeric() || self.plain().contains(&byte) => {
                    written.push(char::from(byte));
                }
                _ if self == UrlEncoding::DotNetHttp => written.push_str(&format!("%{byte:02x}")),
                _ => written.push_str(&format!("%{byte:02X}")),
            }
        }
        written
    }
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
