//! The thread that owns the context and answers one request after the other: place the prompt in the cache, prefill in
//! chunks, decode token by token, with a look at cancellation and deadline before each step.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use llama_cpp_2::DecodeError;
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::{LlamaLoraAdapter, LlamaModel};
use llama_cpp_2::token::LlamaToken;

use super::grammar::{Constraint, Grammars};
use super::template::Template;
use super::{EngineOptions, LoadError, context_params, log};
use crate::llm::generation::{Completion, Sink};
use crate::llm::queue::Waiter;
use crate::llm::residents::Residents;
use crate::llm::sampling::{self, Random, Sampling};
use crate::llm::utf8::Utf8;
use crate::llm::{Class, EngineError, Request, Stop};

/// A request in the queue, in the span that it was asked in.
pub(super) struct Job {
    pub(super) request: Request,
    pub(super) sink: Sink,
    pub(super) span: tracing::Span,
}

impl Waiter for Job {
    fn class(&self) -> Class {
        self.request.class
    }

    fn is_gone(&self) -> bool {
        self.sink.interrupted().is_some()
    }

    fn dismiss(self) {
        let stop = self.sink.interrupted().unwrap_or(Stop::Cancelled);
        self.span.in_scope(|| tracing::debug!(?stop, "request skipped before it was begun"));
        self.sink.done(stop);
    }
}

pub(super) struct Worker<'model> {
    model: &'model LlamaModel,
    context: LlamaContext<'model>,
    batch: LlamaBatch<'static>,
    chunk_tokens: usize,
    residents: Residents,
    template: Template,
    grammars: Grammars,
    stopping: Arc<AtomicBool>,
    /// The context refers to it as long as it lives.
    _adapter: Option<LlamaLoraAdapter>,
}

impl<'model> Worker<'model> {
    pub(super) fn new(
        backend: &LlamaBackend,
        model: &'model LlamaModel,
        template: Template,
        mut adapter: Option<LlamaLoraAdapter>,
        options: &EngineOptions,
        stopping: Arc<AtomicBool>,
    ) -> Result<Self, LoadError> {
        let failed = |_| LoadError::Context { context_tokens: options.context_tokens, reason: log::take_complaints() };
        let mut context = model.new_context(backend, context_params(options)).map_err(failed)?;
        if let Some(adapter) = &mut adapter {
            let path = options.adapter.clone().unwrap_or_default();
            context.lora_adapter_set(adapter, 1.0).map_err(|_| LoadError::Adapter(path))?;
        }
        let chunk_tokens = options.prefill_chunk_tokens.max(1);
        Ok(Self {
            model,
            context,
            batch: LlamaBatch::new(chunk_tokens, 1),
            chunk_tokens,
            residents: Residents::new(options.sequences, !model.is_recurrent() && !model.is_hybrid()),
            template,
            grammars: Grammars::of(model)?,
            stopping,
            _adapter: adapter,
        })
    }

    pub(super) fn context_tokens(&self) -> usize {
        usize::try_from(self.context.n_ctx()).unwrap_or(usize::MAX)
    }

    /// Answers one request. Whatever goes wrong with it, the next can be answered.
    pub(super) fn run(&mut self, job: Job) {
        let Job { request, mut sink, span } = job;
        let _entered = span.enter();
        sink.taken();
        let outcome = catch_unwind(AssertUnwindSafe(|| self.answer(&request, &mut sink)));
        let outcome = outcome.unwrap_or_else(|_| Err(EngineError::Compute("it panicked".into())));
        match outcome {
            Ok(stop) => report(&sink.done(stop)),
            Err(error) => {
                if matches!(error, EngineError::Compute(_)) {
                    // What the cache holds is not known any more.
                    self.context.clear_kv_cache();
                    self.residents.forget_all();
                }
                tracing::warn!(%error, "request failed");
                sink.failed(error);
            }
        }
    }

