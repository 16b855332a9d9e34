//! The store on disk: sled, one tree for each kind of value. Everything of a turn goes in one transaction over all
//! trees; the witness beside the database tells when sled came back with less than was flushed.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::de::DeserializeOwned;
use serde_json::Value;
use sled::transaction::{ConflictableTransactionError, TransactionError, TransactionalTree};
use sled::{IVec, Transactional, Tree};

use super::codec::{self, DecodeError, Head, Kind};
use super::record::{ConversationId, Health, StoredConversation, StoredMessage, Summary, TurnRecord};
use super::witness::{self, ReadError, Witness};
use super::{FORMAT, Store, StoreError, expect_next, folder};
use crate::limits;

const KEY_FORMAT: &[u8] = b"format";
const KEY_COMMITS: &[u8] = b"commits";

#[derive(Debug)]
pub struct Disk {
    folder: PathBuf,
    db: sled::Db,
    trees: Trees,
    /// The commits that the witness on disk speaks of.
    witnessed: AtomicU64,
}

#[derive(Debug)]
struct Trees {
    /// id → `Head`
    conversations: Tree,
    /// id, NUL, turn number → messages
    messages: Tree,
    /// id, NUL, turn number → trace
    traces: Tree,
    meta: Tree,
}

impl Disk {
    /// Opens the store of a data folder, and makes one where there has never been any.
    pub fn open(data_dir: &Path) -> Result<Disk, StoreError> {
        let folder = folder(data_dir);
        make_private(&folder).map_err(|source| StoreError::Io { path: folder.clone(), source })?;
        let witness = read_witness(&folder)?;
        let file = folder.join("sled").join("db");
        let there = fs::metadata(&file).is_ok_and(|m| m.len() > 0);
        if witness.is_some() && !there {
            return Err(damaged(&folder, format!("its file {} is gone or empty", file.display())));
        }
        guarded(&folder, || {
            let store = open_trees(&folder)?;
            store.adopt(witness)?;
            Ok(store)
        })
    }

    /// Checks the format and the witness, migrates, and marks a new store as one.
    fn adopt(&self, witness: Option<Witness>) -> Result<(), StoreError> {
        let commits = self.number(KEY_COMMITS)?;
        let flushed = witness.unwrap_or_default().commits;
        if commits.unwrap_or(0) < flushed {
            let what = format!("it holds {} turns where {flushed} had been flushed", commits.unwrap_or(0));
            return Err(damaged(&self.folder, what));
        }
        match self.number(KEY_FORMAT)? {
            None if self.db.was_recovered() && !self.trees.conversations.is_empty() => {
                return Err(damaged(&self.folder, "the key that says its format is missing".to_owned()));
            }
            None => {}
            Some(found) if found > u64::from(FORMAT) => {
                let found = u32::try_from(found).unwrap_or(u32::MAX);
                return Err(newer(format!("the store in {}", self.folder.display()), found));
            }
            Some(found) if found < u64::from(FORMAT) => self.migrate()?,
            Some(_) => {}
        }
        let sled = |error| failed(&self.folder, error);
        self.trees.meta.insert(KEY_FORMAT, &number_bytes(u64::from(FORMAT))).map_err(sled)?;
        self.db.flush().map_err(sled)?;
        self.write_witness(commits.unwrap_or(0))
    }

    /// Rewrites every value of an older format. Each value names its own format, so an interrupted migration goes on
    /// at the next start.
    fn migrate(&self) -> Result<(), StoreError> {
        let trees = [
            (&self.trees.conversations, Kind::Conversation),
            (&self.trees.messages, Kind::Messages),
            (&self.trees.traces, Kind::Trace),
        ];
        for (tree, kind) in trees {
            for entry in tree {
                let (key, bytes) = entry.map_err(|error| failed(&self.folder, error))?;
                if bytes.first() == Some(&codec::FORMAT) {
                    continue;
                }
                let value: Value = self.decode(kind, &key, &bytes)?;
                tree.insert(key, self.encode(&value)?).map_err(|error| failed(&self.folder, error))?;
            }
        }
        Ok(())
    }

    fn number(&self, key: &[u8]) -> Result<Option<u64>, StoreError> {
        let Some(bytes) = self.trees.meta.get(key).map_err(|error| failed(&self.folder, error))? else {
            return Ok(None);
        };
        let number = number_of(&bytes);
        number
            .map(Some)
            .ok_or_else(|| damaged(&self.folder, format!("`{}` is no number", String::from_utf8_lossy(key))))
    }

