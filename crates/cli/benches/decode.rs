//! Compares the speed of `aliexpress decode` with that of the library: `cargo bench -p aliexpress-cli --bench
//! decode`.
//!
//! The program reads a file of 100,000 answers of order.get, one per line, each with another request id, and writes
//! them as JSON lines to a file. Two loops of the library read the same file on as many threads: one decodes each
//! answer into its model, the other also writes each as JSON. The three alternate, so that a slow phase of the
//! machine affects all of them. The figures are medians of five runs in wall time.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use aliexpress_models::decode;
use aliexpress_models::order_get::OrderGetAnswer;

const ANSWER: &str =
    include_str!("../../../fixtures/samples/aliexpress.trade.ds.order.get/answer.json");
const ANSWERS: usize = 100_000;
const RUNS: usize = 5;
/// The least speed of the program, as a share of that of the loop that does the same work.
const PROMISED: f64 = 0.5;

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (input, output) = (folder.join("answers.jsonl"), folder.join("decoded.jsonl"));
    write_answers(&input)?;
    let mut costs: [Vec<Duration>; 3] = Default::default();
    for _ in 0..RUNS {
        costs[0].push(time(|| run_program(&input, &output))?);
        costs[1].push(time(|| run_library(&input, None))?);
        costs[2].push(time(|| run_library(&input, Some(&output)))?);
    }
    let [program, decoded, written] = costs.map(median);
    let speed = |cost: Duration| ANSWERS as f64 / cost.as_secs_f64();
    let cores = thread::available_parallelism()?;
    println!(
        "{ANSWERS} answers of order.get on {cores} cores, answers per second (median of {RUNS})"
    );
    println!("program   {:8.0}", speed(program));
    println!(
        "decode    {:8.0}, ratio {:.2}",
        speed(decoded),
        speed(program) / speed(decoded)
    );
    let ratio = speed(program) / speed(written);
    println!(
        "and write {:8.0}, ratio {ratio:.2}, promised: at least {PROMISED}",
        speed(written)
    );
    fs::remove_file(input)?;
    fs::remove_file(output)?;
    if ratio < PROMISED {
        return Err(io::Error::other("the program is slower than promised"));
    }
    Ok(())
}

/// Writes one answer per line, no two of them equal.
fn write_answers(path: &Path) -> io::Result<()> {
    let value: serde_json::Value = serde_json::from_str(ANSWER)?;
    let line = value.to_string();
    let mut file = io::BufWriter::new(File::create(path)?);
    for number in 0..ANSWERS {
        writeln!(
            file,
            "{}",
            line.replace("\"request_id\":\"", &format!("\"request_id\":\"{number}"))
        )?;
    }
    file.flush()
}

fn run_program(input: &Path, output: &Path) -> io::Result<usize> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_aliexpress"));
    program.args([
        "decode",
        "--json",
        "--lines",
        "--api",
        "aliexpress.trade.ds.order.get",
    ]);
    program
        .arg(input)
        .stdout(File::create(output)?)
        .stderr(Stdio::null());
    let status = program.status()?;
    match status.success() {
        true => Ok(ANSWERS),
        false => Err(io::Error::other(format!("the program ended with {status}"))),
    }
}

/// Returns the number of answers read.
fn run_library(input: &Path, output: Option<&Path>) -> io::Result<usize> {
    let text = fs::read_to_string(input)?;
    let lines: Vec<&str> = text.lines().collect();
    let share = lines.len().div_ceil(thread::available_parallelism()?.get());
    let decoded: Vec<(usize, Vec<u8>)> = thread::scope(|scope| {
        let threads: Vec<_> = lines
            .chunks(share)
            .map(|lines| scope.spawn(|| read_all(lines, output.is_some())))
            .collect();
        let results = threads.into_iter().map(|thread| thread.join());
        results
            .collect::<Result<_, _>>()
            .map_err(|_| io::Error::other("a thread failed"))
    })?;
    if let Some(output) = output {
        let mut file = File::create(output)?;
        decoded
            .iter()
            .try_for_each(|(_, text)| file.write_all(text))?;
    }
    Ok(decoded.iter().map(|(count, _)| count).sum())
}

fn read_all(lines: &[&str], writes: bool) -> (usize, Vec<u8>) {
    let mut text = Vec::new();
    let answers = lines.iter().filter_map(|line| {
        let envelope = decode::<OrderGetAnswer>(line.as_bytes()).ok()?;
        envelope.outcome.ok()
    });
    let count = answers
        .inspect(|answer| {
            if writes && serde_json::to_writer(&mut text, answer).is_ok() {
                text.push(b'\n');
            }
        })
        .count();
    (count, text)
}

fn time(work: impl FnOnce() -> io::Result<usize>) -> io::Result<Duration> {
    let started = Instant::now();
    let count = work()?;
    assert_eq!(count, ANSWERS, "some answers were not read");
    Ok(started.elapsed())
}

fn median(mut costs: Vec<Duration>) -> Duration {
    costs.sort();
    costs[costs.len() / 2]
}
