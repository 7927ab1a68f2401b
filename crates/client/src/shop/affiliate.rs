//! Affiliate links, which earn a commission.

use aliexpress_models::affiliate::link_generate::{
    LinkGenerate, LinkGenerateAnswer, LinkGenerateRequired,
};
use aliexpress_models::{Joined, Url};

use super::batches::{BatchOperation, ItemOutcome};
use super::operation::filled;
use crate::error::Error;

/// How many links are made in one call; the platform is reported to accept this many.
const MOST: usize = 50;

/// The type of a link with the standard commission.
const STANDARD: i64 = 0;

/// The links to make.
pub(crate) struct Links {
    pub(crate) tracking_id: String,
}

impl BatchOperation for Links {
    type Item = String;
    type Output = Url;
    type Request = LinkGenerate;
    const REFUSAL_IS_ERROR: bool = true;

    fn fits(&self, items: &[String], _: &String) -> bool {
        items.len() < MOST
    }

    fn request(&self, items: &[String]) -> Result<LinkGenerate, Error> {
        let unusable = |found, wanted| Err(Error::unusable("ask for links", found, wanted));
        if filled(Some(&self.tracking_id)).is_none() {
            return unusable("no tracking id", "a tracking id of the account");
        }
        if items.iter().any(|item| filled(Some(item)).is_none()) {
            return unusable("an empty link", "URLs of pages");
        }
        let sources: Joined = items.iter().map(|item| sent(item)).collect();
        Ok(LinkGenerate::new(LinkGenerateRequired {
            promotion_link_type: STANDARD,
            source_values: sources,
            tracking_id: self.tracking_id.clone(),
        }))
    }

    fn outcomes(&self, items: &[String], answer: LinkGenerateAnswer) -> Vec<ItemOutcome<Url>> {
        let result = answer.resp_result.and_then(|response| response.result);
        let links = result.unwrap_or_default().promotion_links;
        let in_order = links.len() == items.len();
        let outcome = |(place, item): (usize, &String)| {
            let sent = sent(item);
            let is_its = |source: &Option<String>| {
                filled(source.as_deref())
                    .is_some_and(|source| source == sent || source == item.trim())
            };
            let named = links.iter().find(|link| is_its(&link.source_value));
            // The platform may change the spelling of a source URL; the position then identifies
            // it.
            let link = named.or_else(|| {
                let link = in_order.then(|| &links[place])?;
                let of_another = items.iter().any(|other| {
                    filled(link.source_value.as_deref())
                        .is_some_and(|source| source == other.trim())
                });
                (!of_another).then_some(link)
            });
            let Some(link) = link else {
                return ItemOutcome::Open;
            };
            match link
                .promotion_link
                .as_ref()
                .filter(|url| filled(Some(url.as_str())).is_some())
            {
                Some(url) => ItemOutcome::Done(url.clone()),
                None => ItemOutcome::Refused {
                    code: None,
                    message: filled(link.message.as_deref()).map(str::to_owned),
                },
            }
        };
        items.iter().enumerate().map(outcome).collect()
    }
}

/// A link in the form in which it is sent: links are joined by commas, so commas inside a link are
/// escaped.
fn sent(link: &str) -> String {
    link.trim().replace(',', "%2C")
}
