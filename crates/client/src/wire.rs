//! What exchanges go through: a transport, or recordings that replace it.

use aliexpress_transport::{self as transport, HttpResponse};

use crate::call::Call;
use crate::error::Error;
use crate::read::failed;
use crate::recording::{Recorder, Replayer};
use crate::secrets::Session;

/// The source of answers.
pub(crate) enum Wire<T> {
    Live(T),
    Recording(T, Recorder),
    Replaying(Replayer),
}

impl<T> Wire<T> {
    /// Answers from recordings, or by sending over the transport.
    pub(crate) fn send(
        &self,
        call: &Call<'_>,
        session: Option<&Session>,
        send: impl FnOnce(&T) -> Result<HttpResponse, transport::Error>,
    ) -> Result<HttpResponse, Error> {
        match self.carrier(call) {
            Ok(transport) => self.received(call, session, send(transport)),
            Err(replayed) => replayed,
        }
    }

    pub(crate) fn replays(&self) -> bool {
        matches!(self, Wire::Replaying(_))
    }

    /// The transport to send a call over, or the recorded answer that replaces it.
    pub(crate) fn carrier(&self, call: &Call<'_>) -> Result<&T, Result<HttpResponse, Error>> {
        match self {
            Wire::Live(transport) | Wire::Recording(transport, _) => Ok(transport),
            Wire::Replaying(replayer) => Err(replayer.answer(call)),
        }
    }

    /// An answer from the transport; recorded if recording is on.
    pub(crate) fn received(
        &self,
        call: &Call<'_>,
        session: Option<&Session>,
        response: Result<HttpResponse, transport::Error>,
    ) -> Result<HttpResponse, Error> {
        let response = response.map_err(|error| failed(call.name(), error))?;
        if let Wire::Recording(_, recorder) = self
            && let Err(error) = recorder.keep(call, session, &response)
        {
            // A failure to record must not lose the answer: an order may just have been placed.
            tracing::error!(%error, folder = %recorder.folder().display(), "answer not recorded");
        }
        Ok(response)
    }
}
