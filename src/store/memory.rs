//! The store that forgets: for tests, and for a bot that is to keep nothing.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::record::{ConversationId, Health, StoredConversation, StoredMessage, Summary, TurnRecord};
use super::{FORMAT, Store, StoreError, expect_next};

#[derive(Debug, Default)]
pub struct Memory {
    conversations: Mutex<BTreeMap<ConversationId, Kept>>,
}

#[derive(Debug)]
struct Kept {
    head: StoredConversation,
    /// Position is turn number minus one.
    turns: Vec<TurnRecord>,
}

impl Memory {
    fn kept(&self) -> MutexGuard<'_, BTreeMap<ConversationId, Kept>> {
        self.conversations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Memory {
    fn load_conversation(&self, id: &ConversationId) -> Result<Option<StoredConversation>, StoreError> {
        Ok(self.kept().get(id).map(|kept| kept.head.clone()))
    }

    fn commit_turn(&self, turn: &TurnRecord) -> Result<(), StoreError> {
        let mut all = self.kept();
        let turns = all.get(&turn.conversation).map_or(0, |kept| kept.head.turns);
        expect_next(turns, turn.turn_no)?;
        let kept = all.entry(turn.conversation.clone()).or_insert_with(|| Kept {
            head: StoredConversation {
                id: turn.conversation.clone(),
                turns: 0,
                created_at: turn.at,
                updated_at: turn.at,
                state: Value::Null,
            },
            turns: Vec::new(),
        });
        kept.head.turns = turn.turn_no;
        kept.head.updated_at = turn.at;
        kept.head.state = turn.state.clone();
        kept.turns.push(turn.clone());
        Ok(())
    }

    fn history(&self, id: &ConversationId, limit: usize) -> Result<Vec<StoredMessage>, StoreError> {
        let all = self.kept();
        let messages = all.get(id).into_iter().flat_map(|kept| kept.turns.iter().flat_map(|t| &t.messages));
        let messages: Vec<&StoredMessage> = messages.collect();
        let skipped = messages.len().saturating_sub(limit);
        Ok(messages.into_iter().skip(skipped).cloned().collect())
    }

    fn trace(&self, id: &ConversationId, turn_no: u64) -> Result<Option<Value>, StoreError> {
        let all = self.kept();
        let turn = all.get(id).and_then(|kept| kept.turns.iter().find(|t| t.turn_no == turn_no));
        Ok(turn.map(|t| t.trace.clone()))
    }

    fn last_trace(&self, id: &ConversationId) -> Result<Option<(u64, Value)>, StoreError> {
        let all = self.kept();
        let turn = all.get(id).and_then(|kept| kept.turns.last());
        Ok(turn.map(|t| (t.turn_no, t.trace.clone())))
    }

    fn conversations(&self) -> Result<Vec<Summary>, StoreError> {
        let all = self.kept();
        let summary = |kept: &Kept| Summary {
            id: kept.head.id.clone(),
            turns: kept.head.turns,
            updated_at: kept.head.updated_at,
        };
        let mut summaries: Vec<Summary> = all.values().map(summary).collect();
        summaries.sort_by_key(|s| std::cmp::Reverse(s.updated_at));
        Ok(summaries)
    }

    fn flush(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn check(&self) -> Result<Health, StoreError> {
        let all = self.kept();
        let turns = || all.values().flat_map(|kept| &kept.turns);
        Ok(Health {
            backend: "memory",
            format: FORMAT,
            conversations: all.len() as u64,
            turns: turns().count() as u64,
            messages: turns().map(|t| t.messages.len() as u64).sum(),
            size_bytes: 0,
            problems: Vec::new(),
        })
    }
}
