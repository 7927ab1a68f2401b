//! The checks of every call before its API is processed: common parameters, signature, session, call limits.

use std::time::SystemTime;

use aliexpress_signing::SignMethod;
use strsim::normalized_damerau_levenshtein;

use super::timestamp;
use crate::apis;
use crate::call::{Call, Gateway};
use crate::clock::until;
use crate::diagnosis::{Case, Diagnosis};
use crate::refusal::{Common, Refusal};
use crate::state::State;
use crate::tokens::Account;

/// The caller's account; `None` if the call needs no session.
pub(crate) type Caller = Option<Account>;

/// A refusal, with the reason for a wrong signature.
pub(crate) struct Rejection {
    pub(crate) refusal: Refusal,
    pub(crate) diagnosis: Option<Box<Diagnosis>>,
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        Self {
            refusal,
            diagnosis: None,
        }
    }
}

/// Accepts a call, or says why not.
///
/// The platform's order of checks is not documented; here the more basic mistake is reported
/// first.
pub(crate) fn admit(
    state: &mut State,
    call: &mut Call,
    now: SystemTime,
) -> Result<Caller, Rejection> {
    if call.api.is_empty() {
        return Err(Refusal::Missing(Common::Method).into());
    }
    if let Some(format) = &call.unknown_format {
        let why = format!("found format {format:?}; wanted json or xml");
        return Err(Refusal::Invalid(Common::Format, why).into());
    }
    check_app_key(state, call)?;
    if let Err(refusal) = check_timestamp(state, call, now) {
        // Both mistakes are named at once; otherwise the next call would fail with the second one.
        let diagnosis = check_signature(state, call).err();
        return Err(Rejection {
            refusal,
            diagnosis: diagnosis.and_then(|rejection| rejection.diagnosis),
        });
    }
    check_version(call)?;
    check_signature(state, call)?;
    if !apis::answers(state, &call.api) {
        return Err(unknown_api(state, &call.api).into());
    }
    if let Some(end) = state.bans.get(&call.api).filter(|end| **end > now) {
        return Err(Refusal::Throttled(until(now, *end)).into());
    }
    Ok(session(state, call, now)?)
}

/// Names the right gateway if a business API was called as a system call; otherwise says how to set an answer.
fn unknown_api(state: &State, api: &str) -> Refusal {
    let business = api.trim_start_matches('/').replace('/', ".");
    let hint = if business != api && apis::answers(state, &business) {
        format!("business APIs are called at /sync, with method={business}")
    } else {
        let meant =
            similar_api(api).map_or_else(String::new, |name| format!("{name:?} may be meant; "));
        format!(
            "{meant}give it an answer with --answer {api}=FILE, Sandbox::answer or POST /admin/answers"
        )
    };
    let why = format!("the sandbox has no API {api:?}; {hint}");
    Refusal::Invalid(Common::Method, why)
}

/// The API whose name is most similar to this one, which may be misspelled.
fn similar_api(api: &str) -> Option<&'static str> {
    /// The least similarity, from 0 to 1.
    const LIKELY: f64 = 0.9;
    // The name comes from the client and may be very long.
    const LONGEST: usize = 100;
    let names = apis::names().filter(|_| api.len() <= LONGEST);
    let given = api.to_ascii_lowercase();
    let scored = names.map(|name| {
        let likeness = normalized_damerau_levenshtein(&name.to_ascii_lowercase(), &given);
        (likeness, name)
    });
    let likely = scored.filter(|(likeness, _)| *likeness >= LIKELY);
    let best = likely.max_by(|one, other| one.0.total_cmp(&other.0));
    best.map(|(_, name)| name)
}

fn check_app_key(state: &State, call: &Call) -> Result<(), Refusal> {
    let app_key = call
        .parameters
        .filled("app_key")
        .ok_or(Refusal::Missing(Common::AppKey))?;
    if app_key != state.credentials.app_key {
        let why = format!("the app key {app_key:?} is not known");
        return Err(Refusal::Invalid(Common::AppKey, why));
    }
    Ok(())
}

