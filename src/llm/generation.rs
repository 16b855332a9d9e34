//! A reply in the making: the asker holds the [`Generation`], the engine the `Sink`. The last event is always
//! `Done` or `Failed`, even when the engine's thread dies.

use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::{CancellationToken, Request, now};

/// What the engine says while it writes.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// More of the reply, always whole characters.
    Text(String),
    Done(Completion),
    Failed(EngineError),
}

/// Why a reply ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The model ended its turn.
    EndOfTurn,
    /// The grammar allows nothing more.
    GrammarEnd,
    TokensMax,
    Deadline,
    Cancelled,
}

impl Stop {
    /// Whether the reply is a whole one, not a part that was cut.
    pub fn is_complete(self) -> bool {
        matches!(self, Self::EndOfTurn | Self::GrammarEnd)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    pub prompt_tokens: usize,
    /// Tokens of the prompt that were still in the cache from earlier requests.
    pub reused_tokens: usize,
    /// Tokens of the prompt that had to be computed: `prompt_tokens - reused_tokens`, less where it was cut short.
    pub prefilled_tokens: usize,
    pub decoded_tokens: usize,
}

/// A finished reply and how it came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Completion {
    pub text: String,
    pub stop: Stop,
    pub usage: Usage,
    /// From [`start`](super::LanguageModel::start) until the engine took the request up.
    pub queued: Duration,
    /// From `start` until the first token was there; the total where none was.
    pub first_token: Duration,
    pub total: Duration,
    /// Compiling the grammar.
    pub grammar_setup: Duration,
    /// Asking the grammar what it allows, all tokens together.
    pub grammar_masks: Duration,
    /// Mean of the natural logarithms of the chosen tokens' probabilities in the model's unconstrained distribution;
    /// 0 where no token was chosen. Low values with a grammar mean that the grammar had to force the model.
    pub mean_logprob: f32,
    /// The least likely chosen token.
    pub min_logprob: f32,
}

/// A request that was taken could not be answered. Others are not touched by it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    #[error("the prompt has {prompt_tokens} tokens, but the context holds {context_tokens}: shorten it")]
    PromptTooLong { prompt_tokens: usize, context_tokens: usize },
    #[error("the grammar can't be used: {0}")]
    Grammar(String),
    #[error("the model's chat template can't be applied: {0}")]
    Template(String),
    #[error("llama.cpp could not compute: {0}")]
    Compute(String),
    #[error("the engine stopped before the reply was finished")]
    Stopped,
}

/// A reply that streams in. Dropping it cancels the request.
#[derive(Debug)]
pub struct Generation {
    events: mpsc::UnboundedReceiver<Event>,
    cancel: CancellationToken,
    ended: bool,
}

impl Generation {
    /// The next event; `None` after `Done` or `Failed`.
    pub async fn next(&mut self) -> Option<Event> {
        if self.ended {
            return None;
        }
        let event = self.events.recv().await;
        Some(self.passed(event))
    }

    /// Like [`next`](Self::next), for threads outside of the async runtime (it panics inside).
    pub fn blocking_next(&mut self) -> Option<Event> {
        if self.ended {
            return None;
        }
        let event = self.events.blocking_recv();
        Some(self.passed(event))
    }

    fn passed(&mut self, event: Option<Event>) -> Event {
        let event = event.unwrap_or(Event::Failed(EngineError::Stopped));
        self.ended = !matches!(event, Event::Text(_));
        event
    }

    /// Waits for the whole reply.
    pub async fn collect(mut self) -> Result<Completion, EngineError> {
        while let Some(event) = self.next().await {
            match event {
                Event::Text(_) => {}
                Event::Done(completion) => return Ok(completion),
                Event::Failed(error) => return Err(error),
            }
        }
        Err(EngineError::Stopped)
    }

    /// Like [`collect`](Self::collect), for threads outside of the async runtime (it panics inside).
    pub fn blocking_collect(mut self) -> Result<Completion, EngineError> {
        while let Some(event) = self.blocking_next() {
            match event {
                Event::Text(_) => {}
                Event::Done(completion) => return Ok(completion),
                Event::Failed(error) => return Err(error),
            }
        }
        Err(EngineError::Stopped)
    }

    /// Ends the reply soon; what is there comes with [`Stop::Cancelled`].
    pub fn cancel(&self) {
        self.cancel.cancel();
    }
}

/// The engine's end of a [`Generation`]: collects the text, the clock readings and the probabilities.
#[derive(Debug)]
pub(super) struct Sink {
    events: mpsc::UnboundedSender<Event>,
    cancel: CancellationToken,
    deadline: Option<Instant>,
    asked: Instant,
    taken: Option<Instant>,
    first: Option<Instant>,
    text: String,
    logprobs: Logprobs,
    pub(super) usage: Usage,
    pub(super) grammar_setup: Duration,
    pub(super) grammar_masks: Duration,
}

