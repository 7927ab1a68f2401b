//! Bodies of requests, limited in size, in time, and in how many are in memory at once.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::StatusCode;
use hyper::body::Incoming;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// The largest body that is read, in bytes. Parameters have a lower limit; files may take this much.
const LARGEST: usize = 32 * 1024 * 1024;
/// Smaller bodies are read at once; the number of larger ones in memory is limited.
const SMALL: usize = 256 * 1024;
const LARGE_AT_ONCE: usize = 8;
/// How long a client may take to send a body.
const PATIENCE: Duration = Duration::from_secs(60);

/// Limits the number of large bodies in memory; others wait.
#[derive(Clone)]
pub(super) struct Room(Arc<Semaphore>);

/// A complete body, and its permit to be in memory.
pub(super) struct Upload {
    pub(super) bytes: Bytes,
    _place: Option<OwnedSemaphorePermit>,
}

/// Why a body was not read: the status and the text of the answer.
pub(super) type Refused = (StatusCode, &'static str);

impl Room {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(LARGE_AT_ONCE)))
    }

    /// Reads a body to its end.
    ///
    /// # Errors
    /// If it is too large, too slow, or incomplete.
    pub(super) async fn read(&self, body: Incoming) -> Result<Upload, Refused> {
        match timeout(PATIENCE, self.collect(body)).await {
            Ok(read) => read,
            Err(_) => Err((StatusCode::REQUEST_TIMEOUT, "the body came too slowly\n")),
        }
    }

    async fn collect(&self, mut body: Incoming) -> Result<Upload, Refused> {
        let (mut bytes, mut place) = (BytesMut::new(), None);
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| (StatusCode::BAD_REQUEST, "the body was cut short\n"))?;
            let Ok(piece) = frame.into_data() else {
                continue;
            };
            if bytes.len() + piece.len() > LARGEST {
                return Err((StatusCode::PAYLOAD_TOO_LARGE, "the body is too large\n"));
            }
            if place.is_none() && bytes.len() + piece.len() > SMALL {
                // The semaphore is never closed.
                place = self.0.clone().acquire_owned().await.ok();
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(Upload {
            bytes: bytes.freeze(),
            _place: place,
        })
    }
}
