//! The authorisation page, which redirects its visitor back at once with a code.

use hyper::http::request::Parts;

/// The path of the authorisation page.
pub(super) const PATH: &str = "/oauth/authorize";

/// A request for the authorisation page.
pub(super) struct Authorisation {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) state: Option<String>,
}

impl Authorisation {
    /// Reads the query.
    ///
    /// # Errors
    /// A sentence about the parameter that is absent or wrong.
    pub(super) fn read(head: &Parts) -> Result<Self, String> {
        let query = head.uri.query().unwrap_or_default();
        let value = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        let wanted =
            |name: &str| value(name).ok_or_else(|| format!("the parameter {name:?} is missing"));
        match wanted("response_type")?.as_str() {
            "code" => {}
            other => return Err(format!("found response_type {other:?}, wanted \"code\"")),
        }
        let redirect_uri = wanted("redirect_uri")?;
        if !redirect_uri.starts_with("http://") && !redirect_uri.starts_with("https://") {
            return Err(format!(
                "found redirect_uri {redirect_uri:?}, wanted an http or https URL"
            ));
        }
        Ok(Self {
            client_id: wanted("client_id")?,
            redirect_uri,
            state: value("state"),
        })
    }

    /// The URL to redirect the visitor to.
    pub(super) fn redirect(&self, code: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("code", code);
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        let (address, fragment) = match self.redirect_uri.split_once('#') {
            Some((address, fragment)) => (address, format!("#{fragment}")),
            None => (self.redirect_uri.as_str(), String::new()),
        };
        let joint = if address.contains('?') { '&' } else { '?' };
        format!("{address}{joint}{}{fragment}", query.finish())
    }
}
