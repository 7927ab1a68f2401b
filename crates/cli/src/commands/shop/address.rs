//! `aliexpress address`.

use aliexpress::shop::Region;
use clap::Args;
use serde_json::json;

use crate::connection::Connection;
use crate::failure::Failure;
use crate::input::settings::Settings;
use crate::output::Output;
use crate::output::progress::Progress;
use crate::output::table::table;

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress address FR\n  aliexpress address FR Normandie\n  aliexpress address JP --language ja\n  aliexpress address FR --json | jq -r .name"
)]
pub(crate) struct AddressArgs {
    /// The country's two-letter code
    #[arg(value_name = "COUNTRY")]
    country: String,

    /// A province whose cities to list
    #[arg(value_name = "PROVINCE")]
    province: Option<String>,

    /// The language of the names, such as fr or pt_BR; orders presumably need the English names
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    language: String,
}

pub(crate) fn run(
    args: &AddressArgs,
    settings: &Settings,
    output: &mut Output,
) -> Result<(), Failure> {
    let connection = Connection::open(settings)?;
    let country = args.country.to_uppercase();
    let progress = Progress::call(format!("reading the places of {country}"));
    let tree = connection.client.address_tree(&country, &args.language);
    drop(progress);
    let tree = tree?;
    let (regions, heads) = match &args.province {
        None => (&tree.regions, ["province", "cities"]),
        Some(name) => match tree.region(name) {
            Some(province) => (&province.regions, ["city", "places"]),
            None => return Err(unlisted(&country, name, &tree.regions)),
        },
    };
    if output.wants_json() {
        return regions.iter().try_for_each(|region| {
            output.json_line(&json!({
                "country": country,
                "locale": tree.locale,
                "province": args.province,
                "name": region.name,
                "kind": region.kind,
                "places": region.regions.len(),
            }))
        });
    }
    let rows = regions
        .iter()
        .map(|region| [region.name.clone(), region.regions.len().to_string()]);
    output.line(table(heads, rows))
}

/// The error for a province that is not listed. It suggests those with the same beginning.
fn unlisted(country: &str, name: &str, listed: &[Region]) -> Failure {
    let start: String = name.to_lowercase().chars().take(3).collect();
    let alike = listed
        .iter()
        .map(|region| region.name.as_str())
        .filter(|listed| listed.to_lowercase().starts_with(&start));
    let alike: Vec<_> = alike.collect();
    let wanted = match alike.as_slice() {
        [] => format!("a province that `aliexpress address {country}` lists"),
        some => format!("one that is listed, such as {}", some.join(", ")),
    };
    Failure::usage(
        "list cities",
        format_args!("no province {name:?} in {country}"),
        wanted,
    )
}
