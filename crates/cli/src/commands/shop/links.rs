//! `aliexpress links`.

use aliexpress::shop::ItemOutcome;
use aliexpress_models::Url;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use serde_json::{Value, json};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::failure::exit::Exit;
use crate::input::settings::Settings;
use crate::output::Output;
use crate::output::progress::Progress;
use crate::output::table::table;

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress links https://www.aliexpress.com/item/1005006789012345.html --tracking-id my-shop\n  xargs aliexpress links --tracking-id my-shop --json < pages.txt"
)]
pub(crate) struct LinksArgs {
    /// URLs of product, store or search pages
    #[arg(value_name = "URL", required = true)]
    urls: Vec<String>,

    /// The tracking id that receives the commissions, from the affiliate portal
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    tracking_id: String,
}

/// Prints the outcome for each page. Fails if a page has no link.
pub(crate) fn run(
    args: &LinksArgs,
    settings: &Settings,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let connection = Connection::without_session(settings)?;
    let progress = Progress::call(format!("creating links for {} pages", args.urls.len()));
    let links = connection
        .client
        .affiliate_links(args.tracking_id.as_str(), &args.urls);
    drop(progress);
    if output.wants_json() {
        for (page, outcome) in &links.items {
            output.json_line(&described(page, outcome))?;
        }
    } else {
        let rows = links
            .items
            .iter()
            .map(|(page, outcome)| [page.clone(), outcome_text(outcome)]);
        output.line(table(["page", "link"], rows))?;
    }
    let complete = links.is_complete();
    match links.stopped {
        Some(error) => Err(error.into()),
        None if complete => Ok(Exit::Done),
        None => Ok(Exit::RefusedInAnswer),
    }
}

fn outcome_text(outcome: &ItemOutcome<Url>) -> String {
    match outcome {
        ItemOutcome::Done(url) => url.to_string(),
        ItemOutcome::Refused { code, message } => {
            let said: Vec<_> = code.iter().chain(message).map(String::as_str).collect();
            format!("refused: {}", said.join(" "))
        }
        ItemOutcome::Open => "unknown: the answer does not mention it".to_owned(),
        _ => "not tried".to_owned(),
    }
}

fn described(page: &str, outcome: &ItemOutcome<Url>) -> Value {
    let link = outcome.done().map(ToString::to_string);
    let problem = link.is_none().then(|| outcome_text(outcome));
    json!({ "url": page, "link": link, "problem": problem })
}
