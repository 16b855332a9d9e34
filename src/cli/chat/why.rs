//! `/why`: the trace of a turn, for people. It reads the trace as the store keeps it, so that it works after a restart
//! too.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use crate::domain::Part;

#[derive(Deserialize)]
struct Trace {
    message: String,
    language: String,
    #[serde(default)]
    mended: Vec<(String, String)>,
    clauses: Vec<Clause>,
    parts: Vec<Part>,
    wordings: Vec<Wording>,
    catalog: String,
    model: Option<String>,
    timings: Timings,
}

#[derive(Deserialize)]
struct Clause {
    text: String,
    asks: Vec<Value>,
    products: Vec<String>,
    decided_by: String,
    confidence: f64,
}

#[derive(Deserialize)]
struct Wording {
    by: String,
    guard: String,
    drafts: Vec<String>,
    objections: Vec<Vec<Objection>>,
    model_error: Option<String>,
}

#[derive(Deserialize)]
struct Objection {
    claim: String,
    why: String,
}

#[derive(Deserialize)]
struct Timings {
    understand: Duration,
    plan: Duration,
    word: Duration,
    guard: Duration,
    first_token: Option<Duration>,
    total: Duration,
}

pub fn print(trace: &Value, out: &mut dyn Write) -> Result<()> {
    let trace = Trace::deserialize(trace).context("the trace was written by another version of Floorwalker")?;
    writeln!(out, "message   {} ({})", trace.message, trace.language)?;
    for (written, read) in &trace.mended {
        writeln!(out, "          `{written}` was read as `{read}`")?;
    }
    for clause in &trace.clauses {
        print_clause(clause, out)?;
    }
    for (at, part) in trace.parts.iter().enumerate() {
        print_part(part, trace.wordings.get(at), out)?;
    }
    let t = &trace.timings;
    let first = t.first_token.map(|d| format!(", first token after {}", ms(d))).unwrap_or_default();
    writeln!(
        out,
        "time      {} in all: understanding {}, planning {}, wording {}, guard {}{first}",
        ms(t.total),
        ms(t.understand),
        ms(t.plan),
        ms(t.word),
        ms(t.guard)
    )?;
    let model = trace.model.as_deref().unwrap_or("none");
    Ok(writeln!(out, "with      catalog {}, model {model}", trace.catalog)?)
}

fn print_clause(clause: &Clause, out: &mut dyn Write) -> Result<()> {
    let asks: Vec<String> = clause.asks.iter().map(ask).collect();
    let asks = if asks.is_empty() { "nothing".to_owned() } else { asks.join(", ") };
    writeln!(
        out,
        "read      `{}` asks {asks} (by {}, {:.0} %)",
        clause.text,
        clause.decided_by,
        100.0 * clause.confidence
    )?;
    if !clause.products.is_empty() {
        writeln!(out, "          about {}", clause.products.join(", "))?;
    }
    Ok(())
}

/// `price`, or `attribute weight` for an intent that carries more.
fn ask(ask: &Value) -> String {
    match ask {
        Value::String(name) => name.clone(),
        Value::Object(map) => map.iter().map(|(name, more)| format!("{name} {}", plain(more))).collect(),
        other => other.to_string(),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(map) => map.values().filter(|v| !v.is_null()).map(plain).collect::<Vec<_>>().join(" "),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(" "),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn print_part(part: &Part, wording: Option<&Wording>, out: &mut dyn Write) -> Result<()> {
    let plan = serde_json::to_value(part.plan)?;
    writeln!(out, "plan      {}, from {}", plain(&plan), listed(&part.sources))?;
    for fact in &part.facts {
        writeln!(out, "  fact    {}: {} = {}", fact.subject, fact.attribute, fact.value)?;
    }
    let Some(wording) = wording else { return Ok(()) };
    writeln!(out, "  words   by {}, guard {}", wording.by, wording.guard.replace('_', " "))?;
    for (at, draft) in wording.drafts.iter().enumerate() {
        writeln!(out, "  draft   {draft}")?;
        for objection in wording.objections.get(at).into_iter().flatten() {
            writeln!(out, "          refused: `{}`, {}", objection.claim, objection.why.replace('_', " "))?;
        }
    }
    for objection in wording.objections.iter().skip(wording.drafts.len()).flatten() {
        writeln!(out, "  refused `{}`, {}", objection.claim, objection.why.replace('_', " "))?;
    }
    if let Some(error) = &wording.model_error {
        writeln!(out, "  model   {error}")?;
    }
    Ok(())
}

fn listed(sources: &[String]) -> String {
    if sources.is_empty() { "nothing but the question".to_owned() } else { sources.join(", ") }
}

fn ms(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1e3)
}
