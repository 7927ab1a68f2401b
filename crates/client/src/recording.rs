//! Records exchanges in files and answers calls from them, for tests of programs that use this
//! crate.
//!
//! Every answer is written to its own file, such as `0001-aliexpress.trade.ds.order.get.json`,
//! together with what identifies the call: the API and a hash of the call's own parameters.
//! Sessions, tokens and personal data are redacted, and nothing else of the request is stored.

mod redaction;

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use aliexpress_signing::{SignMethod, explain};
use aliexpress_transport::HttpResponse;
use serde_json::{Value, json};

use crate::call::Call;
use crate::error::Error;
use crate::secrets::Session;

/// Writes answers to a folder, which is listed only once. A number that another client has used
/// since then is noticed because its file exists.
pub(crate) struct Recorder {
    folder: PathBuf,
    /// The number of the next file.
    next: Mutex<usize>,
}

impl Recorder {
    /// Creates the folder if necessary; existing files are kept.
    pub(crate) fn new(folder: PathBuf) -> Result<Self, Error> {
        let made = fs::create_dir_all(&folder).and_then(|()| files(&folder));
        let files = made.map_err(|error| unusable("record answers", &folder, &error))?;
        let highest = files.iter().filter_map(|file| number_of(file)).max();
        Ok(Self {
            folder,
            next: Mutex::new(highest.unwrap_or(0) + 1),
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn keep(
        &self,
        call: &Call<'_>,
        session: Option<&Session>,
        answer: &HttpResponse,
    ) -> io::Result<()> {
        let content_type = answer.content_type.as_deref();
        let content_type =
            content_type.map(|header| redaction::redact_header(call, session, header));
        let recording = json!({
            "api": call.name(),
            "parameters": fingerprint(call),
            "status": answer.status,
            "content_type": content_type,
            "body": redaction::redact_body(call, session, &answer.body),
        });
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let api = call.name().trim_matches('/').replace('/', ".");
        // Another client may be recording into the same folder: what it wrote for this API keeps
        // its number.
        loop {
            let path = self.folder.join(format!("{:04}-{api}.json", *next));
            *next += 1;
            match create_new(&path) {
                Ok(mut file) => return writeln!(file, "{recording:#}"),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// The number at the start of a recording's name.
fn number_of(file: &Path) -> Option<usize> {
    let name = file.file_name()?.to_str()?;
    name.split_once('-')?.0.parse().ok()
}

/// Creates a file that did not exist before, readable only by its owner, because the redaction may
/// miss personal data.
fn create_new(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// Answers calls from the recordings in a folder.
pub(crate) struct Replayer {
    folder: PathBuf,
    /// By API and fingerprint, in the order in which they were recorded.
    answers: HashMap<(String, String), Vec<HttpResponse>>,
    /// How often each call was made.
    asked: Mutex<HashMap<(String, String), usize>>,
}

impl Replayer {
    pub(crate) fn new(folder: PathBuf) -> Result<Self, Error> {
        let read = files(&folder).and_then(|files| files.iter().map(|file| read(file)).collect());
        let recordings: Vec<_> =
            read.map_err(|error: io::Error| unusable("replay answers", &folder, &error))?;
        let mut answers = HashMap::<_, Vec<_>>::new();
        for (key, answer) in recordings {
            answers.entry(key).or_default().push(answer);
        }
        Ok(Self {
            folder,
            answers,
            asked: Mutex::default(),
        })
    }

    /// Repeated calls get their recorded answers in order; the last one is then repeated.
    pub(crate) fn answer(&self, call: &Call<'_>) -> Result<HttpResponse, Error> {
        let key = (call.name().to_owned(), fingerprint(call));
        let Some(answers) = self.answers.get(&key) else {
            return Err(Error::unusable(
                format!("replay {}", call.name()),
                format!(
                    "no recording of this API with these parameters in {}",
                    self.folder.display()
                ),
                "a recording made with the same parameters",
            ));
        };
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let times = asked.entry(key).or_default();
        let answer = &answers[(*times).min(answers.len() - 1)];
        *times += 1;
        Ok(answer.clone())
    }
}

/// Distinguishes calls of one API without storing their parameters.
fn fingerprint(call: &Call<'_>) -> String {
    let mut params: Vec<_> = call.params().collect();
    params.retain(|(_, value)| !value.trim().is_empty());
    explain(SignMethod::Sha256, None, &mut params).sha256
}

/// The recordings of a folder, in the order in which they were made.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries: io::Result<Vec<_>> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect();
    let mut files = entries?;
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "json")
    });
    files.sort_by_cached_key(|file| (number_of(file), file.clone()));
    Ok(files)
}

fn read(file: &Path) -> io::Result<((String, String), HttpResponse)> {
    let broken = || {
        let message = format!("{} is not a recording", file.display());
        io::Error::new(io::ErrorKind::InvalidData, message)
    };
    let value: Value = serde_json::from_slice(&fs::read(file)?).map_err(|_| broken())?;
    let text = |key: &str| value[key].as_str().map(str::to_owned).ok_or_else(broken);
    let mut answer = HttpResponse::default();
    answer.status = value["status"]
        .as_u64()
        .and_then(|status| status.try_into().ok())
        .ok_or_else(broken)?;
    answer.content_type = value["content_type"].as_str().map(str::to_owned);
    answer.body = text("body")?.into_bytes();
    Ok(((text("api")?, text("parameters")?), answer))
}

fn unusable(doing: &str, folder: &Path, error: &io::Error) -> Error {
    Error::unusable(
        doing,
        format!("{error} at {}", folder.display()),
        "a folder of recordings",
    )
}
