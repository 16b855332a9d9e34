//! A catalog of any size, made by varying a small one: other brands and names, other prices, the same kinds, options
//! and texts. The same every time.

use crate::catalog::{Catalog, Product};
use crate::domain::Money;

const FIRST: [&str; 16] =
    ["Bel", "Cor", "Dun", "Fal", "Gar", "Hol", "Jor", "Kes", "Lom", "Mar", "Nim", "Pel", "Ros", "Sel", "Tor", "Ven"];
const MIDDLE: [&str; 8] = ["a", "e", "i", "o", "u", "ali", "ori", "une"];
const LAST: [&str; 12] =
    ["berg", "dale", "mont", "wick", "strand", "by", "holm", "ford", "gard", "ness", "lund", "moor"];

/// A made-up name; different numbers below some thousand give different names.
fn name(number: usize) -> String {
    let pick = |list: &[&'static str], at: usize| list.get(at % list.len().max(1)).copied().unwrap_or_default();
    let (first, rest) = (pick(&FIRST, number), number / FIRST.len());
    format!("{first}{}{}", pick(&MIDDLE, rest), pick(&LAST, rest / MIDDLE.len() + number))
}

/// The first products are the shop's own, the others their variations.
pub fn catalog(own: &[Product], size: usize) -> Catalog {
    let mut products: Vec<Product> = own.iter().take(size).cloned().collect();
    let mut round = 1;
    while products.len() < size && !own.is_empty() {
        let room = size - products.len();
        products.extend(own.iter().take(room).enumerate().map(|(at, product)| varied(product, round, at)));
        round += 1;
    }
    Catalog::new(products)
}

fn varied(product: &Product, round: usize, at: usize) -> Product {
    let mut product = product.clone();
    // A brand makes some thirty products, as in a real shop.
    let brand = name(round * 9 + at / 30);
    let series = name(round * 131 + at * 7 + 3);
    let old_brand = product.brand.replace(brand.clone()).unwrap_or_default();
    product.title = retitled(&product.title, &old_brand, &brand, &series);
    for text in product.texts.values_mut() {
        text.title = retitled(&text.title, &old_brand, &brand, &series);
    }
    product.id = format!("{}-r{round}", product.id);
    let priced = |money: Money| Money {
        minor_units: money.minor_units + (round as i64 * 137 + at as i64 * 11) % 2_000,
        ..money
    };
    product.price = product.price.map(priced);
    for variant in &mut product.variants {
        variant.sku = format!("{}-R{round}", variant.sku);
        variant.price = variant.price.map(priced);
        variant.gtin = None;
    }
    for related in &mut product.related {
        related.id = format!("{}-r{round}", related.id);
    }
    product
}

/// `Norrvale Fjell 2 Tent` becomes `Corawick Belamont 2 Tent`: the brand and the word behind it are others.
fn retitled(title: &str, old_brand: &str, brand: &str, series: &str) -> String {
    let rest = title.strip_prefix(old_brand).unwrap_or(title).trim_start();
    let behind = rest.split_once(' ').map_or(rest, |(_, behind)| behind);
    format!("{brand} {series} {behind}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_catalog_is_as_large_as_asked_and_its_ids_are_all_different() {
        let line = r#"{"id":"fjell-2","title":"Norrvale Fjell 2 Tent","brand":"Norrvale","price":{"amount":"189.00","currency":"USD"}}"#;
        let own: Vec<Product> = vec![serde_json::from_str(line).unwrap()];
        let catalog = catalog(&own, 500);
        let ids: BTreeSet<&str> = catalog.products().iter().map(|p| p.id.as_str()).collect();
        assert_eq!((catalog.len(), ids.len()), (500, 500));
        assert_eq!(catalog.products()[0], own[0]);
        assert!(catalog.products()[1].title.ends_with(" 2 Tent"), "{}", catalog.products()[1].title);
        assert_ne!(catalog.products()[1].price, own[0].price);
    }
}
