//! Faults at random, from a seed.

use std::time::Duration;

use aliexpress_sandbox::{Fault, FaultRule, Sandbox};

const CREATE: &str = "aliexpress.ds.order.create";

pub(super) struct Faults(u64);

impl Faults {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below this one (xorshift).
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    /// Lets one of the next orders meet a fault, four times in five.
    pub(super) fn provoke(&mut self, sandbox: &Sandbox) {
        let order = |fault: Fault| FaultRule::next(fault).on(CREATE);
        let refused = |code: &str| order(Fault::RefuseOrder(code.to_owned()));
        let rule = match self.below(25) {
            0 => order(Fault::ResetBefore),
            1 => order(Fault::ResetAfter),
            2 => order(Fault::CutBody(self.below(200) as usize)),
            3 => order(Fault::HtmlBefore(502)),
            4 => order(Fault::HtmlAfter(502)),
            5 => order(Fault::HtmlAfter(200)),
            6 => order(Fault::HtmlBefore(404)),
            7 => order(Fault::ServiceFailure),
            8 => order(Fault::Malformed),
            9 => order(Fault::WrongTypes),
            10 => order(Fault::DriftingTypes),
            11 => order(Fault::BareList),
            12 => order(Fault::PayFails),
            13 => order(Fault::Throttle(Duration::from_millis(5))),
            14 => refused("INVENTORY_HOLD_ERROR"),
            15 => refused("INTERNAL_ERROR"),
            16 => refused("REPEAT_SUBMIT"),
            17 => order(Fault::Replace(String::new())),
            18 => order(Fault::Replace("{}".to_owned())),
            // Rare, because it takes as long as a read may.
            19 if self.below(20) == 0 => order(Fault::Delay(Duration::from_millis(700))),
            _ => return,
        };
        sandbox.order_fault(rule);
    }
}
