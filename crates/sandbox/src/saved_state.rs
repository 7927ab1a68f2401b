//! Orders and stock in a file, so that they survive a restart.
//!
//! What can be made again from the seed is not kept: the catalogue itself, and the credentials, which are secrets.

use std::fs;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aliexpress_models::order_create::LogisticsAddress;
use serde::{Deserialize, Serialize};

use crate::clock::{later, milliseconds};
use crate::orders::{Item, Offer, Order, OrderStatus, Purchase};
use crate::server::SharedState;
use crate::shop::{SavedListings, Shop};
use crate::state::State;

/// The form of the file.
const VERSION: u32 = 3;
/// The oldest form that is read, which has no posted, edited or deleted products.
const OLDEST: u32 = 2;

/// What a file holds.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct SavedState {
    version: u32,
    /// What the catalogue is made from.
    pub(crate) shop_seed: u64,
    /// The number of the next order.
    pub(crate) next_order: i64,
    /// The variants that are no longer as the seed made them.
    variants: Vec<Variant>,
    #[serde(default)]
    products: SavedListings,
    orders: Vec<SavedOrder>,
}

#[derive(Debug, Deserialize, Serialize)]
struct Variant {
    product: i64,
    sku: i64,
    list_fen: i64,
    sale_fen: i64,
    stock: i64,
}

/// An order; times are in milliseconds since 1970.
#[derive(Debug, Deserialize, Serialize)]
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
    items: Vec<SavedItem>,
    bytes: usize,
    history: Vec<(i64, String)>,
}

#[derive(Debug, Deserialize, Serialize)]
struct SavedItem {
    product_id: i64,
    sku: String,
    count: i64,
    memo: Option<String>,
    logistics_service: Option<String>,
    offer: Option<SavedOffer>,
}

#[derive(Debug, Deserialize, Serialize)]
struct SavedOffer {
    sku_id: i64,
    title: String,
    properties: String,
    unit_price: i64,
    shipping: i64,
    store: i64,
    service: String,
}

impl SavedState {
    /// Reads a file; `None` if it does not exist.
    ///
    /// # Errors
    /// When it cannot be read, or is no state of this version.
    pub(crate) fn load(path: &Path) -> io::Result<Option<Self>> {
        let broken = |why: String| {
            let why = format!("cannot read the state in {}: {why}", path.display());
            io::Error::new(io::ErrorKind::InvalidData, why)
        };
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let state: Self =
            serde_json::from_slice(&text).map_err(|error| broken(error.to_string()))?;
        if !(OLDEST..=VERSION).contains(&state.version) {
            return Err(broken(format!(
                "found version {}; wanted {OLDEST} to {VERSION}",
                state.version
            )));
        }
        Ok(Some(state))
    }

    /// What is worth keeping of the state.
    pub(crate) fn of(state: &State) -> Self {
        let orders = state.orders.iter();
        Self {
            version: VERSION,
            shop_seed: state.shop.seed(),
            next_order: state.orders.next_id(),
            variants: variants(&state.shop),
            products: state.shop.changed(),
            orders: orders.filter_map(SavedOrder::of).collect(),
        }
    }

    /// Puts sellers' products, stock and prices back.
    pub(crate) fn restore_shop(&mut self, shop: &mut Shop) {
        shop.restore(std::mem::take(&mut self.products));
        for variant in &self.variants {
            let product = shop.product_mut(variant.product);
            let skus = product.into_iter().flat_map(|product| &mut product.skus);
            for sku in skus.filter(|sku| sku.id == variant.sku) {
                sku.list_fen = variant.list_fen;
                sku.sale_fen = variant.sale_fen;
                sku.stock = variant.stock;
            }
        }
    }

    /// The orders, as they were.
    pub(crate) fn into_orders(self) -> impl Iterator<Item = Order> {
        self.orders.into_iter().map(SavedOrder::restore)
    }

