//! Signing and verifying allocate nothing on the heap; the signature is an array.

use std::hint::black_box;

use aliexpress_signing::{AppSecret, SignMethod, Signer};
use allocation_counter::measure;

#[path = "../benches/workloads/order_create.rs"]
mod order_create;

use order_create::PARAMS;

#[test]
fn the_allocation_counter_detects_an_allocation() {
    assert_eq!(measure(|| drop(black_box(vec![1]))).count_total, 1);
}

#[test]
fn signing_and_verifying_use_no_heap() {
    let signer = Signer::new(&AppSecret::new("helloworld"));
    for method in SignMethod::ALL {
        let mut params = PARAMS;
        let allocations = measure(|| {
            let signature = black_box(signer.sign(*method, Some("/path"), &mut params));
            assert!(signer.verify(*method, Some("/path"), &mut params, signature.as_ref()));
        });
        assert_eq!(allocations.count_total, 0, "{method}");
    }
}

#[test]
fn cloning_a_signer_uses_no_heap() {
    let signer = Signer::new(&AppSecret::new("helloworld"));
    assert_eq!(measure(|| drop(black_box(signer.clone()))).count_total, 0);
}

#[test]
fn signing_many_parameters_uses_no_heap() {
    let names: Vec<String> = (0..2000)
        .map(|number| format!("{}", number * 7919 % 2000))
        .collect();
    let mut params: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
    let signer = Signer::new(&AppSecret::new("helloworld"));
    let allocations = measure(|| {
        black_box(signer.sign(SignMethod::Sha256, None, &mut params));
    });
    assert_eq!(allocations.count_total, 0);
}
