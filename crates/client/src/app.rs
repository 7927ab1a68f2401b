//! An application: its settings, and the state that all its clients share.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::gateway_clock::GatewayClock;
use crate::limits::{Limiter, SharedLimits};
use crate::orders::Journaling;
use crate::prepared::CallSigner;
use crate::retry::RetryPolicy;
use crate::shop::AddressTrees;
use crate::tokens::{RefreshTiming, TokenApi};

/// Longer than any call, and short enough to be added to any point in time.
pub(crate) const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The time of day, for timestamps and the ends of tokens.
pub(crate) type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Everything that the clients of one application share, blocking or async.
pub(crate) struct App {
    pub(crate) signer: CallSigner,
    /// When a session from a store is refreshed.
    pub(crate) refresh: RefreshTiming,
    pub(crate) token_api: TokenApi,
    pub(crate) limiter: Limiter,
    pub(crate) shared_limits: Option<SharedLimits>,
    pub(crate) retry: RetryPolicy,
    /// Largest total size in bytes of the files of one call.
    pub(crate) upload_limit: usize,
    pub(crate) deadline: Duration,
    pub(crate) clock: Clock,
    pub(crate) gateway_clock: GatewayClock,
    pub(crate) journaling: Option<Journaling>,
    pub(crate) addresses: AddressTrees,
    /// Whether answers come from recordings, which may be of any account.
    pub(crate) replays: bool,
}
