//! What a product does not have: a value, a combination, a price within the limit, a property.

use super::product::{list, pinned};
use super::{Desk, Question, fact, offer_facts};
use crate::catalog::{Offer, Product};
use crate::domain::{Lang, Part, PlanKind, Value};
use crate::turn::understand::{Ask, Attr};

/// A value that the product does not come in.
pub(super) fn lacking(question: &Question<'_>, product: &Product, desk: &Desk<'_>) -> Option<Part> {
    let name = desk.say.the(product);
    if let Some((option, word)) = question.selection.missing.first() {
        let mut part = desk.part(PlanKind::Decline, &[product]);
        let values = product.axis_values(option);
        for value in &values {
            fact(&mut part, &product.id, &format!("option:{option}"), Value::Text((*value).to_owned()));
        }
        fact(&mut part, "query", &format!("option:{option}"), Value::Text(word.clone()));
        let shown: Vec<String> = values.iter().map(|v| desk.say.value(v, option)).collect();
        let (list, label) = (desk.say.list(&shown), desk.say.attribute(option));
        let bare = word.chars().all(|c| c.is_ascii_digit()) || word.chars().count() <= 3 && word.is_ascii();
        let asked = match (desk.say.zh(), bare && !word.contains(&label)) {
            (false, true) => format!("{label} {word}"),
            _ => word.clone(),
        };
        part.prose = if values.len() > 1 || !product.option_values(option).is_empty() {
            let (come, comes) = (desk.say.verb(product, "doesn't"), desk.say.verb(product, "comes"));
            desk.say.pick(
                format!(
                    "{} {come} come in {asked}. {} {comes} in {list}.",
                    desk.say.capital(&name),
                    desk.say.capital(desk.say.verb(product, "it"))
                ),
                format!("{name} 没有{asked}，{label}可选{list}。"),
            )
        } else {
            desk.say.pick(
                format!("No, {name} isn't listed as {asked}: its {label} is {list}."),
                format!("{name} 不是{asked}，{label}为{list}。"),
            )
        };
        return Some(part);
    }
    let (attribute, word) = question.selection.foreign.first()?;
    let weighty = matches!(attribute.as_str(), "color" | "material" | "size") || question.clause.existence;
    let other = question
        .asks
        .iter()
        .any(|a| matches!(a, Ask::Options(_) | Ask::Attribute(_) | Ask::Info | Ask::Extreme { .. }));
    if !weighty || other || !question.selection.is_empty() {
        return None;
    }
    let mut part = desk.part(PlanKind::Decline, &[product]);
    fact(&mut part, &product.id, attribute, Value::Unknown);
    fact(&mut part, "query", attribute, Value::Text(word.clone()));
    let label = desk.say.attribute(attribute);
    part.prose = desk.say.pick(
        format!("Our catalog doesn't list a {label} for {name}, so I can't say whether it is {word}."),
        format!("商品信息里没有标注{name}的{label}，所以没法确认是不是{word}。"),
    );
    Some(part)
}

