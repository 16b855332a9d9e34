//! The bot over its sample shop, black box: the binary, without a model, over questions that were written by hand from
//! the data. Half of them may be looked at (`tune`), half only counted (`held`).
//!
//! - each half and each language is answered right as often as the constants say;
//! - the judge sees what is missing, forbidden and made up.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]

mod kit;

use kit::expect;

/// Shares that are reached; they may only rise.
const RIGHT_TUNE_MIN: f64 = 0.855;
const RIGHT_HELD_MIN: f64 = 0.78;
const RIGHT_EN_MIN: f64 = 0.84;
const RIGHT_ZH_MIN: f64 = 0.79;

#[test]
fn the_sample_shops_questions_are_answered() {
    let judged = expect::run(env!("CARGO_BIN_EXE_floorwalker"), expect::cases("shop.jsonl"), "none", false);
    println!("{}", expect::table(&judged));
    println!("misses of the tune half: {}", expect::write_report(&judged, "shop").display());
    let half = |half: &'static str| expect::share(&judged, |j| j.case.half == half);
    let lang = |lang: &'static str| expect::share(&judged, |j| j.case.lang == lang);
    for (name, share, min) in [
        ("tune", half("tune"), RIGHT_TUNE_MIN),
        ("held", half("held"), RIGHT_HELD_MIN),
        ("en", lang("en"), RIGHT_EN_MIN),
        ("zh", lang("zh"), RIGHT_ZH_MIN),
    ] {
        println!("{name}: {share:.4} right");
        assert!(share >= min, "{name}: {share:.4} right, expected {min}");
    }
}

#[test]
fn the_judge_sees_what_is_missing_forbidden_and_made_up() {
    expect::self_test();
}
