//! Decodes many answers on all cores and writes them in input order. Memory use does not grow with their number.

use std::collections::HashSet;
use std::num::NonZero;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::DecodeArgs;
use super::convert::{Converted, Converter, Remark, Tally};
use super::drifts::Drifts;
#[cfg(feature = "parquet")]
use super::parquet_file::ParquetFile;
use super::sources::{ENDINGS, Found, Sources};
use crate::failure::exit::Exit;
use crate::failure::{Failure, note, warn};
use crate::output::Output;
use crate::output::progress::Progress;

/// The largest batch, in answers and in bytes.
const MOST_ANSWERS: usize = 256;
const MOST_BYTES: usize = 512 * 1024;

/// A batch for a thread, and the channel for its result.
type Job = (Vec<Found>, SyncSender<Converted>);

pub(super) fn run(
    args: &DecodeArgs,
    sources: Sources,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let converter = Converter::new(args, output.wants_json())
        .map_err(|error| Failure::new(Exit::Usage, error))?;
    let mut sink = Sink::open(args, &converter, output)?;
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let progress = Progress::call("decoding".to_owned());
    let tally = thread::scope(|scope| {
        let (jobs, waiting) = sync_channel::<Job>(threads);
        let (order, results) = sync_channel::<Receiver<Converted>>(2 * threads);
        let waiting = Arc::new(Mutex::new(waiting));
        let converter = &converter;
        scope.spawn(move || hand_out(sources, &jobs, &order));
        for _ in 0..threads {
            let waiting = Arc::clone(&waiting);
            scope.spawn(move || convert(converter, &waiting));
        }
        // Only the threads hold the receiver now: when they end, sending fails and the reading thread ends, too.
        drop(waiting);
        collect(results, &mut sink, &progress, output)
    })?;
    sink.close(args, output)?;
    drop(progress);
    ending(args, tally, &sink, output)
}

/// Divides the answers into batches. Ends early if no thread takes batches any more.
fn hand_out(sources: Sources, jobs: &SyncSender<Job>, order: &SyncSender<Receiver<Converted>>) {
    let mut batch = Vec::new();
    let mut bytes = 0;
    let send = |batch: Vec<Found>| {
        let (result, waited_for) = sync_channel(1);
        order.send(waited_for).is_ok() && jobs.send((batch, result)).is_ok()
    };
    for found in sources {
        if let Found::Answer(stored) = &found {
            bytes += stored.bytes.len();
        }
        batch.push(found);
        if batch.len() == MOST_ANSWERS || bytes >= MOST_BYTES {
            bytes = 0;
            if !send(std::mem::take(&mut batch)) {
                return;
            }
        }
    }
    if !batch.is_empty() {
        send(batch);
    }
}

fn convert(converter: &Converter<'_>, waiting: &Mutex<Receiver<Job>>) {
    loop {
        let job = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok((batch, result)) = job else {
            return;
        };
        // It fails if the output is closed, and the result is not needed.
        let _ = result.send(converter.batch(batch));
    }
}

fn collect(
    results: Receiver<Receiver<Converted>>,
    sink: &mut Sink,
    progress: &Progress,
    output: &mut Output,
) -> Result<Tally, Failure> {
    let mut tally = Tally::default();
    let mut reported = HashSet::new();
    for result in results {
        // A thread that panicked has no result; the scope passes its panic on.
        let Ok(converted) = result.recv() else {
            break;
        };
        tally.add(converted.tally);
        progress.say(format!("decoding: {} answers", tally.answers));
        if !converted.remarks.is_empty() {
            let json = output.wants_json();
            progress.hide_while(|| {
                for (origin, remark) in &converted.remarks {
                    match remark {
                        Remark::Answer(remark) => warn(&format!("{origin}: {remark}"), json),
                        Remark::Api(api, remark) if reported.insert(*api) => {
                            warn(&format!("from {origin} on: {remark}"), json);
                        }
                        Remark::Api(..) => {}
                    }
                }
            });
        }
        sink.write(converted, output)?;
    }
    Ok(tally)
}

/// Where decoded answers are written.
#[derive(Default)]
struct Sink {
    drifts: Drifts,
    #[cfg(feature = "parquet")]
    parquet: Option<ParquetFile>,
}

impl Sink {
    #[cfg_attr(
        not(feature = "parquet"),
        allow(unused_mut, reason = "only a Parquet file changes it")
    )]
    fn open(
        args: &DecodeArgs,
        converter: &Converter<'_>,
        output: &mut Output,
    ) -> Result<Self, Failure> {
        let mut sink = Self::default();
        #[cfg(feature = "parquet")]
        if let (Some(path), Some(api)) = (&args.parquet, args.api) {
            sink.parquet = Some(ParquetFile::create(path, converter, api)?);
            return Ok(sink);
        }
        if !args.columns.is_empty() && !output.wants_json() {
            let mut head = csv::Writer::from_writer(Vec::new());
            let written = head.write_record(converter.names());
            written.map_err(|error| Failure::output(&error.into()))?;
            let head = head.into_inner().unwrap_or_default();
            output.bytes(&head)?;
        }
        Ok(sink)
    }

    fn write(&mut self, converted: Converted, output: &mut Output) -> Result<(), Failure> {
        self.drifts.merge(converted.drifts);
        #[cfg(feature = "parquet")]
        if let Some(file) = &mut self.parquet {
            return file.write(converted.rows);
        }
        match converted.text.is_empty() {
            true => Ok(()),
            false => output.bytes(&converted.text),
        }
    }

    fn close(&mut self, args: &DecodeArgs, output: &mut Output) -> Result<(), Failure> {
        #[cfg(feature = "parquet")]
        if let Some(file) = self.parquet.take() {
            file.close()?;
        }
        match args.drift {
            true => self.drifts.show(output),
            false => Ok(()),
        }
    }
}

/// The summary, and the exit code: the worst outcome of any answer.
fn ending(args: &DecodeArgs, tally: Tally, sink: &Sink, output: &Output) -> Result<Exit, Failure> {
    let Tally {
        answers,
        refused,
        refused_in_answer,
        unreadable,
        without_column,
    } = tally;
    let decoded = answers - refused - unreadable - without_column;
    let mut counts = vec![match answers {
        0 => format!(
            "found no answers; folders are searched for files that end in .{}",
            ENDINGS.join(", .")
        ),
        _ => format!("{decoded} of {answers} answers decoded"),
    }];
    let more = [
        (refused, "refused by the platform"),
        (refused_in_answer, "refused inside the answer"),
        (unreadable, "unreadable"),
        (without_column, "without one of the columns"),
    ];
    counts.extend(
        more.iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}")),
    );
    let counts = counts.join(", ");
    if unreadable + without_column > 0 {
        return Err(Failure::new(
            Exit::Undecodable,
            format!("cannot decode all answers: {counts}"),
        )
        .detail("answers", answers)
        .detail("refused", refused)
        .detail("refused_in_answer", refused_in_answer)
        .detail("unreadable", unreadable)
        .detail("without_column", without_column));
    }
    note(&counts, output.wants_json());
    Ok(match () {
        () if args.strict && sink.drifts.any() => Exit::Drift,
        () if refused > 0 => Exit::Refused,
        () if refused_in_answer > 0 => Exit::RefusedInAnswer,
        () => Exit::Done,
    })
}
