//! The buyer's orders, by the older APIs for the same purpose.

use serde_json::{Value, json};

use super::{CarryOut, Contents};
use crate::apis::context::Context;
use crate::apis::request::Asked;
use crate::apis::{order_create, order_get};
use crate::refusal::Refusal;

pub(super) const APIS: &[(&str, CarryOut)] = &[
    (order_create::OLDER_NAME, place),
    ("aliexpress.ds.trade.order.get", order),
];

fn place(context: &mut Context<'_>, _: &Asked) -> Result<Contents, Refusal> {
    Ok(order_create::contents(context)?.into())
}

fn order(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let id = asked.integer("order_id").unwrap_or_default();
    let mut contents = order_get::contents(context, id)?;
    contents.insert("rsp_code".to_owned(), json!(200));
    contents.insert("rsp_msg".to_owned(), Value::from("Call succeeds"));
    Ok(contents.into())
}
