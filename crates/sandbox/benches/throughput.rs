//! Requests per second over kept connections: the sandbox compared with a bare hyper server with the same answers.
//!
//! `cargo bench -p aliexpress-sandbox`. Both run on one thread in this process, as the sandbox always does, and get
//! requests in turn from the same clients, so that their ratio is comparable between machines. Fails below [`FLOORS`].
//!
//! Requests per second vary with the machine's other load, and with the share of it that the clients use. The
//! processor time of the server's thread, kernel included, does not: its inverse is the number of requests per second
//! on one core.

#![allow(clippy::unwrap_used, reason = "a bench that cannot continue panics")]

mod load;

use std::fs;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use aliexpress_sandbox::Sandbox;

/// By call, the least share of the bare server's requests that the sandbox must answer in the same processor time.
const FLOORS: [f64; 2] = [0.2, 0.05];
const CONNECTIONS: usize = 8;
const REQUESTS: usize = 5_000;
const ROUNDS: usize = 5;
/// The name of the sandbox's thread.
const SANDBOX: &str = "aliexpress-sandbox";

fn main() -> ExitCode {
    let sandbox = Sandbox::start().unwrap();
    let mut passes = true;
    for ((name, body), floor) in load::calls(&sandbox).into_iter().zip(FLOORS) {
        let request = load::request(sandbox.address(), &body);
        let answer = load::first_answer(sandbox.address(), &request);
        let size = answer.len();
        let bare = load::bare_server(answer);
        let (mut ours, mut theirs) = (Rate::default(), Rate::default());
        for _ in 0..ROUNDS {
            ours = ours.best(Rate::measure(sandbox.address(), &request, SANDBOX));
            theirs = theirs.best(Rate::measure(bare, &request, load::BARE));
        }
        let ratio = ours.of(&theirs);
        println!("{name}: {size} bytes, ratio {ratio:.2}\n  sandbox {ours}\n  hyper   {theirs}");
        passes &= ratio >= floor;
    }
    match passes {
        true => ExitCode::SUCCESS,
        false => {
            eprintln!("found a ratio below the floor; wanted {FLOORS:?} or more");
            ExitCode::FAILURE
        }
    }
}

/// The measured speed of a server.
#[derive(Clone, Copy, Default)]
struct Rate {
    a_second: f64,
    /// Processor time of the server's thread per request; `None` if the system does not report it.
    processor: Option<Duration>,
    /// The share of all processor time that the clients took.
    clients: Option<f64>,
}

impl Rate {
    /// Sends requests to a server over all connections together. The server's thread has this name.
    fn measure(address: SocketAddr, request: &str, server: &str) -> Self {
        let before = processor_time(server);
        let started = Instant::now();
        let clients: Option<Duration> = thread::scope(|scope| {
            let clients: Vec<_> = (0..CONNECTIONS)
                .map(|_| {
                    scope.spawn(|| {
                        load::load(address, request, REQUESTS);
                        time_of("thread-self")
                    })
                })
                .collect();
            let times = clients.into_iter().map(|client| client.join().unwrap());
            times.sum()
        });
        let seconds = started.elapsed().max(Duration::from_millis(1));
        let requests = CONNECTIONS * REQUESTS;
        let server = before.and_then(|before| Some(processor_time(server)? - before));
        Self {
            a_second: requests as f64 / seconds.as_secs_f64(),
            processor: server.map(|time| time / u32::try_from(requests).unwrap()),
            clients: server
                .zip(clients)
                .map(|(server, clients)| clients.as_secs_f64() / (clients + server).as_secs_f64()),
        }
    }

    /// The ratio to another server: of processor times, which vary less than wall time, if the system reports them.
    fn of(&self, other: &Self) -> f64 {
        match (self.processor, other.processor) {
            (Some(own), Some(others)) => others.as_secs_f64() / own.as_secs_f64(),
            _ => self.a_second / other.a_second,
        }
    }

    fn best(self, other: Self) -> Self {
        if self.a_second > other.a_second {
            self
        } else {
            other
        }
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.0} requests/s", self.a_second)?;
        if let (Some(processor), Some(clients)) = (self.processor, self.clients) {
            let micros = processor.as_secs_f64() * 1e6;
            let share = clients * 100.0;
            write!(
                f,
                "; {micros:.1} µs of the server's processor time each, so {:.0} on a core of its own; the clients \
                 took {share:.0} % of all processor time",
                1e6 / micros
            )?;
        }
        Ok(())
    }
}

/// The processor time of this process's thread with this name, kernel included. Linux only.
fn processor_time(thread: &str) -> Option<Duration> {
    // The kernel keeps fifteen bytes of a name.
    let kept = &thread[..thread.len().min(15)];
    let tasks = fs::read_dir("/proc/self/task").ok()?.flatten();
    let is_it = |task: &fs::DirEntry| {
        fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.trim_end() == kept)
    };
    // The newest thread of the name: there is a bare server for each call.
    let task = tasks
        .filter(is_it)
        .max_by_key(|task| task.file_name().to_string_lossy().parse::<u64>().ok())?;
    time_of(&format!("self/task/{}", task.file_name().to_string_lossy()))
}

fn time_of(task: &str) -> Option<Duration> {
    let figures = fs::read_to_string(format!("/proc/{task}/schedstat")).ok()?;
    let nanoseconds = figures.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}
