//! What one call costs beyond its exchange: `cargo bench -p aliexpress --bench call`.
//!
//! Reads an order from a server on loopback that gives the same answer each time, once through the
//! client (assembled, signed, sent, decoded) and once by a bare ureq call that posts the same bytes and
//! reads the answer without looking at it. Both keep their connection. They take turns call by call, so
//! that a machine that is slow for a while is slow for both; the ratio is that of the medians.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use aliexpress::models::order_get::{OrderGet, OrderQuery};
use aliexpress::models::shared::OrderId;
use aliexpress::{CallLimits, Client};

const ANSWER: &str =
    include_str!("../../../fixtures/samples/aliexpress.trade.ds.order.get/answer.json");
const ORDER: i64 = 10_000_001;

const CALLS: usize = 20_000;
/// What warms up and is not counted.
const FIRST: usize = 1000;

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
            .header("content-type", &*prepared.content_type);
        let mut answer = request.send(&prepared.body).expect("the server answers");
        drop(answer.body_mut().read_to_vec().expect("the server answers"));
    };

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for number in 0..FIRST + CALLS {
        let pair = (measure(&mut bare), measure(&mut call));
        if number >= FIRST {
            theirs.push(pair.0);
            ours.push(pair.1);
        }
    }
    let (bare, call) = (median(theirs), median(ours));
    println!("order.get on loopback, microseconds per call (median of {CALLS})");
    println!("bare ureq {bare:6.1}");
    println!("client    {call:6.1}");
    println!(
        "ratio     {:6.2}, promised: at most {PROMISED}",
        call / bare
    );

    let request = OrderGet::new(OrderQuery::new(OrderId(ORDER)));
    let alone = |name, act: &mut dyn FnMut()| {
        let costs = (0..CALLS).map(|_| measure(act)).collect();
        println!("{name:9} {:6.1}", median(costs));
    };
    println!("of which, by themselves:");
    alone("sign", &mut || drop(client.prepare(&request)));
    alone("decode", &mut || {
        drop(aliexpress::read::<OrderGet>(200, ANSWER))
    });
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