    fn write_witness(&self, commits: u64) -> Result<(), StoreError> {
        witness::write(&self.folder, Witness { format: FORMAT, commits })
            .map_err(|source| StoreError::Io { path: witness::path(&self.folder), source })?;
        self.witnessed.store(commits, Ordering::Release);
        Ok(())
    }

    fn encode(&self, value: &impl serde::Serialize) -> Result<Vec<u8>, StoreError> {
        codec::encode(value)
            .map_err(|error| StoreError::Failed { path: self.folder.clone(), what: format!("{:?}", error.classify()) })
    }

    fn decode<T: DeserializeOwned>(&self, kind: Kind, key: &[u8], bytes: &[u8]) -> Result<T, StoreError> {
        codec::decode(kind, bytes).map_err(|error| match error {
            DecodeError::Newer(found) => newer(name_of(kind, key), u32::from(found)),
            DecodeError::Damaged(why) => damaged(&self.folder, format!("{}: {why}", name_of(kind, key))),
        })
    }

    /// Reads through a closure: sled panics on some damage that it finds only as it reads.
    fn read<T>(&self, work: impl FnOnce(&Trees) -> Result<T, ReadFailure>) -> Result<T, StoreError> {
        guarded(&self.folder, || {
            work(&self.trees).map_err(|failure| match failure {
                ReadFailure::Sled(error) => failed(&self.folder, error),
                ReadFailure::Store(error) => error,
            })
        })
    }

    fn write(&self, turn: &TurnRecord, trees: &InTransaction) -> Result<(), Abort> {
        let (conversations, messages, traces, meta) = trees;
        let abort = ConflictableTransactionError::Abort;
        let id = turn.conversation.as_str().as_bytes();
        let old: Option<Head> = match conversations.get(id)? {
            Some(bytes) => Some(self.decode(Kind::Conversation, id, &bytes).map_err(abort)?),
            None => None,
        };
        expect_next(old.as_ref().map_or(0, |h| h.turns), turn.turn_no).map_err(abort)?;
        let head = Head {
            turns: turn.turn_no,
            created_at: old.map_or(turn.at, |h| h.created_at),
            updated_at: turn.at,
            state: turn.state.clone(),
        };
        let key = turn_key(&turn.conversation, turn.turn_no);
        conversations.insert(id, self.encode(&head).map_err(abort)?)?;
        messages.insert(key.clone(), self.encode(&turn.messages).map_err(abort)?)?;
        traces.insert(key, self.encode(&turn.trace).map_err(abort)?)?;
        let commits = meta.get(KEY_COMMITS)?.as_deref().and_then(number_of).unwrap_or(0);
        meta.insert(KEY_COMMITS, &number_bytes(commits + 1))?;
        Ok(())
    }
}

type InTransaction = (TransactionalTree, TransactionalTree, TransactionalTree, TransactionalTree);
type Abort = ConflictableTransactionError<StoreError>;

enum ReadFailure {
    Sled(sled::Error),
    Store(StoreError),
}

impl From<sled::Error> for ReadFailure {
    fn from(error: sled::Error) -> ReadFailure {
        ReadFailure::Sled(error)
    }
}

impl From<StoreError> for ReadFailure {
    fn from(error: StoreError) -> ReadFailure {
        ReadFailure::Store(error)
    }
}

impl Store for Disk {
    fn load_conversation(&self, id: &ConversationId) -> Result<Option<StoredConversation>, StoreError> {
        self.read(|trees| {
            let key = id.as_str().as_bytes();
            let Some(bytes) = trees.conversations.get(key)? else { return Ok(None) };
            let Head { turns, created_at, updated_at, state } = self.decode(Kind::Conversation, key, &bytes)?;
            Ok(Some(StoredConversation { id: id.clone(), turns, created_at, updated_at, state }))
        })
    }

    fn commit_turn(&self, turn: &TurnRecord) -> Result<(), StoreError> {
        guarded(&self.folder, || {
            let Trees { conversations, messages, traces, meta } = &self.trees;
            let all = (conversations, messages, traces, meta);
            all.transaction(|trees| self.write(turn, trees)).map_err(|error| match error {
                TransactionError::Abort(error) => error,
                TransactionError::Storage(error) => failed(&self.folder, error),
            })
        })
    }

