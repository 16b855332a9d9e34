//! Two or more things side by side: products, or versions of one product.

use std::ops::Range;

use super::product::pinned;
use super::property::axes;
use super::{Desk, Question, fact, in_stock, offer_facts, price_range, target};
use crate::catalog::{Offer, Product};
use crate::domain::{Money, Part, PlanKind, Value};
use crate::turn::say::tidy;
use crate::turn::understand::cues::Cue;
use crate::turn::understand::selection::is_no;
use crate::turn::understand::{Ask, Selection};

/// More columns than this make no chat message.
const COMPARED_MAX: usize = 4;
/// Attributes that are set side by side when none was asked for.
const ATTRIBUTES_MAX: usize = 3;

struct Side<'p> {
    name: String,
    title: String,
    product: &'p Product,
    offers: Vec<Offer<'p>>,
}

impl Side<'_> {
    fn range(&self) -> Option<(Money, Money)> {
        price_range(&self.offers)
    }
}

/// Several products.
pub fn products(question: &Question<'_>, desk: &Desk<'_>) -> Part {
    let ranges = ranges(question);
    let sides: Vec<Side<'_>> = question
        .products
        .iter()
        .take(COMPARED_MAX)
        .enumerate()
        .filter_map(|(at, ix)| desk.product(*ix).map(|p| (at, p)))
        .map(|(at, product)| {
            let within = ranges.get(at).filter(|_| ranges.len() == question.products.len()).cloned();
            let selection = match within {
                Some(within) => target::select_within(question.reading, question.clause, &within, product, desk),
                None => super::target::select(question.reading, question.clause, product, desk),
            };
            let fitting: Vec<Offer<'_>> = product.offers().into_iter().filter(|o| selection.fits(product, o)).collect();
            let told = if fitting.is_empty() || !selection.missing.is_empty() {
                String::new()
            } else {
                pinned(&selection, product, desk)
            };
            let offers = if fitting.is_empty() { product.offers() } else { fitting };
            side(product, offers, &told, desk)
        })
        .collect();
    let mut part = desk.part(PlanKind::Compare, &sides.iter().map(|s| s.product).collect::<Vec<_>>());
    let asked: Vec<_> = question
        .asks
        .iter()
        .filter_map(|a| match a {
            Ask::Attribute(attribute) | Ask::Options(Some(attribute)) | Ask::Extreme { by: Some(attribute), .. } => {
                Some(attribute)
            }
            _ => None,
        })
        .collect();
    let by_price = [Cue::Cheaper, Cue::Dearer, Cue::Price]
        .into_iter()
        .any(|c| question.reading.parsed.has(c, &question.clause.tokens));
    if let Some(attribute) = asked.first().filter(|_| !by_price) {
        let lines = sides.iter().map(|side| {
            let axis = axes(side.product, attribute, desk).first().copied();
            (side, axis.map(|a| (a, side.product.axis_values(a))))
        });
        let label = desk.say.attribute(&attribute.name);
        part.prose = desk.say.pick(format!("Here is the {label} of each:"), format!("{label}对比如下："));
        let mut items = Vec::new();
        for (side, values) in lines {
            let told = match values {
                Some((axis, values)) => {
                    for value in &values {
                        fact(&mut part, &side.product.id, axis, Value::Text((*value).to_owned()));
                    }
                    desk.say.list(&values.iter().map(|v| plain(v, axis, desk)).collect::<Vec<_>>())
                }
                None => {
                    fact(&mut part, &side.product.id, &attribute.name, Value::Unknown);
                    desk.say.pick("not listed".into(), "未标注".into())
                }
            };
            items.push(tidy(format!("{}{}{told}", side.title, colon(desk))));
        }
        part.items = items;
        return part;
    }
    verdict(&mut part, &sides, desk);
    note_sides(&mut part, &sides);
    part.items = sides.iter().map(|side| line(side, desk)).collect();
    shared_attributes(&mut part, &sides, desk);
    part
}

/// The stretch of the message that speaks of each mention: cut at the last joining word between two of them.
fn ranges(question: &Question<'_>) -> Vec<Range<usize>> {
    let tokens = &question.reading.parsed.tokens;
    let mentions: Vec<&Range<usize>> =
        question.clause.mentions.iter().filter(|m| !m.products.is_empty()).map(|m| &m.tokens).collect();
    let mut start = question.clause.tokens.start;
    let mut out = Vec::new();
    for (at, mention) in mentions.iter().enumerate() {
        let end = match mentions.get(at + 1) {
            Some(next) => (mention.end..next.start)
                .rev()
                .find(|i| tokens.get(*i).is_some_and(|t| joins(&t.text)))
                .unwrap_or(mention.end),
            None => question.clause.tokens.end,
        };
        out.push(start..end);
        start = end;
    }
    out
}

