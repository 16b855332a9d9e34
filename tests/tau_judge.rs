//! The question set and the judge of the held-back test, tested themselves.
//!
//! - the set is the same each time, balanced, at least 700 questions a half, no placeholder left, no wording shared
//!   between the halves;
//! - an honest answerer, plain or with lists, in English or Chinese, is judged right on every question;
//! - a liar (other prices, other stock, other values, other winners) is judged to state something false;
//! - one wrong price or stock state in a list is found;
//! - hand-made replies are in `tau_judge_cases.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]

mod kit;

use std::collections::{BTreeMap, BTreeSet};

use kit::tau::judge::{Verdict, judge};
use kit::tau::{generate, load_or_skip};

#[test]
fn the_set_is_balanced_and_repeatable() {
    let Some(shop) = load_or_skip("question set") else { return };
    let questions = generate::questions(&shop);
    let mut counts: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for q in &questions {
        *counts.entry((&q.half, &q.lang, &q.kind)).or_default() += 1;
        assert!(q.turns.iter().all(|t| !t.contains(['{', '}'])), "{q:?}");
    }
    assert!(counts.values().all(|n| *n == 23), "{counts:?}");
    assert!(questions.iter().filter(|q| q.half == "tune").count() >= 700);
    assert!(questions.iter().filter(|q| q.half == "held").count() >= 700);
    let again = generate::questions(&shop);
    assert!(questions.iter().zip(&again).all(|(a, b)| a.id == b.id && a.turns == b.turns));
    assert_eq!(generate::sample(questions, 100).len(), 100);
}

#[test]
fn halves_share_no_phrasing() {
    let all = generate::phrasings();
    let of = |half: &str| -> BTreeSet<String> {
        all.iter().filter(|p| p.half == half).map(|p| format!("{:?}{:?}", p.text, p.turns)).collect()
    };
    assert!(of("tune").is_disjoint(&of("held")));
    for lang in ["en", "zh"] {
        let kinds: BTreeSet<&str> = all.iter().map(|p| p.kind.as_str()).collect();
        for kind in kinds {
            assert!(all.iter().filter(|p| p.lang == lang && p.kind == kind).count() >= 14, "{kind} {lang}");
        }
    }
}

#[test]
fn an_honest_answerer_is_judged_right() {
    let Some(shop) = load_or_skip("honest answerer") else { return };
    let mut missed = Vec::new();
    for question in generate::questions(&shop) {
        for lang in ["en", "zh"] {
            for lists in [false, true] {
                let reply = kit::oracle::honest(&shop, &question, lang, lists);
                let verdict = judge(&shop, &question, &reply);
                if verdict != Verdict::Right {
                    missed.push(format!("{} {:?}\n   {}\n   {verdict:?}", question.id, question.turns, reply.text));
                }
            }
        }
    }
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn a_liar_is_found_out() {
    let Some(shop) = load_or_skip("liar") else { return };
    let mut passed = Vec::new();
    let mut lies = 0;
    for question in generate::questions(&shop) {
        for lang in ["en", "zh"] {
            let Some(reply) = kit::oracle::lie(&shop, &question, lang) else { continue };
            lies += 1;
            let verdict = judge(&shop, &question, &reply);
            if !matches!(verdict, Verdict::WrongFact(_)) {
                passed.push(format!("{} {:?}\n   {}\n   {verdict:?}", question.id, question.turns, reply.text));
            }
        }
    }
    assert!(lies > 1500, "{lies}");
    assert!(passed.is_empty(), "{} of {lies} passed:\n{}", passed.len(), passed.join("\n"));
}

/// The last match of a pattern replaced.
fn with_last(text: &str, from: &str, to: &str) -> Option<String> {
    text.rfind(from).map(|at| format!("{}{to}{}", &text[..at], &text[at + from.len()..]))
}

#[test]
fn one_wrong_price_or_stock_state_in_a_list_is_found() {
    let Some(shop) = load_or_skip("lists") else { return };
    let mut passed = Vec::new();
    let mut lies = 0;
    for question in generate::questions(&shop).iter().filter(|q| q.kind == "constraint_search" || q.kind == "price") {
        for lang in ["en", "zh"] {
            let honest = kit::oracle::honest(&shop, question, lang, true);
            let (here, gone) = if lang == "zh" { ("有货", "缺货") } else { (" in stock", " out of stock") };
            let flipped = if honest.text.ends_with(here) { (here, gone) } else { (gone, here) };
            let text = &honest.text;
            let dot = text.rfind('.').unwrap();
            let cents = if text[dot + 1..].starts_with("77") { "78" } else { "77" };
            let mispriced = format!("{}{cents}{}", &text[..dot + 1], &text[dot + 3..]);
            for lie in [with_last(text, flipped.0, flipped.1), Some(mispriced)].into_iter().flatten() {
                lies += 1;
                let verdict = judge(&shop, question, &kit::tau::read::Reply { text: lie.clone(), ..honest.clone() });
                if !matches!(verdict, Verdict::WrongFact(_)) {
                    passed.push(format!("{} {:?}\n   {lie}\n   {verdict:?}", question.id, question.turns));
                }
            }
        }
    }
    assert!(lies > 500 && passed.is_empty(), "{} of {lies} passed:\n{}", passed.len(), passed.join("\n"));
}
