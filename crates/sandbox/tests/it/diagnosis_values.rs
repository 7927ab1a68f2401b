//! Wrong signatures caused by the parameters: other ones than were sent, or in another spelling.

use aliexpress_sandbox::Sandbox;

use crate::diagnosis::{API, QUERY, check, check_with};
use crate::signatures::{hmac_sha256, sorted};
use crate::wire::{FORM, encode, exchange, milliseconds};

#[test]
fn values_url_encoded() {
    let encoded = |p: &[(&str, &str)], space: &str| {
        let pairs: Vec<(String, String)> = p
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    encode(&[("", value)])[1..].replace('+', space),
                )
            })
            .collect();
        sorted(
            &pairs
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect::<Vec<_>>(),
        )
    };
    check(
        |s, p| hmac_sha256(s.app_secret(), &encoded(p, "%20")),
        &["values URL-encoded before signing"],
    );
    check(
        |s, p| hmac_sha256(s.app_secret(), &encoded(p, "+")),
        &["values URL-encoded (form style) before signing"],
    );
}

#[test]
fn a_parameter_left_out() {
    check(
        |s, p| {
            let kept: Vec<_> = p
                .iter()
                .copied()
                .filter(|(name, _)| *name != "session")
                .collect();
            hmac_sha256(s.app_secret(), &sorted(&kept))
        },
        &["parameter \"session\" left out"],
    );
}

#[test]
fn a_blank_signed_but_not_sent() {
    check(
        |s, p| {
            hmac_sha256(
                s.app_secret(),
                &sorted(&[p, &[("partner_id", "")]].concat()),
            )
        },
        &["blank parameter \"partner_id\" signed but not sent"],
    );
}

#[test]
fn json_signed_with_other_white_space() {
    check(
        |s, p| hmac_sha256(s.app_secret(), &sorted(p).replace(": ", ":")),
        &["JSON signed without white space but sent with it"],
    );
}

#[test]
fn booleans_signed_in_another_spelling() {
    check_with(
        &[QUERY, ("simplify", "true")],
        |s, p| {
            hmac_sha256(
                s.app_secret(),
                &sorted(p).replace("simplifytrue", "simplifyTrue"),
            )
        },
        &["booleans signed as True and False but sent otherwise"],
    );
    check_with(
        &[QUERY, ("simplify", "False")],
        |s, p| {
            hmac_sha256(
                s.app_secret(),
                &sorted(p).replace("simplifyFalse", "simplifyfalse"),
            )
        },
        &["booleans signed as true and false but sent otherwise"],
    );
    check_with(
        &[QUERY, ("simplify", "true")],
        |s, p| {
            hmac_sha256(
                s.app_secret(),
                &sorted(p).replace("simplifytrue", "simplify1"),
            )
        },
        &["booleans signed as 1 and 0 but sent as words"],
    );
}

/// A raw plus in a form that the client built by hand arrives as a blank.
#[test]
fn a_plus_that_arrives_as_a_blank() {
    let mistake = ["a plus signed that was not sent as %2B, so that it arrived as a space"];
    check_with(
        &[QUERY, ("note", "1 2 3")],
        |s, p| {
            hmac_sha256(
                s.app_secret(),
                &sorted(p).replace("1 2 3", "1+2+3").replace(": ", ":+"),
            )
        },
        &mistake,
    );
    let phone = "{\"phone_country\":\" 7\",\"full_name\":\"A B\"}";
    check_with(
        &[QUERY, ("address", phone)],
        |s, p| hmac_sha256(s.app_secret(), &sorted(p).replace("\" 7\"", "\"+7\"")),
        &mistake,
    );
}

#[test]
fn a_null_value_signed_as_text_but_not_sent_is_diagnosed() {
    for word in ["undefined", "null", "None"] {
        check(
            |s, p| {
                let signed = [p, &[("partner_id", word)]].concat();
                hmac_sha256(s.app_secret(), &sorted(&signed))
            },
            &[&format!(
                "parameter \"partner_id\" signed as {word:?} but not sent"
            )],
        );
    }
}

#[test]
fn two_mistakes_of_one_kind_at_once() {
    check_with(
        &[QUERY, ("simplify", "true")],
        |s, p| {
            let signed = sorted(p)
                .replace("simplifytrue", "simplifyTrue")
                .replace(": ", ":");
            hmac_sha256(s.app_secret(), &signed)
        },
        &[
            "JSON signed without white space but sent with it",
            "booleans signed as True and False but sent otherwise",
        ],
    );
    check(
        |s, p| {
            let kept = p
                .iter()
                .filter(|(name, _)| !["session", "v"].contains(name));
            let kept: Vec<_> = kept.copied().collect();
            hmac_sha256(s.app_secret(), &sorted(&kept))
        },
        &["parameter \"session\" left out", "parameter \"v\" left out"],
    );
    check(
        |s, p| {
            let kept = p.iter().filter(|(name, _)| *name != "v");
            let signed: Vec<_> = kept.copied().chain([("partner_id", "null")]).collect();
            hmac_sha256(s.app_secret(), &sorted(&signed))
        },
        &[
            "parameter \"v\" left out",
            "parameter \"partner_id\" signed as \"null\" but not sent",
        ],
    );
}

#[test]
fn a_boolean_sent_as_a_number_and_signed_as_a_word() {
    for (sent, signed) in [("1", "true"), ("1", "True"), ("0", "false"), ("", "None")] {
        check_with(
            &[QUERY, ("debug", sent)],
            |s, p| {
                let pairs = p.iter().map(|pair| match *pair {
                    ("debug", _) => ("debug", signed),
                    other => other,
                });
                hmac_sha256(s.app_secret(), &sorted(&pairs.collect::<Vec<_>>()))
            },
            &[&format!(
                "parameter \"debug\" signed as {signed:?} but sent as {sent:?}"
            )],
        );
    }
}

#[test]
fn text_in_another_encoding_does_not_make_the_secret_suspected() {
    let sandbox = Sandbox::start().unwrap();
    for _ in 0..3 {
        let form = format!(
            "method={API}&app_key={}&timestamp={}&session={}&sign_method=sha256&note=Z%FCrich&sign={}",
            sandbox.app_key(),
            milliseconds(),
            sandbox.session(),
            "AB".repeat(32),
        );
        exchange(&sandbox, "POST", "/sync", &[FORM], form.as_bytes());
        let diagnosis = sandbox.log().pop().unwrap().diagnosis.unwrap();
        let remark = "parameter \"note\" is not UTF-8, but may be Latin-1 or GBK";
        assert_eq!(diagnosis.remark.as_deref(), Some(remark));
        assert!(!diagnosis.secret_suspected);
    }
}
