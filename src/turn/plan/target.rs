//! Decides what a clause is about (named, in focus, ambiguous, absent) and which plans answer it.

use super::{Desk, Focus, Question, compare, extreme, orders, policy, product, recommend, search, talk};
use crate::domain::{Part, PlanKind};
use crate::turn::understand::reading::Ordinal;
use crate::turn::understand::{Ask, Clause, Mention, ProductIx, Reading, Selection, What, selection};

/// Answers one clause and moves the focus.
pub fn answer_clause(reading: &Reading, clause: &Clause, focus: &mut Focus, desk: &Desk<'_>) -> Vec<Part> {
    let mut parts = Vec::new();
    let asks = &clause.asks;
    if let Some(contact) = &clause.contact {
        focus.contact = Some(contact.clone());
    }
    if let Some(refused) = talk::refuse(clause, desk) {
        parts.push(refused);
        if asks.contains(&Ask::Harm) || clause.mentions.is_empty() {
            return parts;
        }
    }
    if asks.contains(&Ask::Human) || asks.contains(&Ask::Complaint) {
        return vec![talk::hand_off(asks.contains(&Ask::Complaint), desk)];
    }
    if asks.contains(&Ask::Order) || focus.order.is_some() && clause.contact.is_some() {
        return vec![orders::status(clause, focus, desk)];
    }
    for ask in asks {
        if let Ask::Policy(topic) = ask
            && let Some(part) = policy::section(topic, reading, clause, desk)
        {
            parts.push(part);
        }
    }
    let only_policy = !parts.is_empty()
        && asks
            .iter()
            .all(|a| matches!(a, Ask::Policy(_) | Ask::Greeting | Ask::Buy | Ask::Inject | Ask::Search | Ask::Stock));
    if only_policy && asks.iter().any(|a| matches!(a, Ask::Policy(_))) {
        return parts;
    }
    parts.extend(about_products(reading, clause, focus, desk));
    parts
}

