//! What the page reads and does: the sandbox's state as JSON, and a few commands.
//! The crate's root lists them.

mod view;

use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

use crate::apis;
use crate::clock::{Clock, later};
use crate::due;
use crate::fault::read_duration;
use crate::fault_plan::FaultRule;
use crate::orders::OrderStatus;
use crate::parameters::Parameters;
use crate::state::State;

/// The path below which the commands are.
pub(crate) const PREFIX: &str = "/admin/";

/// Why a command was not executed.
#[derive(Debug, PartialEq)]
pub(crate) enum Refused {
    /// There is no such command, order, token or entry.
    NotFound(String),
    /// The command needs another HTTP method.
    WrongMethod,
    /// A parameter is invalid.
    Invalid(String),
}

type Answer = Result<Value, Refused>;

/// Answers a command.
pub(crate) fn answer(
    state: &mut State,
    method: &str,
    path: &str,
    parameters: &Parameters,
) -> Answer {
    let now = state.now();
    due::run(state, now);
    let words: Vec<&str> = path
        .strip_prefix(PREFIX)
        .unwrap_or_default()
        .split('/')
        .collect();
    match (method, words.as_slice()) {
        ("GET", ["status"]) => Ok(view::status(state)),
        ("GET", ["requests"]) => requests(state, parameters),
        ("GET", ["requests", number]) => request(state, number),
        ("GET", ["orders"]) => Ok(view::orders(state, now)),
        ("GET", ["orders", id]) => order_details(state, id, now),
        ("GET", ["products"]) => Ok(view::products(state)),
        ("GET", ["products", id]) => product(state, id),
        ("POST", ["orders", id, command]) => order(state, id, command, parameters, now),
        ("GET", ["tokens"]) => Ok(view::tokens(state, now)),
        ("POST", ["tokens", number, "expire"]) => expire(state, number, now),
        ("GET", ["faults"]) => Ok(view::faults(state)),
        ("POST", ["faults"]) => add_fault(state, parameters),
        ("POST", ["faults", "clear"]) => Ok(clear_faults(state)),
        ("GET", ["pushes"]) => Ok(view::pushes(state)),
        ("POST", ["pushes"]) => push(state, parameters, now),
        ("POST", ["callback"]) => set_callback(state, parameters),
        ("POST", ["clock"]) => set_clock(state, parameters),
        ("GET", ["answers"]) => Ok(answers(state, parameters)),
        ("POST", ["answers"]) => set_answer(state, parameters),
        ("POST", ["codes"]) => Ok(issue_code(state, now)),
        (
            _,
            [
                "status" | "requests" | "orders" | "products" | "tokens" | "faults" | "pushes"
                | "callback" | "clock" | "answers" | "codes",
                ..,
            ],
        ) => Err(Refused::WrongMethod),
        _ => Err(Refused::NotFound(format!("no admin command at {path:?}"))),
    }
}

fn requests(state: &State, parameters: &Parameters) -> Answer {
    let after = match parameters.filled("after") {
        Some(text) => number(text)?,
        None => 0,
    };
    Ok(view::requests(state, after))
}

fn request(state: &State, text: &str) -> Answer {
    let wanted = number(text)?;
    let kept = state
        .log
        .after(wanted.saturating_sub(1))
        .find(|kept| kept.number == wanted);
    kept.map(view::request)
        .ok_or_else(|| Refused::NotFound(format!("request {wanted} is not in the log")))
}

fn order_details(state: &State, id: &str, now: SystemTime) -> Answer {
    let id = id.parse().map_err(|_| invalid("an order's number", id))?;
    let order = state.orders.get(id).map(|order| view::order(order, now));
    order.ok_or_else(|| Refused::NotFound(format!("there is no order {id}")))
}

fn product(state: &State, id: &str) -> Answer {
    let id = id.parse().map_err(|_| invalid("a product's number", id))?;
    let product = state.shop.product(id).map(view::product);
    product.ok_or_else(|| Refused::NotFound(format!("there is no product {id}")))
}

fn order(
    state: &mut State,
    id: &str,
    command: &str,
    parameters: &Parameters,
    now: SystemTime,
) -> Answer {
    let id = id.parse().map_err(|_| invalid("an order's number", id))?;
    let moved = match command {
        "advance" => state.advance(id, now),
        "cancel" => state.cancel(id, now),
        "status" => {
            let text = parameters.filled("status").unwrap_or_default();
            let status =
                documented(text).ok_or_else(|| invalid("an order status of the platform", text))?;
            state.set_order_status(id, status, now)
        }
        _ => {
            return Err(Refused::NotFound(format!(
                "no command {command:?} for orders"
            )));
        }
    };
    match moved {
        Some(status) => Ok(json!({ "id": id.to_string(), "status": status.as_str() })),
        None => Err(Refused::NotFound(format!(
            "no order {id}, or nothing comes after its status"
        ))),
    }
}

