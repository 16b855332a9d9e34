//! Durable state. One narrow trait with two implementations that pass one test suite: `Disk` (sled, in the data
//! folder) and `Memory`. A turn is kept whole or not at all; what is damaged is reported, never emptied.

mod codec;
mod disk;
mod memory;
mod record;
#[cfg(test)]
mod suite;
mod witness;

use std::path::{Path, PathBuf};

use serde_json::Value;

pub use disk::Disk;
pub use memory::Memory;
pub use record::{Author, ConversationId, Health, ShopperText, StoredConversation, StoredMessage, Summary, TurnRecord};

/// The format of a store, kept in it under a key of its own.
pub const FORMAT: u32 = codec::FORMAT as u32;

/// What conversations are kept in.
pub trait Store: Send + Sync {
    fn load_conversation(&self, id: &ConversationId) -> Result<Option<StoredConversation>, StoreError>;

    /// Keeps a turn: messages, state and trace together or none of them. It survives a crash of the machine once
    /// `flush` has returned.
    fn commit_turn(&self, turn: &TurnRecord) -> Result<(), StoreError>;

    /// The last messages, at most `limit`, oldest first.
    fn history(&self, id: &ConversationId, limit: usize) -> Result<Vec<StoredMessage>, StoreError>;

    fn trace(&self, id: &ConversationId, turn_no: u64) -> Result<Option<Value>, StoreError>;

    /// The trace of the newest turn, with its number.
    fn last_trace(&self, id: &ConversationId) -> Result<Option<(u64, Value)>, StoreError>;

    /// Every conversation, the one that was last active first.
    fn conversations(&self) -> Result<Vec<Summary>, StoreError>;

    /// Returns when everything committed so far is on disk. Call it before an acknowledgement.
    fn flush(&self) -> Result<(), StoreError>;

    /// Reads everything and says what is there and what is not whole.
    fn check(&self) -> Result<Health, StoreError>;
}

/// Why the store did not do it; each variant is something the caller can do something about.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(
        "the store in {} is in use by another Floorwalker process: stop that one first, or give this one another data \
         folder (--data DIR)",
        path.display()
    )]
    InUse { path: PathBuf },
    #[error(
        "{what} was written by a newer Floorwalker (format {found}, this one reads up to {known}): upgrade Floorwalker, \
         or give this one another data folder (--data DIR)"
    )]
    Newer { what: String, found: u32, known: u32 },
    #[error(
        "the store in {} is damaged: {what}. Restore the folder from a backup; or move it aside, and Floorwalker starts \
         without its conversations. It is never emptied by itself",
        path.display()
    )]
    Damaged { path: PathBuf, what: String },
    /// The turn is in already, or another came first: load the conversation again.
    #[error("turn {found} of a conversation that goes on with turn {expected}")]
    OutOfOrder { expected: u64, found: u64 },
    #[error("cannot use the store in {}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("the store in {} failed: {what}", path.display())]
    Failed { path: PathBuf, what: String },
}

/// The folder of the store inside the data folder.
pub fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("store")
}

/// The turn that may come next.
fn expect_next(turns: u64, found: u64) -> Result<(), StoreError> {
    let expected = turns + 1;
    if found == expected { Ok(()) } else { Err(StoreError::OutOfOrder { expected, found }) }
}
