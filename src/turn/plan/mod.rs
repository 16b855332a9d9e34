//! Works the answer out: a reading, the conversation's focus and the shop become typed facts with a rendering. One
//! small function a plan; applicability first. No model is asked here and nothing is guessed.

mod absent;
mod compare;
mod extreme;
mod follow;
mod info;
mod orders;
mod policy;
mod product;
mod property;
mod recommend;
mod search;
mod selector;
mod talk;
mod target;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::catalog::shop::Shop;
use crate::catalog::{Offer, Product};
use crate::domain::{Currency, Fact, Lang, Money, Part, PlanKind, Subject, Value};
use crate::retrieval::Lexical;
use crate::turn::say::Say;
use crate::turn::understand::axes;
use crate::turn::understand::lexicon::Lexicon;
use crate::turn::understand::{Ask, Clause, Index, PriceBound, ProductIx, Reading, Selection};

/// What the conversation is about; carried from turn to turn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Focus {
    /// Product ids in the order in which they were shown.
    pub products: Vec<String>,
    /// Everything that was shown as a list, so that `the second one` can be found: product id and SKU.
    pub shown: Vec<(String, Option<String>)>,
    /// Options pinned down for the product in focus.
    pub wanted: IndexMap<String, Vec<String>>,
    pub asks: Vec<Ask>,
    pub price: PriceBound,
    /// The bot asked which of `products` is meant; `asks` wait for the answer.
    pub choosing: bool,
    /// An order number waiting for its contact.
    pub order: Option<String>,
    pub contact: Option<String>,
    /// The question about a policy that was answered last.
    #[serde(default)]
    pub policy: String,
}

/// The fixed side of planning.
pub struct Desk<'a> {
    pub shop: &'a Shop,
    pub index: &'a Index,
    pub lexicon: &'a Lexicon,
    /// Ranks products by the words of a message.
    pub finder: &'a Lexical,
    /// How telling a word is among the policies.
    pub policy_index: &'a Lexical,
    pub currency: Currency,
    /// Questions of one message that are answered.
    pub parts_max: usize,
    pub say: Say<'a>,
    /// A customer id or e-mail that the channel vouches for.
    pub customer: Option<&'a str>,
}

/// One question with the things it is about.
pub struct Question<'a> {
    pub reading: &'a Reading,
    pub clause: &'a Clause,
    /// Candidate products, in catalog order.
    pub products: Vec<ProductIx>,
    /// Whether the products were named by name rather than by kind.
    pub by_name: bool,
    /// Of the first product.
    pub selection: Selection,
    pub asks: Vec<Ask>,
    pub price: PriceBound,
    /// The offer of a SKU that was named.
    pub sku: Option<usize>,
}

impl Question<'_> {
    /// The properties of a product that the question asks for.
    pub fn asked<'p>(&self, product: &'p Product, desk: &Desk<'_>) -> Vec<axes::Asked<'p>> {
        let skip: Vec<std::ops::Range<usize>> =
            self.clause.mentions.iter().filter(|m| !m.products.is_empty()).map(|m| m.tokens.clone()).collect();
        axes::asked(&self.reading.parsed, &self.clause.tokens, &skip, product, desk.lexicon)
    }
}

/// Answers every clause; the focus is moved on.
pub fn answer(reading: &Reading, focus: &mut Focus, desk: &Desk<'_>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let several = reading.clauses.len() > 1;
    let mut left = 0;
    for clause in &reading.clauses {
        if several && clause.asks.is_empty() && clause.mentions.is_empty() && !parts.is_empty() {
            continue;
        }
        let chat = matches!(clause.asks.as_slice(), [Ask::Greeting | Ask::Thanks | Ask::Bye]);
        if several && chat && reading.clauses.iter().any(|c| !c.asks.is_empty() && c.asks != clause.asks) {
            continue;
        }
        for part in target::answer_clause(reading, clause, focus, desk) {
            if parts.contains(&part) {
                continue;
            }
            match parts.len() < desk.parts_max {
                true => parts.push(part),
                false => left += 1,
            }
        }
    }
    if left > 0
        && let Some(last) = parts.last_mut()
    {
        last.tail = desk.say.join(
            &last.tail,
            &desk.say.pick(
                "You asked more than that; please ask the rest again.".into(),
                "您还问了别的，请再问一次。".into(),
            ),
        );
    }
    if parts.is_empty() {
        parts.push(talk::unclear(desk));
    }
    parts
}

