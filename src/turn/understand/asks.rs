//! Decides what a clause asks for: cues first, then the classifier.

use std::ops::Range;

use super::classify::Guess;
use super::cues::Cue;
use super::index::Meaning;
use super::link::{Parsed, What};
use super::reading::{Against, Ask, Attr, Clause};
use crate::text::is_han;

/// A guess weaker than this is no reading.
pub(super) const GUESS_MIN: f64 = 0.30;

/// Attributes that a range of the message names or asks for.
pub(super) fn attributes<'a>(
    parsed: &'a Parsed,
    tokens: &'a Range<usize>,
) -> impl Iterator<Item = (&'a Meaning, Range<usize>)> {
    parsed.spans.iter().filter(move |s| tokens.start <= s.tokens.start && s.tokens.end <= tokens.end).filter_map(|s| {
        let meaning =
            s.meanings.iter().find(|m| matches!(m, Meaning::Attribute(_) | Meaning::Ask(_) | Meaning::Key(_)))?;
        let other = s.meanings.iter().any(|m| matches!(m, Meaning::Product(_) | Meaning::Sku(..)));
        (!other).then(|| (meaning, s.tokens.clone()))
    })
}

pub(super) fn attr(meaning: &Meaning, against: Against<'_>) -> Option<Attr> {
    match meaning {
        Meaning::Attribute(id) | Meaning::Ask(id) => {
            against.lexicon.attributes.get(*id).map(|a| Attr { name: a.en.clone(), lexical: true })
        }
        Meaning::Key(id) => against.index.keys.get(*id).map(|k| Attr { name: k.clone(), lexical: false }),
        _ => None,
    }
}

pub const SMALLEST: &[&str] = &[
    "lightest",
    "smallest",
    "shortest",
    "thinnest",
    "slimmest",
    "narrowest",
    "lowest",
    "quietest",
    "tiniest",
    "least",
    "fewest",
    "最轻",
    "最小",
    "最短",
    "最薄",
    "最矮",
    "最窄",
    "最安静",
    "最低",
    "最少",
];
pub const LARGEST: &[&str] = &[
    "heaviest",
    "largest",
    "biggest",
    "longest",
    "tallest",
    "thickest",
    "widest",
    "highest",
    "brightest",
    "strongest",
    "most powerful",
    "loudest",
    "deepest",
    "warmest",
    "most",
    "最重",
    "最大",
    "最长",
    "最高",
    "最厚",
    "最宽",
    "最亮",
    "最强",
    "最暖",
    "最久",
    "最多",
];

/// What harms people, whatever is named beside it.
pub(super) const VIOLENT: &[&str] = &[
    "stab",
    "kill me",
    "kill my",
    "kill some",
    "kill him",
    "kill her",
    "murder",
    "suicide",
    "a bomb",
    "bombs",
    "explosive",
    "poison some",
    "hurt someone",
    "hurt myself",
    "stolen",
    "捅",
    "杀人",
    "杀了",
    "自杀",
    "自残",
    "炸弹",
    "炸药",
    "下毒",
    "毒死",
    "盗刷",
];

