//! Answers of the sandbox that the user gives in files.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use aliexpress_models::{Api, raw};
use aliexpress_sandbox::Sandbox;

use crate::failure::exit::Exit;
use crate::failure::{Failure, note, warn};
use crate::input::similar::similar;

/// The longest answer that is read, in bytes. Answers of the platform are far shorter.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Parses `API=FILE`.
pub(super) fn read_argument(text: &str) -> Result<(String, PathBuf), String> {
    let Some((api, file)) = text.split_once('=') else {
        return Err("found no equals sign; wanted API=FILE".to_owned());
    };
    let belongs = |character: char| character.is_ascii_alphanumeric() || "./_-".contains(character);
    if api.is_empty() || !api.chars().all(belongs) {
        return Err(format!(
            "found {api:?}; wanted the name of an API, such as aliexpress.ds.product.get, before the equals sign"
        ));
    }
    match file {
        "" => Err("found no file; wanted API=FILE".to_owned()),
        file => Ok((api.to_owned(), file.into())),
    }
}

/// Reads the files, without changing their content.
pub(super) fn read(given: &[(String, PathBuf)]) -> Result<Vec<(&str, Vec<u8>)>, Failure> {
    let mut seen = BTreeSet::new();
    let read = given.iter().map(|(api, file)| {
        if !seen.insert(api) {
            return Err(Failure::usage(
                "use --answer",
                format_args!("two answers for {api}"),
                "one for each API",
            ));
        }
        Ok((api.as_str(), contents(file)?))
    });
    read.collect()
}

fn contents(path: &Path) -> Result<Vec<u8>, Failure> {
    let doing = format_args!("read the answer in {}", path.display()).to_string();
    let failed = |error| Failure::file(&doing, &error);
    let found = fs::metadata(path).map_err(failed)?;
    if found.is_dir() {
        return Err(Failure::usage(&doing, "a directory", "a file"));
    }
    let mut body = Vec::new();
    // The length of a pipe is known only at its end.
    let file = File::open(path).map_err(failed)?;
    file.take(LONGEST + 1)
        .read_to_end(&mut body)
        .map_err(failed)?;
    if body.len() as u64 > LONGEST {
        let most = format!("up to {LONGEST}");
        return Err(Failure::usage(&doing, "more bytes", most));
    }
    if body.is_empty() {
        let wanted = "the body of an answer";
        return Err(Failure::usage(&doing, "an empty file", wanted));
    }
    Ok(body)
}

/// Gives the sandbox an answer. Notes a name similar to another one, and warns of a body that cannot be read as an
/// answer; both may be intended.
///
/// # Errors
/// If all answers together are too large.
pub(super) fn give(sandbox: &Sandbox, api: &str, body: Vec<u8>, json: bool) -> Result<(), Failure> {
    if !sandbox.answers(api) {
        let known = aliexpress_models::APIS.iter().map(|api| api.name);
        let similar = similar(api, known).join(", ");
        if !similar.is_empty() {
            let text =
                format!("{api} is an API that the sandbox does not have; similar: {similar}");
            note(&text, json);
        }
    }
    if let Some(why) = unreadable(api, &body) {
        warn(&format!("{why}; the sandbox sends it unchanged"), json);
    }
    let taken = sandbox.answer(api, body);
    taken.map_err(|error| Failure::new(Exit::Usage, error.to_string()))
}

/// Why clients cannot read a body as an answer of this API, or `None` if they can. For an API without a model, any
/// JSON or XML can be read.
fn unreadable(api: &str, body: &[u8]) -> Option<String> {
    match Api::find(api) {
        Some(api) => Some(api.decode(body).err()?.to_string()),
        None => {
            raw::parse(body).err()?;
            Some(format!("the answer of {api} is neither JSON nor XML"))
        }
    }
}
