//! Tests of a session manager under a clock that the tests set.

use std::sync::Arc;

use super::super::MemoryStore;
use super::*;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A manager with these tokens, and its store.
fn of(tokens: Tokens) -> (SessionManager, Arc<MemoryStore>) {
    let store = Arc::new(MemoryStore::with(tokens));
    let kept = Box::new(Arc::clone(&store));
    let timing = RefreshTiming {
        ahead: Duration::from_secs(1200),
        ..RefreshTiming::default()
    };
    let manager = SessionManager::new(kept, timing, Duration::from_secs(1));
    (manager, store)
}

#[test]
fn a_clock_that_is_a_year_ahead_discards_no_token() {
    let now = SystemTime::now();
    let tokens = Tokens::new("old").with_refresh_token("refresh");
    let mut tokens = tokens.expiring_at(now + DAY);
    tokens.refresh_expires_at = Some(now + 2 * DAY);
    let (manager, store) = of(tokens.clone());
    for _ in 0..20 {
        let asked = manager.session(now + 365 * DAY, &|_| {
            unreachable!("by this clock, the refresh token has expired")
        });
        assert!(asked.is_err());
    }
    assert_eq!(store.load().unwrap(), Some(tokens));
    let session = manager.session(now, &|_| unreachable!("the session is valid"));
    assert_eq!(session.unwrap(), Session::new("old"));
}

#[test]
fn a_clock_that_was_set_back_by_a_year_does_not_cause_repeated_refreshes() {
    let now = SystemTime::now();
    let tokens = Tokens::new("old").with_refresh_token("refresh");
    let (manager, _) = of(tokens.expiring_at(now + DAY));
    let refreshes = std::cell::Cell::new(0);
    let refresh_at = |at: SystemTime| {
        let refreshes = &refreshes;
        move |_: &Tokens| {
            refreshes.set(refreshes.get() + 1);
            let new = Tokens::new(format!("new {}", refreshes.get()));
            Ok(new.with_refresh_token("refresh").expiring_at(at + DAY))
        }
    };
    for at in [now + 365 * DAY, now, now + 2 * DAY] {
        for _ in 0..20 {
            let session = manager.session(at, &refresh_at(at)).unwrap();
            assert_eq!(session, Session::new("new 1"));
        }
    }
    assert_eq!(refreshes.get(), 1);
    // Its expiry was stored a year late; a single refusal by the platform reveals that.
    let old = Session::new("new 1");
    let at = now + 2 * DAY;
    assert_eq!(
        manager.refresh(&old, at, &refresh_at(at)).unwrap(),
        Session::new("new 2")
    );
    assert_eq!(
        manager.session(at, &refresh_at(at)).unwrap(),
        Session::new("new 2")
    );
    assert_eq!(refreshes.get(), 2);
}

/// Another program's refresh token may have replaced ours, whose session has expired since.
#[test]
fn a_refresh_uses_the_tokens_in_the_store() {
    let now = SystemTime::now();
    let tokens = |name: &str| {
        let tokens = Tokens::new(name).with_refresh_token(format!("refresh {name}"));
        tokens.expiring_at(now)
    };
    let store = Arc::new(MemoryStore::with(tokens("ours")));
    let manager = SessionManager::new(
        Box::new(Arc::clone(&store)),
        RefreshTiming::default(),
        Duration::from_secs(1),
    );
    assert_eq!(manager.tokens().unwrap(), tokens("ours"));
    store.save(&tokens("theirs")).unwrap();
    let session = manager.session(now, &|old| {
        assert_eq!(*old, tokens("theirs"));
        Ok(Tokens::new("new"))
    });
    assert_eq!(session.unwrap(), Session::new("new"));
    assert_eq!(store.load().unwrap(), Some(Tokens::new("new")));
}

mod paused {
    //! How often the platform is asked for new tokens, with any answer.

    use std::cell::{Cell, RefCell};

    use aliexpress_models::ApiError;
    use aliexpress_transport::{self as transport, Phase};
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const MINUTE: u64 = 60;

    /// The result of a refresh.
    #[derive(Clone, Copy, Debug)]
    enum Answer {
        New,
        /// New tokens that expire sooner than any call could use them.
        EndsAtOnce,
        /// New tokens without an expiry time.
        Endless,
        TheSameAgain,
        /// A new session without a new refresh token.
        OldRefreshToken,
        NoConnection,
        TimedOut,
        BadGateway,
        Unreadable,
        DeadRefreshToken,
        NotOnTheList,
        CallLimit,
        OfAService,
    }

    const ANSWERS: [Answer; 13] = [
        Answer::New,
        Answer::EndsAtOnce,
        Answer::Endless,
        Answer::TheSameAgain,
        Answer::OldRefreshToken,
        Answer::NoConnection,
        Answer::TimedOut,
        Answer::BadGateway,
        Answer::Unreadable,
        Answer::DeadRefreshToken,
        Answer::NotOnTheList,
        Answer::CallLimit,
        Answer::OfAService,
    ];

