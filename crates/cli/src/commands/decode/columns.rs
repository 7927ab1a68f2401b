//! Turns answers into rows: a column per path, and a row per answer or per element of a list.

use aliexpress_models::{Kind, List, Record, Shape, View};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// A column that is not in the answer but in the envelope around it.
const REQUEST_ID: &str = "request_id";

/// One column as written on the command line, such as `result.child_order_list[].product_id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    steps: Vec<Step>,
}

/// One name in a path.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    key: String,
    /// Whether `[]` follows it.
    each: bool,
}

/// Parses a column for clap.
pub(super) fn parse(path: &str) -> Result<Column, String> {
    // A list may be written with spaces after its commas.
    let path = path.trim();
    let steps = path.split('.').map(|part| {
        let (key, each) = match part.strip_suffix("[]") {
            Some(key) => (key, true),
            None => (part, false),
        };
        let is_name = !key.is_empty() && !key.contains(['[', ']', ' ']);
        is_name.then(|| Step {
            key: key.to_owned(),
            each,
        })
    });
    let steps: Option<Vec<_>> = steps.collect();
    let steps =
        steps.ok_or("wanted names joined by dots, such as result.child_order_list[].product_id")?;
    Ok(Column {
        name: path.to_owned(),
        steps,
    })
}

/// The content of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Nothing,
    Integer(i64),
    Boolean(bool),
    Text(String),
}

/// The type of the cells of a column.
#[cfg_attr(
    not(feature = "parquet"),
    allow(dead_code, reason = "CSV and JSON say it by the cells")
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CellKind {
    Integer,
    Boolean,
    Text,
}

/// The columns, resolved in the model of one API.
#[derive(Debug)]
pub(super) struct Table {
    columns: Vec<Path>,
    /// The lists whose elements are the rows, each inside the elements of the previous one.
    lists: Vec<Path>,
}

/// The position of one field in a model.
#[derive(Clone, Debug, Default)]
struct Path {
    /// For each step, the index of the field in its object, and whether the next step goes into each element of that
    /// list.
    steps: Vec<(usize, bool)>,
    kind: Option<CellKind>,
    is_request_id: bool,
}

impl Table {
    /// # Errors
    ///
    /// If the model has no such field, or the rows would be the elements of two independent lists.
    pub(super) fn new(columns: &[Column], root: &'static Shape) -> Result<Self, String> {
        let paths = columns.iter().map(|column| resolve(column, root));
        let paths: Vec<Path> = paths.collect::<Result<_, _>>()?;
        let mut chain: (Vec<Path>, usize) = (Vec::new(), 0);
        for (index, path) in paths.iter().enumerate() {
            let lists = path.lists();
            let shared = lists.iter().zip(&chain.0);
            if shared
                .into_iter()
                .any(|(own, other)| own.steps != other.steps)
            {
                return Err(format!(
                    "cannot make rows of two lists: found both {} and {}; wanted `[]` after one list only, or after lists inside each other",
                    columns[index].name, columns[chain.1].name
                ));
            }
            if lists.len() > chain.0.len() {
                chain = (lists, index);
            }
        }
        Ok(Self {
            columns: paths,
            lists: chain.0,
        })
    }

    #[cfg(feature = "parquet")]
    pub(super) fn kinds(&self) -> impl Iterator<Item = CellKind> {
        self.columns
            .iter()
            .map(|path| path.kind.unwrap_or(CellKind::Text))
    }

    /// Calls `row` with each row of one answer.
    pub(super) fn rows(
        &self,
        answer: &dyn Record,
        request_id: Option<&str>,
        mut row: impl FnMut(Vec<Cell>),
    ) {
        self.fill(answer, request_id, &mut Vec::new(), &mut row);
    }

    fn fill(
        &self,
        answer: &dyn Record,
        request_id: Option<&str>,
        places: &mut Vec<usize>,
        row: &mut impl FnMut(Vec<Cell>),
    ) {
        let Some(list) = self.lists.get(places.len()) else {
            let cells = self.columns.iter().map(|path| match path.is_request_id {
                true => request_id.map_or(Cell::Nothing, |id| Cell::Text(id.to_owned())),
                false => cell(path.find(answer, places)),
            });
            return row(cells.collect());
        };
        let View::List(elements) = list.find(answer, places) else {
            return;
        };
        for place in 0..elements.len() {
            places.push(place);
            self.fill(answer, request_id, places, row);
            places.pop();
        }
    }
}

