//! Lists over the blocking client.

use std::sync::Arc;

use aliexpress_models::Paged;
use serde::Serialize;

use super::Client;
use crate::error::Error;
use crate::shop::Listing;
use crate::shop::pages::{AnyList, List, Next, Page, PageAt, Place, ReadsLists};

impl ReadsLists for Client {
    type Reading<T> = Result<Page<T>, Error>;
}

impl<R, M, T> AnyList<Client, T> for List<R, M>
where
    R: Paged<Answer: Send, Item: Serialize> + Clone + Send + Sync + 'static,
    M: Fn(R::Item) -> T + Send + Sync + 'static,
    T: Send + 'static,
{
    fn api(&self) -> &'static str {
        R::API
    }

    fn read(self: Arc<Self>, client: &Client, place: Place) -> Result<Page<T>, Error> {
        let page = client.perform(&PageAt::new(&*self, &place))?;
        Ok(page.into_data())
    }
}

impl<T> Iterator for Listing<Client, T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.query.is_err() {
            return self.take_unusable().map(Err);
        }
        loop {
            match self.progress.next() {
                Next::Item(item) => return Some(Ok(item)),
                Next::End => return None,
                Next::Read(place) => {
                    let list = Arc::clone(&self.list);
                    let page = list.read(&self.client, place);
                    if let Err(error) = self.progress.take(page) {
                        return Some(Err(error));
                    }
                }
            }
        }
    }
}
