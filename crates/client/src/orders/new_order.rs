//! An order with everything that placing it requires.

use std::fmt;

use aliexpress_models::order_create::{
    DsExtend, LogisticsAddress, OrderCreate, Payment, PlaceOrder, ProductItem, Promotion,
    TradeExtra,
};
use aliexpress_models::shared::OutOrderId;
use aliexpress_models::{Record, Request as _, View, raw};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::currency::CurrencyCode;
use crate::call::{Call, CallOptions};
use crate::error::Error;
use crate::extra::{Extra, Params, params_of};

/// An order to be placed. The types make sure that all required fields are present.
///
/// ```
/// use aliexpress::models::order_create::{LogisticsAddress, LogisticsAddressRequired, ProductItem, ProductItemRequired};
/// use aliexpress::models::shared::ProductId;
/// use aliexpress::{CurrencyCode, NewOrder};
///
/// let item = ProductItem::new(ProductItemRequired { product_id: ProductId(1_223_211), product_count: 2 }).sku_attr("14:70221");
/// let address = LogisticsAddress::new(LogisticsAddressRequired {
///     full_name: "Ivan Petrov".into(),
///     phone_country: "+7".into(),
///     mobile_no: "9161234567".into(),
///     country: "RU".into(),
///     province: "Moscow".into(),
///     city: "Moscow".into(),
///     address: "Kashirskoe shosse 142".into(),
/// });
/// let order = NewOrder::new("shop-2026-000123", address.zip("115551"), item).pay_at_once(CurrencyCode::USD);
/// assert_eq!(order.out_order_id().as_str(), "shop-2026-000123");
/// ```
///
/// An order can be stored with serde in the form of its request, which includes the recipient's
/// data. When it is read back, it is checked again.
///
/// An address with a missing field does not compile:
///
/// ```compile_fail,E0063
/// # use aliexpress::models::order_create::{LogisticsAddress, LogisticsAddressRequired};
/// let address = LogisticsAddress::new(LogisticsAddressRequired {
///     full_name: "Ivan Petrov".into(),
///     country: "RU".into(),
/// });
/// ```
///
/// Neither does an order without an `out_order_id`:
///
/// ```compile_fail,E0061
/// # use aliexpress::NewOrder;
/// # use aliexpress::models::order_create::{LogisticsAddress, ProductItem, ProductItemRequired};
/// # fn order(address: LogisticsAddress, item: ProductItem) {
/// let order = NewOrder::new(address, item);
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct NewOrder {
    request: OrderCreate,
    /// Keys that the request's model does not have.
    extra: Extra,
}

impl NewOrder {
    /// An order of one item. `out_order_id` is the caller's own id, and must never be used for any
    /// other order.
    pub fn new(
        out_order_id: impl Into<OutOrderId>,
        address: LogisticsAddress,
        item: ProductItem,
    ) -> Self {
        let order = PlaceOrder::new(vec![item], address, out_order_id);
        Self::of(OrderCreate::new(order))
    }

    fn of(request: OrderCreate) -> Self {
        Self {
            request,
            extra: Extra::default(),
        }
    }

    /// Adds another item.
    pub fn item(mut self, item: ProductItem) -> Self {
        self.request.order.product_items.push(item);
        self
    }

    /// Asks the platform to pay the order immediately in this currency, by the payment method that
    /// the account has agreed with the platform.
    pub fn pay_at_once(self, currency: CurrencyCode) -> Self {
        let payment = Payment::default().try_to_pay(true);
        self.extend(|extend| extend.payment(payment.pay_currency(currency.as_str())))
    }

    /// Applies a promotion.
    pub fn promotion(self, promotion: Promotion) -> Self {
        self.extend(|extend| extend.promotion(promotion))
    }

    /// Sets the purpose of the order and what some countries require in addition to the address,
    /// such as the recipient's birthday.
    pub fn trade_extra(self, extra: TradeExtra) -> Self {
        self.extend(|extend| extend.trade_extra_param(extra))
    }

    /// Sets how the platform chooses among sales channels.
    pub fn channel_strategy(self, strategy: impl Into<String>) -> Self {
        self.extend(|extend| extend.channel_strategy(strategy))
    }

    /// Sends a key that the request's model does not have, because the platform accepts new keys
    /// before it documents them. The path starts with the parameter, such as
    /// `ds_extend_request.trade_extra_param.new_key`; see
    /// [`CallOptions::extra`](crate::CallOptions::extra). serde and the journal store all such keys as one JSON text
    /// under `extra`.
    pub fn extra(mut self, path: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
        self.extra.insert(path.into(), &value.into());
        self
    }

