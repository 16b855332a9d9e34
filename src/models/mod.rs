//! The weights: which models there are (`models/manifest.toml`), where their files come from and where they are kept.
//! It knows files and checksums, not what is in them. Invariant: a file under its final name in the cache has had its
//! checksum verified.

mod cache;
mod choice;
mod fetch;
mod manifest;
mod package;
mod pull;

use std::path::{Path, PathBuf};

pub use cache::Cache;
pub use choice::{Choice, read_choice, write_choice};
pub use manifest::{Manifest, ManifestError, Model, Source};
pub use pull::{Progress, PullError, Pulled, SourceFailure, Verified, pull, verify};

/// Why a name or path gives no file.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    #[error("{name} is known but not fetched: `floorwalker model pull {name}`")]
    NotPulled { name: String },
    #[error("there is no model {name}: it is neither a file nor one of {}", known.join(", "))]
    Unknown { name: String, known: Vec<String> },
}

/// The file of a model that is given by its name in the manifest, or by a path.
pub fn resolve(manifest: &Manifest, cache: &Cache, name_or_path: &str) -> Result<PathBuf, ResolveError> {
    let Some(model) = manifest.find(name_or_path) else {
        let path = Path::new(name_or_path);
        if path.is_file() {
            return Ok(path.to_owned());
        }
        let known = manifest.models.iter().map(|model| model.name.clone()).collect();
        return Err(ResolveError::Unknown { name: name_or_path.to_owned(), known });
    };
    cache.find(model).ok_or_else(|| ResolveError::NotPulled { name: model.name.clone() })
}

/// Why a model is not there and could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum EnsureError {
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    #[error(transparent)]
    Pull(#[from] PullError),
}

/// Like [`resolve`], but fetches what is missing. Blocks: call it outside of the async runtime's own threads.
pub fn ensure(
    manifest: &Manifest,
    cache: &Cache,
    name_or_path: &str,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<PathBuf, EnsureError> {
    match (resolve(manifest, cache, name_or_path), manifest.find(name_or_path)) {
        (Ok(path), _) => Ok(path),
        (Err(ResolveError::NotPulled { .. }), Some(model)) => Ok(pull(cache, model, progress)?.path),
        (Err(error), _) => Err(error.into()),
    }
}
