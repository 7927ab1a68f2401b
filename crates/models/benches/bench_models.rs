//! Runs one workload on one payload a given number of times: `bench_models <workload> <payload> <iterations>`.
//!
//! For counting instructions with callgrind, as `cargo xtask bench` does: the difference between two runs with
//! different numbers of iterations does not include the cost of starting the program. `bench_models print-json
//! <payload> 1` and `print-xml` print the payload itself, for readers in other languages.

mod workloads;

use std::env;
use std::hint::black_box;
use std::process::ExitCode;

use workloads::{Bench, PAYLOADS};

/// The workloads that each payload has.
const WORKLOADS: &[&str] = &["json", "json_floor", "xml", "xml_floor", "raw", "raw_value"];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if run(&arguments).is_none() {
        eprintln!(
            "cannot run a workload: found arguments {arguments:?}; wanted one of {WORKLOADS:?}, \
             one of {PAYLOADS:?} and a number of iterations"
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn run(arguments: &[String]) -> Option<()> {
    let [workload, payload, iterations] = arguments else {
        return None;
    };
    let iterations: u64 = iterations.parse().ok()?;
    let bench = Bench::new(payload)?;
    match workload.as_str() {
        "print-json" => println!("{}", bench.json),
        "print-xml" => println!("{}", bench.xml),
        workload => {
            let run = bench.workload(workload)?;
            for _ in 0..iterations {
                run(black_box(&bench));
            }
        }
    }
    Some(())
}
