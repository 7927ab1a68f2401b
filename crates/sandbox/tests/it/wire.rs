//! A minimal HTTP client: requests are written byte by byte, answers are read to the end.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, SystemTime};

use aliexpress_sandbox::Sandbox;

use crate::signatures::{hmac_sha256, sorted};

/// How long anything may take: long enough for a busy machine, but shorter than work without limits.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(self.text())
            .unwrap_or_else(|error| panic!("{error} in {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}

/// A request with headers and body; the connection is closed after it.
pub(crate) fn try_exchange(
    sandbox: &Sandbox,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<Answer> {
    let mut head = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n");
    if !headers.iter().any(|(name, _)| *name == "Host") {
        write!(head, "Host: {}\r\n", sandbox.address()).unwrap();
    }
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    if !body.is_empty() {
        write!(head, "Content-Length: {}\r\n", body.len()).unwrap();
    }
    head.push_str("\r\n");
    let mut stream = TcpStream::connect(sandbox.address())?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(&[head.as_bytes(), body].concat())?;
    let mut received = Vec::new();
    stream.read_to_end(&mut received)?;
    take_apart(&received)
}

/// Status, head and body; an error if fewer bytes arrived than `Content-Length` says.
fn take_apart(received: &[u8]) -> io::Result<Answer> {
    let broken = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let end = received
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .ok_or_else(broken)?;
    let head = String::from_utf8_lossy(&received[..end]).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .ok_or_else(broken)?;
    let answer = Answer {
        status,
        head,
        body: received[end + 4..].to_vec(),
    };
    match answer
        .header("content-length")
        .and_then(|length| length.parse::<usize>().ok())
    {
        Some(length) if length != answer.body.len() => Err(broken()),
        _ => Ok(answer),
    }
}

#[track_caller]
pub(crate) fn exchange(
    sandbox: &Sandbox,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    try_exchange(sandbox, method, target, headers, body).unwrap()
}

pub(crate) fn get(sandbox: &Sandbox, target: &str) -> Answer {
    exchange(sandbox, "GET", target, &[], b"")
}

pub(crate) const FORM: (&str, &str) = (
    "Content-Type",
    "application/x-www-form-urlencoded;charset=UTF-8",
);

pub(crate) fn post(sandbox: &Sandbox, target: &str, parameters: &[(&str, &str)]) -> Answer {
    exchange(
        sandbox,
        "POST",
        target,
        &[FORM],
        encode(parameters).as_bytes(),
    )
}

pub(crate) fn try_post(
    sandbox: &Sandbox,
    target: &str,
    parameters: &[(&str, &str)],
) -> io::Result<Answer> {
    try_exchange(
        sandbox,
        "POST",
        target,
        &[FORM],
        encode(parameters).as_bytes(),
    )
}

/// Encodes pairs as a form or a query.
pub(crate) fn encode(parameters: &[(&str, &str)]) -> String {
    let encoded = |text: &str| {
        text.bytes().fold(String::new(), |mut written, byte| {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                    written.push(byte.into())
                }
                b' ' => written.push('+'),
                _ => write!(written, "%{byte:02X}").unwrap(),
            }
            written
        })
    };
    let pairs: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    pairs.join("&")
}

/// Encodes pairs as `multipart/form-data`, and returns the content type to send.
pub(crate) fn multipart(parameters: &[(&str, &str)]) -> (String, Vec<u8>) {
    let boundary = "-------------18d1a2b3c4d";
    let mut body = String::new();
    for (name, value) in parameters {
        write!(
            body,
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        )
        .unwrap();
    }
    write!(body, "--{boundary}--\r\n").unwrap();
    (
        format!("multipart/form-data; boundary={boundary}"),
        body.into_bytes(),
    )
}

pub(crate) fn milliseconds() -> String {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_millis()
        .to_string()
}

/// The common parameters of a business call, without signature.
pub(crate) fn common<'a>(
    sandbox: &'a Sandbox,
    api: &'a str,
    timestamp: &'a str,
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("app_key", sandbox.app_key()),
        ("method", api),
        ("session", sandbox.session()),
        ("sign_method", "sha256"),
        ("timestamp", timestamp),
        ("v", "2.0"),
        ("format", "json"),
        ("simplify", "true"),
    ]
}

/// Sends a correctly signed business call to `/sync`.
pub(crate) fn sync(sandbox: &Sandbox, api: &str, own: &[(&str, &str)]) -> Answer {
    let (timestamp, target) = (milliseconds(), "/sync");
    let mut parameters = common(sandbox, api, &timestamp);
    set(&mut parameters, own);
    let sign = hmac_sha256(sandbox.app_secret(), &sorted(&parameters));
    parameters.push(("sign", &sign));
    post(sandbox, target, &parameters)
}

/// Sends a correctly signed system call to `/rest`.
pub(crate) fn rest(sandbox: &Sandbox, path: &str, own: &[(&str, &str)]) -> Answer {
    let timestamp = milliseconds();
    let mut parameters = vec![
        ("app_key", sandbox.app_key()),
        ("timestamp", timestamp.as_str()),
        ("sign_method", "sha256"),
    ];
    set(&mut parameters, own);
    let sign = hmac_sha256(
        sandbox.app_secret(),
        &format!("{path}{}", sorted(&parameters)),
    );
    parameters.push(("sign", &sign));
    post(sandbox, &format!("/rest{path}"), &parameters)
}

/// Replaces parameters of the same names, or appends them.
pub(crate) fn set<'a>(parameters: &mut Vec<(&'a str, &'a str)>, changed: &[(&'a str, &'a str)]) {
    for (name, value) in changed {
        match parameters.iter_mut().find(|(known, _)| known == name) {
            Some(parameter) => parameter.1 = value,
            None => parameters.push((name, value)),
        }
    }
}

/// Sends a business call with files: each has the name of its part and its content.
pub(crate) fn sync_with_files(
    sandbox: &Sandbox,
    api: &str,
    own: &[(&str, &str)],
    files: &[(&str, &str)],
) -> Answer {
    let timestamp = milliseconds();
    let mut parameters = common(sandbox, api, &timestamp);
    set(&mut parameters, own);
    let sign = hmac_sha256(sandbox.app_secret(), &sorted(&parameters));
    parameters.push(("sign", &sign));
    let (content_type, mut body) = multipart(&parameters);
    let end = body.len() - "-------------18d1a2b3c4d".len() - "----\r\n".len();
    let end = body.split_off(end);
    for (name, content) in files {
        let boundary = "-------------18d1a2b3c4d";
        let part = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.png\"\r\n\
             Content-Type: image/png\r\n\r\n{content}\r\n"
        );
        body.extend_from_slice(part.as_bytes());
    }
    body.extend(end);
    let headers = [("Content-Type", content_type.as_str())];
    exchange(sandbox, "POST", "/sync", &headers, &body)
}
