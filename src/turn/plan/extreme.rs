//! The cheapest, dearest, lightest, largest … one: of a product's versions, or of several products.

use super::product::pinned;
use super::property::axes;
use super::search::{Hit, Shown, hits, note, settle, things};
use super::{Desk, Focus, Question, fact, offer_facts, talk};
use crate::catalog::{Offer, Product};
use crate::domain::{Part, PlanKind, Value};
use crate::text::fold;
use crate::text::numbers::{self, Quantity};
use crate::turn::understand::properties::Axis;
use crate::turn::understand::{Attr, ProductIx};

/// More winners than this are only counted.
const WINNERS_MAX: usize = 4;

/// The one measure by which an attribute's values can be ordered: its first quantity in base units.
fn measure(value: &str) -> Option<f64> {
    numbers::scan(&fold(value)).first().map(size)
}

fn size(quantity: &Quantity) -> f64 {
    quantity.base().map_or_else(|| quantity.value.as_f64(), |(_, size)| size)
}

fn superlative(most: bool, desk: &Desk<'_>) -> String {
    if most {
        desk.say.pick("most expensive".into(), "最贵".into())
    } else {
        desk.say.pick("cheapest".into(), "最便宜".into())
    }
}

/// Within one product.
pub fn over_offers(question: &Question<'_>, most: bool, by: Option<&Attr>, desk: &Desk<'_>, shown: &mut Shown) -> Part {
    let Some(product) = question.products.first().and_then(|ix| desk.product(*ix)) else {
        return talk::not_found(desk);
    };
    if let Some(attribute) = by {
        return by_option(question, product, most, attribute, desk);
    }
    let found = super::product::offers(question, product);
    let priced: Vec<Offer<'_>> = found.iter().filter(|o| o.price.is_some()).copied().collect();
    let key = |o: &Offer<'_>| o.price.map_or(0, |p| p.minor_units);
    let best = if most { priced.iter().map(key).max() } else { priced.iter().map(key).min() };
    let Some(best) = best else { return super::absent::no_version(question, product, desk) };
    let winners: Vec<Offer<'_>> = priced.iter().filter(|o| key(o) == best).copied().collect();
    let mut part = desk.part(PlanKind::Superlative, &[product]);
    let Some(price) = winners.first().and_then(|o| o.price) else { return part };
    let told = pinned(&question.selection, product, desk);
    let name = named(product, &told, desk);
    let word = superlative(most, desk);
    fact(&mut part, &product.id, if most { "highest price" } else { "lowest price" }, Value::Money(price));
    for offer in &winners {
        offer_facts(&mut part, product, offer);
    }
    let all_same = winners.len() == product.offers().len();
    part.prose = match winners.as_slice() {
        _ if all_same && product.offers().len() > 1 => {
            let n = winners.len();
            fact(&mut part, &product.id, "versions", Value::Count(n as u64));
            desk.say.pick(
                format!("All {n} versions of {name} cost the same: {price}."),
                format!("{name} 的 {n} 个款式价格都一样，都是 {price}。"),
            )
        }
        [one] => {
            let version = desk.say.version(one);
            let state = desk.say.stock_word(one.availability);
            if version.is_empty() {
                desk.say.pick(
                    format!("{} costs {price} and is {state}.", desk.say.capital(&name)),
                    format!("{name} 售价 {price}，{state}。"),
                )
            } else {
                desk.say.pick(
                    format!("The {word} version of {name} is {version}: {price}, {state}."),
                    format!("{name} {word}的是{version}：{price}，{state}。"),
                )
            }
        }
        many => desk.say.pick(
            format!("The {word} versions of {name} cost {price}; there are {} of them:", many.len()),
            format!("{name} {word}的价格是 {price}，有 {} 款：", many.len()),
        ),
    };
    if winners.len() > 1 && !all_same {
        fact(&mut part, &product.id, "winners", Value::Count(winners.len() as u64));
        super::product::list(&mut part, product, &winners, desk, &mut Vec::new());
    }
    if let [one] = winners.as_slice() {
        shown.push((product.id.clone(), (one.sku != product.id).then(|| one.sku.to_owned())));
    }
    in_stock_instead(&mut part, product, &winners, &priced, most, desk);
    part
}

