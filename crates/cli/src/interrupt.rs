//! What happens when someone ends the program while an order is on its way.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::exit::Exit;
use crate::failure::{Failure, warn};

/// Whether an order is on its way.
static ON_ITS_WAY: AtomicBool = AtomicBool::new(false);

/// Until this is dropped, SIGINT, SIGTERM and a closed terminal end the program with the code for an unknown outcome,
/// and with a word on how to go on.
pub(crate) struct OnItsWay;

impl OnItsWay {
    pub(crate) fn guard(json: bool) -> Self {
        static HANDLER: OnceLock<()> = OnceLock::new();
        HANDLER.get_or_init(|| {
            let set = ctrlc::set_handler(move || {
                if ON_ITS_WAY.load(Ordering::SeqCst) {
                    interrupted().print(json);
                    std::process::exit(Exit::UnknownOutcome.code().into());
                }
                // What else the program does may end at any moment.
                std::process::exit(130);
            });
            if let Err(error) = set {
                warn(
                    &format!("cannot catch the signals that end this program: {error}"),
                    json,
                );
            }
        });
        ON_ITS_WAY.store(true, Ordering::SeqCst);
        Self
    }
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        ON_ITS_WAY.store(false, Ordering::SeqCst);
    }
}

fn interrupted() -> Failure {
    Failure::new(
        Exit::UnknownOutcome,
        "interrupted while an order was on its way: it may or may not have been placed",
    )
    .hint("aliexpress order settle finds out")
    .hint("do not place it under another out_order_id")
}
