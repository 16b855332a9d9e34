//! The catalog format: one product, as a JSON line has it and as the rest of the program reads it. The JSON Schema is
//! generated from these types (`floorwalker catalog schema`).

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use crate::domain::{Availability, Currency, Lang, Money};

/// One product, one line of the catalog. All but `id` and `title` are optional.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// The shop's own identifier, unique in the catalog.
    #[serde(deserialize_with = "text_or_number")]
    pub id: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// From the widest to the narrowest: `["Outdoor", "Tents"]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub category: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "price")]
    #[schemars(schema_with = "price_schema")]
    pub price: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "stock_state")]
    pub availability: Option<Availability>,
    /// Facts of the whole product, values with their units: `{"weight": "2.1 kg"}`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty", deserialize_with = "text_map")]
    pub attributes: IndexMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<Variant>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    /// Title and description in other languages, by language code: `{"zh": {"title": "…"}}`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub texts: IndexMap<String, Text>,
}

/// One version of a product that can be bought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// The shop's stock-keeping unit, unique in the catalog.
    #[serde(deserialize_with = "text_or_number")]
    pub sku: String,
    /// What sets it apart from its siblings: `{"size": "M", "color": "green"}`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty", deserialize_with = "text_map")]
    pub options: IndexMap<String, String>,
    /// The product's price where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "price")]
    #[schemars(schema_with = "price_schema")]
    pub price: Option<Money>,
    /// The product's availability where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "stock_state")]
    pub availability: Option<Availability>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Related {
    pub id: String,
    pub kind: RelatedKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RelatedKind {
    Similar,
    Accessory,
    Complement,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Text {
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub description: String,
}

/// What can be bought of a product: a variant, or the product itself where it has none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offer<'a> {
    pub sku: &'a str,
    pub options: Option<&'a IndexMap<String, String>>,
    pub price: Option<Money>,
    pub availability: Option<Availability>,
}

impl Offer<'_> {
    pub fn in_stock(&self) -> bool {
        self.availability == Some(Availability::InStock)
    }

    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.and_then(|o| o.get(name)).map(String::as_str)
    }
}

impl Product {
    /// Its variants with the product's price and availability filled in; the product itself where it has none.
    pub fn offers(&self) -> Vec<Offer<'_>> {
        if self.variants.is_empty() {
            return vec![Offer { sku: &self.id, options: None, price: self.price, availability: self.availability }];
        }
        self.variants
            .iter()
            .map(|v| Offer {
                sku: &v.sku,
                options: Some(&v.options),
                price: v.price.or(self.price),
                availability: v.availability.or(self.availability),
            })
            .collect()
    }

    /// The title in a language, the catalog's own where there is none.
    pub fn title_in(&self, lang: Lang) -> &str {
        match self.texts.get(lang.code()) {
            Some(text) if !text.title.is_empty() => &text.title,
            _ => &self.title,
        }
    }

    pub fn description_in(&self, lang: Lang) -> &str {
        match self.texts.get(lang.code()) {
            Some(text) if !text.description.is_empty() => &text.description,
            _ => &self.description,
        }
    }

    /// Names of the options that its variants differ by, in first-seen order.
    pub fn option_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for name in self.variants.iter().flat_map(|v| v.options.keys()) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    /// Everything that describes it by name: options first, then attributes.
    pub fn axis_names(&self) -> Vec<&str> {
        let mut names = self.option_names();
        names.extend(
            self.attributes
                .keys()
                .map(String::as_str)
                .filter(|a| !self.variants.iter().any(|v| v.options.contains_key(*a))),
        );
        names
    }

    /// The values of an option over all variants, or the one value of an attribute.
    pub fn axis_values(&self, name: &str) -> Vec<&str> {
        let values = self.option_values(name);
        if values.is_empty() { self.attributes.get(name).map(String::as_str).into_iter().collect() } else { values }
    }

    /// The values of an option over all variants, in first-seen order.
    pub fn option_values(&self, name: &str) -> Vec<&str> {
        let mut values: Vec<&str> = Vec::new();
        for value in self.variants.iter().filter_map(|v| v.options.get(name)) {
            if !values.contains(&value.as_str()) {
                values.push(value);
            }
        }
        values
    }
}

#[derive(Serialize, Deserialize)]
struct RawPrice {
    amount: serde_json::Value,
    currency: Currency,
}

mod price {
    use super::{Deserialize, Deserializer, Money, RawPrice, Serialize};
    use serde::Serializer;
    use serde::de::Error;

    pub fn serialize<S: Serializer>(price: &Option<Money>, s: S) -> Result<S::Ok, S::Error> {
        price.map(|m| RawPrice { amount: serde_json::Value::String(m.decimal()), currency: m.currency }).serialize(s)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Money>, D::Error> {
        let Some(raw) = Option::<RawPrice>::deserialize(d)? else { return Ok(None) };
        let amount = match &raw.amount {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Number(number) => number.to_string(),
            other => {
                return Err(D::Error::custom(format!(
                    "price.amount is {other}, expected a decimal such as \"189.00\""
                )));
            }
        };
        Money::parse_decimal(&amount, raw.currency).map(Some).ok_or_else(|| {
            D::Error::custom(format!("price.amount `{amount}` is not a decimal of {} such as \"189.00\"", raw.currency))
        })
    }
}

fn price_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": ["object", "null"],
        "properties": {
            "amount": { "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?$", "description": "exact decimal" },
            "currency": { "type": "string", "pattern": "^[A-Za-z]{3}$", "description": "ISO 4217 code" }
        },
        "required": ["amount", "currency"]
    })
}

fn scalar_text(value: serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Number(number) => Some(number.to_string()),
        serde_json::Value::Bool(flag) => Some(if flag { "yes" } else { "no" }.to_owned()),
        _ => None,
    }
}

fn text_or_number<'de, D: Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    let value = serde_json::Value::deserialize(d)?;
    scalar_text(value)
        .map(|t| t.trim().to_owned())
        .filter(|t| !t.is_empty())
        .ok_or_else(|| serde::de::Error::custom("expected a text that is not empty"))
}

fn text_map<'de, D: Deserializer<'de>>(d: D) -> Result<IndexMap<String, String>, D::Error> {
    let raw = Option::<IndexMap<String, serde_json::Value>>::deserialize(d)?.unwrap_or_default();
    let mut map = IndexMap::with_capacity(raw.len());
    for (key, value) in raw {
        if value.is_null() {
            continue;
        }
        let text = scalar_text(value)
            .ok_or_else(|| serde::de::Error::custom(format!("`{key}` must be a text, a number or true/false")))?;
        map.insert(key, text);
    }
    Ok(map)
}

fn stock_state<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Availability>, D::Error> {
    let Some(text) = Option::<String>::deserialize(d)? else { return Ok(None) };
    let known = [
        Availability::InStock,
        Availability::OutOfStock,
        Availability::Preorder,
        Availability::Backorder,
        Availability::Discontinued,
    ];
    let folded = text.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    known.into_iter().find(|a| a.code() == folded).map(Some).ok_or_else(|| {
        serde::de::Error::custom(format!(
            "availability `{text}` is unknown; expected in_stock, out_of_stock, preorder, backorder or discontinued"
        ))
    })
}