/// Where no winner can be had, the best one that can.
fn in_stock_instead(
    part: &mut Part,
    product: &Product,
    winners: &[Offer<'_>],
    priced: &[Offer<'_>],
    most: bool,
    desk: &Desk<'_>,
) {
    if winners.iter().any(Offer::in_stock) {
        return;
    }
    let key = |o: &&Offer<'_>| o.price.map_or(0, |p| p.minor_units);
    let stocked = priced.iter().filter(|o| o.in_stock());
    let Some(next) = (if most { stocked.max_by_key(key) } else { stocked.min_by_key(key) }) else { return };
    let Some(price) = next.price else { return };
    offer_facts(part, product, next);
    let (version, word) = (desk.say.version(next), superlative(most, desk));
    part.tail = desk.say.pick(
        format!("The {word} one in stock is {version} for {price}."),
        format!("有货的款式里{word}的是{version}，{price}。"),
    );
}

fn named(product: &Product, told: &str, desk: &Desk<'_>) -> String {
    desk.say.with(&desk.say.the(product), told)
}

/// `the largest version`: by an option that is a quantity.
fn by_option(question: &Question<'_>, product: &Product, most: bool, attribute: &Attr, desk: &Desk<'_>) -> Part {
    let Some(axis) = axes(product, attribute, desk).first().copied() else {
        return super::absent::unknown(product, attribute, desk);
    };
    let mut values: Vec<(&str, f64)> =
        product.axis_values(axis).into_iter().filter_map(|v| measure(v).map(|m| (v, m))).collect();
    values.sort_by(|a, b| a.1.total_cmp(&b.1));
    let best = if most { values.last() } else { values.first() };
    let Some((value, _)) = best.copied().filter(|_| !product.option_values(axis).is_empty()) else {
        return super::property::value_of(question, product, attribute, desk);
    };
    let mut part = desk.part(PlanKind::Superlative, &[product]);
    fact(&mut part, &product.id, axis, Value::Text(value.to_owned()));
    let offers: Vec<Offer<'_>> =
        super::product::offers(question, product).into_iter().filter(|o| o.option(axis) == Some(value)).collect();
    let (label, shown, name) = (desk.say.attribute(axis), desk.say.value(value, axis), desk.say.the(product));
    let word = if most { ("largest", "最大") } else { ("smallest", "最小") };
    part.prose = desk.say.pick(
        format!("The {} {label} of {name} is {shown}.", word.0),
        format!("{name} {}的{label}是{shown}。", word.1),
    );
    if let Some((low, high)) = super::price_range(&offers) {
        for offer in &offers {
            offer_facts(&mut part, product, offer);
        }
        let range = if low == high {
            low.to_string()
        } else {
            desk.say.pick(format!("{low} to {high}"), format!("{low} 到 {high}"))
        };
        part.prose =
            desk.say.join(&part.prose, &desk.say.pick(format!("It costs {range}."), format!("售价 {range}。")));
    }
    part
}

/// Over several products: a kind, a brand, or the whole shop.
pub fn over_products(
    question: &Question<'_>,
    most: bool,
    by: Option<&Attr>,
    desk: &Desk<'_>,
    focus: &mut Focus,
) -> Part {
    let found = hits(question, desk, true);
    if found.is_empty() {
        return super::search::products(question, focus, desk);
    }
    match by {
        None => by_price(question, found, most, desk, focus),
        Some(attribute) => by_measure(question, found, most, attribute, desk, focus),
    }
}

fn by_price(question: &Question<'_>, found: Vec<Hit<'_>>, most: bool, desk: &Desk<'_>, focus: &mut Focus) -> Part {
    let key = |h: &Hit<'_>| {
        let prices = h.offers.iter().filter_map(|o| o.price).map(|p| p.minor_units);
        if most { prices.max() } else { prices.min() }
    };
    let mut priced: Vec<(i64, Hit<'_>)> = found.into_iter().filter_map(|h| key(&h).map(|k| (k, h))).collect();
    priced.sort_by_key(|(k, _)| if most { -k } else { *k });
    let mut part = desk.part(PlanKind::Superlative, &[]);
    let Some(best) = priced.first().map(|(k, _)| *k) else { return talk::not_found(desk) };
    let (things, word) = (things(question, desk), superlative(most, desk));
    let tied = priced.iter().filter(|(k, _)| *k == best).count();
    let mut shown: Shown = Vec::new();
    let mut sentences: Vec<String> = Vec::new();
    for (_, hit) in priced.iter().take(tied.min(WINNERS_MAX)) {
        shown.extend(winner(&mut part, hit, best, &things, &word, tied > 1, desk, &mut sentences));
    }
    if tied > 1 {
        let price = crate::domain::Money::new(best, desk.currency);
        fact(&mut part, "query", "winners", Value::Count(tied as u64));
        fact(&mut part, "query", "price", Value::Money(price));
        part.prose = desk.say.pick(
            format!("{tied} {things} share that place at {price}:"),
            format!("并列{word}的{things}有 {tied} 款，都是 {price}："),
        );
        part.items = sentences;
    } else {
        part.prose = sentences.join(" ");
        let gone = priced.first().is_some_and(|(k, h)| {
            !h.offers.iter().any(|o| o.in_stock() && o.price.is_some_and(|p| p.minor_units == *k))
        });
        let next = priced.iter().skip(1).find(|(_, h)| h.offers.iter().any(Offer::in_stock));
        if gone && let Some((_, hit)) = next {
            let stocked: Vec<Offer<'_>> = hit.offers.iter().filter(|o| o.in_stock()).copied().collect();
            let line = super::search::line(
                &mut part,
                &Hit { ix: hit.ix, product: hit.product, offers: stocked, selection: hit.selection.clone() },
                desk,
            );
            note(&mut part, hit.product);
            part.prose =
                desk.say.join(&part.prose, &desk.say.pick("The next one in stock:".into(), "有货的下一款是：".into()));
            part.items.push(line);
            shown.push((hit.product.id.clone(), None));
        }
    }
    settle(focus, question, shown);
    part
}

/// One winning product: a sentence, or a line where several share the place.
#[allow(clippy::too_many_arguments)]
fn winner(
    part: &mut Part,
    hit: &Hit<'_>,
    best: i64,
    things: &str,
    word: &str,
    tied: bool,
    desk: &Desk<'_>,
    sentences: &mut Vec<String>,
) -> Shown {
    note(part, hit.product);
    let offers: Vec<Offer<'_>> =
        hit.offers.iter().filter(|o| o.price.is_some_and(|p| p.minor_units == best)).copied().collect();
    for offer in &offers {
        offer_facts(part, hit.product, offer);
    }
    let Some(first) = offers.first() else { return Vec::new() };
    let Some(price) = first.price else { return Vec::new() };
    let stocked = offers.iter().find(|o| o.in_stock()).unwrap_or(first);
    let version =
        if offers.len() == 1 && hit.product.offers().len() > 1 { desk.say.version(first) } else { String::new() };
    let name = named(hit.product, &version, desk);
    let state = desk.say.stock_word(stocked.availability);
    sentences.push(if tied {
        let title = named(hit.product, &version, desk);
        desk.say.pick(
            format!("{}: {price}, {state}", title.trim_start_matches("the ")),
            format!("{title}：{price}，{state}"),
        )
    } else {
        let of = things
            .strip_prefix("products in ")
            .map_or_else(|| format!("of our {things}"), |c| format!("product in {c}"));
        desk.say.pick(
            format!("The {word} {of} is {name} at {price}, {state}."),
            format!("{things}里{word}的是 {name}，售价 {price}，{state}。"),
        )
    });
    vec![(hit.product.id.clone(), (offers.len() == 1 && first.sku != hit.product.id).then(|| first.sku.to_owned()))]
}

/// Which properties of many products an attribute speaks of, by their keys.
struct Measured<'a> {
    key: String,
    /// Attributes of the lexicon.
    ids: &'a [usize],
    related: Vec<&'static str>,
}

impl<'a> Measured<'a> {
    fn new(attribute: &Attr, desk: &Desk<'a>) -> Measured<'a> {
        let key = crate::text::tokens::key(&attribute.name);
        let related = crate::turn::understand::axes::related_keys(&key);
        Measured { ids: desk.lexicon.attributes_of(&key), related, key }
    }

    /// The first of what [`axes`] finds.
    fn first<'d>(&self, ix: ProductIx, desk: &Desk<'d>) -> Option<&'d Axis> {
        let exact = desk.index.properties.axes_of(ix).find(|a| a.name.key == self.key);
        let covered = |a: &&Axis| self.ids.iter().any(|id| a.name.covered_by.contains(id));
        exact.or_else(|| desk.index.properties.axes_of(ix).find(covered))
    }

    /// `the largest suitcase` where suitcases have a capacity and no size: the related property that most of them have.
    fn common<'d>(&self, found: &[Hit<'_>], desk: &Desk<'d>) -> Option<&'d str> {
        if found.iter().any(|h| self.first(h.ix, desk).is_some()) {
            return None;
        }
        let mut counts: Vec<(&str, usize)> = Vec::new();
        let names = found.iter().flat_map(|h| desk.index.properties.axes_of(h.ix)).map(|a| &a.name);
        for name in names.filter(|n| self.related.contains(&n.key.as_str())) {
            match counts.iter_mut().find(|(a, _)| *a == name.text) {
                Some((_, n)) => *n += 1,
                None => counts.push((&name.text, 1)),
            }
        }
        let volume = |axis: &str| matches!(axis, "capacity" | "volume");
        counts.into_iter().max_by_key(|(axis, n)| (*n, volume(axis))).map(|(axis, _)| axis)
    }
}

