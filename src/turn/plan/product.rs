//! Plans about one product: price, stock, what it comes in, what it is.

use super::{Desk, Question, fact, in_stock, offer_facts, price_range};
use crate::catalog::{Offer, Product};
use crate::domain::{Availability, Part, PlanKind, Value};
use crate::turn::understand::index::Meaning;
use crate::turn::understand::selection::is_no;
use crate::turn::understand::{Ask, Attr, Selection};

use super::absent::{lacking, no_version};
use super::info::info;
use super::property::{axes, axes_or_related, options, value_of};

/// Longer lists are cut, with a word that they go on.
pub(super) const ITEMS_MAX: usize = 8;

type Shown = Vec<(String, Option<String>)>;

/// The offers of a product that a question speaks of.
pub fn offers<'p>(question: &Question<'_>, product: &'p Product) -> Vec<Offer<'p>> {
    // `which are in stock` narrows a list or a count; a question for the stock itself is about all of them.
    let lists = |a: &Ask| matches!(a, Ask::Options(_) | Ask::CountVersions | Ask::CountValues(_) | Ask::Extreme { .. });
    let stocked_only =
        question.clause.in_stock_only && question.asks.iter().any(lists) && !question.asks.contains(&Ask::Stock);
    let all = product.offers();
    if let Some(offer) = question.sku.and_then(|at| all.get(at)) {
        return vec![*offer];
    }
    all.into_iter()
        .filter(|o| question.selection.fits(product, o))
        .filter(|o| question.price.is_empty() || o.price.is_some_and(|p| question.price.holds(p)))
        .filter(|o| !stocked_only || o.in_stock())
        .collect()
}

