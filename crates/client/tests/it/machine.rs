//! The call machine, run step by step without a clock and without a socket.

use std::io;
use std::time::{Duration, Instant, SystemTime};

use aliexpress::machine::{Machine, Now, SessionNeed, Step};
use aliexpress::models::order_get::{OrderGet, OrderGetAnswer, OrderQuery};
use aliexpress::models::shared::OrderId;
use aliexpress::tokens::MemoryStore;
use aliexpress::transport::{Connection, Error as HttpError, HttpResponse, Phase};
use aliexpress::{CallLimits, CallOptions, Client, Effect, Error, Reply, RetryPolicy, Session};
use proptest::prelude::*;

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Event {
    Answer,
    /// An error page with this status.
    Page(u16),
    /// The gateway refuses the session.
    Expired,
    /// The gateway bans calls for this many seconds.
    Ban(u64),
    /// The API refuses the input.
    Refused,
    /// No connection.
    NoConnection,
    /// The connection was closed before the answer.
    Cut,
    /// The deadline passed before the answer.
    TimedOut,
}

/// What happens to the refresh of a session.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Refresh {
    Refreshed,
    /// The refresh fails for a reason that may be temporary.
    Fails,
    /// The account has to authorise again.
    Refused,
}

use Event::*;

fn response(event: Event) -> Result<HttpResponse, HttpError> {
    let refusal = |code: &str, text: &str| {
        format!(r#"{{"type":"ISV","code":"{code}","message":"{text}","request_id":"r1"}}"#)
    };
    let (status, body) = match event {
        Answer => (
            200,
            r#"{"result":{"order_status":"FINISH"},"request_id":"r1"}"#.to_owned(),
        ),
        Page(status) => (status, "<html>sorry</html>".to_owned()),
        Expired => (200, refusal("IllegalAccessToken", "expired")),
        Ban(seconds) => {
            let text = format!("This ban will last for {seconds} more seconds");
            (200, refusal("ApiCallLimit", &text))
        }
        Refused => (200, refusal("MissingParameter", "no order")),
        NoConnection => return Err(HttpError::in_phase(Phase::Connect, "refused")),
        Cut => {
            let reset = io::Error::from(io::ErrorKind::ConnectionReset);
            return Err(HttpError::in_phase(Phase::Answer, reset));
        }
        TimedOut => return Err(HttpError::timed_out_in(Phase::Answer)),
    };
    let mut response = HttpResponse::default();
    (response.status, response.body) = (status, body.into_bytes());
    Ok(response)
}

fn refresh(outcome: Refresh) -> Result<Option<Session>, Error> {
    // Errors as from a session manager: those of real calls.
    let failed = |event| {
        let client = Client::builder("1", "secret").session("s").build().unwrap();
        let client = client.with(CallOptions::new().effect(Effect::Write));
        let request = OrderGet::new(OrderQuery::new(OrderId(1)));
        let (mut clock, mut trace) = (Clock::start(), Vec::new());
        let machine = client.machine(&request, clock.now).unwrap();
        drive(machine, &mut clock, &[event], &[], &mut trace).unwrap_err()
    };
    match outcome {
        Refresh::Refreshed => Ok(Some(Session::new("new"))),
        Refresh::Fails => Err(failed(Cut)),
        Refresh::Refused => Err(failed(Refused)),
    }
}

/// A clock that only advances when a step says so.
struct Clock {
    start: Instant,
    now: Now,
}

impl Clock {
    fn start() -> Self {
        let now = Now {
            instant: Instant::now(),
            time: SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000),
        };
        Self {
            start: now.instant,
            now,
        }
    }

    fn pass(&mut self, time: Duration) {
        self.now.instant += time;
        self.now.time += time;
    }
}

/// The steps that the machine requested.
#[derive(Clone, Debug, PartialEq)]
enum Asked {
    Sleep(Duration),
    Session,
    Refresh(String),
    Send(Connection),
}

