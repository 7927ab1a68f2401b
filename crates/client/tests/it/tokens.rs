//! Sessions from a token store.

use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use aliexpress::tokens::{FileStore, MemoryStore, StoreError, TokenApi, TokenStore, Tokens};
use aliexpress::{AuthCode, CallOptions, ClientBuilder};
use aliexpress_sandbox::{Fault, FaultRule, Sandbox};

use crate::{Built, Client, GET, quick};

const REFRESH: &str = "/auth/token/refresh";

fn keeping(sandbox: &Sandbox, store: impl TokenStore + 'static) -> ClientBuilder {
    quick(Client::builder(sandbox.app_key(), sandbox.app_secret()))
        .token_store(store)
        .gateway(sandbox.url())
}

/// An authorised client and its store.
fn authorised(sandbox: &Sandbox, ahead: Duration) -> (Client, Arc<MemoryStore>) {
    let store = Arc::new(MemoryStore::new());
    let client = keeping(sandbox, Arc::clone(&store))
        .refresh_ahead(ahead)
        .built()
        .unwrap();
    client
        .create_tokens(&AuthCode::new(sandbox.authorise()))
        .unwrap();
    (client, store)
}

fn count(sandbox: &Sandbox, api: &str) -> usize {
    sandbox
        .log()
        .iter()
        .filter(|entry| entry.api == api)
        .count()
}

#[test]
fn both_pairs_of_token_calls_give_and_refresh_tokens() {
    for api in [TokenApi::Standard, TokenApi::Security] {
        let sandbox = Sandbox::start().unwrap();
        let client = keeping(&sandbox, MemoryStore::new())
            .token_api(api)
            .built()
            .unwrap();
        let tokens = client
            .create_tokens(&AuthCode::new(sandbox.authorise()))
            .unwrap();
        let left = tokens
            .expires_at
            .unwrap()
            .duration_since(SystemTime::now())
            .unwrap();
        assert!(left > Duration::from_secs(86_000) && left <= Duration::from_secs(86_400));
        let refreshed = client
            .exchange_refresh_token(tokens.refresh_token.as_ref().unwrap())
            .unwrap();
        assert_ne!(refreshed.session, tokens.session);
        assert!(client.order(10_000_001).is_ok());
    }
}

#[test]
fn a_code_that_was_used_before_is_refused_and_not_shown() {
    let sandbox = Sandbox::start().unwrap();
    let client = keeping(&sandbox, MemoryStore::new()).built().unwrap();
    let code = AuthCode::new(sandbox.authorise());
    client.create_tokens(&code).unwrap();
    let error = client.create_tokens(&code).unwrap_err();
    assert_eq!(
        error.api_error().and_then(|error| error.code.as_deref()),
        Some("InvalidCode")
    );
    assert!(!format!("{error} {error:?}").contains(code.expose()));
}

#[test]
fn an_empty_store_is_reported() {
    let sandbox = Sandbox::start().unwrap();
    let client = keeping(&sandbox, MemoryStore::new()).built().unwrap();
    let error = client.order(10_000_001).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot get a session: found no tokens in the store; wanted those of an account that \
         authorised the application"
    );
    assert!(error.is_session_expired() && !error.may_have_acted());
    assert_eq!(client.tokens().unwrap(), None);
}

#[test]
fn threads_and_clones_refresh_an_expiring_session_once() {
    let sandbox = Sandbox::start().unwrap();
    // Every session that the sandbox issues ends within the two days.
    let (client, store) = authorised(&sandbox, Duration::from_secs(60));
    let old = store.load().unwrap().unwrap();
    let soon = SystemTime::now() + Duration::from_secs(30);
    store.save(&old.clone().expiring_at(soon)).unwrap();
    let client = {
        drop(client);
        let builder = keeping(&sandbox, Arc::clone(&store));
        builder
            .refresh_ahead(Duration::from_secs(60))
            .built()
            .unwrap()
    };
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let client = client.clone();
            scope.spawn(move || (0..5).for_each(|_| drop(client.order(10_000_001).unwrap())));
        }
    });
    assert_eq!(count(&sandbox, REFRESH), 1);
    assert_ne!(store.load().unwrap().unwrap().session, old.session);
}

