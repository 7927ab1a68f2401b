//! Where the parcels of an order are.

use std::ops::Deref;

use aliexpress_models::ds::order_tracking_get::{
    DetailNode, OrderTrackingGet, OrderTrackingGetRequired, TrackingDetailLine,
};
use aliexpress_models::shared::OrderId;

use super::market::locale;
use super::operation::{Operation, ReplyTo, filled, lacking};
use crate::error::Error;
use crate::reply::Reply;

/// What the platform knows about an order's parcels.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Tracking {
    /// The parcels with their tracking events.
    Parcels(Vec<Parcel>),
    /// The order has not been shipped. The platform is reported to give the same answer for an
    /// order of another account; [`Client::order`](crate::Client::order) distinguishes the two.
    NotShipped,
}

impl Tracking {
    /// The parcels; empty before the order is shipped.
    pub fn parcels(&self) -> &[Parcel] {
        match self {
            Tracking::Parcels(parcels) => parcels,
            Tracking::NotShipped => &[],
        }
    }
}

/// One parcel. Dereferences to the platform's record.
#[derive(Clone, Debug, PartialEq)]
pub struct Parcel(TrackingDetailLine);

impl Parcel {
    /// The carrier's tracking number.
    pub fn number(&self) -> Option<&str> {
        filled(self.0.mail_no.as_deref())
    }

    /// The carrier.
    pub fn carrier(&self) -> Option<&str> {
        filled(self.0.carrier_name.as_deref())
    }

    /// The tracking events of the parcel, newest first.
    pub fn events(&self) -> &[DetailNode] {
        &self.0.detail_node_list
    }

    /// The newest tracking event.
    pub fn latest(&self) -> Option<&DetailNode> {
        self.events().first()
    }
}

impl Deref for Parcel {
    type Target = TrackingDetailLine;

    fn deref(&self) -> &TrackingDetailLine {
        &self.0
    }
}

/// The request for the parcels of an order.
pub(crate) struct ParcelsOf<'a> {
    pub(crate) order: OrderId,
    pub(crate) language: &'a str,
}

impl Operation for ParcelsOf<'_> {
    type Request = OrderTrackingGet;
    type Output = Tracking;

    fn request(&self) -> Result<OrderTrackingGet, Error> {
        Ok(OrderTrackingGet::new(OrderTrackingGetRequired {
            ae_order_id: self.order.to_string(),
            language: locale(self.language, "US")?.0,
        }))
    }

    fn read(&self, mut reply: ReplyTo<Self>) -> Result<Reply<Tracking>, Error> {
        let Some(result) = reply.data.result.take() else {
            return Err(lacking::<OrderTrackingGet>(reply, "parcels"));
        };
        let lines = result.data.unwrap_or_default().tracking_detail_line_list;
        let parcels: Vec<_> = lines.into_iter().map(parcel).collect();
        // Without parcels, the answer has the code that `codes.json` lists as not being a refusal.
        Ok(reply.map(|_| match parcels.is_empty() {
            true => Tracking::NotShipped,
            false => Tracking::Parcels(parcels),
        }))
    }
}

/// The platform sends events newest first but does not promise this order.
fn parcel(mut line: TrackingDetailLine) -> Parcel {
    let time =
        |node: &DetailNode| std::cmp::Reverse(node.time_stamp.map_or(i64::MIN, |time| time.0));
    line.detail_node_list.sort_by_key(time);
    Parcel(line)
}
