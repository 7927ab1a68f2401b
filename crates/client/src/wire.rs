//! What carries exchanges: a transport, or recordings in its place.

use aliexpress_transport::{self as transport, HttpResponse};

use crate::call::Call;
use crate::error::Error;
use crate::read::failed;
use crate::recording::{Recorder, Replayer};
use crate::secrets::Session;

/// Who answers exchanges.
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

    /// The transport that a call goes over, or what the recordings answer in its place.
    pub(crate) fn carrier(&self, call: &Call<'_>) -> Result<&T, Result<HttpResponse, Error>> {
        match self {
            Wire::Live(transport) | Wire::Recording(transport, _) => Ok(transport),
            Wire::Replaying(replayer) => Err(replayer.answer(call)),
        }
    }

    /// What came over the transport, recorded if it is to be.
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
            // An answer is worth more than its copy: an order may just have been placed.
            tracing::error!(%error, folder = %recorder.folder().display(), "answer not recorded");
        }
        Ok(response)
    }
}
