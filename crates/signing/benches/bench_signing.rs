//! Runs one workload a given number of times: `bench_signing <workload> <iterations>`.
//!
//! For counting instructions with callgrind: the difference between two runs with different numbers
//! of iterations does not include the cost of starting the program.
//!
//! ```text
//! cargo build --release -p aliexpress-signing --example bench_signing
//! for n in 1000 2000; do
//!     valgrind --tool=callgrind --callgrind-out-file=/dev/null \
//!         target/release/examples/bench_signing sign $n
//! done
//! ```

mod workloads;

use std::env;
use std::hint::black_box;
use std::process::ExitCode;

use workloads::Bench;

/// Runs a workload once.
type Run = fn(&Bench);

/// Each workload with its name on the command line.
const WORKLOADS: &[(&str, Run)] = &[
    ("hash", |bench| discard(bench.hash())),
    ("sign", |bench| discard(bench.sign())),
    #[cfg(feature = "md5")]
    ("sign-md5", |bench| discard(bench.sign_md5())),
    ("verify", |bench| discard(bench.verify())),
    ("key", |bench| discard(bench.key())),
    ("push", |bench| discard(bench.push())),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some((run, iterations)) = parse(&arguments) else {
        let names: Vec<&str> = WORKLOADS.iter().map(|(name, _)| *name).collect();
        eprintln!(
            "cannot run a workload: found arguments {arguments:?}; \
             wanted one of {} and a number of iterations",
            names.join(", ")
        );
        return ExitCode::FAILURE;
    };
    let bench = Bench::new();
    for _ in 0..iterations {
        run(black_box(&bench));
    }
    ExitCode::SUCCESS
}

fn parse(arguments: &[String]) -> Option<(Run, u64)> {
    let [name, iterations] = arguments else {
        return None;
    };
    let (_, run) = WORKLOADS.iter().find(|(known, _)| known == name)?;
    Some((*run, iterations.parse().ok()?))
}

/// Makes the compiler compute a result that is not used.
fn discard<T>(result: T) {
    black_box(result);
}
