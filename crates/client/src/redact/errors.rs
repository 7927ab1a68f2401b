//! Redacts the platform's texts in errors and replies.

use aliexpress_models::ApiError;

use super::Redactor;
use crate::codes::explain;
use crate::error::{Error, Kind};

impl Redactor {
    pub(crate) fn error(&self, error: &mut Error) {
        let inner = error.inner_mut();
        self.optional_id(&mut inner.request_id);
        let cause = inner.cause.as_mut();
        if let Some(error) = cause.and_then(|cause| cause.downcast_mut::<Error>()) {
            self.error(error);
        }
        match &mut inner.kind {
            Kind::Refused(refusal) => self.refusal(&mut refusal.error),
            Kind::BusinessRefused(refusal) => {
                self.code(&mut refusal.code);
                self.optional(&mut refusal.message);
            }
            Kind::Undecodable(error) => error.change_texts(|text| self.text(text)),
            Kind::Unreadable(finding) => self.text(&mut finding.found),
            Kind::Status { content_type, .. } => self.optional(content_type),
            Kind::NoSession(why) => self.text(why),
            Kind::UnknownOutcome(outcome) => {
                self.text(&mut outcome.why);
                if let Some(cause) = &mut outcome.cause {
                    self.error(cause);
                }
            }
            // Their texts come from this crate and the transport.
            Kind::Unusable(_)
            | Kind::Setting(_)
            | Kind::NotVisible(_)
            | Kind::Transport(_)
            | Kind::NoSlot { .. }
            | Kind::Store(_)
            | Kind::Journal(_)
            | Kind::Unauthorised(_)
            | Kind::RefreshedElsewhere { .. }
            // Redacted before it was remembered.
            | Kind::RefreshPaused(_) => {}
        }
    }

    fn refusal(&self, error: &mut ApiError) {
        self.code(&mut error.code);
        self.code(&mut error.sub_code);
        for text in [&mut error.kind, &mut error.message, &mut error.sub_message] {
            self.optional(text);
        }
        self.optional_id(&mut error.request_id);
        self.optional_id(&mut error.trace_id);
    }

    /// A documented code cannot quote the request.
    fn code(&self, code: &mut Option<String>) {
        let known = |code: &str| explain(code).is_some_and(|info| info.code == code.trim());
        if !code.as_deref().is_some_and(known) {
            self.optional(code);
        }
    }

    fn optional(&self, text: &mut Option<String>) {
        if let Some(text) = text {
            self.text(text);
        }
    }

    fn optional_id(&self, id: &mut Option<String>) {
        if let Some(id) = id {
            self.id(id);
        }
    }
}