    fn extend(mut self, change: impl FnOnce(DsExtend) -> DsExtend) -> Self {
        let extend = self.request.ds_extend_request.take().unwrap_or_default();
        self.request.ds_extend_request = Some(change(extend));
        self
    }

    /// The caller's own id of the order.
    pub fn out_order_id(&self) -> &OutOrderId {
        &self.request.order.out_order_id
    }

    /// The request that will be sent, without the [extra](Self::extra) keys.
    pub fn request(&self) -> &OrderCreate {
        &self.request
    }

    /// The call that places it.
    ///
    /// # Errors
    ///
    /// When one of its extra keys cannot be sent.
    pub(crate) fn call<'a>(&'a self, options: &'a CallOptions) -> Result<Call<'a>, Error> {
        Call::of_request(self.request(), self.params()?, options)
    }

    /// The parameters that will be sent.
    ///
    /// # Errors
    ///
    /// When an extra key cannot be sent.
    pub(crate) fn params(&self) -> Result<Params<'_>, Error> {
        let mut params = params_of(&self.request);
        self.extra.put_into(OrderCreate::API, &mut params)?;
        Ok(params)
    }

    /// Checks that every required field is present and not blank.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let mut missing = Vec::new();
        find_missing(&self.request, "", &mut missing);
        if missing.is_empty() {
            // Only extra keys can still be wrong; to find out, the whole request has to be built.
            return match self.extra.is_empty() {
                true => Ok(()),
                false => self.params().map(drop),
            };
        }
        let missing = missing.join(", ");
        Err(Error::unusable(
            "place an order",
            format!("nothing in {missing}"),
            "every required field",
        ))
    }
}

/// The member for the extra keys in a stored order.
const EXTRA: &str = "extra";

impl Serialize for NewOrder {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.extra.is_empty() {
            return self.request.serialize(serializer);
        }
        let json = serde_json::to_string(&self.request).map_err(S::Error::custom)?;
        let mut tree: raw::Value = serde_json::from_str(&json).map_err(S::Error::custom)?;
        if let raw::Value::Object(members) = &mut tree {
            members.push((EXTRA.into(), raw::Value::Text(self.extra.to_text().into())));
        }
        tree.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for NewOrder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut tree = <raw::Value as Deserialize>::deserialize(deserializer)?;
        let mut extra = Extra::default();
        if let raw::Value::Object(members) = &mut tree
            && let Some(place) = members.iter().position(|(name, _)| **name == *EXTRA)
        {
            let (_, text) = members.remove(place);
            let wanted = || {
                D::Error::custom(
                    "cannot read an order: found a text that is not JSON in `extra`; wanted a JSON object of values by path",
                )
            };
            let stored = match &text {
                raw::Value::Text(text) => Extra::of_text(text),
                _ => None,
            };
            extra = stored.ok_or_else(wanted)?;
        }
        // serde's message could quote a value of the request.
        let request = tree.deserialize::<OrderCreate>();
        let request = request.map_err(|_| {
            D::Error::custom(
                "cannot read an order: found something that is not a request; wanted a stored NewOrder",
            )
        })?;
        let order = Self { request, extra };
        order.check().map_err(D::Error::custom)?;
        Ok(order)
    }
}

/// From a request that was built in another way, such as from JSON.
impl TryFrom<OrderCreate> for NewOrder {
    type Error = Error;

    /// # Errors
    ///
    /// When a required field is missing or blank; the message names all such fields.
    fn try_from(request: OrderCreate) -> Result<Self, Error> {
        let order = Self::of(request);
        order.check()?;
        Ok(order)
    }
}

/// Collects the paths of required fields that are blank texts, empty lists, or numbers that are not
/// positive (all are counts or ids). Optional records are checked if present.
fn find_missing(record: &dyn Record, path: &str, missing: &mut Vec<String>) {
    for (index, field) in record.shape().fields.iter().enumerate() {
        let path = match path {
            "" => field.key.to_owned(),
            outer => format!("{outer}.{}", field.key),
        };
        match record.view(index) {
            View::Record(inner) => find_missing(inner, &path, missing),
            View::List(list) if !list.is_empty() => {
                for position in 0..list.len() {
                    if let View::Record(inner) = list.get(position) {
                        find_missing(inner, &format!("{path}[{position}]"), missing);
                    }
                }
            }
            view if field.required && is_blank(view) => missing.push(path),
            _ => {}
        }
    }
}

fn is_blank(view: View<'_>) -> bool {
    match view {
        View::Text(text) => text.trim().is_empty(),
        View::Integer(number) => number <= 0,
        View::Absent | View::List(_) => true,
        _ => false,
    }
}