impl<'a> Desk<'a> {
    pub fn product(&self, ix: ProductIx) -> Option<&'a Product> {
        self.shop.catalog.products().get(ix)
    }

    pub fn products(&self, ixs: &[ProductIx]) -> Vec<&'a Product> {
        ixs.iter().filter_map(|ix| self.product(*ix)).collect()
    }

    pub fn lang(&self) -> Lang {
        self.say.lang
    }

    /// A price limit in words; noted as what the shopper said.
    pub fn limit(&self, part: &mut Part, bound: PriceBound) -> String {
        let money = |minor| Money::new(minor, self.currency);
        for (name, value) in [("price from", bound.min), ("price to", bound.max)] {
            if let Some(minor) = value {
                fact(part, "query", name, Value::Money(money(minor)));
            }
        }
        match (bound.min.map(money), bound.max.map(money)) {
            (Some(min), Some(max)) => self.say.pick(format!("{min} to {max}"), format!("{min} 到 {max}")),
            (None, Some(max)) => self.say.pick(format!("{max} or less"), format!("{max} 以内")),
            (Some(min), None) => self.say.pick(format!("{min} or more"), format!("{min} 以上")),
            (None, None) => String::new(),
        }
    }

    /// An empty part about some products.
    pub fn part(&self, plan: PlanKind, products: &[&Product]) -> Part {
        Part {
            plan,
            subjects: products.iter().map(|p| subject(p)).collect(),
            facts: Vec::new(),
            prose: String::new(),
            items: Vec::new(),
            tail: String::new(),
            wordable: true,
            sources: products.iter().map(|p| p.id.clone()).collect(),
        }
    }
}

fn subject(product: &Product) -> Subject {
    let mut names = vec![product.title_in(Lang::En).to_owned()];
    let zh = product.title_in(Lang::Zh);
    if zh != names.first().map(String::as_str).unwrap_or_default() {
        names.push(zh.to_owned());
    }
    Subject { id: product.id.clone(), names }
}

/// Notes a fact of an offer, under its SKU; a product without variants is its own SKU.
pub fn offer_fact(part: &mut Part, product: &Product, offer: &Offer<'_>, attribute: &str, value: Value) {
    if offer.sku != product.id && !part.subjects.iter().any(|s| s.id == offer.sku) {
        let names = subject(product).names;
        part.subjects.push(Subject { id: offer.sku.to_owned(), names });
    }
    fact(part, offer.sku, attribute, value);
}

pub fn fact(part: &mut Part, subject: &str, attribute: &str, value: Value) {
    let fact = Fact { subject: subject.to_owned(), attribute: attribute.to_owned(), value };
    if !part.facts.contains(&fact) {
        part.facts.push(fact);
    }
}

/// What the shopper pinned down may be said of the product: it is the product's own value, or his own bound.
pub fn selection_facts(part: &mut Part, product: &Product, selection: &Selection) {
    for (name, values) in selection.wanted.iter().chain(&selection.excluded) {
        for name in name.split('\u{1}') {
            for value in values.iter().filter(|v| product.axis_values(name).contains(&v.as_str())) {
                fact(part, &product.id, &format!("option:{name}"), Value::Text(value.clone()));
            }
        }
    }
    for bound in &selection.bounds {
        fact(part, "query", "limit", Value::Text(bound.quantity.to_string()));
    }
}

/// Price and stock of an offer, as facts.
pub fn offer_facts(part: &mut Part, product: &Product, offer: &Offer<'_>) {
    if let Some(price) = offer.price {
        offer_fact(part, product, offer, "price", Value::Money(price));
    }
    if let Some(state) = offer.availability {
        offer_fact(part, product, offer, "availability", Value::Stock(state));
    }
    for (name, value) in offer.options.into_iter().flatten() {
        offer_fact(part, product, offer, &format!("option:{name}"), Value::Text(value.clone()));
    }
}

/// Lowest and highest price of offers; `None` where no price is listed or currencies are mixed.
pub fn price_range(offers: &[Offer<'_>]) -> Option<(Money, Money)> {
    let prices: Vec<Money> = offers.iter().filter_map(|o| o.price).collect();
    let currency = prices.first()?.currency;
    if prices.iter().any(|p| p.currency != currency) {
        return None;
    }
    let low = prices.iter().min_by_key(|p| p.minor_units)?;
    let high = prices.iter().max_by_key(|p| p.minor_units)?;
    Some((*low, *high))
}

pub fn in_stock(offers: &[Offer<'_>]) -> usize {
    offers.iter().filter(|o| o.in_stock()).count()
}