    fn history(&self, id: &ConversationId, limit: usize) -> Result<Vec<StoredMessage>, StoreError> {
        self.read(|trees| {
            let mut newest_first: Vec<StoredMessage> = Vec::new();
            for entry in trees.messages.scan_prefix(turn_prefix(id)).rev() {
                if newest_first.len() >= limit {
                    break;
                }
                let (key, bytes) = entry?;
                let messages: Vec<StoredMessage> = self.decode(Kind::Messages, &key, &bytes)?;
                newest_first.extend(messages.into_iter().rev());
            }
            newest_first.truncate(limit);
            newest_first.reverse();
            Ok(newest_first)
        })
    }

    fn trace(&self, id: &ConversationId, turn_no: u64) -> Result<Option<Value>, StoreError> {
        self.read(|trees| {
            let key = turn_key(id, turn_no);
            let Some(bytes) = trees.traces.get(&key)? else { return Ok(None) };
            Ok(Some(self.decode(Kind::Trace, &key, &bytes)?))
        })
    }

    fn last_trace(&self, id: &ConversationId) -> Result<Option<(u64, Value)>, StoreError> {
        self.read(|trees| {
            let Some(entry) = trees.traces.scan_prefix(turn_prefix(id)).next_back() else { return Ok(None) };
            let (key, bytes) = entry?;
            Ok(Some((turn_of(&key), self.decode(Kind::Trace, &key, &bytes)?)))
        })
    }

    fn conversations(&self) -> Result<Vec<Summary>, StoreError> {
        self.read(|trees| {
            let mut summaries = Vec::new();
            for entry in &trees.conversations {
                let (key, bytes) = entry?;
                let head: Head = self.decode(Kind::Conversation, &key, &bytes)?;
                let id = ConversationId::parse(&String::from_utf8_lossy(&key)).ok_or_else(|| {
                    damaged(&self.folder, format!("{} has no usable id", name_of(Kind::Conversation, &key)))
                })?;
                summaries.push(Summary { id, turns: head.turns, updated_at: head.updated_at });
            }
            summaries.sort_by_key(|s| std::cmp::Reverse(s.updated_at));
            Ok(summaries)
        })
    }

    fn flush(&self) -> Result<(), StoreError> {
        guarded(&self.folder, || {
            // Read before flushing: the witness may say less than is on disk, never more.
            let commits = self.number(KEY_COMMITS)?.unwrap_or(0);
            self.db.flush().map_err(|error| failed(&self.folder, error))?;
            if commits == self.witnessed.load(Ordering::Acquire) {
                return Ok(());
            }
            self.write_witness(commits)
        })
    }

    fn check(&self) -> Result<Health, StoreError> {
        self.read(|trees| {
            let mut health = Health { backend: "sled", format: FORMAT, ..Health::default() };
            for entry in &trees.conversations {
                let (key, bytes) = entry?;
                health.conversations += 1;
                match self.decode::<Head>(Kind::Conversation, &key, &bytes) {
                    Ok(head) => self.check_turns(trees, &key, head.turns, &mut health)?,
                    Err(error) => note(&mut health, error.to_string()),
                }
            }
            let turns = trees.messages.len().max(trees.traces.len()) as u64;
            let strays = turns.saturating_sub(health.turns);
            if strays > 0 {
                note(&mut health, format!("{strays} turns belong to no readable conversation"));
            }
            health.size_bytes = self.db.size_on_disk()?;
            Ok(health)
        })
    }
}

impl Disk {
    /// Every turn of a conversation has its messages and its trace.
    fn check_turns(&self, trees: &Trees, id: &[u8], turns: u64, health: &mut Health) -> Result<(), ReadFailure> {
        health.turns += turns;
        for turn_no in 1..=turns {
            let key = [id, &[0], &turn_no.to_be_bytes()].concat();
            let of_turn = [(&trees.messages, Kind::Messages), (&trees.traces, Kind::Trace)];
            for (tree, kind) in of_turn {
                let Some(bytes) = tree.get(&key)? else {
                    note(health, format!("{} is missing", name_of(kind, &key)));
                    continue;
                };
                match self.decode::<Value>(kind, &key, &bytes) {
                    Ok(value) if kind == Kind::Messages => {
                        health.messages += value.as_array().map_or(0, Vec::len) as u64;
                    }
                    Ok(_) => {}
                    Err(error) => note(health, error.to_string()),
                }
            }
        }
        Ok(())
    }
}

