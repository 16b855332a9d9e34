//! The shop's own data, read once and immutable afterwards: products, policies, orders. Feeds come in here and become
//! a snapshot that a turn holds for its whole life.

pub mod jsonl;
pub mod orders;
pub mod policies;
pub mod product;
pub mod shop;
pub mod snapshot;

pub use product::{Offer, Product, Variant};
pub use snapshot::Catalog;
