//! Decides what a clause is about (named, in focus, ambiguous, absent) and which plans answer it.

use std::rc::Rc;

use super::follow::{chooses_in_focus, without_mention};
use super::selector::Selector;
use super::{Desk, Focus, Question, compare, extreme, orders, policy, product, property, recommend, search, talk};
use crate::domain::{Part, PlanKind};
use crate::retrieval::lexical;
use crate::turn::understand::properties::Title;
use crate::turn::understand::{Ask, Attr, Clause, Mention, ProductIx, Reading, Selection, What};

/// Answers one clause and moves the focus.
pub fn answer_clause(reading: &Reading, clause: &Clause, focus: &mut Focus, desk: &Desk<'_>) -> Vec<Part> {
    let mut parts = Vec::new();
    let asks = &clause.asks;
    if let Some(contact) = &clause.contact {
        focus.contact = Some(contact.clone());
    }
    if let Some(refused) = talk::refuse(clause, desk) {
        parts.push(refused);
        let named = clause.mentions.iter().any(|m| m.what == What::Name && !m.products.is_empty());
        if !asks.contains(&Ask::Inject) || !named {
            return parts;
        }
    }
    let asks_hours = asks.iter().any(|a| *a == Ask::Policy("opening-hours".to_owned()));
    if asks.contains(&Ask::Human) && !asks_hours || asks.contains(&Ask::Complaint) {
        return vec![talk::hand_off(asks.contains(&Ask::Complaint), desk)];
    }
    if asks.contains(&Ask::Order) || focus.order.is_some() && clause.contact.is_some() {
        return vec![orders::status(clause, focus, desk)];
    }
    let by_name = clause.mentions.iter().any(|m| m.what == What::Name && !m.products.is_empty());
    let settled = !focus.products.is_empty() && !asks.is_empty();
    let mut policies = policy::answers(reading, clause, by_name || settled, "", desk);
    // `and how long?` after a question about shipping goes on about shipping.
    let silent = clause.mentions.is_empty()
        && asks.iter().all(|a| matches!(a, Ask::Price | Ask::Attribute(_) | Ask::Options(_)));
    if policies.is_empty() && silent && !focus.policy.is_empty() && focus.products.is_empty() {
        policies = policy::answers(reading, clause, false, &focus.policy, desk);
    }
    focus.policy.clear();
    if !policies.is_empty() {
        focus.policy = reading.parsed.words(&clause.tokens).to_owned();
        parts.extend(policies);
        // A thing named beside a policy is its example, unless its price or stock was asked for as well.
        let more = by_name
            && clause.asks_apart
            && asks.iter().any(|a| {
                matches!(a, Ask::Price | Ask::Stock) || matches!(a, Ask::Attribute(a) if a.name != "warranty")
            });
        if !more {
            return parts;
        }
    }
    parts.extend(about_products(reading, clause, focus, desk));
    parts
}

