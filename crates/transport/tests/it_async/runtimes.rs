//! Several runtimes with one transport.

use aliexpress_transport::{AsyncHttp as _, HttpRequest, Transport};
use tokio::runtime::{Builder, Runtime};

use crate::server::{Server, answer};
use crate::{BODY, soon};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// A connection whose runtime does not run is never woken.
#[test]
fn a_connection_is_used_by_the_runtime_that_opened_it() {
    let server = Server::answering(answer("200 OK", "", "{}"));
    let transport = Transport::builder().build_async().unwrap();
    let url = server.url();
    let runtimes = [runtime(), runtime()];
    for _ in 0..3 {
        for runtime in &runtimes {
            let exchange = transport.send(HttpRequest::form(&url, BODY), soon());
            assert_eq!(runtime.block_on(exchange).unwrap().body, b"{}");
        }
    }
    assert_eq!(server.connections(), 2);
}
