//! The guard on the planner's own replies, on replies that were falsified, and on replies in other words.
//!
//! - every rendering passes;
//! - of ten thousand falsified renderings none passes;
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]

mod guard;

use std::collections::BTreeMap;
use std::fmt::Write;

use guard::mutate::mutations;

/// Mutations that the planner's replies must give for the figures to mean anything.
const MUTATIONS_MIN: usize = 10_000;

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
            count += 1;
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
