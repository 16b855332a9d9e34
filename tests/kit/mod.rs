//! What the integration tests share: the world outside the bot, as data and as judges of its replies.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::print_stdout, clippy::print_stderr)]

pub mod expect;
pub mod oracle;
pub mod tau;
