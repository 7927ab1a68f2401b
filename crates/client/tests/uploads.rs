//! Files that are read while they are sent: never completely in memory, limited in size, and
//! retried only if they can be read again.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aliexpress::models::File;
use aliexpress::models::ds::image_search::ImageSearch;
use aliexpress::{CallLimits, Client, ClientBuilder, Error, RetryPolicy};

const MIB: u64 = 1024 * 1024;

/// A server that counts the bytes it receives, and keeps none of them.
struct Counting {
    url: String,
    requests: Arc<AtomicUsize>,
    bytes: Arc<AtomicU64>,
}

/// What the server does with a request.
#[derive(Clone, Copy)]
enum Does {
    Answers,
    /// Reads this many bytes and closes the connection.
    Cuts(u64),
}

impl Counting {
    fn start(does: Does) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let counting = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            requests: Arc::default(),
            bytes: Arc::default(),
        };
        let (requests, bytes) = (Arc::clone(&counting.requests), Arc::clone(&counting.bytes));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (requests, bytes) = (Arc::clone(&requests), Arc::clone(&bytes));
                std::thread::spawn(move || serve(stream.unwrap(), does, &requests, &bytes));
            }
        });
        counting
    }

    fn counts(&self) -> (usize, u64) {
        let requests = self.requests.load(Ordering::SeqCst);
        (requests, self.bytes.load(Ordering::SeqCst))
    }
}

fn serve(mut stream: TcpStream, does: Does, requests: &AtomicUsize, count: &AtomicU64) {
    loop {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read(&mut byte).unwrap_or(0) == 0 {
                return;
            }
            head.push(byte[0]);
        }
        requests.fetch_add(1, Ordering::SeqCst);
        let head = String::from_utf8(head).unwrap().to_lowercase();
        assert!(!head.contains("chunked"), "{head}");
        let length = head.split("content-length: ").nth(1).unwrap();
        let length: u64 = length.split("\r\n").next().unwrap().parse().unwrap();
        let (most, answers) = match does {
            Does::Answers => (length, true),
            Does::Cuts(most) => (most.min(length), false),
        };
        let mut buffer = vec![0; 16 * 1024];
        let mut left = most;
        while left > 0 {
            let wanted = buffer.len().min(left as usize);
            match stream.read(&mut buffer[..wanted]) {
                Ok(read @ 1..) => left -= read as u64,
                _ => return,
            }
        }
        count.fetch_add(most, Ordering::SeqCst);
        let body = r#"{"aliexpress_ds_image_search_response":{"request_id":"1"}}"#;
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        if !answers || stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// A reader of zeros that records the size of each read, and how many bytes it is ahead of the server.
struct Zeros {
    left: u64,
    largest: Arc<AtomicUsize>,
}

impl Read for Zeros {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.largest.fetch_max(buffer.len(), Ordering::SeqCst);
        let read = buffer.len().min(self.left as usize);
        buffer[..read].fill(0);
        self.left -= read as u64;
        Ok(read)
    }
}

/// The blocking or the async client, with the same method.
#[derive(Clone, Copy, Debug)]
enum Front {
    Blocking,
    #[cfg(feature = "hyper")]
    Async,
    #[cfg(feature = "reqwest")]
    Reqwest,
}

const FRONTS: &[Front] = &[
    Front::Blocking,
    #[cfg(feature = "hyper")]
    Front::Async,
    #[cfg(feature = "reqwest")]
    Front::Reqwest,
];

fn upload(front: Front, builder: ClientBuilder, file: File) -> Result<(), Error> {
    let mut request = ImageSearch::default();
    request.image_file_bytes = Some(file);
    match front {
        Front::Blocking => builder.build()?.call(&request).map(drop),
        #[cfg(feature = "hyper")]
        Front::Async => upload_async(&builder.build_async()?, &request),
        #[cfg(feature = "reqwest")]
        Front::Reqwest => upload_async(&builder.build_reqwest(|reqwest| reqwest)?, &request),
    }
}

#[cfg(feature = "hyper")]
fn upload_async(client: &aliexpress::AsyncClient, request: &ImageSearch) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(client.call(request)).map(drop)
}

fn builder(url: &str) -> ClientBuilder {
    Client::builder("1", "secret")
        .session("session")
        .gateway(url)
        .call_limits(CallLimits::off())
        .upload_limit(100 * MIB as usize)
        .retry(
            RetryPolicy::default()
                .tries(3)
                .first_wait(Duration::from_millis(1)),
        )
}