    impl Answer {
        /// The platform's answer to the refresh of these tokens.
        fn give(self, old: &Tokens, number: usize, now: SystemTime) -> Result<Tokens, Error> {
            const PATH: &str = "/auth/token/refresh";
            let failed = |phase| {
                let error = transport::Error::in_phase(phase, std::io::Error::other("down"));
                Err(Error::new(PATH, Kind::Transport(error)))
            };
            let refused = |code: &str, kind: &str| {
                let mut refusal = ApiError::default();
                refusal.code = Some(code.to_owned());
                refusal.kind = Some(kind.to_owned());
                Err(Error::refused(PATH, refusal))
            };
            let mut new = Tokens::new(format!("session {number}"))
                .with_refresh_token(format!("refresh {number}"));
            new.refreshed_at = Some(now);
            match self {
                Self::New => Ok(new.expiring_at(now + DAY)),
                Self::EndsAtOnce => Ok(new.expiring_at(now)),
                Self::Endless => Ok(new),
                Self::TheSameAgain => Ok(Tokens {
                    refreshed_at: Some(now),
                    ..old.clone()
                }),
                Self::OldRefreshToken => Ok(Tokens {
                    refresh_token: old.refresh_token.clone(),
                    ..new
                }),
                Self::NoConnection => failed(Phase::Connect),
                Self::TimedOut => failed(Phase::Answer),
                Self::BadGateway => Err(Error::new(
                    PATH,
                    Kind::Status {
                        status: 502,
                        length: 0,
                        content_type: None,
                    },
                )
                .with_answer(502, Vec::new())),
                Self::Unreadable => {
                    let finding = Finding::new("read", "no access_token", "tokens");
                    Err(Error::new(PATH, Kind::Unreadable(finding)))
                }
                Self::DeadRefreshToken => refused("IllegalRefreshToken", "ISV"),
                Self::NotOnTheList => refused("AppWhiteIpLimit", "ISV"),
                Self::CallLimit => refused("AppCallLimit", "ISV"),
                Self::OfAService => refused("ServiceUnavailable", "ISP"),
            }
        }
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
    }

    fn authorised(name: usize, now: SystemTime) -> Tokens {
        Tokens::new(format!("authorised {name}"))
            .with_refresh_token(format!("refresh of {name}"))
            .expiring_at(now + DAY)
    }

    /// A call whose session the platform always refuses: the one in the store, and its replacement.
    fn refused_call(
        manager: &SessionManager,
        now: SystemTime,
        refresh: RefreshFn<'_>,
    ) -> Result<Session, Error> {
        let session = manager.session(now, refresh)?;
        manager.refresh(&session, now, refresh)
    }

    /// Two hundred calls in ten minutes, all with the same answer.
    #[test]
    fn a_refresh_with_any_answer_is_tried_once_a_minute() {
        for answer in ANSWERS {
            for is_refused in [false, true] {
                let start = authorised(0, at(0));
                let (manager, _) = of(start.expiring_at(at(if is_refused { 86_400 } else { 0 })));
                let asked = RefCell::new(Vec::new());
                for call in 0..200_u64 {
                    let now = call * 3;
                    let refresh = |old: &Tokens| {
                        asked.borrow_mut().push(now);
                        answer.give(old, asked.borrow().len(), at(now))
                    };
                    let called = match is_refused {
                        true => refused_call(&manager, at(now), &refresh),
                        false => manager.session(at(now), &refresh),
                    };
                    if let Err(error) = called.map_err(|error| error.before_calling("a.b")) {
                        assert!(!error.may_have_acted());
                        assert!(error.retry_after().is_none_or(|wait| !wait.is_zero()));
                    }
                }
                let asked = asked.into_inner();
                let apart = asked.windows(2).all(|two| two[1] - two[0] >= MINUTE);
                assert!(
                    !asked.is_empty() && apart,
                    "{answer:?} {is_refused} {asked:?}"
                );
                if let Answer::DeadRefreshToken = answer {
                    assert_eq!(asked.len(), 1);
                }
            }
        }
    }

    #[test]
    fn the_error_during_a_pause_states_its_reason_and_its_length() {
        for (answer, kind, message) in [
            (
                Answer::NoConnection,
                crate::ErrorKind::NoSession,
                "cannot refresh the session: found a refresh that failed 20.0s ago (cannot call /auth/token/refresh: cannot \
                 connect for a request); wanted 40.0s to pass before another try",
            ),
            (
                Answer::NotOnTheList,
                crate::ErrorKind::Refused,
                "platform refused an earlier refresh of the session: code AppWhiteIpLimit",
            ),
            (
                Answer::New,
                crate::ErrorKind::NoSession,
                "cannot refresh the session: found a refresh 20.0s ago; wanted 40.0s to pass before \
                 another try",
            ),
        ] {
            let (manager, _) = of(authorised(0, at(0)));
            let first = refused_call(&manager, at(0), &|old| answer.give(old, 1, at(0)));
            let first = first.map_err(|error| error.may_retry());
            let error = refused_call(&manager, at(20), &|_| unreachable!("paused")).unwrap_err();
            assert_eq!((error.kind(), error.to_string().as_str()), (kind, message));
            assert_eq!(error.retry_after(), Some(Duration::from_secs(40)));
            assert_eq!(error.may_retry(), first.err().unwrap_or(false));
        }
    }

