//! Placing orders, case by case: the outcome, what is sent again, and how many orders exist.

use std::time::{Duration, SystemTime};

use aliexpress::models::Answer;
use aliexpress::models::order_create::OrderCreateAnswer;
use aliexpress::models::shared::OrderId;
use aliexpress::{
    CallOptions, Error, NewOrder, PlacedOrder, Reply, read_order, read_recovered_order,
};
use aliexpress_sandbox::{Fault, FaultRule, Sandbox};

use crate::server::{Act, Server, wait_until};
use crate::{Built, CREATE, Client, builder, client, order, quick};

type Placed = Result<Reply<PlacedOrder>, Error>;

/// The possible outcomes of placing an order.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    Created,
    NotPaid,
    Duplicate,
    Refused,
    /// An error that proves that there is no order.
    NotPlaced,
    /// An error that leaves open whether there is an order.
    Unknown,
}

fn outcome(placed: &Placed) -> Outcome {
    match placed {
        Ok(reply) => match &**reply {
            PlacedOrder::Created { .. } => Outcome::Created,
            PlacedOrder::CreatedNotPaid { .. } => Outcome::NotPaid,
            PlacedOrder::Duplicate { .. } => Outcome::Duplicate,
            PlacedOrder::Refused(_) => Outcome::Refused,
        },
        Err(error) if error.unknown_outcome().is_some() => {
            assert!(error.may_have_acted() && !error.may_retry(), "{error}");
            Outcome::Unknown
        }
        Err(error) => {
            assert!(!error.may_have_acted(), "{error}");
            Outcome::NotPlaced
        }
    }
}

/// Orders that the sandbox holds under this id.
fn orders(sandbox: &Sandbox, out_order_id: &str) -> usize {
    let orders = sandbox.orders();
    let named = orders
        .iter()
        .filter(|order| order.out_order_id.as_deref() == Some(out_order_id));
    named.count()
}

/// Places an order under a fault, and returns `(outcome, requests, orders)`. Then places it again,
/// because an existing order must be recognised.
#[track_caller]
fn check(fault: Fault, expected: (Outcome, u64, usize)) {
    let sandbox = Sandbox::start().unwrap();
    sandbox.add_fault(FaultRule::next(fault.clone()).on(CREATE));
    let patient = client(&sandbox);
    let client = match fault {
        Fault::Delay(_) => {
            let hurried = builder(&sandbox).read_timeout(Duration::from_millis(300));
            hurried.built().unwrap()
        }
        _ => patient.clone(),
    };
    let order = order("shop-1");
    let sent_at = SystemTime::now();

    let placed = client.place_order(&order);
    // If the client did not wait for the answer, the sandbox may not have handled the request yet.
    wait_until("received", || sandbox.request_count() >= expected.1);
    let found = (
        outcome(&placed),
        sandbox.request_count(),
        orders(&sandbox, "shop-1"),
    );
    assert_eq!(found, expected, "{fault}: {placed:?}");

    // After any outcome, a repeat under the same id never places a second order.
    std::thread::sleep(Duration::from_millis(
        if matches!(fault, Fault::Throttle(_)) {
            60
        } else {
            0
        },
    ));
    let again = patient.recover_order(&order, sent_at);
    assert!(
        again.as_ref().is_ok_and(|reply| reply.exists()),
        "{fault}: {again:?}"
    );
    assert_eq!(orders(&sandbox, "shop-1"), 1, "{fault}");
}

