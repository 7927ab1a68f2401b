//! Tokens in the platform's answers and in stores.

use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aliexpress_models::raw;
use serde_json::{Value, json};
use zeroize::{Zeroize as _, Zeroizing};

use super::{Account, Tokens};
use crate::secrets::{RefreshToken, Session, wipe};

/// Reads the answer, without its envelope, to a token call made at `now`; the error says what is
/// missing.
///
/// `previous` are the tokens that were refreshed; their refresh token is kept if the answer has none.
pub(crate) fn read_tokens(
    fields: &raw::Value,
    now: SystemTime,
    previous: Option<&Tokens>,
) -> Result<Tokens, &'static str> {
    fields.members().ok_or("JSON that is not an object")?;
    // Stores keep whole milliseconds; this makes stored and original values equal.
    let now = whole_milliseconds(now);
    let session = text(fields, "access_token").ok_or("no access_token")?;
    let refresh_lifetime = number(fields, "refresh_expires_in");
    let refresh_token = text(fields, "refresh_token").map(RefreshToken::new);
    let refresh_expires_at = match refresh_lifetime {
        Some(0) => None,
        _ => moment(
            fields,
            now,
            "refresh_expires_in",
            "refresh_token_valid_time",
        ),
    };
    Ok(Tokens {
        session: Session::new(session),
        // A lifetime of 0 seconds means that the refresh token cannot be used.
        refresh_token: match refresh_lifetime {
            Some(0) => None,
            _ => refresh_token.or_else(|| previous?.refresh_token.clone()),
        },
        expires_at: moment(fields, now, "expires_in", "expire_time"),
        refresh_expires_at: refresh_expires_at
            .or_else(|| previous?.refresh_expires_at)
            .filter(|_| refresh_lifetime != Some(0)),
        refreshed_at: previous.map(|_| now),
        account: account(fields, previous.map(|previous| &previous.account)),
    })
}

/// Reads what [`to_json`] wrote; the error says what is missing. The parser's own message could
/// quote a token.
pub(super) fn from_json(json: &[u8]) -> Result<Tokens, &'static str> {
    let mut value = raw::parse(json).map_err(|_| "text that is not JSON")?;
    let tokens = read_tokens(&value, SystemTime::UNIX_EPOCH, None).map(|tokens| Tokens {
        refreshed_at: time(&value, "refreshed_at"),
        ..tokens
    });
    wipe(&mut value);
    tokens
}

/// A lifetime in seconds is preferred to a time by the platform's clock, which may differ from
/// ours. A time in the past is ignored, because the session is new.
fn moment(
    fields: &raw::Value,
    now: SystemTime,
    seconds: &str,
    milliseconds: &str,
) -> Option<SystemTime> {
    match number(fields, seconds).filter(|seconds| *seconds > 0) {
        Some(seconds) => now.checked_add(Duration::from_secs(seconds)),
        None => time(fields, milliseconds).filter(|end| *end > now),
    }
}

/// A time in milliseconds. Smaller numbers were probably meant as seconds and are ignored.
fn time(fields: &raw::Value, key: &str) -> Option<SystemTime> {
    const LEAST: u64 = 100_000_000_000;
    let milliseconds = number(fields, key).filter(|number| *number >= LEAST)?;
    UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds))
}

