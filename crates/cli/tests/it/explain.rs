use crate::program::aliexpress;

#[test]
fn a_code_of_the_gateway_is_explained() {
    let run = aliexpress(&["explain", "IllegalAccessToken"])
        .run()
        .ends_with(0);
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn a_member_of_a_family_is_explained_by_it() {
    let run = aliexpress(&["explain", "isp.remote-service-timeout", "--json"])
        .run()
        .ends_with(0);
    assert_eq!(run.json()["code"], "isp.*");
    assert_eq!(run.json()["retry"], "may-pass");
}

#[test]
fn an_unknown_code_suggests_similar_ones() {
    let run = aliexpress(&["explain", "callLimit"]).run().ends_with(2);
    insta::assert_snapshot!(run.stderr);
    let run = aliexpress(&["explain", "NO_SUCH_CODE"]).run().ends_with(2);
    insta::assert_snapshot!(run.stderr);
}

/// The anchors of a page's headings, as GitHub and mdBook make them.
fn anchors(page: &str) -> std::collections::BTreeSet<String> {
    let path = format!("{}/../../{page}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let title = line.trim_start_matches('#').trim();
            let kept = title
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.collect::<String>().to_lowercase().replace(' ', "-")
        })
        .collect()
}

#[test]
fn every_code_has_a_section_in_the_docs() {
    let codes = aliexpress(&["explain", "--json"]).run().ends_with(0).json();
    for code in codes.as_array().unwrap() {
        let (page, anchor) = code["page"].as_str().unwrap().split_once('#').unwrap();
        assert!(anchors(page).contains(anchor), "{code}");
    }
}

#[test]
fn a_code_is_found_in_any_spelling() {
    for spelling in [
        &["illegalaccesstoken"][..],
        &["Illegal Access Token"],
        &["illegal", "access", "token"],
        &["ILLEGAL_ACCESS_TOKEN"],
    ] {
        let run = aliexpress(&[&["explain", "--json"][..], spelling].concat())
            .run()
            .ends_with(0);
        assert_eq!(run.json()["code"], "IllegalAccessToken");
    }
}

#[test]
fn without_a_code_all_are_listed() {
    let run = aliexpress(&["explain", "--json"]).run().ends_with(0);
    let codes = run.json();
    let codes = codes.as_array().unwrap();
    assert!(codes.len() > 40, "{}", codes.len());
    for code in codes {
        for words in ["meaning", "cause", "advice"] {
            assert_ne!(code[words], "", "{code}");
        }
        assert_ne!(code["retry"], "unknown", "{code}");
    }
    let people = aliexpress(&["explain"]).run().ends_with(0).stdout;
    assert!(people.contains("IncompleteSignature"));
}

#[test]
fn every_code_of_an_api_is_explained_with_the_api() {
    let apis = aliexpress(&["apis", "--json"]).run().ends_with(0).json();
    let mut count = 0;
    for api in apis.as_array().unwrap() {
        for code in api["error_codes"].as_array().unwrap() {
            let run = aliexpress(&["explain", code.as_str().unwrap(), "--json"]).run();
            // Codes without a meaning cannot be explained; codes of the gateway are explained as such.
            let json = match run.code {
                Some(0) => run.ends_with(0).json(),
                _ => continue,
            };
            // Several APIs may list one code.
            let listing = json["apis"].as_array().unwrap();
            if !listing.is_empty() {
                assert!(listing.contains(&api["name"]), "{code}: {listing:?}");
                count += 1;
            }
        }
    }
    assert!(count >= 16, "{count}");
}

#[test]
fn a_code_is_found_within_a_message() {
    for (text, code) in [
        ("ISV.INSUFFICIENT-PERMISSION", "isv.insufficient-permission"),
        ("code 27: Invalid session", "27"),
        (
            "refused: code IllegalAccessToken \"The token is invalid\", request id 2102",
            "IllegalAccessToken",
        ),
        (
            r#"{"error_response":{"code":15,"sub_code":"isv.insufficient-permission"}}"#,
            "isv.insufficient-permission",
        ),
        ("isv.some-other-code", "isv.*"),
    ] {
        let run = aliexpress(&["explain", text, "--json"]).run().ends_with(0);
        assert_eq!(run.json()["code"], code, "{text}");
    }
    let message = "The specified access token is invalid or expired";
    let run = aliexpress(&["explain", message]).run().ends_with(2);
    insta::assert_snapshot!(run.stderr, @r#"
    error: cannot explain the error code: found "The specified access token is invalid or expired", which is unknown; wanted a documented code
    hint: similar: 27, IllegalAccessToken
    "#);
}
