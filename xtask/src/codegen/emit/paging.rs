//! How a paged list is read.

use std::fmt::Write as _;

use super::super::api::{Paging, Turn, What};

/// The implementation of `Paged` for the request of this name.
pub(super) fn paging(request: &str, answer: &str, paging: &Paging) -> String {
    let by_token = matches!(paging.turn, Turn::Token(_));
    let mut text = format!(
        "\nimpl Paged for {request} {{\n    type Item = {};\n    const BY_TOKEN: bool = {by_token};\n\n    \
         #[inline]\n    fn turn_to(&mut self, page: PageRef<'_>) {{\n",
        paging.item
    );
    let place = match &paging.query {
        None => "self",
        Some((field, true)) => {
            let _ = writeln!(text, "let query = &mut self.{field};");
            "query"
        }
        Some((field, false)) => {
            let _ = writeln!(text, "let query = self.{field}.get_or_insert_default();");
            "query"
        }
    };
    let _ = match &paging.turn {
        Turn::Number(field) => writeln!(text, "page.number(&mut {place}.{field});"),
        Turn::Token(field) => writeln!(text, "page.token(&mut {place}.{field});"),
    };
    if let (Some(field), Some(size)) = (&paging.size, paging.default_size) {
        let _ = writeln!(text, "{place}.{field}.put_if_unset({size});");
    }
    text.push_str("}\n\n    #[inline]\n    fn page_size(&self) -> Option<i64> {\n");
    let counted = match (&paging.size, &paging.query) {
        (None, _) => "None".to_owned(),
        (Some(size), None) => format!("self.{size}.counted()"),
        (Some(size), Some((query, true))) => format!("self.{query}.{size}.counted()"),
        (Some(size), Some((query, false))) => format!("self.{query}.as_ref()?.{size}.counted()"),
    };
    let _ = writeln!(
        text,
        "{counted}\n}}\n\n    #[inline]\n    fn into_page(answer: {answer}) -> Option<ListPage<Self::Item>> {{"
    );
    text.push_str(&into_page(paging));
    text + "}\n}\n"
}

fn into_page(paging: &Paging) -> String {
    let mut text = String::new();
    let mut holders = vec!["answer".to_owned()];
    for field in &paging.holders {
        let holder = &holders[holders.len() - 1];
        // An enclosing object of the same name may still be read.
        let name = match holders.contains(field) {
            true => format!("{field}_within"),
            false => field.clone(),
        };
        let _ = writeln!(text, "let {name} = {holder}.{field}?;");
        holders.push(name);
    }
    let holder = &holders[holders.len() - 1];
    let mutable = if paging.says.is_empty() { "" } else { "mut " };
    let _ = writeln!(
        text,
        "let {mutable}page = ListPage::new({holder}.{});",
        paging.list
    );
    for said in &paging.says {
        let value = format!("{}.{}", holders[said.holder], said.field);
        let _ = match said.what {
            What::Total => writeln!(text, "page.total = {value};"),
            What::Pages => writeln!(text, "page.pages = {value};"),
            What::IsLast => writeln!(text, "page.is_last = {value};"),
            What::HasMore => writeln!(text, "page.is_last = {value}.map(|more| !more);"),
            What::Next => writeln!(text, "page.next = {value};"),
        };
    }
    text + "Some(page)\n"
}
