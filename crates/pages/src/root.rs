//! Paths below the workspace's folder.

use std::path::{Path, PathBuf};

/// The folder that contains `fixtures`: the workspace, unless a test or an argument names another one.
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

    /// The committed table that `source` has of `api`, written by `import`.
    pub fn table(&self, source: &str, api: &str) -> PathBuf {
        let folder = self.tables().join(source);
        folder.join(format!("{}.toml", file_stem(api)))
    }

    /// The folder of committed trees.
    pub fn trees(&self) -> PathBuf {
        self.0.join("fixtures/trees")
    }

    /// The committed tree of `api`, written by `import`.
    pub fn tree(&self, api: &str) -> PathBuf {
        self.trees().join(format!("{}.toml", file_stem(api)))
    }

    /// The folder of `api`'s sample payloads, written by `import`.
    pub fn samples(&self, api: &str) -> PathBuf {
        self.0.join("fixtures/samples").join(file_stem(api))
    }

    /// The hand-written decisions on `api`.
    pub fn overlay(&self, api: &str) -> PathBuf {
        self.0
            .join("fixtures/overlay")
            .join(format!("{}.toml", file_stem(api)))
    }
}

/// The file name for an API. System calls are named by a path, whose slashes a file name cannot contain.
pub fn file_stem(api: &str) -> String {
    api.trim_matches('/').replace('/', ".")
}
