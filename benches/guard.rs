//! How long the guard takes on a typical part: its rendering (every turn), other words for it (each draft), a refusal.

use floorwalker::domain::{Availability, Currency, Fact, Money, Part, PlanKind, Subject, Value};
use floorwalker::turn::guard::Guard;
use floorwalker::turn::understand::lexicon;

fn main() {
    lexicon::shipped();
    divan::main();
}

/// A product with three versions, listed one a line.
fn part() -> Part {
    let names = vec!["Norrvale Fjell 2 Tent".to_owned(), "Norrvale Fjell 双人帐篷".to_owned()];
    let colours = ["green", "sand", "rust"];
    let skus = ["FJ2-GRN", "FJ2-SND", "FJ2-RST"];
    let ids = std::iter::once("fjell-2").chain(skus);
    let subjects = ids.map(|id| Subject { id: id.to_owned(), names: names.clone() }).collect();
    let mut facts = Vec::new();
    for (sku, colour) in skus.iter().zip(colours) {
        let mut note = |attribute: &str, value: Value| {
            facts.push(Fact { subject: (*sku).to_owned(), attribute: attribute.to_owned(), value });
        };
        note("price", Value::Money(Money::new(18_900, Currency::USD)));
        note("availability", Value::Stock(Availability::InStock));
        note("option:color", Value::Text(colour.to_owned()));
    }
    facts.push(Fact { subject: "fjell-2".to_owned(), attribute: "versions".to_owned(), value: Value::Count(3) });
    Part {
        plan: PlanKind::Stock,
        subjects,
        facts,
        prose: "Yes, Norrvale Fjell 2 Tent costs $189.00; all 3 versions are in stock.".to_owned(),
        items: colours.iter().map(|c| format!("{c}: $189.00, in stock")).collect(),
        tail: String::new(),
        wordable: true,
        sources: vec!["fjell-2".to_owned()],
    }
}

const REWORDED: &str = "Sure, the Fjell 2 Tent is $189.00, and all 3 versions are in stock right now.";
const WRONG: &str = "Sure, the Fjell 2 Tent is $179.00, and all 3 versions are discounted.";

fn guard() -> Guard<'static> {
    Guard { lexicon: lexicon::shipped() }
}

#[divan::bench]
fn rendering(bencher: divan::Bencher<'_, '_>) {
    let part = part();
    assert!(guard().rendering(&part).is_ok());
    bencher.bench(|| guard().rendering(divan::black_box(&part)));
}

#[divan::bench]
fn reworded(bencher: divan::Bencher<'_, '_>) {
    let part = part();
    assert!(guard().worded(REWORDED, &part).is_ok());
    bencher.bench(|| guard().worded(divan::black_box(REWORDED), &part));
}

#[divan::bench]
fn refused(bencher: divan::Bencher<'_, '_>) {
    let part = part();
    assert!(guard().worded(WRONG, &part).is_err());
    bencher.bench(|| guard().worded(divan::black_box(WRONG), &part));
}
