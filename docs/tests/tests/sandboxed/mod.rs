//! Makes a call to a sandbox.

use std::sync::LazyLock;

use aliexpress::{Client, Error};
use aliexpress_sandbox::Sandbox;

static SANDBOX: LazyLock<Sandbox> = LazyLock::new(|| Sandbox::start().expect("a port is free"));

/// The call arrives, and is answered or refused; nothing about it is wrong before it is sent or after it is answered.
#[track_caller]
pub(crate) fn check(call: impl Fn(&Client) -> Result<(), Error>) {
    let client = Client::builder(SANDBOX.app_key(), SANDBOX.app_secret())
        .gateway(SANDBOX.url())
        .session(SANDBOX.session())
        .build()
        .expect("the sandbox's credentials are valid");
    let Err(error) = call(&client) else {
        return;
    };
    let refused = error.api_error().is_some() || error.business_refusal().is_some();
    assert!(refused, "{error}");
}
