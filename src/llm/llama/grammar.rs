//! Constrained decoding by llguidance. What is the same for all grammars of a model (its tokens as a trie, the masks of
//! common token classes) is made once when the model is loaded; a request pays for its own grammar only.

use std::time::Duration;

use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::sampling::LlamaSampler;
use llguidance::api::TopLevelGrammar;
use llguidance::{Matcher, ParserFactory};

use super::LoadError;
use crate::llm::{EngineError, Grammar, now};

pub(super) struct Grammars {
    factory: ParserFactory,
}

impl Grammars {
    pub(super) fn of(model: &LlamaModel) -> Result<Self, LoadError> {
        let tokens = LlamaSampler::llguidance_tok_env(model);
        let mut factory =
            ParserFactory::new_simple(&tokens).map_err(|error| LoadError::Vocabulary(format!("{error:#}")))?;
        factory.quiet();
        Ok(Self { factory })
    }

    pub(super) fn compile(&self, grammar: &Grammar) -> Result<Constraint, EngineError> {
        let began = now();
        let grammar = match grammar {
            Grammar::Lark(source) => TopLevelGrammar::from_lark(source.clone()),
            Grammar::JsonSchema(schema) => TopLevelGrammar::from_json_schema(schema.clone()),
        };
        let matcher = Matcher::new(self.factory.create_parser(grammar));
        match matcher.get_error() {
            Some(error) => Err(EngineError::Grammar(error)),
            None => Ok(Constraint { matcher, setup: began.elapsed(), masks: Duration::ZERO }),
        }
    }
}

/// One request's grammar and where the reply stands in it.
pub(super) struct Constraint {
    matcher: Matcher,
    pub(super) setup: Duration,
    pub(super) masks: Duration,
}

impl Constraint {
    /// Whether one token may come next: much cheaper than the mask of all.
    pub(super) fn allows(&mut self, token: u32, ends_turn: bool) -> Result<bool, EngineError> {
        let began = now();
        let allowed = if ends_turn {
            self.matcher.is_accepting()
        } else {
            self.matcher.validate_tokens(&[token]).map(|valid| valid == 1)
        };
        self.masks += began.elapsed();
        allowed.map_err(broken)
    }

    /// Writes the logits of the allowed tokens, and negative infinity for all others.
    pub(super) fn mask(&mut self, logits: &[f32], masked: &mut Vec<f32>) -> Result<(), EngineError> {
        let began = now();
        masked.clear();
        masked.resize(logits.len(), f32::NEG_INFINITY);
        let mask = self.matcher.compute_mask_or_eos().map_err(broken)?;
        mask.iter_set_entries(|index| {
            if let (Some(slot), Some(logit)) = (masked.get_mut(index), logits.get(index)) {
                *slot = *logit;
            }
        });
        self.masks += began.elapsed();
        Ok(())
    }

    /// Takes a token into the reply; true: the grammar allows nothing after it.
    pub(super) fn accept(&mut self, token: u32) -> Result<bool, EngineError> {
        let began = now();
        let accepted = self.matcher.consume_token(token);
        self.masks += began.elapsed();
        accepted.map_err(broken)?;
        Ok(self.matcher.is_stopped())
    }
}

fn broken(error: impl std::fmt::Display) -> EngineError {
    EngineError::Grammar(error.to_string())
}
