//! Limits the number of open connections; an idle one is closed to make room for a new one.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

/// The open connections and their limit.
pub(super) struct Seats {
    most: usize,
    taken: Mutex<Taken>,
    freed: Notify,
}

#[derive(Default)]
struct Taken {
    count: u64,
    connections: BTreeMap<u64, Arc<Connection>>,
}

/// An open connection.
struct Connection {
    busy: AtomicBool,
    /// When it was opened, or its last request was answered.
    idle_since: Mutex<Instant>,
    asked_to_leave: AtomicBool,
    leave: Notify,
}

/// The place of one connection, which is free again when this is dropped.
pub(super) struct Seat {
    number: u64,
    connection: Arc<Connection>,
    seats: Arc<Seats>,
}

impl Seats {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            taken: Mutex::default(),
            freed: Notify::new(),
        })
    }

    /// Takes a place. If all are taken, the connection that has been idle for longest is closed; if none is idle, this
    /// waits for the first that ends.
    pub(super) async fn take(self: &Arc<Self>) -> Seat {
        loop {
            if let Some(seat) = self.take_now() {
                return seat;
            }
            // Only one task waits: the one that accepts connections.
            self.freed.notified().await;
        }
    }

    fn take_now(self: &Arc<Self>) -> Option<Seat> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.connections.len() >= self.most {
            let idle = taken.connections.values().filter(|one| one.is_idle());
            if let Some(longest) = idle.min_by_key(|one| one.idle_since()) {
                longest.asked_to_leave.store(true, Ordering::Relaxed);
                longest.leave.notify_one();
            }
            return None;
        }
        taken.count += 1;
        let connection = Arc::new(Connection {
            busy: AtomicBool::new(false),
            idle_since: Mutex::new(Instant::now()),
            asked_to_leave: AtomicBool::new(false),
            leave: Notify::new(),
        });
        let number = taken.count;
        taken.connections.insert(number, Arc::clone(&connection));
        Some(Seat {
            number,
            connection,
            seats: Arc::clone(self),
        })
    }
}

impl Connection {
    /// Whether it is idle and not yet asked to close.
    fn is_idle(&self) -> bool {
        !self.busy.load(Ordering::Relaxed) && !self.asked_to_leave.load(Ordering::Relaxed)
    }

    fn idle_since(&self) -> Instant {
        *self
            .idle_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Ends when the connection should close to free its place.
    pub(super) async fn wanted(&self) {
        self.connection.leave.notified().await;
    }

    /// Marks the connection as busy while a request is answered.
    pub(super) fn busy(&self) -> Busy {
        self.connection.busy.store(true, Ordering::Relaxed);
        Busy(Arc::clone(&self.connection))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self
            .seats
            .taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        taken.connections.remove(&self.number);
        drop(taken);
        self.seats.freed.notify_one();
    }
}

/// A connection on which a request is being answered.
pub(super) struct Busy(Arc<Connection>);

impl Drop for Busy {
    fn drop(&mut self) {
        let now = Instant::now();
        *self
            .0
            .idle_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = now;
        self.0.busy.store(false, Ordering::Relaxed);
    }
}
