//! How an API is called, as data: what a client has to know of a request beside its parameters.

/// How the calls of one API are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// The family of the API, which is the name of its module and feature.
    pub family: &'static str,
    /// Whether the call changes something: by the words of its name, or by hand where they say it wrongly.
    pub effect: Effect,
    /// Whether it needs a session.
    pub session: Session,
    /// The HTTP method that the gateway wants.
    pub verb: Verb,
    /// Names of the parameters that are files; they are sent as parts of their own and are not signed.
    pub files: &'static [&'static str],
    /// Those of `files` without which a call is refused.
    pub required_files: &'static [&'static str],
}

/// Whether a call changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It only reads, so that it may be sent again.
    Read,
    /// It changes something, or no one knows better.
    Write,
}

/// Whether a call needs a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Session {
    /// It is refused without one.
    Always,
    /// It takes one and does without.
    Optional,
    /// It has no use for one.
    Never,
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    /// `POST`, which every API takes unless its documentation says otherwise.
    Post,
    /// `GET`, with the parameters in the URL.
    Get,
}

#[allow(
    dead_code,
    reason = "what the tables say; those of the features that are on may not say all of it"
)]
impl Call {
    /// A call that changes something, needs a session, has no files and is posted.
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
