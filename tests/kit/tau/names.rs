//! Ways to say products, options and values in English and Chinese, from `tests/tau/names.json`. The first half of each
//! list of ways belongs to the tune half of the questions, the rest to the held half; a list of one serves both. The
//! judge reads replies with all of them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Product;

#[derive(Debug, Clone, Deserialize)]
pub struct Ways {
    pub en: Vec<String>,
    pub zh: Vec<String>,
    /// Further ways that only a reply would use.
    #[serde(default)]
    pub also: Vec<String>,
    /// Not to be asked for, as a shopper would hardly put it so, or not clearly.
    #[serde(default)]
    pub skip: bool,
    #[serde(default)]
    pub skip_zh: bool,
}

#[derive(Debug, Clone, Deserialize)]
pub struct OptionWays {
    pub en: Vec<String>,
    pub zh: Vec<String>,
    /// Whether an English value may stand before the noun ("black laptop").
    pub pre: bool,
    /// The English phrase after the noun, `{}` for the value.
    pub post: String,
    pub zh_frame: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Thing {
    pub en: String,
    pub zh: String,
    /// Options of a product which make an "absent" attribute answerable after all.
    #[serde(default)]
    pub not: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Names {
    pub products: BTreeMap<String, Ways>,
    options: BTreeMap<String, OptionWays>,
    values: BTreeMap<String, Ways>,
    pub absent_products: Vec<Thing>,
    pub absent_attributes: Vec<Thing>,
    pub absent_values: BTreeMap<String, Vec<Thing>>,
}

impl Names {
    pub fn load() -> Names {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tau/names.json");
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    pub fn option(&self, product: &Product, option: &str) -> &OptionWays {
        let own = format!("{}/{option}", product.id);
        self.options.get(&own).or_else(|| self.options.get(option)).unwrap_or_else(|| panic!("no option {option}"))
    }

    pub fn value(&self, product: &Product, option: &str, value: &str) -> &Ways {
        let keys = [format!("{}/{option}={value}", product.id), format!("{option}={value}"), value.to_string()];
        keys.iter().find_map(|key| self.values.get(key)).unwrap_or_else(|| panic!("no value {option}={value}"))
    }

    /// All that the table knows for a plain value such as a colour.
    pub fn plain(&self, value: &str) -> Option<&Ways> {
        self.values.get(value)
    }
}

/// The part of a list of ways that belongs to a half.
pub fn of_half<'a, T>(ways: &'a [T], half: &str) -> &'a [T] {
    let cut = ways.len() / 2;
    match (ways.len(), half) {
        (1, _) => ways,
        (_, "tune") => &ways[..cut],
        _ => &ways[cut..],
    }
}

/// `t-shirt|t-shirts`, or `=sunglasses` for a word that has no singular.
pub struct Noun<'a> {
    pub one: &'a str,
    pub many: &'a str,
    pub only_many: bool,
}

pub fn noun(way: &str) -> Noun<'_> {
    match way.strip_prefix('=') {
        Some(many) => Noun { one: many, many, only_many: true },
        None => match way.split_once('|') {
            Some((one, many)) => Noun { one, many, only_many: false },
            None => Noun { one: way, many: way, only_many: false },
        },
    }
}
