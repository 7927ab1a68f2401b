//! The gateway that the example uses.

use std::io::{Write, stdin, stdout};
use std::time::Duration;

use aliexpress::models::shared::OrderId;
use aliexpress::{Client, NewOrder, PlacedOrder};
use aliexpress_sandbox::Sandbox;

pub(crate) struct Gateway {
    pub(crate) client: Client,
    /// Runs until it is dropped; `None` if the platform itself is used.
    sandbox: Option<Sandbox>,
}

pub(crate) fn choose() -> Result<Gateway, Box<dyn std::error::Error>> {
    if std::env::args().any(|argument| argument == "--live") {
        return Ok(Gateway {
            client: Client::from_env()?,
            sandbox: None,
        });
    }
    // Like the platform, it shows a new order only after a while.
    let sandbox = Sandbox::builder()
        .visible_after(Duration::from_secs(2))
        .start()?;
    println!("sandbox at {}", sandbox.url());
    let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
        .session(sandbox.session())
        .gateway(sandbox.url())
        .build()?;
    Ok(Gateway {
        client,
        sandbox: Some(sandbox),
    })
}

impl Gateway {
    /// Whether to place the order: always in the sandbox, after confirmation on the platform.
    pub(crate) fn may_order(&self, order: &NewOrder) -> std::io::Result<bool> {
        if self.sandbox.is_some() {
            return Ok(true);
        }
        let id = order.out_order_id();
        print!("place order {id} on the platform, for real? [y/N] ");
        stdout().flush()?;
        let mut answer = String::new();
        stdin().read_line(&mut answer)?;
        Ok(answer.trim().eq_ignore_ascii_case("y"))
    }

    /// An order to read as its seller: the documentation's in the sandbox, the new one on the
    /// platform.
    pub(crate) fn seller_order(&self, placed: &PlacedOrder) -> Option<OrderId> {
        match self.sandbox {
            Some(_) => Some(OrderId(12_345_678)),
            None => placed.order_ids().first().copied(),
        }
    }
}
