//! Searches everything that this crate and its libraries print, log and write for secrets and personal data
//! that the test put into its calls.

use std::error::Error;
use std::fmt::{Debug, Write as _};
use std::io;
use std::iter::successors;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aliexpress::models::order_create::{
    LogisticsAddress, LogisticsAddressRequired, ProductItem, ProductItemRequired,
};
use aliexpress::models::shared::{ExtInfo, ProductId};
use aliexpress::push;
use aliexpress::tokens::{FileStore, MemoryStore, TokenStore, Tokens};
use aliexpress::{AppKey, AppSecret, AuthCode, CallLimits, ClientBuilder, NewOrder, RetryPolicy};
use aliexpress_sandbox::{Fault, FaultRule, Sandbox};

use crate::{Built, Client, FRONT, HTTP_LOG};

/// The texts that must not be found. The sandbox's tokens are added when they are issued.
const PLANTED: [&str; 4] = [
    "canary-app-secret",
    "canary-session",
    "Canary Recipient",
    "canary@example",
];

/// Everything that was logged or printed.
#[derive(Clone, Default)]
struct Shown(Arc<Mutex<Vec<u8>>>);

impl Shown {
    fn note(&self, thing: impl Debug) {
        let mut text = String::new();
        write!(text, "{thing:?}\n{thing:#?}\n").unwrap();
        self.0.lock().unwrap().extend(text.bytes());
    }

    fn note_error(&self, error: &aliexpress::Error) {
        self.note(error);
        for error in successors(Some(error as &dyn Error), |&error| error.source()) {
            self.note(format_args!("{error} {error:?}"));
        }
    }
}

impl io::Write for Shown {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl log::Log for Shown {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        self.note(format_args!("{} {}", record.target(), record.args()));
    }

    fn flush(&self) {}
}

/// Starts to record all log lines and spans, at level trace.
fn record_logs() -> Shown {
    let shown = Shown::default();
    let writer = shown.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    log::set_logger(Box::leak(Box::new(shown.clone()))).unwrap();
    // Without the feature that limits it, the program must keep ureq-proto's log below trace.
    log::set_max_level(match cfg!(feature = "no-trace-log") {
        true => log::LevelFilter::Trace,
        false => log::LevelFilter::Debug,
    });
    shown
}

fn order(out_order_id: &str) -> NewOrder {
    let address = LogisticsAddress::new(LogisticsAddressRequired {
        full_name: "Canary Recipient".to_owned(),
        phone_country: "+7".to_owned(),
        mobile_no: "9161234567".to_owned(),
        country: "RU".to_owned(),
        province: "Moscow".to_owned(),
        city: "Moscow".to_owned(),
        address: "canary@example".to_owned(),
    });
    NewOrder::new(
        out_order_id,
        address,
        ProductItem::new(ProductItemRequired {
            product_id: ProductId(1),
            product_count: 1,
        }),
    )
}

fn builder(sandbox: &Sandbox) -> ClientBuilder {
    Client::builder(sandbox.app_key(), sandbox.app_secret())
        .gateway(sandbox.url())
        .call_limits(CallLimits::off())
        .retry(RetryPolicy::default().first_wait(Duration::from_millis(1)))
}

/// Places orders under every kind of fault, and records all results.
fn place_orders(sandbox: &Sandbox, client: &Client, shown: &Shown) {
    let echo = r#"{"error_response":{"code":"15","msg":"bad canary-session"}}"#;
    let faults = [
        Fault::ResetAfter,
        Fault::CutBody(30),
        Fault::HtmlAfter(502),
        Fault::Malformed,
        Fault::WrongTypes,
        Fault::RefuseOrder("SKU_NOT_EXIST".to_owned()),
        Fault::PayFails,
        Fault::Replace(echo.to_owned()),
    ];
    for (number, fault) in faults.into_iter().enumerate() {
        sandbox.add_fault(FaultRule::next(fault).on("aliexpress.ds.order.create"));
        let order = order(&format!("secret-{number}"));
        shown.note(&order);
        match client.place_order(&order) {
            Ok(placed) => shown.note(&placed),
            Err(error) => shown.note_error(&error),
        }
        shown.note(client.recover_order(&order, SystemTime::now()));
    }
}

