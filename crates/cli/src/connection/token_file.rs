//! The file with the tokens of a profile.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use crate::failure::Failure;
use crate::input::settings::Settings;

/// The path of the file for this profile and app key, in the user's data folder.
pub(crate) fn path(settings: &Settings) -> Result<PathBuf, Failure> {
    let base = etcetera::choose_base_strategy()
        .map_err(|_| Failure::usage("find the token file", "no home folder", "one"))?;
    let profile = settings.profile.as_deref().unwrap_or("default");
    let app_key = settings.app_key.as_deref().unwrap_or_default();
    let name = format!("{}.{}.json", plain(profile), plain(app_key));
    Ok(base.data_dir().join("aliexpress").join("tokens").join(name))
}

/// Creates the folder of the token file.
pub(crate) fn make_folder(settings: &Settings) -> Result<(), Failure> {
    let path = path(settings)?;
    make_private_folder(path.parent().unwrap_or(&path))
}

/// Creates a folder and its parents, which only their owner may read.
pub(crate) fn make_private_folder(folder: &Path) -> Result<(), Failure> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let doing = format!("make the folder {}", folder.display());
    builder
        .create(folder)
        .map_err(|error| Failure::file(doing, &error))
}

/// The name as part of a file name. Every other character than letters, digits, `-` and `_` is written as its code
/// point, so that no name leaves the folder and no two names share a file.
fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '-' | '_' => plain.push(character),
            letter if letter.is_alphanumeric() => plain.push(letter),
            other => plain.push_str(&format!("~{:x}~", u32::from(other))),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_has_its_own_file_in_the_folder() {
        assert_eq!(plain("shop-1_ä"), "shop-1_ä");
        assert_eq!(plain("../a b"), "~2e~~2e~~2f~a~20~b");
        assert_ne!(plain("a.b"), plain("a-b"));
    }
}
