//! Futures that are dropped.

use std::io::Read as _;
use std::net::TcpListener;
use std::sync::mpsc;

use aliexpress_transport::{AsyncHttp as _, HttpRequest};
use tokio::runtime::Builder;

use crate::{BODY, Built as _, Transport, soon};

#[test]
fn a_dropped_exchange_closes_its_connection() {
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
    let transport = Transport::builder().built().unwrap().over;
    let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
    let exchange = runtime.spawn(async move {
        let exchange = HttpRequest::form(&url, BODY);
        drop(transport.send(exchange, soon()).await);
    });
    has_begun.recv().unwrap();
    exchange.abort();
    has_ended.recv().unwrap();
}