/// `the Fjell 2 Tent (green)`: the product with what sets the offers apart from its others.
fn the(product: &Product, offers: &[Offer<'_>], question: &Question<'_>, desk: &Desk<'_>) -> String {
    let told = match offers {
        [one] if product.offers().len() > 1 => desk.say.version(one),
        _ => pinned(&question.selection, product, desk),
    };
    desk.say.with(&desk.say.the(product), &told)
}

/// The options that the shopper pinned down, in words.
pub fn pinned(selection: &Selection, product: &Product, desk: &Desk<'_>) -> String {
    let mut words: Vec<String> = Vec::new();
    let or = if desk.say.zh() { "或" } else { " or " };
    for (name, values) in &selection.wanted {
        let name = name.split('\u{1}').next().unwrap_or(name);
        if product.option_values(name).is_empty() {
            continue;
        }
        let said: Vec<String> = values.iter().map(|v| desk.say.option(name, v)).collect();
        words.push(said.join(or));
    }
    for (name, values) in &selection.excluded {
        let name = name.split('\u{1}').next().unwrap_or(name);
        let said: Vec<String> = values.iter().map(|v| desk.say.option(name, v)).collect();
        words.push(if desk.say.zh() {
            format!("非{}", said.join("、"))
        } else {
            format!("not {}", said.join(" or "))
        });
    }
    for bound in &selection.bounds {
        let quantity = bound.quantity.to_string();
        words.push(match (desk.say.zh(), bound.at_least) {
            (true, true) => format!("至少 {quantity}"),
            (true, false) => format!("不超过 {quantity}"),
            (false, true) => format!("at least {quantity}"),
            (false, false) => format!("at most {quantity}"),
        });
    }
    words.join(if desk.say.zh() { "、" } else { ", " })
}

/// `depending on color and size`.
fn depending(product: &Product, offers: &[Offer<'_>], desk: &Desk<'_>) -> String {
    let names: Vec<String> = product
        .option_names()
        .into_iter()
        .filter(|n| offers.first().is_some_and(|f| offers.iter().any(|o| o.option(n) != f.option(n))))
        .filter(|n| !product.option_values(n).iter().any(|v| is_no(v) || v.eq_ignore_ascii_case("yes")))
        .take(2)
        .map(|n| desk.say.attribute(n))
        .collect();
    if names.is_empty() {
        if desk.say.zh() { "版本".to_owned() } else { "version".to_owned() }
    } else {
        desk.say.list(&names)
    }
}

/// A sentence with the price of some offers; notes the facts.
pub fn price_phrase(part: &mut Part, product: &Product, offers: &[Offer<'_>], desk: &Desk<'_>) -> Option<String> {
    let (low, high) = price_range(offers)?;
    for offer in offers {
        offer_facts(part, product, offer);
    }
    let name = desk.say.capital(&desk.say.the(product));
    let costs = desk.say.verb(product, "costs");
    Some(if low == high {
        desk.say.pick(format!("{name} {costs} {low}."), format!("{name} 售价 {low}。"))
    } else {
        let by = depending(product, offers, desk);
        desk.say.pick(
            format!("{name} {costs} {low} to {high}, depending on {by}."),
            format!("{name} 售价 {low} 到 {high}，因{by}而异。"),
        )
    })
}

/// Everything that was asked about one product.
pub fn answer(question: &Question<'_>, desk: &Desk<'_>, shown: &mut Shown) -> Vec<Part> {
    let Some(product) = question.products.first().and_then(|ix| desk.product(*ix)) else { return Vec::new() };
    let selection = &question.selection;
    // Asked for a property, the property is the answer, whatever else the words could wish for.
    let asks_property = question.asks.iter().any(|a| matches!(a, Ask::Attribute(_))) && {
        let wished = |axis: &str| {
            question.selection.missing.iter().any(|(o, w)| {
                o == axis && !(is_no(product.axis_values(axis).first().copied().unwrap_or_default()) || w.is_empty())
            })
        };
        question.asked(product, desk).iter().any(|a| !wished(a.axis))
    };
    if question.sku.is_none()
        && !asks_property
        && let Some(part) = lacking(question, product, desk)
    {
        return vec![part];
    }
    let found = offers(question, product);
    if found.is_empty() {
        return vec![no_version(question, product, desk)];
    }
    let mut parts = Vec::new();
    let has = |ask: &Ask| question.asks.contains(ask);
    let price_limited = !question.price.is_empty();
    let (price, stock) = (has(&Ask::Price), has(&Ask::Stock));
    // A property whose value was given is no question, unless it is one of yes and no.
    let open = |axis: &str| {
        let given = selection.wanted.contains_key(axis) || selection.excluded.contains_key(axis);
        !given || product.axis_values(axis).iter().all(|v| is_no(v) || v.eq_ignore_ascii_case("yes"))
    };
    let given = |attribute: &Attr| {
        let own = axes(product, attribute, desk);
        !own.is_empty() && own.iter().all(|a| !open(a))
    };
    let known: Vec<Attr> = question
        .asked(product, desk)
        .into_iter()
        .filter(|a| open(a.axis))
        .map(|a| Attr { name: a.axis.to_owned(), lexical: false })
        .collect();
    let mut answered = false;
    for ask in &question.asks {
        match ask {
            // `which yoga mats come in blue`: the blue ones, not all there is.
            Ask::Options(None) if !selection.is_empty() => {}
            Ask::Options(Some(attribute)) if given(attribute) => {}
            Ask::Options(attribute) => match (attribute, known.first()) {
                (Some(_), Some(own)) => parts.push(options(question, product, Some(own), desk)),
                (attribute, _) => parts.push(options(question, product, attribute.as_ref(), desk)),
            },
            // What the product has of all that was asked; where it has nothing, that is said once.
            Ask::Attribute(attribute) if given(attribute) => {}
            Ask::Attribute(attribute)
                if known.is_empty()
                    && (is_wish(question, attribute, desk) || describes(question, product, attribute, desk)) => {}
            Ask::Attribute(attribute) if !answered => {
                answered = true;
                match known.is_empty() {
                    true => {
                        let here = |a: &&Attr| !axes_or_related(product, a, desk).is_empty();
                        let asked =
                            question.asks.iter().filter_map(|a| if let Ask::Attribute(a) = a { Some(a) } else { None });
                        parts.push(value_of(question, product, asked.clone().find(here).unwrap_or(attribute), desk));
                    }
                    false => parts.extend(known.iter().take(3).map(|a| value_of(question, product, a, desk))),
                }
            }
            Ask::Info => parts.push(info(product, desk)),
            _ => {}
        }
    }
    parts.dedup();
    if price_limited && parts.is_empty() {
        parts.push(within_price(question, product, &found, desk, shown));
    } else if price && stock {
        parts.push(price_and_stock(question, product, &found, desk, shown));
    } else if price {
        parts.push(price_of(question, product, &found, desk, shown));
    } else if stock {
        parts.push(stock_of(question, product, &found, desk, shown));
    } else if parts.is_empty() {
        let bare = selection.is_empty() && question.sku.is_none();
        parts.push(if bare && question.asks.is_empty() && !question.clause.existence {
            info(product, desk)
        } else {
            price_and_stock(question, product, &found, desk, shown)
        });
    }
    parts
}

/// `with a medium frame`: beside a value that was understood, a noun which this product has no property for describes.
fn describes(question: &Question<'_>, product: &Product, attribute: &Attr, desk: &Desk<'_>) -> bool {
    let ids = desk.lexicon.attributes_of(&crate::text::tokens::key(&attribute.name));
    let asked = question
        .reading
        .parsed
        .spans
        .iter()
        .any(|s| s.meanings.iter().any(|m| matches!(m, Meaning::Ask(id) if ids.contains(id))));
    let has = !axes_or_related(product, attribute, desk).is_empty();
    !question.selection.is_empty() && !has && !asked && !question.selection.used.is_empty()
}

/// Whether the words of an attribute only chose versions (`portable grills` where portable is a size).
fn is_wish(question: &Question<'_>, attribute: &Attr, desk: &Desk<'_>) -> bool {
    let ids = desk.lexicon.attributes_of(&crate::text::tokens::key(&attribute.name));
    let parsed = &question.reading.parsed;
    let mut spans = parsed
        .spans
        .iter()
        .filter(|s| {
            s.meanings.iter().any(|m| matches!(m, Meaning::Attribute(id) | Meaning::Ask(id) if ids.contains(id)))
        })
        .peekable();
    spans.peek().is_some()
        && spans.all(|s| question.selection.used.iter().any(|u| u.start < s.tokens.end && s.tokens.start < u.end))
}

/// One line an offer: `black, size M: $46.66, in stock`.
pub fn list(part: &mut Part, product: &Product, offers: &[Offer<'_>], desk: &Desk<'_>, shown: &mut Shown) {
    for offer in offers.iter().take(ITEMS_MAX) {
        offer_facts(part, product, offer);
        let version = desk.say.version(offer);
        let version = if version.is_empty() { product.title_in(desk.lang()).to_owned() } else { version };
        let stock = desk.say.stock_word(offer.availability);
        let price = offer.price.map(|p| p.to_string());
        let colon = if desk.say.zh() { "：" } else { ": " };
        let comma = if desk.say.zh() { "，" } else { ", " };
        part.items.push(super::super::say::tidy(match price {
            Some(price) => format!("{version}{colon}{price}{comma}{stock}"),
            None => format!("{version}{colon}{stock}"),
        }));
        shown.push((product.id.clone(), (offer.sku != product.id).then(|| offer.sku.to_owned())));
    }
    if offers.len() > ITEMS_MAX {
        let more = offers.len() - ITEMS_MAX;
        fact(part, &product.id, "more", Value::Count(more as u64));
        part.tail = desk.say.pick(format!("… and {more} more."), format!("……还有 {more} 款。"));
    }
}

fn price_of(
    question: &Question<'_>,
    product: &Product,
    found: &[Offer<'_>],
    desk: &Desk<'_>,
    shown: &mut Shown,
) -> Part {
    let mut part = desk.part(PlanKind::Price, &[product]);
    let name = desk.say.capital(&the(product, found, question, desk));
    let Some((low, high)) = price_range(found) else {
        fact(&mut part, &product.id, "price", Value::Unknown);
        part.prose = desk.say.pick(
            format!("Our catalog has no price for {}.", the(product, found, question, desk)),
            format!("商品信息里没有标注{name}的价格。"),
        );
        return part;
    };
    for offer in found {
        offer_facts(&mut part, product, offer);
    }
    let costs = desk.say.verb(product, "costs");
    let gone = in_stock(found) == 0 && found.iter().all(|o| o.availability == Some(Availability::OutOfStock));
    let but = match (gone, desk.say.zh()) {
        (false, _) => "",
        (true, false) => ", but it is out of stock at the moment",
        (true, true) => "，不过目前缺货",
    };
    let but = if gone && !desk.say.zh() && desk.say.verb(product, "is") == "are" {
        ", but they are out of stock at the moment"
    } else {
        but
    };
    if low == high {
        part.prose = match desk.say.seed % 2 {
            0 => desk.say.pick(format!("{name} {costs} {low}{but}."), format!("{name} 售价 {low}{but}。")),
            _ => desk.say.pick(
                format!("{name} {} {low}{but}.", desk.say.verb(product, "is")),
                format!("{name} 的价格是 {low}{but}。"),
            ),
        };
        return part;
    }
    let by = depending(product, found, desk);
    part.prose = desk.say.pick(
        format!("{name} {costs} {low} to {high}, depending on {by}{but}."),
        format!("{name} 售价 {low} 到 {high}，因{by}而异{but}。"),
    );
    if found.len() <= 4 && product.offers().len() > found.len() || found.len() <= 3 {
        list(&mut part, product, found, desk, shown);
    }
    part
}

/// `both versions`, `all 3 versions`.
fn all_versions(n: usize) -> String {
    if n == 2 { "both versions".to_owned() } else { format!("all {n} versions") }
}

fn stock_sentence(
    question: &Question<'_>,
    product: &Product,
    found: &[Offer<'_>],
    desk: &Desk<'_>,
    part: &mut Part,
) -> String {
    let name = the(product, found, question, desk);
    let (is, have) = (desk.say.verb(product, "is"), in_stock(found));
    if let [one] = found {
        let state = one.availability;
        return match state {
            Some(Availability::InStock) => {
                desk.say.pick(format!("Yes, {name} {is} in stock."), format!("有的，{name} 有货。"))
            }
            Some(Availability::OutOfStock) => desk
                .say
                .pick(format!("Sorry, {name} {is} out of stock at the moment."), format!("抱歉，{name} 目前缺货。")),
            Some(Availability::Discontinued) => {
                desk.say.pick(format!("Sorry, {name} {is} discontinued."), format!("抱歉，{name} 已停产。"))
            }
            Some(Availability::Preorder) => desk.say.pick(
                format!("{} {is} on pre-order: not in stock yet, but you can order ahead.", desk.say.capital(&name)),
                format!("{name} 还没有现货，可以预订。"),
            ),
            Some(Availability::Backorder) => desk.say.pick(
                format!(
                    "{} {is} on back-order: not in stock right now, but you can order it.",
                    desk.say.capital(&name)
                ),
                format!("{name} 目前没有现货，可以预约补货。"),
            ),
            None => {
                fact(part, &product.id, "availability", Value::Unknown);
                desk.say.pick(
                    format!("Our catalog doesn't say whether {name} {is} in stock."),
                    format!("商品信息里没有标注{name}的库存。"),
                )
            }
        };
    }
    let all = found.len();
    fact(part, &product.id, "versions", Value::Count(all as u64));
    fact(part, &product.id, "versions in stock", Value::Count(have as u64));
    if have == all {
        desk.say.pick(
            format!("Yes, {name} {is} in stock in {}.", all_versions(all)),
            format!("有的，{name} 的 {all} 个款式都有货。"),
        )
    } else if have == 0 {
        desk.say.pick(
            format!("Sorry, {} of {name} are out of stock at the moment.", all_versions(all)),
            format!("抱歉，{name} 的 {all} 个款式目前都缺货。"),
        )
    } else {
        let are = if have == 1 { "is" } else { "are" };
        desk.say.pick(
            format!("Yes, {have} of the {all} versions of {name} {are} in stock."),
            format!("有的，{name} 的 {all} 个款式中有 {have} 个有货。"),
        )
    }
}

fn stock_of(
    question: &Question<'_>,
    product: &Product,
    found: &[Offer<'_>],
    desk: &Desk<'_>,
    shown: &mut Shown,
) -> Part {
    let mut part = desk.part(PlanKind::Stock, &[product]);
    for offer in found {
        offer_facts(&mut part, product, offer);
    }
    part.prose = stock_sentence(question, product, found, desk, &mut part);
    let have: Vec<Offer<'_>> = found.iter().filter(|o| o.in_stock()).copied().collect();
    match found {
        [one] if !one.in_stock() => alternative(&mut part, product, one, desk, shown),
        [_] => {}
        _ if have.len() < found.len() && !have.is_empty() && have.len() <= ITEMS_MAX => {
            list(&mut part, product, &have, desk, shown)
        }
        _ => {}
    }
    part
}

/// The closest offers that can be had instead.
fn alternative(part: &mut Part, product: &Product, gone: &Offer<'_>, desk: &Desk<'_>, shown: &mut Shown) {
    let all = product.offers();
    let same = |o: &Offer<'_>| gone.options.into_iter().flatten().filter(|(n, v)| o.option(n) == Some(v)).count();
    let most = all.iter().filter(|o| o.in_stock()).map(same).max();
    let near: Vec<Offer<'_>> = all.iter().filter(|o| o.in_stock() && Some(same(o)) == most).take(3).copied().collect();
    if !near.is_empty() {
        part.prose =
            desk.say.join(&part.prose, &desk.say.pick("In stock and close to it:".into(), "有货的相近款：".into()));
        list(part, product, &near, desk, shown);
    }
}

pub(super) fn price_and_stock(
    question: &Question<'_>,
    product: &Product,
    found: &[Offer<'_>],
    desk: &Desk<'_>,
    shown: &mut Shown,
) -> Part {
    let plan = if question.asks.contains(&Ask::Price) { PlanKind::Price } else { PlanKind::Stock };
    let mut part = desk.part(plan, &[product]);
    for offer in found {
        offer_facts(&mut part, product, offer);
    }
    let Some((low, high)) = price_range(found) else { return stock_of(question, product, found, desk, shown) };
    let plain = the(product, found, question, desk);
    let name = desk.say.capital(&plain);
    let (costs, is, have, all) =
        (desk.say.verb(product, "costs"), desk.say.verb(product, "is"), in_stock(found), found.len());
    if let [one] = found {
        let state = desk.say.stock_word(one.availability);
        let yes = question.clause.existence && one.in_stock();
        part.prose = match (yes, one.in_stock()) {
            (true, _) => desk.say.pick(
                format!("Yes, we have {plain}: it {costs} {low} and {is} in stock.").replace("it cost ", "they cost "),
                format!("有的，{plain} 售价 {low}，有货。"),
            ),
            (_, true) => {
                desk.say.pick(format!("{name} {costs} {low} and {is} in stock."), format!("{name} 售价 {low}，有货。"))
            }
            _ => desk.say.pick(
                format!("{name} {costs} {low}, but {is} {state} at the moment."),
                format!("{name} 售价 {low}，不过目前{state}。"),
            ),
        };
        if !one.in_stock() {
            if one.availability != Some(Availability::OutOfStock) {
                part.prose = desk
                    .say
                    .pick(format!("{name} {costs} {low} and {is} {state}."), format!("{name} 售价 {low}，{state}。"));
            }
            alternative(&mut part, product, one, desk, shown);
        }
        return part;
    }
    fact(&mut part, &product.id, "versions", Value::Count(all as u64));
    fact(&mut part, &product.id, "versions in stock", Value::Count(have as u64));
    let (yes_en, yes_zh) =
        if question.clause.existence && have > 0 { ("Yes, we have ", "有的，") } else { ("", "") };
    let range = if low == high {
        low.to_string()
    } else if desk.say.zh() {
        format!("{low} 到 {high}")
    } else {
        format!("{low} to {high}")
    };
    let state_en = match have {
        0 => format!("{} are out of stock at the moment", all_versions(all)),
        _ if have == all => format!("{} are in stock", all_versions(all)),
        _ => format!("{have} of the {all} versions {} in stock", if have == 1 { "is" } else { "are" }),
    };
    let state_zh = match have {
        0 => format!("{all} 个款式目前都缺货"),
        _ if have == all => format!("{all} 个款式都有货"),
        _ => format!("{all} 个款式中有 {have} 个有货"),
    };
    part.prose = if yes_en.is_empty() {
        desk.say.pick(format!("{name} {costs} {range}; {state_en}."), format!("{name} 售价 {range}；{state_zh}。"))
    } else {
        desk.say.pick(
            format!("{yes_en}{plain} for {range}; {state_en}."),
            format!("{yes_zh}{plain} 售价 {range}；{state_zh}。"),
        )
    };
    if all <= 4 {
        list(&mut part, product, found, desk, shown);
    }
    part
}

/// The versions inside a price limit.
fn within_price(
    question: &Question<'_>,
    product: &Product,
    found: &[Offer<'_>],
    desk: &Desk<'_>,
    shown: &mut Shown,
) -> Part {
    let mut part = desk.part(PlanKind::Search, &[product]);
    let limit = desk.limit(&mut part, question.price);
    let n = found.len();
    fact(&mut part, &product.id, "versions found", Value::Count(n as u64));
    let mut sorted = found.to_vec();
    sorted.sort_by_key(|o| o.price.map_or(i64::MAX, |p| p.minor_units));
    let named = desk.say.with(&desk.say.the(product), &pinned(&question.selection, product, desk));
    if let [one] = sorted.as_slice()
        && let Some(price) = one.price
        && product.offers().len() == 1
    {
        offer_facts(&mut part, product, one);
        let (costs, is, state) =
            (desk.say.verb(product, "costs"), desk.say.verb(product, "is"), desk.say.stock_word(one.availability));
        part.prose = desk.say.pick(
            format!("Yes, {named} {costs} {price} and {is} {state}."),
            format!("有的，{named} 售价 {price}，{state}。"),
        );
        return part;
    }
    let cost = if n == 1 { "version of" } else { "versions of" };
    let verb = if n == 1 { "costs" } else { "cost" };
    part.prose = desk.say.pick(format!("{n} {cost} {named} {verb} {limit}:"), format!("{named} 有 {n} 款{limit}："));
    list(&mut part, product, &sorted, desk, shown);
    part
}

/// The chat takes no orders; it says what the thing costs and where it is bought.
pub fn buy(question: &Question<'_>, desk: &Desk<'_>) -> Part {
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
    let mut part = price_and_stock(question, product, &found, desk, &mut Vec::new());
    part.plan = PlanKind::Purchase;
    let how = match &product.url {
        Some(url) => {
            fact(&mut part, &product.id, "url", Value::Text(url.clone()));
            desk.say.pick(
                format!("I can't take orders in this chat; you can order it here: {url}"),
                format!("聊天里不能直接下单，请在商品页购买：{url}"),
            )
        }
        None => desk.say.pick(
            "I can't take orders in this chat, but you can order it in the shop.".into(),
            "聊天里不能直接下单，请在店铺页面购买。".into(),
        ),
    };
    part.tail = if part.tail.is_empty() { how } else { format!("{} {how}", part.tail) };
    part
}