fn about_products(reading: &Reading, clause: &Clause, focus: &mut Focus, desk: &Desk<'_>) -> Vec<Part> {
    let absent: Vec<&Mention> = clause.mentions.iter().filter(|m| m.products.is_empty()).collect();
    let present: Vec<&Mention> = clause.mentions.iter().filter(|m| !m.products.is_empty()).collect();
    let mut parts = Vec::new();
    if !absent.is_empty() && !(present.is_empty() && clause.pronoun && !focus.products.is_empty() && !clause.existence)
    {
        parts.push(talk::not_sold(&absent, desk));
        if present.is_empty() {
            return parts;
        }
    }
    let mut asks: Vec<Ask> =
        clause.asks.iter().filter(|a| !matches!(a, Ask::Policy(_) | Ask::Inject | Ask::Greeting)).cloned().collect();
    if present.is_empty() {
        parts.extend(without_mention(reading, clause, asks, focus, desk));
        return parts;
    }
    if asks.is_empty() || asks == [Ask::Search] && focus.choosing {
        let waiting = (clause.again || focus.choosing) && !focus.asks.is_empty();
        asks = if waiting { focus.asks.clone() } else { asks };
    }
    if asks.contains(&Ask::Compare) && present.len() >= 2 {
        let products: Vec<ProductIx> = present.iter().flat_map(|m| chosen(m, reading, clause, desk)).collect();
        let question = question(reading, clause, products, true, asks, desk, None);
        remember(focus, &question, desk, Vec::new());
        parts.push(compare::products(&question, desk));
        return parts;
    }
    for mention in present.iter().take(3) {
        let question = narrowed(reading, clause, mention, asks.clone(), desk);
        parts.extend(answer_question(&question, focus, desk));
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
    if products.len() > 1 {
        let fitting: Vec<ProductIx> = products
            .iter()
            .copied()
            .filter(|ix| {
                desk.product(*ix).is_some_and(|p| {
                    let s = select(reading, clause, p, desk);
                    !s.is_empty() && s.missing.is_empty() && p.offers().iter().any(|o| s.fits(p, o))
                })
            })
            .collect();
        let most = fitting
            .iter()
            .filter_map(|ix| desk.product(*ix))
            .map(|p| select(reading, clause, p, desk).used.len())
            .max()
            .unwrap_or(0);
        let best: Vec<ProductIx> = fitting
            .into_iter()
            .filter(|ix| desk.product(*ix).is_some_and(|p| select(reading, clause, p, desk).used.len() == most))
            .collect();
        if !best.is_empty() {
            products = best;
        }
    }
    question(reading, clause, products, by_name, asks, desk, mention.offer)
}

pub fn select(reading: &Reading, clause: &Clause, product: &crate::catalog::Product, desk: &Desk<'_>) -> Selection {
    let skip: Vec<std::ops::Range<usize>> = clause.mentions.iter().map(|m| m.tokens.clone()).collect();
    selection::select(&reading.parsed, &clause.tokens, &skip, product, desk.lexicon)
}

fn question<'a>(
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

/// Nothing was named: the product in focus, the whole shop, or talk.
fn without_mention(
    reading: &Reading,
    clause: &Clause,
    mut asks: Vec<Ask>,
    focus: &mut Focus,
    desk: &Desk<'_>,
) -> Vec<Part> {
    let picked = pick(clause, focus, desk);
    let shopwide = clause.whole_shop || (focus.products.is_empty() && picked.is_empty());
    if let Some(part) = talk::small(&asks, focus, desk) {
        return vec![part];
    }
    let fitted = !picked.is_empty() && !clause.whole_shop;
    if fitted {
        let ids = &picked;
        let first = ids.first().and_then(|(ix, _)| desk.product(*ix));
        let selected = first.map(|p| select(reading, clause, p, desk)).unwrap_or_default();
        let says_value = !selected.is_empty() || !selected.missing.is_empty() || !selected.foreign.is_empty();
        if asks.is_empty() || asks == [Ask::Search] && says_value && (clause.again || focus.products.len() == 1) {
            if !(says_value || clause.ordinal.is_some() || clause.pronoun || clause.again) && !focus.choosing {
                return vec![talk::unclear(desk)];
            }
            asks = if focus.asks.is_empty() { vec![Ask::Price, Ask::Stock] } else { focus.asks.clone() };
        }
        return follow_up(reading, clause, asks, picked, selected, focus, desk);
    }
    if shopwide
        || asks.iter().any(|a| {
            matches!(a, Ask::Extreme { .. } | Ask::CountProducts | Ask::Search | Ask::Recommend | Ask::Overview)
        })
    {
        let all: Vec<ProductIx> = (0..desk.shop.catalog.len()).collect();
        let question = question(reading, clause, all, false, asks.clone(), desk, None);
        if let Some(part) = whole_shop(&question, focus, desk) {
            return vec![part];
        }
    }
    if clause.existence
        || asks.iter().any(|a| matches!(a, Ask::Price | Ask::Stock | Ask::Search)) && unknown_noun(reading, clause)
    {
        return vec![talk::not_found(desk)];
    }
    if asks.is_empty() { vec![talk::unclear(desk)] } else { vec![talk::which_product(&asks, focus, desk)] }
}

/// Whether the clause seems to name a thing that neither the shop nor the lexicon knows.
fn unknown_noun(reading: &Reading, clause: &Clause) -> bool {
    let known = |word: &str| {
        crate::turn::understand::classify::is_common(word) || crate::turn::understand::cues::words().any(|w| w == word)
    };
    reading
        .parsed
        .tokens
        .get(clause.tokens.clone())
        .unwrap_or_default()
        .iter()
        .any(|t| t.kind == crate::text::tokens::Kind::Word && t.text.len() > 3 && !known(&t.text) && !known(&t.stem))
}

fn whole_shop(question: &Question<'_>, focus: &mut Focus, desk: &Desk<'_>) -> Option<Part> {
    for ask in &question.asks {
        let part = match ask {
            Ask::Extreme { most, by } => Some(extreme::over_products(question, *most, by.as_ref(), desk, focus)),
            Ask::CountProducts | Ask::CountVersions => Some(search::count(question, desk)),
            Ask::Overview => Some(talk::overview(desk)),
            Ask::Recommend => Some(recommend::suggest(question, focus, desk)),
            Ask::Search if !question.price.is_empty() || question.reading.parsed.spans.iter().any(|s| s.is_value()) => {
                Some(search::products(question, focus, desk))
            }
            _ => None,
        };
        if part.is_some() {
            return part;
        }
    }
    None
}

/// The things in focus that the clause points at.
fn pick(clause: &Clause, focus: &Focus, desk: &Desk<'_>) -> Vec<(ProductIx, Option<String>)> {
    let shown: Vec<(ProductIx, Option<String>)> =
        focus.shown.iter().filter_map(|(id, sku)| desk.shop.catalog.index_of(id).map(|ix| (ix, sku.clone()))).collect();
    let focused: Vec<(ProductIx, Option<String>)> =
        focus.products.iter().filter_map(|id| desk.shop.catalog.index_of(id)).map(|ix| (ix, None)).collect();
    let by_price = |most: bool| {
        let price = |(ix, sku): &(ProductIx, Option<String>)| {
            let offers = desk.product(*ix).map(|p| p.offers()).unwrap_or_default();
            offers
                .iter()
                .filter(|o| sku.as_deref().is_none_or(|s| s == o.sku))
                .filter_map(|o| o.price)
                .map(|m| m.minor_units)
                .min()
        };
        let list = if shown.len() > 1 { &shown } else { &focused };
        let best = if most { list.iter().max_by_key(|x| price(x)) } else { list.iter().min_by_key(|x| price(x)) };
        best.cloned().into_iter().collect::<Vec<_>>()
    };
    match clause.ordinal {
        Some(Ordinal::Nth(n)) if shown.len() > 1 => shown.get(n).cloned().into_iter().collect(),
        Some(Ordinal::Last) if shown.len() > 1 => shown.last().cloned().into_iter().collect(),
        Some(Ordinal::Other) if focused.len() > 1 => focused.last().cloned().into_iter().collect(),
        Some(Ordinal::Other) if shown.len() > 1 => shown.get(1).cloned().into_iter().collect(),
        Some(Ordinal::Cheaper) => by_price(false),
        Some(Ordinal::Dearer) => by_price(true),
        _ => focused,
    }
}

fn follow_up(
    reading: &Reading,
    clause: &Clause,
    asks: Vec<Ask>,
    picked: Vec<(ProductIx, Option<String>)>,
    mut selected: Selection,
    focus: &mut Focus,
    desk: &Desk<'_>,
) -> Vec<Part> {
    let one = picked.len() == 1;
    let sku = picked.first().and_then(|(_, sku)| sku.clone()).filter(|_| one);
    let first = picked.first().and_then(|(ix, _)| desk.product(*ix));
    let same = first.is_some_and(|p| focus.products.first() == Some(&p.id));
    let broad = asks
        .iter()
        .any(|a| matches!(a, Ask::Options(_) | Ask::CountValues(_) | Ask::CountVersions | Ask::Extreme { .. }));
    if one && same && sku.is_none() && !broad {
        // What was pinned down before still holds, where the new message says nothing else.
        for (name, values) in &focus.wanted {
            let told = selected.wanted.keys().chain(selected.excluded.keys()).any(|k| k == name)
                || selected.missing.iter().any(|(o, _)| o == name);
            if !told {
                selected.wanted.insert(name.clone(), values.clone());
            }
        }
    }
    if let (Some(sku), Some(product)) = (&sku, first)
        && let Some(offer) = product.offers().iter().find(|o| o.sku == sku)
    {
        for (name, value) in offer.options.into_iter().flatten() {
            if !selected.wanted.contains_key(name) {
                selected.wanted.insert(name.clone(), vec![value.clone()]);
            }
        }
    }
    let products: Vec<ProductIx> = picked.iter().map(|(ix, _)| *ix).collect();
    let price = if clause.price.is_empty() && asks.contains(&Ask::Search) { focus.price } else { clause.price };
    if asks.contains(&Ask::Compare) && products.len() > 1 {
        let question =
            Question { reading, clause, products, by_name: true, selection: selected, asks, price, sku: None };
        return vec![compare::products(&question, desk)];
    }
    let pointing = clause.pronoun || clause.ordinal.is_some();
    if !one
        && !asks.iter().any(|a| matches!(a, Ask::Extreme { .. } | Ask::Search | Ask::CountProducts | Ask::Recommend))
        && (pointing || focus.choosing || products.len() <= 3)
    {
        // `it` after several things: the one that was spoken of last, unless they were offered for a choice.
        let chosen: Vec<ProductIx> = products
            .iter()
            .copied()
            .filter(|ix| {
                desk.product(*ix).is_some_and(|p| {
                    let s = select(reading, clause, p, desk);
                    !s.is_empty() && s.missing.is_empty()
                })
            })
            .collect();
        let rest = if chosen.is_empty() || chosen.len() == products.len() { products } else { chosen };
        let question =
            Question { reading, clause, products: rest, by_name: true, selection: selected, asks, price, sku: None };
        return answer_question(&question, focus, desk);
    }
    let question = Question { reading, clause, products, by_name: one, selection: selected, asks, price, sku: None };
    answer_question(&question, focus, desk)
}

/// Runs the plans for one question about one or several products.
fn answer_question(question: &Question<'_>, focus: &mut Focus, desk: &Desk<'_>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let has = |test: &dyn Fn(&Ask) -> bool| question.asks.iter().any(test);
    let single = question.products.len() == 1;
    let mut shown = Vec::new();
    for ask in &question.asks {
        let part = match ask {
            Ask::Extreme { most, by } if single => Some(extreme::over_offers(question, *most, by.as_ref(), desk)),
            Ask::Extreme { most, by } => Some(extreme::over_products(question, *most, by.as_ref(), desk, focus)),
            Ask::CountProducts if !single => Some(search::count(question, desk)),
            Ask::CountVersions | Ask::CountProducts if single => Some(product::count_versions(question, desk)),
            Ask::CountVersions => Some(search::count(question, desk)),
            Ask::CountValues(attribute) if single => Some(product::count_values(question, attribute, desk)),
            Ask::Similar | Ask::GoesWith => Some(recommend::related(question, *ask == Ask::GoesWith, focus, desk)),
            Ask::Recommend if !single => Some(recommend::suggest(question, focus, desk)),
            Ask::Haggle => Some(talk::no_haggling(question, desk)),
            Ask::Compare if single => Some(compare::versions(question, desk)),
            Ask::Buy if single => Some(product::buy(question, desk)),
            _ => None,
        };
        parts.extend(part);
    }
    let facts = has(&|a| matches!(a, Ask::Price | Ask::Stock | Ask::Options(_) | Ask::Attribute(_) | Ask::Info));
    if parts.is_empty() || facts && !has(&|a| matches!(a, Ask::Haggle | Ask::Extreme { .. } | Ask::Compare)) {
        if single {
            parts.extend(product::answer(question, desk, &mut shown));
        } else if question.by_name || facts {
            parts.push(search::which(question, desk, &mut shown));
        } else if parts.is_empty() {
            parts.push(search::products(question, focus, desk));
            return parts;
        }
    }
    remember(focus, question, desk, shown);
    focus.choosing = parts.iter().any(|p| p.plan == PlanKind::Clarify);
    parts
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
