//! `aliexpress completions`: prints completions for a shell.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::failure::Failure;
use crate::output::Output;

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress completions bash > ~/.local/share/bash-completion/completions/aliexpress"
)]
pub(crate) struct CompletionsArgs {
    /// The shell to print completions for
    shell: Shell,
}

pub(crate) fn run(
    args: &CompletionsArgs,
    mut program: Command,
    output: &mut Output,
) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut program, "aliexpress", &mut script);
    output.bytes(&script)
}
