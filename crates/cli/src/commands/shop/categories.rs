//! `aliexpress categories`.

use aliexpress::shop::CategoryNode;
use aliexpress_models::shared::CategoryId;
use clap::Args;
use serde_json::json;

use super::LanguageArgs;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::input::number::category;
use crate::input::settings::Settings;
use crate::output::Output;
use crate::output::progress::Progress;
use crate::printable::printable;

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress categories\n  aliexpress categories --below 200003482\n  aliexpress categories --json | jq -r .path"
)]
pub(crate) struct CategoriesArgs {
    /// Shows only categories below this one
    #[arg(long, value_name = "ID", value_parser = category)]
    below: Option<i64>,

    #[command(flatten)]
    language: LanguageArgs,
}

pub(crate) fn run(
    args: &CategoriesArgs,
    settings: &Settings,
    output: &mut Output,
) -> Result<(), Failure> {
    let connection = Connection::open(settings)?;
    let progress = Progress::call("reading the categories".to_owned());
    let reply = connection.client.categories(args.language.of(settings));
    drop(progress);
    let reply = reply?;
    let nodes = match args.below {
        None => &reply.data().roots,
        Some(id) => match reply.data().path(CategoryId(id)).unwrap_or_default().last() {
            Some(node) => &node.children,
            None => {
                return Err(Failure::usage(
                    "show categories",
                    format_args!("no category {id}"),
                    "one that `aliexpress categories` lists",
                ));
            }
        },
    };
    match output.wants_json() {
        true => lines(nodes, &mut Vec::new(), output)?,
        false => tree(nodes, 0, output)?,
    }
    match output.wants_json() {
        true => Ok(()),
        false => output.request_id(reply.request_id()),
    }
}

fn name(node: &CategoryNode) -> &str {
    node.category
        .category_name
        .as_deref()
        .unwrap_or("(unnamed)")
}

/// Prints one line per category, with subcategories indented below it.
fn tree(nodes: &[CategoryNode], depth: usize, output: &mut Output) -> Result<(), Failure> {
    let indent = "  ".repeat(depth);
    for node in nodes {
        let id = node.category.category_id.map(|id| format!("  {id}"));
        let id = id.unwrap_or_default();
        output.line(format_args!("{indent}{}{id}", printable(name(node))))?;
        tree(&node.children, depth + 1, output)?;
    }
    Ok(())
}

/// Prints one JSON document per category, with its path.
fn lines<'n>(
    nodes: &'n [CategoryNode],
    above: &mut Vec<&'n str>,
    output: &mut Output,
) -> Result<(), Failure> {
    for node in nodes {
        above.push(name(node));
        output.json_line(&json!({
            "category_id": node.category.category_id.map(|id| id.to_string()),
            "name": node.category.category_name,
            "parent_category_id": node.category.parent_category_id.map(|id| id.to_string()),
            "path": above.join(" / "),
            "children": node.children.len(),
        }))?;
        lines(&node.children, above, output)?;
        above.pop();
    }
    Ok(())
}