fn check_timestamp(state: &State, call: &Call, now: SystemTime) -> Result<(), Refusal> {
    let text = call
        .parameters
        .filled("timestamp")
        .ok_or(Refusal::Missing(Common::Timestamp))?;
    if !state.clock_check {
        return Ok(());
    }
    let fault = |now| timestamp::fault(text, now, call.gateway);
    match fault(now).and_then(|_| fault(state.clock.of_clients())) {
        Some(why) => Err(Refusal::Invalid(Common::Timestamp, why)),
        None => Ok(()),
    }
}

/// Only the legacy gateway has a version that matters.
fn check_version(call: &Call) -> Result<(), Refusal> {
    if call.gateway != Gateway::Top {
        return Ok(());
    }
    match call.parameters.filled("v") {
        Some("2.0") => Ok(()),
        Some(version) => Err(Refusal::Invalid(
            Common::Version,
            format!("found {version:?}; wanted \"2.0\""),
        )),
        None => Err(Refusal::Missing(Common::Version)),
    }
}

fn check_signature(state: &mut State, call: &mut Call) -> Result<(), Rejection> {
    let method = sign_method(call)?;
    let Some(claimed) = call.parameters.filled("sign") else {
        return Err(Refusal::Missing(Common::Sign).into());
    };
    // Clients sign system calls at other gateways with or without their path [third parties].
    let without_path = call.signed_path().filter(|_| call.gateway != Gateway::Rest);
    let paths = std::iter::once(call.signed_path()).chain(without_path.map(|_| None));
    // Whether the platform signs blank parameters is unknown; some clients do, others do not.
    let verify = |mut pairs: Vec<(&str, &str)>| {
        let mut paths = paths.clone();
        paths.any(|path| state.signer.verify(method, path, &mut pairs, claimed))
    };
    if verify(call.parameters.as_sent()) || verify(call.parameters.without_blanks()) {
        state.signatures.explained += 1;
        return Ok(());
    }
    let diagnosis = Case {
        method,
        path: call.signed_path(),
        api: &call.api,
        app_key: &state.credentials.app_key,
        app_secret: &state.credentials.app_secret,
        session: call.session(),
        parameters: &call.parameters.as_sent(),
        known_names: &apis::parameter_names(&call.api),
        files: &call.files,
        with_pluses: &call.pluses.as_meant(),
    }
    .diagnose(claimed, state.signatures);
    match (&diagnosis.implied, &diagnosis.remark) {
        (Some(_), _) => state.signatures.explained += 1,
        (None, None) => state.signatures.unexplained += 1,
        // No secret gives such a signature, so it does not count as a sign of a wrong secret.
        (None, Some(_)) => {}
    }
    let refusal = Refusal::Invalid(Common::Sign, "the signature does not match".to_owned());
    Err(Rejection {
        refusal,
        diagnosis: Some(Box::new(diagnosis)),
    })
}

/// The method that the call names, or the gateway's default.
fn sign_method(call: &mut Call) -> Result<SignMethod, Refusal> {
    let Some(name) = call.parameters.filled("sign_method") else {
        // Likely, but not confirmed for either gateway.
        let method = if call.gateway == Gateway::Top {
            SignMethod::Md5
        } else {
            SignMethod::Sha256
        };
        call.notes
            .push(format!("no sign_method was sent; {method} is assumed"));
        return Ok(method);
    };
    name.parse().map_err(|_| {
        let why = format!("found sign_method {name:?}; wanted sha256, md5, hmac or hmac-sha256");
        Refusal::Invalid(Common::SignMethod, why)
    })
}

/// The account behind the session, for calls that need one.
///
/// Some APIs need no session, such as those of affiliates. For an API without models, which only has an answer that
/// the user set, this is not known, so calls without a session are accepted.
fn session(state: &State, call: &mut Call, now: SystemTime) -> Result<Caller, Refusal> {
    if !apis::needs_session(&call.api) {
        return Ok(None);
    }
    let session = match call.session() {
        Some(session) => session,
        None if apis::is_known(&call.api) && !apis::does_without_session(&call.api) => {
            return Err(Refusal::Missing(Common::Session));
        }
        None => return Ok(None),
    };
    if let Some(token) = state.tokens.valid(session, now) {
        return Ok(Some(token.account.clone()));
    }
    let known = state.tokens.knows(session);
    let why = if known {
        "the session has expired"
    } else {
        "the session is unknown"
    };
    call.notes.push(why.to_owned());
    Err(Refusal::expired_session())
}
