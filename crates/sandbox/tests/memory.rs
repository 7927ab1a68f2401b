//! The sandbox's memory, measured in a separate process.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot continue panics")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::SystemTime;

use aliexpress_sandbox::Sandbox;
use aliexpress_signing::{AppSecret, SignMethod, Signer};
use serde_json::json;

const CONNECTIONS: usize = 16;
const REQUESTS: usize = 100;

/// The resident memory of this process, in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes.unwrap().parse::<usize>().unwrap() * 1024
}

/// Sixteen connections with calls that each take the most memory possible in the log.
fn load(sandbox: &Sandbox) {
    let value = "v".repeat(3000);
    let body: String = (0..20)
        .map(|index| format!("parameter{index}={value}&"))
        .collect();
    let request = format!(
        "POST /sync?app_key={}&method=a&timestamp=1 HTTP/1.1\r\nHost: a\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        sandbox.app_key(),
        body.len()
    );
    thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                let mut stream = TcpStream::connect(sandbox.address()).unwrap();
                stream.set_nodelay(true).unwrap();
                for _ in 0..REQUESTS {
                    stream.write_all(request.as_bytes()).unwrap();
                    let mut answer = [0; 4096];
                    assert_ne!(stream.read(&mut answer).unwrap(), 0);
                }
            });
        }
    });
}

/// Places orders with notes of 400 kB each.
fn orders(sandbox: &Sandbox, numbers: Range<usize>) {
    for number in numbers {
        let order = json!({
            "product_items": [{ "product_id": 1, "product_count": 1, "order_memo": "m".repeat(400_000) }],
            "logistics_address": {
                "country": "ES", "province": "Madrid", "city": "Madrid", "zip": "28001", "address": "Calle Mayor 1",
                "full_name": "A B", "mobile_no": "5550100", "phone_country": "+34",
            },
            "out_order_id": format!("order-{number}"),
        });
        place(sandbox, &order.to_string());
    }
}

fn place(sandbox: &Sandbox, order: &str) {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    let now = now.as_millis().to_string();
    let mut parameters = [
        ("app_key", sandbox.app_key()),
        ("session", sandbox.session()),
        ("timestamp", &now),
        ("sign_method", "sha256"),
        ("method", "aliexpress.ds.order.create"),
        ("param_place_order_request4_open_api_d_t_o", order),
    ];
    let signer = Signer::new(&AppSecret::new(sandbox.app_secret()));
    let sign = signer.sign(SignMethod::Sha256, None, &mut parameters);
    let mut form = form_urlencoded::Serializer::new(String::new());
    let body = form
        .extend_pairs(parameters)
        .append_pair("sign", sign.as_str())
        .finish();
    let mut stream = TcpStream::connect(sandbox.address()).unwrap();
    write!(
        stream,
        "POST /sync HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("\"is_success\":true"), "{answer}");
}

/// Places as many orders as are kept, 32 MiB, then half as many more; all are repeatedly written to a file.
#[test]
fn memory_is_limited_with_orders_in_a_file() {
    const BOUND: usize = 160 * 1024 * 1024;
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let sandbox = Sandbox::builder()
        .log_size(10)
        .state(&file)
        .start()
        .unwrap();
    let before = resident();
    orders(&sandbox, 0..90);
    sandbox.save_state().unwrap();
    let first = resident();
    orders(&sandbox, 90..135);
    sandbox.save_state().unwrap();
    let second = resident();
    let kept = sandbox.orders().len();
    assert!((75..90).contains(&kept), "{kept}");
    assert!(std::fs::metadata(&file).unwrap().len() < 40 * 1024 * 1024);
    assert!(first.saturating_sub(before) < BOUND, "{before} {first}");
    assert!(second.saturating_sub(first) < BOUND / 4, "{first} {second}");
}

/// Tests of this process's memory must not run at the same time.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn memory_is_constant_under_load() {
    const BOUND: usize = 24 * 1024 * 1024;
    let _alone = alone();
    let sandbox = Sandbox::builder()
        .log_size(100)
        .clock_check(false)
        .start()
        .unwrap();
    let before = resident();
    load(&sandbox);
    let first = resident();
    load(&sandbox);
    let second = resident();
    let total = CONNECTIONS * REQUESTS * 2;
    assert_eq!(sandbox.request_count(), total as u64);
    assert_eq!(sandbox.log().len(), 100);
    assert!(first.saturating_sub(before) < BOUND, "{before} {first}");
    assert!(second.saturating_sub(first) < BOUND / 4, "{first} {second}");
}
