//! A local gateway that behaves like the AliExpress Open Platform, for tests.

mod apis;
mod builder;
mod clock;
mod credentials;
mod diagnosis;
mod fault;
mod fault_plan;
mod gateway;
mod intake;
mod log;
mod masking;
mod parameters;
mod sandbox;
mod server;
mod tokens;
mod world;
mod xml;

pub use builder::Builder;
pub use diagnosis::{Diagnosis, Implied};
pub use fault::{FAULT_NAMES, Fault, UnknownFault};
pub use fault_plan::{FaultRule, When};
pub use log::{LogEntry, Verdict};
pub use sandbox::Sandbox;
