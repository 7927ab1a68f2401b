//! Errors of the server, and which of them a retry can solve.

use std::error::Error as _;
use std::iter::successors;

use aliexpress::tokens::{StoreError, StoreErrorKind};
use postgres::error::SqlState;

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
#[error("found {found}; wanted {wanted}")]
pub(super) struct PostgresError {
    /// What was found, in words that contain no value of a row.
    found: String,
    wanted: &'static str,
    /// Whether the server did nothing or rolled it back, so that a retry is safe.
    without_effect: bool,
    /// Whether a retry on another connection may succeed.
    connection_is_lost: bool,
    /// Whether a retry on the same connection may succeed.
    is_temporary: bool,
    kind: StoreErrorKind,
}

const ANSWER: &str = "a PostgreSQL server that answers";
const DATABASE: &str = "a database that this user may use";

impl PostgresError {
    /// An error before the end of a transaction: the server rolls back.
    pub(super) fn without_effect(error: &postgres::Error) -> Self {
        Self::new(error, true)
    }

    /// An error at the end of a transaction: without an answer it is unknown whether it was committed.
    pub(super) fn at_commit(error: &postgres::Error) -> Self {
        let answered = error.as_db_error().is_some();
        let mut error = Self::new(error, answered);
        if !answered {
            error
                .found
                .push_str(", and it is unknown whether the change was kept");
        }
        error
    }

    /// The server does not answer, before it received a request or afterwards.
    pub(super) fn no_answer(found: &str, without_effect: bool) -> Self {
        Self {
            found: found.to_owned(),
            wanted: ANSWER,
            without_effect,
            connection_is_lost: true,
            is_temporary: false,
            kind: StoreErrorKind::Unavailable,
        }
    }

    /// All connections are in use.
    pub(super) fn busy(connections: usize) -> Self {
        Self {
            found: format!("all {connections} connections in use"),
            wanted: "a free one",
            without_effect: true,
            connection_is_lost: false,
            is_temporary: false,
            kind: StoreErrorKind::Unavailable,
        }
    }

    /// A row that this crate cannot have written.
    pub(super) fn unreadable(column: &str) -> Self {
        Self {
            found: format!("a value that this crate does not write, in the column {column}"),
            wanted: "the database as this crate wrote it",
            without_effect: true,
            connection_is_lost: false,
            is_temporary: false,
            kind: StoreErrorKind::Unreadable,
        }
    }

    fn new(error: &postgres::Error, without_effect: bool) -> Self {
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
        let connection_is_lost = state.map_or(is_io || error.is_closed(), |state| {
            shuts_down.contains(state)
        });
        Self {
            found: describe(error),
            wanted: if state.is_some() { DATABASE } else { ANSWER },
            without_effect,
            connection_is_lost,
            is_temporary: state.is_some_and(|state| collides.contains(state)),
            kind: kind(state, connection_is_lost),
        }
    }

    /// Whether the connection cannot be used any more.
    pub(super) fn ends_connection(&self) -> bool {
        self.connection_is_lost
    }

    pub(super) fn may_try_again(&self) -> bool {
        self.without_effect && (self.connection_is_lost || self.is_temporary)
    }

    /// This error for the user of the store.
    pub(super) fn of_store(&self, doing: &str, place: &str) -> StoreError {
        StoreError::new(format!("cannot {doing} {place}: {self}")).with_kind(self.kind)
    }
}

fn kind(state: Option<&SqlState>, connection_is_lost: bool) -> StoreErrorKind {
    // The classes of SQLSTATE: authorisation, names of databases, rights; resources, locks, intervention by an
    // operator.
    match state.map(|state| &state.code()[..2]) {
        Some("28" | "3D") => StoreErrorKind::Unusable,
        Some("40" | "53" | "55" | "57") => StoreErrorKind::Unavailable,
        _ if state == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => StoreErrorKind::Unusable,
        _ if connection_is_lost => StoreErrorKind::Unavailable,
        _ => StoreErrorKind::Failed,
    }
}

/// The server's message without the detail, which quotes rows; otherwise the library's message with its causes.
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
