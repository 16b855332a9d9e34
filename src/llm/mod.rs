//! The engine room: what a language model is asked and what it answers, the queue before it, and its implementations.
//!
//! It knows no shop and no prompt: it takes chat turns, a grammar, limits and a deadline, and streams text. llama.cpp
//! is behind the cargo feature `llama`; the types, the trait and the scripted engine are always there.

pub mod generation;
#[cfg(feature = "llama")]
pub mod llama;
#[cfg_attr(not(feature = "llama"), allow(dead_code))]
mod queue;
#[cfg_attr(not(feature = "llama"), allow(dead_code))]
mod residents;
#[cfg_attr(not(feature = "llama"), allow(dead_code))]
mod sampling;
pub mod scripted;
#[cfg_attr(not(feature = "llama"), allow(dead_code))]
mod utf8;

use std::time::Instant;

pub use generation::{Completion, EngineError, Event, Generation, Stop, Usage};
#[cfg(feature = "llama")]
pub use llama::{Engine, EngineOptions, LoadError};
pub use sampling::Sampling;
pub use tokio_util::sync::CancellationToken;

/// Who speaks in a chat turn, in the words of the chat templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    System,
    User,
    Assistant,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// One message of the chat that the model continues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub role: Role,
    pub text: String,
}

impl Turn {
    pub fn system(text: impl Into<String>) -> Self {
        Self { role: Role::System, text: text.into() }
    }

    pub fn user(text: impl Into<String>) -> Self {
        Self { role: Role::User, text: text.into() }
    }

    pub fn assistant(text: impl Into<String>) -> Self {
        Self { role: Role::Assistant, text: text.into() }
    }
}

/// What decoding is constrained to.
#[derive(Debug, Clone, PartialEq)]
pub enum Grammar {
    /// llguidance's variant of Lark (its `docs/syntax.md`); the rule `start` is the whole reply.
    Lark(String),
    /// A JSON schema; the reply is one document that fits it.
    JsonSchema(serde_json::Value),
}

/// Who waits for the answer: a person goes before a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Class {
    #[default]
    Interactive,
    Background,
}

/// One question to a model. Build it with [`Request::new`] and set what differs from the defaults.
#[derive(Debug, Clone)]
pub struct Request {
    pub messages: Vec<Turn>,
    pub grammar: Option<Grammar>,
    /// The reply is cut after so many tokens, or where the context is full.
    pub tokens_max: usize,
    /// What has been written by then is returned with [`Stop::Deadline`].
    pub deadline: Option<Instant>,
    pub sampling: Sampling,
    pub class: Class,
    /// Dropping the [`Generation`] cancels too; this one also reaches a request that another task waits for.
    pub cancel: CancellationToken,
}

/// Enough for a long chat reply.
const TOKENS_MAX_DEFAULT: usize = 512;

impl Request {
    pub fn new(messages: Vec<Turn>) -> Self {
        Self {
            messages,
            grammar: None,
            tokens_max: TOKENS_MAX_DEFAULT,
            deadline: None,
            sampling: Sampling::default(),
            class: Class::default(),
            cancel: CancellationToken::new(),
        }
    }
}

/// A request was not taken. Nothing was computed for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the model's queue is full ({waiting} waiting)")]
    Busy { waiting: usize },
    #[error("the model has been stopped")]
    Stopped,
}

/// A chat model: llama.cpp in this process, a script in tests, a remote server later.
pub trait LanguageModel: Send + Sync {
    /// For traces and logs: what the weights are called.
    fn name(&self) -> &str;

    /// Most tokens that the prompt and the reply of one request may have together.
    fn context_tokens(&self) -> usize;

    /// How many tokens a text has, without template or special tokens: for budgets.
    fn count_tokens(&self, text: &str) -> usize;

    /// Queues a request and returns at once. The answer streams from the [`Generation`].
    fn start(&self, request: Request) -> Result<Generation, Refused>;
}

/// The engine measures durations of its own work and keeps deadlines of real time, which is why it reads the clock.
#[allow(clippy::disallowed_methods)]
fn now() -> Instant {
    Instant::now()
}
