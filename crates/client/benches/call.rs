//! What one call costs beyond its exchange: `cargo bench -p aliexpress --bench call`.
//!
//! Reads an order from a server on loopback that gives the same answer each time, once through the
//! client (assembled, signed, sent, decoded) and once by a bare ureq call that posts the same bytes and
//! reads the answer without looking at it. Both keep their connection. Batches of either take turns, so
//! that a machine that is slow for a while is slow for both; the ratio is that of the medians.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Instant;

use aliexpress::models::order_get::{OrderGet, OrderQuery};
use aliexpress::models::shared::OrderId;
use aliexpress::{CallLimits, Client};

const ANSWER: &str =
    include_str!("../../../fixtures/samples/aliexpress.trade.ds.order.get/answer.json");
const ORDER: i64 = 10_000_001;

const BATCHES: usize = 60;
const CALLS: usize = 200;

/// The ratio that this project promises.
const PROMISED: f64 = 1.35;

fn main() {
    let gateway = serve();
    let client = Client::builder("12345678", "helloworld")
        .session("a session of usual length, of fifty characters or so")
        .gateway(&gateway)
        .call_limits(CallLimits::off())
        .build()
        .expect("settings that are known to be good");
    let prepared = client
        .prepare(&OrderGet::new(OrderQuery::new(OrderId(ORDER))))
        .expect("a request that is known to be good");
    let agent = ureq::Agent::new_with_defaults();

    let mut call = || drop(client.order(ORDER).expect("the server answers"));
    let mut bare = || {
        let request = agent
            .post(&prepared.url)
            .header("content-type", prepared.content_type);
        let mut answer = request.send(&prepared.body).expect("the server answers");
        drop(answer.body_mut().read_to_vec().expect("the server answers"));
    };

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for batch in 0..BATCHES + 5 {
        let pair = (measure(&mut bare), measure(&mut call));
        // The first batches warm up.
        if batch >= 5 {
            theirs.push(pair.0);
            ours.push(pair.1);
        }
    }
    report(&median(theirs), &median(ours));

    let request = OrderGet::new(OrderQuery::new(OrderId(ORDER)));
    let alone = |name, act: &mut dyn FnMut()| {
        let costs = (0..BATCHES).map(|_| measure(act)).collect();
        println!("{name:10} {:25.1}", median(costs).wall);
    };
    println!("of which, by themselves:");
    alone("sign", &mut || drop(client.prepare(&request)));
    alone("decode", &mut || drop(client.read::<OrderGet>(200, ANSWER)));
}

/// Microseconds per call.
#[derive(Clone, Copy)]
struct Cost {
    /// By the clock, the server's part and the kernel's included.
    wall: f64,
    /// Of this thread; zero where the system does not tell.
    cpu: f64,
}

fn measure(call: &mut dyn FnMut()) -> Cost {
    let (started, cpu) = (Instant::now(), thread_cpu());
    (0..CALLS).for_each(|_| call());
    let per_call = |nanoseconds: f64| nanoseconds / 1000.0 / CALLS as f64;
    Cost {
        wall: per_call(started.elapsed().as_nanos() as f64),
        cpu: per_call((thread_cpu() - cpu) as f64),
    }
}

/// Nanoseconds that this thread has run, by Linux's own count.
fn thread_cpu() -> u64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let first = stat.split_whitespace().next();
    first.and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn median(mut costs: Vec<Cost>) -> Cost {
    let middle = costs.len() / 2;
    costs.sort_by(|a, b| a.wall.total_cmp(&b.wall));
    let wall = costs[middle].wall;
    costs.sort_by(|a, b| a.cpu.total_cmp(&b.cpu));
    Cost {
        wall,
        cpu: costs[middle].cpu,
    }
}

fn report(bare: &Cost, call: &Cost) {
    let mut table = String::new();
    let mut line = |name, bare: f64, call: f64| {
        let ratio = call / bare;
        let _ = writeln!(table, "{name:10} {bare:12.1} {call:12.1} {ratio:8.2}");
    };
    line("wall", bare.wall, call.wall);
    if bare.cpu > 0.0 {
        line("thread cpu", bare.cpu, call.cpu);
    }
    println!(
        "order.get on loopback, microseconds per call (median of {BATCHES} batches of {CALLS})"
    );
    println!(
        "{:10} {:>12} {:>12} {:>8}",
        "", "bare ureq", "client", "ratio"
    );
    print!("{table}");
    println!("promised: at most {PROMISED}");
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