    /// Writes the file whole or not at all, readable by its owner only, because it holds addresses.
    fn save(&self, path: &Path) -> io::Result<()> {
        let draft = draft(path);
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        // Written as it is made, so that a large state is not in memory a second time.
        let mut file = BufWriter::new(options.open(&draft)?);
        serde_json::to_writer(&mut file, self)?;
        file.into_inner()?.sync_all()?;
        fs::rename(draft, path)
    }
}

/// The file that a state is kept in. Its writers take turns: they share the draft that becomes the file.
pub(crate) struct StateFile {
    path: PathBuf,
    /// The revision that was written last; `None` before the first write.
    written: Mutex<Option<(u64, u64)>>,
}

impl StateFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            path,
            written: Mutex::new(None),
        }
    }

    /// Writes the state as it is now, unless the file has this revision of it already.
    ///
    /// The state is looked at when the turn has come, so that no older state replaces a newer one, and it is free
    /// for others while the file is written. This waits for the disk.
    ///
    /// # Errors
    /// When the file cannot be written; the state's `state_trouble` says so too.
    pub(crate) fn save(&self, state: &SharedState) -> io::Result<()> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let (revision, saved) = {
            let state = state.lock();
            let revision = state.revision();
            if *written == Some(revision) {
                return Ok(());
            }
            (revision, SavedState::of(&state))
        };
        let outcome = saved.save(&self.path);
        state.lock().state_trouble = outcome.as_ref().err().map(ToString::to_string);
        outcome.map(|()| *written = Some(revision))
    }
}

fn draft(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".draft");
    path.with_file_name(name)
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
            items: purchase.items.iter().map(SavedItem::of).collect(),
            bytes: order.bytes,
            history: order
                .history
                .iter()
                .map(|(at, what)| (milliseconds(*at), what.clone()))
                .collect(),
        })
    }

    fn restore(self) -> Order {
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
                items: self.items.into_iter().map(SavedItem::restore).collect(),
                currency: self.currency,
                address: self.address,
            }),
            bytes: self.bytes,
            history: self
                .history
                .into_iter()
                .map(|(at, what)| (time(at), what))
                .collect(),
        }
    }
}

impl SavedItem {
    fn of(item: &Item) -> Self {
        Self {
            product_id: item.product_id,
            sku: item.sku.clone(),
            count: item.count,
            memo: item.memo.clone(),
            logistics_service: item.logistics_service.clone(),
            offer: item.offer.as_ref().map(|offer| SavedOffer {
                sku_id: offer.sku_id,
                title: offer.title.clone(),
                properties: offer.properties.clone(),
                unit_price: offer.unit_price,
                shipping: offer.shipping,
                store: offer.store.id,
                service: offer.service.clone(),
            }),
        }
    }

    fn restore(self) -> Item {
        Item {
            product_id: self.product_id,
            sku: self.sku,
            count: self.count,
            memo: self.memo,
            logistics_service: self.logistics_service,
            // An offer of a store that is gone becomes an article of the caller.
            offer: self.offer.and_then(|offer| {
                Some(Offer {
                    sku_id: offer.sku_id,
                    title: offer.title,
                    properties: offer.properties,
                    unit_price: offer.unit_price,
                    shipping: offer.shipping,
                    store: Shop::store(offer.store)?,
                    service: offer.service,
                })
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builder::Builder;

    /// Writers that do not take turns write into each other's draft, or find that it is gone.
    #[test]
    fn writers_take_turns_and_the_newest_state_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        let state = SharedState::new(State::new(&Builder::default(), None));
        let file = StateFile::new(path.clone());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        state.lock().orders.set_tracking_number(1, "LP1".to_owned());
                        file.save(&state).unwrap();
                    }
                });
            }
        });
        assert!(SavedState::load(&path).unwrap().is_some());
        let revision = state.lock().revision();
        assert_eq!(*file.written.lock().unwrap(), Some(revision));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