#[test]
fn threads_whose_session_is_refused_refresh_it_once() {
    let sandbox = Sandbox::start().unwrap();
    let (client, store) = authorised(&sandbox, Duration::ZERO);
    sandbox.expire_token(store.load().unwrap().unwrap().session.expose());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let client = client.clone();
            scope.spawn(move || client.order(10_000_001).unwrap());
        }
    });
    assert_eq!(count(&sandbox, REFRESH), 1);
}

#[test]
fn a_call_refreshes_a_refused_session_only_once() {
    let sandbox = Sandbox::start().unwrap();
    let (client, _) = authorised(&sandbox, Duration::ZERO);
    sandbox.add_fault(FaultRule::next(Fault::ExpireToken).on(GET).times(9));
    let error = client.order(10_000_001).unwrap_err();
    assert!(error.is_session_expired() && !error.may_retry());
    assert_eq!((count(&sandbox, GET), count(&sandbox, REFRESH)), (2, 1));
}

#[test]
fn a_refresh_that_fails_keeps_the_old_tokens() {
    let sandbox = Sandbox::start().unwrap();
    let (client, store) = authorised(&sandbox, Duration::from_secs(7 * 86_400));
    sandbox.clear_faults();
    sandbox.add_fault(FaultRule::next(Fault::HtmlBefore(502)).on(REFRESH).times(9));
    let before = store.load().unwrap();
    client.order(10_000_001).unwrap();
    client.order(10_000_001).unwrap();
    // Tried once, and not again for a while, because the session is still valid.
    assert_eq!(count(&sandbox, REFRESH), 1);
    assert_eq!(store.load().unwrap(), before);
}

#[test]
fn a_refused_session_is_kept_if_its_refresh_fails_temporarily() {
    let sandbox = Sandbox::start().unwrap();
    let (client, _) = authorised(&sandbox, Duration::ZERO);
    sandbox.add_fault(FaultRule::next(Fault::ExpireToken).on(GET));
    sandbox.add_fault(FaultRule::next(Fault::HtmlBefore(502)).on(REFRESH));
    let error = client.order(10_000_001).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot get a session for aliexpress.trade.ds.order.get: cannot call /auth/token/refresh: found \
         HTTP status 502 with 144 bytes of \"text/html\"; wanted an answer under HTTP status 200"
    );
    assert!(error.may_retry() && !error.is_session_expired() && !error.may_have_acted());
    assert_eq!(error.tries(), 1);
}

#[test]
fn an_expired_refresh_token_is_reported_as_a_missing_authorisation() {
    let sandbox = Sandbox::start().unwrap();
    let past = SystemTime::now() - Duration::from_secs(1);
    let store = MemoryStore::with(Tokens::new("canary").expiring_at(past));
    let error = keeping(&sandbox, store)
        .built()
        .unwrap()
        .order(10_000_001)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot refresh the session: found no refresh token that is still valid; wanted the account to \
         authorise the application again"
    );
    assert!(error.is_session_expired() && !error.may_retry());

    let refused = Tokens::new("canary").with_refresh_token("not one of the sandbox's");
    for store in [refused.clone().expiring_at(past), refused] {
        let client = keeping(&sandbox, MemoryStore::with(store)).built().unwrap();
        let error = client.order(10_000_001).unwrap_err();
        assert!(error.is_session_expired() && !error.may_retry(), "{error}");
    }
}

#[test]
fn tokens_that_another_program_refreshed_are_loaded_from_the_store() {
    let sandbox = Sandbox::start().unwrap();
    let (client, store) = authorised(&sandbox, Duration::ZERO);
    client.order(10_000_001).unwrap();
    let old = store.load().unwrap().unwrap();
    let new = client
        .exchange_refresh_token(old.refresh_token.as_ref().unwrap())
        .unwrap();
    store.save(&new).unwrap();
    sandbox.expire_token(old.session.expose());
    client.order(10_000_001).unwrap();
    assert_eq!(count(&sandbox, REFRESH), 1);
}

/// A folder with a token file whose tokens expire at once; removed when dropped.
struct Shared(std::path::PathBuf);

