//! Plain data that every room speaks: languages, money, stock states, facts, replies. No I/O, no async; what belongs
//! to one room only lives with that room.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language the bot answers in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    En,
    Zh,
}

impl Lang {
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Zh];

    pub fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Zh => "zh",
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An ISO 4217 currency code, upper case.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    pub const USD: Currency = Currency(*b"USD");

    /// Three ASCII letters in any case; anything else is `None`.
    pub fn parse(code: &str) -> Option<Currency> {
        let bytes: [u8; 3] = code.trim().as_bytes().try_into().ok()?;
        if !bytes.iter().all(u8::is_ascii_alphabetic) {
            return None;
        }
        Some(Currency(bytes.map(|b| b.to_ascii_uppercase())))
    }

    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Digits after the decimal point (ISO 4217 "minor unit").
    pub fn exponent(self) -> u32 {
        match &self.0 {
            b"JPY" | b"KRW" | b"VND" | b"CLP" | b"ISK" | b"PYG" | b"UGX" | b"XAF" | b"XOF" => 0,
            b"BHD" | b"KWD" | b"OMR" | b"JOD" | b"TND" | b"IQD" | b"LYD" => 3,
            _ => 2,
        }
    }

    /// The sign written before an amount, or `None` where the code itself is written.
    pub fn sign(&self) -> Option<&'static str> {
        Some(match &self.0 {
            b"USD" => "$",
            b"EUR" => "€",
            b"GBP" => "£",
            b"CNY" | b"JPY" => "¥",
            b"INR" => "₹",
            b"KRW" => "₩",
            _ => return None,
        })
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let code = String::deserialize(d)?;
        Currency::parse(&code)
            .ok_or_else(|| serde::de::Error::custom(format!("`{code}` is not a three-letter ISO 4217 currency code")))
    }
}

/// An exact amount of money in minor units (cents). Never a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    pub minor_units: i64,
    pub currency: Currency,
}

impl Money {
    pub fn new(minor_units: i64, currency: Currency) -> Money {
        Money { minor_units, currency }
    }

    /// Parses a plain decimal such as `189.00`, `189` or `0.5`. No sign, no grouping; more digits after the point
    /// than the currency has are refused unless they are zeros.
    pub fn parse_decimal(amount: &str, currency: Currency) -> Option<Money> {
        let amount = amount.trim();
        let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
            return None;
        }
        let exponent = currency.exponent() as usize;
        let kept = fraction.get(..exponent.min(fraction.len()))?;
        if fraction.get(kept.len()..)?.bytes().any(|b| b != b'0') {
            return None;
        }
        let digits = format!("{whole}{kept:0<exponent$}");
        Some(Money { minor_units: digits.parse().ok()?, currency })
    }

    /// The plain decimal with all of the currency's digits: `189.00`.
    pub fn decimal(&self) -> String {
        let exponent = self.currency.exponent();
        if exponent == 0 {
            return self.minor_units.to_string();
        }
        let scale = 10i64.pow(exponent);
        let (whole, rest) = (self.minor_units / scale, (self.minor_units % scale).abs());
        format!("{whole}.{rest:0width$}", width = exponent as usize)
    }
}

/// As a reply writes it: `$1,299.00`, `CHF 12.50`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimal = self.decimal();
        let (whole, fraction) = decimal.split_once('.').unwrap_or((&decimal, ""));
        let mut grouped = String::new();
        for (i, c) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(c);
        }
        match self.currency.sign() {
            Some(sign) => write!(f, "{sign}{grouped}")?,
            None => write!(f, "{} {grouped}", self.currency)?,
        }
        if fraction.is_empty() { Ok(()) } else { write!(f, ".{fraction}") }
    }
}

/// Whether a thing can be had. The five states of the catalog format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    InStock,
    OutOfStock,
    Preorder,
    Backorder,
    Discontinued,
}

impl Availability {
    pub fn code(self) -> &'static str {
        match self {
            Availability::InStock => "in_stock",
            Availability::OutOfStock => "out_of_stock",
            Availability::Preorder => "preorder",
            Availability::Backorder => "backorder",
            Availability::Discontinued => "discontinued",
        }
    }
}

/// One thing known to be so: `value` is what `attribute` of `subject` is. The currency of the whole product: evidence,
/// answers, the guard and the trace all speak in facts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// A product id, a SKU, an order id, `policy:shipping/Delivery times`, `shop` or `query` (what the shopper said,
    /// such as a price limit).
    pub subject: String,
    /// `price`, `availability`, `count`, `option:color`, `weight` …
    pub attribute: String,
    pub value: Value,
}