/// Words between two things that are held against each other.
fn joins(word: &str) -> bool {
    matches!(
        word,
        "than"
            | "or"
            | "vs"
            | "versus"
            | "and"
            | "with"
            | "to"
            | "against"
            | "是"
            | "比"
            | "与"
            | "跟"
            | "和"
            | "或"
            | "、"
            | ","
            | "，"
    )
}

/// `the plain 28-inch or the graphic 31-inch`: two versions of one product, each with several options.
fn halves(question: &Question<'_>, product: &Product, desk: &Desk<'_>) -> Option<Part> {
    let all = &question.clause.tokens;
    let cut = (all.start + 1..all.end.saturating_sub(1))
        .filter(|i| {
            question.reading.parsed.tokens.get(*i).is_some_and(|t| {
                matches!(t.text.as_str(), "or" | "than" | "vs" | "versus" | "是" | "比" | "和" | "跟" | "与" | "and")
            })
        })
        .filter_map(|i| {
            let (first, second) = (
                target::select_within(question.reading, question.clause, &(all.start..i), product, desk),
                target::select_within(question.reading, question.clause, &(i..all.end), product, desk),
            );
            let fits = |s: &Selection| !s.is_empty() && product.offers().iter().any(|o| s.fits(product, o));
            let apart = first.wanted != second.wanted && fits(&first) && fits(&second);
            // The cut that leaves both sides most alike in what they pin down.
            let uneven = first.wanted.len().abs_diff(second.wanted.len());
            apart.then_some((uneven, first, second))
        })
        .min_by_key(|(uneven, ..)| *uneven);
    let (_, first, second) = cut?;
    let sides: Vec<Side<'_>> = [first, second]
        .iter()
        .map(|s| {
            let offers: Vec<Offer<'_>> = product.offers().into_iter().filter(|o| s.fits(product, o)).collect();
            side(product, offers, &pinned(s, product, desk), desk)
        })
        .collect();
    let mut part = desk.part(PlanKind::Compare, &[product]);
    note_sides(&mut part, &sides);
    verdict(&mut part, &sides, desk);
    part.items = sides.iter().map(|side| line(side, desk)).collect();
    Some(part)
}

fn note_sides(part: &mut Part, sides: &[Side<'_>]) {
    for side in sides {
        for offer in &side.offers {
            offer_facts(part, side.product, offer);
        }
        fact(part, &side.product.id, "versions", Value::Count(side.offers.len() as u64));
        fact(part, &side.product.id, "versions in stock", Value::Count(in_stock(&side.offers) as u64));
    }
}

fn side<'p>(product: &'p Product, offers: Vec<Offer<'p>>, told: &str, desk: &Desk<'_>) -> Side<'p> {
    let (name, title) = (desk.say.the(product), product.title_in(desk.lang()));
    Side { name: desk.say.with(&name, told), title: desk.say.with(title, told), product, offers }
}

