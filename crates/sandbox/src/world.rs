//! Everything the sandbox knows: its time, who may call, what was ordered, what came in.

use std::collections::HashMap;

use aliexpress_signing::{AppSecret, Signer};
use fastrand::Rng;
use jiff::Timestamp;

use crate::builder::Builder;
use crate::clock::Clock;
use crate::credentials::{Credentials, made_up_app_key, made_up_app_secret, made_up_token};
use crate::fault_plan::FaultPlan;
use crate::log::Log;
use crate::tokens::Tokens;

/// The state that every request works on, one at a time.
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) clock_check: bool,
    pub(crate) credentials: Credentials,
    pub(crate) signer: Signer,
    pub(crate) rng: Rng,
    pub(crate) tokens: Tokens,
    pub(crate) faults: FaultPlan,
    /// When the ban of an API ends.
    pub(crate) bans: HashMap<String, Timestamp>,
    pub(crate) log: Log,
    requests: u64,
}

impl World {
    pub(crate) fn new(builder: &Builder) -> Self {
        let mut rng = builder.seed.map_or_else(Rng::new, Rng::with_seed);
        let given = |value: &Option<String>, make: fn(&mut Rng) -> String, rng: &mut Rng| {
            // Drawn even where it is not needed, so that the rest of a seed's run does not depend on it.
            let made_up = make(rng);
            value.clone().unwrap_or(made_up)
        };
        let credentials = Credentials {
            app_key: given(&builder.app_key, made_up_app_key, &mut rng),
            app_secret: given(&builder.app_secret, made_up_app_secret, &mut rng),
            session: given(&builder.session, made_up_token, &mut rng),
        };
        let now = builder.clock.now();
        Self {
            clock: builder.clock,
            clock_check: builder.clock_check,
            signer: Signer::new(&AppSecret::new(credentials.app_secret.as_str())),
            tokens: Tokens::new(
                credentials.session.clone(),
                builder.lifetimes,
                now,
                &mut rng,
            ),
            credentials,
            rng,
            faults: FaultPlan::default(),
            bans: HashMap::new(),
            log: Log::new(builder.log_size),
            requests: 0,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets happen what was due by `now`.
    pub(crate) fn settle(&mut self, _now: Timestamp) {}

    /// A request id of the platform's look: 25 digits, from the time and a count.
    pub(crate) fn next_request_id(&mut self, now: Timestamp) -> String {
        self.requests += 1;
        format!(
            "2102{:013}{:08}",
            now.as_millisecond().max(0),
            self.requests % 100_000_000
        )
    }
}