fn text(fields: &raw::Value, key: &str) -> Option<String> {
    let text = fields.get(key)?.scalar()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn number(fields: &raw::Value, key: &str) -> Option<u64> {
    text(fields, key)?.parse().ok()
}

/// The account in the answer, completed by what was known before.
fn account(fields: &raw::Value, previous: Option<&Account>) -> Account {
    let known = previous.cloned().unwrap_or_default();
    let text = |key, known| text(fields, key).or(known);
    Account {
        user_id: text("user_id", known.user_id),
        seller_id: text("seller_id", known.seller_id),
        account_id: text("account_id", known.account_id),
        havana_id: text("havana_id", known.havana_id),
        user_nick: text("user_nick", known.user_nick),
        account: text("account", known.account),
        account_platform: text("account_platform", known.account_platform),
        sp: text("sp", known.sp),
        locale: text("locale", known.locale),
    }
}

/// The form in which stores keep tokens: the platform's answer, with times in milliseconds since
/// 1970.
pub(super) fn to_json(tokens: &Tokens) -> Value {
    let account = &tokens.account;
    let mut value = json!({
        "access_token": tokens.session.expose(),
        "refresh_token": tokens.refresh_token.as_ref().map(RefreshToken::expose),
        "expire_time": tokens.expires_at.and_then(milliseconds),
        "refresh_token_valid_time": tokens.refresh_expires_at.and_then(milliseconds),
        "refreshed_at": tokens.refreshed_at.and_then(milliseconds),
        "user_id": account.user_id,
        "seller_id": account.seller_id,
        "account_id": account.account_id,
        "havana_id": account.havana_id,
        "user_nick": account.user_nick,
        "account": account.account,
        "account_platform": account.account_platform,
        "sp": account.sp,
        "locale": account.locale,
    });
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    value
}

/// The same as text. No other copy stays in memory, and the text is overwritten when it is dropped.
pub(super) fn to_json_text(tokens: &Tokens) -> Zeroizing<String> {
    let mut value = to_json(tokens);
    // The size is computed first, because a text that reallocates leaves a copy in memory.
    let mut size = Size(1);
    let measured = serde_json::to_writer_pretty(&mut size, &value);
    let mut text = Vec::with_capacity(size.0);
    let written = measured.and_then(|()| serde_json::to_writer_pretty(&mut text, &value));
    debug_assert!(written.is_ok(), "texts and numbers can be written");
    text.push(b'\n');
    for field in value
        .as_object_mut()
        .into_iter()
        .flat_map(|fields| fields.values_mut())
    {
        if let Value::String(field) = field {
            field.zeroize();
        }
    }
    let text = String::from_utf8(text);
    Zeroizing::new(text.expect("JSON is UTF-8"))
}

/// The number of bytes written.
struct Size(usize);

impl io::Write for Size {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn whole_milliseconds(time: SystemTime) -> SystemTime {
    let whole = milliseconds(time).map(Duration::from_millis);
    whole.map_or(time, |whole| UNIX_EPOCH + whole)
}

fn milliseconds(time: SystemTime) -> Option<u64> {
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since.as_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(value: &Value) -> raw::Value {
        serde_json::from_value(value.clone()).unwrap()
    }

    fn read(
        answer: &Value,
        now: SystemTime,
        previous: Option<&Tokens>,
    ) -> Result<Tokens, &'static str> {
        read_tokens(&tree(answer), now, previous)
    }

    fn answer() -> Value {
        json!({
            "access_token": "a", "refresh_token": "r", "expires_in": 86400,
            "refresh_expires_in": "172800", "expire_time": 1_700_000_000_000u64,
            "refresh_token_valid_time": 1_700_000_000_000u64, "user_id": 1234, "seller_id": "5",
            "account": "canary@example.com", "code": "0", "request_id": "x",
        })
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn lifetimes_are_counted_from_the_time_of_the_call() {
        let tokens = read(&answer(), at(1000), None).unwrap();
        assert_eq!(tokens.session.expose(), "a");
        assert_eq!(tokens.expires_at, Some(at(87_400)));
        assert_eq!(tokens.refresh_expires_at, Some(at(173_800)));
        assert_eq!(tokens.account.user_id.as_deref(), Some("1234"));
        assert!(!format!("{tokens:?}").contains("canary"));
    }

    #[test]
    fn wrapped_answers_and_absolute_times_are_read() {
        let wrapped = br#"{"/auth/token/create_response": {
            "access_token": "a", "expire_time": "1700000000000"}}"#;
        let answer = raw::decode_raw(wrapped).unwrap().outcome.unwrap();
        let tokens = read_tokens(&answer, at(0), None).unwrap();
        assert_eq!(tokens.expires_at, Some(at(1_700_000_000)));
        assert!(!tokens.can_be_refreshed(at(0)));
    }

    #[test]
    fn the_old_refresh_token_is_kept_if_an_answer_has_none() {
        let old = read(&answer(), at(0), None).unwrap();
        let new = read(&json!({"access_token": "b"}), at(9), Some(&old)).unwrap();
        assert_eq!(new.session.expose(), "b");
        assert_eq!(new.refresh_token, old.refresh_token);
        assert_eq!(new.refresh_expires_at, old.refresh_expires_at);
    }

    #[test]
    fn a_refresh_token_with_zero_lifetime_is_ignored() {
        let mut answer = answer();
        answer["refresh_expires_in"] = json!(0);
        let tokens = read(&answer, at(0), None).unwrap();
        assert!(!tokens.can_be_refreshed(at(0)));
        assert_eq!(tokens.refresh_expires_at, None);
    }

    #[test]
    fn the_error_about_an_answer_names_what_is_missing() {
        assert_eq!(
            read(&json!([]), at(0), None),
            Err("JSON that is not an object")
        );
        let blank = json!({"access_token": " "});
        assert_eq!(read(&blank, at(0), None), Err("no access_token"));
    }

    #[test]
    fn tokens_that_were_stored_are_read_back_unchanged() {
        let tokens = read(&answer(), at(1_700_000_000), None).unwrap();
        let again = read(&to_json(&tokens), UNIX_EPOCH, None);
        assert_eq!(again, Ok(tokens));
    }

    #[test]
    fn an_expiry_time_in_seconds_or_in_the_past_is_ignored() {
        for end in [
            json!(1_900_000_000),
            json!("1900000000"),
            json!(1_600_000_000_000u64),
            json!(0),
        ] {
            let answer = json!({
                "access_token": "a", "refresh_token": "r", "expire_time": end, "refresh_token_valid_time": end,
            });
            let tokens = read(&answer, at(1_700_000_000), None).unwrap();
            assert_eq!(
                (tokens.expires_at, tokens.refresh_expires_at),
                (None, None),
                "{end}"
            );
            assert!(tokens.can_be_refreshed(at(1_700_000_000)));
        }
    }

    #[test]
    fn account_data_missing_from_an_answer_is_kept() {
        let old = read(&answer(), at(0), None).unwrap();
        let new = read(
            &json!({"access_token": "b", "user_id": "9"}),
            at(9),
            Some(&old),
        )
        .unwrap();
        assert_eq!(new.account.user_id.as_deref(), Some("9"));
        assert_eq!(new.account.account, old.account.account);
    }
}