fn note(health: &mut Health, problem: String) {
    if health.problems.len() < limits::STORE_PROBLEMS_MAX {
        health.problems.push(problem);
    }
}

/// Conversations are for nobody but the user that runs the bot.
fn make_private(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

fn read_witness(folder: &Path) -> Result<Option<Witness>, StoreError> {
    let path = witness::path(folder);
    let witness = witness::read(folder).map_err(|error| match error {
        ReadError::Io(source) => StoreError::Io { path: path.clone(), source },
        ReadError::Unreadable => damaged(folder, format!("{} cannot be read", path.display())),
    })?;
    match witness {
        Some(w) if w.format > FORMAT => Err(newer(format!("the store in {}", folder.display()), w.format)),
        other => Ok(other),
    }
}

fn open_trees(folder: &Path) -> Result<Disk, StoreError> {
    let sled = |error| failed(folder, error);
    let config = sled::Config::new().path(folder.join("sled")).cache_capacity(limits::STORE_CACHE_BYTES);
    let db = config.open().map_err(sled)?;
    let tree = |name: &str| db.open_tree(name).map_err(sled);
    let trees = Trees {
        conversations: tree("conversations")?,
        messages: tree("messages")?,
        traces: tree("traces")?,
        meta: tree("meta")?,
    };
    Ok(Disk { folder: folder.to_path_buf(), db, trees, witnessed: AtomicU64::new(0) })
}

/// Runs sled's part of the work. sled asserts where it could report: a panic of it is damage too.
fn guarded<T>(folder: &Path, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(damaged(folder, "the database cannot read its own pages".to_owned())))
}

fn failed(folder: &Path, error: sled::Error) -> StoreError {
    let path = folder.to_path_buf();
    match error {
        sled::Error::Io(error) if error.to_string().contains("could not acquire lock") => StoreError::InUse { path },
        sled::Error::Io(source) => StoreError::Io { path, source },
        sled::Error::Corruption { at, .. } => {
            let at = at.map(|at| format!(" at {at:?}")).unwrap_or_default();
            damaged(folder, format!("a page of the database{at} does not match its checksum"))
        }
        other @ (sled::Error::ReportableBug(_) | sled::Error::CollectionNotFound(_)) => {
            damaged(folder, other.to_string())
        }
        other @ sled::Error::Unsupported(_) => StoreError::Failed { path, what: other.to_string() },
    }
}

fn damaged(folder: &Path, what: String) -> StoreError {
    StoreError::Damaged { path: folder.to_path_buf(), what }
}

fn newer(what: String, found: u32) -> StoreError {
    StoreError::Newer { what, found, known: FORMAT }
}

/// Turns of one conversation lie together, in order.
fn turn_key(id: &ConversationId, turn_no: u64) -> Vec<u8> {
    let mut key = turn_prefix(id);
    key.extend_from_slice(&turn_no.to_be_bytes());
    key
}

fn turn_prefix(id: &ConversationId) -> Vec<u8> {
    let mut key = id.as_str().as_bytes().to_vec();
    key.push(0);
    key
}

fn turn_of(key: &IVec) -> u64 {
    key.len().checked_sub(8).and_then(|at| number_of(key.get(at..)?)).unwrap_or(0)
}

fn number_bytes(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

fn number_of(bytes: &[u8]) -> Option<u64> {
    bytes.try_into().map(u64::from_be_bytes).ok()
}

/// How a report calls a value: `the messages of turn 3 of terminal:local`.
fn name_of(kind: Kind, key: &[u8]) -> String {
    let (id, turn_no) = match key.iter().position(|b| *b == 0) {
        Some(at) => (key.get(..at).unwrap_or_default(), key.get(at + 1..).and_then(number_of).unwrap_or(0)),
        None => (key, 0),
    };
    let id = String::from_utf8_lossy(id);
    match kind {
        Kind::Conversation => format!("the conversation {id}"),
        Kind::Messages => format!("the messages of turn {turn_no} of {id}"),
        Kind::Trace => format!("the trace of turn {turn_no} of {id}"),
    }
}