#[derive(Debug, Default)]
struct Logprobs {
    sum: f64,
    min: f32,
    count: u32,
}

/// The two ends of a reply to this request. The channel is unbounded, but a request's `tokens_max` bounds what is in it.
pub(super) fn channel(request: &Request) -> (Sink, Generation) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let sink = Sink {
        events: sender,
        cancel: request.cancel.clone(),
        deadline: request.deadline,
        asked: now(),
        taken: None,
        first: None,
        text: String::new(),
        logprobs: Logprobs::default(),
        usage: Usage::default(),
        grammar_setup: Duration::ZERO,
        grammar_masks: Duration::ZERO,
    };
    (sink, Generation { events: receiver, cancel: request.cancel.clone(), ended: false })
}

impl Sink {
    /// Why to stop now, if there is a reason outside of the reply itself.
    pub(super) fn interrupted(&self) -> Option<Stop> {
        if self.cancel.is_cancelled() || self.events.is_closed() {
            Some(Stop::Cancelled)
        } else if self.deadline.is_some_and(|deadline| deadline <= now()) {
            Some(Stop::Deadline)
        } else {
            None
        }
    }

    pub(super) fn taken(&mut self) {
        self.taken.get_or_insert_with(now);
    }

    /// Counts a chosen token.
    pub(super) fn token(&mut self, logprob: f32) {
        self.first.get_or_insert_with(now);
        self.usage.decoded_tokens += 1;
        self.logprobs.sum += f64::from(logprob);
        self.logprobs.min = self.logprobs.min.min(logprob);
        self.logprobs.count += 1;
    }

    pub(super) fn text(&mut self, text: String) {
        if text.is_empty() {
            return;
        }
        self.text.push_str(&text);
        // An asker that went away is noticed by `interrupted`.
        let _ = self.events.send(Event::Text(text));
    }

    pub(super) fn done(self, stop: Stop) -> Completion {
        let end = now();
        let since = |instant: Instant| instant.duration_since(self.asked);
        let mean_logprob = match self.logprobs.count {
            0 => 0.0,
            count => (self.logprobs.sum / f64::from(count)) as f32,
        };
        let completion = Completion {
            text: self.text,
            stop,
            usage: self.usage,
            queued: since(self.taken.unwrap_or(end)),
            first_token: since(self.first.unwrap_or(end)),
            total: since(end),
            grammar_setup: self.grammar_setup,
            grammar_masks: self.grammar_masks,
            mean_logprob,
            min_logprob: self.logprobs.min,
        };
        let _ = self.events.send(Event::Done(completion.clone()));
        completion
    }

    pub(super) fn failed(self, error: EngineError) {
        let _ = self.events.send(Event::Failed(error));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn pair() -> (Sink, Generation) {
        channel(&Request::new(Vec::new()))
    }

    #[test]
    fn text_and_then_the_completion_arrive_and_then_nothing() {
        let (mut sink, mut generation) = pair();
        sink.token(-0.5);
        sink.text("Hello".into());
        sink.token(-1.5);
        sink.text(" you".into());
        sink.done(Stop::EndOfTurn);
        assert_eq!(generation.blocking_next(), Some(Event::Text("Hello".into())));
        assert_eq!(generation.blocking_next(), Some(Event::Text(" you".into())));
        let Some(Event::Done(completion)) = generation.blocking_next() else { panic!("not done") };
        assert_eq!(completion.text, "Hello you");
        assert_eq!(completion.usage.decoded_tokens, 2);
        assert!((completion.mean_logprob + 1.0).abs() < 1e-6);
        assert!((completion.min_logprob + 1.5).abs() < 1e-6);
        assert_eq!(generation.blocking_next(), None);
    }

    #[test]
    fn an_engine_that_dies_fails_the_reply_instead_of_hanging_the_asker() {
        let (sink, mut generation) = pair();
        drop(sink);
        assert_eq!(generation.blocking_next(), Some(Event::Failed(EngineError::Stopped)));
        assert_eq!(generation.blocking_next(), None);
    }

    #[test]
    fn an_asker_that_goes_away_interrupts_the_engine() {
        let (sink, generation) = pair();
        assert_eq!(sink.interrupted(), None);
        drop(generation);
        assert_eq!(sink.interrupted(), Some(Stop::Cancelled));
    }

    #[test]
    fn a_deadline_that_has_passed_interrupts_the_engine() {
        let mut request = Request::new(Vec::new());
        request.deadline = Some(now());
        let (sink, _generation) = channel(&request);
        assert_eq!(sink.interrupted(), Some(Stop::Deadline));
    }
}
