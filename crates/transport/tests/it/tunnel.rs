//! A proxy on loopback.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::server::Server;

/// A proxy that opens the requested tunnels.
pub(crate) fn proxy() -> Server {
    Server::start(|mut peer| {
        let request = String::from_utf8(peer.read_request().unwrap()).unwrap();
        let target = request
            .strip_prefix("CONNECT ")
            .unwrap()
            .split(' ')
            .next()
            .unwrap();
        let Ok(server) = TcpStream::connect(target) else {
            return peer.write(b"HTTP/1.1 502 Bad Gateway\r\n\r\n");
        };
        peer.write(b"HTTP/1.1 200 OK\r\n\r\n");
        let (from, to) = (
            peer.stream.try_clone().unwrap(),
            server.try_clone().unwrap(),
        );
        std::thread::spawn(move || pump(from, to));
        pump(server, peer.stream);
    })
}

fn pump(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = [0; 4096];
    while let Ok(amount @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..amount]).is_err() {
            return;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Write);
}