impl Shared {
    fn new(name: &str, sandbox: &Sandbox) -> Self {
        let name = format!("aliexpress-{name}-{}", std::process::id());
        let shared = Self(std::env::temp_dir().join(name));
        let _ = std::fs::remove_dir_all(&shared.0);
        std::fs::create_dir_all(&shared.0).unwrap();
        let client = keeping(sandbox, FileStore::new(shared.file()));
        let code = AuthCode::new(sandbox.authorise());
        let tokens = client.built().unwrap().create_tokens(&code).unwrap();
        let now = SystemTime::now();
        let store = FileStore::new(shared.file());
        store.save(&tokens.expiring_at(now)).unwrap();
        shared
    }

    fn file(&self) -> std::path::PathBuf {
        self.0.join("tokens.json")
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const CHILD: [&str; 4] = ["SANDBOX_URL", "SANDBOX_KEY", "SANDBOX_SECRET", "TOKEN_FILE"];

/// The part of the next test that runs in each process.
#[test]
#[ignore = "a process of the test `processes_that_share_a_token_file_refresh_the_session_once`"]
fn child_process_that_needs_a_session() {
    let [url, key, secret, file] = CHILD.map(|name| std::env::var(name).unwrap());
    let client = quick(Client::builder(key, secret)).gateway(url);
    let client = client.token_store(FileStore::new(file)).built().unwrap();
    client.order(10_000_001).unwrap();
}

#[test]
fn processes_that_share_a_token_file_refresh_the_session_once() {
    let sandbox = Sandbox::start().unwrap();
    let shared = Shared::new("processes", &sandbox);
    // Long enough for all of them to find that the session has expired.
    let slow = Fault::Delay(Duration::from_millis(500));
    sandbox.add_fault(FaultRule::next(slow).on(REFRESH).times(9));
    let file = shared.file().to_str().unwrap().to_owned();
    let values = [
        sandbox.url(),
        sandbox.app_key(),
        sandbox.app_secret(),
        &file,
    ]
    .map(String::from);
    let children: Vec<_> = (0..4)
        .map(|_| {
            std::process::Command::new(std::env::current_exe().unwrap())
                .args([
                    "tokens::child_process_that_needs_a_session",
                    "--exact",
                    "--ignored",
                ])
                .envs(CHILD.into_iter().zip(&values))
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!((count(&sandbox, REFRESH), count(&sandbox, GET)), (1, 4));
}

#[test]
fn clients_that_share_a_store_in_memory_refresh_the_session_once() {
    let sandbox = Sandbox::start().unwrap();
    let shared = Shared::new("memory", &sandbox);
    let tokens = FileStore::new(shared.file()).load().unwrap().unwrap();
    // Long enough for all of them to find that the session has expired.
    let slow = Fault::Delay(Duration::from_millis(300));
    sandbox.add_fault(FaultRule::next(slow).on(REFRESH).times(9));
    let store = Arc::new(MemoryStore::with(tokens));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let client = keeping(&sandbox, Arc::clone(&store)).built().unwrap();
            scope.spawn(move || client.order(10_000_001).unwrap());
        }
    });
    assert_eq!((count(&sandbox, REFRESH), count(&sandbox, GET)), (1, 4));
}

/// Links as for mounted secrets and dotfiles.
#[cfg(unix)]
#[test]
fn clients_that_open_one_token_file_by_link_and_by_name_refresh_the_session_once() {
    let sandbox = Sandbox::start().unwrap();
    let shared = Shared::new("linked", &sandbox);
    let slow = Fault::Delay(Duration::from_millis(300));
    sandbox.add_fault(FaultRule::next(slow).on(REFRESH).times(9));
    let old = FileStore::new(shared.file()).load().unwrap();
    let link = shared.0.join("link.json");
    std::os::unix::fs::symlink("tokens.json", &link).unwrap();
    std::thread::scope(|scope| {
        for path in [link.clone(), shared.file(), link.clone(), shared.file()] {
            let client = keeping(&sandbox, FileStore::new(path)).built().unwrap();
            scope.spawn(move || client.order(10_000_001).unwrap());
        }
    });
    assert_eq!((count(&sandbox, REFRESH), count(&sandbox, GET)), (1, 4));
    assert!(link.is_symlink());
    assert_ne!(FileStore::new(shared.file()).load().unwrap(), old);
}

#[test]
fn a_call_waits_for_another_programs_refresh_only_if_its_session_has_expired() {
    let sandbox = Sandbox::start().unwrap();
    let shared = Shared::new("elsewhere", &sandbox);
    let other = FileStore::new(shared.file());
    let tokens = other.load().unwrap().unwrap();
    let held = other.lock(Instant::now()).unwrap();

    let patient = keeping(&sandbox, FileStore::new(shared.file()));
    let client = patient.deadline(Duration::from_secs(1)).built().unwrap();
    let error = client.order(10_000_001).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot refresh the session: found another thread or program still refreshing it after 1s; wanted that \
         refresh to have finished"
    );
    assert!(error.is_timeout() && error.may_retry() && !error.may_have_acted());