pub(super) fn decide(parsed: &Parsed, clause: &mut Clause, guesses: &[Guess], against: Against<'_>) {
    let tokens = clause.tokens.clone();
    let has = |cue| parsed.has(cue, &tokens);
    let text = parsed.words(&tokens);
    let named = !clause.mentions.is_empty();
    let (sure, likely) = (|l: &str| guess(guesses, l) > 0.75, |l: &str| guess(guesses, l) > 0.5);
    let mut asks: Vec<Ask> = Vec::new();

    if has(Cue::Inject) || sure("injection") {
        asks.push(Ask::Inject);
    }
    // `massage gun` is a product; these words are never about one.
    let violent = VIOLENT.iter().any(|w| text.contains(w));
    if violent || has(Cue::Harm) && !named || sure("harmful") {
        asks.push(Ask::Harm);
    }
    if has(Cue::Human) && (likely("human") || !named) {
        asks.push(Ask::Human);
    }
    if has(Cue::Complaint) && likely("complaint") {
        asks.push(Ask::Complaint);
    }
    if clause.order.is_some() || has(Cue::Order) && !named || clause.contact.is_some() && !named {
        asks.push(Ask::Order);
    }
    if has(Cue::Haggle) {
        asks.push(Ask::Haggle);
    }
    policies(parsed, clause, guesses, &mut asks);

    let spoken: Vec<(Attr, Range<usize>)> = attributes(parsed, &tokens)
        .filter_map(|(m, r)| attr(m, against).map(|a| (a, r)))
        .filter(|(a, _)| !matches!(a.name.as_str(), "price" | "cost"))
        .collect();
    extremes(parsed, text, &has, &spoken, clause, &mut asks);
    let extreme = asks.iter().any(|a| matches!(a, Ask::Extreme { .. }));

    if has(Cue::HowMany) && !asks.contains(&Ask::Haggle) {
        count(parsed, &has, &spoken, clause, &mut asks, text);
    }
    let counted = asks.iter().any(|a| matches!(a, Ask::CountVersions | Ask::CountValues(_) | Ask::CountProducts));
    let pair = clause.mentions.iter().filter(|m| !m.products.is_empty()).count() >= 2;
    let named_pair = clause.mentions.iter().filter(|m| m.what == What::Name || m.products.len() == 1).count() >= 2;
    let higher =
        pair && ["higher price", "lower price", "价格低", "价格高", "更贵", "更便宜"].iter().any(|w| text.contains(w));
    if has(Cue::Compare) && pair
        || named_pair && has(Cue::Or) && !spoken.is_empty()
        || higher
        || pair && text.contains("哪个")
        || pair && (has(Cue::Cheaper) || has(Cue::Dearer) || extreme)
    {
        asks.retain(|a| !matches!(a, Ask::Extreme { by: None, .. }));
        asks.push(Ask::Compare);
    } else if named && !pair && holds_two_versions(text, &has) {
        asks.push(Ask::Compare);
    }
    // `the tent is $10, right?` states a price; the answer is the price.
    let bytes = parsed.bytes(&tokens);
    let stated = clause.price.is_empty()
        && clause.mentions.iter().any(|m| m.what == What::Name && !m.products.is_empty())
        && parsed
            .quantities
            .iter()
            .any(|q| q.currency.is_some() && bytes.start <= q.range.start && q.range.end <= bytes.end);
    let price_word = stated || has(Cue::Price) && !only_how_much_of(text);
    if price_word && !extreme && !asks.contains(&Ask::Compare) {
        asks.push(Ask::Price);
    }
    if has(Cue::Stock) {
        if asks.iter().any(|a| matches!(a, Ask::Extreme { .. } | Ask::Search)) || counted || has(Cue::Options) {
            clause.in_stock_only = true;
        } else {
            asks.push(Ask::Stock);
        }
    }
    if !counted && !extreme || clause.asks_apart && spoken.iter().any(|(_, r)| which_before(parsed, r)) {
        let options = has(Cue::Options);
        for (attribute, range) in &spoken {
            // Beside a price or a stock question a property describes, unless it is asked for in words of its own.
            let beside = asks.iter().any(|a| matches!(a, Ask::Price | Ask::Stock | Ask::Extreme { .. }));
            let asked = parsed
                .spans
                .iter()
                .any(|s| s.tokens == *range && s.meanings.iter().any(|m| matches!(m, Meaning::Ask(_))));
            if beside && !which_before(parsed, range) && !((asked || options) && clause.asks_apart) {
                continue;
            }
            if options || which_before(parsed, range) {
                asks.push(Ask::Options(Some(attribute.clone())));
            } else {
                asks.push(Ask::Attribute(attribute.clone()));
            }
        }
        if options && spoken.is_empty() && !price_word {
            asks.push(Ask::Options(None));
        }
    }
    let made = ["made", "manufactured", "produced", "come from", "from originally"].iter().any(|w| text.contains(w));
    if made && text.contains("where") && asks.is_empty() {
        asks.push(Ask::Attribute(Attr { name: "origin".to_owned(), lexical: true }));
    }
    for (cue, ask) in [
        (Cue::Similar, Ask::Similar),
        (Cue::GoesWith, Ask::GoesWith),
        (Cue::Recommend, Ask::Recommend),
        (Cue::Overview, Ask::Overview),
        (Cue::Buy, Ask::Buy),
    ] {
        if has(cue) && !(cue == Cue::Overview && named) && !asks.contains(&Ask::Compare) {
            asks.push(ask);
        }
    }
    if asks.is_empty() && has(Cue::Info) && named {
        asks.push(Ask::Info);
    }
    if asks.is_empty() && (has(Cue::Cheaper) || has(Cue::Dearer)) && !named {
        asks.push(Ask::Extreme { most: has(Cue::Dearer), by: None });
    }
    if asks.is_empty() && named && (has(Cue::Show) || clause.existence || !clause.price.is_empty()) {
        asks.push(Ask::Search);
    }
    if asks.is_empty() && !clause.price.is_empty() {
        asks.push(Ask::Search);
    }
    let present = clause.mentions.iter().any(|m| !m.products.is_empty());
    let by_name = clause.mentions.iter().any(|m| m.what == What::Name && !m.products.is_empty());
    let idle = asks.iter().all(|a| {
        matches!(
            a,
            Ask::Attribute(_) | Ask::Recommend | Ask::Search | Ask::Stock | Ask::CountVersions | Ask::CountProducts
        )
    });
    if guess(guesses, "off_topic") > 0.6 && !by_name && idle && !clause.whole_shop {
        asks.clear();
        asks.push(Ask::OffTopic);
    }
    small_talk(&has, named, present, text, guesses, &mut asks);
    if asks.is_empty() {
        by_guess(clause, guesses, named, &mut asks);
    }
    asks.dedup();
    clause.asks = asks;
}