fn read_orders(client: &Client, shown: &Shown) {
    shown.note(client.order(10_000_001));
    shown.note(client.order_info(12_345_678, ExtInfo::ALL));
    shown.note(client.order(1));
    shown.note(client.call_raw("aliexpress.no.such.api", &[("address", "canary@example")]));
    shown.note(client.prepare_order(&order("prepared")));
}

/// Obtains and refreshes sessions, with all failures; adds the tokens to the texts that must not be
/// found.
fn use_tokens(sandbox: &Sandbox, shown: &Shown, planted: &mut Vec<String>) {
    let store = Arc::new(MemoryStore::new());
    let client = builder(sandbox)
        .token_store(Arc::clone(&store))
        .built()
        .unwrap();
    let code = AuthCode::new(sandbox.authorise());
    planted.push(code.expose().to_owned());
    let mut plant = |tokens: &Tokens| {
        planted.push(tokens.session.expose().to_owned());
        planted.extend(
            tokens
                .refresh_token
                .as_ref()
                .map(|token| token.expose().to_owned()),
        );
    };
    let tokens = client.create_tokens(&code).unwrap();
    plant(&tokens);
    shown.note((&tokens, &store, &code, client.create_tokens(&code)));
    sandbox.expire_token(tokens.session.expose());
    shown.note(client.order(10_000_001));
    let tokens = store.load().unwrap().unwrap();
    plant(&tokens);
    sandbox.expire_token(tokens.session.expose());
    sandbox.expire_refresh_token(tokens.refresh_token.as_ref().unwrap().expose());
    shown.note_error(&client.order(10_000_001).unwrap_err());
    shown.note_error(
        &client
            .exchange_refresh_token(tokens.refresh_token.as_ref().unwrap())
            .unwrap_err(),
    );
    shown.note(FileStore::new("/nonexistent/tokens.json").save(&tokens));
}

fn receive_messages(shown: &Shown) {
    let (app_key, secret) = (AppKey::new("1"), AppSecret::new("canary-app-secret"));
    let body = br#"{"message_type":53,"data":{"buyerId":"canary@example","orderId":1}}"#;
    shown.note(push::receive(
        &app_key,
        &secret,
        Some(&push::sign(&app_key, &secret, body)),
        body,
    ));
    shown.note(push::receive(
        &app_key,
        &secret,
        Some("canary-session"),
        body,
    ));
}

#[test]
fn nothing_printed_logged_or_written_contains_a_secret() {
    let shown = record_logs();
    let mut planted: Vec<_> = PLANTED.map(str::to_owned).into();
    let sandbox = Sandbox::builder()
        .app_secret("canary-app-secret")
        .session("canary-session")
        .start()
        .unwrap();
    let folder: PathBuf =
        std::env::temp_dir().join(format!("aliexpress-secrets-{FRONT}-{}", std::process::id()));
    let builder = builder(&sandbox)
        .session("canary-session")
        .record_to(&folder);
    shown.note(&builder);
    let client = builder.built().unwrap();
    shown.note(&client);

    place_orders(&sandbox, &client, &shown);
    read_orders(&client, &shown);
    use_tokens(&sandbox, &shown, &mut planted);
    receive_messages(&shown);
    let wrong =
        Client::builder(sandbox.app_key(), "canary-app-secret-of-another").gateway(sandbox.url());
    let wrong = wrong.session("canary-session").built().unwrap();
    shown.note_error(&wrong.order(1).unwrap_err());

    let mut recordings = 0;
    for file in std::fs::read_dir(&folder).unwrap() {
        shown.note(std::fs::read_to_string(file.unwrap().path()).unwrap());
        recordings += 1;
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(recordings > 10);

    let shown = String::from_utf8_lossy(&shown.0.lock().unwrap()).into_owned();
    // Checks that something was logged by this crate and by the HTTP library, so that the search can fail.
    assert!(shown.len() > 50_000, "{}", shown.len());
    let expected = ["call{api=", "call failed", "secret-0", "request_id"];
    for expected in expected.into_iter().chain(HTTP_LOG) {
        assert!(shown.contains(expected), "{expected} was not logged");
    }
    for secret in planted {
        assert!(secret.len() > 5, "{secret}");
        let found = shown.find(&secret).map(|at| {
            let start = shown[..at].rfind('\n').map_or(0, |line| line + 1);
            shown[start..].chars().take(400).collect::<String>()
        });
        assert_eq!(found, None, "{secret}");
    }
}
