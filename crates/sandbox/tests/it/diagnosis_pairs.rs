//! Signatures with one or two mistakes at once, made by a client that shares no code with the diagnosis.

use aliexpress_sandbox::{Diagnosis, Sandbox};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use proptest::prelude::*;

use crate::signatures::{hmac_md5, hmac_sha256, md5};
use crate::wire::{FORM, encode, exchange, milliseconds, multipart};

/// A client that may sign other values than it sends.
struct Client {
    sent: Vec<(&'static str, String)>,
    signed: Vec<(&'static str, String)>,
    sort: fn(&mut Vec<(&'static str, String)>),
    prefix: &'static str,
    joint: [&'static str; 2],
    secret: String,
    hash: fn(&str, &str) -> String,
    write: fn(String) -> String,
    /// Whether a plus is sent unencoded.
    raw_plus: bool,
}

impl Client {
    fn new(sandbox: &Sandbox) -> Self {
        let order = r#"{"order_id": 10000001, "name": "Zoé", "gift": true, "phone": "+7"}"#;
        let pairs: Vec<(&'static str, String)> = [
            ("method", "aliexpress.trade.ds.order.get"),
            ("app_key", sandbox.app_key()),
            ("session", sandbox.session()),
            ("sign_method", "sha256"),
            ("timestamp", &milliseconds()),
            ("format", "json"),
            ("simplify", "true"),
            ("Zone", "a/b c"),
            ("note", "1+2"),
            ("single_order_query", order),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .into();
        Self {
            sent: pairs.clone(),
            signed: pairs,
            sort: |pairs| pairs.sort(),
            prefix: "",
            joint: ["", ""],
            secret: sandbox.app_secret().to_owned(),
            hash: hmac_sha256,
            write: |digits| digits,
            raw_plus: false,
        }
    }

    fn sign(&self, name: &str, value: impl Fn(&str) -> String) -> Vec<(&'static str, String)> {
        let pairs = self.signed.iter().map(|(key, old)| match *key == name {
            true => (*key, value(old)),
            false => (*key, old.clone()),
        });
        pairs.collect()
    }

    fn signature(&self) -> String {
        let mut pairs = self.signed.clone();
        (self.sort)(&mut pairs);
        let [equals, and] = self.joint;
        let pairs = pairs
            .iter()
            .map(|(name, value)| format!("{name}{equals}{value}"));
        let text = pairs.collect::<Vec<_>>().join(and);
        (self.write)((self.hash)(&self.secret, &format!("{}{text}", self.prefix)))
    }

    fn call(&self, sandbox: &Sandbox) -> Option<Diagnosis> {
        let sign = self.signature();
        let mut pairs: Vec<(&str, &str)> = self
            .sent
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        pairs.push(("sign", &sign));
        let mut form = encode(&pairs).replace('+', "%20");
        if self.raw_plus {
            form = form.replace("%2B", "+");
        }
        exchange(sandbox, "POST", "/sync", &[FORM], form.as_bytes());
        sandbox.log().pop().unwrap().diagnosis
    }
}

/// A mistake: its kind, so that two of one kind are not combined; part of its name in the log; how a client makes it.
#[derive(Clone, Copy, Debug)]
struct Mistake {
    about: &'static str,
    named: &'static str,
    make: fn(&mut Client),
}

const fn mistake(about: &'static str, named: &'static str, make: fn(&mut Client)) -> Mistake {
    Mistake { about, named, make }
}

const MISTAKES: &[Mistake] = &[
    mistake("order", "parameters not sorted", |client| {
        client.sort = |_| {}
    }),
    mistake("order", "without regard to case", |client| {
        client.sort = |pairs| pairs.sort_by_key(|(name, _)| name.to_lowercase());
    }),
    mistake("order", "sorted in reverse", |client| {
        client.sort = |pairs| pairs.sort_by(|one, other| other.cmp(one));
    }),
    mistake("digits", "lower-case hex", |client| {
        client.write = |digits| digits.to_lowercase();
    }),
    mistake("digits", "Base64 instead of", |client| {
        client.write = base64_of_hex
    }),
    mistake("prefix", "prefix \"/sync\"", |client| {
        client.prefix = "/sync"
    }),
    mistake("prefix", "prefix \"/aliexpress/trade", |client| {
        client.prefix = "/aliexpress/trade/ds/order/get";
    }),
    mistake("hash", "MD5(secret + S + secret)", |client| {
        client.hash = |secret, text| md5(&format!("{secret}{text}{secret}"));
    }),
    mistake("hash", "HMAC-MD5", |client| client.hash = hmac_md5),
    mistake("secret", "a newline at its end", |client| {
        client.secret.push('\n')
    }),
    mistake("digits", "dashes between the digits", |client| {
        client.write = |digits| {
            let bytes: Vec<&str> = (0..digits.len())
                .step_by(2)
                .map(|at| &digits[at..at + 2])
                .collect();
            bytes.join("-")
        };
    }),
    mistake("secret", "its last character is missing", |client| {
        client.secret.pop();
    }),
    mistake("secret", "the word undefined", |client| {
        client.secret = "undefined".to_owned();
    }),
    mistake("secret", "quotation marks around it", |client| {
        client.secret = format!("\"{}\"", client.secret);
    }),
    mistake("joint", "name=value&name=value", |client| {
        client.joint = ["=", "&"]
    }),
    mistake("session", "parameter \"session\" left out", |client| {
        client.signed.retain(|(name, _)| *name != "session");
    }),
    mistake("session", "signed under another name", |client| {
        for (name, _) in &mut client.signed {
            if *name == "session" {
                *name = "access_token";
            }
        }
    }),
    mistake("format", "parameter \"format\" left out", |client| {
        client.signed.retain(|(name, _)| *name != "format");
    }),
    mistake("time", "timestamp signed in seconds", |client| {
        client.signed = client.sign("timestamp", |time| time[..10].to_owned());
    }),
    mistake(
        "partner",
        "blank parameter \"partner_id\" signed",
        |client| {
            client.signed.push(("partner_id", String::new()));
        },
    ),
    mistake(
        "partner",
        "\"partner_id\" signed as \"undefined\"",
        |client| {
            client.signed.push(("partner_id", "undefined".to_owned()));
        },
    ),
    mistake("partner", "\"partner_id\" signed as \"None\"", |client| {
        client.signed.push(("partner_id", "None".to_owned()));
    }),
    mistake("boolean", "booleans signed as True and False", |client| {
        client.signed = client.sign("simplify", |_| "True".to_owned());
    }),
    mistake("boolean", "as PHP joins them", |client| {
        let sent = client.sent.iter_mut();
        let simplify = sent.filter(|(name, _)| *name == "simplify");
        simplify.for_each(|(_, value)| *value = "false".to_owned());
        client.signed = client.sign("simplify", |_| String::new());
    }),
    mistake("plus", "a plus signed that was not sent as %2B", |client| {
        client.raw_plus = true;
    }),
    mistake("json", "JSON signed without white space", |client| {
        client.signed = client.sign("single_order_query", |json| {
            json.replace(": ", ":").replace(", ", ",")
        });
    }),
    mistake("json", "JSON signed with \\u escapes", |client| {
        client.signed = client.sign("single_order_query", |json| json.replace('é', "\\u00e9"));
    }),
    mistake("json", "[object Object]", |client| {
        client.signed = client.sign("single_order_query", |_| "[object Object]".to_owned());
    }),
    mistake("json", "Python's str", |client| {
        client.signed = client.sign("single_order_query", |json| {
            json.replace('"', "'").replace("true", "True")
        });
    }),
    mistake("json", "PHP's word Array", |client| {
        client.signed = client.sign("single_order_query", |_| "Array".to_owned());
    }),
    mistake("encoding", "URL-encoded twice on the wire", |client| {
        for (_, value) in &mut client.sent {
            *value = url_encoded(value);
        }
    }),
    mistake("encoding", "values URL-encoded before signing", |client| {
        for (_, value) in &mut client.signed {
            *value = url_encoded(value);
        }
    }),
];

fn url_encoded(value: &str) -> String {
    encode(&[("", value)])[1..].replace('+', "%20")
}

fn base64_of_hex(digits: String) -> String {
    let digits: Vec<char> = digits.chars().collect();
    let bytes = digits.chunks(2).map(|pair| {
        let pair: String = pair.iter().collect();
        u8::from_str_radix(&pair, 16).unwrap()
    });
    BASE64_STANDARD.encode(bytes.collect::<Vec<u8>>())
}

/// The mistakes that the log names after a call with all of these.
fn named(sandbox: &Sandbox, mistakes: &[&Mistake]) -> Vec<String> {
    let mut client = Client::new(sandbox);
    mistakes
        .iter()
        .for_each(|mistake| (mistake.make)(&mut client));
    let diagnosis = client.call(sandbox).unwrap();
    diagnosis
        .implied
        .map(|implied| implied.mistakes)
        .unwrap_or_default()
}

#[test]
fn a_single_mistake_is_named() {
    let sandbox = Sandbox::start().unwrap();
    for mistake in MISTAKES {
        let found = named(&sandbox, &[mistake]);
        assert_eq!(found.len(), 1, "{}: {found:?}", mistake.named);
        assert!(
            found[0].contains(mistake.named),
            "{}: {found:?}",
            mistake.named
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// For any two mistakes that a client makes at once, both are named and nothing else.
    #[test]
    fn two_mistakes_at_once_are_both_named(
        first in prop::sample::select(MISTAKES),
        second in prop::sample::select(MISTAKES),
    ) {
        prop_assume!(first.about != second.about);
        let pair = [first.about, second.about];
        // A value that is encoded twice has no plus left that could be sent unencoded.
        prop_assume!(!(pair.contains(&"plus") && pair.contains(&"encoding")));
        let sandbox = Sandbox::start().unwrap();
        // Encoded text has no JSON left to write in another way.
        let mut in_turn = [&first, &second];
        in_turn.sort_by_key(|mistake| mistake.about == "encoding");
        let found = named(&sandbox, &in_turn);
        prop_assert_eq!(found.len(), 2, "{:?}: {:?}", (first.named, second.named), &found);
        for mistake in [first, second] {
            prop_assert!(found.iter().any(|name| name.contains(mistake.named)), "{}: {:?}", mistake.named, &found);
        }
    }
}

#[test]
fn a_timestamp_read_twice_is_diagnosed() {
    let sandbox = Sandbox::start().unwrap();
    for later in [-40, -1, 1, 17, 40] {
        let mut client = Client::new(&sandbox);
        client.signed = client.sign("timestamp", |time| {
            (time.parse::<i64>().unwrap() + later).to_string()
        });
        client.write = |digits| digits.to_lowercase();
        let implied = client.call(&sandbox).unwrap().implied.unwrap();
        assert_eq!(
            implied.mistakes,
            [
                "another timestamp signed than sent: the clock was read a second time",
                "lower-case hexadecimal instead of upper case",
            ]
        );
    }
}

/// A wrong timestamp is refused first; the log nevertheless names the wrong signature.
#[test]
fn a_wrong_signature_is_named_despite_a_wrong_timestamp() {
    let sandbox = Sandbox::start().unwrap();
    let mut client = Client::new(&sandbox);
    for list in [&mut client.sent, &mut client.signed] {
        let time = list.iter_mut().find(|(name, _)| *name == "timestamp");
        time.unwrap().1 = "2020-01-01 00:00:00".to_owned();
    }
    assert_eq!(client.call(&sandbox), None);
    assert_eq!(refusal(&sandbox), "refused IllegalTimestamp");
    client.sort = |_| {};
    let implied = client.call(&sandbox).unwrap().implied.unwrap();
    assert_eq!(implied.mistakes, ["parameters not sorted"]);
    assert_eq!(refusal(&sandbox), "refused IllegalTimestamp");
}

fn refusal(sandbox: &Sandbox) -> String {
    sandbox.log().pop().unwrap().verdict.to_string()
}

#[test]
fn a_signed_file_is_diagnosed() {
    let sandbox = Sandbox::start().unwrap();
    for (contents, named) in [
        (
            "picture",
            "file \"image\" signed with its contents: files are not signed",
        ),
        (
            "",
            "file \"image\" signed as a blank parameter: files are not signed",
        ),
    ] {
        let mut client = Client::new(&sandbox);
        client.signed.push(("image", contents.to_owned()));
        let sign = client.signature();
        let sent = client.sent.iter();
        let mut pairs: Vec<(&str, &str)> =
            sent.map(|(name, value)| (*name, value.as_str())).collect();
        pairs.push(("sign", &sign));
        let (content_type, body) = multipart(&pairs);
        let boundary = content_type.split_once("boundary=").unwrap().1;
        let file = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\npicture\r\n"
        );
        let body = [file.as_bytes(), &body].concat();
        let headers = [("Content-Type", content_type.as_str())];
        exchange(&sandbox, "POST", "/sync", &headers, &body);
        let diagnosis = sandbox.log().pop().unwrap().diagnosis.unwrap();
        assert_eq!(diagnosis.implied.unwrap().mistakes, [named]);
    }
}

/// If no usual mistake gives a signature, none is named. Another secret is suspected only if some secret could have
/// given the signature.
#[test]
fn an_unknown_mistake_is_reported_as_unknown() {
    let sandbox = Sandbox::start().unwrap();
    for (write, remark) in [
        (
            (|digits| digits[..40].to_owned()) as fn(String) -> String,
            "no known mistake gives this signature: it has 40 hex digits, as SHA-1 has, where sha256 gives 64",
        ),
        (
            |digits| format!("{digits}{digits}"),
            "no known mistake gives this signature: it has 128 hex digits, as SHA-512 has, where sha256 gives 64",
        ),
        (
            |_| "undefined".to_owned(),
            "no known mistake gives this signature: it is not hexadecimal; sha256 gives 64 digits",
        ),
    ] {
        for _ in 0..3 {
            let mut client = Client::new(&sandbox);
            client.secret = "another secret".to_owned();
            client.write = write;
            let diagnosis = client.call(&sandbox).unwrap();
            assert!(diagnosis.implied.is_none() && !diagnosis.secret_suspected);
            let whole = format!("{remark}; expected {:?}", diagnosis.expected);
            assert_eq!(diagnosis.to_string(), whole);
        }
    }
    // Three mistakes at once are not found, and one such call alone is no reason to suspect the secret.
    let mut client = Client::new(&sandbox);
    client.sort = |_| {};
    client.prefix = "/sync";
    client.secret.push('\n');
    let diagnosis = client.call(&sandbox).unwrap();
    assert!(diagnosis.implied.is_none() && !diagnosis.secret_suspected);
}
