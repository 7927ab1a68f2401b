//! Where things lie below the workspace's folder.

use std::path::{Path, PathBuf};

/// The folder that holds `fixtures`; the workspace, unless a test asks for another.
#[derive(Clone, Debug)]
pub struct Root(PathBuf);

impl Root {
    /// A root at `folder`.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// The workspace this program was built in.
    pub fn workspace() -> Self {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self(
            manifest
                .ancestors()
                .nth(2)
                .unwrap_or(manifest)
                .to_path_buf(),
        )
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The folder of committed field tables.
    pub fn tables(&self) -> PathBuf {
        self.0.join("fixtures/tables")
    }

    /// The committed table of `api`, written by `import`.
    pub fn table(&self, api: &str) -> PathBuf {
        self.tables().join(format!("{}.toml", file_stem(api)))
    }

    /// The folder of `api`'s sample payloads, written by `import`.
    pub fn samples(&self, api: &str) -> PathBuf {
        self.0.join("fixtures/samples").join(file_stem(api))
    }

    /// The hand-written judgements on `api`.
    pub fn overlay(&self, api: &str) -> PathBuf {
        self.0
            .join("fixtures/overlay")
            .join(format!("{}.toml", file_stem(api)))
    }

    /// What the page said of the fields that the overlay names, when their words were written; by `codegen`.
    pub fn judged(&self, api: &str) -> PathBuf {
        self.0
            .join("fixtures/overlay/judged")
            .join(format!("{}.toml", file_stem(api)))
    }
}

/// System calls are named by a path; its slashes cannot stand in a file name.
fn file_stem(api: &str) -> String {
    api.trim_matches('/').replace('/', ".")
}
