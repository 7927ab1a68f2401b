//! Builds the pages in docs/ as a site, with a page for every family of APIs.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use pages::root::Root;

use crate::{codegen, tools};

/// The folder in the workspace that the book's source is assembled in.
const SOURCE: &str = "target/book-source";

/// The folder that the site is built in.
const SITE: &str = "target/book";

/// Assembles the source, and builds the site if mdBook is installed.
///
/// # Errors
///
/// When a file cannot be read or written, or mdBook fails.
pub fn run(root: &Root) -> anyhow::Result<()> {
    let source = root.path().join(SOURCE);
    if source.exists() {
        fs::remove_dir_all(&source).context("removing the last source of the book")?;
    }
    copy(&root.path().join("docs"), &source)?;
    fs::create_dir_all(source.join("apis")).context("creating the folder of API pages")?;
    for page in codegen::api_pages(root)? {
        let path = source.join(&page.path);
        fs::write(&path, &page.text).with_context(|| format!("writing {}", path.display()))?;
    }
    let summary = source.join("SUMMARY.md");
    list_pages(&summary, "- [APIs with models](apis.md)\n", "apis")?;
    list_pages(
        &summary,
        "- [Discrepancies](discrepancies.md)\n",
        "discrepancies",
    )?;
    // Links out of docs/ lead to the repository, which a site does not have; they become plain text.
    let Some(mdbook) = tools::find(root, "mdbook") else {
        println!("{SOURCE} is ready; found no mdBook to build a site with (cargo install mdbook)");
        return Ok(());
    };
    let mut mdbook = Command::new(mdbook);
    mdbook.arg("build").arg(&source).arg("--dest-dir");
    let status = mdbook.arg(root.path().join(SITE)).status();
    if !status.context("starting mdbook")?.success() {
        bail!("mdbook failed");
    }
    println!("{SITE}/index.html is built");
    Ok(())
}

/// Lists the pages of a folder under the line of the summary that they belong to.
fn list_pages(summary: &Path, above: &str, folder: &str) -> anyhow::Result<()> {
    let text = fs::read_to_string(summary).context("reading SUMMARY.md")?;
    if !text.contains(above) {
        bail!("SUMMARY.md has no line {above:?} to list the pages of {folder} under");
    }
    let pages = summary.with_file_name(folder);
    let mut names = Vec::new();
    for entry in fs::read_dir(&pages).with_context(|| format!("reading {}", pages.display()))? {
        let path = entry.context("reading the book's source")?.path();
        names.extend(path.file_stem().map(|name| name.display().to_string()));
    }
    names.sort();
    let entries = names
        .iter()
        .map(|name| format!("  - [{name}]({folder}/{name}.md)\n"));
    let text = text.replace(above, &format!("{above}{}", entries.collect::<String>()));
    fs::write(summary, text).context("writing SUMMARY.md")
}

/// Copies the pages, without the folder of tests. A link to a file outside docs/ becomes the path of that file.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("creating {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
        let path = entry.context("reading docs")?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "tests") {
                copy(&path, &target)?;
            }
        } else if path.extension().is_some_and(|ending| ending == "md") {
            let text =
                fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            fs::write(&target, within_book(&text))
                .with_context(|| format!("writing {}", target.display()))?;
        } else {
            fs::copy(&path, &target).with_context(|| format!("copying {}", path.display()))?;
        }
    }
    Ok(())
}

/// Writes links to files outside docs/ as code: `[the example](../crates/x.rs)` becomes `the example (crates/x.rs)`.
fn within_book(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("](../") {
        let (before, link) = rest.split_at(at);
        let (Some(open), Some(close)) = (before.rfind('['), link.find(')')) else {
            break;
        };
        output.push_str(&before[..open]);
        output.push_str(&before[open + 1..]);
        output.push_str(&format!(" (`{}`)", &link["](../".len()..close]));
        rest = &link[close + 1..];
    }
    output.push_str(rest);
    output
}

#[cfg(test)]
mod tests {
    use super::within_book;

    #[test]
    fn links_out_of_the_book_become_paths() {
        assert_eq!(
            within_book("See [its table](../crates/stores/README.md) and [tokens](tokens.md)."),
            "See its table (`crates/stores/README.md`) and [tokens](tokens.md)."
        );
        assert_eq!(within_book("no link"), "no link");
    }
}
