//! Reads a folder of stored answers and adds up what they say was to be paid, without the rest of the SDK.
//!
//! `cargo run --example decode_folder -- FOLDER`, where the folder holds answers of
//! `aliexpress.trade.ds.order.get`, JSON or XML, full or simplified.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs, io};

use aliexpress_models::decode;
use aliexpress_models::order_get::{Order, OrderGetAnswer};

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let mut paths = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();

    // Whole cents, for amounts of money do not go through floating point.
    let mut totals: BTreeMap<String, i64> = BTreeMap::new();
    for path in paths.iter().filter(|path| path.is_file()) {
        match read_order(path) {
            Ok(order) => {
                let (currency, cents) = to_pay(&order).unwrap_or_default();
                println!("{}: {cents} cents {currency}", path.display());
                *totals.entry(currency).or_default() += cents;
            }
            Err(reason) => println!("{}: {reason}", path.display()),
        }
    }
    for (currency, cents) in totals {
        println!("total: {cents} cents {currency}");
    }
    Ok(())
}

/// A file holds an order, a refusal, or something else; only the first is an order.
fn read_order(path: &Path) -> Result<Order, String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    let envelope = decode::<OrderGetAnswer>(&bytes).map_err(|error| error.to_string())?;
    let answer = envelope
        .outcome
        .map_err(|refusal| format!("refused: {refusal}"))?;
    answer.result.ok_or_else(|| "no order in it".to_owned())
}

fn to_pay(order: &Order) -> Option<(String, i64)> {
    let money = order.user_order_amount.as_ref()?;
    let cents = money.amount.as_ref()?.minor_units(100)?;
    Some((money.currency_code.clone()?, cents))
}
