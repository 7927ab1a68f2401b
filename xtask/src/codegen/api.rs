//! The data between planning and emitting: the content of each generated file, with all decisions made.

use std::collections::BTreeMap;

pub(crate) use pages::families::Session;

/// Everything that is generated.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Catalog {
    pub(crate) families: Vec<Family>,
    pub(crate) ids: Vec<Id>,
    pub(crate) codes: Vec<Codes>,
    pub(crate) flags: Vec<Flags>,
    /// Objects that APIs of several families share.
    pub(crate) shared: Vec<Struct>,
    /// APIs that must be described completely and are not, each with its missing descriptions.
    pub(crate) incomplete: Vec<String>,
}

/// A family: a module and a feature.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Family {
    pub(crate) name: String,
    pub(crate) doc: String,
    /// Whether its feature is on by default.
    pub(crate) default: bool,
    /// Beginnings of the names of its APIs.
    pub(crate) prefixes: Vec<String>,
    /// Whether its calls need a session, unless the API itself says otherwise.
    pub(crate) session: Session,
    /// In the order of their modules.
    pub(crate) apis: Vec<Api>,
    /// Objects that several of its APIs share.
    pub(crate) types: Vec<Struct>,
}

/// A source that documents an API.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ApiSource {
    /// Its name in `fixtures/sources.toml`.
    pub(crate) name: String,
    /// Its name in the documentation.
    pub(crate) title: String,
    /// Its date: a day or a month.
    pub(crate) as_of: String,
}

/// One API and the types that only it has.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Api {
    /// `aliexpress.trade.ds.order.get`.
    pub(crate) name: String,
    /// Name of its Rust module.
    pub(crate) module: String,
    /// Whether the module is at the crate's root, too.
    pub(crate) at_root: bool,
    /// Its sources, newest first.
    pub(crate) sources: Vec<ApiSource>,
    /// Whether only older sources have it, so that it may have changed or gone.
    pub(crate) old: bool,
    pub(crate) effect: Effect,
    pub(crate) session: Session,
    /// Whether the gateway wants `GET`.
    pub(crate) get: bool,
    pub(crate) doc: Option<String>,
    /// Name of the request's struct, which is among `structs`.
    pub(crate) request: String,
    /// Name of the answer's struct, which is among `structs`.
    pub(crate) answer: String,
    pub(crate) structs: Vec<Struct>,
    /// Types of `shared` that its fields use.
    pub(crate) errors: Vec<ErrorCode>,
    pub(crate) samples: Vec<Sample>,
    /// Rows of the request and the response table, for the list of APIs.
    pub(crate) rows: (usize, usize),
    /// Whether there is an overlay.
    pub(crate) judged: bool,
    /// How its answers are the pages of a list, if they are.
    pub(crate) paging: Option<Paging>,
}

/// How the answers of an API are the pages of one list. Fields go by their names in Rust.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Paging {
    /// The object of the request that has the fields below, and whether it is always there; `None` for the request.
    pub(crate) query: Option<(String, bool)>,
    pub(crate) turn: Turn,
    /// The parameter for the size of a page.
    pub(crate) size: Option<String>,
    /// The size that is requested if the caller states none.
    pub(crate) default_size: Option<i64>,
    /// The objects from the answer to the one that holds the list.
    pub(crate) holders: Vec<String>,
    pub(crate) list: String,
    /// The type of an item.
    pub(crate) item: String,
    /// Facts about the whole list in the holders, which are counted from the answer itself.
    pub(crate) says: Vec<Said>,
}

/// How the next page is requested.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Turn {
    /// A parameter for a number.
    Number(String),
    /// A parameter for a token that the page before names.
    Token(String),
}

/// A fact about the whole list that a field of the answer states.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Said {
    /// Which of the holders has the field; 0 for the answer itself.
    pub(crate) holder: usize,
    pub(crate) field: String,
    pub(crate) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Total,
    Pages,
    IsLast,
    HasMore,
    Next,
}

/// An object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Struct {
    pub(crate) name: String,
    /// Whether the description is hand-written.
    pub(crate) worded: bool,
    /// The name by rule, before a suffix distinguished it from others; `None` if an overlay or the API gives the name.
    pub(crate) base: Option<String>,
    pub(crate) doc: String,
    /// Where its objects are in the API, such as `response.result`.
    pub(crate) paths: Vec<String>,
    pub(crate) fields: Vec<Field>,
    /// Parameters that are files, which are sent separately from the others.
    pub(crate) files: Vec<FileField>,
    pub(crate) money: Option<Money>,
    /// Why none of its amounts counts, if the overlay says so.
    pub(crate) no_price: Option<String>,
    /// Whether requests contain it, so that it needs a constructor.
    pub(crate) in_request: bool,
}

/// One field of an object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    /// The key on the wire.
    pub(crate) key: String,
    pub(crate) alias: Option<String>,
    /// The name in Rust; raw if it is a keyword.
    pub(crate) name: String,
    pub(crate) doc: String,
    /// Whether the description is hand-written.
    pub(crate) worded: bool,
    pub(crate) value: Value,
    pub(crate) list: bool,
    pub(crate) wrapper: Option<Wrapper>,
    pub(crate) required: bool,
    pub(crate) personal: bool,
    pub(crate) deprecated: bool,
    /// Whether requests write it as text although it is a number or boolean.
    pub(crate) as_text: bool,
    /// Whether it may be any JSON, because no source documents its content.
    pub(crate) free: bool,
}