/// What a fact says, typed so that the guard can compare it and the renderer can word it in each language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Value {
    Money(Money),
    Stock(Availability),
    Count(u64),
    /// A text as the catalog or policy has it; may hold numbers with units (`2.1 kg`).
    Text(String),
    Flag(bool),
    /// The catalog does not say.
    Unknown,
}

#[derive(Serialize, Deserialize)]
struct MoneyParts {
    amount: String,
    currency: Currency,
}

impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        MoneyParts { amount: self.decimal(), currency: self.currency }.serialize(s)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let parts = MoneyParts::deserialize(d)?;
        Money::parse_decimal(&parts.amount, parts.currency).ok_or_else(|| {
            serde::de::Error::custom(format!("`{}` is not a decimal amount of {}", parts.amount, parts.currency))
        })
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Money(m) => write!(f, "{m}"),
            Value::Stock(a) => f.write_str(a.code()),
            Value::Count(n) => write!(f, "{n}"),
            Value::Text(t) => f.write_str(t),
            Value::Flag(b) => f.write_str(if *b { "yes" } else { "no" }),
            Value::Unknown => f.write_str("unknown"),
        }
    }
}

/// What kind of answer a turn gives. Written to the trace and to `--json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanKind {
    Price,
    Stock,
    Attribute,
    Options,
    Count,
    Superlative,
    Search,
    Compare,
    OrderStatus,
    Policy,
    Recommend,
    ProductInfo,
    Overview,
    Purchase,
    SmallTalk,
    Clarify,
    Decline,
    HandOff,
}

/// A thing a reply may talk about, with every name it may be called by in that reply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    pub id: String,
    /// The first is how the rendering calls it; all may be written.
    pub names: Vec<String>,
}

/// The worked-out answer to one question: facts, and a rendering in plain words that is always right. The model may
/// reword `prose`; `items` and `tail` are sent as they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub plan: PlanKind,
    pub subjects: Vec<Subject>,
    /// Everything this part may claim.
    pub facts: Vec<Fact>,
    /// One to three sentences rendered by code from `facts`.
    pub prose: String,
    /// List lines rendered by code, each about one thing; shown one a line under the prose.
    pub items: Vec<String>,
    /// A closing sentence (a question back, an offer), or empty.
    pub tail: String,
    /// False for fixed messages (hand-off, identity checks, refusals of harm) that are never reworded.
    pub wordable: bool,
    /// Where the facts come from: product ids, policy headings, order ids.
    pub sources: Vec<String>,
}

impl Part {
    /// The deterministic rendering of the part.
    pub fn rendered(&self) -> String {
        self.with_prose(&self.prose)
    }

    /// The part with its prose in other words: prose, list, tail.
    pub fn with_prose(&self, prose: &str) -> String {
        let mut text = prose.to_owned();
        for item in &self.items {
            text.push_str("\n• ");
            text.push_str(item);
        }
        if !self.tail.is_empty() {
            if !text.is_empty() {
                text.push(if self.items.is_empty() { ' ' } else { '\n' });
            }
            text.push_str(&self.tail);
        }
        text
    }
}

/// The worked-out answer to a whole message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub language: Lang,
    pub parts: Vec<Part>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_exact_and_refuses_what_it_cannot_hold() {
        let usd = |s| Money::parse_decimal(s, Currency::USD).map(|m| m.minor_units);
        assert_eq!(usd("189.00"), Some(18_900));
        assert_eq!(usd("0.5"), Some(50));
        assert_eq!(usd("7"), Some(700));
        assert_eq!(usd("1.230"), Some(123));
        assert_eq!(usd("1.234"), None);
        assert_eq!(usd("-1"), None);
        assert_eq!(usd(""), None);
        assert_eq!(usd("99999999999999999999"), None);
    }

    #[test]
    fn money_reads_as_a_shop_writes_it() {
        let show = |s, c: &str| Currency::parse(c).and_then(|c| Money::parse_decimal(s, c)).map(|m| m.to_string());
        assert_eq!(show("1299", "usd").as_deref(), Some("$1,299.00"));
        assert_eq!(show("5.90", "CHF").as_deref(), Some("CHF 5.90"));
        assert_eq!(show("1250000", "JPY").as_deref(), Some("¥1,250,000"));
    }
}
