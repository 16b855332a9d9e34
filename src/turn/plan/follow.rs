//! Messages that name nothing: the product in focus, one of those shown, the whole shop, or talk.

use super::target::{answer_question, question, select, settle_asks};
use super::{Desk, Focus, Question, compare, extreme, recommend, search, talk};
use crate::domain::Part;
use crate::turn::understand::heard::Heard;
use crate::turn::understand::reading::Ordinal;
use crate::turn::understand::{Ask, Clause, Mention, ProductIx, Reading, Selection, selection};

/// `peach` after a lamp that comes in peach is no fruit.
pub(super) fn chooses_in_focus(reading: &Reading, clause: &Clause, focus: &Focus, desk: &Desk<'_>) -> bool {
    let [id] = focus.products.as_slice() else { return false };
    let Some(ix) = desk.shop.catalog.index_of(id).filter(|_| !clause.mentions.is_empty()) else { return false };
    let heard = Heard::new(&reading.parsed, &clause.tokens, desk.index, desk.lexicon);
    let selection = heard.select(&selection::Skip::default(), ix);
    let covered = |m: &Mention| selection.used.iter().any(|u| u.start <= m.tokens.start && m.tokens.end <= u.end);
    clause.mentions.iter().all(covered)
}

/// Nothing was named: the product in focus, the whole shop, or talk.
pub(super) fn without_mention(
    reading: &Reading,
    clause: &Clause,
    mut asks: Vec<Ask>,
    focus: &mut Focus,
    desk: &Desk<'_>,
) -> Vec<Part> {
    let picked = pick(clause, focus, desk);
    // A pronoun points at something, even where nothing was said before.
    let points = clause.pronoun && focus.products.is_empty() && !clause.whole_shop && picked.is_empty();
    if points
        && asks.iter().any(|a| {
            matches!(
                a,
                Ask::CountVersions
                    | Ask::CountProducts
                    | Ask::CountValues(_)
                    | Ask::Options(_)
                    | Ask::Price
                    | Ask::Stock
                    | Ask::Attribute(_)
                    | Ask::Compare
                    | Ask::Extreme { .. }
            )
        })
    {
        return vec![talk::which_product(&asks, focus, desk)];
    }
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
        if asks.is_empty() && picked.len() == 1 {
            // `它能进洗碗机吗`: a property of the thing in focus.
            let mut trial = Question {
                reading,
                clause,
                products: picked.iter().map(|(ix, _)| *ix).collect(),
                by_name: true,
                selection: Selection::default(),
                asks: Vec::new(),
                price: clause.price,
                sku: None,
            };
            settle_asks(&mut trial, desk);
            asks = trial.asks;
        }
        if picked.len() == 1
            && cheaper_wanted(reading, clause, &asks)
            && let Some(part) = picked.first().and_then(|(ix, _)| recommend::cheaper(*ix, reading, clause, focus, desk))
        {
            return vec![part];
        }
        if asks.is_empty() || asks == [Ask::Search] && says_value && (clause.again || focus.products.len() == 1) {
            if !(says_value || clause.ordinal.is_some() || clause.pronoun || clause.again) && !focus.choosing {
                return vec![talk::unclear(desk)];
            }
            // `do you have it in white?` after a price asks for the white one, not for the price again.
            let fresh = clause.existence && says_value && !clause.again;
            asks = match fresh {
                true => vec![Ask::Search],
                false if focus.asks.is_empty() => vec![Ask::Price, Ask::Stock],
                false => focus.asks.clone(),
            };
        }
        return follow_up(reading, clause, asks, picked, selected, focus, desk);
    }
    let strange = !clause.whole_shop
        && leftover(reading, clause)
        && asks.iter().any(|a| matches!(a, Ask::Extreme { .. } | Ask::CountProducts | Ask::CountVersions))
        && !asks.contains(&Ask::Recommend);
    if strange {
        return vec![talk::not_found(desk)];
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
    // `it` with nothing spoken of before: which one?
    if clause.pronoun || clause.ordinal.is_some() {
        return vec![talk::which_product(&asks, focus, desk)];
    }
    if clause.existence
        || asks.iter().any(|a| matches!(a, Ask::Price | Ask::Stock | Ask::Search)) && unknown_noun(reading, clause)
    {
        return vec![talk::not_found(desk)];
    }
    if asks.is_empty() { vec![talk::unclear(desk)] } else { vec![talk::which_product(&asks, focus, desk)] }
}

