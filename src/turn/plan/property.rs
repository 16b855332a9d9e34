//! Plans about one property of a product: its value, what it comes in, how many of them.

use super::absent::{lacking, no_version, unknown};
use super::product::{ITEMS_MAX, list, offers, pinned, price_and_stock};
use super::{Desk, Question, fact, in_stock, offer_facts};
use crate::catalog::{Offer, Product};
use crate::domain::{Part, PlanKind, Value};
use crate::turn::understand::selection::is_no;
use crate::turn::understand::{self, Attr};

/// The options or attributes of a product that an attribute of the lexicon speaks of.
pub fn axes<'p>(product: &'p Product, attribute: &Attr, desk: &Desk<'_>) -> Vec<&'p str> {
    let key = crate::text::tokens::key(&attribute.name);
    let names = product.axis_names();
    let exact: Vec<&str> = names.iter().copied().filter(|n| crate::text::tokens::key(n) == key).collect();
    if !exact.is_empty() {
        return exact;
    }
    let ids = desk.lexicon.attributes_of(&key);
    names.into_iter().filter(|n| ids.iter().any(|id| desk.lexicon.attribute_covers(*id, n))).collect()
}

/// The properties asked for or, where the product has none of them, those that it has in their place.
pub(super) fn axes_or_related<'p>(product: &'p Product, attribute: &Attr, desk: &Desk<'_>) -> Vec<&'p str> {
    let own = axes(product, attribute, desk);
    if own.is_empty() { understand::axes::related(&attribute.name, product) } else { own }
}

