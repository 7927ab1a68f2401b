//! The Rust in README, in the pages under `docs` and in the crates' READMEs, as doc tests.
//!
//! A separate package, so that the published crates need nothing outside their folders.

pub mod code_tables;

/// A page whose snippets are compiled and, unless they say `no_run`, run.
macro_rules! pages {
    ($($name:ident = $path:literal,)*) => {
        $(
            #[cfg(doctest)]
            #[doc = include_str!(concat!("../../../", $path))]
            mod $name {}
        )*
    };
}

pages! {
    readme = "README.md",
    quick_start = "docs/quick-start.md",
    placing_orders = "docs/placing-orders.md",
    seller_orders = "docs/seller-orders.md",
    affiliate_links = "docs/affiliate-links.md",
    prices = "docs/prices.md",
    tokens = "docs/tokens.md",
    several_machines = "docs/several-machines.md",
    errors = "docs/errors.md",
    push_messages = "docs/push-messages.md",
    xml = "docs/xml.md",
    models_alone = "docs/models-alone.md",
    in_an_async_service = "docs/async.md",
    other_http_stacks = "docs/other-http-stacks.md",
    sandbox = "docs/sandbox.md",
    decisions = "docs/decisions.md",
    client_readme = "crates/client/README.md",
    models_readme = "crates/models/README.md",
    sandbox_readme = "crates/sandbox/README.md",
    signing_readme = "crates/signing/README.md",
    transport_readme = "crates/transport/README.md",
}
