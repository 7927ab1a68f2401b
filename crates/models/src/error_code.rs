//! Error codes in the documentation of APIs, and whether a retry can help.

/// An error code from an API's documentation page, with an explanation if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorCode {
    /// The code as it is in answers.
    pub code: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What usually causes it.
    pub cause: &'static str,
    /// What to do.
    pub advice: &'static str,
    /// Whether the same call may succeed later.
    pub retry: RetryClass,
}

impl ErrorCode {
    /// A code without an explanation.
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

/// What a refused call needs so that a retry succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryClass {
    /// Nothing helps: the same call fails again.
    Never,
    /// The caller has to change something first: the call, a setting, the application.
    AfterChange,
    /// Only a retry: the cause may be temporary.
    MayPass,
    /// Time: calls were made too fast. The answer often says how long to wait.
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
