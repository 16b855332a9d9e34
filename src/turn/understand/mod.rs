//! Understanding: a message becomes a [`Reading`], what it asks about which things of the catalog. What can be known
//! is known first (linking against the catalog itself), then cues, then a small classifier; nothing here words
//! anything, and nothing here guesses between two equal readings.

mod asks;
pub mod axes;
pub mod classify;
pub mod cues;
mod details;
pub mod heard;
pub mod index;
pub mod lexicon;
pub mod link;
mod measures;
pub mod properties;
pub mod reading;
pub mod selection;
pub mod spelling;

pub use index::{Index, ProductIx};
pub use link::{Mention, Parsed, What};
pub use reading::{Ask, Attr, Clause, PriceBound, Reading, read};
pub use selection::Selection;
