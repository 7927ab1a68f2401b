//! Lists over the async client, as streams.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task;

use aliexpress_models::Paged;
use serde::Serialize;

use super::AsyncClient;
use crate::error::Error;
use crate::shop::Listing;
use crate::shop::pages::{AnyList, List, Next, Page, PageAt, Place, ReadsLists};

/// The future of a page.
type Pending<T> = Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>;

impl ReadsLists for AsyncClient {
    type Reading<T> = Pending<T>;
}

impl<R, M, T> AnyList<AsyncClient, T> for List<R, M>
where
    R: Paged<Answer: Send, Item: Serialize> + Clone + Send + Sync + 'static,
    M: Fn(R::Item) -> T + Send + Sync + 'static,
    T: Send + 'static,
{
    fn api(&self) -> &'static str {
        R::API
    }

    fn read(self: Arc<Self>, client: &AsyncClient, place: Place) -> Pending<T> {
        let client = client.clone();
        Box::pin(async move {
            let page = client.perform(&PageAt::new(&*self, &place)).await?;
            Ok(page.into_data())
        })
    }
}

impl<T> Listing<AsyncClient, T> {
    /// The next item. Dropping the future loses nothing: the call continues.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        std::future::poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut task::Context<'_>) -> task::Poll<Option<Result<T, Error>>> {
        if self.query.is_err() {
            return task::Poll::Ready(self.take_unusable().map(Err));
        }
        loop {
            if let Some(pending) = &mut self.pending {
                let page = task::ready!(pending.as_mut().poll(context));
                self.pending = None;
                if let Err(error) = self.progress.take(page) {
                    return task::Poll::Ready(Some(Err(error)));
                }
            }
            match self.progress.next() {
                Next::Item(item) => return task::Poll::Ready(Some(Ok(item))),
                Next::End => return task::Poll::Ready(None),
                Next::Read(place) => {
                    let list = Arc::clone(&self.list);
                    self.pending = Some(list.read(&self.client, place));
                }
            }
        }
    }
}

impl<T> futures_core::Stream for Listing<AsyncClient, T> {
    type Item = Result<T, Error>;

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut task::Context<'_>,
    ) -> task::Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}
