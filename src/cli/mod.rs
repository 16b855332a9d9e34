//! Parse, call, print.
pub mod ask;