fn about_products(reading: &Reading, clause: &Clause, focus: &mut Focus, desk: &Desk<'_>) -> Vec<Part> {
    let absent: Vec<&Mention> = clause.mentions.iter().filter(|m| m.products.is_empty()).collect();
    let present: Vec<&Mention> = clause.mentions.iter().filter(|m| !m.products.is_empty()).collect();
    let mut parts = Vec::new();
    let vague = clause
        .asks
        .iter()
        .any(|a| matches!(a, Ask::Recommend | Ask::Bot | Ask::Greeting | Ask::Similar | Ask::GoesWith));
    if present.is_empty() && (vague || chooses_in_focus(reading, clause, focus, desk)) {
        let asks = clause.asks.iter().filter(|a| !matches!(a, Ask::Policy(_) | Ask::Inject)).cloned().collect();
        return without_mention(reading, clause, asks, focus, desk);
    }
    if !absent.is_empty() && !(present.is_empty() && clause.pronoun && !focus.products.is_empty() && !clause.existence)
    {
        // `what storage does it come in`: a part of a thing that was not named.
        if present.is_empty() && clause.pronoun && focus.products.is_empty() {
            return vec![talk::which_product(&clause.asks, focus, desk)];
        }
        parts.push(talk::not_sold(&absent, desk));
        if present.is_empty() {
            return parts;
        }
    }
    let mut asks: Vec<Ask> =
        clause.asks.iter().filter(|a| !matches!(a, Ask::Policy(_) | Ask::Inject | Ask::Greeting))
        // The warranty is the shop's, and was told.
        .filter(|a| !matches!(a, Ask::Attribute(a) if a.name == "warranty" && clause.asks.iter().any(|p| matches!(p, Ask::Policy(_))))).cloned().collect();
    if present.is_empty() {
        parts.extend(without_mention(reading, clause, asks, focus, desk));
        return parts;
    }
    // `and the firefly?`: a guess is worth less than the question before.
    let guessed = clause.again && clause.decided_by == "classifier" && !focus.asks.is_empty();
    if asks.is_empty() || guessed || asks == [Ask::Search] && focus.choosing {
        let waiting = (clause.again || focus.choosing) && !focus.asks.is_empty();
        asks = if waiting { focus.asks.clone() } else { asks };
    }
    if asks.contains(&Ask::Compare) && present.len() >= 2 {
        let products: Vec<ProductIx> = present.iter().flat_map(|m| chosen(m, reading, clause, desk)).collect();
        let question = question(reading, clause, products, true, asks, desk, None);
        remember(focus, &question, desk, Vec::new());
        focus.products = desk.products(&question.products).iter().map(|p| p.id.clone()).collect();
        focus.shown = focus.products.iter().map(|id| (id.clone(), None)).collect();
        parts.push(compare::products(&question, desk));
        return parts;
    }
    if let Some(kinds) = one_of_kinds(&present) {
        let mut question = narrowed(reading, clause, &kinds, asks, desk);
        parts.extend(answer_question(&mut question, focus, desk));
        return parts;
    }
    for mention in present.iter().take(3) {
        let mut question = narrowed(reading, clause, mention, asks.clone(), desk);
        parts.extend(answer_question(&mut question, focus, desk));
    }
    if present.len() > 1 {
        focus.products = present
            .iter()
            .flat_map(|m| m.products.iter().take(1))
            .filter_map(|ix| desk.product(*ix))
            .map(|p| p.id.clone())
            .collect();
        focus.shown = focus.products.iter().map(|id| (id.clone(), None)).collect();
    }
    parts
}

/// `earbuds or headphones`: several kinds asked for in one breath are one search.
fn one_of_kinds(present: &[&Mention]) -> Option<Mention> {
    let first = present.first().filter(|_| present.len() > 1 && present.iter().all(|m| m.what != What::Name))?;
    let mut all = (*first).clone();
    for mention in present.iter().skip(1) {
        let new: Vec<ProductIx> = mention.products.iter().copied().filter(|p| !all.products.contains(p)).collect();
        all.products.extend(new);
    }
    Some(all)
}

fn chosen(mention: &Mention, reading: &Reading, clause: &Clause, desk: &Desk<'_>) -> Vec<ProductIx> {
    let question = narrowed(reading, clause, mention, Vec::new(), desk);
    question.products.into_iter().take(4).collect()
}

/// The candidates of a mention that also have the values which the clause asks for.
fn narrowed<'a>(
    reading: &'a Reading,
    clause: &'a Clause,
    mention: &Mention,
    asks: Vec<Ask>,
    desk: &Desk<'_>,
) -> Question<'a> {
    let by_name = mention.what == What::Name;
    let mut products = mention.products.clone();
    // A search, a count or a superlative goes over all of a kind and narrows by itself.
    let over_all =
        !by_name && asks.iter().any(|a| matches!(a, Ask::Extreme { .. } | Ask::CountProducts | Ask::Recommend));
    if products.len() > 1 && !over_all {
        let mut selector = Selector::new(reading, clause, &clause.tokens, desk);
        let fitting: Vec<(ProductIx, usize)> = products
            .iter()
            .filter_map(|ix| desk.product(*ix).map(|p| (*ix, p, selector.of(*ix))))
            .filter(|(_, p, s)| !s.is_empty() && s.missing.is_empty() && p.offers().iter().any(|o| s.fits(p, o)))
            .map(|(ix, _, s)| (ix, s.used.len()))
            .collect();
        let most = fitting.iter().map(|(_, used)| *used).max().unwrap_or(0);
        let best: Vec<ProductIx> = fitting.into_iter().filter(|(_, used)| *used == most).map(|(ix, _)| ix).collect();
        if !best.is_empty() {
            products = best;
        }
    }
    // Where one product is meant, the words left over may say which; a search ranks by them instead.
    let one_is_meant = by_name
        || asks.iter().any(|a| {
            matches!(
                a,
                Ask::Price
                    | Ask::Stock
                    | Ask::Attribute(_)
                    | Ask::Options(_)
                    | Ask::Info
                    | Ask::Buy
                    | Ask::CountVersions
                    | Ask::CountValues(_)
            )
        });
    if products.len() > 1 && one_is_meant {
        products = closest_by_title(reading, clause, mention, products, desk);
    }
    question(reading, clause, products, by_name, asks, desk, mention.offer)
}

