//! Converts a batch of stored answers into lines or rows.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aliexpress::codes::business_refusal;
use aliexpress_models::{Api, ApiError, Record, drift, raw};
use serde::Serialize;

use super::DecodeArgs;
use super::columns::{Cell, Row, Table};
use super::drifts::Drifts;
use super::one::Simplified;
use super::sources::{Found, Origin, Stored};
use crate::output::refusal::Response;

/// The first columns with `--origin`.
const ORIGIN: [&str; 3] = ["file", "line", "api"];

/// Converts batches; shared by all threads.
pub(super) struct Converter<'a> {
    args: &'a DecodeArgs,
    names: Vec<String>,
    wants_json: bool,
    tables: Mutex<HashMap<&'static str, Arc<Result<Table, String>>>>,
}

/// The outcome of one batch.
#[derive(Default)]
pub(super) struct Converted {
    /// Lines for standard output.
    pub(super) text: Vec<u8>,
    /// Rows for a Parquet file.
    pub(super) rows: Vec<Vec<Cell>>,
    pub(super) drifts: Drifts,
    pub(super) tally: Tally,
    /// Messages about answers, with the origins of the answers.
    pub(super) remarks: Vec<(Origin, Remark)>,
}

/// A message about an answer.
pub(super) enum Remark {
    Answer(String),
    /// A message about every answer of this API, printed once.
    Api(&'static str, String),
}

/// The number of answers with each result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) answers: u64,
    pub(super) refused: u64,
    pub(super) refused_in_answer: u64,
    pub(super) unreadable: u64,
    /// Answers of APIs whose model lacks one of the columns.
    pub(super) without_column: u64,
}

impl Tally {
    pub(super) fn add(&mut self, other: Tally) {
        self.answers += other.answers;
        self.refused += other.refused;
        self.refused_in_answer += other.refused_in_answer;
        self.unreadable += other.unreadable;
        self.without_column += other.without_column;
    }
}

/// A line with the origin of its answer.
#[derive(Serialize)]
struct WithOrigin<'a, T> {
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api: Option<&'static str>,
    answer: T,
}

impl<'a> Converter<'a> {
    /// # Errors
    ///
    /// If the API is given and its model lacks one of the columns.
    pub(super) fn new(args: &'a DecodeArgs, wants_json: bool) -> Result<Self, String> {
        let origin = ORIGIN
            .iter()
            .filter(|_| args.origin)
            .map(|&name| name.to_owned());
        let columns = args.columns.iter().map(|column| column.name.clone());
        let converter = Self {
            args,
            names: origin.chain(columns).collect(),
            wants_json,
            tables: Mutex::default(),
        };
        if let Some(api) = args.api
            && let Err(error) = &*converter.table(api)
        {
            return Err(error.clone());
        }
        Ok(converter)
    }

