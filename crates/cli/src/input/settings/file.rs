//! The config file: `config.toml` with a table of settings per profile.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use toml::{Table, Value};

use super::Profile;
use super::profile::kind;
use crate::failure::Failure;
use crate::input::utf8;
#[cfg(unix)]
use crate::printable::shell_word;

/// The profile that is used if none is named.
const DEFAULT: &str = "default";

#[derive(Default)]
pub(super) struct ConfigFile {
    path: Option<PathBuf>,
    default_profile: Option<String>,
    profiles: BTreeMap<String, Profile>,
}

impl ConfigFile {
    /// Reads the named file, which must exist, or the one in the user's config folder, which need not.
    pub(super) fn read(named: Option<PathBuf>) -> Result<Self, Failure> {
        let must_exist = named.is_some();
        let Some(path) = named.or_else(usual_place) else {
            return Ok(Self::default());
        };
        match std::fs::read(&path) {
            Ok(bytes) => {
                let mut file = parse(&path, &utf8(bytes, doing(&path))?)?;
                if file.profiles.values().any(Profile::holds_secrets) {
                    check_mode(&path)?;
                }
                file.path = Some(path);
                Ok(file)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && !must_exist => Ok(Self {
                path: Some(path),
                ..Self::default()
            }),
            Err(error) => Err(Failure::file(doing(&path), &error)),
        }
    }

    /// The named profile or the default one, with its name. Without either, an empty profile without a name.
    pub(super) fn profile(
        mut self,
        named: Option<String>,
    ) -> Result<(Option<String>, Profile), Failure> {
        let must_exist = named.is_some() || self.default_profile.is_some();
        let name = named
            .or(self.default_profile)
            .unwrap_or_else(|| DEFAULT.to_owned());
        match self.profiles.remove(&name) {
            Some(profile) => Ok((Some(name), profile)),
            None if !must_exist => Ok((None, Profile::default())),
            None => {
                let names: Vec<_> = self.profiles.into_keys().collect();
                let wanted = match names.is_empty() {
                    true => format!("a table [profiles.{name}]"),
                    false => format!("one of {}", names.join(", ")),
                };
                let place = self.path.unwrap_or_default();
                Err(Failure::usage(
                    format_args!("use profile {name:?}"),
                    format_args!("no such profile in {}", place.display()),
                    wanted,
                ))
            }
        }
    }
}

fn usual_place() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.config_dir().join("aliexpress").join("config.toml"))
}

fn doing(path: &Path) -> String {
    format!("read config file {}", path.display())
}

fn parse(path: &Path, text: &str) -> Result<ConfigFile, Failure> {
    let doing = doing(path);
    // The parser's own message shows the line, which may contain a secret.
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 1);
        Failure::usage(&doing, format_args!("broken TOML at line {line}"), "TOML")
    })?;
    let mut file = ConfigFile::default();
    for (key, value) in &table {
        match (key.as_str(), value) {
            ("default_profile", Value::String(name)) => file.default_profile = Some(name.clone()),
            ("profiles", Value::Table(profiles)) => {
                file.profiles = read_profiles(&doing, profiles)?
            }
            ("default_profile" | "profiles", other) => {
                let found = format!("{} under {key:?}", kind(other));
                let wanted = "a text under \"default_profile\", tables under \"profiles\"";
                return Err(Failure::usage(doing, found, wanted));
            }
            _ => {
                let found = format!("the unknown setting {key:?}");
                let wanted = "default_profile, or settings under [profiles.NAME]";
                return Err(Failure::usage(doing, found, wanted));
            }
        }
    }
    Ok(file)
}

fn read_profiles(doing: &str, profiles: &Table) -> Result<BTreeMap<String, Profile>, Failure> {
    profiles
        .iter()
        .map(|(name, value)| match value {
            Value::Table(table) => {
                Profile::read(doing, table).map(|profile| (name.clone(), profile))
            }
            other => Err(Failure::usage(
                doing,
                format_args!("{} under \"profiles.{name}\"", kind(other)),
                "a table of settings",
            )),
        })
        .collect()
}

/// Refuses a file with secrets that other users may read.
#[cfg(unix)]
fn check_mode(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = std::fs::metadata(path).map_err(|error| Failure::file(doing(path), &error))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let place = path.display();
    Err(Failure::usage(
        format_args!("use config file {place}"),
        format_args!("secrets in it that other users may read (mode {mode:04o})"),
        "mode 0600",
    )
    .hint(format!(
        "chmod 600 {}",
        shell_word(&path.display().to_string())
    )))
}

/// On other systems the file inherits the permissions of the user's folder.
#[cfg(not(unix))]
fn check_mode(_: &Path) -> Result<(), Failure> {
    Ok(())
}