/// The memory of the process as reported by the system, in KiB.
#[cfg(target_os = "linux")]
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Tests in the same process would share its peak.
static ALONE: Mutex<()> = Mutex::new(());

#[test]
fn a_large_file_is_never_completely_in_memory() {
    let _alone = ALONE.lock();
    let folder = std::env::temp_dir().join(format!("aliexpress-upload-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("large.png");
    std::fs::File::create(&path)
        .unwrap()
        .set_len(64 * MIB)
        .unwrap();
    for &front in FRONTS {
        let server = Counting::start(Does::Answers);
        let largest = Arc::new(AtomicUsize::new(0));
        let zeros = Zeros {
            left: 64 * MIB,
            largest: Arc::clone(&largest),
        };
        for file in [
            File::open(&path).unwrap(),
            File::from_reader("large.png", 64 * MIB, zeros),
        ] {
            #[cfg(target_os = "linux")]
            let before = peak_kib();
            upload(front, builder(&server.url), file).unwrap();
            #[cfg(target_os = "linux")]
            {
                let grown = peak_kib() - before;
                assert!(grown < 16 * 1024, "{front:?} took {grown} KiB more");
            }
        }
        let (requests, bytes) = server.counts();
        assert_eq!(requests, 2, "{front:?}");
        assert!(
            bytes > 2 * 64 * MIB && bytes < 2 * 64 * MIB + 8192,
            "{front:?} sent {bytes}"
        );
        let largest = largest.load(Ordering::SeqCst);
        assert!(
            (1..=256 * 1024).contains(&largest),
            "{front:?} reads {largest} at once"
        );
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn files_over_the_upload_limit_are_not_opened() {
    let _alone = ALONE.lock();
    for &front in FRONTS {
        let server = Counting::start(Does::Answers);
        let largest = Arc::new(AtomicUsize::new(0));
        let zeros = Zeros {
            left: 1001,
            largest: Arc::clone(&largest),
        };
        let file = File::from_reader("a.png", 1001, zeros);
        let error = upload(front, builder(&server.url).upload_limit(1000), file.clone());
        assert_eq!(
            error.unwrap_err().to_string(),
            "cannot call aliexpress.ds.image.search: found files of 1001 bytes; wanted at most 1000, the upload_limit of the client"
        );
        assert!(!file.is_spent() && largest.load(Ordering::SeqCst) == 0);
        assert_eq!(server.counts(), (0, 0));
    }
}

/// A file is opened for each try. A reader that was partly read cannot be read again.
#[test]
fn an_upload_from_a_reader_is_retried_only_if_the_reader_was_not_read() {
    let _alone = ALONE.lock();
    let path = std::env::temp_dir().join(format!("aliexpress-retried-{}.png", std::process::id()));
    std::fs::write(&path, vec![7; MIB as usize]).unwrap();
    for &front in FRONTS {
        let server = Counting::start(Does::Cuts(1000));
        let error = upload(front, builder(&server.url), File::open(&path).unwrap()).unwrap_err();
        assert_eq!(
            (error.tries(), server.counts().0),
            (3, 3),
            "{front:?}: {error}"
        );

        let server = Counting::start(Does::Cuts(1000));
        let reader = File::from_reader("a.png", MIB, io::Cursor::new(vec![7; MIB as usize]));
        let error = upload(front, builder(&server.url), reader.clone()).unwrap_err();
        assert_eq!(
            (error.tries(), server.counts().0),
            (1, 1),
            "{front:?}: {error}"
        );
        assert!(reader.is_spent() && error.may_have_acted());

        // No connection: the reader was not read yet.
        let reader = File::from_reader("a.png", 3, &b"abc"[..]);
        let error = upload(front, builder("http://127.0.0.1:1"), reader.clone()).unwrap_err();
        assert_eq!(error.tries(), 3, "{front:?}: {error}");
        assert!(!reader.is_spent() && !error.may_have_acted());
    }
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn an_upload_fails_if_the_file_is_shorter_or_longer_than_announced() {
    let _alone = ALONE.lock();
    for &front in FRONTS {
        for (length, found) in [(4, "3 bytes in a file"), (2, "more bytes in a file")] {
            let server = Counting::start(Does::Answers);
            let file = File::from_reader("a.png", length, &b"abc"[..]);
            let error = upload(front, builder(&server.url), file).unwrap_err();
            let expected = format!(
                "cannot call aliexpress.ds.image.search: cannot send POST {}/sync: found {found}; wanted {length} as announced",
                server.url
            );
            assert_eq!(error.to_string(), expected, "{front:?}");
            assert_eq!(server.counts().1, 0, "{front:?}");
        }
    }
}