    let soon = SystemTime::now() + Duration::from_secs(600);
    other.save(&tokens.expiring_at(soon)).unwrap();
    let client = keeping(&sandbox, FileStore::new(shared.file()))
        .built()
        .unwrap();
    let started = Instant::now();
    client.order(10_000_001).unwrap();
    // Not after the deadline, which is in a minute.
    assert!(started.elapsed() < Duration::from_secs(50) && count(&sandbox, REFRESH) == 0);
    drop(held);
    client.order(10_000_001).unwrap();
    assert_eq!(count(&sandbox, REFRESH), 1);
}

/// A store whose saves fail while a switch is on.
struct FailingSaves(Arc<MemoryStore>, Arc<AtomicBool>);

impl TokenStore for FailingSaves {
    fn load(&self) -> Result<Option<Tokens>, StoreError> {
        self.0.load()
    }

    fn save(&self, tokens: &Tokens) -> Result<(), StoreError> {
        match self.1.load(Ordering::SeqCst) {
            true => Err(StoreError::new("cannot save tokens: the disk is full")),
            false => self.0.save(tokens),
        }
    }
}

#[test]
fn refreshed_tokens_are_used_even_if_they_cannot_be_saved() {
    let sandbox = Sandbox::start().unwrap();
    let (full, saved) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(MemoryStore::new()),
    );
    let minutes = Arc::new(AtomicU64::new(0));
    let later = Arc::clone(&minutes);
    let store = FailingSaves(Arc::clone(&saved), Arc::clone(&full));
    let client = keeping(&sandbox, store)
        .clock(move || SystemTime::now() + Duration::from_secs(60 * later.load(Ordering::SeqCst)))
        .built()
        .unwrap();
    let tokens = client
        .create_tokens(&AuthCode::new(sandbox.authorise()))
        .unwrap();
    sandbox.expire_token(tokens.session.expose());
    full.store(true, Ordering::SeqCst);
    client.order(10_000_001).unwrap();
    client.order(10_000_001).unwrap();
    assert_eq!(count(&sandbox, REFRESH), 1);
    assert_eq!(
        saved.load().unwrap().map(|saved| saved.session),
        Some(tokens.session)
    );
    // When the disk has free space again, they are saved after a pause.
    full.store(false, Ordering::SeqCst);
    minutes.store(1, Ordering::SeqCst);
    client.order(10_000_001).unwrap();
    assert_eq!(saved.load().unwrap(), client.tokens().unwrap());
}

