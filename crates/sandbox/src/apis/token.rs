//! `/auth/token/create` and `/auth/token/refresh`, with their `security` variants.

use std::time::SystemTime;

use aliexpress_models::{Api, Form};
use serde_json::{Map, Value, json};

use super::members;
use crate::call::{Call, Gateway};
use crate::clock::milliseconds;
use crate::node::Node;
use crate::refusal::Refusal;
use crate::state::State;
use crate::tokens::{Denied, Token};
use crate::xml;

/// The purpose of a token call.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Create,
    Refresh,
}

impl Purpose {
    pub(super) fn of(api: &str) -> Option<Self> {
        match api {
            "/auth/token/create"
            | "/auth/token/createWithOpenId"
            | "/auth/token/security/create" => Some(Purpose::Create),
            "/auth/token/refresh" | "/auth/token/security/refresh" => Some(Purpose::Refresh),
            _ => None,
        }
    }
}

pub(super) fn carry_out(
    purpose: Purpose,
    state: &mut State,
    call: &Call,
    request_id: &str,
    now: SystemTime,
) -> Result<String, Refusal> {
    let parameter = |name: &str| {
        call.parameters
            .filled(name)
            .ok_or_else(|| Refusal::MissingParameter(name.to_owned()))
    };
    let token = match purpose {
        Purpose::Create => state.tokens.create(parameter("code")?, now, &mut state.rng),
        Purpose::Refresh => state
            .tokens
            .refresh(parameter("refresh_token")?, now, &mut state.rng),
    };
    let token = token.map_err(refusal)?;
    let mut fields = fields(&token, request_id, now);
    // The calls have different documented answers.
    if let Some(api) = Api::find(&call.api) {
        let common = ["code", "request_id"];
        fields
            .retain(|name, _| common.contains(&name.as_str()) || api.answer.field(name).is_some());
    }
    Ok(render(&fields, call))
}

fn refusal(denied: Denied) -> Refusal {
    match denied {
        Denied::UnknownCode => Refusal::Code(
            "Invalid authorization code: the sandbox hands them out at /oauth/authorize, and takes others of \
             the platform's look, digits_letters."
                .to_owned(),
        ),
        Denied::UsedCode => Refusal::Code("Invalid authorization code: it was used before.".to_owned()),
        Denied::OldCode => Refusal::Code("Invalid authorization code: it is older than 3 minutes.".to_owned()),
        Denied::UnknownToken => Refusal::RefreshToken("The specified refresh token is invalid.".to_owned()),
        Denied::OldToken => Refusal::RefreshToken("The specified refresh token has expired.".to_owned()),
    }
}

fn fields(token: &Token, request_id: &str, now: SystemTime) -> Map<String, Value> {
    let account = &token.account;
    members(json!({
        "access_token": token.access,
        "refresh_token": token.refresh,
        "expires_in": token.lifetime(now).as_secs(),
        "refresh_expires_in": token.refresh_lifetime(now).as_secs(),
        "expire_time": milliseconds(token.expires),
        "refresh_token_valid_time": milliseconds(token.refresh_expires),
        "user_id": account.user_id,
        "seller_id": account.user_id,
        "account_id": account.user_id,
        "havana_id": account.user_id,
        "user_nick": account.name,
        "account": format!("{}@example.com", account.name),
        "account_platform": "buyerApp",
        "sp": "ae",
        "locale": "en_US",
        "code": "0",
        "request_id": request_id,
    }))
}

/// The answer is at the root, except in a full answer at `/sync`: there the platform wraps it under the path itself.
fn render(fields: &Map<String, Value>, call: &Call) -> String {
    match (call.gateway, call.form) {
        (Gateway::Rest, _) | (_, Form::SimplifiedJson) => json!(fields).to_string(),
        (_, Form::Xml) => as_xml(fields, &call.api),
        _ => json!({ format!("{}_response", call.api): fields }).to_string(),
    }
}

fn as_xml(fields: &Map<String, Value>, path: &str) -> String {
    let fields = Node::Object(fields.clone().into());
    xml::write(&format!("{path}_response"), &fields)
}
