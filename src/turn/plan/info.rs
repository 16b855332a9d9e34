//! What the catalog says of a product, in short.

use super::product::price_phrase;
use super::{Desk, fact, in_stock};
use crate::catalog::Product;
use crate::domain::{Part, PlanKind, Value};
use crate::turn::understand::selection::is_no;

/// What the catalog says of a product, in short.
pub(super) fn info(product: &Product, desk: &Desk<'_>) -> Part {
    let mut part = desk.part(PlanKind::ProductInfo, &[product]);
    let offers = product.offers();
    let description = product.description_in(desk.lang());
    let mut sentences: Vec<String> = Vec::new();
    if !description.is_empty() {
        fact(&mut part, &product.id, "description", Value::Text(description.to_owned()));
        sentences.push(first_sentences(description, if desk.say.zh() { 70 } else { 200 }));
    }
    if let Some(price) = price_phrase(&mut part, product, &offers, desk) {
        sentences.push(price);
    }
    let have = in_stock(&offers);
    let (all, name) = (offers.len(), desk.say.capital(&desk.say.the(product)));
    if all > 1 {
        fact(&mut part, &product.id, "versions", Value::Count(all as u64));
        fact(&mut part, &product.id, "versions in stock", Value::Count(have as u64));
        let are = if have == 1 { "is" } else { "are" };
        let first = offers.first().and_then(|o| o.availability);
        sentences.push(if have == 0 && offers.iter().all(|o| o.availability == first) {
            let (they, is) = (desk.say.capital(desk.say.verb(product, "it")), desk.say.verb(product, "is"));
            let state = desk.say.stock_word(first);
            desk.say.pick(format!("{they} {is} {state} at the moment."), format!("目前{state}。"))
        } else {
            desk.say
                .pick(format!("{have} of {all} versions {are} in stock."), format!("{all} 个款式中有 {have} 个有货。"))
        });
    } else if let Some(offer) = offers.first() {
        let is = desk.say.verb(product, "is");
        let state = desk.say.stock_word(offer.availability);
        sentences.push(desk.say.pick(format!("{name} {is} {state}."), format!("{name} {state}。")));
        if sentences.len() > 1 {
            let they = desk.say.capital(desk.say.verb(product, "it"));
            let last = desk.say.pick(format!("{they} {is} {state}."), format!("目前{state}。"));
            sentences.pop();
            sentences.push(last);
        }
    }
    part.prose = sentences.join(if desk.say.zh() { "" } else { " " });
    let colon = if desk.say.zh() { "：" } else { ": " };
    for option in product.option_names().into_iter().take(4) {
        let values = product.option_values(option);
        for value in &values {
            fact(&mut part, &product.id, &format!("option:{option}"), Value::Text((*value).to_owned()));
        }
        let shown: Vec<String> = values.iter().map(|v| desk.say.value(v, option)).collect();
        part.items.push(super::super::say::tidy(format!(
            "{}{colon}{}",
            desk.say.attribute(option),
            desk.say.list(&shown)
        )));
    }
    for (name, value) in product.attributes.iter().take(6usize.saturating_sub(part.items.len())) {
        fact(&mut part, &product.id, name, Value::Text(value.clone()));
        let plain = if value.eq_ignore_ascii_case("yes") || is_no(value) {
            match (value.eq_ignore_ascii_case("yes"), desk.say.zh()) {
                (true, true) => "是".to_owned(),
                (false, true) => "否".to_owned(),
                (yes, false) => if yes { "yes" } else { "no" }.to_owned(),
            }
        } else {
            desk.say.value(value, name)
        };
        part.items.push(super::super::say::tidy(format!("{}{colon}{plain}", desk.say.attribute(name))));
    }
    part
}

/// Whole sentences from the start of a text, at least one, up to about `limit` characters.
pub fn first_sentences(text: &str, limit: usize) -> String {
    let mut end = 0;
    let mut count = 0;
    for (at, c) in text.char_indices() {
        count += 1;
        let after = text.get(at + c.len_utf8()..).and_then(|t| t.chars().next());
        let stop =
            matches!(c, '。' | '！' | '？') || matches!(c, '.' | '!' | '?') && after.is_none_or(char::is_whitespace);
        if stop {
            if end > 0 && count > limit {
                break;
            }
            end = at + c.len_utf8();
        }
    }
    if end == 0 { text.to_owned() } else { text.get(..end).unwrap_or(text).to_owned() }
}
