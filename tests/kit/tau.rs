//! The retail shop of τ-bench as a held-back test: its data, our catalog format made from it, questions asked the way
//! shoppers type (`generate`), a judge which compares replies with the data (`judge`), and the run over the bot's binary
//! (`run`). Nothing here knows a sentence of the bot. The data is not part of the project: where it is missing, tests
//! say so and pass.

pub mod bare;
pub mod claims;
pub mod generate;
pub mod judge;
pub mod names;
pub mod numbers;
pub mod pair;
pub mod phrase;
pub mod pick;
pub mod read;
pub mod run;
pub mod scan;
pub mod weigh;
pub mod winner;

use std::path::PathBuf;

use serde_json::{Value, json};

use names::Names;

/// One version of a product; money in US cents.
#[derive(Debug, Clone)]
pub struct Variant {
    pub sku: String,
    pub options: Vec<(String, String)>,
    pub cents: i64,
    pub available: bool,
}

impl Variant {
    pub fn value(&self, option: &str) -> Option<&str> {
        self.options.iter().find(|(name, _)| name == option).map(|(_, value)| value.as_str())
    }
}

#[derive(Debug, Clone)]
pub struct Product {
    pub id: String,
    pub name: String,
    pub variants: Vec<Variant>,
}

/// Options that a question fixes, as (option, value).
pub type Filter = Vec<(String, String)>;

impl Product {
    /// Option names in the order of the data.
    pub fn options(&self) -> Vec<String> {
        self.variants[0].options.iter().map(|(name, _)| name.clone()).collect()
    }

    /// The distinct values of an option over the given variants, in the order of the data.
    pub fn values(&self, option: &str) -> Vec<String> {
        distinct(self.variants.iter(), option)
    }

    pub fn matching(&self, filter: &[(String, String)]) -> Vec<&Variant> {
        self.variants.iter().filter(|v| filter.iter().all(|(o, x)| v.value(o) == Some(x))).collect()
    }
}

pub fn distinct<'a>(variants: impl Iterator<Item = &'a Variant>, option: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for variant in variants {
        if let Some(value) = variant.value(option)
            && !out.iter().any(|seen| seen == value)
        {
            out.push(value.to_string());
        }
    }
    out
}

/// A product with the options that are asked of it.
#[derive(Debug, Clone)]
pub struct Target {
    pub product: usize,
    pub filter: Filter,
}

/// What a comparison asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// Which one costs less; `polar` when asked as "is A cheaper than B", so that a bare yes or no answers it.
    Cheaper {
        polar: bool,
    },
    Dearer {
        polar: bool,
    },
    Prices,
    Difference,
}

/// What a right answer holds, worked out from the data.
#[derive(Debug, Clone)]
pub enum Want {
    Price(Target),
    Stock(Target),
    Options { product: usize, option: Option<String> },
    Extreme { of: Target, dearest: bool },
    Count { of: Target, option: Option<String> },
    Compare { a: Target, b: Target, ask: Compared },
    Search { of: Target, limit_cents: Option<i64> },
    Attribute { of: Target, option: String },
    YesNo { of: Target, exists: bool },
    AbsentProduct,
    AbsentAttribute { product: usize },
    AbsentValue { product: usize, option: String },
    Ambiguous,
}

impl Want {
    /// The products and options which the question is about.
    pub fn targets(&self) -> Vec<Target> {
        let whole = |product: &usize| vec![Target { product: *product, filter: Vec::new() }];
        match self {
            Want::Price(of) | Want::Stock(of) => vec![of.clone()],
            Want::Extreme { of, .. }
            | Want::Count { of, .. }
            | Want::Search { of, .. }
            | Want::Attribute { of, .. }
            | Want::YesNo { of, .. } => vec![of.clone()],
            Want::Compare { a, b, .. } => vec![a.clone(), b.clone()],
            Want::Options { product, .. } | Want::AbsentAttribute { product } | Want::AbsentValue { product, .. } => {
                whole(product)
            }
            Want::AbsentProduct | Want::Ambiguous => Vec::new(),
        }
    }
}

/// One question of the set.
#[derive(Debug, Clone)]
pub struct Question {
    pub id: String,
    pub kind: String,
    pub lang: String,
    pub half: String,
    pub turns: Vec<String>,
    pub wants: Vec<Want>,
}

/// The shop of the benchmark and the ways to speak of what it sells.
pub struct Shop {
    pub products: Vec<Product>,
    pub names: Names,
}

/// Where the shared data lies: `$FLOORWALKER_SHARED`, else `shared/` beside or inside the checkout.
pub fn shared() -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let from_env = std::env::var_os("FLOORWALKER_SHARED").map(PathBuf::from);
    from_env.into_iter().chain([root.join("../shared"), root.join("shared")]).find(|path| path.is_dir())
}

/// The shop, or the reason why a test over it is skipped.
pub fn load() -> Result<Shop, String> {
    let shared = shared().ok_or("no shared/ folder beside the checkout and FLOORWALKER_SHARED is not set")?;
    let path = shared.join("data/tau-retail/db.json");
    let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let db: Value = serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Shop { products: products(&db), names: Names::load() })
}

/// The shop; prints why and gives `None` where the data is missing.
pub fn load_or_skip(test: &str) -> Option<Shop> {
    load().map_err(|why| println!("SKIPPED {test}: {why}")).ok()
}

fn products(db: &Value) -> Vec<Product> {
    let all = db["products"].as_object().unwrap();
    let mut out: Vec<Product> = all
        .values()
        .map(|product| Product {
            id: product["product_id"].as_str().unwrap().to_string(),
            name: product["name"].as_str().unwrap().to_string(),
            variants: product["variants"].as_object().unwrap().values().map(variant).collect(),
        })
        .collect();
    out.sort_by(|a, b| a.id.cmp(&b.id));
    out
}

fn variant(of: &Value) -> Variant {
    let options = of["options"].as_object().unwrap();
    Variant {
        sku: of["item_id"].as_str().unwrap().to_string(),
        options: options.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_string())).collect(),
        cents: (of["price"].as_f64().unwrap() * 100.0).round() as i64,
        available: of["available"].as_bool().unwrap(),
    }
}

/// `129900` as `1299.00`.
pub fn amount(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Our JSON Lines catalog, one product a line; price and stock live on the variants alone.
pub fn catalog(shop: &Shop) -> String {
    let line = |product: &Product| {
        let variants: Vec<Value> = product.variants.iter().map(catalog_variant).collect();
        json!({"id": product.id, "title": product.name, "variants": variants}).to_string() + "\n"
    };
    shop.products.iter().map(line).collect()
}

fn catalog_variant(variant: &Variant) -> Value {
    let options: serde_json::Map<String, Value> =
        variant.options.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({
        "sku": variant.sku,
        "options": options,
        "price": {"amount": amount(variant.cents), "currency": "USD"},
        "availability": if variant.available { "in_stock" } else { "out_of_stock" },
    })
}
