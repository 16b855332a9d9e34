//! Plans over several products: those that meet some limits, how many there are, and which of them is meant.

use std::collections::HashMap;
use std::rc::Rc;

use super::selector::Selector;
use super::talk::kind;
use super::{Desk, Focus, Question, fact, in_stock, offer_facts, price_range};
use crate::catalog::{Offer, Product};
use crate::domain::{Part, PlanKind, Value};
use crate::turn::say::tidy;
use crate::turn::understand::{Ask, ProductIx, Selection};

/// More lines than this make no chat message.
const LINES_MAX: usize = 5;

pub type Shown = Vec<(String, Option<String>)>;

/// A product with the versions of it that meet what was asked.
pub struct Hit<'a> {
    pub ix: ProductIx,
    pub product: &'a Product,
    pub offers: Vec<Offer<'a>>,
    pub selection: Rc<Selection>,
}

impl Hit<'_> {
    pub fn lowest(&self) -> i64 {
        self.offers.iter().filter_map(|o| o.price).map(|p| p.minor_units).min().unwrap_or(i64::MAX)
    }

    fn stocked(&self) -> bool {
        self.offers.iter().any(Offer::in_stock)
    }
}

/// The candidates that meet every limit; the price limit can be left aside.
pub fn hits<'a>(question: &Question<'_>, desk: &Desk<'a>, mind_price: bool) -> Vec<Hit<'a>> {
    let strict = hits_among(question, desk, mind_price, false);
    if !strict.is_empty() || question.products.len() > 200 || !question.asks.contains(&Ask::Recommend) {
        return strict;
    }
    // What a kind of thing is for (`home office`, `kids`) is often no listed property; colours and materials are.
    hits_among(question, desk, mind_price, true)
}

/// Wishes that a product without the property does not meet.
const STRICT: &[&str] = &["color", "material", "size", "waterproof", "pattern"];

fn hits_among<'a>(question: &Question<'_>, desk: &Desk<'a>, mind_price: bool, lenient: bool) -> Vec<Hit<'a>> {
    let limited = mind_price && !question.price.is_empty();
    let mut hits: Vec<Hit<'a>> = Vec::new();
    let mut selector = Selector::new(question.reading, question.clause, &question.clause.tokens, desk);
    for ix in candidates(question, desk) {
        let Some(product) = desk.product(ix).filter(|_| within_limits(ix, question, limited, desk)) else { continue };
        let selection = selector.of(ix);
        let foreign = selection.foreign.iter().any(|(a, _)| !lenient || STRICT.contains(&a.as_str()));
        if !selection.missing.is_empty() || foreign {
            continue;
        }
        let offers: Vec<Offer<'a>> = product
            .offers()
            .into_iter()
            .filter(|o| selection.fits(product, o))
            .filter(|o| !limited || o.price.is_some_and(|p| question.price.holds(p)))
            .filter(|o| !question.clause.in_stock_only || o.in_stock())
            .collect();
        if !offers.is_empty() {
            hits.push(Hit { ix, product, offers, selection });
        }
    }
    // Where some products meet a wish that others do not even speak of, only the former are meant.
    let most = hits.iter().map(|h| h.selection.used.len()).max().unwrap_or(0);
    hits.retain(|h| h.selection.used.len() == most);
    hits
}

/// Whether any version can meet price and stock; a look at the numbers before anything is read.
fn within_limits(ix: ProductIx, question: &Question<'_>, limited: bool, desk: &Desk<'_>) -> bool {
    let Some(sold) = desk.index.properties.title(ix) else { return true };
    let below = question.price.max.is_none_or(|max| sold.lowest.is_some_and(|low| low <= max));
    let above = question.price.min.is_none_or(|min| sold.highest.is_some_and(|high| high >= min));
    (!limited || below && above) && (sold.stocked || !question.clause.in_stock_only)
}

/// Reading the whole message against every product of a large shop takes too long; where it names values, only the
/// products that have one of them can meet it.
fn candidates(question: &Question<'_>, desk: &Desk<'_>) -> Vec<ProductIx> {
    if question.products.len() <= 200 {
        return question.products.clone();
    }
    let named = desk.index.holders(&question.reading.parsed);
    if named.is_empty() { question.products.clone() } else { named }
}

