//! Placing orders under random sequences of faults: never two orders under one id.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::SystemTime;

use aliexpress_sandbox::{Fault, FaultRule, Sandbox};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::{Built, CREATE, builder, order};

/// Every fault except the slow ones, which the tests in `guard` cover one by one.
fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        Just(Fault::ResetBefore),
        Just(Fault::ResetAfter),
        (0_usize..200).prop_map(Fault::CutBody),
        (200_u16..600).prop_map(Fault::HtmlBefore),
        (200_u16..600).prop_map(Fault::HtmlAfter),
        Just(Fault::ServiceFailure),
        Just(Fault::Malformed),
        Just(Fault::DriftingTypes),
        Just(Fault::WrongTypes),
        Just(Fault::BareList),
        Just(Fault::PayFails),
        Just(Fault::RefuseOrder("INVENTORY_HOLD_ERROR".to_owned())),
        Just(Fault::RefuseOrder("REPEATED_ORDER_ERROR".to_owned())),
        "[ -~]{0,40}".prop_map(Fault::Replace),
    ]
}

/// What a shop does with one order: places it, then settles it as long as its outcome is open, or
/// places it again under the same id if it was certainly not placed.
fn place_until_settled(client: &crate::Client, out_order_id: &str, tries: usize) {
    let order = order(out_order_id);
    let sent_at = SystemTime::now();
    let mut open = false;
    for _ in 0..tries {
        let placed = match open {
            true => client.recover_order(&order, sent_at),
            false => client.place_order(&order),
        };
        match placed {
            Ok(_) => return,
            Err(error) => open = open || error.unknown_outcome().is_some(),
        }
    }
}

#[test]
fn random_sequences_of_faults_never_lead_to_two_orders() {
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| run_sequences(500));
        }
    });
}

/// All sequences share one sandbox, because starting one takes longer than all their requests.
fn run_sequences(cases: u32) {
    let sandbox = Sandbox::builder().log_size(1).start().unwrap();
    let client = builder(&sandbox).built().unwrap();
    let number = Cell::new(0);
    let mut runner = TestRunner::new(ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 0,
        ..ProptestConfig::default()
    });
    let sequences = prop::collection::vec(prop::option::weighted(0.8, fault()), 0..5);
    let result = runner.run(&sequences, |faults| {
        sandbox.clear_faults();
        for fault in faults.iter().flatten() {
            sandbox.add_fault(FaultRule::next(fault.clone()).on(CREATE));
        }
        number.set(number.get() + 1);
        let out_order_id = format!("random-{}", number.get());
        place_until_settled(&client, &out_order_id, faults.len() + 1);
        Ok(())
    });
    result.unwrap();

    let mut orders = BTreeMap::<_, usize>::new();
    for out_order_id in sandbox
        .orders()
        .into_iter()
        .filter_map(|order| order.out_order_id)
    {
        *orders.entry(out_order_id).or_default() += 1;
    }
    let placed = orders.len();
    assert!(
        placed > cases as usize / 2,
        "only {placed} of {cases} were placed"
    );
    let twice: Vec<_> = orders.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
