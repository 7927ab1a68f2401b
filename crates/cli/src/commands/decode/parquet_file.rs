//! Rows in a Parquet file: whole numbers and booleans as such, everything else as text, each of which may be absent.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aliexpress_models::Api;
use parquet::basic::{Compression, ConvertedType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::columns::{Cell, CellKind};
use super::convert::Converter;
use crate::failure::Failure;
use crate::failure::exit::Exit;

/// A group of rows ends with so many.
const ROWS_PER_GROUP: usize = 65_536;

/// A file that appears under its name once it is whole.
pub(super) struct ParquetFile {
    path: PathBuf,
    draft: PathBuf,
    writer: SerializedFileWriter<File>,
    kinds: Vec<CellKind>,
    rows: Vec<Vec<Cell>>,
}

impl ParquetFile {
    pub(super) fn create(
        path: &Path,
        converter: &Converter<'_>,
        api: &'static Api,
    ) -> Result<Self, Failure> {
        let table = converter.table(api);
        let table = table.as_ref().as_ref();
        let table = table.map_err(|error| Failure::new(Exit::Usage, error))?;
        let own: Vec<_> = table.kinds().collect();
        // File, line and API precede the columns if they were requested.
        let origin = [CellKind::Text, CellKind::Integer, CellKind::Text];
        let before = converter.names().len() - own.len();
        let kinds: Vec<_> = origin[..before].iter().copied().chain(own).collect();
        let mut draft = path.as_os_str().to_owned();
        draft.push(".draft");
        let draft = PathBuf::from(draft);
        let cannot = |error: ParquetError| cannot_write(path, &error);
        let columns = converter.names().iter().zip(&kinds);
        let columns = columns.map(|(name, kind)| column(name, *kind).map(Arc::new));
        let columns = columns.collect::<Result<Vec<_>, _>>().map_err(cannot)?;
        let schema = Type::group_type_builder("answers").with_fields(columns);
        let schema = Arc::new(schema.build().map_err(cannot)?);
        let file = File::create(&draft);
        let file =
            file.map_err(|error| Failure::file(format_args!("write {}", path.display()), &error))?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
        let writer = SerializedFileWriter::new(file, schema, Arc::new(properties.build()));
        Ok(Self {
            path: path.to_owned(),
            draft,
            writer: writer.map_err(cannot)?,
            kinds,
            rows: Vec::new(),
        })
    }

    pub(super) fn write(&mut self, rows: Vec<Vec<Cell>>) -> Result<(), Failure> {
        self.rows.extend(rows);
        match self.rows.len() >= ROWS_PER_GROUP {
            true => self.group(),
            false => Ok(()),
        }
    }

    pub(super) fn close(mut self) -> Result<(), Failure> {
        if !self.rows.is_empty() {
            self.group()?;
        }
        let closed = self.writer.close();
        closed.map_err(|error| cannot_write(&self.path, &error))?;
        std::fs::rename(&self.draft, &self.path)
            .map_err(|error| Failure::file(format_args!("write {}", self.path.display()), &error))
    }

    fn group(&mut self) -> Result<(), Failure> {
        let rows = std::mem::take(&mut self.rows);
        let written = write_group(&mut self.writer, &self.kinds, rows);
        written.map_err(|error| cannot_write(&self.path, &error))
    }
}

fn cannot_write(path: &Path, error: &ParquetError) -> Failure {
    Failure::new(
        Exit::Usage,
        format!("cannot write {}: {error}", path.display()),
    )
}

fn column(name: &str, kind: CellKind) -> Result<Type, ParquetError> {
    let (physical, converted) = match kind {
        CellKind::Integer => (Physical::INT64, ConvertedType::NONE),
        CellKind::Boolean => (Physical::BOOLEAN, ConvertedType::NONE),
        CellKind::Text => (Physical::BYTE_ARRAY, ConvertedType::UTF8),
    };
    Type::primitive_type_builder(name, physical)
        .with_converted_type(converted)
        .with_repetition(Repetition::OPTIONAL)
        .build()
}

fn write_group(
    writer: &mut SerializedFileWriter<File>,
    kinds: &[CellKind],
    mut rows: Vec<Vec<Cell>>,
) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for (index, kind) in kinds.iter().enumerate() {
        let cells = rows
            .iter_mut()
            .map(|row| std::mem::replace(&mut row[index], Cell::Nothing));
        let cells: Vec<Cell> = cells.collect();
        let present: Vec<i16> = cells
            .iter()
            .map(|cell| i16::from(*cell != Cell::Nothing))
            .collect();
        let Some(mut column) = group.next_column()? else {
            break;
        };
        let present = Some(present.as_slice());
        match kind {
            CellKind::Integer => {
                let values = values(cells, |cell| match cell {
                    Cell::Integer(number) => Some(number),
                    _ => None,
                });
                column
                    .typed::<Int64Type>()
                    .write_batch(&values, present, None)?;
            }
            CellKind::Boolean => {
                let values = values(cells, |cell| match cell {
                    Cell::Boolean(truth) => Some(truth),
                    _ => None,
                });
                column
                    .typed::<BoolType>()
                    .write_batch(&values, present, None)?;
            }
            CellKind::Text => {
                let values = values(cells, |cell| match cell {
                    Cell::Nothing => None,
                    Cell::Text(text) => Some(ByteArray::from(text.into_bytes())),
                    Cell::Integer(number) => Some(ByteArray::from(number.to_string().as_str())),
                    Cell::Boolean(truth) => Some(ByteArray::from(truth.to_string().as_str())),
                });
                column
                    .typed::<ByteArrayType>()
                    .write_batch(&values, present, None)?;
            }
        }
        column.close()?;
    }
    group.close()?;
    Ok(())
}

/// The values of the cells that hold one.
fn values<T>(cells: Vec<Cell>, value: impl Fn(Cell) -> Option<T>) -> Vec<T> {
    cells.into_iter().filter_map(value).collect()
}
