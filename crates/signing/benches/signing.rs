//! The cost of a signature in wall time, with heap use: `cargo bench -p aliexpress-signing`.
//!
//! The ratio of `sign` to `hash` is what matters. In wall time it depends on whether the processor has
//! instructions for SHA-256; `bench_signing` under callgrind counts instructions instead.

mod workloads;

use divan::{AllocProfiler, Bencher};
use workloads::Bench;

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

#[divan::bench]
fn hash(bencher: Bencher) {
    let bench = Bench::new();
    bencher.bench_local(|| bench.hash());
}

#[divan::bench]
fn sign(bencher: Bencher) {
    let bench = Bench::new();
    bencher.bench_local(|| bench.sign());
}

#[cfg(feature = "md5")]
#[divan::bench]
fn sign_md5(bencher: Bencher) {
    let bench = Bench::new();
    bencher.bench_local(|| bench.sign_md5());
}

#[divan::bench]
fn verify(bencher: Bencher) {
    let bench = Bench::new();
    bencher.bench_local(|| bench.verify());
}

#[divan::bench]
fn key(bencher: Bencher) {
    let bench = Bench::new();
    bencher.bench_local(|| bench.key());
}

#[divan::bench]
fn push(bencher: Bencher) {
    let bench = Bench::new();
    bencher.bench_local(|| bench.push());
}
