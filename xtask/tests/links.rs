//! Every relative link in the repository's pages has a target, headings included, and the book has every page.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The pages that are checked, by their paths from the root.
fn pages() -> Vec<PathBuf> {
    let in_folder = |folder: &str| -> Vec<PathBuf> {
        let entries = fs::read_dir(root().join(folder)).unwrap();
        let paths = entries.map(|entry| Path::new(folder).join(entry.unwrap().file_name()));
        paths
            .filter(|path| path.extension().is_some_and(|end| end == "md"))
            .collect()
    };
    let mut pages = [in_folder(""), in_folder("docs")].concat();
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let name = entry.unwrap().file_name();
        pages.extend(in_folder(&format!("crates/{}", name.display())));
    }
    pages.sort();
    pages
}

/// The links and headings of a page.
#[derive(Default)]
struct Page {
    links: Vec<String>,
    anchors: BTreeSet<String>,
}

fn read(path: &Path) -> Page {
    let text = fs::read_to_string(root().join(path)).unwrap();
    let mut page = Page::default();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                page.links.push(dest_url.into_string());
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let title = heading.take().unwrap_or_default();
                add_anchor(&mut page.anchors, &title);
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(title) = &mut heading {
                    title.push_str(&text);
                }
            }
            _ => {}
        }
    }
    page
}

/// The anchor of a heading, as GitHub and mdBook make it; a repeated one gets a number.
fn add_anchor(anchors: &mut BTreeSet<String>, title: &str) {
    let kept = title
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    let anchor = kept.collect::<String>().to_lowercase().replace(' ', "-");
    if anchors.insert(anchor.clone()) {
        return;
    }
    let mut numbered = (1..).map(|number| format!("{anchor}-{number}"));
    while let Some(anchor) = numbered.next()
        && !anchors.insert(anchor)
    {}
}

/// The path from the root that a link on `page` leads to.
fn target(page: &Path, link: &str) -> PathBuf {
    let mut path = page.to_owned();
    if !link.is_empty() {
        path.pop();
    }
    for component in Path::new(link).components() {
        match component {
            Component::ParentDir => {
                path.pop();
            }
            Component::CurDir => {}
            other => path.push(other),
        }
    }
    path
}

fn is_elsewhere(link: &str) -> bool {
    ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| link.starts_with(scheme))
}

/// The broken links, one per line.
fn broken(pages: &BTreeMap<PathBuf, Page>) -> Vec<String> {
    let mut broken = Vec::new();
    for (path, page) in pages {
        for link in page.links.iter().filter(|link| !is_elsewhere(link)) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = target(path, file);
            let there = match pages.get(&target) {
                Some(page) => anchor.is_empty() || page.anchors.contains(anchor),
                None => anchor.is_empty() && root().join(&target).exists(),
            };
            if !there {
                broken.push(format!("{}: {link} leads nowhere", path.display()));
            }
        }
    }
    broken
}

#[test]
fn every_relative_link_has_a_target() {
    let read = pages().into_iter().map(|path| {
        let page = read(&path);
        (path, page)
    });
    let pages: BTreeMap<PathBuf, Page> = read.collect();
    assert!(pages.len() > 15, "found only {} pages", pages.len());
    let broken = broken(&pages);
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_book_has_every_page_once() {
    let summary = read(Path::new("docs/SUMMARY.md")).links;
    let mut listed: Vec<PathBuf> = summary
        .iter()
        .map(|link| target(Path::new("docs/SUMMARY.md"), link))
        .collect();
    listed.push("docs/SUMMARY.md".into());
    listed.sort();
    let pages = pages();
    let there: Vec<_> = pages
        .iter()
        .filter(|path| path.starts_with("docs"))
        .collect();
    assert_eq!(listed.iter().collect::<Vec<_>>(), there);
}

#[track_caller]
fn check_broken(links: &[&str], expected: &[&str]) {
    let page = Page {
        links: links.iter().map(|link| (*link).to_owned()).collect(),
        anchors: BTreeSet::from(["a-heading".to_owned()]),
    };
    let found = broken(&BTreeMap::from([("docs/page.md".into(), page)]));
    let expected: Vec<_> = expected
        .iter()
        .map(|link| format!("docs/page.md: {link} leads nowhere"))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn files_folders_headings_and_other_sites_are_distinguished() {
    check_broken(
        &[
            "../README.md",
            "../crates",
            "#a-heading",
            "page.md#a-heading",
        ],
        &[],
    );
    check_broken(&["https://example.com/nowhere"], &[]);
    check_broken(
        &["no.md", "#no", "page.md#no"],
        &["no.md", "#no", "page.md#no"],
    );
}

#[test]
fn headings_become_anchors() {
    let mut anchors = BTreeSet::new();
    for title in ["Is `place_order` safe?", "Twice", "Twice"] {
        add_anchor(&mut anchors, title);
    }
    let expected = ["is-place_order-safe", "twice", "twice-1"];
    assert_eq!(anchors.iter().collect::<Vec<_>>(), expected.each_ref());
}
