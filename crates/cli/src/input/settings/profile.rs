//! One profile of the config file.

use std::time::Duration;

use aliexpress::shop::Market;
use aliexpress::{AppSecret, Session};
use toml::{Table, Value};

use crate::failure::Failure;

/// Settings that go together, such as those of one shop.
#[derive(Default)]
pub(crate) struct Profile {
    pub(crate) app_key: Option<String>,
    pub(crate) app_secret: Option<AppSecret>,
    pub(crate) session: Option<Session>,
    pub(crate) gateway: Option<String>,
    pub(crate) proxy: Option<String>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) market: Option<Market>,
}

const KEYS: &str = "app_key, app_secret, session, gateway, proxy, timeout_seconds, market";

impl Profile {
    /// Read without serde, whose errors would quote a secret of the wrong type.
    pub(super) fn read(doing: &str, table: &Table) -> Result<Self, Failure> {
        let mut profile = Self::default();
        for (key, value) in table {
            match key.as_str() {
                "app_key" => profile.app_key = Some(text(doing, key, value)?),
                "app_secret" => profile.app_secret = Some(text(doing, key, value)?.into()),
                "session" => profile.session = Some(text(doing, key, value)?.into()),
                "gateway" => profile.gateway = Some(text(doing, key, value)?),
                "proxy" => profile.proxy = Some(text(doing, key, value)?),
                "market" => {
                    let market = text(doing, key, value)?;
                    profile.market = Some(super::market(doing, "under \"market\"", &market)?);
                }
                "timeout_seconds" => profile.timeout = Some(seconds(doing, key, value)?),
                _ => {
                    let found = format!("the unknown setting {key:?}");
                    return Err(Failure::usage(doing, found, format_args!("any of {KEYS}")));
                }
            }
        }
        Ok(profile)
    }

    pub(super) fn holds_secrets(&self) -> bool {
        self.app_secret.is_some() || self.session.is_some()
    }
}

fn text(doing: &str, key: &str, value: &Value) -> Result<String, Failure> {
    let found = match value {
        Value::String(text) if text.trim().is_empty() => "a blank text",
        Value::String(text) => return Ok(text.clone()),
        other => kind(other),
    };
    Err(Failure::usage(
        doing,
        format_args!("{found} under {key:?}"),
        "a text in quotes",
    ))
}

fn seconds(doing: &str, key: &str, value: &Value) -> Result<Duration, Failure> {
    let number = match value {
        Value::Integer(whole) => super::seconds(&whole.to_string()).ok(),
        Value::Float(number) => super::seconds(&number.to_string()).ok(),
        _ => None,
    };
    number.ok_or_else(|| {
        let found = format!("{} under {key:?}", kind(value));
        Failure::usage(doing, found, "a number of seconds above 0")
    })
}

pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text",
        Value::Integer(_) | Value::Float(_) => "a number",
        Value::Boolean(_) => "a boolean",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::Table(_) => "a table",
    }
}
