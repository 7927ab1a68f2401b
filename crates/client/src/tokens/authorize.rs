//! Authorisation in the account's browser.

use aliexpress_signing::AppKey;

use crate::error::Error;
use crate::secrets::AuthCode;

/// The URL of the page where an account authorises the application, on the gateway `base`.
///
/// The page redirects the browser to `redirect_uri`, which must be the callback registered in the
/// developer console, with a code and the `state`. Use a state that no one can guess and that
/// belongs to the browser's session, and let [`callback`] compare it: otherwise an attacker can
/// make the shop use the attacker's account.
pub fn authorize_url(
    base: &str,
    app_key: &AppKey,
    redirect_uri: &str,
    state: Option<&str>,
) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("response_type", "code")
        .append_pair("force_auth", "true")
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("client_id", app_key.as_str());
    if let Some(state) = state {
        query.append_pair("state", state);
    }
    let base = base.trim_end_matches('/');
    format!("{base}/oauth/authorize?{}", query.finish())
}

/// The code in the callback's URL (or in its query string alone).
///
/// # Errors
///
/// When there is no code, or the state is not the one that was passed to [`authorize_url`]. If the
/// page returned an `error` instead of a code, for example because the account declined, the
/// message contains it.
pub fn callback(url: &str, state: Option<&str>) -> Result<AuthCode, Error> {
    let query = url.split_once('?').map_or(url, |(_, query)| query);
    let query = query.split('#').next().unwrap_or_default();
    let parameter = |wanted: &str| {
        form_urlencoded::parse(query.as_bytes())
            .find(|(name, value)| name == wanted && !value.trim().is_empty())
            .map(|(_, value)| value.into_owned())
    };
    let refused = |found: &str, wanted| Err(Error::unusable("read the callback", found, wanted));
    if let Some(wanted) = state {
        let found = match parameter("state") {
            Some(found) if found == wanted => None,
            Some(_) => Some("another state"),
            None => Some("no state"),
        };
        if let Some(found) = found {
            return refused(found, "the state passed to the authorisation page");
        }
    }
    match parameter("code") {
        Some(code) => Ok(AuthCode::new(code)),
        None => {
            let error = parameter("error");
            let found = error.map_or_else(|| "no code".to_owned(), |error| error_in_words(&error));
            refused(&found, "the code of an account that authorised")
        }
    }
}

/// The error that replaces a code. OAuth's errors are short words; anything else could come from an
/// attacker and is not shown.
fn error_in_words(error: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if error.len() <= 40 && error.chars().all(is_word) {
        format!("the error {error}")
    } else {
        "an error instead of a code".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authorisation_url_contains_the_state() {
        let url = authorize_url(
            "https://api-sg.aliexpress.com/",
            &AppKey::new("12345678"),
            "https://shop.example/back?a=1",
            Some("x y"),
        );
        assert_eq!(
            url,
            "https://api-sg.aliexpress.com/oauth/authorize?response_type=code&force_auth=true\
             &redirect_uri=https%3A%2F%2Fshop.example%2Fback%3Fa%3D1&client_id=12345678&state=x+y"
        );
    }

    #[test]
    fn the_code_is_returned_if_the_state_matches() {
        let url = "https://shop.example/back?code=3_canary&state=x+y#top";
        assert_eq!(callback(url, Some("x y")).unwrap().expose(), "3_canary");
        assert_eq!(
            callback("code=3_canary", None).unwrap().expose(),
            "3_canary"
        );
    }

    #[test]
    fn an_invalid_callback_is_refused_and_not_shown() {
        let error = callback("https://shop.example/back?code=canary&state=z", Some("x"));
        assert_eq!(
            error.unwrap_err().to_string(),
            "cannot read the callback: found another state; wanted the state passed to the authorisation page"
        );
        let error = callback("https://shop.example/back?code=canary", Some("x"));
        assert_eq!(
            error.unwrap_err().to_string(),
            "cannot read the callback: found no state; wanted the state passed to the authorisation page"
        );
        for (query, found) in [
            ("a=1", "no code"),
            ("error=access_denied", "the error access_denied"),
            ("error=a%0Acanary", "an error instead of a code"),
        ] {
            let error = callback(&format!("https://shop.example/back?{query}"), None);
            assert_eq!(
                error.unwrap_err().to_string(),
                format!(
                    "cannot read the callback: found {found}; wanted the code of an account that authorised"
                )
            );
        }
    }
}
