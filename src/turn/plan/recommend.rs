//! Suggestions, each with its true reason: the shop's own links between products, and what the question asks for.

use std::rc::Rc;

use super::search::{Hit, Shown, hits, line, note, settle, things};
use super::selector::Selector;
use super::{Desk, Focus, Question, fact};
use crate::catalog::product::RelatedKind;
use crate::catalog::{Offer, Product};
use crate::domain::{Part, PlanKind, Value};
use crate::turn::say::tidy;
use crate::turn::understand::ProductIx;

const SUGGESTED_MAX: usize = 3;

/// Suggests among a kind, or the whole shop: what the words of the question fit best, within its limits, in stock.
pub fn suggest(question: &Question<'_>, focus: &mut Focus, desk: &Desk<'_>) -> Part {
    let mut found = hits(question, desk, true);
    found.retain(|h| h.offers.iter().any(Offer::in_stock));
    if found.is_empty() {
        return super::search::products(question, focus, desk);
    }
    let ranks = super::search::ranks(question, 200, desk);
    let rank = |ix: ProductIx| ranks.get(&ix).copied();
    let whole = question.clause.mentions.iter().all(|m| m.products.is_empty());
    if whole {
        found.retain(|h| rank(h.ix).is_some());
        if found.is_empty() {
            return ask_more(desk, focus);
        }
    }
    found.sort_by_cached_key(|h| (rank(h.ix).unwrap_or(usize::MAX), h.lowest()));
    let chosen = diverse(found, whole, desk);
    let mut part = desk.part(PlanKind::Recommend, &[]);
    let limit = if question.price.is_empty() { String::new() } else { desk.limit(&mut part, question.price) };
    let things = things(question, desk);
    part.prose = match (limit.is_empty(), whole) {
        (true, true) => desk.say.pick("These could suit you:".into(), "这几款可能适合您：".into()),
        (true, false) => {
            desk.say.pick(format!("Of our {things}, have a look at these:"), format!("{things}可以看看这几款："))
        }
        (false, _) => desk.say.pick(format!("For {limit}, have a look at these:"), format!("{limit}可以看看这几款：")),
    };
    let mut shown: Shown = Vec::new();
    for hit in &chosen {
        note(&mut part, hit.product);
        let stocked: Vec<Offer<'_>> = hit.offers.iter().filter(|o| o.in_stock()).copied().collect();
        let hit = Hit { ix: hit.ix, product: hit.product, offers: stocked, selection: hit.selection.clone() };
        let text = line(&mut part, &hit, desk);
        let reason = reason(&mut part, hit.product, desk);
        part.items.push(tidy(if reason.is_empty() {
            text
        } else {
            format!("{text}{}{reason}", if desk.say.zh() { "。" } else { ". " })
        }));
        shown.push((hit.product.id.clone(), None));
    }
    settle(focus, question, shown);
    part
}

/// At most one of a kind when the whole shop is open; else simply the first.
fn diverse<'a>(found: Vec<Hit<'a>>, whole: bool, desk: &Desk<'_>) -> Vec<Hit<'a>> {
    let mut chosen: Vec<Hit<'a>> = Vec::new();
    for hit in found {
        let kind = |h: &Hit<'_>| desk.index.concepts.get(h.ix).and_then(|c| c.first().copied());
        if whole && chosen.iter().any(|c| kind(c).is_some() && kind(c) == kind(&hit)) {
            continue;
        }
        chosen.push(hit);
        if chosen.len() == SUGGESTED_MAX {
            break;
        }
    }
    chosen
}

/// The first sentence of the product's own description.
fn reason(part: &mut Part, product: &Product, desk: &Desk<'_>) -> String {
    let description = product.description_in(desk.lang());
    if description.is_empty() {
        return String::new();
    }
    fact(part, &product.id, "description", Value::Text(description.to_owned()));
    super::info::first_sentences(description, 1)
}

fn ask_more(desk: &Desk<'_>, focus: &mut Focus) -> Part {
    let mut part = desk.part(PlanKind::Clarify, &[]);
    part.wordable = false;
    focus.choosing = false;
    part.prose = desk.say.pick(
        "Happy to suggest something. What is it for, and is there a price you'd like to stay under?".into(),
        "很乐意为您推荐！请问是做什么用的，预算大概多少？".into(),
    );
    part
}

