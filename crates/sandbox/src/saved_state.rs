//! Orders and stock in a file, so that they survive a restart.
//!
//! What the seed gives again is not saved: the catalogue itself, and the credentials, which are secrets.

use std::collections::BTreeSet;
use std::io::{self, BufReader};
use std::time::{Duration, SystemTime};

use aliexpress_models::order_create::LogisticsAddress;
use serde::{Deserialize, Serialize};
use serde_json::error::Category;

use crate::clock::{later, milliseconds};
use crate::orders::{Item, Order, OrderStatus, Purchase, REMEMBERED, REMEMBERED_BYTES, bytes_of};
use crate::shop::{SavedListings, Shop};
use crate::state::State;

/// The version of the file's format.
const VERSION: u32 = 4;
/// The oldest version that is read; it has no posted, edited or deleted products. Version 3 has no account.
const OLDEST: u32 = 2;
/// The greatest accepted id for the next order; many more ids follow it.
const LAST_ORDER: i64 = i64::MAX / 2;

/// What a file holds.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedState {
    version: u32,
    /// The account of the initial session. It stays the same, so that a new session still sees the account's orders.
    #[serde(default)]
    account: Option<String>,
    /// What the catalogue is made from.
    shop_seed: u64,
    /// The id of the next order.
    next_order: i64,
    /// The variants that differ from those of the seed.
    variants: Vec<Variant>,
    #[serde(default)]
    products: SavedListings,
    orders: Vec<SavedOrder>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Variant {
    product: i64,
    sku: i64,
    list_fen: i64,
    sale_fen: i64,
    stock: i64,
}

/// An order; times are in milliseconds since 1970.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct SavedOrder {
    id: i64,
    out_order_id: Option<String>,
    owner: Option<String>,
    created: i64,
    visible_from: i64,
    status: String,
    since: i64,
    paid: Option<i64>,
    shipped: Option<i64>,
    finished: Option<i64>,
    cancelled: bool,
    tracking_number: Option<String>,
    currency: String,
    address: LogisticsAddress,
    items: Vec<Item>,
    bytes: usize,
    history: Vec<(i64, String)>,
}

impl SavedState {
    /// Reads a state. `open` is called more than once; each reader starts at the beginning.
    ///
    /// # Errors
    /// A sentence without any of the file's contents, because they may be an address.
    pub(crate) fn read<R: io::Read>(open: impl Fn() -> io::Result<R>) -> Result<Self, String> {
        /// The part that every version has.
        #[derive(Deserialize)]
        struct Head {
            version: u32,
        }
        let reader = || {
            open()
                .map(BufReader::new)
                .map_err(|error| error.to_string())
        };
        // The version first, because the rest may have another shape.
        let head: Head = serde_json::from_reader(reader()?).map_err(|error| unfit(&error))?;
        if !(OLDEST..=VERSION).contains(&head.version) {
            let found = head.version;
            return Err(format!(
                "found version {found}; wanted {OLDEST} to {VERSION}"
            ));
        }
        let state: Self = serde_json::from_reader(reader()?).map_err(|error| unfit(&error))?;
        state.check()?;
        Ok(state)
    }

