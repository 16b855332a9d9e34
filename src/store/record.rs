//! What the store keeps, as plain types. What a shopper wrote never prints.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::Lang;
use crate::limits;

/// Names a conversation: the channel and the channel's own id, such as `terminal:local`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversationId(String);

impl ConversationId {
    /// `None` for an id that is empty, longer than `limits::CONVERSATION_ID_BYTES_MAX`, or holds a control character
    /// (keys are built with a NUL behind the id).
    pub fn parse(id: &str) -> Option<ConversationId> {
        let fits = !id.is_empty() && id.len() <= limits::CONVERSATION_ID_BYTES_MAX && !id.chars().any(char::is_control);
        fits.then(|| ConversationId(id.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The words of a conversation. `Debug` shows their length only; there is no `Display`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShopperText(String);

impl ShopperText {
    pub fn new(text: impl Into<String>) -> ShopperText {
        ShopperText(text.into())
    }

    /// The words themselves, where they are answered or shown to those who may read them.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ShopperText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShopperText({} bytes, redacted)", self.0.len())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Author {
    Shopper,
    Bot,
    Staff,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredMessage {
    pub author: Author,
    /// Redacted for every author: a reply quotes what it answers.
    pub text: ShopperText,
    pub language: Lang,
    pub at: Timestamp,
}

/// Everything that one turn leaves behind, kept whole or not at all.
#[derive(Clone, PartialEq)]
pub struct TurnRecord {
    pub conversation: ConversationId,
    /// 1 for the first turn, then without a gap: the store refuses any other.
    pub turn_no: u64,
    pub at: Timestamp,
    pub messages: Vec<StoredMessage>,
    /// What the next turn has to know of this conversation.
    pub state: Value,
    /// How the reply came about.
    pub trace: Value,
}

/// State and trace hold the shopper's words too.
impl fmt::Debug for TurnRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TurnRecord { conversation, turn_no, at, messages, state: _, trace: _ } = self;
        f.debug_struct("TurnRecord")
            .field("conversation", conversation)
            .field("turn_no", turn_no)
            .field("at", at)
            .field("messages", &messages.len())
            .finish_non_exhaustive()
    }
}

/// A conversation as the next turn finds it.
#[derive(Clone, PartialEq)]
pub struct StoredConversation {
    pub id: ConversationId,
    /// How many turns it has; the next is one more.
    pub turns: u64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub state: Value,
}

impl fmt::Debug for StoredConversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StoredConversation { id, turns, created_at, updated_at, state: _ } = self;
        f.debug_struct("StoredConversation")
            .field("id", id)
            .field("turns", turns)
            .field("created_at", created_at)
            .field("updated_at", updated_at)
            .finish_non_exhaustive()
    }
}

/// One line of the list of conversations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    pub id: ConversationId,
    pub turns: u64,
    pub updated_at: Timestamp,
}

/// What a look through the whole store found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    pub backend: &'static str,
    pub format: u32,
    pub conversations: u64,
    pub turns: u64,
    pub messages: u64,
    pub size_bytes: u64,
    /// Values that cannot be read and turns that are not whole, at most `limits::STORE_PROBLEMS_MAX`.
    pub problems: Vec<String>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shopper_wrote_does_not_print() {
        let text = ShopperText::new("my order LF-1");
        assert_eq!(format!("{text:?}"), "ShopperText(13 bytes, redacted)");
        let id = ConversationId::parse("terminal:a").unwrap();
        let at = Timestamp::UNIX_EPOCH;
        let message = StoredMessage { author: Author::Shopper, text, language: Lang::En, at };
        let secret = serde_json::json!({ "asked": "LF-1" });
        let turn = TurnRecord {
            conversation: id.clone(),
            turn_no: 1,
            at,
            messages: vec![message],
            state: secret.clone(),
            trace: secret.clone(),
        };
        let conversation = StoredConversation { id, turns: 1, created_at: at, updated_at: at, state: secret };
        assert!(!format!("{turn:?} {conversation:?} {:?}", turn.messages).contains("LF-1"));
    }

    #[test]
    fn an_id_is_short_and_printable() {
        assert!(ConversationId::parse("telegram:42").is_some());
        for bad in ["", "a\0b", "a\nb", "x".repeat(limits::CONVERSATION_ID_BYTES_MAX + 1).as_str()] {
            assert_eq!(ConversationId::parse(bad), None);
        }
    }
}
