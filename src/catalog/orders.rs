//! The order book: who ordered what and where it is. Nothing of an order leaves this file unless the asker has shown
//! the contact that belongs to it.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::domain::Money;

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Order {
    pub id: String,
    pub placed: String,
    pub status: OrderStatus,
    pub customer: Customer,
    pub items: Vec<OrderItem>,
    #[serde(default)]
    pub total: Option<Money>,
    #[serde(default)]
    pub shipping: Option<Money>,
    #[serde(default)]
    pub carrier: Option<String>,
    #[serde(default)]
    pub tracking: Option<String>,
    #[serde(default)]
    pub shipped: Option<String>,
    #[serde(default)]
    pub expected: Option<String>,
    #[serde(default)]
    pub delivered: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    Pending,
    Processing,
    Shipped,
    Delivered,
    Cancelled,
    Returned,
}

#[derive(Clone, Deserialize, Serialize)]
pub struct Customer {
    pub id: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub email: String,
    #[serde(default)]
    pub phone: String,
    #[serde(default)]
    pub language: String,
}

/// Personal data does not print.
impl std::fmt::Debug for Customer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Customer({}, redacted)", self.id)
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct OrderItem {
    pub id: String,
    #[serde(default)]
    pub sku: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub options: indexmap::IndexMap<String, String>,
    #[serde(default = "one")]
    pub quantity: u32,
    #[serde(default)]
    pub price: Option<Money>,
}

fn one() -> u32 {
    1
}

/// What an asker may be told.
#[derive(Debug)]
pub enum Lookup<'a> {
    /// Number and contact match.
    Found(&'a Order),
    /// The contact is missing, the number unknown, or the two do not belong together: deliberately one answer, so
    /// that nobody can find out which order numbers exist.
    NotShown,
}

/// Orders by number, and the contacts that open them.
#[derive(Debug, Default)]
pub struct OrderBook {
    orders: HashMap<String, Order>,
}

impl OrderBook {
    pub fn new(orders: Vec<Order>) -> OrderBook {
        OrderBook { orders: orders.into_iter().map(|o| (number_key(&o.id), o)).collect() }
    }

    pub fn read(path: &Path) -> Result<OrderBook> {
        let file = File::open(path).with_context(|| format!("cannot open the orders {}", path.display()))?;
        let mut orders = Vec::new();
        for (index, line) in BufReader::new(file).lines().enumerate() {
            let line = line.with_context(|| format!("cannot read {}", path.display()))?;
            if line.trim().is_empty() {
                continue;
            }
            let order = serde_json::from_str(&line)
                .with_context(|| format!("{}, line {}: not an order", path.display(), index + 1))?;
            orders.push(order);
        }
        Ok(OrderBook::new(orders))
    }

    pub fn len(&self) -> usize {
        self.orders.len()
    }

    pub fn is_empty(&self) -> bool {
        self.orders.is_empty()
    }

    /// The order, if `contact` (an e-mail, a phone number, or a customer id that the channel vouches for) is the one
    /// it was placed with.
    pub fn look_up(&self, number: &str, contact: &Contact) -> Lookup<'_> {
        match self.orders.get(&number_key(number)) {
            Some(order) if contact.opens(&order.customer) => Lookup::Found(order),
            _ => Lookup::NotShown,
        }
    }

    /// Orders of the customer whom the channel vouches for, newest first.
    pub fn of_customer(&self, customer: &str) -> Vec<&Order> {
        let contact = Contact::Vouched(customer.to_owned());
        let mut orders: Vec<&Order> = self.orders.values().filter(|o| contact.opens(&o.customer)).collect();
        orders.sort_by(|a, b| b.placed.cmp(&a.placed));
        orders
    }
}

/// How the asker is known.
#[derive(Clone, PartialEq, Eq)]
pub enum Contact {
    Unknown,
    /// Written in the conversation: an e-mail address or a phone number.
    Written(String),
    /// Given by the channel or the shop's own system: a customer id or e-mail.
    Vouched(String),
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Contact::Unknown => "Unknown",
            Contact::Written(_) => "Written(redacted)",
            Contact::Vouched(_) => "Vouched(redacted)",
        })
    }
}

impl Contact {
    fn opens(&self, customer: &Customer) -> bool {
        let same_email = |given: &str| !customer.email.is_empty() && given.trim().eq_ignore_ascii_case(&customer.email);
        let digits = |s: &str| s.chars().filter(char::is_ascii_digit).collect::<String>();
        let same_phone = |given: &str| {
            let (given, own) = (digits(given), digits(&customer.phone));
            given.len() >= 7 && !own.is_empty() && (own == given || own.ends_with(&given) && given.len() >= 10)
        };
        match self {
            Contact::Unknown => false,
            Contact::Written(given) => same_email(given) || same_phone(given),
            Contact::Vouched(given) => given == &customer.id || same_email(given),
        }
    }
}

/// `#LF-20417`, `lf 20417` and `LF20417` are one number.
fn number_key(number: &str) -> String {
    number.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> OrderBook {
        let order = serde_json::json!({"id":"LF-1","placed":"2026-11-02T10:21:00Z","status":"shipped",
            "customer":{"id":"c07","name":"Marta","email":"marta@example.com","phone":"+1 555 0107"},
            "items":[{"id":"t","title":"Tent"}]});
        OrderBook::new(vec![serde_json::from_value(order).unwrap()])
    }

    #[test]
    fn an_order_opens_only_to_its_own_contact() {
        let book = book();
        let shown = |number: &str, contact: Contact| matches!(book.look_up(number, &contact), Lookup::Found(_));
        assert!(shown("#lf 1", Contact::Written("Marta@Example.com".into())));
        assert!(shown("LF-1", Contact::Written("15550107".into())));
        assert!(shown("LF-1", Contact::Vouched("c07".into())));
        assert!(!shown("LF-1", Contact::Unknown));
        assert!(!shown("LF-1", Contact::Written("other@example.com".into())));
        assert!(!shown("LF-1", Contact::Written("c07".into())), "an id that was only typed opens nothing");
        assert!(!shown("LF-1", Contact::Written("0107".into())));
        assert!(!shown("LF-2", Contact::Vouched("c07".into())));
    }

    #[test]
    fn personal_data_does_not_print() {
        assert!(!format!("{:?}", book()).contains("example.com"));
    }
}
