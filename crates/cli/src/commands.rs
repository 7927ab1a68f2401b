//! The commands, each in its own file.

pub(crate) mod apis;
pub(crate) mod auth;
pub(crate) mod call;
pub(crate) mod completions;
pub(crate) mod decode;
pub(crate) mod explain;
pub(crate) mod man;
pub(crate) mod order;
pub(crate) mod push;
pub(crate) mod sandbox;
pub(crate) mod shop;
pub(crate) mod sign;
