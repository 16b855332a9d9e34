//! A small file beside the database that says how much it held when it was last flushed. sled takes a torn or garbled
//! log for one that ends there and starts from what is left, down to an empty database; against the witness that shows.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// What was true when the file was written, and is a lower bound ever after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    pub format: u32,
    /// Turns committed since the store was made, erased ones too: never goes down.
    pub commits: u64,
}

#[derive(Debug)]
pub enum ReadError {
    Io(io::Error),
    Unreadable,
}

pub fn path(folder: &Path) -> PathBuf {
    folder.join("witness.json")
}

/// `None` where there is none yet.
pub fn read(folder: &Path) -> Result<Option<Witness>, ReadError> {
    match fs::read(path(folder)) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|_| ReadError::Unreadable),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ReadError::Io(error)),
    }
}

/// Replaces it in one rename.
pub fn write(folder: &Path, witness: Witness) -> io::Result<()> {
    let staged = folder.join("witness.json.new");
    let mut file = File::create(&staged)?;
    file.write_all(&serde_json::to_vec(&witness)?)?;
    file.sync_all()?;
    fs::rename(staged, path(folder))
}