/// Others of the same kind that cost less than the one in focus.
pub fn cheaper(
    ix: ProductIx,
    reading: &crate::turn::understand::Reading,
    clause: &crate::turn::understand::Clause,
    focus: &mut Focus,
    desk: &Desk<'_>,
) -> Option<Part> {
    let product = desk.product(ix)?;
    let concept = desk.index.concepts.get(ix).and_then(|c| c.first()).copied()?;
    let limit = product.offers().iter().filter_map(|o| o.price).map(|p| p.minor_units).min()?;
    let mut selector = Selector::new(reading, clause, &clause.tokens, desk);
    let mut found: Vec<Hit<'_>> = desk
        .index
        .products_of(concept)
        .iter()
        .filter(|p| **p != ix)
        .filter_map(|p| desk.product(*p).map(|product| (*p, product)))
        .map(|(ix, product)| {
            let selection = selector.of(ix);
            let offers = product
                .offers()
                .into_iter()
                .filter(|o| o.in_stock() && selection.fits(product, o))
                .filter(|o| o.price.is_some_and(|p| p.minor_units < limit))
                .collect();
            Hit { ix, product, offers, selection }
        })
        .filter(|h| !h.offers.is_empty() && h.selection.missing.is_empty())
        .collect();
    let most = found.iter().map(|h| h.selection.used.len()).max().unwrap_or(0);
    found.retain(|h| h.selection.used.len() == most);
    found.sort_by_cached_key(Hit::lowest);
    found.truncate(SUGGESTED_MAX);
    let mut part = desk.part(PlanKind::Recommend, &[product]);
    let name = desk.say.the(product);
    if found.is_empty() {
        part.prose = desk.say.pick(
            format!("I have nothing of the kind that costs less than {name}."),
            format!("同类商品里没有比 {name} 更便宜的了。"),
        );
        return Some(part);
    }
    part.prose = desk.say.pick(format!("These cost less than {name}:"), format!("比 {name} 便宜的有："));
    let shown = listed(&mut part, &found, desk);
    focus.products = shown.iter().map(|(id, _)| id.clone()).collect();
    focus.shown = shown;
    Some(part)
}

/// One line a product, with what the next question may point at.
fn listed(part: &mut Part, found: &[Hit<'_>], desk: &Desk<'_>) -> Shown {
    let mut shown: Shown = Vec::new();
    for hit in found {
        note(part, hit.product);
        let text = line(part, hit, desk);
        part.items.push(text);
        shown.push((hit.product.id.clone(), None));
    }
    shown
}

/// What is like a product, or what goes with it: the shop's own links first, then the same kind.
pub fn related(question: &Question<'_>, goes_with: bool, focus: &mut Focus, desk: &Desk<'_>) -> Part {
    let Some((ix, product)) = question.products.first().and_then(|ix| desk.product(*ix).map(|p| (*ix, p))) else {
        return super::talk::not_found(desk);
    };
    let wanted = |kind: RelatedKind| goes_with == (kind != RelatedKind::Similar);
    let mut ids: Vec<ProductIx> =
        product.related.iter().filter(|r| wanted(r.kind)).filter_map(|r| desk.shop.catalog.index_of(&r.id)).collect();
    if !goes_with {
        let concept = desk.index.concepts.get(ix).and_then(|c| c.first()).copied();
        ids.extend(concept.map_or(&[][..], |c| desk.index.products_of(c)).iter().filter(|p| **p != ix));
    }
    let mut found: Vec<Hit<'_>> = Vec::new();
    for ix in ids {
        let Some(other) = desk.product(ix) else { continue };
        let offers: Vec<Offer<'_>> = other
            .offers()
            .into_iter()
            .filter(|o| o.in_stock())
            .filter(|o| question.price.is_empty() || o.price.is_some_and(|p| question.price.holds(p)))
            .collect();
        if !offers.is_empty() && found.iter().all(|h| h.ix != ix) {
            found.push(Hit { ix, product: other, offers, selection: Rc::default() });
        }
    }
    found.truncate(SUGGESTED_MAX);
    let mut part = desk.part(PlanKind::Recommend, &[product]);
    let name = desk.say.the(product);
    if found.is_empty() {
        part.prose = desk.say.pick(
            format!("I have nothing listed that goes with {name} right now. Is there anything else you are after?"),
            format!("目前没有与{name}相关的推荐，您还想找别的吗？"),
        );
        part.wordable = false;
        return part;
    }
    part.prose = if goes_with {
        desk.say.pick(format!("These go with {name}:"), format!("可以搭配 {name} 的有："))
    } else {
        desk.say.pick(format!("These are similar to {name}:"), format!("和 {name} 类似的有："))
    };
    let shown = listed(&mut part, &found, desk);
    settle(focus, question, shown);
    part
}
