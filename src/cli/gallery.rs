//! `floorwalker gallery`: asks a committed list of conversations and writes them down with their replies, for people to
//! read. Nothing in it depends on the time or on chance.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use serde::Deserialize;

use super::{Outcome, Setup, note, writer};
use crate::domain::Lang;
use crate::turn::assistant::{Verdict, WordedBy};
use crate::turn::word::Writer;
use crate::turn::{Assistant, Conversation, Message};

#[derive(Args, Debug)]
pub struct Arguments {
    /// The conversations, one JSON object a line: {"title","turns":["…"]}, optional "customer"
    #[arg(long, value_name = "FILE", default_value = "docs/gallery.jsonl")]
    from: PathBuf,
    /// Where they are written with their replies
    #[arg(long, value_name = "FILE", default_value = "docs/gallery.md")]
    to: PathBuf,
}

/// One conversation of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    pub title: String,
    pub turns: Vec<String>,
    #[serde(default)]
    pub customer: Option<String>,
}

/// The wordings are those of a shopper who comes first.
const SEED: u64 = 1;

pub fn run(arguments: &Arguments, setup: &Setup, out: &mut dyn Write) -> Result<Outcome> {
    let scenes = scenes(&setup.working_dir.join(&arguments.from))?;
    let assistant = setup.open_assistant()?;
    let writer = writer::open(setup, &assistant.shop.name)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut replies = Vec::new();
    for (at, scene) in scenes.iter().enumerate() {
        replies.push(runtime.block_on(play(scene, &assistant, writer.as_ref())));
        if (at + 1) % 10 == 0 {
            note(&format!("{} of {} conversations", at + 1, scenes.len()));
        }
    }
    let tally = Tally::of(&replies);
    let page = page(&assistant, writer.as_ref(), &scenes, &replies, &tally);
    let to = setup.working_dir.join(&arguments.to);
    fs::write(&to, page).with_context(|| format!("cannot write {}", to.display()))?;
    writeln!(out, "{} conversations in {}. {}", scenes.len(), to.display(), tally.line())?;
    Ok(Outcome::Done)
}

/// The conversations of a list, in its order.
pub fn scenes(file: &Path) -> Result<Vec<Scene>> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| serde_json::from_str(line).with_context(|| format!("{}, line {}", file.display(), at + 1)))
        .collect()
}

/// What is shown of a reply.
struct Replied {
    language: Lang,
    text: String,
    plans: String,
    sources: String,
    worded_by: WordedBy,
    guard: Verdict,
    /// Whether the model was asked at all: fixed messages are never reworded.
    wordable: bool,
}

async fn play(scene: &Scene, assistant: &Assistant, writer: Option<&Writer>) -> Vec<Replied> {
    let mut conversation = Conversation::default();
    let mut replies = Vec::new();
    for text in &scene.turns {
        let message = Message { text, customer: scene.customer.as_deref(), seed: SEED };
        let outcome = assistant.respond(&mut conversation, message, writer, &mut |_| {}).await;
        let plans: Vec<String> = outcome.plans().iter().map(snake).collect();
        replies.push(Replied {
            language: outcome.language,
            text: outcome.reply.text().to_owned(),
            plans: plans.join(", "),
            sources: outcome.sources().join(", "),
            worded_by: outcome.worded_by,
            guard: outcome.guard,
            wordable: outcome.parts.iter().any(|part| part.wordable),
        });
    }
    replies
}

fn snake(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

struct Tally {
    wordable: [usize; 2],
    by_model: [usize; 2],
}

impl Tally {
    fn of(replies: &[Vec<Replied>]) -> Tally {
        let count = |of: &dyn Fn(&Replied) -> bool| {
            Lang::ALL.map(|lang| replies.iter().flatten().filter(|r| r.language == lang && of(r)).count())
        };
        Tally { wordable: count(&|r| r.wordable), by_model: count(&|r| r.wordable && r.worded_by == WordedBy::Model) }
    }

    fn line(&self) -> String {
        let each = Lang::ALL.iter().zip(self.by_model.iter().zip(&self.wordable));
        let each = each.map(|(lang, (model, all))| format!("{model} of {all} in {lang}")).collect::<Vec<_>>();
        format!("The model worded {} of the replies that it may word.", each.join(", "))
    }
}

fn page(
    assistant: &Assistant,
    writer: Option<&Writer>,
    scenes: &[Scene],
    replies: &[Vec<Replied>],
    tally: &Tally,
) -> String {
    let model = writer.map_or("no model", Writer::model_name);
    let mut page = format!(
        "# Gallery\n\n{} conversations with the shop {}, written by `floorwalker gallery` with {model}. Under each reply: \
         its plan, who worded it, and where its facts come from.\n",
        scenes.len(),
        assistant.shop.name
    );
    if writer.is_some() {
        page.push_str(&format!("{}\n", tally.line()));
    }
    for (at, (scene, replies)) in scenes.iter().zip(replies).enumerate() {
        page.push_str(&format!("\n## {}. {}\n", at + 1, scene.title));
        if let Some(customer) = &scene.customer {
            page.push_str(&format!("\n(signed in as {customer})\n"));
        }
        for (question, reply) in scene.turns.iter().zip(replies) {
            let lines: Vec<String> = reply.text.lines().map(|l| format!("> {l}").trim_end().to_owned()).collect();
            page.push_str(&format!("\n**{question}**\n\n{}\n\n{}\n", lines.join("  \n"), reply.caption()));
        }
    }
    page
}

impl Replied {
    fn caption(&self) -> String {
        let words = match (self.worded_by, self.guard) {
            (WordedBy::Model, Verdict::Retried) => "worded by the model at the second try",
            (WordedBy::Model, _) => "worded by the model",
            (WordedBy::Template, Verdict::FellBack) => "rendered (the guard refused the model's words)",
            (WordedBy::Template, _) => "rendered",
        };
        let sources = if self.sources.is_empty() { String::new() } else { format!(" · {}", self.sources) };
        format!("*{} · {words}{sources}*", self.plans)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::cli::tests::{SAMPLE_SHOP, floorwalker};
    use crate::text::is_han;

    const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/gallery.jsonl");

    #[test]
    fn the_committed_list_has_forty_conversations_in_both_languages_and_some_go_on() {
        let scenes = scenes(Path::new(LIST)).unwrap();
        let zh = scenes.iter().filter(|s| s.turns.iter().any(|t| t.chars().any(is_han))).count();
        assert!(scenes.len() >= 40 && zh >= 15 && scenes.len() - zh >= 15, "{} and {zh}", scenes.len());
        assert!(scenes.iter().filter(|s| s.turns.len() > 1).count() >= 5);
    }

    #[test]
    fn the_same_list_gives_the_same_page() {
        let dir = tempfile::tempdir().unwrap();
        let list = "{\"title\":\"Price\",\"turns\":[\"how much is the fjell 2?\",\"how heavy is it?\"]}\n";
        fs::write(dir.path().join("list.jsonl"), list).unwrap();
        let page = |name: &str| {
            let line = ["gallery", "--from", "list.jsonl", "--to", name, "--shop", SAMPLE_SHOP, "--model", "none"];
            floorwalker(dir.path(), &line).unwrap();
            fs::read_to_string(dir.path().join(name)).unwrap()
        };
        let first = page("a.md");
        assert_eq!(first, page("b.md"));
        assert!(
            first.contains("## 1. Price\n\n**how much is the fjell 2?**\n\n> ") && first.contains("2.1 kg"),
            "{first}"
        );
        assert!(first.contains("*price · rendered · fjell-2*"), "{first}");
    }
}
