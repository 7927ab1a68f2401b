//! Expected numbers for three APIs, from the committed tables.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use pages::resolve::{Decisions, Model, resolve};
use pages::root::Root;
use pages::table::FieldTable;
use pages::tree::{Node, Tree};

fn load(api: &str) -> (FieldTable, Tree) {
    let table = FieldTable::load(&Root::workspace(), api).expect("a committed table");
    let tree = resolve(&table, &Decisions::default(), &Model::default()).expect("a tree");
    (table, tree)
}

fn node<'n>(nodes: &'n [Node], path: &str) -> &'n Node {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let node = nodes.iter().find(|node| node.name == name);
    let node = node.unwrap_or_else(|| panic!("no field {name:?} of {path:?}"));
    if rest.is_empty() {
        node
    } else {
        node_below(node, rest)
    }
}

fn node_below<'n>(above: &'n Node, path: &str) -> &'n Node {
    node(&above.children, path)
}

fn names(node: &Node) -> Vec<&str> {
    node.children
        .iter()
        .map(|child| child.name.as_str())
        .collect()
}

/// The numbers of objects, leaves and lists, and the depth.
fn shape(nodes: &[Node]) -> (usize, usize, usize, usize) {
    nodes
        .iter()
        .fold((0, 0, 0, 0), |(objects, leaves, lists, depth), node| {
            let below = shape(&node.children);
            let is_object = usize::from(!node.children.is_empty());
            (
                objects + is_object + below.0,
                leaves + 1 - is_object + below.1,
                lists + usize::from(node.list) + below.2,
                depth.max(1 + below.3),
            )
        })
}

#[test]
fn order_create_has_fields_that_only_samples_show() {
    let (table, tree) = load("aliexpress.ds.order.create");
    assert_eq!((table.request.len(), Tree::count(&tree.request)), (2, 40));
    assert_eq!((table.response.len(), Tree::count(&tree.response)), (1, 5));
    assert_eq!(table.error_codes.len(), 16);
    let items = node(
        &tree.request,
        "param_place_order_request4_open_api_d_t_o.product_items",
    );
    assert!(items.list);
    assert_eq!(items.children.len(), 5);
    assert!(node(&tree.response, "result.order_list").list);
    assert!(tree.findings.iter().all(|finding| finding.proven));
}

#[test]
fn order_get_has_rows_that_belong_to_an_outer_object() {
    let (table, tree) = load("aliexpress.trade.ds.order.get");
    assert_eq!((table.request.len(), Tree::count(&tree.request)), (2, 2));
    assert_eq!(
        (table.response.len(), Tree::count(&tree.response)),
        (50, 50)
    );
    let (objects, leaves, lists, _) = shape(&tree.response);
    assert_eq!((objects, leaves, lists), (14, 36, 2));
    let values: Vec<usize> = table
        .enumerations
        .iter()
        .map(|list| list.values.len())
        .collect();
    assert_eq!(values, [12, 6]);
    assert_eq!(
        names(node(&tree.response, "result")),
        [
            "user_order_amount",
            "pay_timeout_second",
            "order_paidtime_string",
            "gmt_create",
            "order_status",
            "logistics_status",
            "order_amount",
            "child_order_list",
            "logistics_info_list",
            "store_info",
        ]
    );
    assert_eq!(
        names(node(&tree.response, "result.user_order_amount")),
        ["amount", "currency_code"]
    );
    let child = node(&tree.response, "result.child_order_list");
    assert_eq!(child.wrapper.as_deref(), Some("aeop_child_order_info"));
    let scalars: Vec<&str> = child
        .children
        .iter()
        .filter(|child| child.children.is_empty())
        .map(|child| child.name.as_str())
        .collect();
    assert_eq!(
        scalars,
        [
            "already_include_tax",
            "end_reason",
            "sku_id",
            "product_id",
            "product_name",
            "product_count"
        ]
    );
    assert!(!node(&tree.request, "single_order_query").list);
}

#[test]
fn order_info_has_every_row_of_its_sample() {
    let (table, tree) = load("aliexpress.solution.order.info.get");
    assert_eq!((table.request.len(), Tree::count(&tree.request)), (3, 3));
    assert_eq!(
        (table.response.len(), Tree::count(&tree.response)),
        (349, 349)
    );
    assert_eq!(shape(&tree.response), (52, 297, 6, 7));
    // Two rows could be swapped with rows of the same name if the rows of an object did not have to be together.
    let open: Vec<&str> = tree
        .findings
        .iter()
        .map(|finding| finding.path.as_str())
        .collect();
    let list = "result.data.child_order_list";
    assert_eq!(
        open,
        [
            &format!("{list}.order_status"),
            &format!("{list}.fund_status")
        ]
    );
}
