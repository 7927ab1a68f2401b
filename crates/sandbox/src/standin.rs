macro_rules! codes { ($name:ident { $($v:ident = $t:literal,)* }) => {
/// x
#[derive(Clone, Debug, PartialEq, Eq)] #[non_exhaustive] pub enum $name { $(/// x
 $v,)* /// x
 Other(String) }
impl $name { /// x
 pub const DOCUMENTED: &'static [Self] = &[$(Self::$v),*]; /// x
 pub fn as_str(&self) -> &str { match self { $(Self::$v => $t,)* Self::Other(t) => t } } } } }
codes!(OrderStatus { PlaceOrderSuccess = "PLACE_ORDER_SUCCESS", PaymentProcessing = "PAYMENT_PROCESSING", WaitSellerExamineMoney = "WAIT_SELLER_EXAMINE_MONEY", RiskControl = "RISK_CONTROL", RiskControlHold = "RISK_CONTROL_HOLD", WaitSellerSendGoods = "WAIT_SELLER_SEND_GOODS", SellerPartSendGoods = "SELLER_PART_SEND_GOODS", WaitBuyerAcceptGoods = "WAIT_BUYER_ACCEPT_GOODS", Finish = "FINISH", InCancel = "IN_CANCEL", WaitGroup = "WAIT_GROUP", WaitCompleteAddress = "WAIT_COMPLETE_ADDRESS", });
codes!(LogisticsStatus { Default = "DEFAULT", WaitSellerSendGoods = "WAIT_SELLER_SEND_GOODS", SellerSendPartGoods = "SELLER_SEND_PART_GOODS", SellerSendGoods = "SELLER_SEND_GOODS", BuyerAcceptGoods = "BUYER_ACCEPT_GOODS", NoLogistics = "NO_LOGISTICS", });