#[test]
fn tokens_in_a_file_are_loaded_by_the_next_program() {
    let sandbox = Sandbox::start().unwrap();
    let path = std::env::temp_dir().join(format!("aliexpress-tokens-{}.json", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let client = keeping(&sandbox, FileStore::new(&path)).built().unwrap();
    let tokens = client
        .create_tokens(&AuthCode::new(sandbox.authorise()))
        .unwrap();
    let later = keeping(&sandbox, FileStore::new(&path)).built().unwrap();
    later.order(10_000_001).unwrap();
    assert_eq!(later.tokens().unwrap().unwrap().session, tokens.session);
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn an_expired_refresh_token_is_sent_only_once() {
    let sandbox = Sandbox::start().unwrap();
    let (client, store) = authorised(&sandbox, Duration::ZERO);
    let tokens = store.load().unwrap().unwrap();
    sandbox.expire_token(tokens.session.expose());
    sandbox.expire_refresh_token(tokens.refresh_token.as_ref().unwrap().expose());
    for _ in 0..200 {
        let error = client.order(10_000_001).unwrap_err();
        assert!(error.is_session_expired(), "{error}");
    }
    assert_eq!(count(&sandbox, REFRESH), 1);
    // Tokens of another account in the store are used at once.
    client
        .create_tokens(&AuthCode::new(sandbox.authorise()))
        .unwrap();
    assert!(client.order(10_000_001).is_ok());
}

/// Two hundred calls in two hundred seconds, and the platform refuses the session of each.
#[test]
fn a_session_that_is_always_refused_is_refreshed_at_most_once_a_minute() {
    let same_again = |tokens: &Tokens| {
        let tokens = (
            tokens.session.expose(),
            tokens.refresh_token.as_ref().unwrap().expose(),
        );
        let (session, refresh_token) = tokens;
        format!(
            r#"{{"access_token":"{session}","refresh_token":"{refresh_token}","expires_in":86400,"code":"0"}}"#
        )
    };
    let faults: [fn(String) -> Option<Fault>; 9] = [
        // The refresh succeeds, and the new session is refused as well.
        |_| None,
        |same_again| Some(Fault::Replace(same_again)),
        |_| Some(Fault::HtmlBefore(502)),
        |_| Some(Fault::ResetBefore),
        |_| Some(Fault::ResetAfter),
        |_| Some(Fault::Malformed),
        |_| Some(Fault::Replace("{}".to_owned())),
        |_| {
            Some(Fault::Replace(
                r#"{"type":"ISV","code":"AppWhiteIpLimit"}"#.to_owned(),
            ))
        },
        |_| {
            Some(Fault::Replace(
                r#"{"type":"ISP","code":"ServiceUnavailable"}"#.to_owned(),
            ))
        },
    ];
    for fault in faults {
        let sandbox = Sandbox::builder().log_size(1000).start().unwrap();
        let (start, seconds) = (SystemTime::now(), Arc::new(AtomicU64::new(0)));
        let now = Arc::clone(&seconds);
        let store = Arc::new(MemoryStore::new());
        let client = keeping(&sandbox, Arc::clone(&store))
            .clock(move || start + Duration::from_secs(now.load(Ordering::SeqCst)))
            .built()
            .unwrap();
        let tokens = client
            .create_tokens(&AuthCode::new(sandbox.authorise()))
            .unwrap();
        let fault = fault(same_again(&tokens));
        let shown = format!("{fault:?}");
        sandbox.add_fault(FaultRule::next(Fault::ExpireToken).on(GET).times(1000));
        if let Some(fault) = fault {
            sandbox.add_fault(FaultRule::next(fault).on(REFRESH).times(1000));
        }
        for _ in 0..200 {
            let error = client.order(10_000_001).unwrap_err();
            assert!(
                !format!("{error} {error:?}").contains(tokens.session.expose()),
                "{shown}"
            );
            seconds.fetch_add(1, Ordering::SeqCst);
        }
        assert_eq!(count(&sandbox, REFRESH), 4, "{shown}");
        // Tokens of another account are used at once.
        sandbox.clear_faults();
        client
            .create_tokens(&AuthCode::new(sandbox.authorise()))
            .unwrap();
        client.order(10_000_001).unwrap();
    }
}

#[test]
fn the_pause_between_refreshes_can_be_configured() {
    let sandbox = Sandbox::start().unwrap();
    let store = Arc::new(MemoryStore::new());
    let client = keeping(&sandbox, Arc::clone(&store))
        .refresh_cooldown(Duration::ZERO)
        .built()
        .unwrap();
    client
        .create_tokens(&AuthCode::new(sandbox.authorise()))
        .unwrap();
    for refreshes in 1..4 {
        sandbox.expire_token(store.load().unwrap().unwrap().session.expose());
        client.order(10_000_001).unwrap();
        assert_eq!(count(&sandbox, REFRESH), refreshes);
    }
}

/// The refresh token has expired, too: the error says so, and not only that the platform refused the session.
#[test]
fn a_refused_refresh_is_reported_with_the_code_of_the_refresh() {
    let sandbox = Sandbox::start().unwrap();
    let (client, store) = authorised(&sandbox, Duration::ZERO);
    let tokens = store.load().unwrap().unwrap();
    sandbox.expire_token(tokens.session.expose());
    sandbox.expire_refresh_token(tokens.refresh_token.as_ref().unwrap().expose());
    for expected in [
        "cannot get a session for aliexpress.trade.ds.order.get: platform refused /auth/token/refresh: code \
         IllegalRefreshToken \"The specified refresh token has expired.\"",
        "cannot get a session for aliexpress.trade.ds.order.get: platform refused an earlier refresh of the session: code \
         IllegalRefreshToken \"The specified refresh token has expired.\"",
    ] {
        let error = client.order(10_000_001).unwrap_err();
        let message = error.to_string();
        assert_eq!(message.split_once(", request id ").unwrap().0, expected);
        let refresh = error.source().and_then(|error| error.downcast_ref());
        for error in [&error, refresh.unwrap()] {
            let refusal = error.api_error().unwrap();
            assert_eq!(refusal.code.as_deref(), Some("IllegalRefreshToken"));
        }
        let advice = error.code_info().unwrap().advice;
        assert!(advice.contains("authorise"), "{advice}");
        assert!(error.is_session_expired() && !error.may_retry() && !error.may_have_acted());
    }
}

/// A session may expire sooner than the time by which sessions are refreshed before they expire.
#[test]
fn a_session_that_always_expires_soon_is_not_refreshed_by_each_call() {
    // No time passes, so that no session ends between two calls.
    let now = SystemTime::now();
    for lifetime in [1200, 600, 2] {
        let sandbox = Sandbox::builder()
            .token_lifetimes(Duration::from_secs(lifetime), Duration::from_secs(86_400))
            .clock(now)
            .start()
            .unwrap();
        let client = keeping(&sandbox, MemoryStore::new())
            .refresh_ahead(Duration::from_secs(1800))
            .clock(move || now)
            .built()
            .unwrap();
        client
            .create_tokens(&AuthCode::new(sandbox.authorise()))
            .unwrap();
        for _ in 0..20 {
            client.order(10_000_001).unwrap();
        }
        assert!(count(&sandbox, REFRESH) <= 1, "{lifetime}");
    }
}

#[test]
fn a_client_for_another_account_shares_everything_except_the_session() {
    let sandbox = Sandbox::start().unwrap();
    let (client, _) = authorised(&sandbox, Duration::ZERO);
    let client = client.with(CallOptions::new().session("of a third account"));
    assert!(client.order(10_000_001).unwrap_err().is_session_expired());
    let store = Arc::new(MemoryStore::new());
    let other = client.for_account(Arc::clone(&store));
    let error = other.order(10_000_001).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot get a session: found no tokens in the store; wanted those of an account that \
         authorised the application"
    );
    let tokens = other
        .create_tokens(&AuthCode::new(sandbox.authorise()))
        .unwrap();
    assert_eq!(store.load().unwrap(), Some(tokens));
    assert!(other.order(10_000_001).is_ok());
    // The first client still has its own options and tokens.
    assert!(client.order(10_000_001).unwrap_err().is_session_expired());
}

#[test]
fn refresh_session_refreshes_a_session_that_is_still_valid() {
    let sandbox = Sandbox::start().unwrap();
    let (client, store) = authorised(&sandbox, Duration::ZERO);
    let old = store.load().unwrap().unwrap();
    let new = client.refresh_session().unwrap();
    assert!(new.session != old.session);
    assert_eq!(client.tokens().unwrap(), Some(new.clone()));
    assert_eq!(store.load().unwrap(), Some(new));
    assert_eq!(count(&sandbox, REFRESH), 1);
    // Immediately after a refresh, nothing needs to be refreshed.
    assert_eq!(
        client.refresh_session().unwrap(),
        client.tokens().unwrap().unwrap()
    );
    assert_eq!(count(&sandbox, REFRESH), 1);
    let page = client.authorize_url("https://shop.example/back", Some("state"));
    assert!(page.starts_with(&format!("{}/oauth/authorize?", sandbox.url())));
    let error = client.system_call(REFRESH, &[("refresh_token", "spent")]);
    assert!(error.unwrap_err().api_error().is_some());
}
