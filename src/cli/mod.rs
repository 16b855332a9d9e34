//! The command line: one file a command, each with one `run()`.

pub mod model;