impl Path {
    /// The positions of the lists that this position goes through.
    fn lists(&self) -> Vec<Path> {
        let into_each = |(index, (_, each)): (usize, &(usize, bool))| each.then_some(index);
        let ends = self.steps.iter().enumerate().filter_map(into_each);
        ends.map(|end| {
            let mut steps = self.steps[..=end].to_vec();
            // The last step is the list itself, not an element of it.
            steps[end].1 = false;
            Path {
                steps,
                ..Path::default()
            }
        })
        .collect()
    }

    /// The value at this position; `places` are the indexes of the elements in the lists that it goes through.
    fn find<'a>(&self, answer: &'a dyn Record, places: &[usize]) -> View<'a> {
        let mut places = places.iter();
        let mut view = View::Record(answer);
        for &(index, each) in &self.steps {
            let View::Record(record) = view else {
                return View::Absent;
            };
            view = record.view(index);
            if each {
                view = match (view, places.next()) {
                    (View::List(list), Some(&place)) => list.get(place),
                    _ => View::Absent,
                };
            }
        }
        view
    }
}

fn resolve(column: &Column, root: &'static Shape) -> Result<Path, String> {
    let mut shape = root;
    let mut path = Path::default();
    let cannot = |found: String, wanted: String| {
        Err(format!(
            "cannot read column {}: found {found}; wanted {wanted}",
            column.name
        ))
    };
    for (place, step) in column.steps.iter().enumerate() {
        let is_last = place + 1 == column.steps.len();
        let found = shape
            .fields
            .iter()
            .enumerate()
            .find(|(_, field)| field.key == step.key);
        let Some((index, field)) = found else {
            if place == 0 && is_last && step.key == REQUEST_ID && !step.each {
                path.is_request_id = true;
                return Ok(path);
            }
            let names: Vec<_> = shape.fields.iter().map(|field| field.key).collect();
            return cannot(
                format!("no field `{}` in {}", step.key, before(column, place)),
                format!("one of {}", names.join(", ")),
            );
        };
        if step.each && !field.kind.is_list() {
            return cannot(
                format!("`[]` after {}, which is not a list", step.key),
                step.key.clone(),
            );
        }
        path.steps.push((index, step.each));
        if is_last {
            path.kind = Some(kind(field.kind, step.each));
            return Ok(path);
        }
        shape = match field.kind {
            Kind::Record(inner) => inner,
            Kind::Records(inner) if step.each => inner,
            Kind::Records(_) => {
                return cannot(
                    format!("the list {} on the way", step.key),
                    format!("{}[]", step.key),
                );
            }
            _ => {
                return cannot(
                    format!("{}, which holds no fields, on the way", step.key),
                    "a path that ends there".to_owned(),
                );
            }
        };
    }
    Ok(path)
}

fn before(column: &Column, place: usize) -> String {
    match place {
        0 => "the answer".to_owned(),
        place => format!("`{}`", column.steps[place - 1].key),
    }
}

fn kind(kind: Kind, each: bool) -> CellKind {
    match kind {
        Kind::Integer => CellKind::Integer,
        Kind::Boolean => CellKind::Boolean,
        Kind::Integers if each => CellKind::Integer,
        Kind::Booleans if each => CellKind::Boolean,
        _ => CellKind::Text,
    }
}

fn cell(view: View<'_>) -> Cell {
    match view {
        View::Integer(number) => Cell::Integer(number),
        View::Boolean(truth) => Cell::Boolean(truth),
        View::Text(text) => Cell::Text(text.to_owned()),
        // Objects and lists are written as JSON.
        View::Record(record) => json(record),
        View::List(list) => json(&Elements(list)),
        _ => Cell::Nothing,
    }
}

fn json(value: &(impl Serialize + ?Sized)) -> Cell {
    serde_json::to_string(value).map_or(Cell::Nothing, Cell::Text)
}

struct Elements<'a>(&'a dyn List);

impl Serialize for Elements<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut elements = serializer.serialize_seq(Some(self.0.len()))?;
        for index in 0..self.0.len() {
            match self.0.get(index) {
                View::Record(record) => elements.serialize_element(record)?,
                View::List(list) => elements.serialize_element(&Elements(list))?,
                scalar => elements.serialize_element(&cell(scalar))?,
            }
        }
        elements.end()
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Nothing => serializer.serialize_unit(),
            Cell::Integer(number) => serializer.serialize_i64(*number),
            Cell::Boolean(truth) => serializer.serialize_bool(*truth),
            Cell::Text(text) => serializer.serialize_str(text),
        }
    }
}

