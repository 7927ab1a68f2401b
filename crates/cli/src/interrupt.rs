//! SIGINT, SIGTERM and a closed terminal (SIGHUP).

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::exit::Exit;
use crate::failure::{Failure, warn};

static IS_SENDING_AN_ORDER: AtomicBool = AtomicBool::new(false);

/// Until this is dropped, a signal ends the program with the code for an unknown outcome, and prints how to continue.
pub(crate) struct SendingAnOrder;

impl SendingAnOrder {
    pub(crate) fn guard(json: bool) -> Self {
        static HANDLER: OnceLock<()> = OnceLock::new();
        HANDLER.get_or_init(|| {
            on_signal(json, move || {
                if IS_SENDING_AN_ORDER.load(Ordering::SeqCst) {
                    interrupted().print(json);
                    std::process::exit(Exit::UnknownOutcome.code().into());
                }
                // Everything else can be ended at any time.
                std::process::exit(130);
            });
        });
        IS_SENDING_AN_ORDER.store(true, Ordering::SeqCst);
        Self
    }
}

impl Drop for SendingAnOrder {
    fn drop(&mut self) {
        IS_SENDING_AN_ORDER.store(false, Ordering::SeqCst);
    }
}

fn interrupted() -> Failure {
    Failure::new(
        Exit::UnknownOutcome,
        "interrupted while an order was being sent: it may or may not have been placed",
    )
    .hint("aliexpress order settle finds out")
    .hint("do not place it under another out_order_id")
}

/// Runs the handler on its own thread at each signal, instead of ending the program. Warns if that cannot be set up.
pub(crate) fn on_signal(json: bool, handler: impl FnMut() + Send + 'static) {
    if let Err(error) = ctrlc::set_handler(handler) {
        let text = format!("cannot catch the signals that end this program: {error}");
        warn(&text, json);
    }
}