/// Runs a machine with these events; the last one is repeated until the call ends.
fn drive(
    mut machine: Machine<'_, Reply<OrderGetAnswer>>,
    clock: &mut Clock,
    events: &[Event],
    refreshes: &[Refresh],
    trace: &mut Vec<Asked>,
) -> Result<Reply<OrderGetAnswer>, Error> {
    let (mut sent, mut refreshed) = (0, 0);
    for _ in 0..1000 {
        match machine.next(clock.now) {
            Step::Sleep(until) => {
                let wait = until - clock.now.instant;
                trace.push(Asked::Sleep(wait));
                clock.pass(wait);
            }
            Step::NeedSession(SessionNeed::Current) => {
                trace.push(Asked::Session);
                machine.session(Ok(Some(Session::new("current"))), clock.now);
            }
            Step::NeedSession(SessionNeed::InPlaceOf(old)) => {
                trace.push(Asked::Refresh(old.expose().to_owned()));
                let outcome = refreshes.get(refreshed).copied();
                refreshed += 1;
                machine.session(refresh(outcome.unwrap_or(Refresh::Refreshed)), clock.now);
            }
            Step::Limits(task) => machine.limits(task.run(), clock.now),
            Step::Send(send) => {
                trace.push(Asked::Send(send.connection));
                let event = events.get(sent).or(events.last()).copied().unwrap();
                sent += 1;
                match response(event) {
                    Ok(response) => machine.answered(response, clock.now),
                    Err(error) => machine.failed(error, clock.now),
                }
            }
            Step::Done(result) => return result,
        }
    }
    panic!("the call did not end: {trace:?}");
}

const FIRST: Duration = Duration::from_millis(100);

fn client(effect: Effect, tries: u32, deadline: Duration, store: bool) -> Client {
    let retry = RetryPolicy::default().tries(tries);
    let builder = Client::builder("1", "secret")
        .retry(retry.first_wait(FIRST).longest_wait(FIRST))
        .call_limits(CallLimits::off())
        .deadline(deadline);
    let builder = match store {
        true => builder.token_store(MemoryStore::new()),
        false => builder.session("fixed"),
    };
    let client = builder.build().unwrap();
    client.with(CallOptions::new().effect(effect))
}

fn request() -> OrderGet {
    OrderGet::new(OrderQuery::new(OrderId(1)))
}

/// How often a call with a fixed session is sent, and how it ends.
#[track_caller]
fn check(effect: Effect, events: &[Event], sends: usize, ends: &str) {
    let client = client(effect, 4, Duration::from_secs(60), false);
    let (mut clock, mut trace, request) = (Clock::start(), Vec::new(), request());
    let machine = client.machine(&request, clock.now).unwrap();
    let result = drive(machine, &mut clock, events, &[], &mut trace);
    let connection = match effect {
        Effect::Read => Connection::Kept,
        Effect::Write => Connection::New,
    };
    let sent = trace.iter().filter(|step| matches!(step, Asked::Send(_)));
    assert!(sent.clone().all(|step| *step == Asked::Send(connection)));
    assert_eq!(sent.count(), sends, "{trace:?}");
    match result {
        Ok(_) => assert_eq!(ends, "answer"),
        Err(error) => {
            assert_eq!(error.to_string(), ends);
            assert_eq!(error.tries() as usize, sends);
        }
    }
}

const API: &str = "aliexpress.trade.ds.order.get";

#[test]
fn a_call_that_reads_is_retried_after_failures_that_may_be_temporary() {
    let reads = Effect::Read;
    check(reads, &[Answer], 1, "answer");
    check(reads, &[Page(502), Cut, NoConnection, Answer], 4, "answer");
    check(reads, &[TimedOut, Ban(1), Answer], 3, "answer");
    let page = format!(
        "cannot call {API}: found HTTP status 502 with 18 bytes; wanted an answer under HTTP status 200"
    );
    check(reads, &[Page(502)], 4, &page);
    check(reads, &[Page(404), Answer], 1, &page.replace("502", "404"));
    let refused =
        format!("platform refused {API}: code MissingParameter \"no order\", request id r1");
    check(reads, &[Refused, Answer], 1, &refused);
    check(reads, &[Cut, Refused, Answer], 2, &refused);
    let expired =
        format!("platform refused {API}: code IllegalAccessToken \"expired\", request id r1");
    check(reads, &[Expired, Answer], 1, &expired);
}

