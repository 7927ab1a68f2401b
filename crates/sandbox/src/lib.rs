//! A gateway on this machine that behaves like the AliExpress Open Platform, for tests.
//!
//! The platform has no test gateway. This one checks calls as the real one does, refuses with the same
//! messages, remembers orders, and causes failures on request. It is a real HTTP server, so it works with
//! clients in any language; Rust tests start it themselves.
//!
//! ```
//! use aliexpress_sandbox::{Fault, Sandbox, Verdict};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = Sandbox::start()?;
//!
//! // Point the shop under test at it: base URL, app key, app secret, session.
//! let shop = Shop::new(sandbox.url(), sandbox.app_key(), sandbox.app_secret(), sandbox.session());
//! shop.place_order("shop-1")?;
//! assert_eq!(sandbox.orders().last().unwrap().out_order_id.as_deref(), Some("shop-1"));
//!
//! // The dangerous case: the order is stored, and the answer is lost.
//! sandbox.fail_next(Fault::ResetAfter);
//! assert!(shop.place_order("shop-2").is_err());
//! assert_eq!(sandbox.orders().last().unwrap().out_order_id.as_deref(), Some("shop-2"));
//!
//! // The verdict on each request; a wrong signature is explained here.
//! assert!(sandbox.log().iter().all(|request| request.verdict == Verdict::Accepted));
//! # Ok(())
//! # }
//! #
//! # struct Shop<'a> { address: &'a str, app_key: &'a str, secret: aliexpress_signing::AppSecret, session: &'a str }
//! #
//! # impl<'a> Shop<'a> {
//! #     fn new(url: &'a str, app_key: &'a str, secret: &str, session: &'a str) -> Self {
//! #         let secret = aliexpress_signing::AppSecret::new(secret);
//! #         Shop { address: url.strip_prefix("http://").unwrap(), app_key, secret, session }
//! #     }
//! #
//! #     fn place_order(&self, number: &str) -> Result<(), Box<dyn std::error::Error>> {
//! #         use std::io::{Read, Write};
//! #         let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis().to_string();
//! #         let order = serde_json::json!({
//! #             "product_items": [{ "product_id": 1, "product_count": 1 }],
//! #             "logistics_address": { "country": "RU", "province": "Mosco", "city": "Mosco", "address": "a",
//! #                                    "full_name": "A B", "mobile_no": "1", "phone_country": "+7" },
//! #             "out_order_id": number,
//! #         });
//! #         let order = order.to_string();
//! #         let mut parameters = [
//! #             ("app_key", self.app_key), ("session", self.session), ("timestamp", &now),
//! #             ("sign_method", "sha256"), ("method", "aliexpress.ds.order.create"),
//! #             ("param_place_order_request4_open_api_d_t_o", &order),
//! #         ];
//! #         let signer = aliexpress_signing::Signer::new(&self.secret);
//! #         let sign = signer.sign(aliexpress_signing::SignMethod::Sha256, None, &mut parameters);
//! #         let mut form = form_urlencoded::Serializer::new(String::new());
//! #         let body = form.extend_pairs(parameters).append_pair("sign", sign.as_str()).finish();
//! #         let mut stream = std::net::TcpStream::connect(self.address)?;
//! #         write!(stream, "POST /sync HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\
//! #             Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}", self.address, body.len())?;
//! #         let mut answer = String::new();
//! #         stream.read_to_string(&mut answer)?;
//! #         if answer.contains("\"is_success\":true") { Ok(()) } else { Err(answer.into()) }
//! #     }
//! # }
//! ```
//!
//! # What it supports
//!
//! - **Three gateways** under one base URL: business calls at `/sync`, system calls at `/rest{path}`, the legacy
//!   TOP gateway at `/router/rest`. Parameters come in the query, a form, multipart, or any mixture; signed by
//!   `sha256`, `hmac-sha256`, `hmac` or `md5`; with times in milliseconds or in GMT+8. Answers are JSON, full or
//!   simplified, or XML, compressed with gzip on request.
//! - **Refusals** in each gateway's form, for a wrong app key, signature, time or session, an unknown API, a
//!   missing or invalid parameter. [`Diagnosis`] says why a signature is wrong.
//! - **A shop**: 200 products of a [seed](Builder::seed) with variants, stock, prices, pictures, categories and freight,
//!   which the APIs for products, search, freight, addresses, tracking, affiliates and sellers share
//!   ([`Sandbox::products`]). Orders reduce the stock. Product ids below 10^12 are not in the catalogue and can
//!   always be ordered.
//! - **Every API that has models**: those that do not use the shop are answered with generated values of the documented
//!   types, which repeat the requested ids. [`Sandbox::answer`] sets your own answer for any API, with or without models.
//! - **Orders**: `aliexpress.ds.order.create`, `aliexpress.trade.ds.order.get` and
//!   `aliexpress.solution.order.info.get` share one set of orders, which starts with the two of the
//!   documentation's examples, 10000001 and 12345678. Orders progress by [`Sandbox::advance`] or by
//!   [time](Builder::pace), and a [file](Builder::state) keeps them and the stock over a restart.
//! - **Tokens**: `/oauth/authorize` redirects its visitor back with a code; `/auth/token/create` and
//!   `/auth/token/refresh` behave like the platform's.
//! - **Push messages** to a [callback](Builder::callback), signed and repeated, of the
//!   chosen [types](Builder::push_types).
//! - **Faults** by [`Sandbox::fail_next`] and [`Sandbox::add_fault`].
//! - **A web page** at the base URL that shows all of this.
//!
//! With a [seed](Builder::seed) and a fixed [clock](Builder::clock) it is deterministic, as long as requests
//! come one after another.
//!
//! # Commands over HTTP
//!
//! Test suites in other languages can do everything that the page does: `GET` reads, `POST` with a form acts.
//! `curl -d rule=reset-after@aliexpress.ds.order.create http://127.0.0.1:PORT/admin/faults`
//!
//! | command | |
//! |---|---|
//! | `GET /admin/status` | credentials (secrets masked), clock, APIs, names of faults |
//! | `GET /admin/requests[?after=N]` | the log, newest last |
//! | `GET /admin/requests/N` | one entry with all details |
//! | `GET /admin/orders` | the orders |
//! | `GET /admin/orders/ID` | one order: goods, amounts, address, tracking, history |
//! | `GET /admin/products`, `GET /admin/products/ID` | the products; one with pictures, variants, prices, stock |
//! | `POST /admin/orders/ID/advance`, `…/cancel` | advances or cancels an order |
//! | `POST /admin/orders/ID/status` | `status=CODE` |
//! | `GET /admin/tokens` | the tokens, masked |
//! | `POST /admin/tokens/N/expire` | ends an access token |
//! | `GET /admin/faults` | faults that are not used up |
//! | `POST /admin/faults` | `rule=FAULT[@API][*TIMES or %PERCENT]`, the `%` encoded as in every form |
//! | `POST /admin/faults/clear` | removes all faults, and ends bans |
//! | `GET /admin/pushes` | push messages |
//! | `POST /admin/pushes` | `type=N` and `data=JSON`: sends one; a test (type 0) without |
//! | `POST /admin/callback` | `url=…`, or blank for none |
//! | `POST /admin/clock` | `pass=SECONDS`, `set=EPOCH_MILLISECONDS` or `machine=true` |
//! | `GET /admin/answers` | the APIs with an answer that was set |
//! | `GET /admin/answers?api=NAME` | the answer that was set for an API, or an example generated from its model |
//! | `POST /admin/answers` | `api=NAME` and `body=…`: sets the answer of an API; without a body, removes it |
//! | `POST /admin/codes` | issues an authorisation code |
//!
//! They answer with JSON, and only to programs on this machine; browsers must use the sandbox's own page.
//!
//! # What it is not
//!
//! Products, prices, stores and tracking numbers are invented. Items that depend on unknown behaviour of the
//! platform say so. The sandbox listens on loopback unless configured otherwise, and uses plain HTTP without
//! certificates.

mod admin;
mod answers;
mod apis;
mod builder;
mod call;
mod callback;
mod clock;
mod credentials;
mod diagnosis;
mod due;
mod fault;
mod fault_plan;
mod form;
mod fragments;
mod gateway;
mod incoming;
mod json;
mod log;
mod masking;
mod multipart;
mod node;
mod orders;
mod parameters;
mod push;
mod refusal;
mod sandbox;
mod saved_state;
mod server;
mod shared_state;
mod shop;
mod state;
mod state_file;
mod tokens;
mod xml;

pub use aliexpress_models::shared::OrderStatus;
pub use answers::AnswerError;
pub use builder::Builder;
pub use diagnosis::{Diagnosis, Implied};
pub use fault::{FAULTS, Fault, FaultError, FaultErrorKind, FaultHelp};
pub use fault_plan::{FaultRule, When};
pub use log::{LogEntry, Verdict};
pub use orders::{OrderDetails, OrderLine, OrderRecord, TrackingEvent};
pub use push::{PUSH_TYPES, PushMessage, PushState};
pub use sandbox::Sandbox;
pub use shop::{ProductRecord, SkuRecord};
pub use tokens::TokenRecord;