fn colon(desk: &Desk<'_>) -> &'static str {
    if desk.say.zh() { "：" } else { ": " }
}

/// Which is cheaper, and by how much, where that can be said of whole ranges.
fn verdict(part: &mut Part, sides: &[Side<'_>], desk: &Desk<'_>) {
    let mut priced: Vec<(&Side<'_>, Money, Money)> =
        sides.iter().filter_map(|s| s.range().map(|(low, high)| (s, low, high))).collect();
    let currencies = priced.iter().all(|p| priced.first().is_some_and(|f| f.1.currency == p.1.currency));
    priced.sort_by_key(|p| (p.1.minor_units, p.2.minor_units));
    let side_by_side = || desk.say.pick("Here they are side by side:".into(), "对比如下：".into());
    let ([(first, low, high), (second, low2, high2), ..], true) = (priced.as_slice(), currencies) else {
        part.prose = side_by_side();
        return;
    };
    let is = desk.say.verb(first.product, "is");
    let name = desk.say.capital(&first.name);
    let two = priced.len() == 2;
    part.prose = if low == high && low2 == high2 && low == low2 && two {
        desk.say.pick(
            format!("{name} and {} cost the same: {low}.", second.name),
            format!("{} 和 {} 价格一样，都是 {low}。", first.name, second.name),
        )
    } else if high.minor_units < low2.minor_units {
        let exact = low == high && low2 == high2;
        if two && exact {
            let difference = Money::new(low2.minor_units - low.minor_units, low.currency);
            fact(part, &first.product.id, "difference", Value::Money(difference));
            fact(part, &second.product.id, "difference", Value::Money(difference));
            let (other, costs) = (desk.say.capital(&second.name), desk.say.verb(second.product, "costs"));
            desk.say.pick(
                format!("{name} {is} cheaper, at {low}. {other} {costs} {low2}, {difference} more."),
                format!("{} 更便宜，售价 {low}。{} 售价 {low2}，贵 {difference}。", first.name, second.name),
            )
        } else if two {
            desk.say.pick(
                format!("{name} {is} cheaper than {}.", second.name),
                format!("{} 比 {} 便宜。", first.name, second.name),
            )
        } else {
            desk.say.pick(format!("{name} {is} the cheapest of these."), format!("其中 {} 最便宜。", first.name))
        }
    } else if low.minor_units < low2.minor_units && two {
        desk.say.pick(
            format!("{name} starts lower, at {low} against {low2} for {}, but the prices overlap.", second.name),
            format!("{} 起价更低（{low}，{} 起价 {low2}），不过两者价格区间有重叠。", first.name, second.name),
        )
    } else {
        side_by_side()
    };
}

fn line(side: &Side<'_>, desk: &Desk<'_>) -> String {
    let have = in_stock(&side.offers);
    let comma = if desk.say.zh() { "；" } else { ", " };
    let price = side
        .range()
        .map(|(low, high)| desk.say.range(low, high))
        .unwrap_or_else(|| desk.say.pick("no price listed".into(), "未标价".into()));
    let stock = match side.offers.as_slice() {
        [one] => desk.say.stock_word(one.availability).to_owned(),
        all if have == all.len() => desk.say.pick("in stock".into(), "有货".into()),
        all if have == 0 && all.iter().all(|o| o.availability == all.first().and_then(|f| f.availability)) => {
            desk.say.stock_word(all.first().and_then(|o| o.availability)).to_owned()
        }
        _ if have == 0 => desk.say.pick("not in stock".into(), "没有现货".into()),
        all => desk
            .say
            .pick(format!("{have} of {} versions in stock", all.len()), format!("{} 款中 {have} 款有货", all.len())),
    };
    tidy(format!("{}{}{price}{comma}{stock}", side.title, colon(desk)))
}

/// A value in a table: yes/no where the value is one.
pub fn plain(value: &str, axis: &str, desk: &Desk<'_>) -> String {
    match (value.eq_ignore_ascii_case("yes"), is_no(value), desk.say.zh()) {
        (true, _, true) => "是".to_owned(),
        (true, _, false) => "yes".to_owned(),
        (_, true, true) => "否".to_owned(),
        (_, true, false) => "no".to_owned(),
        _ => desk.say.value(value, axis),
    }
}

/// Attributes that all sides have and differ in, added to their lines.
fn shared_attributes(part: &mut Part, sides: &[Side<'_>], desk: &Desk<'_>) {
    let Some(first) = sides.first() else { return };
    if sides.iter().any(|s| s.product.id == first.product.id && s.title != first.title) {
        return;
    }
    let shared = first.product.attributes.keys().filter(|name| {
        let values: Vec<Option<&String>> = sides.iter().map(|s| s.product.attributes.get(*name)).collect();
        values.iter().all(Option::is_some) && values.iter().any(|v| v != &values.first().copied().flatten())
    });
    for name in shared.take(ATTRIBUTES_MAX).collect::<Vec<_>>() {
        for (side, item) in sides.iter().zip(part.items.clone().iter()) {
            let Some(value) = side.product.attributes.get(name) else { continue };
            let label = desk.say.attribute(name);
            let comma = if desk.say.zh() { "，" } else { ", " };
            let at = part.items.iter().position(|i| i == item);
            if let Some(slot) = at.and_then(|at| part.items.get_mut(at)) {
                *slot = tidy(format!("{item}{comma}{label} {}", plain(value, name, desk)));
            }
            fact(part, &side.product.id, name, Value::Text(value.clone()));
        }
    }
}

/// Versions of one product: `the black or the red one`.
pub fn versions(question: &Question<'_>, desk: &Desk<'_>) -> Part {
    let Some(product) = question.products.first().and_then(|ix| desk.product(*ix)) else {
        return super::talk::not_found(desk);
    };
    let several = question.selection.wanted.iter().find(|(name, values)| values.len() > 1 && !name.contains('\u{1}'));
    if let Some(part) = halves(question, product, desk) {
        return part;
    }
    let Some((axis, values)) = several else {
        return super::product::answer(question, desk, &mut Vec::new())
            .into_iter()
            .next()
            .unwrap_or_else(|| super::talk::not_found(desk));
    };
    let sides: Vec<Side<'_>> = values
        .iter()
        .map(|value| {
            let mut one: Selection = question.selection.clone();
            one.wanted.insert(axis.clone(), vec![value.clone()]);
            let offers: Vec<Offer<'_>> = product.offers().into_iter().filter(|o| one.fits(product, o)).collect();
            let mut told = one.clone();
            told.wanted.retain(|name, _| !product.option_values(name).is_empty());
            side(product, offers, &pinned(&told, product, desk), desk)
        })
        .filter(|side| !side.offers.is_empty())
        .collect();
    let mut part = desk.part(PlanKind::Compare, &[product]);
    if sides.len() < 2 {
        return super::absent::no_version(question, product, desk);
    }
    note_sides(&mut part, &sides);
    verdict(&mut part, &sides, desk);
    part.items = sides.iter().map(|side| line(side, desk)).collect();
    part
}
