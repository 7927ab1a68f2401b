//! One connection, on its own thread.
//!
//! The client blocks on a tokio runtime, which must be neither used nor dropped on the threads of another runtime. Its
//! own thread avoids this, and lets the caller stop waiting.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender, SyncSender};
use std::thread;
use std::time::Duration;

use postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::error::PostgresError;

/// The longest wait for any answer of the server; statements time out earlier.
const LONGEST: Duration = Duration::from_secs(20);

/// The settings of every connection. A program that stops during a transaction, or whose machine disappears, must not
/// block the others for long; and committed data must be on the server's disk, regardless of the database's default.
const SESSION: &str = "
    SET default_transaction_isolation TO 'read committed';
    SET statement_timeout TO '10s';
    SET lock_timeout TO '5s';
    SET idle_in_transaction_session_timeout TO '15s';
    SET tcp_keepalives_idle TO 10;
    SET tcp_keepalives_interval TO 5;
    SET tcp_keepalives_count TO 3;
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
";

/// How a connection is opened.
pub(super) struct Settings {
    pub(super) config: Config,
    pub(super) tls: MakeRustlsConnect,
    /// The database in messages, without user and password.
    pub(super) place: String,
}

impl Settings {
    /// Opens a connection. Blocks, and must not be called on a thread of a runtime.
    fn connect(&self) -> Result<Client, postgres::Error> {
        let mut client = self.config.connect(self.tls.clone())?;
        client.batch_execute(SESSION)?;
        Ok(client)
    }
}

type Job = Box<dyn FnOnce(&mut Client) + Send>;

/// A connection. After it is dropped, it ends as soon as the server has answered the last request.
pub(super) struct Connection(Sender<Job>);

impl Connection {
    pub(super) fn open(settings: &Arc<Settings>) -> Result<Self, PostgresError> {
        let (jobs, todo) = mpsc::channel::<Job>();
        let (report, opened) = mpsc::sync_channel(1);
        let settings = Arc::clone(settings);
        let work = move || {
            let Some(mut client) = connect(&settings, &report) else {
                return;
            };
            for job in todo {
                job(&mut client);
            }
        };
        thread::Builder::new()
            .name("aliexpress-postgres".to_owned())
            .spawn(work)
            .map_err(|_| PostgresError::no_answer("no free thread for a connection", true))?;
        match opened.recv_timeout(LONGEST) {
            Ok(result) => result.map(|()| Self(jobs)),
            Err(_) => Err(PostgresError::no_answer(
                "no answer to a new connection",
                true,
            )),
        }
    }

    /// Runs `job` on the connection, and waits for this long at most.
    pub(super) fn run_for<T: Send + 'static>(
        &self,
        longest: Duration,
        work: impl FnOnce(&mut Client) -> Result<T, PostgresError> + Send + 'static,
    ) -> Result<T, PostgresError> {
        let (report, result) = mpsc::sync_channel(1);
        let job: Job = Box::new(move |client| {
            // The caller may have stopped waiting.
            let _ = report.send(work(client));
        });
        if self.0.send(job).is_err() {
            return Err(PostgresError::no_answer(
                "a connection that has ended",
                true,
            ));
        }
        result.recv_timeout(longest).unwrap_or_else(|error| {
            Err(match error {
                RecvTimeoutError::Timeout => PostgresError::no_answer("no answer in time", false),
                RecvTimeoutError::Disconnected => {
                    PostgresError::no_answer("a connection whose thread has ended", false)
                }
            })
        })
    }

    pub(super) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Client) -> Result<T, PostgresError> + Send + 'static,
    ) -> Result<T, PostgresError> {
        self.run_for(LONGEST, work)
    }
}

fn connect(settings: &Settings, report: &SyncSender<Result<(), PostgresError>>) -> Option<Client> {
    match settings.connect() {
        Ok(client) => report.send(Ok(())).is_ok().then_some(client),
        Err(error) => {
            let _ = report.send(Err(PostgresError::without_effect(&error)));
            None
        }
    }
}
