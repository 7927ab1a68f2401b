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
fn an_unknown_code_brings_up_similar_ones() {
    let run = aliexpress(&["explain", "callLimit"]).run().ends_with(2);
    insta::assert_snapshot!(run.stderr);
    let run = aliexpress(&["explain", "NO_SUCH_CODE"]).run().ends_with(2);
    insta::assert_snapshot!(run.stderr);
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
            // What pages list and no one has explained yet has nothing to show, or is the gateway's own.
            let json = match run.code {
                Some(0) => run.ends_with(0).json(),
                _ => continue,
            };
            if let [first, ..] = json["apis"].as_array().unwrap().as_slice() {
                assert_eq!(*first, api["name"]);
                count += 1;
            }
        }
    }
    assert!(count >= 16, "{count}");
}
