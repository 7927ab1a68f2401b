//! `aliexpress auth login`: prints the authorisation page and waits for the callback on this machine.

use aliexpress::{AuthCode, tokens};
use hyper::Method;
use serde_json::json;

use super::{LoginArgs, Place, authorize_url, exchange};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::failure::exit::Exit;
use crate::input::settings::Settings;
use crate::loopback::{Answered, Arrived, Loopback};
use crate::output::Output;
use crate::output::progress::Progress;

const DONE: Answered = Answered {
    status: 200,
    text: "The account has authorised the application. You can close this page and go back to the terminal.\n",
};
const FAILED: Answered = Answered {
    status: 400,
    text: "The authorisation failed. The terminal shows why.\n",
};
const ELSEWHERE: Answered = Answered {
    status: 404,
    text: "There is no page at this address.\n",
};
const FOREIGN: Answered = Answered {
    status: 400,
    text: "This is the callback of another login: its state is not the expected one. \
        Open the page that the terminal shows.\n",
};

pub(super) fn run(
    args: &LoginArgs,
    settings: &Settings,
    output: &mut Output,
) -> Result<(), Failure> {
    let connection = Connection::without_session(settings)?;
    // Checked first, so that no one authorises without effect.
    Place::open(&args.keep, &connection, settings)?;
    let loopback = Loopback::bind(args.port)?;
    let here = format!("{}/callback", loopback.url());
    let redirect = args.redirect.as_deref().unwrap_or(&here);
    let state = state()?;
    let mut settings = settings.clone();
    if let Some(sandbox) = connection.sandbox() {
        settings.app_key = Some(sandbox.app_key().to_owned());
        settings.gateway = Some(sandbox.url().to_owned());
    }
    let page = authorize_url(&settings, redirect, Some(&state))?;
    match output.wants_json() {
        true => output.json_line(&json!({ "url": page, "callback": redirect }))?,
        false => output.line(format_args!(
            "Open this page and authorise the application with the account:\n\n{page}\n"
        ))?,
    }
    let progress = Progress::wait(format!("waiting for the browser at {here}"), output);
    let path = path_of(redirect).to_owned();
    let found = loopback.serve(Some(args.wait), output.wants_json(), move |arrived| {
        receive(&arrived, &path, &state)
    })?;
    drop(progress);
    match found {
        Some(Ok(code)) => exchange(&code, &connection, &settings, &args.keep, output),
        Some(Err(failure)) => Err(failure),
        None => Err(Failure::new(
            Exit::OutOfTime,
            format!(
                "cannot log in: found no browser at the callback within {} s; wanted a request to {redirect}",
                args.wait.as_secs_f64()
            ),
        )
        .hint("register this callback URL in the developer console")
        .hint("aliexpress auth url and auth create need no callback to this machine")),
    }
}

/// Reads the code from the callback. A callback with another state comes from someone else or from an earlier login,
/// and does not end the wait.
fn receive(
    arrived: &Arrived,
    path: &str,
    state: &str,
) -> (Answered, Option<Result<AuthCode, Failure>>) {
    if arrived.method != Method::GET || path_of(&arrived.target) != path {
        return (ELSEWHERE, None);
    }
    let (_, query) = arrived.target.split_once('?').unwrap_or_default();
    // The state is hexadecimal, so that it is never percent-encoded.
    if !query
        .split('&')
        .any(|pair| pair.strip_prefix("state=") == Some(state))
    {
        return (FOREIGN, None);
    }
    match tokens::callback(&arrived.target, Some(state)) {
        Ok(code) => (DONE, Some(Ok(code))),
        Err(error) => (FAILED, Some(Err(error.into()))),
    }
}

/// The path of a URL, or of a request's target.
fn path_of(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| {
        rest.find('/').map_or("/", |slash| &rest[slash..])
    });
    after_scheme.split(['?', '#']).next().unwrap_or_default()
}

/// 128 bits that no one can guess.
fn state() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        Failure::new(
            Exit::Usage,
            format!("cannot make the state of a login: {error}"),
        )
    })?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrived(method: Method, target: &str) -> Arrived {
        Arrived {
            method,
            target: target.to_owned(),
            authorization: None,
            body: Default::default(),
        }
    }

    #[test]
    fn only_the_callback_with_the_state_ends_the_wait() {
        let take = |method, target: &str| {
            let (answered, found) = receive(&arrived(method, target), "/callback", "abc");
            (answered.status, found.map(|found| found.is_ok()))
        };
        assert_eq!(
            take(Method::GET, "/callback?code=1&state=abc"),
            (200, Some(true))
        );
        assert_eq!(
            take(Method::GET, "/callback?error=access_denied&state=abc"),
            (400, Some(false))
        );
        for elsewhere in ["/favicon.ico", "/?state=abc"] {
            assert_eq!(take(Method::GET, elsewhere), (404, None), "{elsewhere}");
        }
        for foreign in [
            "/callback",
            "/callback?code=1",
            "/callback?code=1&state=x",
            "/callback?code=1&state=abcd",
            "/callback?code=1&mystate=abc",
        ] {
            assert_eq!(take(Method::GET, foreign), (400, None), "{foreign}");
        }
        assert_eq!(
            take(Method::POST, "/callback?code=1&state=abc"),
            (404, None)
        );
    }

    #[test]
    fn the_path_is_between_host_and_query() {
        assert_eq!(path_of("https://shop.example/a/b?c=/d"), "/a/b");
        assert_eq!(path_of("https://shop.example"), "/");
        assert_eq!(path_of("/callback?x"), "/callback");
    }
}
