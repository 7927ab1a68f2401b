//! How an API is called, as data: what a client has to know about a request besides its parameters.

/// How the calls of one API are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// The family of the API, which is the name of its module and feature.
    pub family: &'static str,
    /// Whether the call changes something: derived from the words of its name, or set by hand where
    /// these mislead.
    pub effect: Effect,
    /// Whether it needs a session.
    pub session: Session,
    /// The HTTP method that the gateway expects.
    pub verb: Verb,
    /// Names of the parameters that are files. They are sent as separate parts and are not signed.
    pub files: &'static [&'static str],
    /// The required ones among `files`.
    pub required_files: &'static [&'static str],
}

/// Whether a call changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It only reads, so it may be sent again.
    Read,
    /// It changes something, or this is unknown.
    Write,
}

/// Whether a call needs a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Session {
    /// Required: the call is refused without one.
    Always,
    /// Optional.
    Optional,
    /// Not needed; it has no effect.
    Never,
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    /// `POST`, which every API accepts unless its documentation says otherwise.
    Post,
    /// `GET`, with the parameters in the URL.
    Get,
}

#[allow(
    dead_code,
    reason = "what the tables say; those of the features that are on may not say all of it"
)]
impl Call {
    /// A posted call that changes something, needs a session and has no files.
    pub(crate) const fn new(family: &'static str) -> Self {
        Self {
            family,
            effect: Effect::Write,
            session: Session::Always,
            verb: Verb::Post,
            files: &[],
            required_files: &[],
        }
    }

    pub(crate) const fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    pub(crate) const fn session(mut self, session: Session) -> Self {
        self.session = session;
        self
    }

    pub(crate) const fn verb(mut self, verb: Verb) -> Self {
        self.verb = verb;
        self
    }

    pub(crate) const fn files(mut self, files: &'static [&'static str]) -> Self {
        self.files = files;
        self
    }

    pub(crate) const fn required_files(mut self, files: &'static [&'static str]) -> Self {
        self.required_files = files;
        self
    }
}
