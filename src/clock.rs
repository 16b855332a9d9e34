//! Time as a value. The only place that reads the machine's clock; everything else is handed a `Clock`, so that a
//! turn can be replayed and a test decides what time it is.
#![allow(clippy::disallowed_methods)]

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

/// Where the time comes from. Clones of a clock show the same time.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    #[default]
    System,
    /// Stands still until it is told to move, or moves by `step` each time it is read.
    Manual(Arc<Mutex<Manual>>),
}

#[derive(Debug)]
pub struct Manual {
    now: Timestamp,
    step: SignedDuration,
}

impl Clock {
    /// Always shows `now`, until `advance`.
    pub fn fixed(now: Timestamp) -> Clock {
        Clock::ticking(now, SignedDuration::ZERO)
    }

    /// Shows `start` first and `step` more at each reading.
    pub fn ticking(start: Timestamp, step: SignedDuration) -> Clock {
        Clock::Manual(Arc::new(Mutex::new(Manual { now: start, step })))
    }

    pub fn now(&self) -> Timestamp {
        match self {
            Clock::System => Timestamp::now(),
            Clock::Manual(manual) => {
                let mut manual = manual.lock().unwrap_or_else(PoisonError::into_inner);
                let now = manual.now;
                manual.now = later(now, manual.step);
                now
            }
        }
    }

    /// Moves a manual clock; the system's moves by itself.
    pub fn advance(&self, by: SignedDuration) {
        if let Clock::Manual(manual) = self {
            let mut manual = manual.lock().unwrap_or_else(PoisonError::into_inner);
            manual.now = later(manual.now, by);
        }
    }
}

/// Stops at the end of time instead of overflowing.
fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(if by.is_negative() { Timestamp::MIN } else { Timestamp::MAX })
}

/// For durations only: a monotonic reading that says nothing of the time of day.
pub fn instant() -> Instant {
    Instant::now()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_as_it_is_told() {
        let noon: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let clock = Clock::fixed(noon);
        assert_eq!((clock.now(), clock.now()), (noon, noon));
        let twin = clock.clone();
        twin.advance(SignedDuration::from_mins(5));
        assert_eq!(clock.now().to_string(), "2026-03-01T12:05:00Z");

        let ticking = Clock::ticking(noon, SignedDuration::from_secs(1));
        ticking.now();
        assert_eq!(ticking.now().to_string(), "2026-03-01T12:00:01Z");
    }

    #[test]
    fn the_end_of_time_does_not_overflow() {
        let clock = Clock::fixed(Timestamp::MAX);
        clock.advance(SignedDuration::from_hours(1));
        assert_eq!(clock.now(), Timestamp::MAX);
    }
}
