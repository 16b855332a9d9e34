//! What each fuzz target does with its bytes; `tests/guard_fuzz.rs` runs the same on random ones.

use floorwalker::catalog::jsonl;
use floorwalker::domain::{Currency, Fact, Money, Part, PlanKind, Subject, Value};
use floorwalker::text::{fold, numbers};
use floorwalker::turn::guard::Guard;
use floorwalker::turn::understand::lexicon;

/// Any text against a fixed part: no panic, and what passes holds no amount but the part's own.
pub fn guard(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let part = part();
    let guard = Guard { lexicon: lexicon::shipped() };
    let passed = guard.check(text, &part).is_ok() || guard.worded(text, &part).is_ok();
    if passed {
        // The name ends in a number, which a sign may follow.
        let folded = fold(text).replace("fjell 2", "fjell");
        let amounts = numbers::scan(&folded).into_iter().filter(|q| q.currency.is_some());
        assert!(amounts.into_iter().all(|q| q.value == numbers::Decimal::whole(189)), "{text}");
    }
}

fn part() -> Part {
    let price = Money::new(18_900, Currency::USD);
    Part {
        plan: PlanKind::Price,
        subjects: vec![Subject { id: "fjell-2".to_owned(), names: vec!["Norrvale Fjell 2 Tent".to_owned()] }],
        facts: vec![Fact { subject: "fjell-2".to_owned(), attribute: "price".to_owned(), value: Value::Money(price) }],
        prose: "Norrvale Fjell 2 Tent costs $189.00.".to_owned(),
        items: Vec::new(),
        tail: String::new(),
        wordable: true,
        sources: vec!["fjell-2".to_owned()],
    }
}

/// Any text: the numbers found lie inside it, in order, on character boundaries.
pub fn numbers(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let folded = fold(text);
    for quantity in numbers::scan(&folded) {
        assert!(folded.get(quantity.range.clone()).is_some_and(|t| !t.is_empty()), "{folded}: {quantity:?}");
    }
}

/// Any bytes as a catalog: read whole, each problem on a line that exists.
pub fn catalog(data: &[u8]) {
    let lines = data.split(|b| *b == b'\n').count();
    let Ok(import) = jsonl::read(data) else { return };
    assert!(import.problems.iter().all(|p| (1..=lines).contains(&p.line)));
    assert!(import.products.iter().all(|p| !p.title.trim().is_empty()));
}
