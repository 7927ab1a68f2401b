//! The cost of reading answers in wall time, with heap use: `cargo bench -p aliexpress-models`.
//!
//! Wall time varies; `cargo xtask bench` counts instructions of the same workloads and writes docs/benchmarks.md.

mod workloads;

use divan::counter::BytesCount;
use divan::{AllocProfiler, Bencher};
use workloads::{Bench, PAYLOADS};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

fn run(bencher: Bencher<'_, '_>, payload: &str, workload: &str) {
    let bench = Bench::new(payload).expect("only known payloads are run");
    let run = bench
        .workload(workload)
        .expect("only known workloads are run");
    let text = if workload.starts_with("json") {
        &bench.json
    } else {
        &bench.xml
    };
    let bytes = BytesCount::of_str(text);
    bencher.counter(bytes).bench_local(|| run(&bench));
}

#[divan::bench(args = PAYLOADS)]
fn json(bencher: Bencher<'_, '_>, payload: &str) {
    run(bencher, payload, "json");
}

#[divan::bench(args = PAYLOADS)]
fn json_floor(bencher: Bencher<'_, '_>, payload: &str) {
    run(bencher, payload, "json_floor");
}

#[divan::bench(args = PAYLOADS)]
fn xml(bencher: Bencher<'_, '_>, payload: &str) {
    run(bencher, payload, "xml");
}

#[divan::bench(args = PAYLOADS)]
fn xml_floor(bencher: Bencher<'_, '_>, payload: &str) {
    run(bencher, payload, "xml_floor");
}