pub(super) fn options(question: &Question<'_>, product: &Product, attribute: Option<&Attr>, desk: &Desk<'_>) -> Part {
    let mut part = desk.part(PlanKind::Options, &[product]);
    let names: Vec<&str> = match attribute {
        Some(attribute) => axes_or_related(product, attribute, desk),
        None => product.option_names(),
    };
    if names.is_empty() {
        if let Some(attribute) = attribute {
            return unknown(product, attribute, desk);
        }
        let (name, comes) = (desk.say.the(product), desk.say.verb(product, "comes"));
        part.prose = desk.say.pick(
            format!("{} {comes} in one version only.", desk.say.capital(&name)),
            format!("{name} 只有一个款式。"),
        );
        return part;
    }
    // What was pinned down for the asked option itself does not narrow its own list.
    let mut rest = question.selection.clone();
    for name in &names {
        rest.wanted.shift_remove(*name);
        rest.excluded.shift_remove(*name);
    }
    let found: Vec<Offer<'_>> = product
        .offers()
        .into_iter()
        .filter(|o| rest.fits(product, o) && (!question.clause.in_stock_only || o.in_stock()))
        .filter(|o| question.price.is_empty() || o.price.is_some_and(|p| question.price.holds(p)))
        .collect();
    let narrowed =
        Question { selection: rest, asks: question.asks.clone(), products: question.products.clone(), ..*question };
    let name = desk.say.with(&desk.say.the(product), &pinned(&narrowed.selection, product, desk));
    let mut lines: Vec<(String, String)> = Vec::new();
    for option in &names {
        let mut values: Vec<&str> = Vec::new();
        for value in found.iter().filter_map(|o| o.option(option)).chain(
            product.attributes.get(*option).map(String::as_str).filter(|_| product.option_values(option).is_empty()),
        ) {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        for value in &values {
            fact(&mut part, &product.id, &format!("option:{option}"), Value::Text((*value).to_owned()));
        }
        let shown: Vec<String> = values.iter().map(|v| desk.say.value(v, option)).collect();
        lines.push((desk.say.attribute(option), desk.say.list(&shown)));
    }
    let stocked = if question.clause.in_stock_only { (" in stock", "有货的") } else { ("", "") };
    let comes = desk.say.verb(product, "comes");
    if found.is_empty() {
        part.prose =
            desk.say.pick(format!("No version of {name} is in stock at the moment."), format!("{name} 目前没有现货。"));
        return part;
    }
    match lines.as_slice() {
        [(label, values)] => {
            let option = names.first().copied().unwrap_or_default();
            let single = product.option_values(option).is_empty();
            part.prose = if single {
                desk.say.pick(format!("The {label} of {name} is {values}."), format!("{name} 的{label}是{values}。"))
            } else {
                let labelled = bare_values(product, option);
                desk.say.pick(
                    if labelled {
                        format!(
                            "{} {comes} in these {}{}: {values}.",
                            desk.say.capital(&name),
                            super::talk::plural(label),
                            stocked.0
                        )
                    } else {
                        format!(
                            "{} {comes} in {values}{}.",
                            desk.say.capital(&name),
                            if stocked.0.is_empty() { "" } else { " (in stock)" }
                        )
                    },
                    format!("{name} {}{label}有{values}。", stocked.1),
                )
            };
        }
        _ => {
            let n = found.len();
            fact(&mut part, &product.id, "versions", Value::Count(n as u64));
            part.prose = desk.say.pick(
                format!("{} {comes} in {n} versions{}:", desk.say.capital(&name), stocked.0),
                format!("{name} 共有 {n} 个{}款式：", stocked.1),
            );
            let colon = if desk.say.zh() { "：" } else { ": " };
            part.items = lines
                .into_iter()
                .map(|(label, values)| super::super::say::tidy(format!("{label}{colon}{values}")))
                .collect();
        }
    }
    part
}

/// Values that need the option's name beside them.
pub(super) fn bare_values(product: &Product, option: &str) -> bool {
    !["color", "colour", "material"].contains(&option.to_lowercase().as_str())
        && product.option_values(option).iter().any(|v| {
            v.chars().count() <= 3
                || v.chars().next().is_some_and(|c| c.is_ascii_digit())
                || is_no(v)
                || v.eq_ignore_ascii_case("yes")
                || v.eq_ignore_ascii_case("high")
        })
}

pub fn value_of(question: &Question<'_>, product: &Product, attribute: &Attr, desk: &Desk<'_>) -> Part {
    let names = axes_or_related(product, attribute, desk);
    let Some(axis) = names.first().copied() else { return unknown(product, attribute, desk) };
    let attribute = &Attr { name: axis.to_owned(), lexical: false };
    if !product.option_values(axis).is_empty() {
        return option_value(question, product, axis, attribute, desk);
    }
    let mut part = desk.part(PlanKind::Attribute, &[product]);
    let name = desk.say.the(product);
    let mut sentences = Vec::new();
    for axis in names.iter().take(3) {
        let Some(value) = product.attributes.get(*axis) else { continue };
        fact(&mut part, &product.id, axis, Value::Text(value.clone()));
        sentences.push(attribute_sentence(product, axis, value, &name, desk));
    }
    part.prose = sentences.join(if desk.say.zh() { "" } else { " " });
    part
}

/// `The weight of the Fjell 2 Tent is 2.1 kg.`
pub fn attribute_sentence(product: &Product, axis: &str, value: &str, name: &str, desk: &Desk<'_>) -> String {
    let label = desk.say.attribute(axis);
    let is = desk.say.verb(product, "is");
    let yes = value.eq_ignore_ascii_case("yes");
    if yes || is_no(value) {
        let adjective = adjective(axis);
        return match (yes, adjective) {
            (true, true) => {
                desk.say.pick(format!("Yes, {name} {is} {label}."), format!("是的，{name} {}。", can_zh(&label, true)))
            }
            (false, true) => {
                desk.say.pick(format!("No, {name} {is} not {label}."), format!("{name} {}。", can_zh(&label, false)))
            }
            (true, false) => desk.say.pick(
                format!("Yes, {name} {} {label}.", desk.say.verb(product, "has")),
                format!("有的，{name} 有{label}。"),
            ),
            (false, false) => desk.say.pick(
                format!("No, {name} {} no {label}.", desk.say.verb(product, "has")),
                format!("{name} 没有{label}。"),
            ),
        };
    }
    let shown = desk.say.value(value, axis);
    desk.say.pick(format!("The {label} of {name} is {shown}."), format!("{name} 的{label}是{shown}。"))
}

pub(super) fn can_zh(label: &str, yes: bool) -> String {
    let label = label.trim_start_matches("是否");
    match (label.starts_with(['防', '可', '能', '带', '有', '含']), yes) {
        (true, true) => label.trim_end_matches('性').to_owned(),
        (true, false) => format!("不{}", label.trim_end_matches('性')),
        (false, true) => format!("支持{label}"),
        (false, false) => format!("不支持{label}"),
    }
}

/// Whether a yes/no attribute is said as a property (`is waterproof`) rather than as a part (`has a lid`).
pub(super) fn adjective(axis: &str) -> bool {
    let axis = axis.to_lowercase();
    [
        "proof",
        "resistant",
        "safe",
        "compatible",
        "able",
        "free",
        "ive",
        "ed",
        "ing",
        "ible",
        "less",
        "cordless",
        "organic",
        "required",
    ]
    .iter()
    .any(|s| axis.ends_with(s))
}

/// An attribute by which the versions differ.
pub(super) fn option_value(
    question: &Question<'_>,
    product: &Product,
    axis: &str,
    attribute: &Attr,
    desk: &Desk<'_>,
) -> Part {
    let values = product.option_values(axis);
    let yes_no = values.iter().all(|v| v.eq_ignore_ascii_case("yes") || is_no(v));
    if !yes_no {
        // `is it red?` says a value, and is answered as a choice.
        if question.selection.wanted.contains_key(axis) {
            let found = offers(question, product);
            if found.is_empty() {
                return no_version(question, product, desk);
            }
            let mut shown = Vec::new();
            let mut part = price_and_stock(question, product, &found, desk, &mut shown);
            if !found.is_empty()
                && !part.prose.starts_with("Yes")
                && !part.prose.starts_with('有')
                && in_stock(&found) > 0
            {
                part.prose = desk.say.pick(format!("Yes. {}", part.prose), format!("是的，{}", part.prose));
            }
            return part;
        }
        return options(question, product, Some(attribute), desk);
    }
    let mut rest = question.selection.clone();
    rest.wanted.shift_remove(axis);
    rest.excluded.shift_remove(axis);
    let found: Vec<Offer<'_>> = product.offers().into_iter().filter(|o| rest.fits(product, o)).collect();
    let mut part = desk.part(PlanKind::Attribute, &[product]);
    for offer in &found {
        offer_facts(&mut part, product, offer);
    }
    let yes: Vec<Offer<'_>> =
        found.iter().filter(|o| o.option(axis).is_some_and(|v| v.eq_ignore_ascii_case("yes"))).copied().collect();
    let name = desk.say.with(&desk.say.the(product), &pinned(&rest, product, desk));
    let label = desk.say.attribute(axis).replace("water resistance", "water resistant");
    let (all, n) = (found.len(), yes.len());
    let is = desk.say.verb(product, "is");
    part.prose = if n == all && all > 0 {
        desk.say.pick(format!("Yes, {name} {is} {label}."), format!("是的，{name} {}。", can_zh(&label, true)))
    } else if n == 0 {
        desk.say.pick(format!("No, {name} {is} not {label}."), format!("{name} {}。", can_zh(&label, false)))
    } else {
        fact(&mut part, &product.id, "versions", Value::Count(all as u64));
        fact(&mut part, &product.id, &format!("versions {axis}"), Value::Count(n as u64));
        let are = if n == 1 { "is" } else { "are" };
        desk.say.pick(
            format!("Some {are}: {n} of the {all} versions of {name} {are} {label}.").replace("Some is:", "One is:"),
            format!("部分款式{}：{name} 的 {all} 个款式中有 {n} 个{}。", can_zh(&label, true), can_zh(&label, true)),
        )
    };
    if n < all && n > 0 && n <= ITEMS_MAX {
        list(&mut part, product, &yes, desk, &mut Vec::new());
    }
    part
}

pub fn count_versions(question: &Question<'_>, desk: &Desk<'_>) -> Part {
    let Some(product) = question.products.first().and_then(|ix| desk.product(*ix)) else {
        return super::talk::not_found(desk);
    };
    if let Some(part) = lacking(question, product, desk) {
        return part;
    }
    let found = offers(question, product);
    if found.is_empty() {
        return no_version(question, product, desk);
    }
    let mut part = desk.part(PlanKind::Count, &[product]);
    let (n, have) = (found.len(), in_stock(&found));
    fact(&mut part, &product.id, "versions", Value::Count(n as u64));
    let limit = if question.price.is_empty() { String::new() } else { desk.limit(&mut part, question.price) };
    let (name, comes) = (desk.say.the(product), desk.say.verb(product, "comes"));
    let named = desk.say.with(&name, &pinned(&question.selection, product, desk));
    let versions = if n == 1 { "version" } else { "versions" };
    part.prose = if question.clause.in_stock_only {
        let are = if n == 1 { "is" } else { "are" };
        desk.say.pick(format!("{n} {versions} of {named} {are} in stock."), format!("{named} 有 {n} 个款式有货。"))
    } else if !limit.is_empty() {
        let cost = if n == 1 { "costs" } else { "cost" };
        desk.say.pick(format!("{n} {versions} of {named} {cost} {limit}."), format!("{named} 有 {n} 款{limit}。"))
    } else {
        fact(&mut part, &product.id, "versions in stock", Value::Count(have as u64));
        let stock_en = match have {
            _ if have == n && n == 1 => ", and it is in stock".to_owned(),
            _ if have == n => ", all of them in stock".to_owned(),
            0 => ", none of them in stock".to_owned(),
            _ => format!(", {have} of them in stock"),
        };
        let stock_zh = match have {
            _ if have == n => "，都有货".to_owned(),
            0 => "，目前都缺货".to_owned(),
            _ => format!("，其中 {have} 个有货"),
        };
        desk.say.pick(
            format!("{} {comes} in {n} {versions}{stock_en}.", desk.say.capital(&named)),
            format!("{named} 共有 {n} 个款式{stock_zh}。"),
        )
    };
    part
}

pub fn count_values(question: &Question<'_>, attribute: &Attr, desk: &Desk<'_>) -> Part {
    let Some(product) = question.products.first().and_then(|ix| desk.product(*ix)) else {
        return super::talk::not_found(desk);
    };
    let names = axes_or_related(product, attribute, desk);
    let Some(axis) = names.first().copied() else { return count_versions(question, desk) };
    if product.option_values(axis).is_empty() {
        return value_of(question, product, attribute, desk);
    }
    let mut part = desk.part(PlanKind::Count, &[product]);
    let mut values: Vec<&str> = Vec::new();
    for value in offers(question, product)
        .iter()
        .filter_map(|o| product.variants.iter().find(|v| v.sku == o.sku))
        .filter_map(|v| v.options.get(axis))
    {
        if !values.contains(&value.as_str()) {
            values.push(value);
        }
    }
    for value in &values {
        fact(&mut part, &product.id, &format!("option:{axis}"), Value::Text((*value).to_owned()));
    }
    let n = values.len();
    fact(&mut part, &product.id, &format!("number of {axis}"), Value::Count(n as u64));
    let shown: Vec<String> = values.iter().map(|v| desk.say.value(v, axis)).collect();
    let (list, label) = (desk.say.list(&shown), desk.say.attribute(axis));
    let (name, comes) = (desk.say.the(product), desk.say.verb(product, "comes"));
    let labels = if n == 1 { label.clone() } else { super::talk::plural(&label) };
    part.prose = desk.say.pick(
        format!("{} {comes} in {n} {labels}: {list}.", desk.say.capital(&name)),
        format!("{name} 有 {n} 种{label}：{list}。"),
    );
    part
}
