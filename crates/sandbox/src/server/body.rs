//! Bodies that are sent whole, slowly, or not to the end.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// How many pieces a slow body has.
const PIECES: usize = 20;
/// The pause in which the server can write what it has before a body is cut.
const BEFORE_THE_CUT: Duration = Duration::from_millis(20);

/// The body of an answer, in pieces with pauses between them.
pub(crate) struct PacedBody {
    pieces: VecDeque<Bytes>,
    pause: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
    end: End,
}

/// How a body ends.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Whole,
    Cut,
}

impl PacedBody {
    /// The whole body at once.
    pub(crate) fn whole(bytes: Bytes) -> Self {
        Self {
            pieces: VecDeque::from([bytes]),
            pause: Duration::ZERO,
            waiting: None,
            end: End::Whole,
        }
    }

    /// The whole body, spread over `time`.
    pub(crate) fn slow(bytes: Bytes, time: Duration) -> Self {
        let size = bytes.len().div_ceil(PIECES).max(1);
        let pieces: VecDeque<Bytes> = bytes
            .chunks(size)
            .map(|piece| bytes.slice_ref(piece))
            .collect();
        let pause = time / u32::try_from(pieces.len().max(1)).unwrap_or(1);
        Self {
            pieces,
            pause,
            waiting: Some(Box::pin(sleep(pause))),
            end: End::Whole,
        }
    }

    /// The first `length` bytes; then the connection is closed.
    pub(crate) fn cut(bytes: &Bytes, length: usize) -> Self {
        let kept = bytes.slice(..length.min(bytes.len()));
        Self {
            pieces: VecDeque::from([kept]),
            pause: BEFORE_THE_CUT,
            waiting: None,
            end: End::Cut,
        }
    }
}

impl Body for PacedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(sleep) = &mut self.waiting {
            if sleep.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.waiting = None;
        }
        if let Some(piece) = self.pieces.pop_front() {
            let more = !self.pieces.is_empty() || self.end == End::Cut;
            if more && !self.pause.is_zero() {
                self.waiting = Some(Box::pin(sleep(self.pause)));
            }
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        match self.end {
            End::Whole => Poll::Ready(None),
            End::Cut => Poll::Ready(Some(Err(io::Error::other(
                "the body is cut here by a fault",
            )))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.end == End::Whole && self.pieces.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        match self.end {
            End::Whole => {
                SizeHint::with_exact(self.pieces.iter().map(|piece| piece.len() as u64).sum())
            }
            End::Cut => SizeHint::default(),
        }
    }
}