/// Of several candidates, those whose titles hold most of the words that are left (`women's`, `paring`, 行李).
fn closest_by_title(
    reading: &Reading,
    clause: &Clause,
    mention: &Mention,
    products: Vec<ProductIx>,
    desk: &Desk<'_>,
) -> Vec<ProductIx> {
    let properties = &desk.index.properties;
    let generic: Vec<String> = match mention.what {
        What::Name => Vec::new(),
        _ => lexical::terms(reading.parsed.words(&mention.tokens)),
    };
    let mut said = lexical::terms(reading.parsed.words(&clause.tokens));
    said.sort_unstable();
    said.dedup();
    let titles: Vec<&Title> = products.iter().filter_map(|ix| properties.title(*ix)).collect();
    let mut telling: Vec<u32> =
        said.iter().filter(|w| !generic.contains(w)).filter_map(|w| properties.word(w)).collect();
    // A word that all titles have tells nothing.
    telling.retain(|word| !titles.iter().all(|t| t.has_term(*word)));
    let counts: Vec<usize> = titles.iter().map(|t| telling.iter().filter(|w| t.has_term(**w)).count()).collect();
    let most = counts.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return products;
    }
    products.into_iter().zip(counts).filter(|(_, n)| *n == most).map(|(ix, _)| ix).collect()
}

pub fn select(reading: &Reading, clause: &Clause, product: &crate::catalog::Product, desk: &Desk<'_>) -> Selection {
    select_within(reading, clause, &clause.tokens, product, desk)
}

/// The same for a stretch of the clause.
pub fn select_within(
    reading: &Reading,
    clause: &Clause,
    within: &std::ops::Range<usize>,
    product: &crate::catalog::Product,
    desk: &Desk<'_>,
) -> Selection {
    let Some(ix) = desk.shop.catalog.index_of(&product.id) else { return Selection::default() };
    Rc::unwrap_or_clone(Selector::new(reading, clause, within, desk).of(ix))
}

pub(super) fn question<'a>(
    reading: &'a Reading,
    clause: &'a Clause,
    products: Vec<ProductIx>,
    by_name: bool,
    asks: Vec<Ask>,
    desk: &Desk<'_>,
    sku: Option<usize>,
) -> Question<'a> {
    let selection =
        products.first().and_then(|ix| desk.product(*ix)).map(|p| select(reading, clause, p, desk)).unwrap_or_default();
    Question { reading, clause, products, by_name, selection, asks, price: clause.price, sku }
}

/// A question about one product whose words name one of its properties asks for that property, whatever the guess was.
pub(super) fn settle_asks(question: &mut Question<'_>, desk: &Desk<'_>) {
    let [ix] = question.products.as_slice() else { return };
    let Some(product) = desk.product(*ix) else { return };
    let weak = question.asks.is_empty()
        || question.clause.decided_by == "classifier"
        || question.asks.iter().all(|a| matches!(a, Ask::Search | Ask::CountVersions | Ask::Options(None)));
    if !weak {
        return;
    }
    let counted = question.asks.contains(&Ask::CountVersions);
    let asked = question.asked(product, desk);
    let chosen: Vec<Ask> = asked
        .iter()
        .filter(|a| {
            !question.selection.used.iter().any(|u| u.start < a.tokens.end && a.tokens.start < u.end) || counted
        })
        .filter(|a| !counted || product.option_values(a.axis).is_empty())
        .map(|a| Ask::Attribute(Attr { name: a.axis.to_owned(), lexical: false }))
        .collect();
    if !chosen.is_empty() {
        question.asks = chosen;
    }
}

