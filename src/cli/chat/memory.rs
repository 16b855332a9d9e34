//! What a chat keeps between starts: each turn with its messages, its trace and the state that the next one needs. A
//! store that fails is told; the chat goes on without it.

use anyhow::Result;
use serde_json::Value;

use super::note;
use crate::cli::Setup;
use crate::clock::Clock;
use crate::domain::Lang;
use crate::store::{self, Author, ConversationId, ShopperText, Store, StoreError, StoredMessage, TurnRecord};
use crate::turn::{Conversation, Outcome};

const CONVERSATION: &str = "terminal";

pub struct Memory {
    store: Box<dyn Store>,
    id: Option<ConversationId>,
    clock: Clock,
    /// Turns in the store.
    turns: u64,
    /// Turns of the conversation that is gone on with.
    resumed: u64,
    last_trace: Option<Value>,
    pub conversation: Conversation,
}

impl Memory {
    /// The conversation as the last start left it. Where the store cannot be used, nothing is kept, and that is said.
    pub fn open(setup: &Setup) -> Memory {
        let store = setup.open_store().unwrap_or_else(|error| {
            note(&format!("warning: this chat will not be kept: {}", told(&error)));
            Box::new(store::Memory::default())
        });
        let mut memory = Memory {
            store,
            id: ConversationId::parse(CONVERSATION),
            clock: setup.clock.clone(),
            turns: 0,
            resumed: 0,
            last_trace: None,
            conversation: Conversation::default(),
        };
        if let Err(error) = memory.resume() {
            note(&format!("warning: the earlier conversation cannot be read: {error:#}"));
        }
        memory
    }

    fn resume(&mut self) -> Result<()> {
        let Some(id) = &self.id else { return Ok(()) };
        let Some(kept) = self.store.load_conversation(id)? else { return Ok(()) };
        self.turns = kept.turns;
        // A state of an older Floorwalker may not fit; the messages are still there.
        self.conversation = serde_json::from_value(kept.state)?;
        self.resumed = self.conversation.turns;
        self.last_trace = self.store.last_trace(id)?.map(|(_, trace)| trace).filter(|trace| !trace.is_null());
        Ok(())
    }

    pub fn resumed(&self) -> u64 {
        self.resumed
    }

    pub fn last_trace(&self) -> Option<Value> {
        self.last_trace.clone()
    }

    pub fn history(&self, limit: usize) -> Vec<StoredMessage> {
        let Some(id) = &self.id else { return Vec::new() };
        self.store.history(id, limit).unwrap_or_else(|error| {
            note(&format!("warning: what was said before cannot be read: {}", told(&error)));
            Vec::new()
        })
    }

    /// Forgets what the conversation was about, for the next start too; what was said stays in the history.
    pub fn start_afresh(&mut self) {
        self.conversation = Conversation::default();
        self.resumed = 0;
        self.last_trace = None;
        if self.turns > 0
            && let Err(error) = self.commit(Vec::new(), Value::Null)
        {
            note(&format!("warning: the next start will go on with the old conversation: {error:#}"));
        }
    }

    /// Keeps a finished turn.
    pub fn keep(&mut self, question: &str, outcome: &Outcome) -> Result<()> {
        let trace = serde_json::to_value(&outcome.trace)?;
        self.last_trace = Some(trace.clone());
        let message = |author, text: &str, language: Lang| StoredMessage {
            author,
            text: ShopperText::new(text),
            language,
            at: self.clock.now(),
        };
        let messages = vec![
            message(Author::Shopper, question, outcome.language),
            message(Author::Bot, outcome.reply.text(), outcome.language),
        ];
        self.commit(messages, trace)
    }

    fn commit(&mut self, messages: Vec<StoredMessage>, trace: Value) -> Result<()> {
        let Some(conversation) = self.id.clone() else { return Ok(()) };
        let turn = TurnRecord {
            conversation,
            turn_no: self.turns + 1,
            at: self.clock.now(),
            messages,
            state: serde_json::to_value(&self.conversation)?,
            trace,
        };
        self.store.commit_turn(&turn)?;
        self.turns += 1;
        Ok(self.store.flush()?)
    }
}

/// An error with its cause, on one line.
fn told(error: &StoreError) -> String {
    let cause = std::error::Error::source(error).map(|s| format!(": {s}")).unwrap_or_default();
    format!("{error}{cause}")
}
