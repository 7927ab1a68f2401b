//! How a shop is tested against the sandbox: `Shop` represents your own code, and the test your
//! own tests.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use aliexpress::models::order_create::{
    LogisticsAddress, LogisticsAddressRequired, ProductItem, ProductItemRequired,
};
use aliexpress::models::shared::{OrderId, ProductId};
use aliexpress::{Client, Error, NewOrder};
use aliexpress_sandbox::{Fault, Sandbox};

/// The code under test: orders one item for a customer, and settles the order after a lost answer.
struct Shop(Client);

impl Shop {
    fn buy(&self, out_order_id: &str) -> Result<Vec<OrderId>, Error> {
        let order = order(out_order_id);
        let placed = self.0.place_order(&order).or_else(|error| {
            let open = error.unknown_outcome().map(|open| open.sent_at);
            self.0.recover_order(&order, open.ok_or(error)?)
        })?;
        Ok(placed.order_ids().to_vec())
    }
}

fn order(out_order_id: &str) -> NewOrder {
    let address = LogisticsAddress::new(LogisticsAddressRequired {
        full_name: "Ivan Petrov".into(),
        phone_country: "+7".into(),
        mobile_no: "9161234567".into(),
        country: "RU".into(),
        province: "Moscow".into(),
        city: "Moscow".into(),
        address: "Kashirskoe shosse 142".into(),
    });
    let item = ProductItem::new(ProductItemRequired {
        product_id: ProductId(1_005_001),
        product_count: 1,
    });
    NewOrder::new(out_order_id, address, item)
}

fn shop(sandbox: &Sandbox) -> Shop {
    let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
        .session(sandbox.session())
        .gateway(sandbox.url());
    Shop(client.build().unwrap())
}

#[test]
fn a_lost_answer_leads_to_one_order_and_not_to_two() {
    let sandbox = Sandbox::start().unwrap();
    let before = sandbox.orders().len();
    assert_eq!(shop(&sandbox).buy("shop-1").unwrap().len(), 1);
    sandbox.fail_next(Fault::ResetAfter);
    shop(&sandbox).buy("shop-2").unwrap();
    assert_eq!(sandbox.orders().len(), before + 2);
}