/// `got anything cheaper?` wants another product, `which is cheaper` a comparison, `the cheaper one` a choice.
pub(super) fn cheaper_wanted(reading: &Reading, clause: &Clause, asks: &[Ask]) -> bool {
    let text = reading.parsed.words(&clause.tokens);
    let open = [
        "anything",
        "something",
        "any ",
        "else",
        "other",
        "got",
        "有没有",
        "别的",
        "其他",
        "更便宜",
        "便宜点的",
        "便宜一点",
        "便宜些",
    ]
    .iter()
    .any(|w| text.contains(w));
    let versions = ["version", "which one", "款式", "哪个"].iter().any(|w| text.contains(w));
    open && !versions
        && clause.ordinal.is_none()
        && reading.parsed.has(crate::turn::understand::cues::Cue::Cheaper, &clause.tokens)
        && asks
            .iter()
            .all(|a| matches!(a, Ask::Extreme { most: false, by: None } | Ask::Search | Ask::Similar | Ask::Recommend))
}

/// Whether the clause seems to name a thing that neither the shop nor the lexicon knows.
pub(super) fn unknown_noun(reading: &Reading, clause: &Clause) -> bool {
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

/// Whether words are left that nothing has read: `香氛最低多少钱` asks for a kind that nobody here knows.
pub(super) fn leftover(reading: &Reading, clause: &Clause) -> bool {
    let parsed = &reading.parsed;
    let read = |range: &std::ops::Range<usize>| {
        parsed.cues.iter().any(|c| c.range.start <= range.start && range.end <= c.range.end)
            || parsed.spans.iter().any(|s| {
                let bytes = parsed.bytes(&s.tokens);
                bytes.start <= range.start && range.end <= bytes.end
            })
            || parsed.quantities.iter().any(|q| q.range.start <= range.start && range.end <= q.range.end)
    };
    let mut run = 0;
    for token in parsed.tokens.get(clause.tokens.clone()).unwrap_or_default() {
        let unread = !read(&token.range);
        match token.kind {
            crate::text::tokens::Kind::Word if unread && token.text.len() > 3 => {
                let glue = crate::turn::guard::HARMLESS_EN.contains(token.text.as_str())
                    || crate::turn::understand::classify::is_everyday(&token.text);
                if !glue {
                    return true;
                }
                run = 0;
            }
            crate::text::tokens::Kind::Han
                if unread && !crate::turn::guard::HARMLESS_ZH.contains(token.text.as_str()) =>
            {
                run += 1;
                if run >= 2 {
                    return true;
                }
            }
            _ => run = 0,
        }
    }
    false
}

pub(super) fn whole_shop(question: &Question<'_>, focus: &mut Focus, desk: &Desk<'_>) -> Option<Part> {
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
pub(super) fn pick(clause: &Clause, focus: &Focus, desk: &Desk<'_>) -> Vec<(ProductIx, Option<String>)> {
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
        // `it` after one version was singled out.
        _ if clause.pronoun && matches!(shown.as_slice(), [(_, Some(_))]) => shown,
        _ => focused,
    }
}

pub(super) fn follow_up(
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
        let mut question =
            Question { reading, clause, products: rest, by_name: true, selection: selected, asks, price, sku: None };
        return answer_question(&mut question, focus, desk);
    }
    let mut question =
        Question { reading, clause, products, by_name: one, selection: selected, asks, price, sku: None };
    answer_question(&mut question, focus, desk)
}
