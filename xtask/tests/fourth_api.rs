//! One command, without an overlay, turns the page of a new API into models that compile, read the page's own samples
//! and can be called.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pages::commands::import;
use pages::output::Mode;
use pages::root::Root;
use pages::sources::Stated;

/// Checks what a client requires of a request, and the type of every field.
const USE: &str = r##"//! The generated models are used as a program would use them.

use aliexpress_models::other::example_parcel_track_get::{
    Event, ExampleParcelTrackGet, ExampleParcelTrackGetResult, Filter,
};
use aliexpress_models::other::example_buoy_list::{Buoy, ExampleBuoyList, Light};
use aliexpress_models::{Api, Decimal, Request, Time};

fn callable<R: Request>(request: &R) -> Vec<(&'static str, String)> {
    request.params()
}

#[test]
fn the_request_has_its_parameters() {
    let mut filter = Filter::default();
    filter.r#type = Some("SENT".to_owned());
    filter.languages = vec!["en".to_owned()];
    let mut request = ExampleParcelTrackGet::new(7);
    request.filter = Some(filter);
    let expected = [("parcel_id", "7"), ("filter", r#"{"type":"SENT","languages":["en"]}"#)];
    assert_eq!(callable(&request), expected.map(|(key, value)| (key, value.to_owned())));
}

#[test]
fn the_answer_has_its_types() {
    let mut result = ExampleParcelTrackGetResult::default();
    let _: (Option<i64>, Option<bool>, Option<Decimal>) = (result.parcel_id, result.delivered, result.weight.take());
    let _: Option<String> = result.self_.take();
    let mut event = Event::default();
    let _: Option<Time> = event.time.take();
    let api = Api::find("example.parcel.track.get").unwrap();
    assert_eq!(api.error_codes[0].code, "NO_PARCEL");
}

#[test]
fn rows_of_one_name_are_one_field() {
    let mut request = ExampleBuoyList::new("North");
    request.page_size = Some(1);
    request.page_size_2 = Some(2);
    let expected = [("sea", "North"), ("pageSize", "1"), ("page_size", "2")];
    assert_eq!(callable(&request), expected.map(|(key, value)| (key, value.to_owned())));
    let mut buoy = Buoy::default();
    let _: (Option<i64>, Option<String>, Option<String>) = (buoy.id, buoy.id_2.take(), buoy.id_3.take());
    let _: (Option<String>, Vec<String>, Option<Light>) = (buoy.depth.take(), buoy.tags, buoy.light.take());
}
"##;

#[test]
fn a_new_page_becomes_usable_models() {
    let workspace = Root::workspace();
    let workspace = workspace.path();
    let folder = workspace.join("target/fourth-api");
    let _ = fs::remove_dir_all(folder.join("crates"));
    let _ = fs::remove_dir_all(folder.join("fixtures"));
    for part in ["crates/models/src", "crates/models/tests/sample"] {
        copy(&workspace.join(part), &folder.join(part));
    }
    // No other API is needed: this one has no overlay and no shared type.
    fs::remove_dir_all(folder.join("crates/models/src/generated")).unwrap();
    write_manifests(workspace, &folder);

    let root = Root::at(&folder);
    let pages = [
        "fixtures/pages/fourth_api.md",
        "fixtures/pages/same_rows.md",
    ];
    let pages = pages.map(|page| workspace.join(page));
    import::run(&root, &pages, &Stated::default()).unwrap();
    xtask::codegen::run(&root, Mode::Write).unwrap();
    fs::write(folder.join("crates/models/tests/use.rs"), USE).unwrap();

    let apis = fs::read_to_string(folder.join("docs/apis.md")).unwrap();
    assert!(apis.contains("| `example.parcel.track.get` |"), "{apis}");
    let output = Command::new(env!("CARGO"))
        .args([
            "test",
            "--offline",
            "--quiet",
            "--features",
            "all",
            "--test",
            "samples",
            "--test",
            "use",
        ])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&said)
    );
}

/// The models crate alone, without the dependencies of its own tests.
fn write_manifests(workspace: &Path, folder: &Path) {
    let table =
        |path: PathBuf| toml::from_str::<toml::Table>(&fs::read_to_string(path).unwrap()).unwrap();
    let mut root = table(workspace.join("Cargo.toml"));
    let members = toml::Value::Array(vec!["crates/models".into()]);
    root["workspace"]["members"] = members;
    fs::write(folder.join("Cargo.toml"), toml::to_string(&root).unwrap()).unwrap();
    let models = fs::read_to_string(workspace.join("crates/models/Cargo.toml")).unwrap();
    let needless = ["[dev-dependencies]", "[[bench]]", "[[example]]", "[[test]]"];
    let mut kept = true;
    let lines = models.lines().filter(|line| {
        if line.starts_with('[') {
            kept = !needless.contains(line);
        }
        kept
    });
    let mut text: String = lines.map(|line| line.to_owned() + "\n").collect();
    // The readers that the tests of printed payloads use.
    text.push_str("[dev-dependencies]\nserde.workspace = true\nserde_json.workspace = true\n");
    fs::write(folder.join("crates/models/Cargo.toml"), text).unwrap();
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
