//! The command line as a whole.

use clap::{Parser, Subcommand};

use crate::commands::apis::ApisArgs;
use crate::commands::auth::AuthCommand;
use crate::commands::call::CallArgs;
use crate::commands::completions::CompletionsArgs;
use crate::commands::decode::DecodeArgs;
use crate::commands::explain::ExplainArgs;
use crate::commands::man::ManArgs;
use crate::commands::order::OrderCommand;
use crate::commands::push::PushCommand;
use crate::commands::sandbox::SandboxArgs;
use crate::commands::shop::address::AddressArgs;
use crate::commands::shop::categories::CategoriesArgs;
use crate::commands::shop::freight::FreightArgs;
use crate::commands::shop::links::LinksArgs;
use crate::commands::shop::product::ProductArgs;
use crate::commands::shop::search::SearchArgs;
use crate::commands::shop::track::TrackArgs;
use crate::commands::sign::SignArgs;
use crate::failure::exit::Exit;
use crate::input::settings::{Group, OutputArgs, With};

/// The AliExpress Open Platform at a terminal.
#[derive(Debug, Parser)]
#[command(name = "aliexpress", version, max_term_width = 100, after_help = Exit::help())]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) output: OutputArgs,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Places, shows and follows orders
    Order(Group<OrderCommand>),
    /// Shows a product for a market: its variants with price and stock
    Product(With<ProductArgs>),
    /// Searches products by words
    Search(With<SearchArgs>),
    /// Shows what the shipping of a product to a market costs, and how long it takes
    Freight(With<FreightArgs>),
    /// Shows where the parcels of an order are
    Track(With<TrackArgs>),
    /// Makes affiliate links of pages
    Links(With<LinksArgs>),
    /// Lists provinces and cities as the platform spells them in addresses
    Address(With<AddressArgs>),
    /// Lists the categories of products as a tree
    Categories(With<CategoriesArgs>),
    /// Calls any API of the platform
    Call(With<CallArgs>),
    /// Gets, renews and shows the session that calls are made with
    Auth(Group<AuthCommand>),
    /// Receives, sends and verifies push messages
    Push(Group<PushCommand>),
    /// Lists the APIs that have models, or shows one with its parameters and its answer
    Apis(ApisArgs),
    /// Reads stored answers, one or millions, JSON or XML, full or simplified
    Decode(DecodeArgs),
    /// Explains an error code: what it means, what to do, whether a retry can help
    Explain(ExplainArgs),
    /// Shows canonical string and signature of any parameters
    Sign(With<SignArgs>),
    /// Runs a gateway on this machine that behaves like the platform
    Sandbox(SandboxArgs),
    /// Prints completions for a shell
    Completions(CompletionsArgs),
    /// Prints the manual page
    Man(ManArgs),
}
