//! One product for one market.

use std::fmt;
use std::ops::Deref;

use aliexpress_models::ds::product_get::{AeItemQueryResult, AeItemSkuInfo, ProductGet};
use aliexpress_models::order_create::{ProductItem, ProductItemRequired};
use aliexpress_models::shared::{ProductId, SkuId};
use aliexpress_models::{Amount, CurrencyOf, Monetary as _};

use super::market::Market;
use super::money::Money;
use super::question::{AnswerTo, Question, filled, part};
use crate::error::Error;
use crate::reply::Reply;

/// A product as the platform offers it to one market.
///
/// It derefs to the whole answer. [`mismatches`](Self::mismatches) says where the platform answered for another
/// market than was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    asked: ProductId,
    market: Market,
    data: AeItemQueryResult,
}

/// What the platform answered otherwise than it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// The field's name on the wire.
    pub field: &'static str,
    /// What was asked for.
    pub asked: String,
    /// What the answer says.
    pub found: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            asked,
            found,
        } = self;
        write!(f, "{field}: found {found:?}; wanted {asked:?}")
    }
}

impl Product {
    /// The product's id; the one that was asked for, where the answer has none.
    pub fn id(&self) -> ProductId {
        let base = self.data.ae_item_base_info_dto.as_ref();
        base.and_then(|base| base.product_id).unwrap_or(self.asked)
    }

    /// For whom was asked.
    pub fn market(&self) -> &Market {
        &self.market
    }

    /// The product's name in the language asked for, as far as the platform has it.
    pub fn title(&self) -> Option<&str> {
        let base = self.data.ae_item_base_info_dto.as_ref()?;
        filled(base.subject.as_deref())
    }

    /// The addresses of the pictures, in the platform's order.
    pub fn images(&self) -> impl Iterator<Item = &str> {
        let media = self.data.ae_multimedia_info_dto.as_ref();
        let images = media.and_then(|media| media.image_urls.as_ref());
        images.into_iter().flat_map(|images| images.values())
    }

    /// The seller's currency, which is not that of the prices; reported to be `CNY` whatever was asked for.
    pub fn seller_currency(&self) -> Option<&str> {
        let base = self.data.ae_item_base_info_dto.as_ref()?;
        filled(base.currency_code.as_deref())
    }

    /// The variants that can be ordered, in the platform's order.
    pub fn skus(&self) -> impl ExactSizeIterator<Item = Sku<'_>> {
        let skus = self.data.ae_item_sku_info_dtos.iter();
        skus.map(|data| Sku {
            product: self,
            data,
        })
    }

    /// The one variant with these properties, by name and value as the platform shows them, such as
    /// `[("Color", "Black")]`. Letter case does not count.
    ///
    /// # Errors
    ///
    /// When no variant has them, or several do; the message lists the properties that there are.
    pub fn sku_with(&self, properties: &[(&str, &str)]) -> Result<Sku<'_>, Error> {
        let fit = |sku: &Sku<'_>| properties.iter().all(|(name, value)| sku.has(name, value));
        let mut fitting = self.skus().filter(fit);
        let count = match (fitting.next(), fitting.count()) {
            (Some(sku), 0) => return Ok(sku),
            (None, _) => 0,
            (Some(_), others) => others + 1,
        };
        let mut listed: Vec<String> = self.skus().map(|sku| sku.describe()).collect();
        listed.dedup();
        listed.truncate(20);
        Err(Error::unusable(
            format!("choose a variant of product {}", self.id()),
            format!("{count} with the properties {properties:?}"),
            format!("one of: {}", listed.join("; ")),
        ))
    }

    /// Where the platform answered for another product, country or currency than was asked for. An empty list is what
    /// one hopes for; prices say their currency in any case.
    pub fn mismatches(&self) -> Vec<Mismatch> {
        let mut mismatches = Vec::new();
        let mut check = |field, asked: &str, found: Option<&str>| {
            if let Some(found) = filled(found).filter(|found| !found.eq_ignore_ascii_case(asked)) {
                let (asked, found) = (asked.to_owned(), found.to_owned());
                let mismatch = Mismatch {
                    field,
                    asked,
                    found,
                };
                if !mismatches.contains(&mismatch) {
                    mismatches.push(mismatch);
                }
            }
        };
        check(
            "product_id",
            &self.asked.to_string(),
            Some(&self.id().to_string()),
        );
        let logistics = self.data.logistics_info_dto.as_ref();
        let country = logistics.and_then(|logistics| logistics.ship_to_country.as_deref());
        check("ship_to_country", self.market.country(), country);
        for sku in self.skus() {
            let currency = self.market.currency();
            check(
                "currency_code",
                currency.as_str(),
                sku.data.currency_code.as_deref(),
            );
        }
        mismatches
    }
}

impl Deref for Product {
    type Target = AeItemQueryResult;

    fn deref(&self) -> &AeItemQueryResult {
        &self.data
    }
}

