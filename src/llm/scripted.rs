//! A model that says what it was told to: for tests and dialogue simulations. It streams word by word, can be slow,
//! refuse and fail, keeps deadlines and cancellation like the real one, and remembers what it was asked.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::generation::{Sink, channel};
use super::{EngineError, Generation, LanguageModel, Refused, Request, Stop};

/// What the scripted model does with one request.
#[derive(Debug, Clone, PartialEq)]
pub enum Script {
    /// Says the text, and waits so long before each word.
    Say {
        text: String,
        pause: Duration,
    },
    /// Says the text and then fails.
    Fail {
        text: String,
        error: EngineError,
    },
    Refuse(Refused),
}

impl Script {
    pub fn say(text: impl Into<String>) -> Self {
        Self::Say { text: text.into(), pause: Duration::ZERO }
    }

    pub fn slowly(text: impl Into<String>, pause: Duration) -> Self {
        Self::Say { text: text.into(), pause }
    }

    pub fn fail(error: EngineError) -> Self {
        Self::Fail { text: String::new(), error }
    }
}

type Author = Box<dyn FnMut(&Request) -> Script + Send>;

/// See the module.
pub struct Scripted {
    author: Mutex<Author>,
    asked: Mutex<Vec<Request>>,
    context_tokens: usize,
}

impl Scripted {
    /// Each request is given to the closure, which decides what happens.
    pub fn new(author: impl FnMut(&Request) -> Script + Send + 'static) -> Self {
        Self { author: Mutex::new(Box::new(author)), asked: Mutex::default(), context_tokens: 4096 }
    }

    /// The replies in this order; after the last, requests are refused as by a stopped engine.
    pub fn replies<S: Into<String>>(texts: impl IntoIterator<Item = S>) -> Self {
        let mut texts: std::collections::VecDeque<String> = texts.into_iter().map(Into::into).collect();
        Self::new(move |_| texts.pop_front().map_or(Script::Refuse(Refused::Stopped), Script::say))
    }

    /// The same reply always.
    pub fn always(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::new(move |_| Script::say(text.clone()))
    }

    pub fn with_context_tokens(mut self, context_tokens: usize) -> Self {
        self.context_tokens = context_tokens;
        self
    }

    /// All requests so far, in order, those that were refused too.
    pub fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Scripted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Scripted").field("context_tokens", &self.context_tokens).finish_non_exhaustive()
    }
}

impl LanguageModel for Scripted {
    fn name(&self) -> &str {
        "scripted"
    }

    fn context_tokens(&self) -> usize {
        self.context_tokens
    }

    /// A token is a word here.
    fn count_tokens(&self, text: &str) -> usize {
        words(text).count()
    }

    fn start(&self, request: Request) -> Result<Generation, Refused> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        let script = (self.author.lock().unwrap_or_else(PoisonError::into_inner))(&request);
        let (mut sink, generation) = channel(&request);
        sink.taken();
        sink.usage.prompt_tokens = request.messages.iter().map(|turn| self.count_tokens(&turn.text)).sum();
        sink.usage.prefilled_tokens = sink.usage.prompt_tokens;
        match script {
            Script::Refuse(refused) => return Err(refused),
            Script::Say { text, pause } if pause.is_zero() => say(sink, &text, pause, request.tokens_max),
            Script::Say { text, pause } => {
                std::thread::spawn(move || say(sink, &text, pause, request.tokens_max));
            }
            Script::Fail { text, error } => {
                sink.text(text);
                sink.failed(error);
            }
        }
        Ok(generation)
    }
}

fn say(mut sink: Sink, text: &str, pause: Duration, tokens_max: usize) {
    for (spoken, word) in words(text).enumerate() {
        std::thread::sleep(pause);
        let stop = if spoken >= tokens_max { Some(Stop::TokensMax) } else { sink.interrupted() };
        if let Some(stop) = stop {
            sink.done(stop);
            return;
        }
        sink.token(0.0);
        sink.text(word.to_owned());
    }
    sink.done(Stop::EndOfTurn);
}

/// Words with the space after them, so that they add up to the text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(' ')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::super::{Event, Turn, now};
    use super::*;

    fn ask(text: &str) -> Request {
        Request::new(vec![Turn::user(text)])
    }

    #[tokio::test]
    async fn it_streams_the_script_word_by_word_and_remembers_the_question() {
        let model = Scripted::replies(["We have it.", "No."]);
        let mut generation = model.start(ask("Do you have it?")).unwrap();
        assert_eq!(generation.next().await, Some(Event::Text("We ".into())));
        assert_eq!(generation.collect().await.unwrap().text, "We have it.");
        assert_eq!(model.start(ask("And now?")).unwrap().collect().await.unwrap().text, "No.");
        assert_eq!(model.start(ask("Still?")).unwrap_err(), Refused::Stopped);
        assert_eq!(model.asked().len(), 3);
    }

    #[tokio::test]
    async fn it_refuses_and_fails_when_told_to() {
        let error = EngineError::Compute("out of memory".into());
        let model = Scripted::new(move |request| match request.messages[0].text.as_str() {
            "busy?" => Script::Refuse(Refused::Busy { waiting: 3 }),
            _ => Script::fail(error.clone()),
        });
        assert_eq!(model.start(ask("busy?")).unwrap_err(), Refused::Busy { waiting: 3 });
        assert!(model.start(ask("broken?")).unwrap().collect().await.is_err());
    }

    #[tokio::test]
    async fn a_slow_reply_keeps_its_deadline_and_can_be_cancelled() {
        let model = Scripted::new(|_| Script::slowly("one two three four", Duration::from_millis(20)));
        let mut request = ask("count");
        request.deadline = Some(now() + Duration::from_millis(50));
        let completion = model.start(request).unwrap().collect().await.unwrap();
        assert_eq!(completion.stop, Stop::Deadline);
        assert!(completion.text.starts_with("one "), "{}", completion.text);

        let generation = model.start(ask("count")).unwrap();
        generation.cancel();
        assert_eq!(generation.collect().await.unwrap().stop, Stop::Cancelled);
    }

    #[tokio::test]
    async fn a_reply_is_cut_at_its_most_tokens() {
        let mut request = ask("count");
        request.tokens_max = 2;
        let completion = Scripted::always("one two three").start(request).unwrap().collect().await.unwrap();
        assert_eq!((completion.text.as_str(), completion.stop), ("one two ", Stop::TokensMax));
    }
}
