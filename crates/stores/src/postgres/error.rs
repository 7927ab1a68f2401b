//! What can go wrong with a server, and which failures another try can solve.

use std::error::Error as _;
use std::iter::successors;

use aliexpress::tokens::{StoreError, StoreErrorKind};
use postgres::error::SqlState;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
#[error("found {found}; wanted {wanted}")]
pub(super) struct PostgresError {
    /// What was found, in words that hold no value of a row.
    found: String,
    wanted: &'static str,
    /// Whether the server had nothing to do with it, or has undone it: another try does no harm.
    undone: bool,
    /// Whether another connection may serve.
    of_connection: bool,
    /// Whether the same may pass on the same connection.
    of_moment: bool,
    kind: StoreErrorKind,
}

const ANSWER: &str = "a PostgreSQL server that answers";
const DATABASE: &str = "a database that this user may use";

impl PostgresError {
    /// Before the end of a change: the server undoes what was begun.
    pub(super) fn undone(error: &postgres::Error) -> Self {
        Self::new(error, true)
    }

    /// At the end of a change: without an answer no one knows whether it holds.
    pub(super) fn at_commit(error: &postgres::Error) -> Self {
        let answered = error.as_db_error().is_some();
        let mut error = Self::new(error, answered);
        if !answered {
            error
                .found
                .push_str(", and whether the change was kept is not known");
        }
        error
    }

    /// No answer, before anything was asked of the server or afterwards.
    pub(super) fn silent(found: &str, undone: bool) -> Self {
        Self {
            found: found.to_owned(),
            wanted: ANSWER,
            undone,
            of_connection: true,
            of_moment: false,
            kind: StoreErrorKind::Unavailable,
        }
    }

    /// All connections are in use.
    pub(super) fn busy(connections: usize) -> Self {
        Self {
            found: format!("all {connections} connections in use"),
            wanted: "one that is free, of more connections or sooner",
            undone: true,
            of_connection: false,
            of_moment: false,
            kind: StoreErrorKind::Unavailable,
        }
    }

    /// A row that this crate cannot have written.
    pub(super) fn unreadable(column: &str) -> Self {
        Self {
            found: format!("something else than this crate writes in the column {column}"),
            wanted: "the database as this crate wrote it",
            undone: true,
            of_connection: false,
            of_moment: false,
            kind: StoreErrorKind::Unreadable,
        }
    }

    fn new(error: &postgres::Error, undone: bool) -> Self {
        let state = error.code();
        let shuts_down = [
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::TOO_MANY_CONNECTIONS,
            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
            SqlState::READ_ONLY_SQL_TRANSACTION,
        ];
        let collides = [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
        ];
        let is_io = error
            .source()
            .is_some_and(|cause| cause.is::<std::io::Error>());
        let of_connection = state.map_or(is_io || error.is_closed(), |state| {
            shuts_down.contains(state)
        });
        Self {
            found: describe(error),
            wanted: if state.is_some() { DATABASE } else { ANSWER },
            undone,
            of_connection,
            of_moment: state.is_some_and(|state| collides.contains(state)),
            kind: kind(state, of_connection),
        }
    }

    /// Whether the connection is of no use any more.
    pub(super) fn ends_connection(&self) -> bool {
        self.of_connection
    }

    pub(super) fn may_try_again(&self) -> bool {
        self.undone && (self.of_connection || self.of_moment)
    }

    /// The same for the store's user.
    pub(super) fn of_store(&self, doing: &str, place: &str) -> StoreError {
        StoreError::new(format!("cannot {doing} {place}: {self}")).with_kind(self.kind)
    }
}

fn kind(state: Option<&SqlState>, of_connection: bool) -> StoreErrorKind {
    // The classes of SQLSTATE: authorisation, names of databases, rights; resources, locks, what an operator did.
    match state.map(|state| &state.code()[..2]) {
        Some("28" | "3D") => StoreErrorKind::Unusable,
        Some("40" | "53" | "55" | "57") => StoreErrorKind::Unavailable,
        _ if state == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => StoreErrorKind::Unusable,
        _ if of_connection => StoreErrorKind::Unavailable,
        _ => StoreErrorKind::Failed,
    }
}

/// The server's sentence, without the detail, which quotes rows; else the library's, with its causes.
fn describe(error: &postgres::Error) -> String {
    if let Some(server) = error.as_db_error() {
        let (message, state) = (server.message(), server.code().code());
        return format!("{} (SQLSTATE {state})", message.escape_debug());
    }
    // The library's errors do not contain the connection string.
    let causes = successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |found, cause| {
        format!("{found}: {cause}")
    })
}