/// Each value exists, but not together or not at that price.
pub fn no_version(question: &Question<'_>, product: &Product, desk: &Desk<'_>) -> Part {
    let all = product.offers();
    let fitting: Vec<Offer<'_>> = all.iter().filter(|o| question.selection.fits(product, o)).copied().collect();
    let limited = !question.price.is_empty() && !fitting.is_empty();
    let told = pinned(&question.selection, product, desk);
    let name = desk.say.the(product);
    let named = desk.say.with(&name, &told);
    if limited {
        let mut part = desk.part(PlanKind::Search, &[product]);
        let limit = desk.limit(&mut part, question.price);
        let best = fitting
            .iter()
            .filter(|o| o.price.is_some())
            .min_by_key(|o| o.price.map_or(i64::MAX, |p| question.price.distance(p)));
        let closest = best.and_then(|o| {
            offer_facts(&mut part, product, o);
            let price = o.price?;
            let version = desk.say.version(o);
            let version = if version.is_empty() {
                String::new()
            } else if desk.say.zh() {
                format!("（{version}）")
            } else {
                format!(" ({version})")
            };
            let below = question.price.max.is_some_and(|m| price.minor_units > m);
            Some(if below {
                desk.say
                    .pick(format!(" The cheapest{version} costs {price}."), format!("最便宜的{version}是 {price}。"))
            } else {
                desk.say.pick(
                    format!(" The most expensive{version} costs {price}."),
                    format!("最贵的{version}是 {price}。"),
                )
            })
        });
        let (none, closest) = (
            desk.say.pick(format!("No version of {named} costs {limit}."), format!("{named} 没有{limit}的款式。")),
            closest.unwrap_or_default(),
        );
        part.prose = super::super::say::tidy(format!("{none}{}{closest}", if desk.say.zh() { "" } else { " " }));
        return part;
    }
    let mut part = desk.part(PlanKind::Stock, &[product]);
    fact(&mut part, &product.id, "version asked for", Value::Flag(false));
    if question.clause.in_stock_only && !fitting.is_empty() {
        for offer in &fitting {
            offer_facts(&mut part, product, offer);
        }
        part.prose =
            desk.say.pick(format!("No, {named} is out of stock at the moment."), format!("{named} 目前缺货。"));
        return part;
    }
    let near = nearest(question, product, &all);
    part.prose = desk.say.pick(
        format!("There is no {} in {told}.", product.title_in(Lang::En)),
        format!("{name} 没有“{told}”这个组合。"),
    );
    if told.is_empty() {
        part.prose = desk.say.pick(format!("There is no such version of {name}."), format!("{name} 没有这个款式。"));
    }
    if !near.is_empty() {
        part.prose = desk.say.join(&part.prose, &desk.say.pick("The closest are:".into(), "最接近的是：".into()));
        list(&mut part, product, &near, desk, &mut Vec::new());
    }
    part
}

/// Offers that differ from the wish in as few options as possible, those in stock first.
pub(super) fn nearest<'p>(question: &Question<'_>, product: &Product, all: &[Offer<'p>]) -> Vec<Offer<'p>> {
    let same = |o: &Offer<'_>| {
        let wanted = question.selection.wanted.iter().filter(|(name, values)| {
            name.split('\u{1}').any(|n| {
                o.option(n)
                    .or_else(|| product.attributes.get(n).map(String::as_str))
                    .is_some_and(|v| values.iter().any(|w| w == v))
            })
        });
        wanted.count()
    };
    let most = all.iter().map(same).max().unwrap_or(0);
    let mut near: Vec<Offer<'p>> = all.iter().filter(|o| same(o) == most).copied().collect();
    near.sort_by_key(|o| !o.in_stock());
    near.truncate(3);
    near
}

/// The catalog does not say.
pub fn unknown(product: &Product, attribute: &Attr, desk: &Desk<'_>) -> Part {
    let mut part = desk.part(PlanKind::Decline, &[product]);
    fact(&mut part, &product.id, &attribute.name, Value::Unknown);
    let (name, label) = (desk.say.the(product), desk.say.attribute(&attribute.name));
    let yes_no = desk
        .lexicon
        .attributes_of(&crate::text::tokens::key(&attribute.name))
        .iter()
        .any(|id| desk.lexicon.attributes.get(*id).is_some_and(|a| a.yes_no));
    let label_en = if yes_no { format!("“{label}”") } else { format!("the {label}") };
    let zh = format!("抱歉，商品信息里没有标注{name}的{label}。");
    part.prose = match desk.say.seed % 2 {
        0 => desk.say.pick(format!("Sorry, our catalog doesn't list {label_en} for {name}."), zh),
        _ => desk.say.pick(
            format!("I'm afraid {label_en} of {name} isn't listed in our catalog.").replace("” of ", "” for "),
            zh,
        ),
    };
    part
}
