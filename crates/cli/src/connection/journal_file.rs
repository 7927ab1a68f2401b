//! Where the program keeps its journal of orders.

use std::path::PathBuf;

use aliexpress::journal::JournalError;
use aliexpress_stores::SqliteStore;
use etcetera::BaseStrategy;

use crate::connection::token_file::make_private_folder;
use crate::failure::Failure;
use crate::failure::call_failure::sentence;
use crate::failure::exit::Exit;
use crate::input::settings::Settings;

/// The file: as the settings say, or in the platform's folder for data.
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

/// Opens the journal, and makes file and folder where there are none.
pub(crate) fn open(settings: &Settings) -> Result<SqliteStore, Failure> {
    let path = path(settings)?;
    if let Some(folder) = path.parent().filter(|_| settings.journal.is_none()) {
        make_private_folder(folder)?;
    }
    Ok(SqliteStore::open(path)?)
}

/// The account's name in the journal: application and profile. A gateway on this machine knows nothing of the platform's orders: its
/// orders must not look like real ones.
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
