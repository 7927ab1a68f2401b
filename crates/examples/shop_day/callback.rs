//! The shop's receiver of push messages.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use aliexpress::push::{self, Event};
use aliexpress::{AppKey, AppSecret};
use aliexpress_sandbox::Sandbox;

pub(crate) struct Callback(TcpListener);

impl Callback {
    pub(crate) fn listen() -> io::Result<Self> {
        TcpListener::bind("127.0.0.1:0").map(Self)
    }

    pub(crate) fn url(&self) -> io::Result<String> {
        Ok(format!("http://{}/push", self.0.local_addr()?))
    }

    /// Takes the next message, checks that it is the platform's, answers, and gives the order's new status.
    pub(crate) fn next_status(&self, sandbox: &Sandbox) -> Result<String, Box<dyn Error>> {
        let (app_key, secret) = (
            AppKey::new(sandbox.app_key()),
            AppSecret::new(sandbox.app_secret()),
        );
        let (mut stream, _) = self.0.accept()?;
        let mut reader = BufReader::new(&stream);
        let (mut signature, mut length) = (None, 0);
        for line in reader.by_ref().lines().skip(1) {
            match line?.to_ascii_lowercase().split_once(": ") {
                Some(("authorization", value)) => signature = Some(value.to_owned()),
                Some(("content-length", value)) => length = value.parse()?,
                Some(_) => {}
                None => break,
            }
        }
        let mut body = Vec::new();
        reader.take(length).read_to_end(&mut body)?;
        let message = push::receive(&app_key, &secret, signature.as_deref(), &body)?;
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
        match message.event {
            Event::OrderStatus(change) => Ok(change
                .status
                .map_or_else(String::new, |status| format!("{status:?}"))),
            other => Ok(format!("{other:?}")),
        }
    }
}
