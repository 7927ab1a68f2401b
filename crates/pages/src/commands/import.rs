//! `import PAGE…`: writes what pages say into `fixtures/tables` and `fixtures/samples`.

use std::path::PathBuf;

use crate::read;
use crate::root::Root;
use crate::table::FieldTable;

/// Imports `pages` below `root`; gives a line per page on what was written.
///
/// # Errors
///
/// When a page cannot be read or a file cannot be written; nothing of that page is written then.
pub fn run(root: &Root, pages: &[PathBuf]) -> anyhow::Result<Vec<String>> {
    pages.iter().map(|path| import(root, path)).collect()
}

fn import(root: &Root, path: &std::path::Path) -> anyhow::Result<String> {
    let (name, bytes) = super::page(path)?;
    let mut table = read::page(&name, &bytes, &super::today())?;
    // A page whose facts have not changed keeps the day it was first read with them: importing twice changes nothing.
    let known = FieldTable::load(root, &table.api).ok();
    let same = known.is_some_and(|known| {
        let day = std::mem::replace(&mut table.read, known.read.clone());
        let same = known == table;
        if !same {
            table.read = day;
        }
        same
    });
    table.save(root)?;
    Ok(format!(
        "{}: {} request rows, {} response rows, {} samples, {} error codes, {} code lists{}",
        table.api,
        table.request.len(),
        table.response.len(),
        table.samples.len(),
        table.error_codes.len(),
        table.enumerations.len(),
        if same { "; unchanged" } else { "" },
    ))
}
