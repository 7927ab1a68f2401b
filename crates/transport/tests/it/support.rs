//! The requests of the tests and checks of their results, the same for every transport.

use std::error::Error as _;
use std::iter::successors;
use std::time::{Duration, Instant};

use aliexpress_transport::{Builder, Error, HttpRequest, HttpResponse};

use super::{Built as _, Transport};

/// The body that every test sends; it must never appear in an error.
pub(crate) const BODY: &str = "method=a.b&session=canary";

pub(crate) fn soon() -> Instant {
    Instant::now() + Duration::from_secs(100)
}

pub(crate) fn send(builder: Builder, url: &str) -> Result<HttpResponse, Error> {
    builder
        .built()
        .unwrap()
        .send(&HttpRequest::form(url, BODY), soon())
}

pub(crate) fn send_default(url: &str) -> Result<HttpResponse, Error> {
    send(Transport::builder(), url)
}

/// The messages of an error and its causes; checks that they contain nothing confidential.
pub(crate) fn message(error: &Error) -> String {
    let causes = successors(error.source(), |&cause| cause.source());
    let message = causes.fold(error.to_string(), |message, cause| {
        format!("{message} | {cause}")
    });
    let debug = format!("{error:?}");
    assert!(
        !message.contains("canary") && !debug.contains("canary"),
        "{message}\n{debug}"
    );
    message
}

/// Runs one test of this program in a separate process, with these variables in its environment.
pub(crate) fn rerun(test: &str, variables: [(&str, &str); 3]) {
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test])
        .envs(variables)
        .output()
        .unwrap();
    assert!(child.status.success(), "{child:?}");
}
