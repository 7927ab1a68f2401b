//! The databases under attack.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use aliexpress::journal::{MemoryJournal, OrderJournal};
use aliexpress::tokens::{MemoryStore, TokenStore};

use crate::{ACCOUNT, Anything, homes};

#[cfg(all(unix, feature = "postgres"))]
type Server = crate::server::Server;
/// Without the feature there is no server.
#[cfg(not(all(unix, feature = "postgres")))]
enum Server {}

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Memory,
    Sqlite,
    Postgres,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Memory, Self::Sqlite, Self::Postgres];

    /// Whether a program finds in it what a killed program wrote.
    pub(super) fn survives_kills(self) -> bool {
        self != Self::Memory
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "memory",
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// Creates databases.
pub(super) struct Databases<'a> {
    folder: &'a Path,
    server: Option<Server>,
    made: usize,
}

/// A database, empty at first, and the parts of a client that use it.
pub(super) struct Database {
    /// How another program finds it; `None` in memory.
    pub(super) address: Option<String>,
    pub(super) journal: Arc<dyn OrderJournal>,
    pub(super) tokens: Arc<dyn TokenStore>,
}

impl Database {
    pub(super) fn open(address: String) -> Self {
        let store = homes::open(&address);
        Self {
            address: Some(address),
            journal: store.journal(),
            tokens: store.tokens(ACCOUNT),
        }
    }
}

impl<'a> Databases<'a> {
    /// Creates files in this folder, and a server if PostgreSQL is installed.
    pub(super) fn new(folder: &'a Path) -> Self {
        #[cfg(all(unix, feature = "postgres"))]
        let server = Server::start();
        #[cfg(not(all(unix, feature = "postgres")))]
        let server = None;
        Self {
            folder,
            server,
            made: 0,
        }
    }

    /// Whether databases of this kind can be created.
    pub(super) fn have(&self, kind: Kind) -> bool {
        kind != Kind::Postgres || self.server.is_some()
    }

    pub(super) fn make(&mut self, kind: Kind) -> Anything<Database> {
        self.made += 1;
        match kind {
            Kind::Memory => Ok(Database {
                address: None,
                journal: Arc::new(MemoryJournal::new()),
                tokens: Arc::new(MemoryStore::new()),
            }),
            Kind::Sqlite => {
                let path = self.folder.join(format!("{}.db", self.made));
                Ok(Database::open(path.display().to_string()))
            }
            Kind::Postgres => match &self.server {
                #[cfg(all(unix, feature = "postgres"))]
                Some(server) => Ok(Database::open(server.new_database())),
                _ => Err("found no PostgreSQL server; wanted one installed".into()),
            },
        }
    }

    /// Crashes the server of this database and starts it again, if it has one.
    pub(super) fn crash(&mut self, kind: Kind) {
        #[cfg(all(unix, feature = "postgres"))]
        if let (Kind::Postgres, Some(server)) = (kind, &mut self.server) {
            server.crash();
            server.run();
        }
        #[cfg(not(all(unix, feature = "postgres")))]
        let _ = kind;
    }
}
