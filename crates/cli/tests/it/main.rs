//! The program as its users meet it: the built binary, its two outputs and its exit code.

mod auth;
mod call;
mod decode;
mod explain;
mod help;
mod order;
mod program;
mod sandbox;
mod settings;
mod sign;
