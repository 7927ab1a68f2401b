//! Random faults, from a seed.

use aliexpress_sandbox::{FAULTS, Fault, FaultRule, Sandbox};

use crate::Anything;

const CREATE: &str = "aliexpress.ds.order.create";

/// Every fault of the sandbox that can happen to an order, with its weight. Slow faults are rare. Faults in which the
/// platform denies what it did are not among them, such as a session that is refused after the order was stored: no
/// client can detect that.
const ORDERED: &[(&str, u64)] = &[
    ("reset-before", 100),
    ("reset-after", 100),
    ("cut-body:0", 30),
    ("cut-body:70", 30),
    ("cut-body:150", 30),
    ("html-before:404", 50),
    ("html-before:502", 50),
    ("html-after:200", 50),
    ("html-after:502", 50),
    ("service-failure", 100),
    ("malformed", 100),
    ("wrong-types", 100),
    ("drifting-types", 100),
    ("bare-list", 100),
    ("pay-fails", 100),
    ("expire-token", 50),
    ("replace:", 30),
    ("replace:{}", 30),
    (r#"replace:{"code":"0","result":{"is_success":true}}"#, 30),
    ("refuse-order:INVENTORY_HOLD_ERROR", 50),
    (
        "refuse-order:B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL",
        50,
    ),
    ("refuse-order:INTERNAL_ERROR", 50),
    ("refuse-order:REPEAT_SUBMIT", 50),
    ("delay:5ms", 100),
    // Longer than the client waits for an answer.
    ("delay:700ms", 2),
    ("slow-body:20ms", 20),
    ("slow-body:700ms", 2),
    // More than the client accepts.
    ("huge:17000000", 1),
    // The client respects a ban for at least a second, and delays every order meanwhile.
    ("throttle:5ms", 1),
];

/// How many of a hundred orders meet a fault.
const SHARE: u64 = 80;

pub(super) struct Faults {
    rules: Vec<(FaultRule, u64)>,
    random: Random,
}

/// Random numbers (xorshift).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below this one.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

impl Faults {
    /// # Errors
    ///
    /// When the sandbox has a fault that is not among those of the attack.
    pub(super) fn new(seed: u64) -> Anything<Self> {
        let name = |usage: &str| usage.split(':').next().unwrap_or_default().to_owned();
        let mut known = ORDERED.iter().map(|(text, _)| name(text));
        for help in FAULTS {
            if !known.clone().any(|known| known == name(help.usage)) {
                return Err(format!("the attack does not order the fault {}", help.usage).into());
            }
        }
        if let Some(unknown) = known.find(|known| !FAULTS.iter().any(|f| name(f.usage) == *known)) {
            return Err(format!("the sandbox has no fault {unknown}").into());
        }
        let rules = ORDERED.iter().map(|(text, weight)| {
            let fault: Fault = text.parse()?;
            Ok((FaultRule::next(fault).on(CREATE), *weight))
        });
        Ok(Self {
            rules: rules.collect::<Anything<_>>()?,
            random: Random::new(seed),
        })
    }

    /// Lets one of the next orders meet a fault, in most cases.
    pub(super) fn provoke(&mut self, sandbox: &Sandbox) {
        if self.random.below(100) >= SHARE {
            return;
        }
        let whole: u64 = self.rules.iter().map(|(_, weight)| weight).sum();
        let mut rest = self.random.below(whole);
        for (rule, weight) in &self.rules {
            if rest < *weight {
                return sandbox.add_fault(rule.clone());
            }
            rest -= weight;
        }
    }
}