pub(super) fn guess(guesses: &[Guess], label: &str) -> f64 {
    guesses.iter().find(|g| g.label == label).map_or(0.0, |g| g.probability)
}

/// `the black or the red one, which is cheaper`: two versions of one product against each other.
fn holds_two_versions(text: &str, has: &dyn Fn(Cue) -> bool) -> bool {
    let compared = [" vs", "versus", "compare", "difference", "对比", "比较", "区别", "差别"];
    let by_price = has(Cue::Cheaper) || has(Cue::Dearer);
    has(Cue::Compare) && compared.iter().any(|w| text.contains(w))
        || by_price && (has(Cue::Or) || has(Cue::Compare) || text.contains("than") || text.contains('比'))
}

/// `how much ram`, `how much does it weigh` are no prices.
pub(super) fn only_how_much_of(text: &str) -> bool {
    [
        "how much ram",
        "how much storage",
        "how much memory",
        "how much does it weigh",
        "how much do they weigh",
        "how much weight",
        "how much space",
        "how much water",
        "how much does it hold",
    ]
    .iter()
    .any(|p| text.contains(p))
        || text.contains("weigh") && text.contains("how much")
}

/// `which colours`, `what sizes`, `哪些颜色`: the attribute right after a question word.
pub(super) fn which_before(parsed: &Parsed, attribute: &Range<usize>) -> bool {
    // 哪些颜色, `what color` may be one phrase of the lexicon.
    let own = parsed.words(attribute);
    if ["which ", "what ", "哪些", "哪几", "什么", "啥"].iter().any(|w| own.starts_with(w)) {
        return true;
    }
    let before = attribute.start.saturating_sub(2)..attribute.start;
    parsed
        .tokens
        .get(before)
        .unwrap_or_default()
        .iter()
        .any(|t| matches!(t.text.as_str(), "which" | "what" | "wat" | "哪" | "么" | "啥" | "些"))
        && parsed
            .tokens
            .get(attribute.clone())
            .is_some_and(|t| t.iter().any(|t| t.text.ends_with('s') || t.text.chars().all(is_han)))
}

