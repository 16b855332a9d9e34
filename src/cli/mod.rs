//! Parse, call, print.
pub mod ask;
pub mod model;
