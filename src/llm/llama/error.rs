//! Why a model could not be loaded, in words that say what to do.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::log;

/// Each variant's text says what the operator can do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    #[error("there is no file {0}: `floorwalker model list` shows the models, `floorwalker model pull NAME` gets one")]
    NotFound(PathBuf),
    #[error("{path} can't be read: {reason}")]
    Unreadable { path: PathBuf, reason: String },
    #[error("{0} is not a GGUF file: models are taken in llama.cpp's format only (a file that ends in .gguf)")]
    NotGguf(PathBuf),
    #[error(
        "{path} can't be loaded ({reason}): the file is damaged (`floorwalker model verify`), or of a kind newer than this build's llama.cpp"
    )]
    Unsupported { path: PathBuf, reason: String },
    #[error(
        "not enough memory for {path}: it needs {needed_mib} MiB and {available_mib} MiB are free: take a smaller model or quantisation"
    )]
    OutOfMemory { path: PathBuf, needed_mib: u64, available_mib: u64 },
    #[error("no memory for a context of {context_tokens} tokens ({reason}): lower context_tokens")]
    Context { context_tokens: u32, reason: String },
    #[error("{path} has no chat template that can be used ({reason}): take an instruct or chat model")]
    Template { path: PathBuf, reason: String },
    #[error("{0} is no LoRA adapter for this model")]
    Adapter(PathBuf),
    #[error("the model's vocabulary can't be used for grammars: {0}")]
    Vocabulary(String),
    #[error("llama.cpp can't be started: {0}")]
    Backend(String),
    #[error("the engine's thread can't be started: {0}")]
    Thread(String),
}

/// What can be said before llama.cpp, whose own words don't reach the operator, has a look.
pub(super) fn check_file(path: &Path) -> Result<(), LoadError> {
    let unreadable = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => LoadError::NotFound(path.to_owned()),
        _ => LoadError::Unreadable { path: path.to_owned(), reason: error.to_string() },
    };
    let mut magic = [0; 4];
    match File::open(path).and_then(|mut file| file.read_exact(&mut magic)) {
        Ok(()) if &magic == b"GGUF" => Ok(()),
        Ok(()) => Err(LoadError::NotGguf(path.to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Err(LoadError::NotGguf(path.to_owned())),
        Err(error) => Err(unreadable(error)),
    }
}

/// llama.cpp gives no reason, but wrote one to its log.
pub(super) fn not_loaded(path: &Path) -> LoadError {
    let reason = log::take_complaints();
    let needed = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    match available_bytes() {
        Some(available) if available < needed => {
            LoadError::OutOfMemory { path: path.to_owned(), needed_mib: needed >> 20, available_mib: available >> 20 }
        }
        _ => LoadError::Unsupported { path: path.to_owned(), reason },
    }
}

/// Linux's own estimate; elsewhere unknown.
fn available_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib << 10)
}
