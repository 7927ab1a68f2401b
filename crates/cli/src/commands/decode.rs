//! `aliexpress decode`: prints stored answers, one or millions, or their differences from the models.

mod columns;
mod convert;
mod drifts;
mod many;
mod one;
#[cfg(feature = "parquet")]
mod parquet_file;
mod sources;

use std::path::PathBuf;

use aliexpress_models::{APIS, Api};
use clap::Args;
use clap::builder::{PathBufValueParser, TypedValueParser};

use columns::Column;
use sources::{Found, Sources};

use crate::failure::Failure;
use crate::failure::exit::Exit;
use crate::input::Input;
use crate::input::similar::similar;
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  aliexpress decode answer.json
  aliexpress decode answers/ > orders.jsonl
  zcat dump.jsonl.gz | aliexpress decode - --api aliexpress.trade.ds.order.get \\
      --columns request_id,result.order_status,result.child_order_list[].product_id > lines.csv
  aliexpress decode answers/ --drift --strict";

#[derive(Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DecodeArgs {
    /// Answers, JSON or XML, full or simplified: files, folders, or `-` for standard input
    ///
    /// A folder is searched for files that end in .json, .xml, .jsonl or .ndjson. A file holds one answer, or one per
    /// line. A single answer is printed for reading; several are printed as JSON, one per line, in input order.
    #[arg(value_name = "FILE|FOLDER|-", required = true)]
    answers: Vec<Input>,

    /// The API of the answers [default: recognised by the outer name of each answer, which simplified ones lack]
    #[arg(long, value_name = "NAME", value_parser = api_named)]
    api: Option<&'static Api>,

    /// Reads every file as one answer per line, regardless of its name and first line
    #[arg(long)]
    lines: bool,

    /// Writes CSV with these fields, one row per answer; `[]` after a list makes one row per element
    ///
    /// For example result.order_status,result.child_order_list[].product_id. With --json, each row is a JSON object
    /// instead. An answer whose list is empty has no row. `request_id` is the platform's name for the exchange.
    #[arg(long, value_name = "PATH,…", value_delimiter = ',', value_parser = columns::parse, conflicts_with = "drift")]
    columns: Vec<Column>,

    /// Prefixes each answer with its file, line and API
    #[arg(long, conflicts_with = "drift")]
    origin: bool,

    /// Writes the columns to a Parquet file instead of standard output
    #[arg(
        long,
        value_name = "FILE",
        requires_all = ["columns", "api"],
        hide = cfg!(not(feature = "parquet")),
        value_parser = PathBufValueParser::new().try_map(parquet_path)
    )]
    parquet: Option<PathBuf>,

    /// Lists differences between the answers and the models instead
    #[arg(long)]
    drift: bool,

    /// Exits with code 10 if an answer differs from its model
    #[arg(long, requires = "drift")]
    strict: bool,
}

/// Finds the API. The error lists only similar names, because there are hundreds.
fn api_named(name: &str) -> Result<&'static Api, String> {
    Api::find(name).ok_or_else(|| {
        let near = similar(name, APIS.iter().map(|api| api.name));
        match near.is_empty() {
            true => "no API of that name has a model; `aliexpress apis` lists those that have"
                .to_owned(),
            false => format!(
                "no API of that name has a model; similar: {}",
                near.join(", ")
            ),
        }
    })
}

/// Refuses the path if this program cannot write Parquet files.
fn parquet_path(path: PathBuf) -> Result<PathBuf, &'static str> {
    match cfg!(feature = "parquet") {
        true => Ok(path),
        false => Err(
            "this program was built without the feature `parquet`; wanted one that was built with it, \
             as by `cargo install --path crates/cli --features parquet`",
        ),
    }
}

pub(crate) fn run(args: &DecodeArgs, output: &mut Output) -> Result<Exit, Failure> {
    let mut sources = Sources::open(args.answers.clone(), args.lines)?;
    let many = !args.columns.is_empty() || args.lines || args.origin || sources.are_several();
    if many {
        return many::run(args, sources, output);
    }
    match sources.next() {
        Some(Found::Answer(stored)) if stored.origin.line.is_none() => {
            one::run(args, &stored, output)
        }
        Some(Found::Answer(first)) => {
            sources.put_back(first);
            many::run(args, sources, output)
        }
        Some(Found::Unreadable(origin, why)) => Err(Failure::new(
            Exit::Usage,
            format!("cannot read {origin}: {why}"),
        )),
        None => Err(Failure::usage(
            format_args!("decode {}", args.answers[0]),
            "no answer in it",
            "JSON or XML",
        )),
    }
}
