//! Finding what a message is about when it names nothing outright. One ranking for products and for policy sections.

pub mod lexical;

pub use lexical::Lexical;
