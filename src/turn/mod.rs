//! The journey of a message: understood, answered from facts, worded, checked.

pub mod assistant;
pub mod guard;
pub mod plan;
pub mod say;
pub mod understand;
pub mod word;

pub use assistant::{Assistant, Conversation, Message, Outcome};
