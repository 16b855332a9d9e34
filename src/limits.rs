//! Every bound in one place, with the reason for it.

/// A catalog line longer than this is no product but a broken file.
pub const CATALOG_LINE_BYTES_MAX: usize = 1 << 20;
