#![doc = include_str!("../README.md")]

#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod columns;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "postgres")]
pub use postgres::{PostgresInbox, PostgresSettings, PostgresStore, PostgresTokens};
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteInbox, SqliteStore, SqliteTokens};
