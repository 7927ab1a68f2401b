//! Searches this process's memory for secrets after their use.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use aliexpress::models::order_get::{OrderGet, OrderQuery};
use aliexpress::models::shared::OrderId;
use aliexpress::tokens::{FileStore, TokenStore, Tokens};
use aliexpress::{CallOptions, Client, Session};

/// The secrets with each letter changed, so that the search does not find this list.
const CHANGED: [&[u8]; 3] = [
    b"ecpct{/crr/uidsdv/12345",
    b"ecpct{/uduuknp/vqmgp/56",
    b"ecpct{/tghtguj/vqmgp/78",
];

/// The length of a prefix before each secret: allocators overwrite the first bytes of freed memory.
const BEFORE: usize = 40;

fn letter(changed: u8) -> u8 {
    changed - 2
}

fn secret(index: usize) -> String {
    let letters = CHANGED[index].iter().map(|byte| char::from(letter(*byte)));
    // A text that reallocates leaves a copy in memory.
    let mut text = String::with_capacity(BEFORE + CHANGED[index].len());
    text.extend(std::iter::repeat_n('x', BEFORE));
    text.extend(letters);
    text
}

/// How often a secret occurs in the writable memory of this process.
fn copies(changed: &[u8]) -> usize {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let memory = File::open("/proc/self/mem").unwrap();
    let mut found = 0;
    let mut page = vec![0; 1 << 16];
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let range = line.split(' ').next().unwrap();
        let (start, end) = range.split_once('-').unwrap();
        let [start, end] = [start, end].map(|text| u64::from_str_radix(text, 16).unwrap());
        let mut at = start;
        while at < end {
            let length = page.len().min((end - at) as usize);
            let Ok(read) = memory.read_at(&mut page[..length], at) else {
                break;
            };
            let windows = page[..read].windows(changed.len());
            let same = |window: &[u8]| window.iter().zip(changed).all(|(a, b)| *a == letter(*b));
            found += windows.filter(|window| same(window)).count();
            // The copy is cleared, so that the search does not find it again.
            page.fill(0);
            if read < length || at + length as u64 >= end {
                break;
            }
            // A secret may cross the end of a piece.
            at += (length - changed.len()) as u64;
        }
    }
    found
}

#[track_caller]
fn check_gone(index: usize, what: &str) {
    assert_eq!(copies(CHANGED[index]), 0, "{what}");
}

#[test]
fn dropped_secrets_are_overwritten_in_memory() {
    let held = secret(0);
    assert_eq!(
        copies(CHANGED[0]),
        1,
        "the search must find an existing copy"
    );
    let client = Client::builder("12345678", held)
        .session(secret(1))
        .build()
        .unwrap();
    let request = OrderGet::new(OrderQuery::new(OrderId(1)));
    for _ in 0..3 {
        drop(client.prepare(&request).unwrap());
        let other = client.with(CallOptions::new().session(secret(1)));
        drop(other.prepare(&request).unwrap());
    }
    drop(client);
    check_gone(0, "the app secret");
    check_gone(
        1,
        "the session, after it was signed and written into requests",
    );

    let name = format!("aliexpress-memory-{}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    fs::create_dir_all(&folder).unwrap();
    let store = FileStore::new(folder.join("tokens.json"));
    let tokens = Tokens::new(Session::new(secret(1))).with_refresh_token(secret(2));
    for _ in 0..3 {
        store.save(&tokens).unwrap();
        drop(store.load().unwrap().unwrap());
    }
    drop(tokens);
    fs::remove_dir_all(&folder).unwrap();
    check_gone(1, "the session, after it was saved and loaded");
    check_gone(2, "the refresh token, after it was saved and loaded");
}
