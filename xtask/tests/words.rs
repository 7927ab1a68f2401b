//! Shared descriptions: where they apply, and which are refused.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fs;

use pages::commands::import;
use pages::output::Mode;
use pages::root::Root;
use pages::sources::Stated;
use tempfile::TempDir;

const PAGE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../fixtures/pages/fourth_api.md"
);
const API: &str = "example.parcel.track.get";

struct Fourth {
    folder: TempDir,
    root: Root,
}

impl Fourth {
    fn new(words: &str, overlay: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let root = Root::at(folder.path());
        import::run(&root, &[PAGE.into()], &Stated::default()).unwrap();
        let overlays = folder.path().join("fixtures/overlay");
        fs::create_dir_all(&overlays).unwrap();
        fs::write(overlays.join("words.toml"), words).unwrap();
        if !overlay.is_empty() {
            fs::write(overlays.join(format!("{API}.toml")), overlay).unwrap();
        }
        Self { folder, root }
    }

    /// All generated files of the family.
    fn module(&self) -> String {
        xtask::codegen::run(&self.root, Mode::Write).unwrap();
        let generated = self.folder.path().join("crates/models/src/generated");
        let mut text = String::new();
        for family in fs::read_dir(generated).unwrap() {
            let family = family.unwrap().path();
            for file in family
                .is_dir()
                .then(|| fs::read_dir(family).unwrap())
                .into_iter()
                .flatten()
            {
                text.push_str(&fs::read_to_string(file.unwrap().path()).unwrap());
            }
        }
        text
    }

    fn refusal(&self) -> String {
        let error = xtask::codegen::run(&self.root, Mode::Write).unwrap_err();
        error.root_cause().to_string()
    }
}

#[test]
fn a_description_applies_to_its_name_and_facts_follow() {
    let words = "[[words]]\nfields.parcel_id = 'The parcel.'\n";
    let module = Fourth::new(words, "").module();
    assert!(module.contains("/// The parcel."), "{module}");
}

#[test]
fn a_group_applies_where_it_states() {
    let places = [
        "apis = ['example.*']",
        "side = 'request'",
        "in = ['request']",
        "kinds = ['integer', 'text']",
    ];
    for place in places {
        let words = format!("[[words]]\n{place}\nfields.parcel_id = 'The parcel.'\n");
        let module = Fourth::new(&words, "").module();
        assert!(module.contains("/// The parcel."), "{place}\n{module}");
    }
    let elsewhere = [
        "apis = ['another.*']",
        "in = ['pigeons']",
        "kinds = ['boolean']",
        "siblings = ['pigeon']",
    ];
    for place in elsewhere {
        let words = format!("[[words]]\n{place}\nfields.parcel_id = 'The parcel.'\n");
        assert_eq!(
            Fourth::new(&words, "").refusal(),
            "cannot use the descriptions of parcel_id in group 1 of fixtures/overlay/words.toml: found no field that they fit, \
             or an earlier group that fits; remove them",
            "{place}"
        );
    }
}

#[test]
fn the_first_group_that_applies_is_used() {
    let words = "[[words]]\nside = 'request'\nfields.parcel_id = 'The first.'\n\
                 [[words]]\nfields.parcel_id = 'The second.'\n";
    let fourth = Fourth::new(words, "");
    match xtask::codegen::run(&fourth.root, Mode::Write) {
        Ok(()) => assert!(fourth.module().contains("/// The first.")),
        Err(error) => assert!(error.to_string().contains("group 2"), "{error:#}"),
    }
}

#[test]
fn an_overlay_has_priority() {
    let words = "[[words]]\nfields.parcel_id = 'Anywhere.'\n";
    let overlay = "request = 'Track'\n[type.Track]\nfields.parcel_id = 'Here.'\n";
    let fourth = Fourth::new(words, overlay);
    match xtask::codegen::run(&fourth.root, Mode::Write) {
        Ok(()) => assert!(fourth.module().contains("/// Here.")),
        Err(error) => assert!(error.to_string().contains("fit nothing"), "{error:#}"),
    }
}

#[test]
fn names_in_camel_case_and_blank_words_are_refused() {
    let camel = Fourth::new("[[words]]\nfields.parcelId = 'The parcel.'\n", "");
    assert_eq!(
        camel.refusal(),
        "cannot use the description of `parcelId`: found a name that is not in snake case; wanted snake case"
    );
    let blank = Fourth::new("[[words]]\nfields.parcel_id = ' '\n", "");
    assert_eq!(
        blank.refusal(),
        "cannot use the description of `parcel_id`: found it blank; wanted a sentence"
    );
}

#[test]
fn an_incomplete_api_fails_the_check_with_all_missing_descriptions() {
    let words = format!("complete = ['{API}']\n");
    let fourth = Fourth::new(&words, "");
    assert!(fourth.module().contains("pub parcel_id"));
    let asked = [API.to_owned()];
    assert!(xtask::codegen::words(&fourth.root, &asked).is_ok());
    assert!(xtask::codegen::skeleton(&fourth.root, API).is_ok());
    let error = xtask::codegen::run(&fourth.root, Mode::Check).unwrap_err();
    let refusal = error.root_cause().to_string();
    let expected =
        format!("{API} must be described completely: found no description of the call itself, ");
    assert!(refusal.starts_with(&expected), "{refusal}");
    assert!(refusal.contains(".parcel_id"), "{refusal}");
}

#[test]
fn the_report_lists_the_requested_apis() {
    let fourth = Fourth::new("complete = []\n", "");
    let counts = xtask::codegen::words(&fourth.root, &[]).unwrap();
    assert!(
        counts.contains(&format!("fields without a description  {API}")),
        "{counts}"
    );
    assert!(!counts.contains(".parcel_id"), "{counts}");
    let named = xtask::codegen::words(&fourth.root, &["example.*".to_owned()]).unwrap();
    assert!(named.contains(".parcel_id"), "{named}");
}
/// The calls that shops and sellers make daily must stay in the list of completely described APIs.
#[test]
fn the_calls_of_a_day_are_among_the_complete_ones() {
    let path = Root::workspace().path().join("fixtures/overlay/words.toml");
    let text = fs::read_to_string(path).unwrap();
    let complete = text.split("\n]").next().unwrap();
    for api in [
        "aliexpress.ds.*",
        "aliexpress.trade.ds.*",
        "aliexpress.affiliate.*",
        "/auth/token/*",
        "aliexpress.logistics.buyer.freight.calculate",
        "aliexpress.solution.order.get",
        "aliexpress.solution.order.fulfill",
        "aliexpress.solution.product.post",
        "aliexpress.issue.detail.get",
    ] {
        assert!(complete.contains(&format!("\"{api}\"")), "{api}");
    }
}
