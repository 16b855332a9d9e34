//! Time as a value.

/// The monotonic clock, for durations.
pub fn instant() -> std::time::Instant {
    std::time::Instant::now()
}