pub(super) fn extremes(
    parsed: &Parsed,
    text: &str,
    has: &dyn Fn(Cue) -> bool,
    spoken: &[(Attr, Range<usize>)],
    clause: &Clause,
    asks: &mut Vec<Ask>,
) {
    // `largest capacity`: the noun says what is measured, the superlative only which way.
    let grading = |r: &Range<usize>| {
        let phrase = parsed.words(r);
        SMALLEST.contains(&phrase) || LARGEST.contains(&phrase)
    };
    let attribute = spoken.iter().find(|(_, r)| !grading(r)).or_else(|| spoken.first()).map(|(a, _)| a.clone());
    let physical = |words: &[&str]| {
        words.iter().any(|w| {
            text.match_indices(w).any(|(at, _)| {
                let before = text.get(..at).unwrap_or_default();
                let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
                let whole = !w.is_ascii()
                    || !letter(before.chars().next_back())
                        && !letter(text.get(at + w.len()..).and_then(|t| t.chars().next()));
                whole && !before.trim_end().ends_with("at")
            })
        })
    };
    let (small, large) = (physical(SMALLEST), physical(LARGEST));
    // `highest r-value`, R 值最高: a word of price only where nothing else is measured.
    let of_price = |cue: Cue| {
        let text = parsed.words(&clause.tokens);
        if ["price", "cost", "expens", "cheap", "价", "钱", "贵", "便宜"].iter().any(|w| text.contains(w))
            && attribute.is_none()
        {
            return true;
        }
        let plain = ["highest", "lowest", "最高", "最低", "最高的", "最低的", "最少要"];
        parsed.cues.iter().any(|f| {
            f.cue == cue
                && parsed.bytes(&clause.tokens).contains(&f.range.start)
                && !plain.contains(&parsed.text.get(f.range.clone()).unwrap_or_default())
        })
    };
    if has(Cue::Cheapest) && clause.price.is_empty() && of_price(Cue::Cheapest) {
        asks.push(Ask::Extreme { most: false, by: None });
    }
    if has(Cue::Dearest) && of_price(Cue::Dearest) {
        asks.push(Ask::Extreme { most: true, by: None });
    }
    if asks.iter().any(|a| matches!(a, Ask::Extreme { .. })) || attribute.is_none() {
        return;
    }
    if small != large {
        asks.push(Ask::Extreme { most: large, by: attribute });
    }
}