impl fmt::Debug for NewOrder {
    /// Leaves out everything about the recipient.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_tuple("NewOrder");
        debug.field(&self.request);
        if !self.extra.is_empty() {
            debug.field(&self.extra);
        }
        debug.finish()
    }
}

#[cfg(test)]
mod tests {
    use aliexpress_models::order_create::LogisticsAddressRequired;
    use aliexpress_models::shared::ProductId;

    use aliexpress_models::order_create::ProductItemRequired;

    use super::*;

    #[test]
    fn all_missing_fields_are_named_in_one_error() {
        let mut request = OrderCreate::default();
        request.order.product_items = vec![ProductItem::new(ProductItemRequired {
            product_id: ProductId(1),
            product_count: 0,
        })];
        request.order.logistics_address.country = "canary".to_owned();
        let error = NewOrder::try_from(request).unwrap_err();
        let order = "param_place_order_request4_open_api_d_t_o";
        let address = [
            "address",
            "city",
            "mobile_no",
            "full_name",
            "province",
            "phone_country",
        ]
        .map(|field| format!("{order}.logistics_address.{field}"))
        .join(", ");
        assert_eq!(
            error.to_string(),
            format!(
                "cannot place an order: found nothing in {order}.product_items[0].product_count, \
                 {address}, {order}.out_order_id; wanted every required field"
            )
        );
        assert!(!error.may_have_acted());
    }

    #[test]
    fn optional_settings_can_be_given_in_any_order() {
        let order = |address| {
            NewOrder::new(
                "1",
                address,
                ProductItem::new(ProductItemRequired {
                    product_id: ProductId(1),
                    product_count: 1,
                }),
            )
        };
        let promotion = || Promotion::default().promotion_code("SPRING");
        let extra = || TradeExtra::default().birthday("1990-01-01");
        let one = order(LogisticsAddress::default())
            .pay_at_once(CurrencyCode::USD)
            .promotion(promotion())
            .trade_extra(extra())
            .channel_strategy("fast");
        let other = order(LogisticsAddress::default())
            .channel_strategy("fast")
            .trade_extra(extra())
            .promotion(promotion())
            .pay_at_once(CurrencyCode::USD);
        assert_eq!(one, other);
        let params = aliexpress_models::Request::params(one.request());
        let extend = params.iter().find(|(key, _)| *key == "ds_extend_request");
        assert_eq!(
            extend.map(|(_, value)| value.as_str()),
            Some(
                r#"{"trade_extra_param":{"birthday":"1990-01-01"},"payment":{"try_to_pay":"true","pay_currency":"USD"},"promotion":{"promotion_code":"SPRING"},"channel_strategy":"fast"}"#
            )
        );
    }

    proptest::proptest! {
        /// A repeat has to send the same request as the first try.
        #[test]
        fn an_order_that_was_stored_and_read_back_sends_the_same_request(
            number: f64,
            integer: u64,
            text: String,
            key in "[a-z]{1,5}",
        ) {
            let item = ProductItemRequired { product_id: ProductId(1), product_count: 1 };
            let address = LogisticsAddressRequired {
                full_name: text.clone() + "x",
                phone_country: "1".to_owned(),
                mobile_no: "2".to_owned(),
                country: "FR".to_owned(),
                province: "3".to_owned(),
                city: "4".to_owned(),
                address: "5".to_owned(),
            };
            let order = NewOrder::new("1", LogisticsAddress::new(address), ProductItem::new(item));
            let extra = serde_json::json!({ "n": [number, number.round(), integer], "t": text });
            let order = order.extra(format!("ds_extend_request.{key}"), extra);
            let json = serde_json::to_string(&order).unwrap();
            let again: NewOrder = serde_json::from_str(&json).unwrap();
            proptest::prop_assert_eq!(order.params().unwrap(), again.params().unwrap());
            proptest::prop_assert!(again == order);
            proptest::prop_assert_eq!(serde_json::to_string(&again).unwrap(), json);
        }
    }

    #[test]
    fn debug_output_contains_nothing_of_the_recipient() {
        let canary = || "canary".to_owned();
        let address = LogisticsAddress::new(LogisticsAddressRequired {
            full_name: canary(),
            phone_country: canary(),
            mobile_no: canary(),
            country: canary(),
            province: canary(),
            city: canary(),
            address: canary(),
        });
        let address = address.cpf(canary());
        let order = NewOrder::new(
            "1",
            address,
            ProductItem::new(ProductItemRequired {
                product_id: ProductId(1),
                product_count: 1,
            }),
        );
        assert!(order.check().is_ok());
        assert!(!format!("{order:?} {order:#?}").contains("canary"));
    }
}