    fn answer(&mut self, request: &Request, sink: &mut Sink) -> Result<Stop, EngineError> {
        let prompt = self.template.tokens(self.model, &request.messages)?;
        let prompt_tokens = prompt.len();
        sink.usage.prompt_tokens = prompt_tokens;
        let room = self.context_tokens().saturating_sub(prompt_tokens);
        if room == 0 || prompt_tokens == 0 {
            return Err(EngineError::PromptTooLong { prompt_tokens, context_tokens: self.context_tokens() });
        }
        let constraint = request.grammar.as_ref().map(|grammar| self.grammars.compile(grammar)).transpose()?;
        let mut chooser = Chooser::new(request.sampling, constraint);
        let sequence = self.place(&prompt)?;
        let reused = self.residents.len(sequence);
        sink.usage.reused_tokens = reused;
        let stop = match self.prefill(sequence, prompt.get(reused..).unwrap_or_default(), sink)? {
            Some(stop) => stop,
            None => self.decode(sequence, request.tokens_max.min(room), &mut chooser, sink)?,
        };
        if let Some(constraint) = chooser.constraint {
            sink.grammar_setup = constraint.setup;
            sink.grammar_masks = constraint.masks;
        }
        Ok(stop)
    }

    /// Makes the cache hold the part of the prompt that is there already, and no more, in the sequence returned.
    fn place(&mut self, prompt: &[LlamaToken]) -> Result<usize, EngineError> {
        let ids: Vec<i32> = prompt.iter().map(|token| token.0).collect();
        let placement = self.residents.place(&ids);
        let (sequence, reused) = (id(placement.sequence)?, id(placement.reused)?);
        let cut = match placement.copy_from {
            None => self.context.clear_kv_cache_seq(Some(sequence), Some(reused), None),
            Some(source) => {
                let (source, target) = (id(source)?, id(placement.sequence)?);
                let cut = self.context.clear_kv_cache_seq(Some(sequence), None, None);
                let copied = self.context.copy_kv_cache_seq(source, target, Some(0), Some(reused));
                copied.and(cut)
            }
        };
        if !cut.map_err(compute)? {
            // The cache can't be cut there: begin anew.
            self.context.clear_kv_cache_seq(Some(sequence), None, None).map_err(compute)?;
            self.residents.forget(placement.sequence);
        }
        Ok(placement.sequence)
    }

    /// Computes the rest of the prompt; `Some` if it was interrupted.
    fn prefill(
        &mut self,
        sequence: usize,
        tokens: &[LlamaToken],
        sink: &mut Sink,
    ) -> Result<Option<Stop>, EngineError> {
        for chunk in tokens.chunks(self.chunk_tokens) {
            if let Some(stop) = self.interrupted(sink)? {
                return Ok(Some(stop));
            }
            self.compute(sequence, chunk)?;
            sink.usage.prefilled_tokens += chunk.len();
        }
        Ok(None)
    }

    fn decode(
        &mut self,
        sequence: usize,
        tokens_max: usize,
        chooser: &mut Chooser,
        sink: &mut Sink,
    ) -> Result<Stop, EngineError> {
        let vocab = self.model.vocab();
        let mut utf8 = Utf8::default();
        loop {
            if sink.usage.decoded_tokens >= tokens_max {
                return Ok(Stop::TokensMax);
            }
            if let Some(stop) = self.interrupted(sink)? {
                return Ok(stop);
            }
            let logits = self.context.get_logits_ith(self.batch.n_tokens() - 1);
            let (token, logprob) = chooser.choose(logits, |token| vocab.is_eog(token))?;
            sink.token(logprob);
            if vocab.is_eog(token) {
                sink.text(utf8.finish());
                return Ok(Stop::EndOfTurn);
            }
            sink.text(utf8.push(&vocab.token_to_piece(token, false, None)));
            if chooser.accept(token)? {
                sink.text(utf8.finish());
                return Ok(Stop::GrammarEnd);
            }
            self.compute(sequence, &[token])?;
        }
    }

    fn interrupted(&self, sink: &Sink) -> Result<Option<Stop>, EngineError> {
        if self.stopping.load(Ordering::SeqCst) {
            return Err(EngineError::Stopped);
        }
        Ok(sink.interrupted())
    }

