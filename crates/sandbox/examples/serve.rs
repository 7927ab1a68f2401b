//! A sandbox for clients in any language: prints what to point them at, then one line per request.
//!
//! `cargo run -p aliexpress-sandbox --example serve -- [PORT]`

use std::thread::sleep;
use std::time::Duration;

use aliexpress_sandbox::Sandbox;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = match std::env::args().nth(1) {
        Some(port) => port
            .parse()
            .map_err(|_| format!("reading the port: found {port:?}, wanted 0 to 65535"))?,
        None => 0,
    };
    let sandbox = Sandbox::builder()
        .port(port)
        .visible_after(Duration::from_secs(3))
        .start()?;
    println!("page        {}/", sandbox.url());
    println!(
        "gateways    {0}/sync  {0}/rest  {0}/router/rest",
        sandbox.url()
    );
    println!("app key     {}", sandbox.app_key());
    println!("app secret  {}", sandbox.app_secret());
    println!("session     {}", sandbox.session());
    let mut seen = 0;
    loop {
        for request in sandbox.log_after(seen) {
            seen = request.number;
            println!(
                "{:>5} {} {}: {}",
                request.number,
                request.http_method,
                request.api.escape_debug(),
                request.verdict
            );
            if let Some(diagnosis) = request.diagnosis {
                println!("      {diagnosis}");
            }
        }
        sleep(Duration::from_millis(200));
    }
}