fn documented(text: &str) -> Option<OrderStatus> {
    OrderStatus::DOCUMENTED
        .iter()
        .find(|status| status.as_str() == text)
        .cloned()
}

fn expire(state: &mut State, text: &str, now: SystemTime) -> Answer {
    let wanted = number(text)?;
    let token = state
        .tokens
        .all()
        .iter()
        .find(|token| token.number == wanted);
    let Some(access) = token.map(|token| token.access.clone()) else {
        return Err(Refused::NotFound(format!("there is no token {wanted}")));
    };
    state.tokens.expire(&access, now);
    Ok(json!({ "number": wanted }))
}

fn add_fault(state: &mut State, parameters: &Parameters) -> Answer {
    let rule: FaultRule = match parameters.filled("rule").unwrap_or_default().parse() {
        Ok(rule) => rule,
        Err(error) => return Err(Refused::Invalid(error.to_string())),
    };
    if let Some(api) = rule.api.as_deref().filter(|api| !apis::answers(state, api)) {
        let wanted = "an API of the sandbox, or one that was given an answer";
        return Err(invalid(wanted, api));
    }
    if !state.faults.has_room(rule.to_string().len()) {
        let why =
            "found too many pending faults, or too long ones; wanted up to 1,000 of 8 MiB together";
        return Err(Refused::Invalid(why.to_owned()));
    }
    state.faults.add(rule);
    Ok(view::faults(state))
}

fn clear_faults(state: &mut State) -> Value {
    state.faults.clear();
    state.bans.clear();
    view::faults(state)
}

/// A message of any type; by default a test message without contents.
fn push(state: &mut State, parameters: &Parameters, now: SystemTime) -> Answer {
    let message_type = match parameters.filled("type") {
        Some(text) => text.parse().map_err(|_| invalid("a number", text))?,
        None => 0,
    };
    let data = match parameters.filled("data") {
        Some(text) => serde_json::from_str(text).map_err(|_| invalid("JSON", text))?,
        None => json!({}),
    };
    let seller = state.tokens.owner().user_id.clone();
    state.push(message_type, &seller, data, now);
    Ok(view::pushes(state))
}

fn set_callback(state: &mut State, parameters: &Parameters) -> Answer {
    let callback = match parameters.filled("url") {
        Some(url) => Some(
            url.parse()
                .map_err(|error: std::io::Error| Refused::Invalid(error.to_string()))?,
        ),
        None => None,
    };
    state.outbox.set_callback(callback);
    Ok(view::status(state))
}

fn set_clock(state: &mut State, parameters: &Parameters) -> Answer {
    if let Some(text) = parameters.filled("pass") {
        let time = read_duration(text).ok_or_else(|| invalid("a number of seconds", text))?;
        state.clock = state.clock.moved_by(time);
    } else if let Some(text) = parameters.filled("set") {
        let since: u64 = text
            .parse()
            .map_err(|_| invalid("milliseconds since 1970", text))?;
        state.clock = Clock::Set(later(SystemTime::UNIX_EPOCH, Duration::from_millis(since)));
    } else if parameters.filled("machine") == Some("true") {
        state.clock = Clock::Machine;
    } else {
        return Err(Refused::Invalid(
            "wanted one of pass, set and machine".to_owned(),
        ));
    }
    let now = state.now();
    due::run(state, now);
    Ok(view::status(state))
}

/// All answers that were set, or that of one API.
fn answers(state: &State, parameters: &Parameters) -> Value {
    match parameters.filled("api") {
        Some(api) => view::answer(state, api),
        None => view::answers(state),
    }
}

fn set_answer(state: &mut State, parameters: &Parameters) -> Answer {
    let api = parameters
        .filled("api")
        .ok_or_else(|| Refused::Invalid("found no api; wanted one".to_owned()))?;
    match parameters.get("body") {
        Some(body) => state
            .answers
            .give(api.to_owned(), body.to_owned().into())
            .map_err(|error| Refused::Invalid(error.to_string()))?,
        None => drop(state.answers.remove(api)),
    }
    Ok(view::status(state))
}

fn issue_code(state: &mut State, now: SystemTime) -> Value {
    let code = state
        .tokens
        .authorise(&state.credentials.app_key, now, &mut state.rng);
    json!({ "code": code })
}

fn number(text: &str) -> Result<u64, Refused> {
    text.parse().map_err(|_| invalid("a number", text))
}

fn invalid(wanted: &str, found: &str) -> Refused {
    Refused::Invalid(format!("found {found:?}; wanted {wanted}"))
}
