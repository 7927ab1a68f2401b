//! The tracking events of a parcel.

use std::time::{Duration, SystemTime};

use super::Order;
use crate::clock::later;

/// A tracking event of a parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrackingEvent {
    /// When it happened, by the sandbox's clock.
    pub at: SystemTime,
    /// Its name, such as `In transit`.
    pub name: &'static str,
    /// A sentence for the buyer.
    pub description: &'static str,
}

/// The hours after the parcel was sent, the name, and the sentence.
const WAY: &[(u64, &str, &str)] = &[
    (
        0,
        "Accepted by carrier",
        "Your package was received by the carrier.",
    ),
    (20, "Export customs", "Your package was cleared for export."),
    (70, "In transit", "Your package left the country of origin."),
    (
        190,
        "Import customs",
        "Your package was cleared for import.",
    ),
    (
        230,
        "Delivery update",
        "Your package arrived at the local facility.",
    ),
];
const DELIVERED: (&str, &str) = ("Delivered", "Your package was delivered.");

impl Order {
    /// The events of the order's parcel up to `now`, newest first; none before it is shipped.
    pub(crate) fn tracking_events(&self, now: SystemTime) -> Vec<TrackingEvent> {
        let Some(shipped) = self.shipped else {
            return Vec::new();
        };
        let received = self.finished.filter(|_| !self.cancelled);
        let until = received.unwrap_or(now);
        let way = WAY.iter().map(|(hours, name, description)| TrackingEvent {
            at: later(shipped, Duration::from_secs(hours * 3600)),
            name,
            description,
        });
        let mut events: Vec<_> = way.filter(|event| event.at <= until).collect();
        events.extend(received.map(|at| TrackingEvent {
            at,
            name: DELIVERED.0,
            description: DELIVERED.1,
        }));
        events.reverse();
        events
    }
}
