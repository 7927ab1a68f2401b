//! Programs that share a store and are killed while they place an order or refresh a session, or that do so at the same
//! time.
//!
//! The test starts itself again as those programs; an environment variable says what each one does.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use aliexpress::journal::{
    Begun, Conclusion, JournalError, JournaledOrder, OrderJournal, OrderState,
};
use aliexpress::models::order_create::{
    LogisticsAddress, LogisticsAddressRequired, ProductItem, ProductItemRequired,
};
use aliexpress::models::shared::ProductId;
use aliexpress::push::{Inbox, InboxLimits, Message};
use aliexpress::tokens::TokenStore;
use aliexpress::{AuthCode, CallLimits, Client, ClientBuilder, NewOrder};
use aliexpress_sandbox::Sandbox;

use crate::homes::{Home, homes, open};

const PART: &str = "STORES_TEST_PART";
/// What a program prints when it has reached the point at which it waits.
const READY: &str = "ready for the test";
/// How long a program claims a message.
const LEASE: Duration = Duration::from_secs(3600);

fn order() -> NewOrder {
    let address = LogisticsAddress::new(LogisticsAddressRequired {
        full_name: "Ivan Petrov".to_owned(),
        phone_country: "+7".to_owned(),
        mobile_no: "9161234567".to_owned(),
        country: "RU".to_owned(),
        province: "Moscow".to_owned(),
        city: "Moscow".to_owned(),
        address: "Kashirskoe shosse 142".to_owned(),
    });
    let item = ProductItem::new(ProductItemRequired {
        product_id: ProductId(1_223_211),
        product_count: 1,
    })
    .sku_attr("14:70221");
    NewOrder::new("order-1", address.zip("115551"), item)
}

fn builder(gateway: &str, app_key: &str, app_secret: &str, session: &str) -> ClientBuilder {
    Client::builder(app_key, app_secret)
        .gateway(gateway)
        .session(session)
        .account("shop")
        .call_limits(CallLimits::off())
}

/// A journal that stops its program forever at one point.
struct Hanging {
    store: Arc<dyn OrderJournal>,
    before_send: bool,
}

/// Waits until all programs may start.
fn wait() {
    println!("\n{READY}");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

fn hang() -> ! {
    println!("\n{READY}");
    loop {
        std::thread::park();
    }
}

impl OrderJournal for Hanging {
    fn begin(&self, order: &JournaledOrder) -> Result<Begun, JournalError> {
        let begun = self.store.begin(order)?;
        match self.before_send {
            true => hang(),
            false => Ok(begun),
        }
    }

    fn repeat(&self, account: &str, id: &str, at: SystemTime) -> Result<Begun, JournalError> {
        self.store.repeat(account, id, at)
    }

    fn conclude(&self, _: &str, _: &str, _: &Conclusion) -> Result<(), JournalError> {
        hang()
    }

    fn find(&self, account: &str, id: &str) -> Result<Option<JournaledOrder>, JournalError> {
        self.store.find(account, id)
    }

    fn open(&self, account: &str) -> Result<Vec<JournaledOrder>, JournalError> {
        self.store.open(account)
    }

    fn latest(&self, account: &str, most: usize) -> Result<Vec<JournaledOrder>, JournalError> {
        self.store.latest(account, most)
    }
}

/// The programs that the tests start; does nothing if no test started this process.
#[test]
fn other_program() {
    let Ok(part) = std::env::var(PART) else {
        return;
    };
    let of = |name: &str| std::env::var(format!("STORES_TEST_{name}")).unwrap();
    let builder = builder(&of("URL"), &of("KEY"), &of("SECRET"), &of("SESSION"));
    let store = open(&of("ADDRESS"));
    if part == "claim" {
        let inbox = store.inbox("key", InboxLimits::default());
        inbox.claim(SystemTime::now(), LEASE).unwrap().unwrap();
        hang();
    }
    if part == "lock" {
        let tokens = store.tokens("shop");
        let _held = tokens.lock(Instant::now()).unwrap().unwrap();
        hang();
    }
    if part == "refresh" {
        let builder = Client::builder(of("KEY"), of("SECRET")).gateway(of("URL"));
        let client = builder.token_store(store.tokens("shop")).build().unwrap();
        wait();
        client.order(10_000_001).unwrap();
        return;
    }
    if part == "race" {
        let client = builder.journal(store.journal()).build().unwrap();
        wait();
        // The order is placed, known as placed, or known as open, but the journal never fails.
        match client.place_order(&order()) {
            Ok(reply) => assert!(reply.exists()),
            Err(error) => assert!(error.unknown_outcome().is_some(), "{error}"),
        }
        return;
    }
    let before_send = part == "before";
    let journal = Hanging {
        store: store.journal(),
        before_send,
    };
    let client = builder.journal(journal).build().unwrap();
    let _ = client.place_order(&order());
    panic!("the program should have stopped {part} the order was sent");
}

struct Programs {
    sandbox: Sandbox,
    home: Home,
}

impl Programs {
    /// Runs a test on a store of each kind.
    fn over_each() -> Vec<Self> {
        let over = |home| Self {
            sandbox: Sandbox::start().unwrap(),
            home,
        };
        homes().into_iter().map(over).collect()
    }

    /// Starts a program, and waits until it has reached its point.
    fn start(&self, part: &str) -> Child {
        let sandbox = &self.sandbox;
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["killed::other_program", "--exact", "--nocapture"])
            .env(PART, part)
            .env("STORES_TEST_URL", sandbox.url())
            .env("STORES_TEST_KEY", sandbox.app_key())
            .env("STORES_TEST_SECRET", sandbox.app_secret())
            .env("STORES_TEST_SESSION", sandbox.session())
            .env("STORES_TEST_ADDRESS", &self.home.address)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
        let ready = lines.map_while(Result::ok).any(|line| line == READY);
        assert!(ready, "the program ended before it reached its point");
        child
    }

    /// Starts six programs that do something at the same time.
    fn race(&self, part: &str) {
        let mut racers: Vec<_> = (0..6).map(|_| self.start(part)).collect();
        for racer in &mut racers {
            racer.stdin.take().unwrap().write_all(b"\n").unwrap();
        }
        for mut racer in racers {
            // Its remaining output must be read, or printing it would fail.
            let mut rest = BufReader::new(racer.stdout.take().unwrap());
            std::io::copy(&mut rest, &mut std::io::sink()).unwrap();
            assert!(racer.wait().unwrap().success());
        }
    }

    fn client(&self) -> Client {
        let sandbox = &self.sandbox;
        let (key, secret) = (sandbox.app_key(), sandbox.app_secret());
        builder(sandbox.url(), key, secret, sandbox.session())
            .journal(self.home.open().journal())
            .build()
            .unwrap()
    }

    fn tokens(&self) -> Arc<dyn TokenStore> {
        self.home.open().tokens("shop")
    }

    fn requests(&self) -> usize {
        self.sandbox.request_count().try_into().unwrap()
    }

    fn placed(&self) -> usize {
        let orders = self.sandbox.orders();
        let ids = orders.iter().filter_map(|order| order.out_order_id.clone());
        ids.filter(|id| id == "order-1").count()
    }
}

