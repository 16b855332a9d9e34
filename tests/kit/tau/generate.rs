//! The question set: seeded, the same on every machine, balanced over kinds, languages and halves, each question with
//! what a right answer holds.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use super::phrase::{Bindings, Phraser};
use super::pick::{self, Rng};
use super::{Compared, Question, Shop, Target, Want};

const SEED: u64 = 0x7A5E_2026;
/// Questions a kind, language and half.
const EACH: usize = 23;

/// One way to put a question; `text` or `turns`.
#[derive(Debug, Clone, Deserialize)]
pub struct Phrasing {
    pub kind: String,
    pub lang: String,
    pub half: String,
    pub ask: Option<String>,
    pub text: Option<String>,
    pub turns: Option<Vec<String>>,
}

impl Phrasing {
    fn turns(&self) -> Vec<String> {
        self.turns.clone().unwrap_or_else(|| vec![self.text.clone().unwrap()])
    }

    fn has(&self, placeholders: &[&str]) -> bool {
        let all = self.turns().join(" ");
        placeholders.iter().any(|name| all.contains(&format!("{{{name}}}")))
    }

    fn filtered(&self) -> bool {
        self.has(&["desc", "descs", "a_desc", "post", "vals"])
    }
}

pub fn phrasings() -> Vec<Phrasing> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tau/phrasings.jsonl");
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The whole set, in a stable order.
pub fn questions(shop: &Shop) -> Vec<Question> {
    let mut groups: BTreeMap<(String, String, String), Vec<Phrasing>> = BTreeMap::new();
    for phrasing in phrasings() {
        let key = (phrasing.half.clone(), phrasing.lang.clone(), phrasing.kind.clone());
        groups.entry(key).or_default().push(phrasing);
    }
    let mut out = Vec::new();
    for (index, ((half, lang, kind), mut ways)) in groups.into_iter().enumerate() {
        let mut rng = Rng::new(SEED ^ (index as u64) << 32);
        rng.shuffle(&mut ways);
        let mut seen = HashSet::new();
        for attempt in 0..EACH * 40 {
            if seen.len() == EACH {
                break;
            }
            let way = &ways[attempt % ways.len()];
            let Some((turns, wants)) = build(shop, way, &mut rng) else { continue };
            if seen.insert(turns.clone()) {
                let id = format!("{half}-{lang}-{kind}-{:02}", seen.len());
                out.push(Question { id, kind: kind.clone(), lang: lang.clone(), half: half.clone(), turns, wants });
            }
        }
    }
    out
}

/// An even sample of `n` questions.
pub fn sample(questions: Vec<Question>, n: usize) -> Vec<Question> {
    let total = questions.len();
    let n = n.min(total);
    let keep: HashSet<usize> = (0..n).map(|i| i * total / n).collect();
    questions.into_iter().enumerate().filter(|(i, _)| keep.contains(i)).map(|(_, question)| question).collect()
}

fn build(shop: &Shop, way: &Phrasing, rng: &mut Rng) -> Option<(Vec<String>, Vec<Want>)> {
    let (bindings, wants) = subject(shop, way, rng)?;
    let mut phraser = Phraser { shop, lang: &way.lang, half: &way.half, rng };
    let turns: Option<Vec<String>> = way.turns().iter().map(|turn| phraser.fill(turn, &bindings)).collect();
    Some((turns?, wants))
}

fn subject(shop: &Shop, way: &Phrasing, rng: &mut Rng) -> Option<(Bindings, Vec<Want>)> {
    match way.kind.as_str() {
        "compare" => Some(compare(shop, way, rng)),
        "absent_product" => {
            let n = shop.names.absent_products.len();
            let thing = rng.below(n / 2) + if way.half == "tune" { 0 } else { n / 2 };
            Some((Bindings { thing: Some(thing), ..Bindings::default() }, vec![Want::AbsentProduct]))
        }
        "absent_attribute" => absent_attribute(shop, way, rng),
        "absent_value" => absent_value(shop, way, rng),
        "ambiguous" => {
            let bindings = single(shop, way, rng)?;
            Some((bindings, vec![Want::Ambiguous]))
        }
        "follow_up" => follow_up(shop, way, rng),
        "multi" => multi(shop, way, rng),
        "yes_no" => yes_no(shop, way, rng),
        kind => {
            let bindings = single(shop, way, rng)?;
            let want = want(shop, kind, way, &bindings)?;
            Some((bindings, vec![want]))
        }
    }
}

