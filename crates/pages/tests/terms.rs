//! For each term of the cost, a page on which it decides: without it, another tree is cheaper.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod outline;

use outline::{bullets, flattened, markdown, outline, table};
use pages::document::Document;
use pages::resolve::weights::TERMS;
use pages::resolve::{Decisions, Model, resolve};
use pages::root::Root;

/// A page on which a term decides.
struct Example {
    term: &'static str,
    page: fn(&str, &str) -> String,
    /// The rows of the answer.
    rows: &'static str,
    sample: &'static str,
    /// The tree of the answer.
    wanted: &'static str,
}

/// In the order of [`TERMS`].
const EXAMPLES: &[Example] = &[
    Example {
        term: "shown",
        page: flattened,
        rows: "from AddressDto\nfee Object\ncents Number\nstreet String\nto AddressDto\nfee Object\ncents Number\nstreet String\nstatus String",
        sample: r#"{"from": {"fee": {"cents": 1}, "street": "b"}, "status": "c", "code": "0"}"#,
        wanted: "from{ fee{ cents } street } to{ fee{ cents } street } status",
    },
    Example {
        term: "absent",
        page: flattened,
        rows: "result Object\na String\ncode String",
        sample: r#"{"result": {"a": "b"}, "code": "0"}"#,
        wanted: "result{ a } code",
    },
    Example {
        term: "unmatched",
        page: flattened,
        rows: "result Object\nfrom Object\ncity String\nstatus String\nzip String",
        sample: r#"{"result": {"from": {"city": "a", "zip": "b"}, "status": "c"}}"#,
        wanted: "result{ from{ city zip } status }",
    },
    Example {
        term: "hardly_documented",
        page: flattened,
        rows: "order Object\nid String",
        sample: r#"{"order": {"id": "a", "note": "b", "memo": "c"}, "id": "d"}"#,
        wanted: "order{ id? note? memo? } id",
    },
    Example {
        term: "like_others",
        page: flattened,
        rows: "from AddressDto\nfee Object\ncents Number\nstreet String\nto AddressDto\nfee Object\ncents Number\nstreet String\nstatus String",
        sample: r#"{"from": {"fee": {"cents": 1}, "street": "b"}, "status": "c", "code": "0"}"#,
        wanted: "from{ fee{ cents } street } to{ fee{ cents } street } status",
    },
    Example {
        term: "complete",
        page: flattened,
        rows: "result Object\nprice Object\namount String\ncurrency_code String\nfee Object\namount String\ncurrency_code String\nnote String",
        sample: r#"{"result": {"price": {"amount": "1", "currency_code": "a"}, "fee": {"amount": "2", "currency_code": "b"}}}"#,
        wanted: "result{ price{ amount currency_code } fee{ amount currency_code } note }",
    },
    Example {
        term: "full",
        page: flattened,
        rows: "result Object\nfrom Object\ncity String\nto Object\nzip String",
        sample: r#"{"result": {"from": {"city": "a"}, "status": "b"}}"#,
        wanted: "result{ from{ city } to{ zip } status? }",
    },
    Example {
        term: "empty",
        page: markdown,
        rows: "◉result | Object\nname | String\n◎box | Object\n◎lid | Object\nsize | String",
        sample: r#"{"result": {"name": "a"}}"#,
        wanted: "result{ name box{ lid{ size } } }",
    },
    Example {
        term: "strange",
        page: flattened,
        rows: "result Object\nerror_code String\nproduct Object\nproduct_id String\nsuccess Boolean",
        sample: r#"{"result": {"error_code": "a"}}"#,
        wanted: "result{ error_code product{ product_id } success }",
    },
    Example {
        term: "unlike",
        page: flattened,
        rows: "result Object\npage Object\nsize Number\nbrand_options String\nmodel_options String",
        sample: r#"{"result": {"page": {"size": 1}, "model_options": "a"}}"#,
        wanted: "result{ page{ size } brand_options model_options }",
    },
    Example {
        term: "against_mark",
        page: markdown,
        rows: "name | String\n◉box | Object\nsize | String\n◉lid | Object\nweight | String",
        sample: r#"{"name": "a"}"#,
        wanted: "name box{ size } lid{ weight }",
    },
    Example {
        term: "indent_too_deep",
        page: bullets,
        rows: "result Object 12 words\n└ name\nString\na\nwords\n└ code\nString\nb\nwords",
        sample: "<result><name>a</name></result><code>0</code>",
        wanted: "result{ name code }",
    },
    Example {
        term: "against_indent",
        page: markdown,
        rows: "result | Object\n└ box | Object\n&nbsp;&nbsp;└ size | String\n└ note | String",
        sample: r#"{"result": {"box": {"size": "a"}}}"#,
        wanted: "result{ box{ size } note }",
    },
    Example {
        term: "outward",
        page: flattened,
        rows: "result Object\ndata Object\nbox Object\nsize String\ncode String",
        sample: r#"{"result": {"data": {"box": {"size": "a"}}}, "code": "0"}"#,
        wanted: "result{ data{ box{ size code } } }",
    },
    Example {
        term: "back",
        page: flattened,
        rows: "result Object\nfrom Object\ncity String\nstatus String\nnote String",
        sample: r#"{"result": {"from": {"city": "a"}, "status": "b"}}"#,
        wanted: "result{ from{ city } status note }",
    },
];

fn answer(example: &Example, model: &Model) -> String {
    let page = (example.page)(example.rows, example.sample);
    let tree = resolve(&table(&page), &Decisions::default(), model).unwrap();
    outline(&tree.response)
}

#[test]
fn each_term_decides_on_its_example() {
    let mut model = Model::default();
    for document in Document::load_all(&Root::workspace()).unwrap() {
        model.catalogue.add(&document);
    }
    let unlike = TERMS.iter().position(|term| term.name == "unlike").unwrap();
    let mut wrong = Vec::new();
    for (at, example) in EXAMPLES.iter().enumerate() {
        // Only the term that uses the catalogue gets it.
        let plain = Model::default();
        let mut model = if example.term == "strange" {
            model.clone()
        } else {
            plain
        };
        // Its cost of 1 decides between places that cost as much without the other term.
        if at != unlike {
            model.weights.0[unlike] = 0;
        }
        let found = answer(example, &model);
        model.weights.0[at] = 0;
        let without = answer(example, &model);
        if found != example.wanted || without == example.wanted {
            let Example { term, wanted, .. } = example;
            wrong.push(format!(
                "{term}: found {found}; wanted {wanted}; without it {without}"
            ));
        }
    }
    assert_eq!(wrong.join("\n"), "");
}

#[test]
fn each_term_has_an_example() {
    let examples: Vec<&str> = EXAMPLES.iter().map(|example| example.term).collect();
    let terms: Vec<&str> = TERMS.iter().map(|term| term.name).collect();
    assert_eq!(examples, terms);
}
