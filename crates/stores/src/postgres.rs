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

/// Keeps what must not be forgotten in a PostgreSQL database, for programs on several machines.
///
/// It is an [`OrderJournal`](aliexpress::journal::OrderJournal) and a [`LimitStore`](aliexpress::limits::LimitStore);
/// [`tokens`](Self::tokens) gives the store of an account's tokens, [`inbox`](Self::inbox) an inbox of push messages. All of
/// it is in the schema `aliexpress` of the database, which is made and brought up to date when it is opened.
///
/// What a call wrote survives a crash of the program at once, and a power cut of the server if the server runs with
/// `fsync`. A lost connection is made again: for up to five seconds a call waits for a server that restarts. Clones share
/// their connections. It may be opened, used and dropped on the threads of an async runtime, but blocks them.
#[derive(Clone)]
pub struct PostgresStore(Arc<Pool>);

impl PostgresStore {
    /// Opens the database of a connection string: `postgres://user:password@host/database`, or pairs such as
    /// `host=db.example user=shop password='…' dbname=shop`. To another machine the connection is by TLS, with
    /// a certificate that Mozilla's roots vouch for; [`settings`](Self::settings) has other choices.
    ///
    /// # Errors
    ///
    /// When the string cannot be read or would send passwords to another machine without TLS, the server cannot be reached
    /// or does not let the user in, the schema is of another program or newer than this version of the crate knows.
    pub fn open(connection: &str) -> Result<Self, StoreError> {
        Self::settings(connection)?.open()
    }

    /// The settings of a store, from a connection string.
    ///
    /// # Errors
    ///
    /// When the string cannot be read.
    pub fn settings(connection: &str) -> Result<PostgresSettings, StoreError> {
        PostgresSettings::read(connection)
    }

    /// The tokens of one account, under a name of the program's choice.
    ///
    /// Of the programs on all machines one refreshes them, under an advisory lock of the server; it ends with the
    /// connection that holds it, however that ends. Each account has its own lock.
    pub fn tokens(&self, account: impl Into<String>) -> PostgresTokens {
        PostgresTokens::new(self.clone(), account.into())
    }

    /// The inbox of this name, such as the app key; a database may have several.
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