pub(super) fn count(
    parsed: &Parsed,
    has: &dyn Fn(Cue) -> bool,
    spoken: &[(Attr, Range<usize>)],
    clause: &Clause,
    asks: &mut Vec<Ask>,
    text: &str,
) {
    // 多少钱 holds 多少, `how many dollars` asks a price.
    let after = |f: &super::cues::Found| parsed.text.get(f.range.end..).unwrap_or_default().trim_start();
    let money = |f: &super::cues::Found| {
        ["钱", "元", "块", "刀", "美", "dollars", "bucks", "银子", "米"].iter().any(|m| after(f).starts_with(m))
    };
    let how = parsed
        .cues
        .iter()
        .filter(|f| f.cue == Cue::HowMany && parsed.bytes(&clause.tokens).contains(&f.range.start) && !money(f))
        .find(|f| {
            // `serial number of` counts nothing.
            let before = parsed.text.get(..f.range.start).unwrap_or_default().trim_end();
            !["serial", "model", "part", "item", "order", "phone", "tracking", "style"]
                .iter()
                .any(|w| before.ends_with(w))
        });
    if how.is_none() {
        return;
    }
    let after = how.map(after).unwrap_or_default();
    // `versions`, `kinds`, 款: what is counted, not a property.
    let counted = |r: &Range<usize>| {
        let bytes = parsed.bytes(r);
        parsed.cues.iter().any(|f| f.cue == Cue::Versions && f.range.start <= bytes.start && bytes.end <= f.range.end)
    };
    // `how many grams`: a measure, not a number of things.
    if let Some((unit, _)) = crate::text::units::prefix(after)
        && !matches!(unit.dimension, crate::text::units::Dimension::Count(_) | crate::text::units::Dimension::Zoom)
        && (after.is_ascii() || !matches!(unit.dimension, crate::text::units::Dimension::Angle))
    {
        let named = spoken.first().map(|(a, _)| a.clone());
        asks.push(Ask::Attribute(
            named.unwrap_or_else(|| Attr { name: measured_by(unit.dimension).to_owned(), lexical: true }),
        ));
        return;
    }
    // What stands right behind `how many` is what is counted; properties further on only describe it.
    let end = how.map_or(0, |f| f.range.end);
    let start = how.map_or(0, |f| f.range.start);
    let near = |r: &Range<usize>| {
        // 几种颜色 is one phrase of the lexicon.
        if parsed.bytes(r).start < end && start < parsed.bytes(r).end {
            return true;
        }
        // 颜色有多少种: the property just before.
        let ahead = parsed.text.get(parsed.bytes(r).end..start).unwrap_or("far off, certainly");
        if ahead.chars().count() <= 2 && ahead.chars().all(|c| "有都是一共总".contains(c)) {
            return true;
        }
        let between = parsed.text.get(end..parsed.bytes(r).start).unwrap_or("far off, certainly");
        between.split_whitespace().count() <= 2 && between.chars().filter(|c| is_han(*c)).count() <= 3
    };
    let spoken: Vec<(Attr, Range<usize>)> = spoken.iter().filter(|(_, r)| !counted(r) && near(r)).cloned().collect();
    // R 值是多少, 重量多少: asks the value; 多少 with nothing counted asks a price.
    let asked = how.and_then(|f| parsed.text.get(f.range.clone())).unwrap_or_default();
    if asked == "多少" && !["种", "款", "个", "样", "类", "件", "版", "色", "码"].iter().any(|m| after.starts_with(m))
    {
        let named_end = clause.mentions.iter().map(|m| m.tokens.end).max().unwrap_or(clause.tokens.start);
        let before: String = how
            .and_then(|f| parsed.text.get(parsed.bytes(&(clause.tokens.start..named_end)).end..f.range.start))
            .unwrap_or_default()
            .chars()
            .filter(|c| !"的是要卖有，,？? 多大了价".contains(*c))
            .collect();
        asks.push(match spoken.first() {
            Some((attribute, _)) => Ask::Attribute(attribute.clone()),
            // 防晒 UPF 多少: a property that nobody here has a name for.
            None if !clause.mentions.is_empty() && before.chars().count() >= 2 => {
                Ask::Attribute(Attr { name: before, lexical: false })
            }
            None => Ask::Price,
        });
        return;
    }
    let subject = clause.mentions.iter().any(|m| !m.products.is_empty());
    let one = clause.mentions.iter().any(|m| m.products.len() == 1);
    match spoken.first() {
        Some((attribute, _)) if subject || clause.pronoun || !has(Cue::Products) => {
            asks.push(Ask::CountValues(attribute.clone()))
        }
        _ if one => asks.push(Ask::CountVersions),
        _ if subject => asks.push(Ask::CountProducts),
        _ if has(Cue::Products) || has(Cue::WholeShop) => asks.push(Ask::CountProducts),
        _ if has(Cue::Versions) || has(Cue::Pronoun) || has(Cue::Options) || text.chars().count() < 12 => {
            asks.push(Ask::CountVersions)
        }
        _ => asks.push(Ask::CountProducts),
    }
}

/// The property that is usually measured in a dimension.
pub(super) fn measured_by(dimension: crate::text::units::Dimension) -> &'static str {
    use crate::text::units::Dimension;
    match dimension {
        Dimension::Mass => "weight",
        Dimension::Volume => "capacity",
        Dimension::Time => "battery life",
        Dimension::Power => "power",
        Dimension::Light => "brightness",
        Dimension::Temperature => "temperature",
        Dimension::Resolution => "resolution",
        Dimension::Charge => "battery capacity",
        Dimension::Sound => "noise level",
        Dimension::Data => "storage",
        Dimension::Length => "size",
        _ => "size",
    }
}

