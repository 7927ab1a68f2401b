//! An empty database of each kind, for tests that all kinds must pass.

use std::path::PathBuf;
use std::sync::Arc;

use aliexpress::journal::OrderJournal;
use aliexpress::limits::LimitStore;
use aliexpress::push::{Inbox, InboxLimits};
use aliexpress::tokens::TokenStore;
#[cfg(all(unix, feature = "postgres"))]
use aliexpress_stores::PostgresStore;
use aliexpress_stores::SqliteStore;
use tempfile::TempDir;

/// Where a store is.
pub(crate) struct Home {
    /// A path or a connection string, for programs that share it.
    pub(crate) address: String,
    _folder: Option<TempDir>,
}

/// One of each kind; if there is no PostgreSQL server, prints that and leaves it out.
pub(crate) fn homes() -> Vec<Home> {
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("store.db");
    let sqlite = Home {
        address: file.to_str().unwrap().to_owned(),
        _folder: Some(folder),
    };
    #[cfg(all(unix, feature = "postgres"))]
    let postgres = crate::server::shared().map(|server| Home {
        address: server.new_database(),
        _folder: None,
    });
    #[cfg(not(all(unix, feature = "postgres")))]
    let postgres = None;
    [Some(sqlite), postgres].into_iter().flatten().collect()
}

impl Home {
    /// Opens the store again, like another program.
    pub(crate) fn open(&self) -> Store {
        open(&self.address)
    }
}

/// A store of any kind.
pub(crate) enum Store {
    Sqlite(SqliteStore),
    #[cfg(all(unix, feature = "postgres"))]
    Postgres(PostgresStore),
}

pub(crate) fn open(address: &str) -> Store {
    #[cfg(all(unix, feature = "postgres"))]
    if address.starts_with("postgres://") {
        // One connection for each thread of a race: otherwise a call on a slow machine may not get a free one within
        // its second.
        let settings = PostgresStore::settings(address).unwrap().connections(8);
        return Store::Postgres(settings.open().unwrap());
    }
    Store::Sqlite(SqliteStore::open(address).unwrap())
}

/// Calls the same method on either kind of store.
macro_rules! each {
    ($self:expr, $store:ident => $value:expr) => {
        match $self {
            Store::Sqlite($store) => $value,
            #[cfg(all(unix, feature = "postgres"))]
            Store::Postgres($store) => $value,
        }
    };
}

impl Store {
    pub(crate) fn journal(&self) -> Arc<dyn OrderJournal> {
        each!(self, store => Arc::new(store.clone()))
    }

    pub(crate) fn limits(&self) -> Arc<dyn LimitStore> {
        each!(self, store => Arc::new(store.clone()))
    }

    pub(crate) fn tokens(&self, account: &str) -> Arc<dyn TokenStore> {
        each!(self, store => Arc::new(store.tokens(account)))
    }

    pub(crate) fn inbox(&self, name: &str, limits: InboxLimits) -> Arc<dyn Inbox> {
        each!(self, store => Arc::new(store.inbox(name).limits(limits)))
    }
}
