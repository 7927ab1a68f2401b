//! Builds a client from the settings.

pub(crate) mod journal_file;
pub(crate) mod token_file;

use aliexpress::journal::MemoryJournal;
use aliexpress::tokens::FileStore;
use aliexpress::{Client, ClientBuilder};
use aliexpress_sandbox::Sandbox;

use crate::failure::Failure;
use crate::input::settings::Settings;

/// A client, and the sandbox that `--sandbox` started for it.
pub(crate) struct Connection {
    pub(crate) client: Client,
    sandbox: Option<Sandbox>,
}

impl Connection {
    /// Opens a connection with the session in the settings, or else the stored one.
    pub(crate) fn open(settings: &Settings) -> Result<Self, Failure> {
        match settings.sandbox {
            true => Self::to_own_sandbox(settings),
            false => Self::build(with_session(settings)?, None),
        }
    }

    /// Opens a connection with the journal of orders in the settings. With a sandbox that ends with the command, the journal is
    /// in memory.
    pub(crate) fn with_journal(settings: &Settings) -> Result<Self, Failure> {
        if settings.sandbox {
            return Self::to_own_sandbox(settings);
        }
        let builder = with_session(settings)?;
        let journal = journal_file::open(settings)?;
        let account = journal_file::account(settings);
        Self::build(builder.journal(journal).account(account), None)
    }

    /// Opens a connection without a session, for calls that get one or need none.
    pub(crate) fn without_session(settings: &Settings) -> Result<Self, Failure> {
        match settings.sandbox {
            true => Self::to_own_sandbox(settings),
            false => Self::build(application(settings)?, None),
        }
    }

    fn to_own_sandbox(settings: &Settings) -> Result<Self, Failure> {
        let sandbox = Sandbox::start()
            .map_err(|error| Failure::file("start a sandbox on a free port", &error))?;
        let builder = Client::builder(sandbox.app_key(), sandbox.app_secret())
            .gateway(sandbox.url())
            .session(sandbox.session())
            .journal(MemoryJournal::new());
        Self::build(with_limits(builder, settings), Some(sandbox))
    }

    fn build(builder: ClientBuilder, sandbox: Option<Sandbox>) -> Result<Self, Failure> {
        let client = builder.build()?;
        Ok(Self { client, sandbox })
    }

    /// The sandbox that `--sandbox` started, if any.
    pub(crate) fn sandbox(&self) -> Option<&Sandbox> {
        self.sandbox.as_ref()
    }
}

/// A builder with the session in the settings, or else the stored one.
fn with_session(settings: &Settings) -> Result<ClientBuilder, Failure> {
    let builder = application(settings)?;
    if let Some(session) = &settings.session {
        return Ok(builder.session(session.clone()));
    }
    match stored_tokens(settings)? {
        Some(store) => Ok(builder.token_store(store)),
        None => Err(no_session("call the platform")),
    }
}

/// A builder without a session.
fn application(settings: &Settings) -> Result<ClientBuilder, Failure> {
    let (app_key, secret) = settings
        .application("call the platform")
        .map_err(|failure| {
            failure.hint("--sandbox calls a gateway on this machine that needs neither")
        })?;
    let mut builder = Client::builder(app_key, secret.clone());
    if let Some(gateway) = &settings.gateway {
        builder = builder.gateway(gateway);
    }
    builder = match &settings.proxy {
        Some(proxy) => builder.proxy(proxy),
        None => builder.proxy_from_env(),
    };
    Ok(with_limits(builder, settings))
}

pub(crate) fn no_session(doing: &str) -> Failure {
    Failure::usage(
        doing,
        "no session",
        "one in ALIEXPRESS_SESSION, in the profile, or stored by `aliexpress auth login`",
    )
    .hint("aliexpress auth login prints the authorisation page and waits for the callback")
}

fn with_limits(builder: ClientBuilder, settings: &Settings) -> ClientBuilder {
    match settings.timeout {
        Some(timeout) => builder.deadline(timeout),
        None => builder,
    }
}

/// The store with the tokens of this profile, if it has any.
fn stored_tokens(settings: &Settings) -> Result<Option<FileStore>, Failure> {
    let path = token_file::path(settings)?;
    Ok(path.exists().then(|| FileStore::new(path)))
}