/// Runs the plans for one question about one or several products.
pub(super) fn answer_question(question: &mut Question<'_>, focus: &mut Focus, desk: &Desk<'_>) -> Vec<Part> {
    settle_asks(question, desk);
    let question = &*question;
    let mut parts: Vec<Part> = Vec::new();
    let has = |test: &dyn Fn(&Ask) -> bool| question.asks.iter().any(test);
    let single = question.products.len() == 1;
    let mut shown = Vec::new();
    for ask in &question.asks {
        let part = match ask {
            Ask::Extreme { most, by } if single => {
                Some(extreme::over_offers(question, *most, by.as_ref(), desk, &mut shown))
            }
            Ask::Extreme { most, by } => Some(extreme::over_products(question, *most, by.as_ref(), desk, focus)),
            Ask::CountProducts if !single => Some(search::count(question, desk)),
            Ask::CountVersions | Ask::CountProducts if single => Some(property::count_versions(question, desk)),
            Ask::CountVersions => Some(search::count(question, desk)),
            Ask::CountValues(attribute) if single => Some(property::count_values(question, attribute, desk)),
            Ask::Similar | Ask::GoesWith => Some(recommend::related(question, *ask == Ask::GoesWith, focus, desk)),
            Ask::Recommend if !single => Some(recommend::suggest(question, focus, desk)),
            Ask::Haggle => Some(talk::no_haggling(question, desk)),
            Ask::Compare if single => Some(compare::versions(question, desk)),
            Ask::Buy if single => Some(product::buy(question, desk)),
            _ => None,
        };
        parts.extend(part);
    }
    if parts.is_empty() && !question.by_name && is_search(question, desk) {
        return vec![search::products(question, focus, desk)];
    }
    let facts = has(&|a| matches!(a, Ask::Price | Ask::Stock | Ask::Options(_) | Ask::Attribute(_) | Ask::Info));
    let apart = question.clause.asks_apart
        && !has(&|a| matches!(a, Ask::Compare))
        && has(&|a| matches!(a, Ask::Options(_) | Ask::Attribute(_)));
    if parts.is_empty() || facts && (apart || !has(&|a| matches!(a, Ask::Haggle | Ask::Extreme { .. } | Ask::Compare)))
    {
        if single {
            parts.extend(product::answer(question, desk, &mut shown));
        } else if question.by_name || facts {
            parts.push(search::which(question, desk, &mut shown));
        } else if parts.is_empty() {
            parts.push(search::products(question, focus, desk));
            return parts;
        }
    }
    if let Some(product) = question.products.first().and_then(|ix| desk.product(*ix)).filter(|_| single) {
        parts.iter_mut().for_each(|p| super::selection_facts(p, product, &question.selection));
    }
    remember(focus, question, desk, shown);
    focus.choosing = parts.iter().any(|p| p.plan == PlanKind::Clarify);
    parts
}

/// A kind of thing asked for with nothing but wishes is looked for; a kind whose price or make-up is asked for has to
/// be narrowed down first.
fn is_search(question: &Question<'_>, desk: &Desk<'_>) -> bool {
    let mut selector = Selector::new(question.reading, question.clause, &question.clause.tokens, desk);
    let wishes_only = question.asks.iter().all(|a| match a {
        Ask::Search | Ask::Options(None) => true,
        // `waterproof tents`: a property that is a wish, not a question.
        Ask::Attribute(_) | Ask::Options(_) => {
            question.products.iter().take(60).map(|ix| selector.of(*ix)).any(|s| !s.is_empty() || !s.missing.is_empty())
        }
        _ => false,
    });
    let limited = !question.price.is_empty()
        && question.asks.iter().all(|a| matches!(a, Ask::Search | Ask::Price | Ask::Stock | Ask::Attribute(_)));
    wishes_only || limited
}

fn remember(focus: &mut Focus, question: &Question<'_>, desk: &Desk<'_>, shown: Vec<(String, Option<String>)>) {
    let listed =
        question.asks.iter().any(|a| matches!(a, Ask::Similar | Ask::GoesWith | Ask::Recommend | Ask::Extreme { .. }));
    if !(listed && question.products.len() > 1) {
        focus.products =
            question.products.iter().take(8).filter_map(|ix| desk.product(*ix)).map(|p| p.id.clone()).collect();
    }
    if !listed || !shown.is_empty() {
        focus.shown =
            if shown.is_empty() { focus.products.iter().map(|id| (id.clone(), None)).collect() } else { shown };
    }
    focus.wanted = question.selection.wanted.clone();
    if !question.asks.is_empty() {
        focus.asks = question.asks.clone();
    }
    focus.price = question.price;
}
