//! A product as offered to one market.

use std::fmt;
use std::ops::Deref;

use aliexpress_models::ds::product_get::{AeItemQueryResult, AeItemSkuInfo, ProductGet};
use aliexpress_models::order_create::{ProductItem, ProductItemRequired};
use aliexpress_models::shared::{ProductId, SkuId};
use aliexpress_models::{Amount, CurrencyOf, Monetary as _};

use super::market::Market;
use super::money::Money;
use super::operation::{Operation, ReplyTo, filled, part};
use crate::error::Error;
use crate::reply::Reply;

/// A product as the platform offers it to one market. Dereferences to the whole answer.
///
/// [`mismatches`](Self::mismatches) reports if the platform answered for another market than the
/// requested one.
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    asked: ProductId,
    market: Market,
    data: AeItemQueryResult,
}

/// A difference between what was requested and the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// The field's name on the wire.
    pub field: &'static str,
    /// What was requested.
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
    /// The product's id; the requested id if the answer has none.
    pub fn id(&self) -> ProductId {
        let base = self.data.ae_item_base_info_dto.as_ref();
        base.and_then(|base| base.product_id).unwrap_or(self.asked)
    }

    /// The requested market.
    pub fn market(&self) -> &Market {
        &self.market
    }

    /// The product's name, in the requested language if the platform has it.
    pub fn title(&self) -> Option<&str> {
        let base = self.data.ae_item_base_info_dto.as_ref()?;
        filled(base.subject.as_deref())
    }

    /// The URLs of the pictures, in the platform's order.
    pub fn images(&self) -> impl Iterator<Item = &str> {
        let media = self.data.ae_multimedia_info_dto.as_ref();
        let images = media.and_then(|media| media.image_urls.as_ref());
        images.into_iter().flat_map(|images| images.values())
    }

    /// The seller's currency, which is not that of the prices; reported to be always `CNY`.
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

    /// The only variant with these properties, given by name and value as the platform displays
    /// them, such as `[("Color", "Black")]`. Letter case is ignored.
    ///
    /// # Errors
    ///
    /// When no variant or more than one matches; the message lists the available properties.
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
            format!("{count} variants with the properties {properties:?}"),
            format!("one of: {}", listed.join("; ")),
        ))
    }

    /// Differences if the platform answered for another product, country or currency than
    /// requested; normally empty. Prices always state their own currency.
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

/// A variant of a product, which is what is ordered, shipped and paid for. Dereferences to the
/// platform's record.
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

    /// The text that identifies the variant in an order. Pass it on unchanged.
    pub fn attr(&self) -> Option<&'a str> {
        filled(self.data.sku_attr.as_deref()).and(self.data.sku_attr.as_deref())
    }

    /// The price of one piece: the sale price if there is one, otherwise the list price. Shipping
    /// is added and discounts are subtracted when the order is placed; read the order for its
    /// total.
    pub fn price(&self) -> Option<Money> {
        self.money(self.data.amount())
    }

    /// The list price, which shops display crossed out next to a sale price.
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

    /// The properties that distinguish the variant, such as `("Color", "Black")`: the name, and the
    /// value as buyers see it.
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

    /// Identifies the variant, for a query about its shipping.
    pub fn reference(&self) -> SkuRef {
        SkuRef {
            product: self.product.id(),
            sku: self.id().cloned().unwrap_or_default(),
        }
    }

    /// An order line of `count` pieces of this variant.
    pub fn item(&self, count: i64) -> ProductItem {
        let mut item = ProductItem::new(ProductItemRequired {
            product_id: self.product.id(),
            product_count: count,
        });
        item.sku_attr = self.attr().map(str::to_owned);
        item
    }

    /// Whether a property has this value, in the seller's or the platform's wording.
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

/// Identifies a variant of a product.
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

/// The request for a product.
pub(crate) struct ProductFor<'a> {
    pub(crate) id: ProductId,
    pub(crate) market: &'a Market,
}

impl Operation for ProductFor<'_> {
    type Request = ProductGet;
    type Output = Product;

    fn request(&self) -> Result<ProductGet, Error> {
        let mut request = ProductGet::new(self.market.country(), self.id);
        request.target_currency = Some(self.market.currency().to_string());
        request.target_language = Some(self.market.language().to_owned());
        Ok(request)
    }

    fn read(&self, reply: ReplyTo<Self>) -> Result<Reply<Product>, Error> {
        let reply = part::<ProductGet, _>(reply, "a product", |answer| answer.result.take())?;
        Ok(reply.map(|data| Product {
            asked: self.id,
            market: self.market.clone(),
            data,
        }))
    }
}