/// A parameter that is a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FileField {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) doc: String,
    /// Whether the description is hand-written.
    pub(crate) worded: bool,
    pub(crate) required: bool,
}

/// Whether a call changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Effect {
    Read,
    Write,
}

/// The type of a field, or of an element of its list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// `i64`, or the named type around it.
    Integer(Option<String>),
    Boolean,
    /// `String`, or the named type around it.
    Text(Option<String>),
    /// The named struct.
    Record(String),
}

/// The inner name of a list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wrapper {
    pub(crate) name: String,
    pub(crate) proven: bool,
}

/// Which of an object's fields state the money that counts, in the order in which they count.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Money {
    /// Objects that state money themselves. They count before the amounts.
    pub(crate) objects: Vec<String>,
    /// Amounts in units of the same currency.
    pub(crate) amounts: Vec<String>,
    /// Amounts in cents of the same currency, if no field has units.
    pub(crate) cents: Vec<String>,
    /// `None` if the object does not state the currency of its own amounts.
    pub(crate) currency_code: Option<String>,
    pub(crate) cent: Option<String>,
    pub(crate) cent_factor: Option<String>,
    pub(crate) whose: Option<Whose>,
    pub(crate) judgement: Judgement,
}

/// Whose currency an amount is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Whose {
    Asked,
    Buyer,
    Seller,
    Settlement,
}

/// The reason for a decision, and how sure it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Judgement {
    pub(crate) why: String,
    pub(crate) sure: Sure,
}

/// The source of a decision, the most certain first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sure {
    /// Stated in the platform's documentation.
    Documented,
    /// Reported by integrators.
    Reported,
    /// Suggested by names and examples.
    Presumed,
}

/// A named type of a number or text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Id {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) text: bool,
}

/// A list of codes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Codes {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) values: Vec<Code>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Code {
    /// The variant in Rust.
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) doc: Option<String>,
}

/// A bit mask.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Flags {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) bits: Vec<Bit>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bit {
    pub(crate) name: String,
    pub(crate) value: i64,
    pub(crate) doc: String,
}

/// An entry of a page's error table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ErrorCode {
    pub(crate) code: String,
    pub(crate) words: Option<ErrorWords>,
}

/// The description of an error.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErrorWords {
    /// The meaning of the code.
    pub(crate) meaning: String,
    /// The usual cause.
    pub(crate) cause: String,
    /// The advice to the caller.
    pub(crate) advice: String,
    /// Whether the same call may succeed later.
    pub(crate) retry: RetryClass,
}

#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RetryClass {
    /// The same call fails again.
    Never,
    /// It may succeed after the caller has changed something.
    AfterChange,
    /// It may succeed without a change.
    MayPass,
}

/// A payload of the page that the models must read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    /// File name below the API's folder of samples.
    pub(crate) file: String,
    /// The API's folder of samples, from the workspace.
    pub(crate) folder: String,
    pub(crate) role: pages::table::Role,
}

impl Catalog {
    /// Every API, by family and module.
    pub(crate) fn apis(&self) -> impl Iterator<Item = (&Family, &Api)> {
        let apis = |family| Family::apis_of(family);
        self.families.iter().flat_map(apis)
    }

    /// Counts, so that gaps are visible.
    pub(crate) fn summary(&self) -> String {
        let structs = || {
            let of_family = self.families.iter().flat_map(|family| {
                family
                    .types
                    .iter()
                    .chain(family.apis.iter().flat_map(|api| &api.structs))
            });
            of_family.chain(&self.shared)
        };
        let fields: usize = structs().map(|item| item.fields.len()).sum();
        let unworded = structs()
            .flat_map(|item| &item.fields)
            .filter(|field| !field.worded);
        format!(
            "{} APIs of {} families, {} structs with {fields} fields ({} without a description), {} ids, {} code lists, {} bit masks",
            self.apis().count(),
            self.families.len(),
            structs().count(),
            unworded.count(),
            self.ids.len(),
            self.codes.len(),
            self.flags.len(),
        )
    }

    /// The scalar types by name, with whether they are texts.
    pub(crate) fn scalars(&self) -> BTreeMap<&str, bool> {
        let ids = self.ids.iter().map(|id| (id.name.as_str(), id.text));
        let codes = self.codes.iter().map(|codes| (codes.name.as_str(), true));
        let flags = self.flags.iter().map(|flags| (flags.name.as_str(), false));
        ids.chain(codes).chain(flags).collect()
    }
}

impl Family {
    fn apis_of(family: &Self) -> impl Iterator<Item = (&Self, &Api)> {
        family.apis.iter().map(move |api| (family, api))
    }
}

impl Api {
    /// The types among `types` that its own objects contain, directly or indirectly.
    pub(crate) fn used_types<'t>(&self, types: &'t [Struct]) -> Vec<&'t Struct> {
        let mut used: Vec<&Struct> = Vec::new();
        let mut open: Vec<&str> = self.structs.iter().flat_map(Struct::records).collect();
        while let Some(name) = open.pop() {
            let found = types.iter().find(|item| item.name == name);
            if let Some(item) =
                found.filter(|item| used.iter().all(|known| known.name != item.name))
            {
                used.push(item);
                open.extend(item.records());
            }
        }
        used.sort_by(|one, other| one.name.cmp(&other.name));
        used
    }
}

impl Struct {
    /// Names of the objects that its fields contain.
    fn records(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().filter_map(|field| match &field.value {
            Value::Record(name) => Some(name.as_str()),
            _ => None,
        })
    }
}
