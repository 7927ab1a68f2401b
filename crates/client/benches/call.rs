//! What one call costs in addition to its exchange:
//! `cargo bench -p aliexpress --features hyper --bench call`.
//!
//! Reads an order from a server on loopback that gives the same answer each time: through the client (assembled,
//! signed, sent, decoded) and by a bare call of a common HTTP library that posts the same bytes and decodes nothing.
//! The blocking client is compared with ureq, on which it is built; the async one with reqwest, which async programs
//! usually use. All keep their connection open.
//!
//! On Linux the program and its server run on one processor: with two, the kernel sometimes wakes the other end after
//! a pause that is longer than a call, and medians vary. On one, each end works while the other waits, and a call takes
//! the time of both. The calls are compared in two ways:
//!
//! - In wall time: the kinds alternate call by call, so that a machine that is slow for a while is slow for all; a
//!   ratio is that of the medians.
//! - In processor time of the whole program, kernel included, which does not depend on the machine's other load. The
//!   kinds alternate after a few hundred calls, because reading that time is slow compared with a call.
//!
//! With arguments such as `client 100` it makes this many calls of one kind and prints nothing, for a profiler.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use aliexpress::models::order_get::{OrderGet, OrderQuery};
use aliexpress::models::shared::OrderId;
use aliexpress::{AsyncClient, CallLimits, Client, ClientBuilder, Prepared};
use tokio::runtime::Runtime;

const ANSWER: &str =
    include_str!("../../../fixtures/samples/aliexpress.trade.ds.order.get/answer.json");
const ORDER: i64 = 10_000_001;

const CALLS: usize = 20_000;
/// The number of rounds that warm up and are not counted.
const FIRST: usize = 1000;

/// The ratio that is this project's goal.
const GOAL: f64 = 1.15;

/// The kinds of calls, in the order in which they take turns.
const KINDS: [&str; 4] = ["ureq", "client", "reqwest", "async"];

fn main() {
    stay_on_one_processor();
    let mut bench = Bench::new();
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if let [kind, calls] = &arguments[..]
        && let Some(kind) = KINDS.iter().position(|name| name == kind)
    {
        let calls = calls.parse().expect("a number of calls");
        (0..calls).for_each(|_: usize| bench.call(kind));
        return;
    }
    println!("order.get on loopback, microseconds per call");
    print("in wall time", in_wall_time(&mut bench));
    if let Some(medians) = in_processor_time(&mut bench) {
        print("in processor time", medians);
    }
    println!("parts of it, measured alone:");
    let request = OrderGet::new(OrderQuery::new(OrderId(ORDER)));
    let alone = |name, act: &mut dyn FnMut()| {
        let costs = (0..CALLS).map(|_| measure(act)).collect();
        println!("{name:13} {:6.1}", median(costs));
    };
    alone("sign", &mut || drop(bench.client.prepare(&request)));
    alone("decode", &mut || {
        drop(aliexpress::read::<OrderGet>(200, ANSWER))
    });
}

/// The medians of calls that take turns one by one.
fn in_wall_time(bench: &mut Bench) -> [f64; 4] {
    let mut costs: [Vec<Duration>; 4] = Default::default();
    for number in 0..FIRST + CALLS {
        // Each kind is first in a round equally often, because the first one has colder caches.
        for turn in 0..KINDS.len() {
            let kind = (number + turn) % KINDS.len();
            let cost = measure(&mut || bench.call(kind));
            costs[kind].extend((number >= FIRST).then_some(cost));
        }
    }
    costs.map(median)
}

/// The medians of alternating batches; `None` if the system does not report processor time.
fn in_processor_time(bench: &mut Bench) -> Option<[f64; 4]> {
    const BATCH: usize = 200;
    let mut costs: [Vec<Duration>; 4] = Default::default();
    for number in 0..CALLS / BATCH {
        for turn in 0..KINDS.len() {
            let kind = (number + turn) % KINDS.len();
            let before = processor_time()?;
            (0..BATCH).for_each(|_| bench.call(kind));
            costs[kind].push((processor_time()? - before) / BATCH as u32);
        }
    }
    Some(costs.map(median))
}

