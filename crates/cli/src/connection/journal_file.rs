//! The program's journal of orders.

use std::path::PathBuf;

use aliexpress::journal::JournalError;
use aliexpress_stores::SqliteStore;
use etcetera::BaseStrategy;

use crate::connection::token_file::make_private_folder;
use crate::failure::call_failure::sentence;
use crate::failure::exit::Exit;
use crate::failure::{Failure, warn};
use crate::input::settings::Settings;

/// The file that the settings name, or the one in the user's data folder.
pub(crate) fn path(settings: &Settings) -> Result<PathBuf, Failure> {
    if let Some(path) = &settings.journal {
        return Ok(path.clone());
    }
    let base = etcetera::choose_base_strategy().map_err(|_| {
        Failure::usage(
            "find the journal of orders",
            "no home folder",
            "one, or --journal FILE",
        )
    })?;
    Ok(base.data_dir().join("aliexpress").join("orders.db"))
}

/// Opens the journal to list its orders. `None` if there is no file, with a warning if the settings name one: a misspelt
/// name must not look like a journal without orders.
pub(crate) fn open_existing(
    settings: &Settings,
    json: bool,
) -> Result<Option<SqliteStore>, Failure> {
    let path = path(settings)?;
    // A path that cannot be looked up is an error of the store.
    if path.try_exists().unwrap_or(true) {
        return Ok(Some(SqliteStore::open(path)?));
    }
    if settings.journal.is_some() {
        let text = format!("there is no journal {} yet", path.display());
        warn(&text, json);
    }
    Ok(None)
}

/// Opens the journal, and creates file and folder if they are missing.
pub(crate) fn open(settings: &Settings) -> Result<SqliteStore, Failure> {
    let path = path(settings)?;
    if let Some(folder) = path.parent().filter(|_| settings.journal.is_none()) {
        make_private_folder(folder)?;
    }
    Ok(SqliteStore::open(path)?)
}

/// The account's name in the journal: app key and profile, and the gateway if it is on this machine, so that orders of a
/// sandbox are never mistaken for real ones.
pub(crate) fn account(settings: &Settings) -> String {
    let app_key = settings.app_key.as_deref().unwrap_or_default();
    let profile = settings.profile.as_deref().unwrap_or("default");
    match settings
        .gateway
        .as_deref()
        .filter(|gateway| is_local(gateway))
    {
        Some(gateway) => format!("{app_key} {profile} at {gateway}"),
        None => format!("{app_key} {profile}"),
    }
}

fn is_local(gateway: &str) -> bool {
    let host = gateway.split_once("://").map_or(gateway, |(_, rest)| rest);
    ["127.", "localhost", "[::1]"]
        .iter()
        .any(|local| host.starts_with(local))
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        Failure::new(Exit::Usage, sentence(&error))
    }
}
