//! The guard on the planner's own replies, on replies that were falsified, and on replies in other words.
//!
//! - every rendering passes;
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]

mod guard;

use std::fmt::Write;

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
