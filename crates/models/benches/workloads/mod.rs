//! Answers to read, ways to read them, and lower limits: the work that every reader of the format must do.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use aliexpress_models::order_get::OrderGetAnswer;
use aliexpress_models::order_info::OrderInfoGetAnswer;
use aliexpress_models::raw::decode_raw;
use aliexpress_models::{Answer, Form, decode, encode};
use quick_xml::events::Event;

/// The documentation's sample answers, unchanged and with twenty child orders.
pub(crate) const PAYLOADS: &[&str] = &[
    "order_get_1",
    "order_get_20",
    "order_info_1",
    "order_info_20",
];

const MANY: usize = 20;

/// A payload in both formats, and its decoded value.
pub(crate) struct Bench {
    pub(crate) json: String,
    pub(crate) xml: String,
    data: Data,
}

enum Data {
    Get(Box<OrderGetAnswer>),
    Info(Box<OrderInfoGetAnswer>),
}

impl Bench {
    /// The payload of this name; `None` if there is none.
    pub(crate) fn new(payload: &str) -> Option<Self> {
        Some(match payload {
            "order_get_1" => order_get(1),
            "order_get_20" => order_get(MANY),
            "order_info_1" => order_info(1),
            "order_info_20" => order_info(MANY),
            _ => return None,
        })
    }

    /// A function that runs the workload of this name once; `None` if there is none.
    pub(crate) fn workload(&self, name: &str) -> Option<fn(&Self)> {
        Some(match name {
            "json" => Self::json,
            "json_floor" => Self::json_floor,
            "xml" => Self::xml,
            "xml_floor" => Self::xml_floor,
            "raw" => Self::raw,
            "raw_value" => Self::raw_value,
            _ => return None,
        })
    }

    pub(crate) fn json(&self) {
        self.decode(&self.json);
    }

    pub(crate) fn xml(&self) {
        self.decode(&self.xml);
    }

    /// The JSON, read without a model.
    pub(crate) fn raw(&self) {
        drop(black_box(decode_raw(black_box(self.json.as_bytes()))));
    }

    /// The same with serde_json, which rounds numbers and does not keep the order of members.
    pub(crate) fn raw_value(&self) {
        let bytes = black_box(self.json.as_bytes());
        drop(black_box(serde_json::from_slice::<serde_json::Value>(
            bytes,
        )));
    }

    fn decode(&self, answer: &str) {
        let bytes = black_box(answer.as_bytes());
        match self.data {
            Data::Get(_) => drop(black_box(decode::<OrderGetAnswer>(bytes))),
            Data::Info(_) => drop(black_box(decode::<OrderInfoGetAnswer>(bytes))),
        }
    }

    /// Skips the text with serde_json, and copies the value once.
    pub(crate) fn json_floor(&self) {
        let bytes = black_box(self.json.as_bytes());
        drop(black_box(serde_json::from_slice::<serde::de::IgnoredAny>(
            bytes,
        )));
        match &self.data {
            Data::Get(data) => drop(black_box(data.clone())),
            Data::Info(data) => drop(black_box(data.clone())),
        }
    }

    /// Reads every event of quick-xml's reader and ignores it.
    pub(crate) fn xml_floor(&self) {
        let mut reader = quick_xml::Reader::from_str(black_box(&self.xml));
        while let Ok(event) = black_box(reader.read_event()) {
            if matches!(event, Event::Eof) {
                break;
            }
        }
    }
}

fn order_get(children: usize) -> Bench {
    let sample = sample("aliexpress.trade.ds.order.get/answer.json");
    let mut data: OrderGetAnswer = read(&sample);
    if let Some(order) = &mut data.result {
        let child = order.child_order_list.first().cloned().unwrap_or_default();
        order.child_order_list = vec![child; children];
    }
    Bench {
        json: encode(&data, "2140d1ab17258876038961234", Form::FullJson),
        xml: encode(&data, "2140d1ab17258876038961234", Form::Xml),
        data: Data::Get(Box::new(data)),
    }
}

/// The XML is indented as in the documentation; the JSON is compact.
fn order_info(children: usize) -> Bench {
    const CHILD: &str = "global_aeop_tp_child_order_dto>";
    let sample = sample("aliexpress.solution.order.info.get/answer.xml");
    let start = sample
        .find(&format!("<{CHILD}"))
        .expect("the sample has a child order");
    let end = sample
        .rfind(&format!("</{CHILD}"))
        .expect("the sample has a child order");
    let (before, rest) = sample.split_at(start);
    let (child, after) = rest.split_at(end - start + CHILD.len() + 2);
    let children = vec![child; children].join("\n                    ");
    let xml = [before, &children, after].concat();
    let data: OrderInfoGetAnswer = read(&xml);
    Bench {
        json: encode(&data, "2140d1ab17258876038961234", Form::FullJson),
        xml,
        data: Data::Info(Box::new(data)),
    }
}

fn sample(path: &str) -> String {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/samples");
    fs::read_to_string(samples.join(path)).unwrap_or_else(|error| panic!("reading {path}: {error}"))
}

fn read<T: Answer>(answer: &str) -> T {
    let envelope = decode::<T>(answer.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    envelope.outcome.unwrap_or_else(|error| panic!("{error}"))
}
