//! Recording answers to files and replaying them.

use std::path::PathBuf;

use aliexpress::models::shared::ExtInfo;
use aliexpress::{CallOptions, Format, PlacedOrder};
use aliexpress_sandbox::{Fault, Sandbox};

use crate::{Built, Client, builder, order, quick};

/// A folder for one test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!(
            "aliexpress-recording-{name}-{}",
            std::process::id()
        ));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn replaying(folder: &Folder) -> Client {
    let client = quick(Client::builder("another key", "another secret")).replay_from(&folder.0);
    client.built().unwrap()
}

#[test]
fn recorded_answers_are_replayed_without_a_gateway() {
    let folder = Folder::new("all");
    let sandbox = Sandbox::start().unwrap();
    let recording = builder(&sandbox).record_to(&folder.0).built().unwrap();
    let xml = CallOptions::new().format(Format::Xml);
    let placed = recording.place_order(&order("1")).unwrap();
    let new = placed.order_ids()[0];
    let first = recording.order(new).unwrap();
    sandbox.set_order_status(new.0, aliexpress::models::shared::OrderStatus::Finish);
    let second = recording.order(new).unwrap();
    let details = recording
        .with(xml.clone())
        .order_info(12_345_678, ExtInfo::ALL)
        .unwrap();
    sandbox.fail_next(Fault::HtmlBefore(502));
    recording.order(10_000_001).unwrap();
    drop(sandbox);

    let replayed = replaying(&folder);
    assert_eq!(
        replayed.place_order(&order("1")).unwrap().data(),
        placed.data()
    );
    assert!(matches!(*placed, PlacedOrder::Created { .. }));
    // The same call gets its answers in their order, then the last one again.
    assert_eq!(replayed.order(new).unwrap().data(), first.data());
    assert_eq!(replayed.order(new).unwrap().data(), second.data());
    assert_eq!(replayed.order(new).unwrap().data(), second.data());
    let again = replayed
        .with(xml.clone())
        .order_info(12_345_678, ExtInfo::ALL)
        .unwrap();
    assert_eq!(
        (again.order_status.as_ref(), again.id),
        (details.order_status.as_ref(), details.id)
    );
    // The recorded 502 is replayed, too, and the call is retried.
    assert!(replayed.order(10_000_001).is_ok());
}

#[test]
fn a_call_that_was_not_recorded_is_reported() {
    let folder = Folder::new("none");
    std::fs::create_dir_all(&folder.0).unwrap();
    let error = replaying(&folder).order(1).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "cannot replay aliexpress.trade.ds.order.get: found no recording of this API with these \
             parameters in {}; wanted a recording made with the same parameters",
            folder.0.display()
        )
    );
    let error = replaying(&folder).place_order(&order("1")).unwrap_err();
    assert!(!error.may_have_acted());
}

#[test]
fn building_a_client_fails_if_its_folder_of_recordings_cannot_be_used() {
    let folder = Folder::new("broken");
    let missing = quick(Client::builder("1", "s"))
        .replay_from(&folder.0)
        .built();
    let system = std::fs::read_dir(&folder.0).unwrap_err();
    assert_eq!(
        missing.unwrap_err().to_string(),
        format!(
            "cannot replay answers: found {system} at {}; wanted a folder of recordings",
            folder.0.display()
        )
    );
    std::fs::create_dir_all(&folder.0).unwrap();
    std::fs::write(folder.0.join("0001-x.json"), "{}").unwrap();
    let broken = quick(Client::builder("1", "s"))
        .replay_from(&folder.0)
        .built()
        .unwrap_err();
    let file = folder.0.join("0001-x.json");
    assert_eq!(
        broken.to_string(),
        format!(
            "cannot replay answers: found {} is not a recording at {}; wanted a folder of recordings",
            file.display(),
            folder.0.display()
        )
    );
}

#[test]
fn an_answer_that_cannot_be_recorded_is_still_returned() {
    let folder = Folder::new("gone");
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox).record_to(&folder.0).built().unwrap();
    std::fs::remove_dir_all(&folder.0).unwrap();
    assert!(client.place_order(&order("1")).unwrap().exists());
}

/// Two clients record at once, with numbers of five digits and with files that already exist.
#[test]
fn a_recording_never_overwrites_another() {
    let folder = Folder::new("shared");
    let sandbox = Sandbox::start().unwrap();
    let record = || builder(&sandbox).record_to(&folder.0).built().unwrap();
    let names = || {
        let files = std::fs::read_dir(&folder.0).unwrap();
        let mut names: Vec<_> = files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort_by_key(|name| (name.len(), name.clone()));
        names
    };
    record().order(10_000_001).unwrap();
    let first = folder.0.join("0001-aliexpress.trade.ds.order.get.json");
    let early = folder.0.join("9998-aliexpress.trade.ds.order.get.json");
    std::fs::rename(first, early).unwrap();
    let (one, other) = (record(), record());
    std::thread::scope(|scope| {
        for client in [&one, &other] {
            scope.spawn(|| {
                for _ in 0..3 {
                    client.order(10_000_001).unwrap();
                }
            });
        }
    });
    let numbers: Vec<_> = names()
        .iter()
        .map(|name| name.split_once('-').unwrap().0.to_owned())
        .collect();
    assert_eq!(
        numbers,
        ["9998", "9999", "10000", "10001", "10002", "10003", "10004"]
    );
    drop(sandbox);
    assert!(replaying(&folder).order(10_000_001).is_ok());
}

/// Files are replayed in the order of their numbers, not sorted as text.
#[test]
fn answers_are_replayed_in_the_order_of_their_file_numbers() {
    let folder = Folder::new("numbers");
    let sandbox = Sandbox::start().unwrap();
    let recording = builder(&sandbox).record_to(&folder.0).built().unwrap();
    let new = recording.place_order(&order("1")).unwrap().order_ids()[0];
    let first = recording.order(new).unwrap();
    sandbox.set_order_status(new.0, aliexpress::models::shared::OrderStatus::Finish);
    let second = recording.order(new).unwrap();
    for (from, to) in [("0002", "9999"), ("0003", "10000")] {
        let path = |number: &str| {
            let name = format!("{number}-aliexpress.trade.ds.order.get.json");
            folder.0.join(name)
        };
        std::fs::rename(path(from), path(to)).unwrap();
    }
    let replayed = replaying(&folder);
    assert_eq!(replayed.order(new).unwrap().data(), first.data());
    assert_eq!(replayed.order(new).unwrap().data(), second.data());
}
