//! Generated pages of any size, in which all objects have the same names.

use super::{Api, Field, Kind, count};

/// An API whose answer has about `rows` rows.
pub(crate) fn api(rows: usize) -> Api {
    Api {
        name: "made.up.things.get".to_owned(),
        request: Vec::new(),
        response: vec![object("result", rows - 1)],
    }
}

/// An object of about `rows` rows: amounts of money, scalars, and nested objects of the same kind.
fn object(name: &str, rows: usize) -> Field {
    let mut children = Vec::new();
    let mut left = rows;
    let mut number = 0;
    while left > 0 {
        number += 1;
        let field = match left {
            40.. if number % 4 == 0 => object(&format!("part_{number}"), (left / 3).min(2_000)),
            4.. if number % 4 == 2 => money(&format!("amount_{number}")),
            _ => scalar(&format!("field_{number}")),
        };
        left -= count(std::slice::from_ref(&field)).min(left);
        children.push(field);
    }
    Field {
        name: name.to_owned(),
        kind: Kind::Object,
        list: false,
        required: false,
        shown: true,
        children,
    }
}

fn money(name: &str) -> Field {
    let children = vec![scalar("amount"), scalar("currency_code")];
    Field {
        name: name.to_owned(),
        kind: Kind::Object,
        list: false,
        required: false,
        shown: true,
        children,
    }
}

fn scalar(name: &str) -> Field {
    Field {
        name: name.to_owned(),
        kind: Kind::Text,
        list: false,
        required: false,
        shown: true,
        children: Vec::new(),
    }
}
