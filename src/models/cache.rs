//! Where weights are kept: outside of the repository, each file in a folder named by its checksum.
//!
//! ```text
//! models/<sha256>/<file>      verified
//! models/<name>.sha256        the checksum that the first pull gave, where the manifest knows none
//! partial/<name>/             what an interrupted pull left, to be resumed
//! ```

use std::env;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::Model;

/// Large enough to keep the disk busy, small enough for a smooth progress bar.
const READ_BYTES: usize = 1 << 20;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    root: PathBuf,
}

impl Cache {
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// `$FLOORWALKER_CACHE`, else `$XDG_CACHE_HOME/floorwalker`, else `~/.cache/floorwalker`.
    pub fn open_default() -> Result<Self, io::Error> {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let root = set("FLOORWALKER_CACHE")
            .or_else(|| set("XDG_CACHE_HOME").map(|folder| folder.join("floorwalker")))
            .or_else(|| env::home_dir().map(|home| home.join(".cache").join("floorwalker")));
        root.map(Self::at).ok_or_else(|| {
            io::Error::new(io::ErrorKind::NotFound, "there is no home folder: set FLOORWALKER_CACHE to a folder")
        })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The verified file of a model, if it was pulled.
    pub fn find(&self, model: &Model) -> Option<PathBuf> {
        let path = self.place(model, &self.checksum(model)?);
        path.is_file().then_some(path)
    }

    /// The checksum in the manifest, else the one that the first pull gave.
    pub fn checksum(&self, model: &Model) -> Option<String> {
        let pinned = || fs::read_to_string(self.pin(model)).ok().map(|text| text.trim().to_owned());
        model.sha256.clone().or_else(pinned).filter(|sum| !sum.is_empty())
    }

    pub(super) fn place(&self, model: &Model, sha256: &str) -> PathBuf {
        self.root.join("models").join(sha256).join(&model.file)
    }

    pub(super) fn partial(&self, model: &Model) -> PathBuf {
        self.root.join("partial").join(&model.name)
    }

    fn pin(&self, model: &Model) -> PathBuf {
        self.root.join("models").join(format!("{}.sha256", model.name))
    }

    /// Gives a verified file its final name, and pins its checksum where the manifest has none.
    pub(super) fn admit(&self, model: &Model, file: &Path, sha256: &str) -> io::Result<PathBuf> {
        let place = self.place(model, sha256);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        File::open(file)?.sync_all()?;
        fs::rename(file, &place)?;
        if model.sha256.is_none() {
            fs::write(self.pin(model), sha256)?;
        }
        Ok(place)
    }
}

/// The file's SHA-256 in lowercase hexadecimal; `progress` hears the bytes read so far.
pub(super) fn sha256_of(path: &Path, mut progress: impl FnMut(u64)) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; READ_BYTES];
    let mut done = 0;
    loop {
        let read = file.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        digest.update(bytes);
        done += bytes.len() as u64;
        progress(done);
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Copies everything; `progress` hears the bytes so far.
pub(super) fn copy(from: &mut impl Read, to: &mut impl io::Write, mut progress: impl FnMut(u64)) -> io::Result<u64> {
    let mut buffer = vec![0; READ_BYTES];
    let mut done = 0;
    loop {
        let read = from.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        to.write_all(bytes)?;
        done += bytes.len() as u64;
        progress(done);
    }
    to.flush()?;
    Ok(done)
}
