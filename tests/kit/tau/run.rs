//! The run: the bot's binary over the question set, judged, as a table and as files under `target/`. Of the held half
//! only figures and false statements are shown, so that it stays unseen.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::judge::{Verdict, judge};
use super::read::Reply;
use super::{Question, Shop};

/// One question with its reply and verdict.
pub struct Case {
    pub question: Question,
    pub reply: Reply,
    pub verdict: Verdict,
}

impl Case {
    pub fn absent(&self) -> bool {
        self.question.kind.starts_with("absent")
    }

    fn json(&self) -> Value {
        let why = if let Verdict::WrongFact(why) = &self.verdict { Some(why) } else { None };
        let question = &self.question;
        json!({"id": question.id, "kind": question.kind, "lang": question.lang, "turns": question.turns, "verdict": self.verdict.name(),
            "why": why, "reply": self.reply.text, "plan": self.reply.plan, "wants": format!("{:?}", question.wants)})
    }
}

/// The batch file's line for a question.
pub fn batch_line(question: &Question) -> Value {
    match question.turns.as_slice() {
        [only] => json!({"id": question.id, "question": only}),
        turns => json!({"id": question.id, "turns": turns}),
    }
}

/// Asks the bot; panics with its stderr if it fails or leaves a question out.
pub fn ask(binary: &str, shop: &Shop, questions: &[Question], model: &str) -> Vec<Reply> {
    let dir = tempfile::tempdir().unwrap();
    let (batch, catalog) = (dir.path().join("questions.jsonl"), dir.path().join("catalog.jsonl"));
    std::fs::write(&batch, questions.iter().map(|q| batch_line(q).to_string() + "\n").collect::<String>()).unwrap();
    std::fs::write(&catalog, super::catalog(shop)).unwrap();
    let run = Command::new(binary)
        .args(["ask", "--json", "--model", model, "--batch"])
        .arg(&batch)
        .arg("--catalog")
        .arg(&catalog)
        .arg("--data")
        .arg(dir.path().join("data"))
        .output()
        .unwrap();
    assert!(run.status.success(), "ask failed: {}", String::from_utf8_lossy(&run.stderr));
    in_order(&String::from_utf8_lossy(&run.stdout), questions)
}

/// Replies from JSON lines, in the order of the questions.
pub fn in_order(lines: &str, questions: &[Question]) -> Vec<Reply> {
    let parsed = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut by_id: BTreeMap<String, Reply> =
        parsed.map(|line| (line["id"].as_str().unwrap_or_default().to_string(), Reply::parse(&line))).collect();
    questions.iter().map(|q| by_id.remove(&q.id).unwrap_or_else(|| panic!("no reply to {}", q.id))).collect()
}

pub fn judged(shop: &Shop, questions: Vec<Question>, replies: Vec<Reply>) -> Vec<Case> {
    let one = |(question, reply)| {
        let verdict = judge(shop, &question, &reply);
        Case { question, reply, verdict }
    };
    questions.into_iter().zip(replies).map(one).collect()
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Figures {
    pub asked: usize,
    pub right: usize,
    pub wrong_facts: usize,
    pub absent: usize,
    pub absent_right: usize,
}

impl Figures {
    pub fn of<'a>(cases: impl Iterator<Item = &'a Case>) -> Figures {
        let mut figures = Figures::default();
        for case in cases {
            let right = case.verdict == Verdict::Right;
            figures.asked += 1;
            figures.right += usize::from(right);
            figures.wrong_facts += usize::from(matches!(case.verdict, Verdict::WrongFact(_)));
            figures.absent += usize::from(case.absent());
            figures.absent_right += usize::from(case.absent() && right);
        }
        figures
    }

    pub fn right_share(&self) -> f64 {
        share(self.right, self.asked)
    }

    pub fn absent_share(&self) -> f64 {
        share(self.absent_right, self.absent)
    }
}

/// Of nothing, all is right.
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// The table by half, language and kind, as printed.
pub fn table(cases: &[Case]) -> String {
    let mut out = format!(
        "{:<5} {:<4} {:<18} {:>5} {:>7} {:>6} {:>6} {:>8} {:>9} {:>7}\n",
        "half", "lang", "kind", "asked", "right %", "wrong", "partly", "declined", "clarified", "misread"
    );
    let mut groups: BTreeMap<(String, String, String), Vec<&Case>> = BTreeMap::new();
    for case in cases {
        let q = &case.question;
        for (lang, kind) in [(q.lang.as_str(), q.kind.as_str()), (q.lang.as_str(), "~ all"), ("~", "~ all")] {
            groups.entry((q.half.clone(), lang.to_string(), kind.to_string())).or_default().push(case);
        }
    }
    for ((half, lang, kind), cases) in groups {
        let n = |name: &str| cases.iter().filter(|c| c.verdict.name() == name).count();
        let figures = Figures::of(cases.iter().copied());
        out += &format!(
            "{half:<5} {lang:<4} {kind:<18} {:>5} {:>7.1} {:>6} {:>6} {:>8} {:>9} {:>7}\n",
            figures.asked,
            100.0 * figures.right_share(),
            figures.wrong_facts,
            n("partly"),
            n("declined_wrongly"),
            n("clarified_wrongly"),
            n("misread")
        );
        if lang == "~" {
            out += &format!(
                "{half:<5}      of what is absent, declined: {:.1} % of {}\n",
                100.0 * figures.absent_share(),
                figures.absent
            );
        }
    }
    out
}

/// Writes what may be read: every miss of the tune half, and of the held half the false statements alone.
pub fn write_reports(cases: &[Case], name: &str) -> (PathBuf, PathBuf) {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    std::fs::create_dir_all(&target).unwrap();
    let wrong = |c: &&Case| matches!(c.verdict, Verdict::WrongFact(_));
    let tune = cases.iter().filter(|c| c.question.half == "tune" && c.verdict != Verdict::Right);
    let held = cases.iter().filter(|c| c.question.half == "held").filter(wrong);
    let paths = (target.join(format!("{name}-tune.jsonl")), target.join(format!("{name}-held-wrong-facts.jsonl")));
    for (path, cases) in [(&paths.0, tune.collect::<Vec<_>>()), (&paths.1, held.collect::<Vec<_>>())] {
        let mut file = std::fs::File::create(path).unwrap();
        cases.iter().for_each(|case| writeln!(file, "{}", case.json()).unwrap());
    }
    paths
}
