//! Choosing what a question is about: seeded, and only where the data gives one clear answer.

use super::names::Names;
use super::{Filter, Product, Shop, Target, Variant};

/// SplitMix64 (Steele, Lea, Flood 2014): small, seeded, the same everywhere.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn choose<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

/// Whether a shopper would name this option value so that it is clear what is meant.
fn sayable(names: &Names, product: &Product, option: &str, value: &str, lang: &str) -> bool {
    let ways = names.value(product, option, value);
    !(ways.skip || ways.skip_zh && lang == "zh")
}

/// A filter that at least one variant satisfies: all its options (`full`) or some.
pub fn filter(rng: &mut Rng, names: &Names, product: &Product, lang: &str, most: usize) -> Option<Filter> {
    let variant = rng.choose(&product.variants);
    let mut all: Filter =
        variant.options.iter().filter(|(o, v)| sayable(names, product, o, v, lang)).cloned().collect();
    rng.shuffle(&mut all);
    let n = 1 + rng.below(all.len().min(most).max(1));
    all.truncate(n);
    (!all.is_empty()).then_some(all)
}

/// Options of which it makes sense to ask "which": more than one value, and not yes or no.
pub fn askable_options(product: &Product) -> Vec<String> {
    let yes_no = |values: &[String]| values.iter().any(|value| value == "yes");
    product.options().into_iter().filter(|o| product.values(o).len() > 1 && !yes_no(&product.values(o))).collect()
}

pub fn range(variants: &[&Variant]) -> (i64, i64) {
    let prices = || variants.iter().map(|v| v.cents);
    (prices().min().unwrap(), prices().max().unwrap())
}

/// Two products of like price, no version of the first costing as much as any of the second (either order).
pub fn disjoint_pair(rng: &mut Rng, shop: &Shop) -> (usize, usize) {
    loop {
        let (a, b) = (rng.below(shop.products.len()), rng.below(shop.products.len()));
        let of = |i: usize| range(&shop.products[i].variants.iter().collect::<Vec<_>>());
        let ((a_low, a_high), (b_low, b_high)) = (of(a), of(b));
        let apart = a_high < b_low || b_high < a_low;
        if a != b && apart && a_low < 5 * b_high && b_low < 5 * a_high {
            return (a, b);
        }
    }
}

/// Two filters over the same options of one product, each fitting exactly one version, at different prices.
pub fn version_pair(rng: &mut Rng, shop: &Shop, lang: &str) -> (Target, Target) {
    loop {
        let product = rng.below(shop.products.len());
        let of = &shop.products[product];
        let Some(first) = filter(rng, &shop.names, of, lang, 4) else { continue };
        let other = rng.choose(&of.variants);
        let second: Filter =
            first.iter().map(|(o, _)| (o.clone(), other.value(o).unwrap_or_default().to_string())).collect();
        let clear = second.iter().all(|(o, v)| sayable(&shop.names, of, o, v, lang));
        let (a, b) = (of.matching(&first), of.matching(&second));
        if clear && first != second && a.len() == 1 && b.len() == 1 && a[0].cents != b[0].cents {
            return (Target { product, filter: first }, Target { product, filter: second });
        }
    }
}

/// Values that the product has, each for itself, but no version together.
pub fn missing_combination(rng: &mut Rng, names: &Names, product: &Product, lang: &str) -> Option<Filter> {
    for _ in 0..60 {
        let mut options = product.options();
        rng.shuffle(&mut options);
        options.truncate(2 + rng.below(2));
        let filter: Filter = options.iter().map(|o| (o.clone(), rng.choose(&product.values(o)).clone())).collect();
        let clear = filter.iter().all(|(o, v)| sayable(names, product, o, v, lang));
        if clear && filter.len() > 1 && product.matching(&filter).is_empty() {
            return Some(filter);
        }
    }
    None
}

/// A whole number of dollars that some of the matching versions cost less than and, if possible, some more.
pub fn limit(rng: &mut Rng, matching: &[&Variant]) -> Option<i64> {
    let mut prices: Vec<i64> = matching.iter().map(|v| v.cents).collect();
    prices.sort_unstable();
    let i = rng.below(prices.len());
    let below_next = prices.get(i + 1).copied().unwrap_or(i64::MAX);
    [10_000, 5_000, 1_000, 500, 100].into_iter().map(|step| (prices[i] / step + 1) * step).find(|l| *l < below_next)
}
