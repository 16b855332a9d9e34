//! `bench answer`: whole answers with the model, as a shopper waits for them.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};

use super::{head, row};
use crate::cli::gallery::{Scene, scenes};
use crate::cli::{Setup, writer};
use crate::llm::LanguageModel;
use crate::turn::assistant::WordedBy;
use crate::turn::word::Writer;
use crate::turn::{Assistant, Conversation, Message, Outcome};

/// One turn as measured.
struct Run {
    total: Duration,
    first_token: Option<Duration>,
    /// The model was asked.
    asked: bool,
    by_model: bool,
    /// Tokens a second between the first and the last, of a turn with a single draft.
    tokens_per_s: Option<f64>,
}

pub fn run(questions: &Path, setup: &Setup, out: &mut dyn Write) -> Result<()> {
    let scenes = scenes(&setup.working_dir.join(questions))?;
    let assistant = setup.open_assistant()?;
    let model = writer::open_model(setup)?.context("this measures a model: name one with --model")?;
    let writer = writer::writer(setup, &assistant.shop.name, Arc::clone(&model))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // The first answer computes the prompt's prefix, which the others find in the cache.
    if let Some(first) = scenes.first() {
        runtime.block_on(play(first, &assistant, &writer, model.as_ref()));
    }
    let runs: Vec<Run> =
        scenes.iter().flat_map(|s| runtime.block_on(play(s, &assistant, &writer, model.as_ref()))).collect();
    print(&runs, model.name(), out)
}

fn print(runs: &[Run], model: &str, out: &mut dyn Write) -> Result<()> {
    let asked: Vec<&Run> = runs.iter().filter(|r| r.asked).collect();
    writeln!(out, "{} turns, {} of them worded with {model}\n", runs.len(), asked.len())?;
    head(out)?;
    row("whole answer", runs.iter().map(|r| r.total).collect(), out)?;
    row("with model", asked.iter().map(|r| r.total).collect(), out)?;
    row("first token", asked.iter().filter_map(|r| r.first_token).collect(), out)?;
    let passed = asked.iter().filter(|r| r.by_model).count();
    writeln!(out, "\nworded by the model and passed: {:.0} %", 100.0 * passed as f64 / asked.len().max(1) as f64)?;
    let mut speeds: Vec<f64> = asked.iter().filter_map(|r| r.tokens_per_s).collect();
    speeds.sort_by(f64::total_cmp);
    match speeds.get(speeds.len() / 2) {
        Some(median) => writeln!(out, "decoding under the grammar: {median:.0} tokens/s (median)")?,
        None => writeln!(out, "decoding: no single-draft turn to measure it by")?,
    }
    Ok(())
}

async fn play(scene: &Scene, assistant: &Assistant, writer: &Writer, model: &dyn LanguageModel) -> Vec<Run> {
    let mut conversation = Conversation::default();
    let mut runs = Vec::new();
    for text in &scene.turns {
        let message = Message { text, customer: scene.customer.as_deref(), seed: 1 };
        let outcome = assistant.respond(&mut conversation, message, Some(writer), &mut |_| {}).await;
        runs.push(measured(&outcome, model));
    }
    runs
}

fn measured(outcome: &Outcome, model: &dyn LanguageModel) -> Run {
    let t = &outcome.timings;
    let drafts: Vec<&String> = outcome.trace.wordings.iter().flat_map(|w| &w.drafts).collect();
    let speed = match (drafts.as_slice(), t.first_token) {
        ([draft], Some(first)) => {
            let decoding = (t.understand + t.plan + t.word).saturating_sub(first + t.guard).as_secs_f64();
            let tokens = model.count_tokens(draft).saturating_sub(1) as f64;
            (decoding > 0.0).then(|| tokens / decoding)
        }
        _ => None,
    };
    Run {
        total: t.total,
        first_token: t.first_token,
        asked: !drafts.is_empty() || t.first_token.is_some(),
        by_model: outcome.worded_by == WordedBy::Model,
        tokens_per_s: speed,
    }
}