/// One product, with a filter, an option or a limit where the template has a place for it.
fn single(shop: &Shop, way: &Phrasing, rng: &mut Rng) -> Option<Bindings> {
    let product = rng.below(shop.products.len());
    let of = &shop.products[product];
    let most = if matches!(way.kind.as_str(), "price" | "stock" | "attribute") && rng.chance(40) { 6 } else { 3 };
    let most = if matches!(way.kind.as_str(), "cheapest" | "dearest" | "constraint_search") { 2 } else { most };
    let filter = if way.filtered() { pick::filter(rng, &shop.names, of, &way.lang, most)? } else { Vec::new() };
    let mut bindings = Bindings { first: Some(Target { product, filter: filter.clone() }), ..Bindings::default() };
    if way.has(&["option", "options"]) {
        let open: Vec<String> =
            pick::askable_options(of).into_iter().filter(|o| filter.iter().all(|(fixed, _)| fixed != o)).collect();
        bindings.option = Some(rng.choose((!open.is_empty()).then_some(&open)?).clone());
    }
    if way.has(&["limit"]) {
        bindings.limit_cents = Some(pick::limit(rng, &of.matching(&filter))?);
    }
    Some(bindings)
}

fn want(shop: &Shop, kind: &str, way: &Phrasing, bindings: &Bindings) -> Option<Want> {
    let of = bindings.first.clone()?;
    let product = &shop.products[of.product];
    let matching = product.matching(&of.filter);
    Some(match kind {
        "price" => Want::Price(of),
        "stock" => Want::Stock(of),
        "options" => Want::Options { product: of.product, option: bindings.option.clone() },
        "cheapest" | "dearest" => {
            // A superlative over one version would be an odd thing to ask.
            (matching.len() > 1).then_some(())?;
            Want::Extreme { of, dearest: kind == "dearest" }
        }
        "count" => Want::Count { of, option: bindings.option.clone() },
        "constraint_search" => {
            let limit_cents = bindings.limit_cents;
            let fits = |cents: i64| limit_cents.is_none_or(|limit| cents < limit);
            matching.iter().any(|v| v.available && fits(v.cents)).then_some(())?;
            Want::Search { of, limit_cents }
        }
        "attribute" => {
            let option = bindings.option.clone()?;
            let mut values: Vec<&str> = matching.iter().filter_map(|v| v.value(&option)).collect();
            values.sort_unstable();
            values.dedup();
            // One value, or few that a reply can list.
            (values.len() <= 3).then_some(())?;
            Want::Attribute { of, option }
        }
        other => panic!("unknown kind {other} of {way:?}"),
    })
}

fn whole(product: usize) -> Target {
    Target { product, filter: Vec::new() }
}

fn compare(shop: &Shop, way: &Phrasing, rng: &mut Rng) -> (Bindings, Vec<Want>) {
    let text = way.text.clone().unwrap();
    let ask = way.ask.as_deref().unwrap();
    let polar = text.contains("than") || text.contains("吗") || text.contains("是不是");
    let (a, b) = if ask == "versions" {
        pick::version_pair(rng, shop, &way.lang)
    } else {
        let (a, b) = pick::disjoint_pair(rng, shop);
        (whole(a), whole(b))
    };
    let compared = match ask {
        "cheaper" => Compared::Cheaper { polar },
        "dearer" => Compared::Dearer { polar },
        "versions" if text.contains("cheaper") || text.contains("便宜") => Compared::Cheaper { polar },
        "versions" if text.contains("difference") || text.contains("差多少") => Compared::Difference,
        _ => Compared::Prices,
    };
    let bindings = Bindings { first: Some(a.clone()), second: Some(b.clone()), ..Bindings::default() };
    (bindings, vec![Want::Compare { a, b, ask: compared }])
}

fn absent_attribute(shop: &Shop, way: &Phrasing, rng: &mut Rng) -> Option<(Bindings, Vec<Want>)> {
    let all = &shop.names.absent_attributes;
    let product = rng.below(shop.products.len());
    let thing = match way.ask.as_deref() {
        Some(fixed) => all.iter().position(|attribute| attribute.en == fixed)?,
        None => rng.below(all.len() / 2) * 2 + usize::from(way.half == "held"),
    };
    let answerable = shop.products[product].options().iter().any(|option| all[thing].not.contains(option));
    let bindings = Bindings { first: Some(whole(product)), thing: Some(thing), ..Bindings::default() };
    (!answerable).then(|| (bindings, vec![Want::AbsentAttribute { product }]))
}

