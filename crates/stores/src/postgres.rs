//! A PostgreSQL database.

mod connection;
mod error;
mod inbox;
mod journal;
mod limits;
mod pool;
mod schema;
mod settings;
mod tokens;

use std::fmt;
use std::sync::Arc;

use aliexpress::tokens::StoreError;

use pool::Pool;

pub use inbox::PostgresInbox;
pub use settings::PostgresSettings;
pub use tokens::PostgresTokens;

/// Stores orders, tokens, call limits and push messages in a PostgreSQL database, for programs on
/// several machines.
///
/// It is an [`OrderJournal`](aliexpress::journal::OrderJournal) and a
/// [`LimitStore`](aliexpress::limits::LimitStore); [`tokens`](Self::tokens) returns the token store
/// of an account, [`inbox`](Self::inbox) an inbox of push messages. Everything is in the schema
/// `aliexpress` of the database, which is created or upgraded on opening.
///
/// Written data survives a crash of the program immediately, and a power failure of the server if
/// it runs with `fsync`. Lost connections are replaced: a call waits up to five seconds for a
/// server that restarts. Clones share their connections. It may be opened, used and dropped on the
/// threads of an async runtime, but blocks them.
#[derive(Clone)]
pub struct PostgresStore(Arc<Pool>);

impl PostgresStore {
    /// Opens the database of a connection string: `postgres://user:password@host/database`, or
    /// pairs such as `host=db.example user=shop password='…' dbname=shop`. Connections to another
    /// machine use TLS, with a certificate that is valid under Mozilla's roots; use
    /// [`settings`](Self::settings) for other choices.
    ///
    /// # Errors
    ///
    /// When the string is invalid or would send passwords to another machine without TLS, the
    /// server cannot be reached or refuses the user, or the schema belongs to another program or is
    /// newer than this version of the crate supports.
    pub fn open(connection: &str) -> Result<Self, StoreError> {
        Self::settings(connection)?.open()
    }

    /// The settings of a store, from a connection string.
    ///
    /// # Errors
    ///
    /// When the string is invalid.
    pub fn settings(connection: &str) -> Result<PostgresSettings, StoreError> {
        PostgresSettings::read(connection)
    }

    /// The tokens of one account, under a name that the program chooses.
    ///
    /// Of the programs on all machines, only one at a time refreshes them, under an advisory lock of
    /// the server, which ends with the connection that holds it, even after a crash. Each account
    /// has its own lock.
    pub fn tokens(&self, account: impl Into<String>) -> PostgresTokens {
        PostgresTokens::new(self.clone(), account.into())
    }

    /// The inbox with this name, such as the app key; a database may have several.
    pub fn inbox(&self, name: impl Into<String>) -> PostgresInbox {
        PostgresInbox::new(self.clone(), name.into())
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PostgresStore")
            .field(&self.0.settings().place)
            .finish()
    }
}
