//! What waits for the engine: a bounded line in which people go before jobs, and from which those that nobody waits
//! for any more are dropped before anything is computed for them.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::{Class, Refused};

/// What the line needs to know of a request.
pub(super) trait Waiter {
    fn class(&self) -> Class;
    /// Nobody waits for it any more, or its deadline has passed.
    fn is_gone(&self) -> bool;
    /// Tells the asker, if there is one, that nothing was done.
    fn dismiss(self);
}

/// The line itself, without locks.
struct Line<T> {
    people: VecDeque<T>,
    jobs: VecDeque<T>,
    max: usize,
}

impl<T: Waiter> Line<T> {
    fn len(&self) -> usize {
        self.people.len() + self.jobs.len()
    }

    fn push(&mut self, waiter: T) -> Result<(), Refused> {
        if self.len() >= self.max {
            self.drop_gone();
        }
        if self.len() >= self.max {
            return Err(Refused::Busy { waiting: self.len() });
        }
        match waiter.class() {
            Class::Interactive => self.people.push_back(waiter),
            Class::Background => self.jobs.push_back(waiter),
        }
        Ok(())
    }

    fn drop_gone(&mut self) {
        for line in [&mut self.people, &mut self.jobs] {
            let (gone, waiting): (Vec<T>, Vec<T>) = line.drain(..).partition(Waiter::is_gone);
            line.extend(waiting);
            gone.into_iter().for_each(Waiter::dismiss);
        }
    }

    fn pop(&mut self) -> Option<T> {
        while let Some(waiter) = self.people.pop_front().or_else(|| self.jobs.pop_front()) {
            if !waiter.is_gone() {
                return Some(waiter);
            }
            waiter.dismiss();
        }
        None
    }
}

struct State<T> {
    line: Line<T>,
    closed: bool,
}

/// The line between the askers and the engine's thread.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    came: Condvar,
}

impl<T: Waiter> Queue<T> {
    pub(super) fn new(max: usize) -> Self {
        let line = Line { people: VecDeque::new(), jobs: VecDeque::new(), max: max.max(1) };
        Self { state: Mutex::new(State { line, closed: false }), came: Condvar::new() }
    }

    pub(super) fn push(&self, waiter: T) -> Result<(), Refused> {
        let mut state = self.lock();
        if state.closed {
            return Err(Refused::Stopped);
        }
        state.line.push(waiter)?;
        self.came.notify_one();
        Ok(())
    }

    /// Waits for the next request; `None` when the queue was closed, which leaves the rest unanswered.
    pub(super) fn pop(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(waiter) = state.line.pop() {
                return Some(waiter);
            }
            state = self.came.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// No more comes in or out; dropping what waits tells its askers.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.line.people.clear();
        state.line.jobs.clear();
        self.came.notify_all();
    }

    /// A panic while the lock was held can't leave the line half changed, so a poisoned lock is taken as it is.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[derive(Clone)]
    struct Asker {
        name: &'static str,
        class: Class,
        gone: Arc<AtomicBool>,
        dismissed: Arc<AtomicBool>,
    }

    impl Asker {
        fn new(name: &'static str) -> Self {
            Self { name, class: Class::Interactive, gone: Arc::default(), dismissed: Arc::default() }
        }

        fn job(name: &'static str) -> Self {
            Self { class: Class::Background, ..Self::new(name) }
        }

        fn leave(&self) {
            self.gone.store(true, Ordering::SeqCst);
        }
    }

    impl Waiter for Asker {
        fn class(&self) -> Class {
            self.class
        }

        fn is_gone(&self) -> bool {
            self.gone.load(Ordering::SeqCst)
        }

        fn dismiss(self) {
            self.dismissed.store(true, Ordering::SeqCst);
        }
    }

    #[test]
    fn people_go_before_jobs_and_otherwise_first_come_first_served() {
        let queue = Queue::new(8);
        for asker in [Asker::job("export"), Asker::new("ann"), Asker::job("eval"), Asker::new("bob")] {
            queue.push(asker).unwrap();
        }
        let order: Vec<_> = (0..4).map(|_| queue.pop().unwrap().name).collect();
        assert_eq!(order, ["ann", "bob", "export", "eval"]);
    }

    #[test]
    fn a_full_queue_refuses_and_says_how_many_wait() {
        let queue = Queue::new(2);
        queue.push(Asker::new("ann")).unwrap();
        queue.push(Asker::job("eval")).unwrap();
        assert_eq!(queue.push(Asker::new("bob")), Err(Refused::Busy { waiting: 2 }));
    }

    #[test]
    fn a_full_queue_makes_room_by_dropping_who_is_gone() {
        let queue = Queue::new(2);
        let ann = Asker::new("ann");
        queue.push(ann.clone()).unwrap();
        queue.push(Asker::new("bob")).unwrap();
        ann.leave();
        queue.push(Asker::new("cid")).unwrap();
        assert!(ann.dismissed.load(Ordering::SeqCst));
        assert_eq!(queue.pop().unwrap().name, "bob");
        assert_eq!(queue.pop().unwrap().name, "cid");
    }

    #[test]
    fn who_is_gone_is_skipped_and_told_so() {
        let queue = Queue::new(4);
        let ann = Asker::new("ann");
        queue.push(ann.clone()).unwrap();
        queue.push(Asker::new("bob")).unwrap();
        ann.leave();
        assert_eq!(queue.pop().unwrap().name, "bob");
        assert!(ann.dismissed.load(Ordering::SeqCst));
    }

    #[test]
    fn a_closed_queue_wakes_the_engine_and_refuses_askers() {
        let queue = Arc::new(Queue::new(4));
        let engine = std::thread::spawn({
            let queue = queue.clone();
            move || queue.pop().is_none()
        });
        queue.close();
        assert!(engine.join().unwrap());
        assert_eq!(queue.push(Asker::new("ann")), Err(Refused::Stopped));
    }
}
