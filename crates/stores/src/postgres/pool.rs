//! The connections of a store.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use aliexpress::tokens::StoreError;
use postgres::{Client, Transaction};

use super::connection::{Connection, Settings};
use super::error::PostgresError;
use super::schema;

/// How long a call waits for a free connection, or for a server that restarts.
const WAIT: Duration = Duration::from_secs(5);
/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(100);

/// How long a call may wait.
#[derive(Clone, Copy)]
pub(super) enum Wait {
    /// Five seconds, also for a server that restarts.
    Long,
    /// One second for a free connection, and no time for a server that restarts.
    Short,
}

pub(super) struct Pool {
    settings: Arc<Settings>,
    most: usize,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    in_use: usize,
}

/// The right to use one of the connections, returned when it is dropped.
struct Place<'a> {
    pool: &'a Pool,
    /// The connection to return with it.
    connection: Option<Connection>,
}

impl Pool {
    pub(super) fn new(settings: Settings, most: usize) -> Self {
        Self {
            settings: Arc::new(settings),
            most,
            state: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Creates the schema, or upgrades it to the newest version.
    pub(super) fn prepare(&self) -> Result<(), StoreError> {
        let place = self.settings.place.clone();
        self.run("open", Wait::Long, move |client| {
            schema::prepare(client, &place)
        })?
    }

    /// A connection outside the pool. Waits for a server that restarts, until this time at most.
    pub(super) fn open_until(&self, until: Instant) -> Result<Connection, PostgresError> {
        let until = until.min(Instant::now() + WAIT);
        loop {
            match self.open() {
                Err(error) if error.may_try_again() && Instant::now() < until => {
                    thread::sleep(PAUSE);
                }
                opened => return opened,
            }
        }
    }

    fn open(&self) -> Result<Connection, PostgresError> {
        Connection::open(&self.settings)
    }

    /// Runs a transaction, which is durable afterwards.
    pub(super) fn write<T: Send + 'static>(
        &self,
        doing: &str,
        wait: Wait,
        work: impl Fn(&mut Transaction<'_>) -> Result<T, PostgresError> + Clone + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run(doing, wait, move |client| {
            let mut step = client
                .transaction()
                .map_err(|error| PostgresError::without_effect(&error))?;
            let value = work(&mut step)?;
            step.commit()
                .map_err(|error| PostgresError::at_commit(&error))?;
            Ok(value)
        })
    }

    /// Runs `work` on a connection, and again on another one if that is safe and may help.
    pub(super) fn run<T: Send + 'static>(
        &self,
        doing: &str,
        wait: Wait,
        work: impl FnOnce(&mut Client) -> Result<T, PostgresError> + Clone + Send + 'static,
    ) -> Result<T, StoreError> {
        let until = Instant::now() + WAIT;
        // A kept connection may have been closed long ago, which does not mean that the server is
        // unreachable now.
        let kept = self.state().idle.len();
        let mut tries = 0;
        loop {
            let error = match self.try_once(wait, work.clone()) {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            tries += 1;
            let has_time = match wait {
                Wait::Long => Instant::now() < until,
                Wait::Short => tries <= kept,
            };
            if !error.may_try_again() || !has_time {
                return Err(error.of_store(doing, &self.settings.place));
            }
            if tries > kept {
                thread::sleep(PAUSE);
            }
        }
    }

    fn try_once<T: Send + 'static>(
        &self,
        wait: Wait,
        work: impl FnOnce(&mut Client) -> Result<T, PostgresError> + Send + 'static,
    ) -> Result<T, PostgresError> {
        let mut place = self.place(match wait {
            Wait::Long => WAIT,
            Wait::Short => Duration::from_secs(1),
        })?;
        let connection = match place.connection.take() {
            Some(connection) => connection,
            None => self.open()?,
        };
        let result = connection.run(work);
        if !result.as_ref().is_err_and(PostgresError::ends_connection) {
            place.connection = Some(connection);
        }
        result
    }

    /// The right to use a connection, with an idle connection if there is one.
    fn place(&self, wait: Duration) -> Result<Place<'_>, PostgresError> {
        let until = Instant::now() + wait;
        let mut state = self.state();
        while state.in_use >= self.most {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(PostgresError::busy(self.most));
            }
            let waited = self.freed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.in_use += 1;
        let connection = state.idle.pop();
        Ok(Place {
            pool: self,
            connection,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.state();
        state.in_use -= 1;
        state.idle.extend(self.connection.take());
        drop(state);
        self.pool.freed.notify_one();
    }
}
