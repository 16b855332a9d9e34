//! Words a worked-out answer. The model may only say what the part says, under a grammar that holds just this part's
//! claims; what it wrote goes through the guard. One retry, then the caller renders the part itself.

mod grammar;
mod prompt;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;

pub use prompt::{Prompts, Wanted};

use super::assistant::{Timings, Verdict, WordedBy};
use super::guard::{Checked, Guard, Objection};
use super::say::tidy;
use crate::clock;
use crate::domain::{Lang, Part};
use crate::llm::{Event, Grammar, LanguageModel, Request, Sampling};

/// How one part came to its words, for the trace.
#[derive(Debug, Serialize)]
pub struct Wording {
    pub by: WordedBy,
    pub guard: Verdict,
    /// What the model wrote, each try.
    pub drafts: Vec<String>,
    /// What the guard had against each try.
    pub objections: Vec<Vec<Objection>>,
    /// Why the model was not asked or did not finish.
    pub model_error: Option<String>,
}

impl Default for Wording {
    fn default() -> Wording {
        Wording {
            by: WordedBy::Template,
            guard: Verdict::Passed,
            drafts: Vec::new(),
            objections: Vec::new(),
            model_error: None,
        }
    }
}

/// How long and how wild the model may write.
#[derive(Clone, Copy, Debug)]
pub struct WriterOptions {
    pub tokens_max: usize,
    /// Of one part, tries together.
    pub deadline: Duration,
    pub temperature: f32,
    pub seed: u64,
}

impl Default for WriterOptions {
    fn default() -> WriterOptions {
        WriterOptions { tokens_max: 120, deadline: Duration::from_secs(12), temperature: 0.0, seed: 1 }
    }
}

/// A model with the prompts that it is asked by.
pub struct Writer {
    model: Arc<dyn LanguageModel>,
    prompts: Prompts,
    shop: String,
    options: WriterOptions,
}

/// Temperature of the second try: the first, greedy one was refused.
const RETRY_TEMPERATURE: f32 = 0.7;
/// The second try gets what is left of the deadline; less than this is not worth a try.
const RETRY_TIME_MIN: Duration = Duration::from_millis(500);
/// A model that had to be forced this hard (mean natural log-probability of its tokens) writes no good sentence.
const FORCED_LOGPROB_MIN: f32 = -1.6;

/// One part to be worded.
pub struct Task<'a> {
    pub part: &'a Part,
    pub question: &'a str,
    pub language: Lang,
    pub guard: Guard<'a>,
    /// When the turn began, for the time to the first token.
    pub started: Instant,
}

impl Writer {
    pub fn new(model: Arc<dyn LanguageModel>, shop: &str, options: WriterOptions) -> Result<Writer> {
        Ok(Writer { model, prompts: Prompts::shipped()?, shop: shop.to_owned(), options })
    }

    pub fn model_name(&self) -> &str {
        self.model.name()
    }

    /// The part in the model's words, or `None` where it is better rendered.
    pub async fn word(&self, task: &Task<'_>, wording: &mut Wording, timings: &mut Timings) -> Option<Checked> {
        let deadline = clock::instant() + self.options.deadline;
        let wanted = Wanted { shop: &self.shop, question: task.question, answer: &task.part.prose };
        let messages = match self.prompts.word(task.language, &wanted) {
            Ok(messages) => messages,
            Err(error) => {
                wording.model_error = Some(format!("{error:#}"));
                return None;
            }
        };
        let grammar = grammar::for_part(task.part, task.language, task.guard.lexicon);
        for attempt in 0..2u64 {
            if attempt > 0 && deadline.saturating_duration_since(clock::instant()) < RETRY_TIME_MIN {
                break;
            }
            let mut request = Request::new(messages.clone());
            request.grammar = Some(Grammar::Lark(grammar.clone()));
            request.tokens_max = self.options.tokens_max;
            request.deadline = Some(deadline);
            let temperature = if attempt > 0 { RETRY_TEMPERATURE } else { self.options.temperature };
            if temperature > 0.0 {
                request.sampling = Sampling::Temperature { temperature, seed: self.options.seed + attempt };
            }
            match self.draft(request, task, timings).await {
                Ok(draft) => {
                    let draft = tidy(draft);
                    let before = clock::instant();
                    let verdict = task.guard.worded(&draft, task.part);
                    timings.guard += clock::instant() - before;
                    wording.drafts.push(draft);
                    match verdict {
                        Ok(checked) => {
                            wording.by = WordedBy::Model;
                            wording.guard = if attempt > 0 { Verdict::Retried } else { Verdict::Passed };
                            return Some(checked);
                        }
                        Err(objections) => wording.objections.push(objections),
                    }
                }
                Err(reason) => {
                    wording.model_error = Some(reason);
                    break;
                }
            }
        }
        wording.guard = Verdict::FellBack;
        None
    }

    async fn draft(&self, request: Request, task: &Task<'_>, timings: &mut Timings) -> Result<String, String> {
        let mut generation = self.model.start(request).map_err(|refused| refused.to_string())?;
        while let Some(event) = generation.next().await {
            match event {
                Event::Text(_) => {
                    timings.first_token.get_or_insert_with(|| clock::instant() - task.started);
                }
                Event::Done(done) => {
                    tracing::debug!(?done, "worded");
                    return if !done.stop.is_complete() {
                        Err(format!("the reply was cut: {:?}", done.stop))
                    } else if done.mean_logprob < FORCED_LOGPROB_MIN {
                        Err(format!(
                            "the model had to be forced (mean log-probability {:.2}): {}",
                            done.mean_logprob, done.text
                        ))
                    } else {
                        Ok(done.text)
                    };
                }
                Event::Failed(error) => return Err(error.to_string()),
            }
        }
        Err("the model said nothing".to_owned())
    }
}