/// A variant of a product: what is ordered, shipped and paid. It derefs to the platform's record of it.
#[derive(Clone, Copy, Debug)]
pub struct Sku<'a> {
    product: &'a Product,
    data: &'a AeItemSkuInfo,
}

impl<'a> Sku<'a> {
    /// The variant's id.
    pub fn id(&self) -> Option<&'a SkuId> {
        let id = self.data.sku_id.as_ref();
        id.filter(|id| filled(Some(id.as_str())).is_some())
    }

    /// The text that names the variant in an order. It goes back as it came.
    pub fn attr(&self) -> Option<&'a str> {
        filled(self.data.sku_attr.as_deref()).and(self.data.sku_attr.as_deref())
    }

    /// What one piece costs: the sale price where there is one, the list price otherwise. Shipping and what the
    /// platform reduces at the order come on top; what an order costs is in the order.
    pub fn price(&self) -> Option<Money> {
        self.money(self.data.amount())
    }

    /// The struck-out price.
    pub fn list_price(&self) -> Option<Money> {
        self.money(self.data.sku_price.as_ref())
    }

    fn money(&self, amount: Option<&Amount>) -> Option<Money> {
        let stated = self.data.currency_code.as_deref();
        let mut money = Money::asked(amount, stated, &self.product.market)?;
        let seller = self.product.seller_currency();
        if money.whose == CurrencyOf::Unasked
            && seller.is_some()
            && money.currency.as_deref() == seller
        {
            money.whose = CurrencyOf::Seller;
        }
        Some(money)
    }

    /// The number of pieces there are, as far as the platform says.
    pub fn stock(&self) -> Option<i64> {
        self.data.sku_available_stock
    }

    /// What sets the variant apart, such as `("Color", "Black")`: the name, and the value as buyers see it.
    pub fn properties(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.data
            .ae_sku_property_dtos
            .iter()
            .filter_map(|property| {
                let name = filled(property.sku_property_name.as_deref())?;
                let own = filled(property.property_value_definition_name.as_deref());
                Some((
                    name,
                    own.or(filled(property.sku_property_value.as_deref()))?,
                ))
            })
    }

    /// Which variant it is, for a question about its shipping.
    pub fn reference(&self) -> SkuRef {
        SkuRef {
            product: self.product.id(),
            sku: self.id().cloned().unwrap_or_default(),
        }
    }

    /// An order line of so many pieces, with the variant named as the platform named it.
    pub fn item(&self, count: i64) -> ProductItem {
        let mut item = ProductItem::new(ProductItemRequired {
            product_id: self.product.id(),
            product_count: count,
        });
        item.sku_attr = self.attr().map(str::to_owned);
        item
    }

    /// Whether a property has this value: the seller's own word for it, or the platform's.
    fn has(&self, name: &str, value: &str) -> bool {
        self.data.ae_sku_property_dtos.iter().any(|property| {
            let is = |text: &Option<String>, wanted: &str| {
                filled(text.as_deref())
                    .is_some_and(|text| text.to_lowercase() == wanted.trim().to_lowercase())
            };
            is(&property.sku_property_name, name)
                && (is(&property.property_value_definition_name, value)
                    || is(&property.sku_property_value, value))
        })
    }

    fn describe(&self) -> String {
        let properties = self.properties();
        let texts: Vec<_> = properties
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        match texts.is_empty() {
            true => "a variant without properties".to_owned(),
            false => texts.join(", "),
        }
    }
}

impl Deref for Sku<'_> {
    type Target = AeItemSkuInfo;

    fn deref(&self) -> &AeItemSkuInfo {
        self.data
    }
}

/// Which variant of which product.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SkuRef {
    /// The product.
    pub product: ProductId,
    /// The variant's id.
    pub sku: SkuId,
}

impl From<&Sku<'_>> for SkuRef {
    fn from(sku: &Sku<'_>) -> Self {
        sku.reference()
    }
}

impl From<&SkuRef> for SkuRef {
    fn from(sku: &SkuRef) -> Self {
        sku.clone()
    }
}

/// The question for a product.
pub(crate) struct ProductFor<'a> {
    pub(crate) id: ProductId,
    pub(crate) market: &'a Market,
}

impl Question for ProductFor<'_> {
    type Asks = ProductGet;
    type Says = Product;

    fn request(&self) -> Result<ProductGet, Error> {
        let mut request = ProductGet::new(self.market.country(), self.id);
        request.target_currency = Some(self.market.currency().to_string());
        request.target_language = Some(self.market.language().to_owned());
        Ok(request)
    }

    fn read(&self, reply: AnswerTo<Self>) -> Result<Reply<Product>, Error> {
        let reply = part::<ProductGet, _>(reply, "a product", |answer| answer.result.take())?;
        Ok(reply.map(|data| Product {
            asked: self.id,
            market: self.market.clone(),
            data,
        }))
    }
}