/// A row as a JSON object; names may repeat, as the columns may.
pub(super) struct Row<'a>(pub(super) &'a [String], pub(super) &'a [Cell]);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_map(Some(self.0.len()))?;
        for (name, cell) in self.0.iter().zip(self.1) {
            row.serialize_entry(name, cell)?;
        }
        row.end()
    }
}

#[cfg(test)]
mod tests {
    use aliexpress_models::Api;

    use super::*;

    const ANSWER: &[u8] = br#"{"result": {"order_status": "FINISH",
        "child_order_list": [{"product_id": 1, "product_name": "a, \"b\""}, {"product_id": 2}],
        "user_order_amount": {"amount": "8.30", "currency_code": "USD"}}, "request_id": "r"}"#;

    fn table(columns: &str) -> Result<Table, String> {
        let columns: Vec<_> = columns
            .split(',')
            .map(|path| parse(path).unwrap())
            .collect();
        Table::new(&columns, api().answer)
    }

    fn api() -> &'static Api {
        Api::find("aliexpress.trade.ds.order.get").unwrap()
    }

    fn rows(columns: &str) -> Vec<String> {
        let envelope = api().decode(ANSWER).unwrap();
        let answer = envelope.outcome.unwrap();
        let mut rows = Vec::new();
        table(columns)
            .unwrap()
            .rows(&*answer, envelope.request_id.as_deref(), |cells| {
                rows.push(serde_json::to_string(&cells).unwrap());
            });
        rows
    }

    #[test]
    fn a_row_per_answer_or_per_element() {
        assert_eq!(
            rows("request_id,result.order_status,result.user_order_amount.amount"),
            [r#"["r","FINISH","8.30"]"#]
        );
        assert_eq!(
            rows(
                "result.child_order_list[].product_id,result.order_status,result.child_order_list[].product_name"
            ),
            [r#"[1,"FINISH","a, \"b\""]"#, r#"[2,"FINISH",null]"#]
        );
    }

    #[test]
    fn objects_and_lists_become_json_in_a_cell() {
        assert_eq!(
            rows("result.user_order_amount,result.child_order_list[]"),
            [
                r#"["{\"amount\":\"8.30\",\"currency_code\":\"USD\"}","{\"product_id\":1,\"product_name\":\"a, \\\"b\\\"\"}"]"#,
                r#"["{\"amount\":\"8.30\",\"currency_code\":\"USD\"}","{\"product_id\":2}"]"#
            ]
        );
    }

    #[test]
    fn a_list_without_elements_has_no_rows() {
        assert!(rows("result.logistics_info_list[].logistics_no").is_empty());
    }

    #[test]
    fn the_error_for_an_unknown_path_names_its_first_unknown_part() {
        let error = |columns: &str| table(columns).unwrap_err();
        insta::assert_snapshot!(error("result.order_state"), @"cannot read column result.order_state: found no field `order_state` in `result`; wanted one of user_order_amount, pay_timeout_second, order_paidtime_string, gmt_create, order_status, logistics_status, order_amount, child_order_list, logistics_info_list, store_info");
        assert_eq!(
            error("result.child_order_list.product_id"),
            "cannot read column result.child_order_list.product_id: found the list child_order_list on the way; \
             wanted child_order_list[]"
        );
        assert_eq!(
            error("result[].order_status"),
            "cannot read column result[].order_status: found `[]` after result, which is not a list; wanted result"
        );
        assert_eq!(
            error("result.order_status.x"),
            "cannot read column result.order_status.x: found order_status, which holds no fields, on the way; \
             wanted a path that ends there"
        );
        let two = "result.child_order_list[].product_id,result.logistics_info_list[].logistics_no";
        insta::assert_snapshot!(error(two), @"cannot make rows of two lists: found both result.logistics_info_list[].logistics_no and result.child_order_list[].product_id; wanted `[]` after one list only, or after lists inside each other");
    }

    #[test]
    fn an_invalid_path_is_refused() {
        for text in ["", "a..b", "a[0].b", "a b", "[]"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