    /// The names of the columns.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn batch(&self, batch: Vec<Found>) -> Converted {
        let mut converted = Converted::default();
        for found in batch {
            converted.tally.answers += 1;
            match found {
                Found::Answer(stored) => self.answer(stored, &mut converted),
                Found::Unreadable(origin, why) => {
                    converted.unreadable(origin, format!("unreadable: {why}"));
                }
            }
        }
        converted
    }

    fn answer(&self, stored: Stored, to: &mut Converted) {
        let Stored { origin, bytes } = stored;
        let bytes = bytes.trim_ascii_end();
        let Some(api) = self.args.api.or_else(|| Api::recognise(bytes)) else {
            return self.unrecognised(origin, bytes, to);
        };
        if self.args.drift {
            return match drift(bytes, api) {
                Ok(drift) => to.drifts.add(api, drift),
                Err(error) => to.unreadable(origin, error.to_string()),
            };
        }
        let envelope = match api.decode(bytes) {
            Ok(envelope) => envelope,
            Err(error) => return to.unreadable(origin, error.to_string()),
        };
        match envelope.outcome {
            Err(refusal) => self.refused(origin, &refusal, Some(api), to),
            Ok(answer) => {
                let table = (!self.args.columns.is_empty()).then(|| self.table(api));
                let table = match table.as_deref().map(Result::as_ref).transpose() {
                    Ok(table) => table,
                    Err(error) => return to.without_column(origin, api, error.clone()),
                };
                let request_id = envelope.request_id.as_deref();
                let written = self.write(&origin, api, table, (&*answer, request_id), to);
                if let Err(error) = written {
                    return to.unreadable(origin, error);
                }
                if let Some(refusal) = business_refusal(api.name, bytes) {
                    to.tally.refused_in_answer += 1;
                    let message = format!("{} refused in its answer: {refusal}", api.name);
                    to.remark(origin, message);
                }
            }
        }
    }

    fn unrecognised(&self, origin: Origin, bytes: &[u8], to: &mut Converted) {
        let envelope = match raw::decode_raw(bytes) {
            Ok(envelope) => envelope,
            Err(error) => return to.unreadable(origin, error.to_string()),
        };
        match envelope.outcome {
            Err(refusal) => self.refused(origin, &refusal, None, to),
            Ok(_) => to.unreadable(
                origin,
                "found no name of a known API around it; wanted --api NAME".to_owned(),
            ),
        }
    }

    /// Writes a refusal as a line. With `--columns`, it has no row.
    fn refused(
        &self,
        origin: Origin,
        refusal: &ApiError,
        api: Option<&'static Api>,
        to: &mut Converted,
    ) {
        to.tally.refused += 1;
        if self.args.columns.is_empty() && !self.args.drift {
            let line = Response {
                error_response: refusal,
            };
            // Texts can always be written to memory.
            let _ = self.line(&origin, api, line, to);
        }
        to.remark(origin, format!("the platform refused: {refusal}"));
    }

    fn write(
        &self,
        origin: &Origin,
        api: &'static Api,
        table: Option<&Table>,
        (answer, request_id): (&dyn Record, Option<&str>),
        to: &mut Converted,
    ) -> Result<(), String> {
        let Some(table) = table else {
            let line = Simplified { answer, request_id };
            return self.line(origin, Some(api), line, to);
        };
        let mut rows = Vec::new();
        table.rows(answer, request_id, |cells| {
            rows.push(self.with_origin(origin, api, cells))
        });
        self.write_rows(rows, to)
    }

    fn with_origin(&self, origin: &Origin, api: &Api, cells: Vec<Cell>) -> Vec<Cell> {
        if !self.args.origin {
            return cells;
        }
        let line = origin.line.and_then(|line| i64::try_from(line).ok());
        let mut row = vec![
            Cell::Text(origin.as_argument()),
            line.map_or(Cell::Nothing, Cell::Integer),
            Cell::Text(api.name.to_owned()),
        ];
        row.extend(cells);
        row
    }

    fn line(
        &self,
        origin: &Origin,
        api: Option<&'static Api>,
        answer: impl Serialize,
        to: &mut Converted,
    ) -> Result<(), String> {
        let written = match self.args.origin {
            false => serde_json::to_writer(&mut to.text, &answer),
            true => serde_json::to_writer(
                &mut to.text,
                &WithOrigin {
                    file: &origin.as_argument(),
                    line: origin.line,
                    api: api.map(|api| api.name),
                    answer,
                },
            ),
        };
        to.text.push(b'\n');
        written.map_err(|error| error.to_string())
    }

    fn write_rows(&self, rows: Vec<Vec<Cell>>, to: &mut Converted) -> Result<(), String> {
        if self.args.parquet.is_some() {
            to.rows.extend(rows);
            return Ok(());
        }
        if self.wants_json {
            for row in &rows {
                serde_json::to_writer(&mut to.text, &Row(&self.names, row))
                    .map_err(|error| error.to_string())?;
                to.text.push(b'\n');
            }
            return Ok(());
        }
        let mut csv = csv::Writer::from_writer(&mut to.text);
        for row in &rows {
            csv.serialize(row).map_err(|error| error.to_string())?;
        }
        csv.flush().map_err(|error| error.to_string())
    }

    /// The columns, resolved in the model of one API.
    pub(super) fn table(&self, api: &'static Api) -> Arc<Result<Table, String>> {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let made = tables.entry(api.name).or_insert_with(|| {
            let table = Table::new(&self.args.columns, api.answer);
            Arc::new(table.map_err(|error| format!("{error} ({})", api.name)))
        });
        Arc::clone(made)
    }
}

impl Converted {
    fn unreadable(&mut self, origin: Origin, why: String) {
        self.tally.unreadable += 1;
        self.remark(origin, why);
    }

    fn without_column(&mut self, origin: Origin, api: &'static Api, why: String) {
        self.tally.without_column += 1;
        self.remarks.push((origin, Remark::Api(api.name, why)));
    }

    fn remark(&mut self, origin: Origin, remark: String) {
        self.remarks.push((origin, Remark::Answer(remark)));
    }
}