    /// Checks that its parts are consistent.
    fn check(&self) -> Result<(), String> {
        let (mut ids, mut bytes) = (BTreeSet::new(), 0_usize);
        for order in &self.orders {
            bytes = bytes.saturating_add(order.bytes());
            if order.id < 1 || !ids.insert(order.id) {
                return Err(format!(
                    "found order {} twice or below 1; wanted each number once",
                    order.id
                ));
            }
        }
        // The newest order is always kept, however large it is.
        if ids.len() > REMEMBERED || (ids.len() > 1 && bytes > REMEMBERED_BYTES) {
            let count = ids.len();
            return Err(format!(
                "found {count} orders of {bytes} bytes; wanted up to {REMEMBERED} of {REMEMBERED_BYTES}"
            ));
        }
        let last = ids.last().copied().unwrap_or_default();
        if !(last.saturating_add(1)..=LAST_ORDER).contains(&self.next_order) {
            return Err(format!(
                "found {} for the next order; wanted a number above {last} and up to {LAST_ORDER}",
                self.next_order
            ));
        }
        let is_number = |account: &String| {
            (1..=18).contains(&account.len()) && account.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !self.account.as_ref().is_none_or(is_number) {
            return Err("found another text for the account; wanted its number".to_owned());
        }
        let shop = self.shop();
        if !shop.has_room() {
            return Err(
                "found more products than the shop takes; wanted up to 16 MiB of them".to_owned(),
            );
        }
        let is_known = |variant: &&Variant| {
            let product = shop.product(variant.product);
            product.is_some_and(|product| product.skus.iter().any(|sku| sku.id == variant.sku))
        };
        match self.variants.iter().find(|variant| !is_known(variant)) {
            Some(Variant { product, sku, .. }) => Err(format!(
                "found variant {sku} of product {product}; wanted those of the shop of seed {}",
                self.shop_seed
            )),
            None => Ok(()),
        }
    }

    /// The part of the state that is saved.
    pub(crate) fn of(state: &State) -> Self {
        let orders = state.orders.iter();
        Self {
            version: VERSION,
            account: Some(state.tokens.owner().user_id.clone()),
            shop_seed: state.shop.seed(),
            next_order: state.orders.next_id(),
            variants: variants(&state.shop),
            products: state.shop.changed(),
            orders: orders.filter_map(SavedOrder::of).collect(),
        }
    }

    /// The shop with sellers' products, stock and prices as they were.
    fn shop(&self) -> Shop {
        let mut shop = Shop::new(self.shop_seed);
        shop.restore(&self.products);
        for variant in &self.variants {
            let product = shop.product_mut(variant.product);
            let skus = product.into_iter().flat_map(|product| &mut product.skus);
            for sku in skus.filter(|sku| sku.id == variant.sku) {
                sku.list_fen = variant.list_fen;
                sku.sale_fen = variant.sale_fen;
                sku.stock = variant.stock;
            }
        }
        shop
    }

    /// Restores the shop, the orders, and the account that placed them.
    pub(crate) fn restore(self, state: &mut State) {
        state.shop = self.shop();
        if let Some(account) = self.account {
            state.tokens.set_owner(account);
        }
        let orders = self.orders.into_iter().map(SavedOrder::restore);
        state.orders.restore(self.next_order, orders);
    }
}

/// Why the JSON of a file is invalid: the kind of mistake and its position, without the file's contents.
fn unfit(error: &serde_json::Error) -> String {
    let found = match error.classify() {
        Category::Io => return error.to_string(),
        Category::Eof => "the end of the file",
        Category::Syntax => "text that is not JSON",
        Category::Data => "JSON of another shape",
    };
    let (line, column) = (error.line(), error.column());
    format!("found {found} at line {line} column {column}; wanted a state of the sandbox")
}

fn variants(shop: &Shop) -> Vec<Variant> {
    if shop.changes() == 0 {
        return Vec::new();
    }
    let made = Shop::new(shop.seed());
    let unlisted = shop
        .products()
        .filter(|product| !shop.is_listed(product.id));
    let variants = unlisted.flat_map(|product| {
        let skus = product.skus.iter();
        skus.map(move |sku| (product.id, sku))
    });
    let changed = variants.filter(|(product, sku)| {
        let as_made = made.product(*product);
        !as_made.is_some_and(|as_made| as_made.skus.contains(sku))
    });
    changed
        .map(|(product, sku)| Variant {
            product,
            sku: sku.id,
            list_fen: sku.list_fen,
            sale_fen: sku.sale_fen,
            stock: sku.stock,
        })
        .collect()
}

fn time(milliseconds: i64) -> SystemTime {
    let since = u64::try_from(milliseconds).unwrap_or_default();
    later(SystemTime::UNIX_EPOCH, Duration::from_millis(since))
}

impl SavedOrder {
    /// `None` for an order of the documentation's examples, which is always there.
    fn of(order: &Order) -> Option<Self> {
        let purchase = order.purchase.as_ref()?;
        Some(Self {
            id: order.id,
            out_order_id: order.out_order_id.clone(),
            owner: order.owner.clone(),
            created: milliseconds(order.created),
            visible_from: milliseconds(order.visible_from),
            status: order.status.as_str().to_owned(),
            since: milliseconds(order.since),
            paid: order.paid.map(milliseconds),
            shipped: order.shipped.map(milliseconds),
            finished: order.finished.map(milliseconds),
            cancelled: order.cancelled,
            tracking_number: order.tracking_number.clone(),
            currency: purchase.currency.clone(),
            address: purchase.address.clone(),
            items: purchase.items.clone(),
            bytes: order.bytes,
            history: order
                .history
                .iter()
                .map(|(at, what)| (milliseconds(*at), what.clone()))
                .collect(),
        })
    }