#[test]
fn a_call_that_writes_is_resent_only_if_no_connection_was_made() {
    let writes = Effect::Write;
    check(writes, &[Answer], 1, "answer");
    check(writes, &[NoConnection, NoConnection, Answer], 3, "answer");
    let unreachable = format!("cannot call {API}: cannot connect for a request");
    check(writes, &[NoConnection], 4, &unreachable);
    for (event, ends) in [
        (
            Page(502),
            format!(
                "cannot call {API}: found HTTP status 502 with 18 bytes; wanted an answer under HTTP status 200"
            ),
        ),
        (
            Cut,
            format!(
                "cannot call {API}: cannot get an answer to a request: found the connection closed; wanted a status line and headers"
            ),
        ),
        (
            TimedOut,
            format!(
                "cannot call {API}: cannot get an answer to a request: found the deadline passed; wanted an answer before it"
            ),
        ),
        (
            Ban(1),
            format!(
                "platform refused {API}: code ApiCallLimit \"This ban will last for 1 more seconds\", request id r1"
            ),
        ),
    ] {
        check(writes, &[event, Answer], 1, &ends);
        check(writes, &[NoConnection, event, Answer], 2, &ends);
    }
}

#[test]
fn a_refused_session_is_refreshed_once() {
    for effect in [Effect::Read, Effect::Write] {
        let client = client(effect, 1, Duration::from_secs(60), true);
        let connection = match effect {
            Effect::Read => Connection::Kept,
            Effect::Write => Connection::New,
        };
        let (mut clock, mut trace, request) = (Clock::start(), Vec::new(), request());
        let machine = client.machine(&request, clock.now).unwrap();
        let result = drive(
            machine,
            &mut clock,
            &[Expired, Expired, Answer],
            &[],
            &mut trace,
        );
        let error = result.unwrap_err();
        assert!(error.is_session_expired() && error.tries() == 2);
        assert_eq!(
            trace,
            [
                Asked::Session,
                Asked::Send(connection),
                Asked::Refresh("current".to_owned()),
                Asked::Send(connection),
            ]
        );
    }
}

#[test]
fn calls_over_the_limits_wait_for_a_slot_or_fail_without_being_sent() {
    let client = Client::builder("1", "secret")
        .session("s")
        .call_limits(CallLimits::off().api(API, 10))
        .deadline(Duration::from_millis(150))
        .build()
        .unwrap();
    let (mut clock, request) = (Clock::start(), request());
    let now = clock.now;
    for wait in [0, 100] {
        let mut trace = Vec::new();
        clock.now = now;
        let machine = client.machine(&request, now).unwrap();
        drive(machine, &mut clock, &[Answer], &[], &mut trace).unwrap();
        assert_eq!((clock.now.instant - now.instant).as_millis(), wait);
    }
    let mut trace = Vec::new();
    clock.now = now;
    let machine = client.machine(&request, now).unwrap();
    let error = drive(machine, &mut clock, &[Answer], &[], &mut trace).unwrap_err();
    assert!(error.is_call_limit() && !error.may_have_acted() && error.tries() == 0);
    assert_eq!(error.retry_after(), Some(Duration::from_millis(200)));
    assert_eq!(trace, []);
}

/// A driver that reports nothing about a request must not get the request again.
#[test]
fn no_request_is_given_to_the_driver_twice() {
    let client = client(Effect::Write, 4, Duration::from_secs(60), false);
    let (request, now) = (request(), Now::read());
    let mut machine = client.machine(&request, now).unwrap();
    assert!(matches!(machine.next(now), Step::Send(_)));
    let Step::Done(Err(error)) = machine.next(now) else {
        panic!("the call did not end");
    };
    assert!(error.may_have_acted());
    assert_eq!(
        error.to_string(),
        format!("cannot call {API}: cannot send a request")
    );
    // A late event changes nothing.
    machine.answered(HttpResponse::default(), now);
    assert!(matches!(machine.next(now), Step::Done(Err(_))));
}

/// A simple model of what a machine may do.
struct Model {
    effect: Effect,
    store: bool,
    tries_left: u32,
    refreshed: bool,
}

/// What may follow a try.
#[derive(Debug, PartialEq)]
enum Next {
    End,
    Refresh,
    /// After a wait of at least this and at most that.
    Again(Duration, Duration),
}