fn absent_value(shop: &Shop, way: &Phrasing, rng: &mut Rng) -> Option<(Bindings, Vec<Want>)> {
    let product = rng.below(shop.products.len());
    let of = &shop.products[product];
    let option = rng.choose(&of.options()).clone();
    let sample = &of.values(&option)[0];
    let letters = sample.chars().all(|c| "SMLX".contains(c));
    let digits = sample.chars().all(|c| c.is_ascii_digit());
    let family = match option.as_str() {
        "size" if letters => "size:letters",
        "size" if digits => "size:shoe",
        "capacity" if sample.contains('L') || sample.contains("liter") || sample.contains("ml") => "capacity:liters",
        "storage" if sample.contains("card") => return None,
        "length" if !sample.contains("ft") => return None,
        other => other,
    };
    let list = shop.names.absent_values.get(family)?;
    let half = list.len() / 2;
    let value = &list[rng.below(half) + if way.half == "tune" { 0 } else { half }];
    let absent = match (way.lang.as_str(), family) {
        ("zh", "size:letters" | "size:shoe") => format!("{}码", value.zh),
        ("zh", _) => value.zh.clone(),
        (_, "size:shoe") => format!("size {}", value.en),
        _ => value.en.clone(),
    };
    let bindings = Bindings { first: Some(whole(product)), absent: Some(absent), ..Bindings::default() };
    Some((bindings, vec![Want::AbsentValue { product, option }]))
}

fn follow_up(shop: &Shop, way: &Phrasing, rng: &mut Rng) -> Option<(Bindings, Vec<Want>)> {
    let ask = way.ask.as_deref()?;
    if ask.starts_with("second") || ask.starts_with("cheaper") {
        let (a, b) = pick::disjoint_pair(rng, shop);
        let (first, second) = (whole(a), whole(b));
        let price = |i: usize| shop.products[i].variants[0].cents;
        let cheaper = if price(a) < price(b) { first.clone() } else { second.clone() };
        let want = match ask {
            "second>price" => Want::Price(second.clone()),
            "cheaper>price" => Want::Price(cheaper),
            _ => Want::Count { of: cheaper, option: None },
        };
        return Some((Bindings { first: Some(first), second: Some(second), ..Bindings::default() }, vec![want]));
    }
    let bindings = single(shop, way, rng)?;
    let of = bindings.first.clone()?;
    let want = match ask {
        "price>price_filter" | "x>price" => Want::Price(of),
        "x>stock" => Want::Stock(of),
        "x>options" => Want::Options { product: of.product, option: bindings.option.clone() },
        "cheapest>stock" => {
            // "It" is the cheapest version.
            let cheapest = shop.products[of.product].variants.iter().min_by_key(|v| v.cents)?;
            Want::Stock(Target { product: of.product, filter: cheapest.options.clone() })
        }
        other => panic!("unknown follow-up {other}"),
    };
    Some((bindings, vec![want]))
}

fn multi(shop: &Shop, way: &Phrasing, rng: &mut Rng) -> Option<(Bindings, Vec<Want>)> {
    let mut bindings = single(shop, way, rng)?;
    let of = bindings.first.clone()?;
    let options = Want::Options { product: of.product, option: bindings.option.clone() };
    let cheapest = Want::Extreme { of: whole(of.product), dearest: false };
    let wants = match way.ask.as_deref()? {
        "price+stock" => vec![Want::Price(of.clone()), Want::Stock(of)],
        "price+options" => vec![Want::Price(of), options],
        "price+price2" => {
            let other = whole(rng.below(shop.products.len()));
            (other.product != of.product).then_some(())?;
            bindings.second = Some(other.clone());
            vec![Want::Price(of), Want::Price(other)]
        }
        "cheapest+count" => vec![cheapest, Want::Count { of, option: None }],
        "options+cheapest" => vec![options, cheapest],
        "options+stock" => vec![options, Want::Stock(of)],
        other => panic!("unknown pair {other}"),
    };
    Some((bindings, wants))
}

fn yes_no(shop: &Shop, way: &Phrasing, rng: &mut Rng) -> Option<(Bindings, Vec<Want>)> {
    let product = rng.below(shop.products.len());
    let of = &shop.products[product];
    let exists = rng.chance(55);
    let filter = if exists {
        pick::filter(rng, &shop.names, of, &way.lang, 3)?
    } else {
        pick::missing_combination(rng, &shop.names, of, &way.lang)?
    };
    // "Do you have it" of something that exists but is out of stock has no plain yes or no.
    (!exists || of.matching(&filter).iter().any(|v| v.available)).then_some(())?;
    let of = Target { product, filter };
    Some((Bindings { first: Some(of.clone()), ..Bindings::default() }, vec![Want::YesNo { of, exists }]))
}
