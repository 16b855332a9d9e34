//! The guard on the planner's own replies, on replies that were falsified, and on replies in other words.
//!
//! - every rendering passes;
//! - of ten thousand falsified renderings none passes;
//! - of the hand-written rewordings of right replies most pass, and none that was falsified.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]

mod guard;

use std::collections::BTreeMap;
use std::fmt::Write;

use guard::mutate::{falsified, mutations};

/// Mutations that the planner's replies must give for the figures to mean anything.
const MUTATIONS_MIN: usize = 10_000;
/// Renderings that say what their facts do not hold yet: the planner's to mend, not the guard's to let through.
const FACTS_AWAITED: &[&str] =
    &["sh-142/0", "sh-169/0", "sh-277/0", "sh-448/0", "sh-461/0", "sh-491/0", "sh-597/0", "sh-685/0", "sh-780/0"];
/// Share of the hand-written rewordings that must pass.
const REWORDINGS_PASSED_MIN: f64 = 0.85;

#[test]
fn every_rendering_passes() {
    let assistant = guard::assistant();
    let cases = guard::corpus(&assistant);
    let mut refused = String::new();
    let mut count = 0;
    let mut dump = String::new();
    for case in &cases {
        let text = case.part.rendered();
        let _ = writeln!(
            dump,
            "{}",
            serde_json::json!({"key": case.key(), "q": case.question, "part": case.part, "text": text})
        );
        if let Some(why) = guard::objections(assistant.guard(), &text, &case.part) {
            count += usize::from(!FACTS_AWAITED.contains(&case.key().as_str()));
            let _ = writeln!(refused, "{} [{:?}] {}\n    {text}\n    {why}", case.key(), case.part.plan, case.question);
        }
    }
    guard::report("guard-renderings.txt", &refused);
    guard::report("guard-corpus.jsonl", &dump);
    println!("{count} of {} renderings refused", cases.len());
    assert_eq!(count, 0, "\n{refused}");
}

#[derive(Default)]
struct Tally {
    total: usize,
    caught: usize,
    in_prose: usize,
    caught_in_prose: usize,
}

#[test]
fn no_falsified_reply_passes() {
    let assistant = guard::assistant();
    let cases = guard::corpus(&assistant);
    let products = assistant.shop.catalog.products();
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut missed = String::new();
    let mut seen = std::collections::HashSet::new();
    for (seed, case) in cases.iter().enumerate() {
        let text = case.part.rendered();
        if !seen.insert(text.clone()) || guard::objections(assistant.guard(), &text, &case.part).is_some() {
            continue;
        }
        let other = guard::in_the_other_language(&assistant, case);
        for mutation in mutations(case, products, other.as_deref(), seed as u64) {
            let tally = tallies.entry(mutation.kind).or_default();
            let caught = guard::objections(assistant.guard(), &mutation.text, &case.part).is_some();
            tally.total += 1;
            tally.caught += usize::from(caught);
            tally.in_prose += usize::from(mutation.in_prose);
            tally.caught_in_prose += usize::from(caught && mutation.in_prose);
            if !caught {
                let _ = writeln!(missed, "{} [{}]\n  was {text}\n  now {}", case.key(), mutation.kind, mutation.text);
            }
        }
    }
    let total: usize = tallies.values().map(|t| t.total).sum();
    let caught: usize = tallies.values().map(|t| t.caught).sum();
    let mut table = format!("{:24} {:>13} {:>13}\n", "", "caught", "in the prose");
    for (kind, t) in &tallies {
        let _ = writeln!(table, "{kind:24} {:>6}/{:<6} {:>6}/{:<6}", t.caught, t.total, t.caught_in_prose, t.in_prose);
    }
    let _ = writeln!(table, "{:24} {caught:>6}/{total:<6}", "all");
    println!("{table}");
    guard::report("guard-mutations.txt", &format!("{table}\n{missed}"));
    assert!(total >= MUTATIONS_MIN, "only {total} mutations");
    assert_eq!(caught, total, "\n{table}\n{missed}");
}

#[derive(serde::Deserialize)]
struct Rewording {
    /// Question id and number of the part.
    part: String,
    lang: String,
    /// The prose that it is a rewording of: where the planner says something else by now, the rewording says nothing.
    answer: String,
    words: String,
}

#[test]
fn a_right_reply_in_other_words_passes() {
    let assistant = guard::assistant();
    let cases = guard::corpus(&assistant);
    let path = std::path::Path::new(guard::ROOT).join("tests/data/rewordings.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let (mut refused, mut missed, mut falsehoods) = (String::new(), String::new(), 0);
    let (mut passed, mut all, mut stale) = (BTreeMap::<String, usize>::new(), BTreeMap::<String, usize>::new(), 0);
    for line in text.lines() {
        let rewording: Rewording = serde_json::from_str(line).unwrap();
        let Some(case) = cases.iter().find(|c| c.key() == rewording.part && c.part.prose == rewording.answer) else {
            stale += 1;
            continue;
        };
        *all.entry(rewording.lang.clone()).or_default() += 1;
        match guard::objections(assistant.guard(), &case.part.with_prose(&rewording.words), &case.part) {
            None => {
                *passed.entry(rewording.lang).or_default() += 1;
                for mutation in
                    falsified(case, &rewording.words, assistant.shop.catalog.products(), None, falsehoods as u64)
                {
                    falsehoods += 1;
                    if guard::objections(assistant.guard(), &mutation.text, &case.part).is_none() {
                        let _ = writeln!(
                            missed,
                            "{} [{}]\n  for {}\n  now {}",
                            case.key(),
                            mutation.kind,
                            rewording.words,
                            mutation.text
                        );
                    }
                }
            }
            Some(why) => {
                let _ =
                    writeln!(refused, "{}\n  for {}\n  now {}\n  {why}", case.key(), case.part.prose, rewording.words);
            }
        }
    }
    let figures = format!("passed {passed:?} of {all:?}; {stale} stale; {falsehoods} falsified");
    println!("{figures}");
    guard::report("guard-rewordings.txt", &format!("{figures}\n{refused}\nMISSED\n{missed}"));
    let rate = passed.values().sum::<usize>() as f64 / all.values().sum::<usize>().max(1) as f64;
    assert!(rate >= REWORDINGS_PASSED_MIN, "{figures}\n{refused}");
    assert!(missed.is_empty(), "falsified rewordings passed:\n{missed}");
}