impl Model {
    fn after(&mut self, event: Event) -> Next {
        let again = match (self.effect, event) {
            (_, Answer | Refused) => false,
            (_, Expired) if self.store && !self.refreshed => return Next::Refresh,
            (_, Expired) => false,
            (_, NoConnection) => true,
            (Effect::Read, Page(status)) => status >= 500,
            (Effect::Read, Cut | TimedOut | Ban(_)) => true,
            (Effect::Write, _) => false,
        };
        if !again || self.tries_left == 0 {
            return Next::End;
        }
        self.tries_left -= 1;
        match event {
            Ban(seconds) => {
                let ban = Duration::from_secs(seconds);
                Next::Again(ban.max(FIRST), ban.max(2 * FIRST))
            }
            _ => Next::Again(FIRST, 2 * FIRST),
        }
    }
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        Just(Answer),
        Just(Page(502)),
        Just(Page(404)),
        Just(Expired),
        (0_u64..4).prop_map(Ban),
        Just(Refused),
        Just(NoConnection),
        Just(Cut),
        Just(TimedOut),
    ];
    prop::collection::vec(event, 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn every_history_of_events_agrees_with_a_simple_model(
        events in events(),
        writes: bool,
        store: bool,
        tries in 1_u32..5,
        deadline in 0_u64..6000,
        refresh in prop_oneof![Just(Refresh::Refreshed), Just(Refresh::Fails), Just(Refresh::Refused)],
    ) {
        let effect = if writes { Effect::Write } else { Effect::Read };
        let deadline = Duration::from_millis(deadline);
        let client = client(effect, tries, deadline, store);
        let (mut clock, mut trace, request) = (Clock::start(), Vec::new(), request());
        let machine = client.machine(&request, clock.now).unwrap();
        let result = drive(machine, &mut clock, &events, &[refresh; 8], &mut trace);

        let mut model = Model { effect, store, tries_left: tries - 1, refreshed: false };
        let mut steps = trace.iter().peekable();
        // After a ban the first call is sent alone, and the next ones wait for up to a second.
        let (mut banned, mut held) = (false, false);
        let mut passed = Duration::ZERO;
        let mut sent = 0_usize;
        if store {
            prop_assert_eq!(steps.next(), Some(&Asked::Session));
        }
        loop {
            let connection = if writes { Connection::New } else { Connection::Kept };
            prop_assert_eq!(steps.next(), Some(&Asked::Send(connection)));
            let event = events.get(sent).or(events.last()).copied().unwrap();
            sent += 1;
            match model.after(event) {
                Next::End => break,
                Next::Refresh => {
                    prop_assert!(matches!(steps.next(), Some(Asked::Refresh(_))));
                    model.refreshed = true;
                    if refresh != Refresh::Refreshed {
                        break;
                    }
                }
                Next::Again(least, most) => {
                    let left = deadline.saturating_sub(passed);
                    let Some(Asked::Sleep(wait)) = steps.next() else {
                        // The machine does not wait if the deadline comes first.
                        prop_assert!(most >= left, "{:?} after {:?}", trace, event);
                        break;
                    };
                    prop_assert!((least..=most).contains(wait) && *wait < left, "{:?}", trace);
                    passed += *wait;
                    if store {
                        prop_assert_eq!(steps.next(), Some(&Asked::Session));
                    }
                }
            }
            if let Some(Asked::Sleep(wait)) = steps.peek() {
                prop_assert!(banned && *wait <= Duration::from_secs(1), "{:?}", trace);
                passed += *wait;
                steps.next();
            }
            held = banned && steps.peek().is_none();
            if held {
                break;
            }
            banned |= matches!(event, Ban(_));
        }
        prop_assert_eq!(steps.next(), None);
        prop_assert_eq!(clock.now.instant - clock.start, passed);

        let last = events.get(sent - 1).or(events.last()).copied().unwrap();
        prop_assert_eq!(result.is_ok(), last == Answer && !held);
        if let Err(error) = result {
            prop_assert_eq!(error.tries() as usize, sent);
            prop_assert!(!held || error.is_call_limit());
            // A request that may have reached the service leaves the outcome open; a refused or unsent one does not.
            prop_assert_eq!(error.may_have_acted(), !held && matches!(last, Page(_) | Cut | TimedOut));
        }
    }
}