#[test]
fn every_fault_of_the_sandbox_gives_the_right_outcome_and_at_most_one_order() {
    use Outcome::{Created, NotPaid, NotPlaced, Unknown};
    check(Fault::ResetBefore, (Unknown, 1, 0));
    check(Fault::ResetAfter, (Unknown, 1, 1));
    for bytes in [0, 1, 40, 80] {
        check(Fault::CutBody(bytes), (Unknown, 1, 1));
    }
    check(Fault::HtmlBefore(502), (Unknown, 1, 0));
    check(Fault::HtmlAfter(502), (Unknown, 1, 1));
    check(Fault::HtmlAfter(200), (Unknown, 1, 1));
    check(Fault::HtmlAfter(301), (Unknown, 1, 1));
    check(Fault::HtmlBefore(404), (Unknown, 1, 0));
    check(Fault::ServiceFailure, (Unknown, 1, 0));
    check(Fault::Malformed, (Unknown, 1, 1));
    check(Fault::WrongTypes, (Unknown, 1, 1));
    check(Fault::Delay(Duration::from_secs(60)), (Unknown, 1, 1));
    check(Fault::Replace(String::new()), (Unknown, 1, 1));
    check(Fault::Replace("{}".to_owned()), (Unknown, 1, 1));
    check(Fault::DriftingTypes, (Created, 1, 1));
    check(Fault::BareList, (Created, 1, 1));
    check(Fault::SlowBody(Duration::from_millis(200)), (Created, 1, 1));
    check(Fault::PayFails, (NotPaid, 1, 1));
    check(
        Fault::Throttle(Duration::from_millis(50)),
        (NotPlaced, 1, 0),
    );
}

#[test]
fn codes_that_prove_a_refusal_come_with_an_explanation() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let listed = OrderCreateAnswer::ERROR_CODES
        .iter()
        .map(|listed| listed.code);
    for code in listed.chain(["SKU_NOT_EXIST"]) {
        sandbox.add_fault(FaultRule::next(Fault::RefuseOrder(code.to_owned())).on(CREATE));
        let placed = client.place_order(&order(code));
        if code == "REPEATED_ORDER_ERROR" {
            assert_eq!(outcome(&placed), Outcome::Duplicate);
            continue;
        }
        let Ok(PlacedOrder::Refused(refusal)) = placed.map(Reply::into_data) else {
            panic!("{code} is not a refusal");
        };
        assert_eq!(refusal.code, code);
        assert!(refusal.info.is_some());
        assert_eq!(orders(&sandbox, code), 0);
    }
    for code in [
        "INTERNAL_ERROR",
        "PROCESSING",
        "DUPLICATE_ORDER",
        "PAYMENT_FAILED",
        "502",
    ] {
        sandbox.add_fault(FaultRule::next(Fault::RefuseOrder(code.to_owned())).on(CREATE));
        let placed = client.place_order(&order(code));
        assert_eq!(outcome(&placed), Outcome::Unknown, "{code}");
    }
}

#[test]
fn a_refusal_with_an_order_id_leaves_the_outcome_open() {
    for body in [
        r#"{"order_list":[81],"result":{"is_success":false,"error_code":"INVENTORY_HOLD_ERROR"}}"#,
        r#"{"code":"7","msg":"see order_list","result":{"order_list":[81]}}"#,
        r#"{"result":{"is_success":false,"error_code":"INVENTORY_HOLD_ERROR"},"more":{"order_list":{"number":[81]}}}"#,
    ] {
        check_act(answer(body), (Outcome::Unknown, 1), &[81]);
    }
}

#[test]
fn a_repeated_order_is_reported_as_duplicate_and_placed_once() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    assert_eq!(outcome(&client.place_order(&order("1"))), Outcome::Created);
    assert_eq!(
        outcome(&client.place_order(&order("1"))),
        Outcome::Duplicate
    );
    assert_eq!(outcome(&client.place_order(&order("2"))), Outcome::Created);
    assert_eq!((orders(&sandbox, "1"), orders(&sandbox, "2")), (1, 1));
}

#[test]
fn a_refused_connection_is_tried_again_and_proves_that_nothing_was_placed() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gateway = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let client = quick(Client::builder("1", "secret"))
        .session("s")
        .gateway(gateway);
    let error = client
        .built()
        .unwrap()
        .place_order(&order("1"))
        .unwrap_err();
    assert!(error.is_connect() && error.may_retry() && !error.may_have_acted());
    assert!(error.unknown_outcome().is_none());
    assert_eq!(error.tries(), 4);
}

