//! Codes of refusals that pages list, and whether another try can help.

/// An error code that a page lists, with our words where there are any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorCode {
    /// The code as answers have it.
    pub code: &'static str,
    /// What it says.
    pub meaning: &'static str,
    /// What usually brings it about.
    pub cause: &'static str,
    /// What to do.
    pub advice: &'static str,
    /// Whether the same call may pass later.
    pub retry: RetryClass,
}

impl ErrorCode {
    /// A code that no one has written about yet.
    #[allow(dead_code, reason = "used by the models of an API that has no overlay")]
    pub(crate) const fn bare(code: &'static str) -> Self {
        Self {
            code,
            meaning: "",
            cause: "",
            advice: "",
            retry: RetryClass::Never,
        }
    }
}

/// What a second try of a refused call needs in order to succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryClass {
    /// The same call fails again.
    Never,
    /// It can pass once the caller has changed something: the call, a setting, the application.
    AfterChange,
    /// It may have passed by the next try.
    MayPass,
    /// The calls came too fast; it passes with time, often for as long as the answer says.
    AfterWait,
    /// A new session is needed.
    AfterRefresh,
    /// The account has to authorise the application again.
    AfterAuthorisation,
}

impl RetryClass {
    /// Every class.
    pub const ALL: [Self; 6] = [
        Self::Never,
        Self::AfterChange,
        Self::MayPass,
        Self::AfterWait,
        Self::AfterRefresh,
        Self::AfterAuthorisation,
    ];

    /// The class as a word in snake case, such as `after_change`.
    #[inline]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::AfterChange => "after_change",
            Self::MayPass => "may_pass",
            Self::AfterWait => "after_wait",
            Self::AfterRefresh => "after_refresh",
            Self::AfterAuthorisation => "after_authorisation",
        }
    }
}
