//! The HTTP side: one thread that listens, and answers each request from the shared state.

mod authorise;
mod body;
mod courier;
mod guard;
mod line;
mod response;
mod routes;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::world::World;
use guard::Ends;
use line::{Line, ResetSwitch};

/// The state, shared between the server and those who hold the sandbox.
#[derive(Clone)]
pub(crate) struct SharedWorld(Arc<Mutex<World>>);

impl SharedWorld {
    pub(crate) fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    /// The state, for as long as it takes. A request that panicked leaves it usable.
    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is a push message to carry.
    async fn news(&self) {
        let news = self.lock().news();
        news.notified().await;
    }
}

/// A running server. Dropping it closes the port and all connections.
pub(crate) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(address: SocketAddr, world: SharedWorld) -> io::Result<Self> {
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
        let moves_by_time = world.lock().orders.move_by_time();
        let (stop, stopped) = oneshot::channel();
        let name = "aliexpress-sandbox".to_owned();
        let thread = thread::Builder::new().name(name).spawn(move || {
            runtime.spawn(listen(listener, world.clone()));
            runtime.spawn(courier::carry(world.clone()));
            if moves_by_time {
                runtime.spawn(keep_time(world));
            }
            // Ends when the sender is dropped; the runtime then goes, and all tasks and connections with it.
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
            // A panic of the server's thread is no reason for the test that drops it to panic too.
            let _ = thread.join();
        }
    }
}

async fn listen(listener: TcpListener, world: SharedWorld) {
    const BREATH: Duration = Duration::from_millis(10);
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                tokio::spawn(serve(stream, peer, world.clone()));
            }
            // Out of file handles, or a peer that was gone at once: neither ends the server.
            Err(_) => sleep(BREATH).await,
        }
    }
}

/// Moves orders on when their time has come, though nobody calls.
async fn keep_time(world: SharedWorld) {
    const TICK: Duration = Duration::from_millis(50);
    loop {
        sleep(TICK).await;
        let mut world = world.lock();
        let now = world.now();
        world.settle(now);
    }
}

async fn serve(stream: TcpStream, peer: SocketAddr, world: SharedWorld) {
    // A server that listens on every address was called on one of them.
    let Ok(server) = stream.local_addr() else {
        return;
    };
    // Answers are written in one go; waiting to fill packets would only delay them.
    let _ = stream.set_nodelay(true);
    let (ends, reset) = (Ends { server, peer }, ResetSwitch::default());
    let line = Line::new(stream, reset.clone());
    let service = service_fn(move |request| {
        let (world, reset) = (world.clone(), reset.clone());
        async move { routes::respond(request, ends, &world, &reset).await }
    });
    let mut connection = http1::Builder::new();
    // A client under test may keep a connection idle for as long as it likes.
    connection.header_read_timeout(None);
    // Errors here are the peer's, or faults made on purpose.
    let _ = connection
        .serve_connection(TokioIo::new(line), service)
        .await;
}
