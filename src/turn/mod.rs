//! The journey of a message.

pub mod understand;