/// Places an order on a new server: outcome, requests, and the ids that were read.
#[track_caller]
fn check_act(act: Act, expected: (Outcome, usize), ids: &[i64]) {
    let read_timeout = match act {
        Act::Silence => Duration::from_millis(300),
        _ => Duration::from_secs(60),
    };
    let server = Server::start(vec![act]);
    let client = quick(Client::builder("1", "secret"))
        .session("session")
        .gateway(server.url())
        .read_timeout(read_timeout);
    let placed = client.built().unwrap().place_order(&order("1"));
    // If the client did not wait for the answer, the server may not have read the request yet.
    wait_until("received", || server.requests().len() >= expected.1);
    assert_eq!(
        (outcome(&placed), server.requests().len()),
        expected,
        "{placed:?}"
    );
    let found = match &placed {
        Ok(reply) => reply.order_ids().to_vec(),
        Err(error) => error
            .unknown_outcome()
            .map_or(Vec::new(), |open| open.order_ids.clone()),
    };
    let ids: Vec<_> = ids.iter().copied().map(OrderId).collect();
    assert_eq!(found, ids);
    if let Err(error) = &placed
        && let Some(open) = error.unknown_outcome()
    {
        assert_eq!(open.out_order_id, "1");
    }
}

fn answer(body: &str) -> Act {
    Act::Answer("200 OK", body.to_owned())
}

#[test]
fn broken_connections_leave_the_outcome_open() {
    check_act(Act::ResetUnread, (Outcome::Unknown, 0), &[]);
    check_act(Act::ResetRead, (Outcome::Unknown, 1), &[]);
    check_act(Act::Silence, (Outcome::Unknown, 1), &[]);
    check_act(Act::Noise, (Outcome::Unknown, 1), &[]);
    let cut = r#"{"result":{"is_success":true,"order_list":[81,8190"#;
    check_act(Act::Cut(cut.to_owned()), (Outcome::Unknown, 1), &[81]);
}

