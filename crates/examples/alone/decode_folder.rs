//! Reads a folder of stored answers and adds up the amounts to be paid, without the rest of the
//! SDK.
//!
//! `cargo run --example decode_folder -- FOLDER`, where the folder contains answers of
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

    // In whole hundredths, never in floating point. Orders without an amount are counted
    // separately, because they are not zero.
    let mut totals: BTreeMap<String, i64> = BTreeMap::new();
    for path in paths.iter().filter(|path| path.is_file()) {
        match read_order(path).and_then(|order| to_pay(&order)) {
            Ok((currency, hundredths)) => {
                println!("{}: {hundredths} hundredths {currency}", path.display());
                *totals.entry(currency).or_default() += hundredths;
            }
            Err(reason) => println!("{}: {reason}", path.display()),
        }
    }
    for (currency, hundredths) in totals {
        println!("total: {hundredths} hundredths {currency}");
    }
    Ok(())
}

/// A file contains an order, a refusal, or something else; only the first is returned.
fn read_order(path: &Path) -> Result<Order, String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    let envelope = decode::<OrderGetAnswer>(&bytes).map_err(|error| error.to_string())?;
    let answer = envelope
        .outcome
        .map_err(|refusal| format!("refused: {refusal}"))?;
    answer.result.ok_or_else(|| "no order in it".to_owned())
}

fn to_pay(order: &Order) -> Result<(String, i64), String> {
    let money = order.user_order_amount.as_ref();
    let amount = money.and_then(|money| money.amount.as_ref()?.minor_units(100));
    let currency = money.and_then(|money| money.currency_code.clone());
    currency
        .zip(amount)
        .ok_or_else(|| format!("no amount to add up in {money:?}"))
}