/// What the question calls its things: `tents`.
pub fn things(question: &Question<'_>, desk: &Desk<'_>) -> String {
    let mut kinds: Vec<String> = Vec::new();
    for name in question.clause.mentions.iter().filter(|m| !m.products.is_empty()).filter_map(|m| kind(m, desk)) {
        if !kinds.contains(&name) {
            kinds.push(name);
        }
    }
    match kinds.is_empty() {
        true => desk.say.pick("products".into(), "商品".into()),
        false => kinds.join(if desk.say.zh() { "或" } else { " or " }),
    }
}

/// `Norrvale Fjell 2 Tent: $189.00, in stock`.
pub fn line(part: &mut Part, hit: &Hit<'_>, desk: &Desk<'_>) -> String {
    let title = hit.product.title_in(desk.lang());
    for offer in &hit.offers {
        offer_facts(part, hit.product, offer);
    }
    let all = hit.product.offers().len();
    let version = match hit.offers.as_slice() {
        [one] if all > 1 => desk.say.version(one),
        _ => String::new(),
    };
    let name = desk.say.with(title, &version);
    let colon = if desk.say.zh() { "：" } else { ": " };
    let comma = if desk.say.zh() { "，" } else { ", " };
    let price = price_range(&hit.offers).map(|(low, high)| desk.say.range(low, high));
    tidy(match price {
        Some(price) => format!("{name}{colon}{price}{comma}{}", stock(&hit.offers, desk)),
        None => format!("{name}{colon}{}", stock(&hit.offers, desk)),
    })
}

