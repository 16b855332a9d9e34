//! What holds of any text: the guard neither panics nor lets through what the rendering does not say.

use proptest::prelude::*;

use super::*;
use crate::domain::{Availability, Currency, Fact, Money, PlanKind, Subject, Value};
use crate::turn::understand::lexicon;

fn fact(subject: &str, attribute: &str, value: Value) -> Fact {
    Fact { subject: subject.to_owned(), attribute: attribute.to_owned(), value }
}

/// Two versions of a lamp, each with its price, colour and state.
fn lamp(zh: bool) -> Part {
    let names = vec!["Stork Desk Lamp".to_owned(), "Stork 台灯".to_owned()];
    let subject = |id: &str| Subject { id: id.to_owned(), names: names.clone() };
    let money = |minor| Value::Money(Money::new(minor, Currency::USD));
    let prose = if zh {
        "Stork 台灯 黑色售价 $74.00，有货；黄铜色售价 $89.00，缺货。"
    } else {
        "Stork Desk Lamp costs $74.00 in black and is in stock; the brass one costs $89.00 and is out of stock."
    };
    Part {
        plan: PlanKind::Stock,
        subjects: vec![subject("lamp"), subject("LAMP-BLK"), subject("LAMP-BRS")],
        facts: vec![
            fact("LAMP-BLK", "price", money(7400)),
            fact("LAMP-BLK", "availability", Value::Stock(Availability::InStock)),
            fact("LAMP-BLK", "option:color", Value::Text("black".to_owned())),
            fact("LAMP-BRS", "price", money(8900)),
            fact("LAMP-BRS", "availability", Value::Stock(Availability::OutOfStock)),
            fact("LAMP-BRS", "option:color", Value::Text("brass".to_owned())),
        ],
        prose: prose.to_owned(),
        items: vec!["black: $74.00, in stock".to_owned()],
        tail: String::new(),
        wordable: true,
        sources: vec!["lamp".to_owned()],
    }
}

fn guard() -> Guard<'static> {
    Guard { lexicon: lexicon::shipped() }
}

#[test]
fn versions_of_one_product_do_not_change_places() {
    let part = lamp(false);
    let with = |prose: &str| guard().worded(prose, &part).is_ok();
    assert!(with(&part.prose));
    assert!(with("In black, the Stork is $74.00 and in stock; in brass it's $89.00 and sold out."));
    assert!(!with("In brass, the Stork is $74.00 and in stock; in black it's $89.00 and sold out."));
    assert!(!with("In black, the Stork is $89.00 and in stock; in brass it's $74.00 and sold out."));
    assert!(!with("In black, the Stork is $74.00 and sold out; in brass it's $89.00 and in stock."));
}

#[test]
fn a_rendering_that_its_own_facts_do_not_hold_is_refused() {
    let mut part = lamp(false);
    part.prose = part.prose.replace("$89.00", "$98.00");
    assert!(guard().rendering(&part).is_err());
    let mut part = lamp(true);
    part.items = vec!["黑色：$14.00，有货".to_owned()];
    assert!(guard().rendering(&part).is_err());
}

#[test]
fn the_list_and_the_closing_sentence_stay_as_they_are() {
    let part = lamp(false);
    let text = part.rendered();
    assert!(guard().check(&text, &part).is_ok());
    assert!(guard().check(&text.replace("• black", "• brass"), &part).is_err());
    assert!(guard().check(&format!("{text} Thank you!"), &part).is_err());
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}", zh in any::<bool>()) {
        let _ = guard().check(&text, &lamp(zh));
    }

    #[test]
    fn no_part_makes_it_panic(
        prose in "\\PC{0,80}", name in "\\PC{0,12}", value in "\\PC{0,20}", said in "\\PC{0,80}",
    ) {
        let mut part = lamp(false);
        part.prose = prose;
        part.subjects.iter_mut().for_each(|s| s.names = vec![name.clone()]);
        part.facts.push(fact("lamp", "option:size", Value::Text(value)));
        let _ = guard().rendering(&part);
        let _ = guard().worded(&said, &part);
    }

    #[test]
    fn the_rendering_passes_whatever_stands_around_it(space in "[ \n]{0,3}", zh in any::<bool>()) {
        let part = lamp(zh);
        let padded = format!("{space}{}{space}", part.rendered());
        prop_assert!(guard().check(&padded, &part).is_ok());
    }

    #[test]
    fn a_foreign_word_anywhere_is_refused(word in "[a-z]{5,9}zq", at in 0usize..16) {
        let part = lamp(false);
        let spaces: Vec<usize> = part.prose.match_indices(' ').map(|(i, _)| i).collect();
        let at = spaces.get(at % spaces.len()).copied().unwrap_or(0);
        let (before, after) = part.prose.split_at(at);
        let said = format!("{before} {word}{after}");
        prop_assert!(guard().worded(&said, &part).is_err());
    }

    #[test]
    fn another_amount_is_refused(minor in 1i64..200_000) {
        let part = lamp(false);
        let amount = Money::new(minor, Currency::USD).to_string();
        let said = part.prose.replace("$74.00", &amount);
        prop_assert_eq!(guard().worded(&said, &part).is_ok(), minor == 7400);
    }
}