/// The largest or smallest value of a property among the versions that were found.
fn best_value<'h>(hit: &Hit<'h>, axis: &Axis, most: bool) -> Option<(f64, &'h str)> {
    let name = axis.name.text.as_str();
    let written = hit.offers.iter().filter_map(|o| o.options.and_then(|o| o.get(name)));
    let sized = |value: &'h String| {
        let known = axis.values.iter().find(|v| v.text == *value);
        let size = known.map_or_else(|| measure(value), |v| v.quantities.first().map(size))?;
        Some((size, value.as_str()))
    };
    written
        .chain(hit.product.attributes.get(name))
        .filter_map(sized)
        .max_by(|a, b| if most { a.0.total_cmp(&b.0) } else { b.0.total_cmp(&a.0) })
}

/// `the lightest tent`: by a measured attribute.
fn by_measure(
    question: &Question<'_>,
    found: Vec<Hit<'_>>,
    most: bool,
    attribute: &Attr,
    desk: &Desk<'_>,
    focus: &mut Focus,
) -> Part {
    let mut measured: Vec<(f64, &str, &str, Hit<'_>)> = Vec::new();
    let asked = Measured::new(attribute, desk);
    let common = asked.common(&found, desk);
    for hit in found {
        let named = |name| desk.index.properties.axes_of(hit.ix).find(|a| a.name.text == name);
        let Some(axis) = asked.first(hit.ix, desk).or_else(|| common.and_then(named)) else { continue };
        if let Some((size, value)) = best_value(&hit, axis, most) {
            measured.push((size, &axis.name.text, value, hit));
        }
    }
    measured.sort_by(|a, b| if most { b.0.total_cmp(&a.0) } else { a.0.total_cmp(&b.0) });
    let (things, label) = (things(question, desk), desk.say.attribute(&attribute.name));
    let mut part = desk.part(PlanKind::Superlative, &[]);
    let Some((best, ..)) = measured.first() else {
        fact(&mut part, "query", &attribute.name, Value::Unknown);
        part.plan = PlanKind::Decline;
        part.prose = desk.say.pick(
            format!("Sorry, our catalog doesn't list the {label} of {things}."),
            format!("抱歉，商品信息里没有标注{things}的{label}。"),
        );
        return part;
    };
    let best = *best;
    let mut shown: Shown = Vec::new();
    let word = if most { ("largest", "最大") } else { ("smallest", "最小") };
    let word = match (attribute.name.as_str(), most) {
        ("weight", true) => ("heaviest", "最重"),
        ("weight", false) => ("lightest", "最轻"),
        ("length", true) | ("battery life", true) => ("longest", "最长"),
        ("length", false) => ("shortest", "最短"),
        ("height", true) => ("tallest", "最高"),
        _ => word,
    };
    let extremes = matches!(attribute.name.as_str(), "weight" | "length" | "height");
    let tied: Vec<&(f64, &str, &str, Hit<'_>)> = measured.iter().filter(|m| (m.0 - best).abs() < 1e-9).collect();
    let mut sentences = Vec::new();
    for (_, axis, value, hit) in tied.iter().take(WINNERS_MAX) {
        note(&mut part, hit.product);
        fact(&mut part, &hit.product.id, axis, Value::Text((*value).to_owned()));
        let (shown_value, name) = (desk.say.value(value, axis), desk.say.the(hit.product));
        let price = super::price_range(&hit.offers);
        for offer in &hit.offers {
            offer_facts(&mut part, hit.product, offer);
        }
        let cost = price.map(|(low, high)| desk.say.range(low, high)).unwrap_or_default();
        sentences.push(match (tied.len() > 1, extremes) {
            (true, _) => desk.say.pick(
                format!("{}: {shown_value}, {cost}", hit.product.title_in(desk.lang())),
                format!("{name}：{shown_value}，{cost}"),
            ),
            (false, true) => desk.say.pick(
                format!("The {} of our {things} is {name} at {shown_value}; it costs {cost}.", word.0),
                format!("{things}里{}的是 {name}，{shown_value}，售价 {cost}。", word.1),
            ),
            (false, false) => desk.say.pick(
                format!("Of our {things}, {name} has the {} {label}: {shown_value}. It costs {cost}.", word.0),
                format!("{things}里{label}{}的是 {name}，{shown_value}，售价 {cost}。", word.1),
            ),
        });
        shown.push((hit.product.id.clone(), None));
    }
    if tied.len() > 1 {
        let n = tied.len();
        fact(&mut part, "query", "winners", Value::Count(n as u64));
        part.prose = desk.say.pick(
            format!("{n} {things} share the {} {label}:", word.0),
            format!("{label}{}的{things}有 {n} 款：", word.1),
        );
        part.items = sentences;
    } else {
        part.prose = sentences.join(" ");
    }
    settle(focus, question, shown);
    part
}
