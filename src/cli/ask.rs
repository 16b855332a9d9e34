//! `floorwalker ask`: one question, or a file of them.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde::{Deserialize, Serialize};

use super::{Setup, writer};
use crate::domain::{Fact, Lang, PlanKind};
use crate::turn::assistant::{Verdict, WordedBy};
use crate::turn::word::Writer;
use crate::turn::{Assistant, Conversation, Message, Outcome};

#[derive(Args, Debug)]
pub struct AskArgs {
    /// The question; leave it out with --batch.
    pub question: Option<String>,
    /// Questions from a file, one JSON object a line: {"id","question"} or {"id","turns":["…","…"]}, optional "customer".
    #[arg(long, value_name = "FILE")]
    pub batch: Option<PathBuf>,
    /// One JSON object a reply.
    #[arg(long)]
    pub json: bool,
    /// A customer id or e-mail that is taken as proven.
    #[arg(long)]
    pub customer: Option<String>,
    /// Varies the wordings.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Adds the turn's trace to the JSON.
    #[arg(long)]
    pub trace: bool,
}

/// One line of a batch.
#[derive(Deserialize)]
struct Line {
    id: serde_json::Value,
    #[serde(default)]
    question: Option<String>,
    #[serde(default)]
    turns: Vec<String>,
    #[serde(default)]
    customer: Option<String>,
}

/// One reply as JSON.
#[derive(Serialize)]
struct Answered<'a> {
    id: &'a serde_json::Value,
    reply: &'a str,
    language: Lang,
    plan: Vec<PlanKind>,
    products: Vec<String>,
    facts: Vec<&'a Fact>,
    sources: Vec<String>,
    worded_by: WordedBy,
    guard: Verdict,
    handoff: bool,
    timings_ms: BTreeMap<&'static str, f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<&'a crate::turn::assistant::Trace>,
}

pub fn run(args: &AskArgs, setup: &Setup, out: &mut dyn Write) -> Result<super::Outcome> {
    let assistant = setup.open_assistant()?;
    let writer = writer::open(setup, &assistant.shop.name)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(answer(args, &assistant, writer.as_ref(), out))?;
    Ok(super::Outcome::Done)
}

async fn answer(args: &AskArgs, assistant: &Assistant, writer: Option<&Writer>, out: &mut dyn Write) -> Result<()> {
    match (&args.question, &args.batch) {
        (Some(question), None) => {
            let mut conversation = Conversation::default();
            let outcome =
                ask(assistant, &mut conversation, question, args.customer.as_deref(), args.seed, writer).await;
            print(args, &serde_json::Value::String("1".to_owned()), &outcome, out)
        }
        (None, Some(file)) => batch(args, file, assistant, writer, out).await,
        _ => bail!("ask needs a question or --batch FILE, and not both"),
    }
}

async fn ask(
    assistant: &Assistant,
    conversation: &mut Conversation,
    text: &str,
    customer: Option<&str>,
    seed: u64,
    writer: Option<&Writer>,
) -> Outcome {
    assistant.respond(conversation, Message { text, customer, seed }, writer, &mut |_| {}).await
}

async fn batch(
    args: &AskArgs,
    file: &Path,
    assistant: &Assistant,
    writer: Option<&Writer>,
    out: &mut dyn Write,
) -> Result<()> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    for (number, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let number = number + 1;
        let line: Line = serde_json::from_str(line).with_context(|| {
            format!("{}, line {number}: expected {{\"id\",\"question\"}} or {{\"id\",\"turns\":[…]}}", file.display())
        })?;
        let turns: Vec<&String> = line.question.iter().chain(&line.turns).collect();
        let customer = line.customer.as_deref().or(args.customer.as_deref());
        let mut conversation = Conversation::default();
        let mut last = None;
        for turn in turns {
            last = Some(ask(assistant, &mut conversation, turn, customer, args.seed, writer).await);
        }
        let Some(outcome) = last else { bail!("{}, line {number}: no question and no turns", file.display()) };
        print(args, &line.id, &outcome, out)?;
    }
    Ok(())
}

fn print(args: &AskArgs, id: &serde_json::Value, outcome: &Outcome, out: &mut dyn Write) -> Result<()> {
    if !args.json {
        return Ok(writeln!(out, "{}", outcome.reply.text())?);
    }
    let ms = |d: std::time::Duration| (d.as_secs_f64() * 1e6).round() / 1e3;
    let t = &outcome.timings;
    let mut timings_ms = BTreeMap::from([
        ("understand", ms(t.understand)),
        ("plan", ms(t.plan)),
        ("word", ms(t.word)),
        ("guard", ms(t.guard)),
        ("total", ms(t.total)),
    ]);
    if let Some(first) = t.first_token {
        timings_ms.insert("first_token", ms(first));
    }
    let answered = Answered {
        id,
        reply: outcome.reply.text(),
        language: outcome.language,
        plan: outcome.plans(),
        products: outcome.products(),
        facts: outcome.facts(),
        sources: outcome.sources(),
        worded_by: outcome.worded_by,
        guard: outcome.guard,
        handoff: outcome.handed_off(),
        timings_ms,
        trace: args.trace.then_some(&outcome.trace),
    };
    Ok(writeln!(out, "{}", serde_json::to_string(&answered)?)?)
}
