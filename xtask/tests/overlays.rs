//! An overlay's entry that no longer fits is refused by its name, with the way to correct it.

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

/// Runs codegen on the fourth API with these overlays, and returns the error.
fn refusal(overlay: &str, shared: &str) -> String {
    let folder = TempDir::new().unwrap();
    let root = Root::at(folder.path());
    import::run(&root, &[PAGE.into()], &Stated::default()).unwrap();
    let overlays = folder.path().join("fixtures/overlay");
    fs::create_dir_all(&overlays).unwrap();
    fs::write(overlays.join("example.parcel.track.get.toml"), overlay).unwrap();
    fs::write(overlays.join("shared.toml"), shared).unwrap();
    let error = xtask::codegen::run(&root, Mode::Write).unwrap_err();
    // The outermost sentence says which API; the innermost says why.
    error.root_cause().to_string()
}

#[track_caller]
fn check(overlay: &str, expected: &str) {
    assert_eq!(refusal(overlay, ""), expected);
}

#[test]
fn a_field_that_the_page_no_longer_has() {
    check(
        "[type.Parcel]\npaths = ['response.result']\nfields.colour = 'Its colour.'\n",
        "`type.Parcel.fields.colour` of the overlay names a field that the page does not have (any more); rename or \
         remove the entry",
    );
}

#[test]
fn an_object_that_the_page_no_longer_has() {
    check(
        "[type.Parcel]\npaths = ['response.outcome']\n",
        "`type.Parcel` of the overlay fits no object of this API (any more); remove the entry, or correct its `paths`, `of` \
         or `with`",
    );
}

#[test]
fn a_type_that_the_field_has_already() {
    check(
        "[type.Parcel]\npaths = ['response.result']\nfields.parcel_id = { type = 'Integer' }\n",
        "`type.Parcel.fields.parcel_id` gives the type `Integer`, which the field has anyway; remove it",
    );
}

#[test]
fn a_requirement_that_the_page_states_itself() {
    check(
        "request = 'Track'\n[type.Track]\nfields.parcel_id = { required = true }\n",
        "`type.Track.fields.parcel_id` says `required = true`, and so do the sources; remove it",
    );
}

#[test]
fn an_unknown_type() {
    check(
        "[type.Parcel]\npaths = ['response.result']\nfields.parcel_id = { type = 'ParcelId' }\n",
        "`type.Parcel.fields.parcel_id` has the type `ParcelId`; wanted Integer, Text, Boolean, Amount, Decimal, \
         EpochMillis, Joined, JsonText, PacificTime, Time, Url or a type of fixtures/overlay/shared.toml",
    );
}

#[test]
fn one_name_for_objects_that_differ() {
    check(
        "[type.Thing]\npaths = ['response.result.events', 'response.result.option']\n",
        "the overlay calls `response.result.option` a `Thing`, but its fields are (numbers), where another `Thing` has \
         (time, type, place); declare an `alias` with a `reason`, or give it another name",
    );
}

#[test]
fn an_alias_that_gives_one_key_to_two_fields() {
    check(
        "[type.Parcel]\npaths = ['response.result']\nalias.weight = 'parcel_id'\nreason = 'r'\n",
        "`type.Parcel.alias.weight` of the overlay makes a second `parcel_id` of `response.result`, of another type; \
         remove it, or give that object another name",
    );
}

#[test]
fn an_error_code_that_the_page_does_not_list() {
    check(
        "[error.LOST]\nmeaning = 'm'\ncause = 'c'\nadvice = 'a'\nretry = 'never'\n",
        "`error.LOST` is about a code that no source lists; remove the entry",
    );
}

#[test]
fn names_in_use_are_not_reused() {
    check(
        "[type.Amount]\npaths = ['response.result.option']\n",
        "`type.Amount` of the overlay has a name that generated modules use for something else",
    );
}

#[test]
fn a_shared_type_that_no_field_has() {
    assert_eq!(
        refusal("", "[id.ParcelId]\nwire = 'integer'\ndoc = 'A parcel.'\n"),
        "cannot use `ParcelId` of fixtures/overlay/shared.toml: found no field of this type; remove it"
    );
}

#[test]
fn a_code_list_without_codes() {
    assert_eq!(
        refusal(
            "[type.Event]\npaths = ['response.result.events']\nfields.type = { type = 'EventKind' }\n",
            "[codes.EventKind]\ndoc = 'What happened.'\n"
        ),
        "the code list `EventKind` has no code: no field of this type documents one"
    );
}

#[test]
fn a_stale_file_is_named_with_the_command_that_updates_it() {
    let folder = TempDir::new().unwrap();
    let root = Root::at(folder.path());
    import::run(&root, &[PAGE.into()], &Stated::default()).unwrap();
    xtask::codegen::run(&root, Mode::Write).unwrap();
    xtask::codegen::run(&root, Mode::Check).unwrap();
    let generated = folder.path().join("crates/models/src/generated");
    fs::write(generated.join("shared.rs"), "").unwrap();
    fs::write(generated.join("left_over.rs"), "").unwrap();
    let error = xtask::codegen::run(&root, Mode::Check).unwrap_err();
    assert_eq!(
        error.to_string(),
        "stale: crates/models/src/generated/shared.rs, crates/models/src/generated/left_over.rs; tables or overlays \
         have changed; run `cargo xtask codegen`"
    );
}
