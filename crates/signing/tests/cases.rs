//! Every case of `fixtures/signing`, in both steps: canonical string and signature.

#![allow(
    clippy::unwrap_used,
    reason = "a case that cannot be read fails the test"
)]

use std::fs;
use std::path::{Path, PathBuf};

use aliexpress_signing::{AppSecret, SignMethod, Signer, canonical_string};

const CASES: usize = 22;

/// The number of cases of `sha256` and `hmac-sha256`, which a build without `md5` can sign.
const SHA256_CASES: usize = 17;

struct Case {
    name: String,
    folder: PathBuf,
    sign_method: String,
    path: Option<String>,
    app_secret: String,
    params: Vec<(String, String)>,
}

#[test]
fn canonical_string_and_signature_agree_with_every_case() {
    let cases = all_cases();
    assert_eq!(cases.len(), CASES);

    let expected = if cfg!(feature = "md5") {
        CASES
    } else {
        SHA256_CASES
    };
    let checked = cases.iter().filter(|case| check(case)).count();
    assert_eq!(checked, expected);
}

/// Checks a case if this build has its sign method; returns whether it does.
#[track_caller]
fn check(case: &Case) -> bool {
    let Ok(method) = case.sign_method.parse::<SignMethod>() else {
        return false;
    };
    let name = &case.name;
    let mut params: Vec<(&str, &str)> = case
        .params
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    let path = case.path.as_deref();

    let canonical = canonical_string(method, path, &mut params);
    let hashed = match case.sign_method.as_str() {
        "md5" => format!("{0}{canonical}{0}", case.app_secret),
        _ => canonical.clone(),
    };
    assert_eq!(hashed, case.text("string-to-sign.txt"), "{name}");

    let signer = Signer::new(&AppSecret::new(case.app_secret.as_str()));
    let expected = case.text("signature.txt");
    params.reverse();
    assert_eq!(
        signer.sign(method, path, &mut params).as_str(),
        expected,
        "{name}"
    );
    assert_eq!(
        signer.sign_canonical(method, &canonical).as_str(),
        expected,
        "{name}"
    );
    assert!(
        signer.verify(method, path, &mut params, &expected),
        "{name}"
    );
    true
}

fn all_cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/signing");
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(Case::read)
        .collect()
}

impl Case {
    fn read(folder: PathBuf) -> Self {
        let table: toml::Table = fs::read_to_string(folder.join("params.toml"))
            .unwrap()
            .parse()
            .unwrap();
        let text = |key: &str| {
            table
                .get(key)
                .map(|value| value.as_str().unwrap().to_owned())
        };
        let leave_out_blanks = match text("blank_values").as_deref() {
            Some("left out") => true,
            None | Some("signed") => false,
            Some(other) => panic!("{}: unknown blank_values {other:?}", folder.display()),
        };
        let params = table["params"].as_table().unwrap().iter();
        Case {
            name: folder.file_name().unwrap().to_string_lossy().into_owned(),
            sign_method: text("sign_method").unwrap(),
            path: text("path"),
            app_secret: text("app_secret").unwrap(),
            params: params
                .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
                .filter(|(_, value)| !(leave_out_blanks && value.trim().is_empty()))
                .collect(),
            folder,
        }
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.folder.join(file)).unwrap()
    }
}
