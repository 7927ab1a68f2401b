//! Prints the fields of a stored answer that its model lacks, and the reverse.
//!
//! `cargo run -p aliexpress-models --example drift -- ANSWER --api aliexpress.trade.ds.order.get`

use std::process::ExitCode;

use aliexpress_models::{APIS, Api, drift};

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(found_nothing) if found_nothing => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Result<bool, String> {
    let [file, flag, name] = arguments else {
        return Err("wanted ANSWER --api NAME".to_owned());
    };
    if flag != "--api" {
        return Err(format!("wanted --api after the file, found {flag}"));
    }
    let api = Api::find(name).ok_or_else(|| {
        let names: Vec<_> = APIS.iter().map(|api| api.name).collect();
        format!(
            "found no models of the API {name:?}; wanted one of {}",
            names.join(", ")
        )
    })?;
    let bytes = std::fs::read(file).map_err(|error| format!("reading {file}: {error}"))?;
    let drift = drift(&bytes, api).map_err(|error| format!("{file}: {error}"))?;
    for path in &drift.unknown {
        println!("unknown field    {path}");
    }
    for at in &drift.coerced {
        println!(
            "other type       {}: expected {}, found {}",
            at.path, at.expected, at.found
        );
    }
    for path in &drift.missing {
        println!("missing field    {path}");
    }
    Ok(drift.is_empty())
}
