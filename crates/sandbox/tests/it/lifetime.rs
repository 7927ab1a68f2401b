//! Starting and stopping.

use std::net::TcpStream;
use std::time::{Duration, SystemTime};

use aliexpress_sandbox::Sandbox;

use crate::wire::{exchange, get};

#[test]
fn several_sandboxes_run_at_once_and_a_dropped_one_closes_its_port() {
    let (one, two) = (Sandbox::start().unwrap(), Sandbox::start().unwrap());
    assert_ne!(one.url(), two.url());
    assert_ne!(one.app_secret(), two.app_secret());
    get(&one, "/sync");
    assert_eq!((one.log().len(), two.log().len()), (1, 0));
    let (address, open) = (one.address(), TcpStream::connect(one.address()).unwrap());
    drop(one);
    assert!(TcpStream::connect(address).is_err());
    let mut byte = [0];
    assert_eq!(std::io::Read::read(&mut &open, &mut byte).unwrap_or(0), 0);
    assert_eq!(get(&two, "/admin/status").status, 200);
}

#[test]
fn a_port_in_use_is_an_error() {
    let sandbox = Sandbox::start().unwrap();
    let error = Sandbox::builder()
        .port(sandbox.address().port())
        .start()
        .unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
}

#[test]
fn given_credentials_are_used_and_a_seed_generates_the_same_ones() {
    let given = Sandbox::builder()
        .app_key("1")
        .app_secret("2")
        .session("3")
        .start()
        .unwrap();
    assert_eq!(
        (given.app_key(), given.app_secret(), given.session()),
        ("1", "2", "3")
    );
    let made_up = || {
        let sandbox = Sandbox::builder().seed(3).start().unwrap();
        (
            sandbox.app_key().to_owned(),
            sandbox.app_secret().to_owned(),
            sandbox.session().to_owned(),
        )
    };
    assert_eq!(made_up(), made_up());
}

#[test]
fn the_clock_can_be_set_and_moved() {
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let sandbox = Sandbox::builder().clock(at).start().unwrap();
    assert_eq!(sandbox.now(), at);
    sandbox.pass_time(Duration::from_secs(5));
    assert_eq!(sandbox.now(), at + Duration::from_secs(5));
    sandbox.set_clock(at);
    assert_eq!(sandbox.now(), at);
}

#[test]
fn only_get_and_post_are_answered() {
    let sandbox = Sandbox::start().unwrap();
    let answer = exchange(&sandbox, "PUT", "/sync", &[], b"");
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, Some("GET, POST"))
    );
}

#[test]
fn it_starts_and_stops_inside_an_async_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let sandbox = Sandbox::start().unwrap();
        assert_eq!(get(&sandbox, "/admin/status").status, 200);
    });
}

#[test]
fn it_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&Sandbox::start().unwrap());
}