    /// Its approximate size in memory in bytes, calculated because the file's own number may be wrong.
    fn bytes(&self) -> usize {
        self.bytes.max(bytes_of(&self.items, &self.address))
    }

    fn restore(self) -> Order {
        let bytes = self.bytes();
        Order {
            id: self.id,
            out_order_id: self.out_order_id,
            owner: self.owner,
            created: time(self.created),
            visible_from: time(self.visible_from),
            status: OrderStatus::from(self.status.as_str()),
            since: time(self.since),
            paid: self.paid.map(time),
            shipped: self.shipped.map(time),
            finished: self.finished.map(time),
            cancelled: self.cancelled,
            tracking_number: self.tracking_number,
            purchase: Some(Purchase {
                items: self.items,
                currency: self.currency,
                address: self.address,
            }),
            bytes,
            history: self
                .history
                .into_iter()
                .map(|(at, what)| (time(at), what))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::builder::Builder;
    use crate::due;
    use crate::orders::NewOrder;

    /// A state with an order, changed stock and a product that a seller edited.
    fn state() -> State {
        let mut state = State::new(&Builder::default().seed(7).clock(time(1_725_940_803_000)));
        let now = state.now();
        let product = state.shop.products().next().unwrap().clone();
        state
            .shop
            .take([(product.id, product.skus[0].id, 1)].into_iter());
        let edited = state.shop.products().nth(1).unwrap().id;
        let listing = crate::shop::Listing {
            title: Some("Zeppelin lamp".to_owned()),
            ..Default::default()
        };
        state.shop.edit(edited, listing).unwrap();
        let item = Item {
            product_id: product.id,
            sku: product.skus[0].attr(),
            offer: Some(crate::orders::Offer {
                sku_id: product.skus[0].id,
                title: product.title.clone(),
                properties: String::new(),
                unit_price: 834,
                shipping: 0,
                store: product.store,
                service: "CAINIAO_STANDARD".to_owned(),
            }),
            count: 1,
            memo: None,
            logistics_service: None,
        };
        let purchase = Purchase {
            items: vec![item],
            currency: "EUR".to_owned(),
            address: Default::default(),
        };
        let new = |number: &str| NewOrder {
            out_order_id: Some(number.to_owned()),
            owner: "1".to_owned(),
            purchase: purchase.clone(),
            bytes: 300,
        };
        let id = state.orders.place(new("shop-1"), now);
        state.orders.place(new("shop-2"), now);
        state.advance(id, now);
        state
    }

    fn saved() -> Value {
        serde_json::to_value(SavedState::of(&state())).unwrap()
    }

    fn read(text: &str) -> Result<SavedState, String> {
        SavedState::read(|| Ok(text.as_bytes()))
    }

    fn restored(builder: Builder, saved: SavedState) -> State {
        let mut state = State::new(&builder);
        saved.restore(&mut state);
        state
    }

    const ANOTHER_SHAPE: &str =
        "found JSON of another shape at line 1 column N; wanted a state of the sandbox";

    #[track_caller]
    fn refused(text: &str, why: &str) {
        let found = read(text).unwrap_err();
        // The column depends on numbers that are drawn.
        let found = match found.split_once(" column ") {
            Some((before, after)) => {
                let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
                format!("{before} column N{after}")
            }
            None => found,
        };
        assert_eq!(found, why);
    }

    #[test]
    fn a_state_comes_back_as_it_was() {
        let text = saved().to_string();
        let back = restored(Builder::default(), read(&text).unwrap());
        let again = serde_json::to_string(&SavedState::of(&back)).unwrap();
        assert_eq!(again.parse::<Value>().unwrap(), saved());
    }

    #[test]
    fn version_2_is_read_and_has_no_listings() {
        let mut older = saved();
        older["version"] = json!(2);
        older.as_object_mut().unwrap().remove("account");
        older.as_object_mut().unwrap().remove("products");
        let back = restored(Builder::default(), read(&older.to_string()).unwrap());
        let mut newer = serde_json::to_value(SavedState::of(&back)).unwrap();
        assert_eq!(newer["version"], json!(VERSION));
        assert_eq!(newer["products"], json!({ "listed": [], "deleted": [] }));
        newer["version"] = json!(2);
        newer.as_object_mut().unwrap().remove("account");
        newer.as_object_mut().unwrap().remove("products");
        assert_eq!(newer, older);
    }

    #[test]
    fn the_account_of_the_session_is_kept_whatever_the_seed() {
        let before = state();
        let kept = serde_json::to_string(&SavedState::of(&before)).unwrap();
        let after = restored(
            Builder::default().seed(8).session("new"),
            read(&kept).unwrap(),
        );
        assert_eq!(after.tokens.owner(), before.tokens.owner());
        let session = after.tokens.valid("new", after.now()).unwrap();
        assert_eq!(&session.account, before.tokens.owner());
    }

    #[test]
    fn another_version_is_named_whatever_else_it_holds() {
        for version in [0, 1, VERSION + 1, u32::MAX] {
            let text = json!({ "version": version, "novel": [] }).to_string();
            refused(&text, &format!("found version {version}; wanted 2 to 4"));
        }
        refused("{\"version\": -1}", ANOTHER_SHAPE);
        refused("{}", ANOTHER_SHAPE);
    }

    #[test]
    fn an_invalid_state_file_is_refused_without_showing_its_contents() {
        refused(
            "",
            "found the end of the file at line 1 column N; wanted a state of the sandbox",
        );
        refused(
            "\0\0\0",
            "found text that is not JSON at line 1 column N; wanted a state of the sandbox",
        );
        refused("\"a\"", ANOTHER_SHAPE);
        let mut changed = saved();
        changed["orders"][0]["created"] = json!("Calle Mayor 1");
        let why = read(&changed.to_string()).unwrap_err();
        assert!(!why.contains("Calle"), "{why}");
        let mut changed = saved();
        changed["orders"][0]["novel"] = json!(1);
        refused(&changed.to_string(), ANOTHER_SHAPE);
    }

    #[test]
    fn parts_that_do_not_fit_together_are_named() {
        let with = |path: &str, value: Value| {
            let mut changed = saved();
            *changed.pointer_mut(path).unwrap() = value;
            changed.to_string()
        };
        let saved = saved();
        let (first, second) = (&saved["orders"][0]["id"], &saved["orders"][1]["id"]);
        refused(
            &with("/orders/1/id", first.clone()),
            &format!("found order {first} twice or below 1; wanted each number once"),
        );
        refused(
            &with("/orders/0/id", json!(0)),
            "found order 0 twice or below 1; wanted each number once",
        );
        for next in [second.clone(), json!(i64::MAX)] {
            let why = format!(
                "found {next} for the next order; wanted a number above {second} and up to {}",
                i64::MAX / 2
            );
            refused(&with("/next_order", next), &why);
        }
        refused(
            &with("/orders/0/bytes", json!(usize::MAX)),
            "found 2 orders of 18446744073709551615 bytes; wanted up to 50000 of 33554432",
        );
        // A wrong size in the file does not make an order count as smaller.
        let mut large = saved.clone();
        for order in large["orders"].as_array_mut().unwrap() {
            order["bytes"] = json!(0);
            order["items"][0]["memo"] = json!("m".repeat(REMEMBERED_BYTES / 2));
        }
        let why = read(&large.to_string()).unwrap_err();
        let bytes = why.split(' ').nth(4).unwrap();
        assert!(bytes.parse::<usize>().unwrap() > REMEMBERED_BYTES, "{why}");
        assert_eq!(
            why,
            format!("found 2 orders of {bytes} bytes; wanted up to 50000 of 33554432")
        );
        let variant = &saved["variants"][0];
        let of_another = |sku: &Value, seed: &Value| {
            format!(
                "found variant {sku} of product {}; wanted those of the shop of seed {seed}",
                variant["product"]
            )
        };
        for account in ["", "somebody", "1234567890123456789"] {
            refused(
                &with("/account", json!(account)),
                "found another text for the account; wanted its number",
            );
        }
        refused(
            &with("/variants/0/sku", json!(5)),
            &of_another(&json!(5), &saved["shop_seed"]),
        );
        refused(
            &with("/shop_seed", json!(8)),
            &of_another(&variant["sku"], &json!(8)),
        );
        refused(&with("/products/listed/0/store", json!(5)), ANOTHER_SHAPE);
        refused(
            &with("/products/listed/0/category", json!(5)),
            ANOTHER_SHAPE,
        );
    }

    /// Replaces the scalar with this index, counted through the whole value.
    fn replace(value: &mut Value, place: &mut usize, new: &Value) {
        match value {
            Value::Array(values) => values
                .iter_mut()
                .for_each(|value| replace(value, place, new)),
            Value::Object(fields) => fields
                .values_mut()
                .for_each(|value| replace(value, place, new)),
            scalar => {
                if *place == 0 {
                    *scalar = new.clone();
                }
                *place = place.wrapping_sub(1);
            }
        }
    }

    fn scalars(value: &Value) -> usize {
        match value {
            Value::Array(values) => values.iter().map(scalars).sum(),
            Value::Object(fields) => fields.values().map(scalars).sum(),
            _ => 1,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// A file that is cut anywhere is refused, and never read as a smaller state.
        #[test]
        fn a_file_cut_off_anywhere_is_refused(cut in any::<prop::sample::Index>()) {
            let text = saved().to_string();
            prop_assert!(read(&text[..cut.index(text.len())]).is_err());
        }

        /// A file with any one value changed is refused, or gives a state that works and can be saved again.
        #[test]
        fn any_changed_value_is_refused_or_harmless(
            place in any::<prop::sample::Index>(),
            new in prop_oneof![
                Just(json!(i64::MIN)), Just(json!(-1)), Just(json!(0)), Just(json!(i64::MAX)), Just(json!(u64::MAX)),
                Just(json!(null)), Just(json!("")), Just(json!([])), Just(json!(1.5)), Just(json!(true)),
            ],
        ) {
            let mut changed = saved();
            let mut place = place.index(scalars(&changed));
            replace(&mut changed, &mut place, &new);
            if let Ok(read) = read(&changed.to_string()) {
                let mut state = restored(Builder::default().pace(Duration::from_secs(1)), read);
                let now = state.now();
                due::run(&mut state, now);
                let ids: Vec<i64> = state.orders.iter().map(|order| order.id).collect();
                for id in ids {
                    state.orders.get(id).map(|order| (order.record(now), order.details(now)));
                    state.advance(id, now);
                }
                state.shop.products().for_each(|product| drop(product.record()));
                let kept = serde_json::to_string(&SavedState::of(&state)).unwrap();
                super::SavedState::read(|| Ok(kept.as_bytes())).unwrap();
            }
        }
    }
}