pub(super) fn policies(parsed: &Parsed, clause: &Clause, guesses: &[Guess], asks: &mut Vec<Ask>) {
    let named = clause.mentions.iter().any(|m| !m.products.is_empty());
    for (cue, topic) in [
        (Cue::Shipping, "shipping"),
        (Cue::Returns, "returns"),
        (Cue::Warranty, "warranty"),
        (Cue::Payment, "payment"),
        (Cue::Hours, "opening-hours"),
        (Cue::Privacy, "privacy"),
    ] {
        let needs_guess = matches!(cue, Cue::Hours | Cue::Shipping) && named && !clause.asks_apart;
        if parsed.has(cue, &clause.tokens) && clause.order.is_none() && (!needs_guess || guess(guesses, "policy") > 0.2)
        {
            asks.push(Ask::Policy(topic.to_owned()));
        }
    }
    if asks.iter().any(|a| matches!(a, Ask::Policy(_))) && !parsed.has(Cue::Order, &clause.tokens) {
        asks.retain(|a| *a != Ask::Order || clause.order.is_some());
    }
}

pub(super) fn small_talk(
    has: &dyn Fn(Cue) -> bool,
    named: bool,
    clause_named: bool,
    text: &str,
    guesses: &[Guess],
    asks: &mut Vec<Ask>,
) {
    if has(Cue::Bot) && !clause_named && asks.is_empty() {
        asks.push(Ask::Bot);
        return;
    }
    if !asks.is_empty() || named {
        return;
    }
    let short = text.chars().filter(|c| is_han(*c)).count() * 2 + text.split_whitespace().count() <= 8;
    for (cue, ask, only_short) in [
        (Cue::Bot, Ask::Bot, false),
        (Cue::Thanks, Ask::Thanks, true),
        (Cue::Bye, Ask::Bye, true),
        (Cue::Greeting, Ask::Greeting, true),
        (Cue::Deny, Ask::Deny, true),
        (Cue::Affirm, Ask::Affirm, true),
    ] {
        if has(cue) && (short || !only_short) {
            let weak = matches!(cue, Cue::Affirm | Cue::Bye);
            if weak && guess(guesses, "off_topic") > 0.5 {
                continue;
            }
            asks.push(ask);
            return;
        }
    }
}

pub(super) fn by_guess(clause: &mut Clause, guesses: &[Guess], named: bool, asks: &mut Vec<Ask>) {
    let Some(best) = guesses.first().filter(|g| g.probability >= GUESS_MIN) else { return };
    let ask = match best.label.as_str() {
        "price" => Ask::Price,
        "availability" => Ask::Stock,
        "options" => Ask::Options(None),
        "count" if named => Ask::CountVersions,
        "superlative" if named => Ask::Extreme { most: false, by: None },
        "compare" => Ask::Compare,
        "search" if named => Ask::Search,
        "recommend" => Ask::Recommend,
        "product_info" if named => Ask::Info,
        "catalog_overview" => Ask::Overview,
        "order_status" if !named => Ask::Order,
        "purchase" => Ask::Buy,
        "human" => Ask::Human,
        "complaint" => Ask::Complaint,
        "haggle" => Ask::Haggle,
        "greeting" if !named => Ask::Greeting,
        "thanks" if !named => Ask::Thanks,
        "goodbye" if !named => Ask::Bye,
        "smalltalk" if !named => Ask::Bot,
        "affirm" if !named => Ask::Affirm,
        "deny" if !named => Ask::Deny,
        "off_topic" if !named => Ask::OffTopic,
        "harmful" if best.probability > 0.6 => Ask::Harm,
        "injection" if best.probability > 0.6 => Ask::Inject,
        _ => return,
    };
    clause.decided_by = "classifier";
    clause.confidence = best.probability;
    asks.push(ask);
}