#[cfg(target_os = "linux")]
fn stay_on_one_processor() {
    let mut one = rustix::thread::CpuSet::new();
    let allowed = rustix::thread::sched_getaffinity(None).expect("the allowed processors");
    let first = (0..rustix::thread::CpuSet::MAX_CPU).find(|number| allowed.is_set(*number));
    one.set(first.expect("a processor"));
    rustix::thread::sched_setaffinity(None, &one).expect("one processor for the program");
}

#[cfg(not(target_os = "linux"))]
fn stay_on_one_processor() {}

/// The processor time that this program has used so far, kernel included.
#[cfg(target_os = "linux")]
fn processor_time() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(time).ok()
}

#[cfg(not(target_os = "linux"))]
fn processor_time() -> Option<Duration> {
    None
}

fn print(way: &str, medians: [f64; 4]) {
    println!("{way}:");
    for pair in [0, 2] {
        let (bare, call) = (medians[pair], medians[pair + 1]);
        println!("bare {:8} {bare:6.1}", KINDS[pair]);
        println!("{:13} {call:6.1}", KINDS[pair + 1]);
        let ratio = call / bare;
        println!("of {:10} {ratio:6.2}, goal: at most {GOAL}", KINDS[pair]);
    }
}

/// All four kinds of calls, each with its own connection to the same server.
struct Bench {
    client: Client,
    asynchronous: AsyncClient,
    prepared: Prepared,
    agent: ureq::Agent,
    reqwest: reqwest::Client,
    runtime: Runtime,
}

impl Bench {
    fn new() -> Self {
        // reqwest is built without a TLS provider, so the program installs one; it may already be installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let gateway = serve();
        let client = settings(&gateway).build().expect("good settings");
        let request = OrderGet::new(OrderQuery::new(OrderId(ORDER)));
        Self {
            prepared: client.prepare(&request).expect("a good request"),
            client,
            asynchronous: settings(&gateway).build_async().expect("good settings"),
            agent: ureq::Agent::new_with_defaults(),
            reqwest: reqwest::Client::new(),
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime"),
        }
    }

    fn body(&self) -> &[u8] {
        self.prepared.body.bytes().expect("no file is sent")
    }

    fn call(&mut self, kind: usize) {
        match KINDS[kind] {
            "ureq" => {
                let request = self
                    .agent
                    .post(&self.prepared.url)
                    .header("content-type", &*self.prepared.content_type);
                let answer = request.send(self.body());
                let body = answer.expect("an answer").body_mut().read_to_vec();
                drop(body.expect("a body"));
            }
            "client" => drop(self.client.order(ORDER).expect("an order")),
            "reqwest" => self.runtime.block_on(async {
                let request = self
                    .reqwest
                    .post(&self.prepared.url)
                    .header("content-type", &*self.prepared.content_type)
                    .body(self.body().to_vec());
                let answer = request.send().await.expect("an answer");
                drop(answer.bytes().await.expect("a body"));
            }),
            _ => drop(
                self.runtime
                    .block_on(self.asynchronous.order(ORDER))
                    .expect("an order"),
            ),
        }
    }
}

fn settings(gateway: &str) -> ClientBuilder {
    Client::builder("12345678", "helloworld")
        .session("a session of usual length, of fifty characters or so")
        .gateway(gateway)
        .call_limits(CallLimits::off())
}

fn measure(call: &mut dyn FnMut()) -> Duration {
    let started = Instant::now();
    call();
    started.elapsed()
}

/// In microseconds.
fn median(mut costs: Vec<Duration>) -> f64 {
    costs.sort_unstable();
    costs[costs.len() / 2].as_nanos() as f64 / 1000.0
}

/// Gives the sample answer to every request, until the program ends.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("a listening port");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer_all(stream));
        }
    });
    format!("http://{address}")
}

fn answer_all(stream: TcpStream) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut writer = stream;
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{ANSWER}",
        ANSWER.len()
    );
    let mut body = Vec::new();
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
        }
        body.resize(length, 0);
        reader.read_exact(&mut body).ok()?;
        writer.write_all(answer.as_bytes()).ok()?;
    }
}
