//! A request's body that records when it is requested.

use std::io::{self, Read as _};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::sync::mpsc;

use crate::body::{Body, StreamedBody};
use crate::error::Phase;

/// The progress of writing a request, as far as its body can see.
///
/// hyper requests the first piece of a body after the connection is established, and before it writes a byte: it puts
/// the head into its buffer, fills the buffer up from the body, and then writes.
///
/// The writing may happen in another thread. If the wait ends before the body was requested, the body is therefore
/// taken away, so that the request can never be sent completely.
#[derive(Clone)]
pub(crate) struct Progress(Arc<AtomicU32>);

const WAITING: u32 = 0;
const TAKEN_AWAY: u32 = 1;
/// The body was requested. Each further piece adds one.
const ASKED: u32 = 2;

impl Progress {
    /// The body of this length. An empty body is never requested.
    pub(crate) fn of(length: u64) -> Self {
        let state = if length == 0 { ASKED } else { WAITING };
        Self(Arc::new(AtomicU32::new(state)))
    }

    /// Gives up the request, and returns the phase that it may have reached.
    pub(crate) fn end(&self) -> Phase {
        match self.change_to(TAKEN_AWAY) {
            TAKEN_AWAY => Phase::Connect,
            _ => Phase::Answer,
        }
    }

    /// Records that the next piece is requested; false if the body was taken away.
    fn ask(&self) -> bool {
        match self.change_to(ASKED) {
            TAKEN_AWAY => false,
            asked => {
                // Only the body increments this count.
                let next = asked.checked_add(1).unwrap_or(ASKED);
                self.0.store(next, Ordering::Release);
                true
            }
        }
    }

    /// A number that changes with every piece.
    pub(crate) fn pieces(&self) -> u32 {
        self.0.load(Ordering::Acquire)
    }

    /// The state after the attempt to change it from waiting to `next`.
    fn change_to(&self, next: u32) -> u32 {
        let passed = self
            .0
            .compare_exchange(WAITING, next, Ordering::AcqRel, Ordering::Acquire);
        passed.map_or_else(|state| state, |_| next)
    }
}

/// A body that records when it is requested.
pub(crate) struct Watched {
    body: Pieces,
    /// Bytes that are still to come.
    left: u64,
    progress: Progress,
}

impl Watched {
    pub(crate) fn new(body: Body<'_>, progress: &Progress) -> Self {
        Self {
            left: body.length(),
            body: Pieces::of(body),
            progress: progress.clone(),
        }
    }
}

/// Where the pieces of a body come from.
enum Pieces {
    Whole(Option<Bytes>),
    /// A body that is opened when it is first requested.
    Unopened(StreamedBody),
    /// A thread of the blocking pool reads; it ends when the receiver is dropped.
    Read(mpsc::Receiver<io::Result<Bytes>>),
}

/// How many bytes of a streamed body are read at a time. One piece is sent, one waits and one is read, so that a body
/// takes three times as much memory.
const PIECE: usize = 64 * 1024;

impl Pieces {
    fn of(body: Body<'_>) -> Self {
        match body {
            Body::Bytes(bytes) => Pieces::Whole(Some(Bytes::copy_from_slice(bytes))),
            Body::Streamed(body) => Pieces::Unopened(body.clone()),
        }
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            match self {
                Pieces::Whole(bytes) => return Poll::Ready(bytes.take().map(Ok)),
                Pieces::Read(pieces) => return pieces.poll_recv(context),
                Pieces::Unopened(body) => *self = Pieces::Read(read_aside(body)),
            }
        }
    }
}

/// Reads a body on the blocking pool, at most two pieces ahead of what is sent.
fn read_aside(body: &StreamedBody) -> mpsc::Receiver<io::Result<Bytes>> {
    let (give, take) = mpsc::channel(1);
    let mut reader = body.reader();
    tokio::task::spawn_blocking(move || {
        loop {
            let mut piece = vec![0; PIECE];
            let read = reader.read(&mut piece).map(|length| {
                piece.truncate(length);
                Bytes::from(piece)
            });
            let is_last = read.as_ref().map_or(true, Bytes::is_empty);
            let is_end = read.as_ref().is_ok_and(Bytes::is_empty);
            if is_end || give.blocking_send(read).is_err() || is_last {
                return;
            }
        }
    });
    take
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if !self.progress.ask() {
            let given_up = io::Error::other("the request was given up");
            return Poll::Ready(Some(Err(given_up)));
        }
        self.body.poll_next(context).map(|piece| {
            piece.map(|piece| {
                let piece = piece?;
                self.left = self.left.saturating_sub(piece.len() as u64);
                Ok(Frame::data(piece))
            })
        })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }

    /// After its only piece, a body in memory is not requested again. A streamed one is, because it may be longer than
    /// announced.
    fn is_end_stream(&self) -> bool {
        matches!(self.body, Pieces::Whole(None))
    }
}

#[cfg(test)]
mod tests {
    use http_body::Body as _;

    use super::*;

    fn asked(body: &mut Watched) -> Option<io::Result<Bytes>> {
        let mut context = Context::from_waker(std::task::Waker::noop());
        match Pin::new(body).poll_frame(&mut context) {
            Poll::Ready(frame) => {
                frame.map(|frame| frame.map(|frame| frame.into_data().unwrap_or_default()))
            }
            Poll::Pending => None,
        }
    }

    fn watched() -> Watched {
        Watched::new(Body::Bytes(b"a=1"), &Progress::of(3))
    }

    #[test]
    fn a_request_that_was_given_up_is_not_written() {
        let mut body = watched();
        assert_eq!(body.progress.clone().end(), Phase::Connect);
        assert!(matches!(asked(&mut body), Some(Err(_))));
        assert_eq!(body.progress.end(), Phase::Connect);
    }

    #[test]
    fn a_request_whose_body_was_requested_may_have_been_sent() {
        let mut body = watched();
        assert!(matches!(asked(&mut body), Some(Ok(bytes)) if &bytes[..] == b"a=1"));
        assert_eq!(body.progress.end(), Phase::Answer);
        assert_eq!(Progress::of(0).end(), Phase::Answer);
    }
}
