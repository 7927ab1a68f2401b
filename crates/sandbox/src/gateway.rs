//! Turns a request into an answer: reads the call, checks it, applies faults, answers and logs.

mod checks;
mod faulty;
#[cfg(test)]
mod tests;
mod timestamp;

use std::time::{Duration, Instant, SystemTime};

use aliexpress_models::Form;
use bytes::Bytes;

use crate::apis;
use crate::call::Call;
use crate::diagnosis::Diagnosis;
use crate::due;
use crate::fault::Fault;
use crate::incoming::Incoming;
use crate::log::{Kept, KeptAnswer, Verdict};
use crate::masking::mask_tokens;
use crate::parameters::Parameters;
use crate::refusal::Refusal;
use crate::state::State;

/// An answer and its delivery.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
    /// The sandbox's time, for the `Date` header.
    pub(crate) date: SystemTime,
    pub(crate) delay: Duration,
    pub(crate) delivery: Delivery,
}

/// How an answer is delivered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Delivery {
    Whole,
    /// Only this many bytes; then the connection is closed.
    Cut(usize),
    /// In pieces, spread over this time.
    Slow(Duration),
    /// No answer; the connection is reset.
    Reset,
}

/// The result of a call, before it is logged.
struct Outcome {
    verdict: Verdict,
    reply: Reply,
    notes: Vec<String>,
    diagnosis: Option<Diagnosis>,
    faults: Vec<Fault>,
    api: String,
    parameters: Parameters,
}

/// Answers a request and logs it.
pub(crate) fn answer(state: &mut State, mut incoming: Incoming) -> Reply {
    let (started, now) = (Instant::now(), state.now());
    due::run(state, now);
    let outcome = match Call::of(&mut incoming) {
        Some(call) => carry_out(state, call, now),
        None => not_found(&mut incoming, now),
    };
    let took = started.elapsed() + outcome.reply.delay;
    let (kept, reply) = kept(state, incoming, outcome, now, took);
    state.log.keep(kept);
    reply
}

fn carry_out(state: &mut State, mut call: Call, now: SystemTime) -> Outcome {
    let request_id = state.next_request_id(now);
    let (mut diagnosis, mut faults) = (None, Vec::new());
    let acted = match checks::admit(state, &mut call, now) {
        Ok(caller) => {
            faults = state.faults.take(&call.api, apis::shows, &mut state.rng);
            faulty::before(state, &call, &faults, now).and_then(|()| {
                Ok(apis::carry_out(
                    state,
                    &mut call,
                    &caller,
                    &faults,
                    &request_id,
                    now,
                )?)
            })
        }
        Err(rejection) => {
            diagnosis = rejection.diagnosis.map(|diagnosis| *diagnosis);
            Err(faulty::Stopped::Refused(rejection.refusal))
        }
    };
    let (verdict, mut reply) = match acted {
        Ok(body) => {
            let form = match state.answers.get(&call.api) {
                Some(own) => form_of(own, call.form),
                None => call.form,
            };
            let mut reply = reply(200, content_type(form), body, now);
            faulty::after(&mut reply, &faults, call.form);
            (Verdict::Accepted, reply)
        }
        Err(faulty::Stopped::Refused(refusal)) => refused(&refusal, &call, &request_id, now),
        Err(faulty::Stopped::Dropped(reply)) => (Verdict::Dropped, reply),
    };
    reply.delay = faulty::delay(&faults);
    Outcome {
        verdict,
        reply,
        notes: call.notes,
        diagnosis,
        faults,
        api: call.api,
        parameters: call.parameters,
    }
}

fn refused(refusal: &Refusal, call: &Call, request_id: &str, now: SystemTime) -> (Verdict, Reply) {
    let body = refusal.render(call.gateway, call.form, request_id);
    // The platform sends refusals with status 200, like all its own answers.
    let reply = reply(200, content_type(call.form), body, now);
    (Verdict::Refused(refusal.code(call.gateway)), reply)
}

fn not_found(incoming: &mut Incoming, now: SystemTime) -> Outcome {
    let body = format!(
        "no gateway at {:?}; there are /sync, /rest{{path}}, /router/rest and, for a browser, /\n",
        incoming.path
    );
    Outcome {
        verdict: Verdict::NotFound,
        reply: reply(404, "text/plain; charset=utf-8", body, now),
        notes: std::mem::take(&mut incoming.notes),
        diagnosis: None,
        faults: Vec::new(),
        api: String::new(),
        parameters: std::mem::take(&mut incoming.parameters),
    }
}

fn reply(
    status: u16,
    content_type: &'static str,
    body: impl Into<Bytes>,
    date: SystemTime,
) -> Reply {
    Reply {
        status,
        content_type,
        body: body.into(),
        date,
        delay: Duration::ZERO,
        delivery: Delivery::Whole,
    }
}

/// The form of a user's own answer, which may not be the requested one; the requested form if it is neither JSON nor
/// XML.
fn form_of(body: &[u8], asked: Form) -> Form {
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    match body.trim_ascii_start().first() {
        Some(b'<') => Form::Xml,
        Some(b'{' | b'[') => Form::FullJson,
        _ => asked,
    }
}

fn content_type(form: Form) -> &'static str {
    match form {
        Form::Xml => "text/xml;charset=UTF-8",
        _ => "application/json;charset=UTF-8",
    }
}

fn kept(
    state: &State,
    incoming: Incoming,
    outcome: Outcome,
    now: SystemTime,
    took: Duration,
) -> (Kept, Reply) {
    let kept = Kept {
        number: 0,
        at: now,
        duration: took,
        http_method: incoming.http_method,
        answer: masked_answer(state, &outcome),
        path: incoming.path,
        api: outcome.api,
        verdict: outcome.verdict,
        status: (outcome.reply.delivery != Delivery::Reset).then_some(outcome.reply.status),
        parameters: outcome.parameters.into(),
        notes: outcome.notes,
        diagnosis: outcome.diagnosis,
        faults: outcome.faults.iter().map(Fault::to_string).collect(),
    };
    (kept, outcome.reply)
}

/// Only answers to token calls hold tokens.
fn masked_answer(state: &State, outcome: &Outcome) -> KeptAnswer {
    if !outcome.api.starts_with('/') {
        return outcome.reply.body.clone().into();
    }
    let tokens: Vec<&str> = state
        .tokens
        .all()
        .iter()
        .flat_map(|token| [token.access.as_str(), token.refresh.as_str()])
        .collect();
    let text = String::from_utf8_lossy(&outcome.reply.body);
    Bytes::from(mask_tokens(&text, &tokens)).into()
}
