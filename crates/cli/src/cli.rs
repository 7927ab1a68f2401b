//! The definition of the command line.

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
use crate::input::settings::OutputArgs;
use crate::input::settings::flags::{ApplicationCallSettings, CallSettings, SecretSettings, With};

/// The AliExpress Open Platform at a terminal.
#[derive(Debug, Parser)]
#[command(name = "aliexpress", version, max_term_width = 100, after_help = after_help())]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) output: OutputArgs,

    #[command(subcommand)]
    pub(crate) command: Command,
}

fn after_help() -> String {
    let examples =
        "aliexpress order place order.json --sandbox\n  aliexpress explain IllegalAccessToken";
    format!("{}\nExamples:\n  {examples}", Exit::help())
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Places, shows and tracks orders
    #[command(
        subcommand,
        after_help = "Examples:\n  aliexpress order place order.json --sandbox\n  aliexpress order watch 8187300604617185"
    )]
    Order(OrderCommand),
    /// Shows a product for a market: its variants with price and stock
    Product(With<ProductArgs, CallSettings>),
    /// Searches products by keyword
    Search(With<SearchArgs, CallSettings>),
    /// Lists the shipping options of a product to a market, with cost and time
    Freight(With<FreightArgs, CallSettings>),
    /// Shows where the parcels of an order are
    Track(With<TrackArgs, CallSettings>),
    /// Creates affiliate links for pages
    Links(With<LinksArgs, ApplicationCallSettings>),
    /// Lists provinces and cities as the platform spells them in addresses
    Address(With<AddressArgs, CallSettings>),
    /// Lists the product categories as a tree
    Categories(With<CategoriesArgs, CallSettings>),
    /// Calls any API of the platform
    Call(With<CallArgs, CallSettings>),
    /// Gets, refreshes and shows the session that calls are made with
    #[command(
        subcommand,
        after_help = "Examples:\n  aliexpress auth login\n  aliexpress auth status"
    )]
    Auth(AuthCommand),
    /// Receives, sends and verifies push messages
    #[command(
        subcommand,
        after_help = "Examples:\n  aliexpress push listen\n  aliexpress push send http://127.0.0.1:8491/push --type 53"
    )]
    Push(PushCommand),
    /// Lists the APIs that have models, or shows one with its parameters and its answer
    Apis(ApisArgs),
    /// Decodes stored answers, JSON or XML, full or simplified
    Decode(DecodeArgs),
    /// Explains an error code: what it means, what to do, whether a retry can help
    Explain(ExplainArgs),
    /// Prints the canonical string and the signature of any parameters
    Sign(With<SignArgs, SecretSettings>),
    /// Runs a local gateway that behaves like the platform
    Sandbox(SandboxArgs),
    /// Prints completions for a shell
    Completions(CompletionsArgs),
    /// Prints the manual page
    Man(ManArgs),
}
