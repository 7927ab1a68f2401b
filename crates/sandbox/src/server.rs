//! The HTTP server: one thread that listens, and answers each request from the shared state.

mod authorise;
mod body;
mod guard;
mod page;
mod push_delivery;
mod resettable_stream;
mod response;
mod routes;
mod seats;
mod upload;

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::due;
use crate::shared_state::SharedState;
use crate::state_file::StateFile;
use guard::Ends;
use resettable_stream::{ResetSwitch, ResettableStream};
use seats::{Seat, Seats};
use upload::Room;

/// A running server. Dropping it closes the port and all connections.
pub(crate) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts to listen, and to save the state if a file is given. After it is dropped, it does not write again.
    pub(crate) fn start(
        address: SocketAddr,
        state: SharedState,
        file: Option<Arc<StateFile>>,
    ) -> io::Result<Self> {
        Self::start_with(address, state, file, MOST_CONNECTIONS)
    }

    fn start_with(
        address: SocketAddr,
        state: SharedState,
        file: Option<Arc<StateFile>>,
        most_connections: usize,
    ) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()?;
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let moves_by_time = state.lock().moves_by_time();
        let (stop, stopped) = oneshot::channel();
        let name = "aliexpress-sandbox".to_owned();
        let thread = thread::Builder::new().name(name).spawn(move || {
            runtime.spawn(listen(listener, state.clone(), most_connections));
            runtime.spawn(push_delivery::deliver(state.clone()));
            if let Some(file) = file {
                runtime.spawn(keep_state(state.clone(), file));
            }
            if moves_by_time {
                runtime.spawn(keep_time(state));
            }
            // Ends when the sender is dropped; dropping the runtime then ends all tasks and connections.
            let _ = runtime.block_on(stopped);
        })?;
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // If the server's thread panicked, the test that drops it must not panic too.
            let _ = thread.join();
        }
    }
}

/// How many connections are open at once; for another one, the connection that has been idle for longest is closed.
const MOST_CONNECTIONS: usize = 1000;
/// The longest head of a request in bytes, which may have all parameters in its query.
const LONGEST_HEAD: usize = 128 * 1024;
/// How long a connection may be idle, or a head may take to arrive: long enough for a client at a breakpoint.
const LONGEST_IDLE: Duration = Duration::from_secs(600);

async fn listen(listener: TcpListener, state: SharedState, most_connections: usize) {
    const BREATH: Duration = Duration::from_millis(10);
    let (room, seats) = (Room::new(), Seats::new(most_connections));
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let seat = seats.take().await;
                tokio::spawn(serve(stream, peer, state.clone(), room.clone(), seat));
            }
            // No file handles left, or a peer that disconnected at once: neither ends the server.
            Err(_) => sleep(BREATH).await,
        }
    }
}

/// Applies scheduled events without waiting for a request.
async fn keep_time(state: SharedState) {
    const TICK: Duration = Duration::from_millis(50);
    loop {
        sleep(TICK).await;
        let mut state = state.lock();
        let now = state.now();
        due::run(&mut state, now);
    }
}

/// Writes the state after each change. An error is reported, and the write is tried again.
async fn keep_state(state: SharedState, file: Arc<StateFile>) {
    const PAUSE: Duration = Duration::from_millis(500);
    loop {
        sleep(PAUSE).await;
        let (state, file) = (state.clone(), Arc::clone(&file));
        // In its own thread, because waiting for the disk would delay every request.
        let _ = spawn_blocking(move || file.save(&state)).await;
    }
}

async fn serve(stream: TcpStream, peer: SocketAddr, state: SharedState, room: Room, seat: Seat) {
    // A server that listens on all addresses was called on one of them, which `guard` compares.
    let Ok(server) = stream.local_addr() else {
        return;
    };
    // Answers are written at once; Nagle's algorithm would only delay them.
    let _ = stream.set_nodelay(true);
    let (ends, reset) = (Ends { server, peer }, ResetSwitch::default());
    let line = ResettableStream::new(stream, reset.clone());
    let seat = &seat;
    let service = service_fn(move |request| {
        let (state, room, reset) = (state.clone(), room.clone(), reset.clone());
        let busy = seat.busy();
        async move {
            let response = routes::respond(request, ends, &state, &room, &reset).await;
            drop(busy);
            response
        }
    });
    let mut connection = http1::Builder::new();
    connection
        .timer(TokioTimer::new())
        .header_read_timeout(LONGEST_IDLE)
        .max_buf_size(LONGEST_HEAD);
    let served = connection.serve_connection(TokioIo::new(line), service);
    let (mut served, mut wanted) = (pin!(served), pin!(seat.wanted()));
    poll_fn(|context| {
        // Errors here are caused by the peer, or by faults on purpose.
        let ends = served.as_mut().poll(context).is_ready();
        match ends || wanted.as_mut().poll(context).is_ready() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{Ipv4Addr, TcpStream};

    use super::*;
    use crate::builder::Builder;
    use crate::state::State;

    const PLACES: usize = 8;

    fn server() -> Server {
        let state = SharedState::new(State::new(&Builder::default()));
        Server::start_with((Ipv4Addr::LOCALHOST, 0).into(), state, None, PLACES).unwrap()
    }

    /// Asks for the page on a connection that stays open, and returns the first bytes of the answer.
    fn ask(stream: &mut TcpStream) -> io::Result<String> {
        let host = stream.peer_addr()?;
        write!(stream, "GET /nothing HTTP/1.1\r\nHost: {host}\r\n\r\n")?;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    #[test]
    fn idle_connections_make_room_for_new_ones() {
        let server = server();
        let connect = || {
            let stream = TcpStream::connect(server.address()).unwrap();
            let patience = Duration::from_secs(30);
            stream.set_read_timeout(Some(patience)).unwrap();
            stream
        };
        // Connections without a request, with half a head, and after an answer: all of them are idle.
        let mut idle: Vec<TcpStream> = (0..PLACES * 5).map(|_| connect()).collect();
        for stream in idle.iter_mut().step_by(2) {
            let _ = stream.write_all(b"GET / HTTP/1.1\r\nHo");
        }
        for _ in 0..PLACES * 2 {
            let mut stream = connect();
            assert_eq!(ask(&mut stream).unwrap(), "HTTP/1.1 404");
            idle.push(stream);
        }
        // The oldest were closed, the newest were not.
        assert!(ask(&mut idle[0]).is_err());
        assert!(ask(idle.last_mut().unwrap()).is_ok());
    }
}
