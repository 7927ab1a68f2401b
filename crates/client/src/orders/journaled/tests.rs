//! What is logged when a journal fails after an order was sent.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use aliexpress_models::order_create::{
    LogisticsAddress, LogisticsAddressRequired, ProductItem, ProductItemRequired,
};
use aliexpress_models::shared::ProductId;

use super::*;
use crate::journal::MemoryJournal;

/// A journal whose disk is full when the outcome is to be recorded.
struct Full(MemoryJournal);

impl OrderJournal for Full {
    fn begin(&self, order: &JournaledOrder) -> Result<Begun, JournalError> {
        self.0.begin(order)
    }

    fn repeat(&self, account: &str, id: &str, at: SystemTime) -> Result<Begun, JournalError> {
        self.0.repeat(account, id, at)
    }

    fn conclude(&self, _: &str, _: &str, _: &Conclusion) -> Result<(), JournalError> {
        const NO_SPACE: i32 = 28;
        let system_error = io::Error::from_raw_os_error(NO_SPACE);
        let page_error = JournalError::new("cannot write a page").with_source(system_error);
        Err(JournalError::new("cannot record an outcome").with_source(page_error))
    }

    fn find(&self, account: &str, id: &str) -> Result<Option<JournaledOrder>, JournalError> {
        self.0.find(account, id)
    }

    fn open(&self, account: &str) -> Result<Vec<JournaledOrder>, JournalError> {
        self.0.open(account)
    }

    fn latest(&self, account: &str, most: usize) -> Result<Vec<JournaledOrder>, JournalError> {
        self.0.latest(account, most)
    }
}

/// Collects the log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn order() -> NewOrder {
    let address = LogisticsAddress::new(LogisticsAddressRequired {
        full_name: "Canary".to_owned(),
        phone_country: "+7".to_owned(),
        mobile_no: "9161234567".to_owned(),
        country: "RU".to_owned(),
        province: "Moscow".to_owned(),
        city: "Moscow".to_owned(),
        address: "Lenina 7".to_owned(),
    });
    let item = ProductItem::new(ProductItemRequired {
        product_id: ProductId(1),
        product_count: 1,
    });
    NewOrder::new("shop-1", address, item)
}

#[test]
fn an_outcome_that_cannot_be_recorded_is_logged_with_the_systems_error() {
    let journaling = Journaling {
        journal: Box::new(Full(MemoryJournal::new())),
        account: "shop".to_owned(),
        keeps_requests: true,
    };
    let record = Record {
        journaling: &journaling,
        account: "shop".to_owned(),
    };
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        record.begin(&order(), SystemTime::UNIX_EPOCH).unwrap();
        let conclusion = Conclusion::new(1, OrderState::Placed, SystemTime::UNIX_EPOCH);
        record.conclude(&order(), &conclusion.order_ids([OrderId(81)]));
    });
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let cause = io::Error::from_raw_os_error(28).to_string();
    assert!(
        log.contains("ERROR") && log.contains("it stays open in the journal"),
        "{log}"
    );
    assert!(
        log.contains("cannot record an outcome") && log.contains(&cause),
        "{log}"
    );
    assert!(
        !log.contains("Canary") && !log.contains("9161234567"),
        "{log}"
    );
    // The order is indeed still open.
    assert_eq!(record.journal().open("shop").unwrap().len(), 1);
}
