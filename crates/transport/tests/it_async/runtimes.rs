//! What only an async transport can do: several runtimes, futures that are dropped.

use std::io::Read as _;
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use aliexpress_transport::{AsyncHttp as _, HttpRequest, Transport};
use tokio::runtime::{Builder, Runtime};

use crate::server::{Server, answer};
use crate::{BODY, soon};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Nothing wakes a connection whose runtime stands still.
#[test]
fn a_connection_is_used_by_the_runtime_that_opened_it() {
    let server = Server::answering(answer("200 OK", "", "{}"));
    let builder = Transport::builder().read_timeout(Duration::from_secs(3));
    let (transport, url) = (builder.build_async().unwrap(), server.url());
    let runtimes = [runtime(), runtime()];
    for _ in 0..3 {
        for runtime in &runtimes {
            let exchange = transport.send(HttpRequest::form(&url, BODY), soon());
            assert_eq!(runtime.block_on(exchange).unwrap().body, b"{}");
        }
    }
    assert_eq!(server.connections(), 2);
}

#[test]
fn an_exchange_that_is_dropped_closes_its_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/sync", listener.local_addr().unwrap());
    let ((began, has_begun), (ended, has_ended)) = (mpsc::channel(), mpsc::channel());
    std::thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        let mut buffer = [0; 1000];
        while stream.read(&mut buffer).unwrap_or_default() > 0 {
            began.send(()).unwrap();
        }
        ended.send(()).unwrap();
    });
    let transport = Transport::builder().build_async().unwrap();
    let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
    let exchange = runtime.spawn(async move {
        let exchange = HttpRequest::form(&url, BODY);
        drop(transport.send(exchange, soon()).await);
    });
    has_begun.recv().unwrap();
    exchange.abort();
    has_ended.recv().unwrap();
}