fn stock(offers: &[Offer<'_>], desk: &Desk<'_>) -> String {
    let have = in_stock(offers);
    match offers {
        [] => String::new(),
        [one] => desk.say.stock_word(one.availability).to_owned(),
        _ if have == offers.len() => desk.say.pick("in stock".into(), "有货".into()),
        _ if have > 0 => desk.say.pick("some versions in stock".into(), "部分款式有货".into()),
        [first, ..] if offers.iter().all(|o| o.availability == first.availability) => {
            desk.say.stock_word(first.availability).to_owned()
        }
        _ => desk.say.pick("not in stock".into(), "没有现货".into()),
    }
}

/// Adds the lines of some hits and what was left out.
pub fn lines(part: &mut Part, hits: &[Hit<'_>], desk: &Desk<'_>) -> Shown {
    let mut shown: Shown = Vec::new();
    for hit in hits.iter().take(LINES_MAX) {
        note(part, hit.product);
        super::selection_facts(part, hit.product, &hit.selection);
        let line = line(part, hit, desk);
        part.items.push(line);
        let sku = match hit.offers.as_slice() {
            [one] if one.sku != hit.product.id => Some(one.sku.to_owned()),
            _ => None,
        };
        shown.push((hit.product.id.clone(), sku));
    }
    if hits.len() > LINES_MAX {
        let more = hits.len() - LINES_MAX;
        fact(part, "query", "more", Value::Count(more as u64));
        part.tail = desk.say.pick(
            format!("There are {more} more; tell me what matters to you and I'll narrow it down."),
            format!("另外还有 {more} 款，告诉我您看重什么，我再帮您缩小范围。"),
        );
    }
    shown
}

/// Notes a product as a subject and a source.
pub fn note(part: &mut Part, product: &Product) {
    if !part.sources.contains(&product.id) {
        part.sources.push(product.id.clone());
    }
    if !part.subjects.iter().any(|s| s.id == product.id) {
        part.subjects.push(super::subject(product));
    }
}

/// Products that meet the limits of a question.
pub fn products(question: &Question<'_>, focus: &mut Focus, desk: &Desk<'_>) -> Part {
    let mut found = hits(question, desk, true);
    if found.is_empty() {
        return nothing(question, focus, desk);
    }
    let limited = !question.price.is_empty();
    let ranks = if limited { HashMap::new() } else { ranks(question, 400, desk) };
    let rank = |ix: ProductIx| ranks.get(&ix).copied().unwrap_or(if limited { 0 } else { usize::MAX });
    found.sort_by_cached_key(|h| (!h.stocked(), rank(h.ix), h.lowest()));
    let mut part = desk.part(PlanKind::Search, &[]);
    let n = found.len();
    let limit = if limited { desk.limit(&mut part, question.price) } else { String::new() };
    let things = things(question, desk);
    fact(&mut part, "query", "found", Value::Count(n as u64));
    let stocked_only = question.clause.in_stock_only;
    part.prose = if let [one] = found.as_slice() {
        note(&mut part, one.product);
        desk.say.pick(
            match limit.is_empty() {
                true => "Yes, there is one that fits:".to_owned(),
                false => format!("Yes, there is one for {limit}:"),
            },
            match limit.is_empty() {
                true => "有的，有一款符合：".to_owned(),
                false => format!("有的，{limit}的有一款："),
            },
        )
    } else {
        let stock = if stocked_only { (" in stock", "有货的") } else { ("", "") };
        let fitting = desk.say.with(&things, &wishes(&found, desk));
        desk.say.pick(
            match limit.is_empty() {
                true => format!("We have {n} {fitting}{}:", stock.0),
                false => format!("We have {n} {fitting}{} for {limit}:", stock.0),
            },
            match limit.is_empty() {
                true => format!("我们有 {n} 款{}{fitting}：", stock.1),
                false => format!("{limit}的{}{fitting}有 {n} 款：", stock.1),
            },
        )
    };
    let shown = lines(&mut part, &found, desk);
    settle(focus, question, shown);
    part
}

/// Places of the products that the words of the message fit best.
pub fn ranks(question: &Question<'_>, top: usize, desk: &Desk<'_>) -> HashMap<ProductIx, usize> {
    desk.finder.search(&question.reading.parsed.text, top).into_iter().enumerate().map(|(at, h)| (h.doc, at)).collect()
}

/// The values that all hits were chosen by.
fn wishes(hits: &[Hit<'_>], desk: &Desk<'_>) -> String {
    let Some(first) = hits.first() else { return String::new() };
    let same = hits.iter().all(|h| h.selection.wanted == first.selection.wanted);
    if same && !first.selection.is_empty() {
        super::product::pinned(&first.selection, first.product, desk)
    } else {
        String::new()
    }
}

/// Moves the focus to a list that was shown.
pub fn settle(focus: &mut Focus, question: &Question<'_>, shown: Shown) {
    focus.products = shown.iter().map(|(id, _)| id.clone()).collect();
    focus.products.dedup();
    focus.shown = shown;
    focus.wanted = question.selection.wanted.clone();
    focus.price = question.price;
    focus.choosing = false;
    focus.asks = question.asks.iter().filter(|a| !matches!(a, Ask::Search | Ask::Recommend)).cloned().collect();
}

/// Nothing meets the limits: says so, and what comes closest.
fn nothing(question: &Question<'_>, focus: &mut Focus, desk: &Desk<'_>) -> Part {
    let mut part = desk.part(PlanKind::Search, &[]);
    let things = things(question, desk);
    fact(&mut part, "query", "found", Value::Count(0));
    let mut near = if question.price.is_empty() { Vec::new() } else { hits(question, desk, false) };
    near.retain(|h| h.lowest() < i64::MAX);
    if question.price.is_empty() || near.is_empty() {
        part.plan = PlanKind::Decline;
        let absent = question.clause.in_stock_only;
        part.prose = if absent {
            desk.say.pick(
                format!("Sorry, none of the {things} you describe are in stock at the moment."),
                format!("抱歉，您要的{things}目前没有现货。"),
            )
        } else {
            desk.say
                .pick(format!("Sorry, none of our {things} match that."), format!("抱歉，没有找到符合要求的{things}。"))
        };
        let mut others: Vec<Hit<'_>> = question
            .products
            .iter()
            .take(if question.by_name || question.products.len() <= 40 { 40 } else { 0 })
            .filter_map(|ix| {
                let product = desk.product(*ix)?;
                Some(Hit { ix: *ix, product, offers: product.offers(), selection: Rc::default() })
            })
            .filter(Hit::stocked)
            .collect();
        others.sort_by_cached_key(Hit::lowest);
        others.truncate(3);
        if !others.is_empty() {
            part.prose = desk.say.join(&part.prose, &desk.say.pick("These we do have:".into(), "店里有这些：".into()));
            let shown = lines(&mut part, &others, desk);
            settle(focus, question, shown);
        }
        return part;
    }
    let limit = desk.limit(&mut part, question.price);
    near.sort_by_cached_key(|h| h.offers.iter().filter_map(|o| o.price).map(|p| question.price.distance(p)).min());
    near.truncate(3);
    part.prose = desk.say.pick(
        format!("We have no {things} for {limit}. The closest in price:"),
        format!("没有{limit}的{things}，价格最接近的是："),
    );
    let shown = lines(&mut part, &near, desk);
    settle(focus, question, shown);
    part
}

/// `How many tents do you have?`
pub fn count(question: &Question<'_>, desk: &Desk<'_>) -> Part {
    let found = hits(question, desk, true);
    let mut part = desk.part(PlanKind::Count, &[]);
    let n = found.len();
    fact(&mut part, "query", "found", Value::Count(n as u64));
    part.sources.push("shop".to_owned());
    let things = things(question, desk);
    let limit = if question.price.is_empty() { String::new() } else { desk.limit(&mut part, question.price) };
    let stock = if question.clause.in_stock_only { (" in stock", "有货的") } else { ("", "") };
    let singular = if n == 1 { things.trim_end_matches('s') } else { &things };
    let pinned = wishes(&found, desk);
    let (fitting_en, fitting_zh) = (desk.say.with(singular, &pinned), desk.say.with(&things, &pinned));
    let end = if limit.is_empty() { String::new() } else { format!(" for {limit}") };
    part.prose = desk.say.pick(
        format!("We have {n} {fitting_en}{}{end}.", stock.0),
        format!(
            "我们有 {n} 款{limit}{}{fitting_zh}。",
            if limit.is_empty() { stock.1.to_owned() } else { format!("的{}", stock.1) }
        ),
    );
    if (2..=LINES_MAX).contains(&n) {
        part.prose = part.prose.trim_end_matches(['.', '。']).to_owned() + &desk.say.pick(":".into(), "：".into());
        lines(&mut part, &found, desk);
    }
    part
}

/// A question for one product that several could be: asks which, and shows what each would answer.
pub fn which(question: &Question<'_>, desk: &Desk<'_>, shown: &mut Shown) -> Part {
    let mut part = desk.part(PlanKind::Clarify, &[]);
    let things = things(question, desk);
    let n = question.products.len();
    fact(&mut part, "query", "found", Value::Count(n as u64));
    let attribute = question.asks.iter().find_map(|a| match a {
        Ask::Attribute(attribute) | Ask::Options(Some(attribute)) => Some(attribute),
        _ => None,
    });
    let mut found: Vec<Hit<'_>> = question
        .products
        .iter()
        .filter_map(|ix| desk.product(*ix).map(|p| (*ix, p)))
        .map(|(ix, product)| Hit { ix, product, offers: product.offers(), selection: Rc::default() })
        .collect();
    if !question.by_name {
        found.sort_by_cached_key(|h| (!h.stocked(), h.lowest()));
    }
    part.prose = if question.by_name && n <= LINES_MAX {
        desk.say.pick(
            "There are several that could be; which one do you mean?".to_owned(),
            "有几款都可能是您说的，请问是哪一款？".to_owned(),
        )
    } else {
        desk.say.pick(
            format!("We have {n} {things}. Which one do you mean?"),
            format!("我们有 {n} 款{things}，请问是哪一款？"),
        )
    };
    part.wordable = false;
    let extra: Vec<String> = found
        .iter()
        .take(LINES_MAX)
        .map(|h| attribute.map(|a| attribute_note(&mut part, h.product, a, desk)).unwrap_or_default())
        .collect();
    let listed = lines(&mut part, &found, desk);
    for (item, note) in part.items.iter_mut().zip(&extra).filter(|(_, n)| !n.is_empty()) {
        item.push_str(if desk.say.zh() { "，" } else { ", " });
        item.push_str(note);
        *item = tidy(item.clone());
    }
    if !part.tail.is_empty() {
        let more = n - LINES_MAX;
        part.tail = desk.say.pick(format!("… and {more} more."), format!("……还有 {more} 款。"));
    }
    shown.extend(listed);
    part
}

fn attribute_note(
    part: &mut Part,
    product: &Product,
    attribute: &crate::turn::understand::Attr,
    desk: &Desk<'_>,
) -> String {
    let Some(axis) = super::property::axes(product, attribute, desk).first().copied() else { return String::new() };
    let values = product.axis_values(axis);
    for value in &values {
        fact(part, &product.id, axis, Value::Text((*value).to_owned()));
    }
    let shown: Vec<String> = values.iter().map(|v| super::compare::plain(v, axis, desk)).collect();
    let label = desk.say.attribute(axis);
    format!("{label} {}", desk.say.list(&shown))
}