#[test]
fn only_a_refusal_by_the_gateway_itself_proves_that_nothing_was_placed() {
    let proofs = [
        "IncompleteSignature",
        "InvalidAppKey",
        "IllegalAccessToken",
        "IllegalTimestamp",
        "MissingParameter",
        "AppCallLimit",
        "ApiCallLimit",
        "InvalidApiPath",
        "7",
        "25",
        "27",
        "29",
    ];
    for code in proofs {
        let body =
            format!(r#"{{"error_response":{{"code":"{code}","msg":"m","request_id":"r"}}}}"#);
        check_act(answer(&body), (Outcome::NotPlaced, 1), &[]);
        // With an HTTP error status, or next to an order id, the same code proves nothing.
        check_act(
            Act::Answer("502 Bad Gateway", body),
            (Outcome::Unknown, 1),
            &[],
        );
        let named = format!(r#"{{"error_response":{{"code":"{code}"}},"order_list":[7]}}"#);
        check_act(answer(&named), (Outcome::Unknown, 1), &[7]);
    }
    for code in ["InsufficientPermission", "AppWhiteIpLimit", "NeverSeen"] {
        let body = format!(r#"{{"error_response":{{"type":"ISV","code":"{code}","msg":"m"}}}}"#);
        check_act(answer(&body), (Outcome::NotPlaced, 1), &[]);
        let service = body.replace("\"msg\"", r#""sub_code":"isp.x","msg""#);
        check_act(answer(&service), (Outcome::Unknown, 1), &[]);
    }
    for code in [
        "ServiceUnavailable",
        "InsufficientPermission",
        "15",
        "50",
        "41",
        "Whatever",
    ] {
        let body = format!(r#"{{"error_response":{{"code":"{code}","msg":"m"}}}}"#);
        check_act(answer(&body), (Outcome::Unknown, 1), &[]);
    }
    let remote = r#"{"error_response":{"code":"15","sub_code":"isp.remote-service-timeout"}}"#;
    check_act(answer(remote), (Outcome::Unknown, 1), &[]);
    let repeated = r#"{"error_response":{"code":"15","sub_code":"REPEATED_ORDER_ERROR"}}"#;
    check_act(answer(repeated), (Outcome::Duplicate, 1), &[]);
}

#[test]
fn a_refusal_of_type_isv_without_sub_code_proves_that_nothing_was_placed() {
    for code in [
        "InsufficientPermission",
        "AppWhiteIpLimit",
        "InvalidParameter",
        "Whatever",
    ] {
        let body = format!(r#"{{"error_response":{{"type":"ISV","code":"{code}","msg":"m"}}}}"#);
        check_act(answer(&body), (Outcome::NotPlaced, 1), &[]);
        let body = body.replace(r#""msg""#, r#""sub_code":"F00-1","msg""#);
        check_act(answer(&body), (Outcome::Unknown, 1), &[]);
    }
    let ban = r#"{"error_response":{"type":"ISP","code":"SellerCallLimit","msg":"This ban will last for 1 more second"}}"#;
    check_act(answer(ban), (Outcome::NotPlaced, 1), &[]);
    let caller = r#"{"error_response":{"code":"15","sub_code":"isv.x"}}"#;
    check_act(answer(caller), (Outcome::NotPlaced, 1), &[]);
}

#[test]
fn an_order_is_not_resent_if_a_refused_session_names_an_order() {
    let refused = [
        r#"{"error_response":{"code":"27","msg":"Invalid session"},"aliexpress_ds_order_create_response":{"result":{"is_success":true,"order_list":[81]}}}"#,
        r#"{"code":"27","msg":"see order_list","x":{"order_list":[81]}}"#,
    ];
    let token = r#"{"access_token":"new","refresh_token":"r","expires_in":3600,"code":"0"}"#;
    for body in refused {
        let server = Server::start(vec![
            answer(token),
            answer(body),
            answer(token),
            answer(body),
        ]);
        let client = quick(Client::builder("1", "secret"))
            .token_store(aliexpress::tokens::MemoryStore::new())
            .gateway(server.url())
            .built()
            .unwrap();
        client
            .create_tokens(&aliexpress::AuthCode::new("c"))
            .unwrap();
        let placed = client.place_order(&order("1"));
        assert_eq!(outcome(&placed), Outcome::Unknown, "{placed:?}");
        let open = placed.unwrap_err();
        assert_eq!(open.unknown_outcome().unwrap().order_ids, [OrderId(81)]);
        assert_eq!(server.requests().len(), 2);
    }
}

#[test]
fn an_outcome_is_classified_for_every_spelling_of_is_success() {
    for (yes, no) in [
        ("true", "false"),
        ("\"true\"", "\"false\""),
        ("1", "0"),
        ("\"1\"", "\"0\""),
    ] {
        let result = |success: &str, rest: &str| {
            answer(&format!(
                r#"{{"result":{{"is_success":{success}{rest}}},"code":"0","request_id":"r"}}"#
            ))
        };
        check_act(
            result(yes, r#","order_list":[7]"#),
            (Outcome::Created, 1),
            &[7],
        );
        check_act(
            result(yes, r#","order_list":{"number":[7,8]}"#),
            (Outcome::Created, 1),
            &[7, 8],
        );
        check_act(result(yes, ""), (Outcome::Unknown, 1), &[]);
        let unpaid = r#","error_msg":"OrderCreated, autoPay fail:APIPayFail","order_list":[7]"#;
        check_act(result(yes, unpaid), (Outcome::NotPaid, 1), &[7]);
        // The platform's own sample.
        let sample = r#","error_msg":"PARM_ILLEGL","error_code":"PARM_ILLEGL","order_list":[7]"#;
        check_act(result(yes, sample), (Outcome::Unknown, 1), &[7]);
        check_act(
            result(yes, r#","error_code":"PARM_ILLEGL""#),
            (Outcome::Unknown, 1),
            &[],
        );
        check_act(
            result(no, r#","error_code":"INVENTORY_HOLD_ERROR""#),
            (Outcome::Refused, 1),
            &[],
        );
        check_act(
            result(no, r#","error_code":"X","order_list":[7]"#),
            (Outcome::Unknown, 1),
            &[7],
        );
        check_act(
            result(no, r#","error_code":"REPEATED_ORDER_ERROR""#),
            (Outcome::Duplicate, 1),
            &[],
        );
        check_act(result(no, ""), (Outcome::Unknown, 1), &[]);
    }
}

#[test]
fn an_expired_session_is_refreshed_and_the_order_placed_once() {
    let sandbox = Sandbox::start().unwrap();
    let code = aliexpress::AuthCode::new(sandbox.authorise());
    let client = quick(Client::builder(sandbox.app_key(), sandbox.app_secret()))
        .token_store(aliexpress::tokens::MemoryStore::new())
        .gateway(sandbox.url())
        .built()
        .unwrap();
    let tokens = client.create_tokens(&code).unwrap();
    sandbox.expire_token(tokens.session.expose());
    assert_eq!(outcome(&client.place_order(&order("1"))), Outcome::Created);
    assert_eq!(orders(&sandbox, "1"), 1);
    let calls: Vec<_> = sandbox
        .log()
        .iter()
        .map(|entry| entry.api.clone())
        .collect();
    assert_eq!(
        calls,
        ["/auth/token/create", CREATE, "/auth/token/refresh", CREATE]
    );
}

#[test]
fn an_incomplete_order_is_never_sent() {
    let sandbox = Sandbox::start().unwrap();
    let blank = order(" ");
    let error = client(&sandbox).place_order(&blank).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot place an order: found nothing in \
         param_place_order_request4_open_api_d_t_o.out_order_id; wanted every required field"
    );
    assert_eq!(sandbox.request_count(), 0);
}

#[test]
fn an_order_is_recovered_only_while_the_platform_recognises_a_repeat() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let day = Duration::from_secs(24 * 3600);
    let recover = |order: &NewOrder, first_sent| {
        let error = client.recover_order(order, first_sent).unwrap_err();
        // A repeat that is not sent does not change that the first request is open.
        let open = error.unknown_outcome().unwrap();
        assert!(error.may_have_acted() && error.tries() == 0);
        assert!(open.sent_at == first_sent && open.cause().is_some_and(|cause| cause.is_usage()));
        error.to_string()
    };
    assert_eq!(
        recover(&order("1"), SystemTime::now() - day),
        "cannot tell whether order \"1\" was placed: cannot recover an order: found a request sent \
         1 day ago; wanted one sent within the last 20 hours, because the platform recognises a repeat \
         for 24 hours and clocks may be 4 hours off; find out before placing it under another id"
    );
    recover(&order("1"), SystemTime::now() + day);
    recover(&order(" "), SystemTime::now());
    assert_eq!(sandbox.request_count(), 0);
    // If the clock was set back a little in between, the repeat is not refused.
    let soon = SystemTime::now() + Duration::from_secs(5);
    assert!(client.recover_order(&order("1"), soon).unwrap().exists());
}

#[test]
fn an_order_of_another_account_is_recovered_with_the_session_of_that_account() {
    let sandbox = Sandbox::start().unwrap();
    let (client, other) = (client(&sandbox), sandbox.session_of_another_account());
    let theirs = CallOptions::new().session(other.as_str());
    sandbox.add_fault(FaultRule::next(Fault::ResetAfter).on(CREATE));
    let error = client
        .with(theirs.clone())
        .place_order(&order("1"))
        .unwrap_err();
    let sent_at = error.unknown_outcome().unwrap().sent_at;
    let recovered = client
        .with(theirs.clone())
        .recover_order(&order("1"), sent_at);
    assert_eq!(outcome(&recovered), Outcome::Duplicate);
    let orders = sandbox.orders();
    let placed: Vec<_> = orders.iter().filter(|o| o.out_order_id.is_some()).collect();
    assert_eq!(placed.len(), 1);
    let within = Duration::from_secs(60);
    let order = client.with(theirs).wait_for_order(placed[0].id, within);
    assert!(order.is_ok());
    let mine = client.order(placed[0].id).unwrap_err();
    let sub_code = mine.api_error().and_then(|error| error.sub_code.as_deref());
    assert_eq!(sub_code, Some("isv.insufficient-permission"));
}

#[test]
fn a_refused_repeat_leaves_the_outcome_open() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let refuse = |fault| sandbox.add_fault(FaultRule::next(fault).on(CREATE));
    refuse(Fault::RefuseOrder("INVENTORY_HOLD_ERROR".to_owned()));
    let error = client
        .recover_order(&order("1"), SystemTime::now())
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot tell whether order \"1\" was placed: found that the repeat was refused with \
         INVENTORY_HOLD_ERROR, which says nothing about the first request; wanted the order, or an \
         answer that the order exists; find out before placing it under another id"
    );
    refuse(Fault::Throttle(Duration::from_millis(20)));
    let error = client
        .recover_order(&order("1"), SystemTime::now())
        .unwrap_err();
    assert!(error.unknown_outcome().is_some() && error.retry_after().is_some());
}

#[test]
fn orders_sent_by_another_http_client_are_classified_in_the_same_way() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let prepared = client.prepare_order(&order("1")).unwrap();
    assert!(!prepared.url.contains('?') && !format!("{prepared:?}").contains(sandbox.session()));
    let read = |status, body: &str| read_order(&order("1"), SystemTime::now(), status, body);
    let good = r#"{"result":{"is_success":true,"order_list":[7]}}"#;
    assert_eq!(outcome(&read(200, good)), Outcome::Created);
    assert_eq!(outcome(&read(502, good)), Outcome::Unknown);
    assert_eq!(outcome(&read(200, "<html>")), Outcome::Unknown);
    let refused = r#"{"error_response":{"code":"IncompleteSignature"}}"#;
    assert_eq!(outcome(&read(200, refused)), Outcome::NotPlaced);

    let first_sent = SystemTime::now() - Duration::from_secs(60);
    let repeat = |body: &str| read_recovered_order(&order("1"), first_sent, 200, body);
    let sold_out = r#"{"result":{"is_success":false,"error_code":"INVENTORY_HOLD_ERROR"}}"#;
    assert_eq!(outcome(&read(200, sold_out)), Outcome::Refused);
    for settles_nothing in [sold_out, refused] {
        let error = repeat(settles_nothing).unwrap_err();
        assert_eq!(error.unknown_outcome().unwrap().sent_at, first_sent);
    }
    assert_eq!(outcome(&repeat(good)), Outcome::Created);
    let known = r#"{"result":{"is_success":false,"error_code":"REPEATED_ORDER_ERROR"}}"#;
    assert_eq!(outcome(&repeat(known)), Outcome::Duplicate);
}

#[test]
fn a_session_that_cannot_be_refreshed_proves_that_nothing_was_placed() {
    let sandbox = Sandbox::start().unwrap();
    let past = SystemTime::now() - Duration::from_secs(1);
    let tokens = aliexpress::tokens::Tokens::new("ended").with_refresh_token("50000900a09");
    let store = aliexpress::tokens::MemoryStore::with(tokens.expiring_at(past));
    let client = quick(Client::builder(sandbox.app_key(), sandbox.app_secret()))
        .token_store(store)
        .refresh_cooldown(std::time::Duration::ZERO)
        .gateway(sandbox.url())
        .built()
        .unwrap();
    // The refresh may have succeeded; the order was not sent.
    sandbox.add_fault(FaultRule::next(Fault::HtmlBefore(502)).on("/auth/token/refresh"));
    for expected in [
        "cannot call /auth/token/refresh: found HTTP status 502 with 144 bytes of \"text/html\"; wanted an answer under HTTP \
         status 200",
        "platform refused /auth/token/refresh: code IllegalRefreshToken \"The specified refresh token is invalid.\"",
    ] {
        let placed = client.place_order(&order("1"));
        assert_eq!(outcome(&placed), Outcome::NotPlaced);
        let message = placed.unwrap_err().to_string();
        let (message, _) = message
            .split_once(", request id ")
            .unwrap_or((&message, ""));
        assert_eq!(
            message,
            format!("cannot get a session for aliexpress.ds.order.create: {expected}")
        );
    }
    assert!(
        sandbox
            .orders()
            .iter()
            .all(|order| order.out_order_id.is_none())
    );
}