    /// Appends tokens to a sequence; the logits of the last are there afterwards. Where the cache is full, the
    /// sequences that were not used for longest give way.
    fn compute(&mut self, sequence: usize, tokens: &[LlamaToken]) -> Result<(), EngineError> {
        let start = self.residents.len(sequence);
        self.batch.clear();
        for (index, token) in tokens.iter().enumerate() {
            let position = id(start + index)?;
            self.batch.add(*token, position, &[id(sequence)?], index + 1 == tokens.len()).map_err(compute)?;
        }
        while let Err(error) = self.context.decode(&mut self.batch) {
            if error != DecodeError::NoKvCacheSlot {
                return Err(compute(error));
            }
            let evicted = self.residents.evict_but(sequence).ok_or_else(|| compute(&error))?;
            self.context.clear_kv_cache_seq(Some(id(evicted)?), None, None).map_err(compute)?;
        }
        let ids: Vec<i32> = tokens.iter().map(|token| token.0).collect();
        self.residents.append(sequence, &ids);
        Ok(())
    }
}

/// Chooses the next token of one reply.
struct Chooser {
    sampling: Sampling,
    random: Random,
    constraint: Option<Constraint>,
    masked: Vec<f32>,
}

impl Chooser {
    fn new(sampling: Sampling, constraint: Option<Constraint>) -> Self {
        let seed = match sampling {
            Sampling::Greedy => 0,
            Sampling::Temperature { seed, .. } => seed,
        };
        Self { sampling, random: Random::new(seed), constraint, masked: Vec::new() }
    }

    /// The token, and the logarithm of its probability in the unconstrained distribution.
    fn choose(
        &mut self,
        logits: &[f32],
        ends_turn: impl Fn(LlamaToken) -> bool,
    ) -> Result<(LlamaToken, f32), EngineError> {
        let index = match &mut self.constraint {
            None => self.pick(logits),
            Some(constraint) => {
                // Mostly the model keeps to the grammar by itself. Then its first choice is the constrained one too,
                // and the mask of the whole vocabulary need not be made.
                if self.sampling == Sampling::Greedy
                    && let Some(index) = sampling::greedy(logits)
                    && constraint.allows(id(index)?, ends_turn(LlamaToken(id(index)?)))?
                {
                    Some(index)
                } else {
                    let mut masked = std::mem::take(&mut self.masked);
                    constraint.mask(logits, &mut masked)?;
                    let index = self.pick(&masked);
                    self.masked = masked;
                    index
                }
            }
        };
        let index = index.ok_or_else(|| compute("there is no token to choose"))?;
        Ok((LlamaToken(id(index)?), sampling::logprob(logits, index)))
    }

    fn pick(&mut self, logits: &[f32]) -> Option<usize> {
        match self.sampling {
            Sampling::Greedy => sampling::greedy(logits),
            Sampling::Temperature { temperature, .. } => sampling::draw(logits, temperature, &mut self.random),
        }
    }

    /// Takes the token into the reply; true: the grammar has ended.
    fn accept(&mut self, token: LlamaToken) -> Result<bool, EngineError> {
        match &mut self.constraint {
            None => Ok(false),
            Some(constraint) => constraint.accept(id(token.0)?),
        }
    }
}

/// Token ids, positions and sequences are small; llama.cpp and llguidance want them in different types.
fn id<Wide, Narrow>(number: Wide) -> Result<Narrow, EngineError>
where
    Narrow: TryFrom<Wide>,
    Narrow::Error: std::fmt::Display,
{
    Narrow::try_from(number).map_err(compute)
}

fn compute(error: impl std::fmt::Display) -> EngineError {
    EngineError::Compute(error.to_string())
}

fn report(completion: &Completion) {
    let usage = completion.usage;
    tracing::debug!(
        stop = ?completion.stop,
        prompt_tokens = usage.prompt_tokens,
        reused_tokens = usage.reused_tokens,
        decoded_tokens = usage.decoded_tokens,
        queued_ms = completion.queued.as_millis(),
        first_token_ms = completion.first_token.as_millis(),
        total_ms = completion.total.as_millis(),
        "request answered"
    );
}