    #[test]
    fn a_thread_that_panics_in_a_refresh_starts_a_pause() {
        let (manager, _) = of(authorised(0, at(0)));
        let panics = std::panic::AssertUnwindSafe(|| {
            refused_call(&manager, at(0), &|_| panic!("on purpose"))
        });
        assert!(std::panic::catch_unwind(panics).is_err());
        let error = refused_call(&manager, at(1), &|_| unreachable!("paused")).unwrap_err();
        assert!(error.may_retry(), "{error}");
    }

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Call,
        RefusedCall,
        Refresh,
        /// An account authorises: by another program in the store, or by this one.
        Authorise(bool),
    }

    /// What the model knows about one program.
    #[derive(Default)]
    struct Program {
        /// When it last asked to refresh tokens that are still current.
        asked: Cell<Option<u64>>,
    }

    fn steps() -> impl Strategy<Value = (Step, i64, Answer, usize)> {
        let step = prop_oneof![
            3 => Just(Step::Call),
            4 => Just(Step::RefusedCall),
            1 => Just(Step::Refresh),
            1 => any::<bool>().prop_map(Step::Authorise),
        ];
        let answer = proptest::sample::select(&ANSWERS[..]);
        // Clocks can be set back, too.
        (
            step,
            prop_oneof![9 => 0..40_i64, 1 => -90..0_i64],
            answer,
            0..2_usize,
        )
    }

    proptest! {
        /// Two programs that share a store ask at most once a minute to refresh the tokens of an
        /// account, unless it authorises again.
        #[test]
        fn at_least_a_minute_passes_between_two_refreshes(history in vec(steps(), 200)) {
            let store = Arc::new(MemoryStore::with(authorised(0, at(0))));
            let manager = || {
                let store = Box::new(Arc::clone(&store));
                SessionManager::new(store, RefreshTiming::default(), Duration::from_secs(1))
            };
            let (managers, programs) = ([manager(), manager()], [Program::default(), Program::default()]);
            let (given, asked, mut now) = (Cell::new(None::<u64>), Cell::new(0), 1000_u64);
            for (number, (step, seconds, answer, program)) in history.into_iter().enumerate() {
                now = now.saturating_add_signed(seconds);
                let (manager, model) = (&managers[program], &programs[program]);
                let before = asked.get();
                let refresh = |old: &Tokens| {
                    for then in [given.get(), model.asked.get()].into_iter().flatten() {
                        assert!(now.abs_diff(then) >= MINUTE, "{step:?} at {now}: asked at {then}");
                    }
                    asked.set(asked.get() + 1);
                    let tokens = answer.give(old, number, at(now));
                    model.asked.set(Some(now));
                    if let Ok(new) = &tokens {
                        given.set(Some(now));
                        // The other program's last try counts as long as the program has the tokens
                        // that it tried to refresh.
                        let keys = |tokens: &Tokens| (tokens.session.clone(), tokens.refresh_token.clone());
                        if keys(new) != keys(old) {
                            programs[1 - program].asked.set(None);
                        }
                    }
                    tokens
                };
                // The results do not matter here.
                match step {
                    Step::Call => drop(manager.session(at(now), &refresh)),
                    Step::RefusedCall => drop(refused_call(manager, at(now), &refresh)),
                    Step::Refresh => drop(manager.refreshed(at(now), &refresh)),
                    Step::Authorise(here) => {
                        let tokens = authorised(number, at(now));
                        match here {
                            true => manager.save(tokens).unwrap(),
                            false => store.save(&tokens).unwrap(),
                        }
                        given.set(None);
                        programs.iter().for_each(|program| program.asked.set(None));
                    }
                }
                prop_assert!(asked.get() - before <= 1);
            }
            // After the pause the platform is asked again, unless the platform finally refused the
            // refresh token.
            let last = given.get().max(programs[0].asked.get());
            now = now.max(last.unwrap_or_default()) + MINUTE;
            let known = store.load().unwrap().unwrap();
            let asked = Cell::new(false);
            let refreshed = managers[0].refresh(&known.session, at(now), &|old| {
                asked.set(true);
                Answer::New.give(old, usize::MAX, at(now))
            });
            prop_assert!(asked.get() || refreshed.is_err_and(|error| error.is_session_expired()));
        }
    }
}
