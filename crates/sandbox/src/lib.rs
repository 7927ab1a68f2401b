//! A local gateway that behaves like the AliExpress Open Platform, for tests.

mod admin;
mod apis;
mod builder;
mod callback;
mod clock;
mod credentials;
mod diagnosis;
mod fault;
mod fault_plan;
mod gateway;
mod intake;
mod log;
mod masking;
mod orders;
mod parameters;
mod push;
mod sandbox;
mod server;
mod standin;
mod tokens;
mod world;
mod xml;

pub use builder::Builder;
pub use diagnosis::{Diagnosis, Implied};
pub use fault::{FAULT_NAMES, Fault, UnknownFault};
pub use fault_plan::{FaultRule, When};
pub use log::{LogEntry, Verdict};
pub use orders::OrderRecord;
pub use push::{PushMessage, PushState};
pub use sandbox::Sandbox;
pub use standin::OrderStatus;
