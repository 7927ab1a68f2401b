//! Writes rows to a Parquet file: integers and booleans as such, everything else as text. Each value may be absent.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aliexpress_models::Api;
use parquet::basic::{Compression, ConvertedType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use tempfile::NamedTempFile;

use super::columns::{Cell, CellKind};
use super::convert::Converter;
use crate::failure::Failure;
use crate::failure::exit::Exit;

/// The number of rows in a row group.
const ROWS_PER_GROUP: usize = 65_536;

/// A Parquet file. It is written to a draft in the same folder, which replaces the file when it is complete and is
/// removed after an error.
pub(super) struct ParquetFile {
    path: PathBuf,
    draft: NamedTempFile,
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
        // With `--origin`, file, line and API are the first columns.
        let origin = [CellKind::Text, CellKind::Integer, CellKind::Text];
        let before = converter.names().len() - own.len();
        let kinds: Vec<_> = origin[..before].iter().copied().chain(own).collect();
        let cannot = |error: ParquetError| cannot_write(path, &error);
        let columns = converter.names().iter().zip(&kinds);
        let columns = columns.map(|(name, kind)| column(name, *kind).map(Arc::new));
        let columns = columns.collect::<Result<Vec<_>, _>>().map_err(cannot)?;
        let schema = Type::group_type_builder("answers").with_fields(columns);
        let schema = Arc::new(schema.build().map_err(cannot)?);
        let place = place(path)?;
        let cannot_open = |error| cannot_open(path, &error);
        let draft = draft(&place).map_err(cannot_open)?;
        let file = draft.reopen().map_err(cannot_open)?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
        let writer = SerializedFileWriter::new(file, schema, Arc::new(properties.build()));
        Ok(Self {
            path: place,
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
        let replaced = self.draft.persist(&self.path);
        replaced
            .map(drop)
            .map_err(|error| cannot_open(&self.path, &error.error))
    }

    fn group(&mut self) -> Result<(), Failure> {
        let rows = std::mem::take(&mut self.rows);
        let written = write_group(&mut self.writer, &self.kinds, rows);
        written.map_err(|error| cannot_write(&self.path, &error))
    }
}

/// The file to write, with symbolic links resolved. Only a regular file may be replaced: a rename would remove a
/// device or a pipe.
fn place(path: &Path) -> Result<PathBuf, Failure> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {
            fs::canonicalize(path).map_err(|error| cannot_open(path, &error))
        }
        Ok(metadata) => Err(Failure::usage(
            format_args!("write {}", path.display()),
            match metadata.is_dir() {
                true => "a folder",
                false => "a device or a pipe",
            },
            "a regular file, or none",
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() => {
            Ok(path.to_owned())
        }
        Err(error) => Err(cannot_open(path, &error)),
    }
}

/// Creates an empty file in the same folder, with the permissions of the file that it will replace, or of any new
/// file.
fn draft(place: &Path) -> io::Result<NamedTempFile> {
    let folder = place.parent().filter(|folder| *folder != Path::new(""));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    let permissions = {
        use std::os::unix::fs::PermissionsExt as _;
        fs::Permissions::from_mode(0o666)
    };
    #[cfg(unix)]
    builder.permissions(permissions);
    let folder = folder.unwrap_or(Path::new("."));
    // If the folder is missing, the error must not name the draft.
    fs::metadata(folder)?;
    let draft = builder.tempfile_in(folder)?;
    if let Ok(replaced) = fs::metadata(place) {
        draft.as_file().set_permissions(replaced.permissions())?;
    }
    Ok(draft)
}

fn cannot_open(path: &Path, error: &io::Error) -> Failure {
    Failure::file(format_args!("write {}", path.display()), error)
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

/// The values of the cells that are not empty.
fn values<T>(cells: Vec<Cell>, value: impl Fn(Cell) -> Option<T>) -> Vec<T> {
    cells.into_iter().filter_map(value).collect()
}