#[track_caller]
fn check_killed(part: &str, sent: usize) {
    for programs in Programs::over_each() {
        check_killed_over(&programs, part, sent);
    }
}

#[track_caller]
fn check_killed_over(programs: &Programs, part: &str, sent: usize) {
    let mut child = programs.start(part);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(programs.requests(), sent);
    assert_eq!(programs.placed(), sent);

    let client = programs.client();
    let open = client.open_orders().unwrap();
    let [entry] = open.as_slice() else {
        panic!("{open:?}");
    };
    assert_eq!(
        (entry.out_order_id.as_str(), entry.state, entry.attempts),
        ("order-1", OrderState::Open, 1)
    );
    let again = client.place_order(&order()).unwrap_err();
    assert!(again.unknown_outcome().is_some(), "{again}");
    assert_eq!(programs.requests(), sent, "sent again");

    let settled = client.settle_open_orders().unwrap();
    assert!(settled[0].outcome.as_ref().unwrap().exists());
    assert_eq!(programs.placed(), 1);
    let known = client.journaled_orders(9).unwrap();
    assert_eq!((known.len(), known[0].state), (1, OrderState::Placed));
}

#[test]
fn an_order_is_open_if_its_program_was_killed_before_sending_it() {
    check_killed("before", 0);
}

#[test]
fn an_order_is_open_if_its_program_was_killed_after_the_answer() {
    check_killed("after", 1);
}

#[test]
fn only_one_of_several_programs_sends_the_same_order() {
    for programs in Programs::over_each() {
        programs.race("race");
        assert_eq!((programs.requests(), programs.placed()), (1, 1));
    }
}

#[test]
fn only_one_of_several_programs_refreshes_an_expired_session() {
    for programs in Programs::over_each() {
        let (sandbox, tokens) = (&programs.sandbox, programs.tokens());
        let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
            .gateway(sandbox.url())
            .token_store(tokens)
            .build()
            .unwrap();
        let code = AuthCode::new(sandbox.authorise());
        let old = client.create_tokens(&code).unwrap();
        sandbox.expire_token(old.session.expose());
        programs.race("refresh");
        let log = sandbox.log();
        let refreshes = log
            .iter()
            .filter(|entry| entry.api == "/auth/token/refresh");
        assert_eq!(refreshes.count(), 1);
        let new = programs.tokens().load().unwrap().unwrap();
        assert_ne!(new.session, old.session);
    }
}

#[test]
fn the_lock_of_a_killed_program_is_released() {
    for programs in Programs::over_each() {
        let mut child = programs.start("lock");
        let tokens = programs.tokens();
        assert!(tokens.lock(Instant::now()).unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        // The server notices a moment later that the program has ended.
        let until = Instant::now() + Duration::from_secs(60);
        assert!(tokens.lock(until).unwrap().is_some());
    }
}

#[test]
fn a_message_claimed_by_a_killed_program_is_returned_again_after_its_lease() {
    for programs in Programs::over_each() {
        let inbox = programs.home.open().inbox("key", InboxLimits::default());
        let message = Message::read(br#"{"message_type":0}"#).unwrap();
        inbox.put(&message, SystemTime::now()).unwrap();
        let mut child = programs.start("claim");
        child.kill().unwrap();
        child.wait().unwrap();
        let claim = |at| inbox.claim(at, LEASE).unwrap();
        assert_eq!(claim(SystemTime::now()), None);
        let again = claim(SystemTime::now() + LEASE).unwrap();
        assert_eq!((again.claims, again.message), (2, message));
    }
}
