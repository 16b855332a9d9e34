//! The corpus of right replies that the guard is measured on: what the planner answers to the question sets.

pub mod mutate;

use std::path::{Path, PathBuf};

use floorwalker::catalog::shop::Shop;
use floorwalker::domain::{Lang, Part};
use floorwalker::turn::guard::{Guard, Objection};
use floorwalker::turn::{Assistant, Conversation, Message};
use serde::Deserialize;

pub const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[derive(Deserialize)]
struct Dialogue {
    id: String,
    turns: Vec<String>,
}

/// One part of a right reply and where it came from: question id, number of the part within the dialogue.
pub struct Case {
    pub id: String,
    pub index: usize,
    pub question: String,
    pub language: Lang,
    pub part: Part,
    /// The messages before the question, for asking it again in the other language.
    before: Vec<String>,
    seed: u64,
    /// Number of the part within its turn.
    within: usize,
}

impl Case {
    pub fn key(&self) -> String {
        format!("{}/{}", self.id, self.index)
    }
}

pub fn assistant() -> Assistant {
    Assistant::new(Shop::open(Some(&Path::new(ROOT).join("config/sample-shop")), None).unwrap())
}

/// Every part that the planner answers the two question sets with, in their order.
pub fn corpus(assistant: &Assistant) -> Vec<Case> {
    let mut cases = Vec::new();
    for file in ["shop.jsonl", "redteam.jsonl"] {
        let text = std::fs::read_to_string(Path::new(ROOT).join("tests/data").join(file)).unwrap();
        for (seed, line) in text.lines().enumerate() {
            let dialogue: Dialogue = serde_json::from_str(line).unwrap();
            cases.extend(played(assistant, &dialogue, seed as u64));
        }
    }
    cases
}

fn played(assistant: &Assistant, dialogue: &Dialogue, seed: u64) -> Vec<Case> {
    let mut conversation = Conversation::default();
    let mut cases = Vec::new();
    for (number, turn) in dialogue.turns.iter().enumerate() {
        let reading = assistant.read(turn);
        let message = Message { text: turn, customer: None, seed };
        let (language, parts) = assistant.plan(&mut conversation, message, &reading);
        for (within, part) in parts.into_iter().enumerate() {
            let (id, question) = (dialogue.id.clone(), turn.clone());
            let before = dialogue.turns[..number].to_vec();
            cases.push(Case { id, index: cases.len(), question, language, part, before, seed, within });
        }
    }
    cases
}

/// The rendering of the same part had the shopper asked in the other language.
pub fn in_the_other_language(assistant: &Assistant, case: &Case) -> Option<String> {
    let mut conversation = Conversation::default();
    let other = if case.language == Lang::En { Lang::Zh } else { Lang::En };
    let mut parts = Vec::new();
    for turn in case.before.iter().chain([&case.question]) {
        let mut reading = assistant.read(turn);
        reading.language = Some(other);
        parts = assistant.plan(&mut conversation, Message { text: turn, customer: None, seed: case.seed }, &reading).1;
    }
    parts.get(case.within).map(Part::rendered)
}

/// What the guard has against a text, as one line.
pub fn objections(guard: Guard<'_>, text: &str, part: &Part) -> Option<String> {
    let told = |o: &Objection| format!("{:?} `{}`", o.why, o.claim);
    guard.check(text, part).err().map(|all| all.iter().map(told).collect::<Vec<_>>().join(", "))
}

/// Where the tests leave their reports.
pub fn report(name: &str, text: &str) {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join(name), text).unwrap();
    println!("report: {}", dir.join(name).display());
}
