//! Calls: formats, signatures, retries, call limits and options.

use std::time::{Duration, Instant};

use aliexpress::models::File;
use aliexpress::models::ds::image_search::ImageSearch;
use aliexpress::models::order_get::{OrderGet, OrderQuery};
use aliexpress::models::shared::{ExtInfo, OrderId, OrderStatus};
use aliexpress::models::trade::order_query::{
    OrderQuery as MiniAppOrders, OrderQueryMiniAppRequest as MiniAppQuery,
};
use aliexpress::{CallLimits, CallOptions, Effect, Format, SignMethod};
use aliexpress_sandbox::{Fault, FaultRule, Sandbox};

use crate::server::{Act, Server, wait_until};
use crate::{Built, CREATE, Client, GET, builder, client, order, quick};

const SAMPLE: OrderId = OrderId(10_000_001);

#[test]
fn every_format_form_and_sign_method_gives_the_same_order() {
    let sandbox = Sandbox::start().unwrap();
    let expected = client(&sandbox).order(SAMPLE).unwrap().into_data();
    assert_eq!(expected.order_status, Some(OrderStatus::Finish));
    for method in [SignMethod::Sha256, SignMethod::Md5] {
        let client = builder(&sandbox).sign_method(method).built().unwrap();
        let request = OrderGet::new(OrderQuery::new(SAMPLE));
        for (format, simplify) in [
            (Format::Json, true),
            (Format::Json, false),
            (Format::Xml, false),
        ] {
            let options = CallOptions::new().format(format).simplify(simplify);
            let reply = client.with(options).call(&request).unwrap();
            assert_eq!(reply.result.as_ref(), Some(&expected));
            assert!(reply.request_id().is_some() && !reply.raw().is_empty());
            assert_eq!(reply.raw().first() == Some(&b'<'), format == Format::Xml);
        }
    }
}

#[test]
fn order_details_are_the_same_from_xml_and_json() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let xml = CallOptions::new().format(Format::Xml);
    let from_xml = client
        .with(xml)
        .order_info(12_345_678, ExtInfo::ALL)
        .unwrap();
    let from_json = client.order_info(12_345_678, ExtInfo::ALL).unwrap();
    assert_eq!(from_xml.data(), from_json.data());
}

#[test]
fn untyped_calls_are_signed_like_typed_calls() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let query = r#"{"order_id":"10000001"}"#;
    let reply = client
        .call_raw(GET, &[("single_order_query", query), ("blank", " ")])
        .unwrap();
    let status = |reply: &aliexpress::RawReply| {
        let status = reply.at("result.order_status").unwrap();
        status.text().unwrap().into_owned()
    };
    assert_eq!(status(&reply), "FINISH");
    let xml = CallOptions::new().format(Format::Xml);
    let reply = client
        .with(xml)
        .call_raw(GET, &[("single_order_query", query)])
        .unwrap();
    assert_eq!(reply.format(), Format::Xml);
    assert_eq!(status(&reply), "FINISH");
    assert!(reply.request_id().is_some() && reply.text().contains("FINISH"));
    let sent = &sandbox.log()[0].parameters;
    assert!(
        sent.iter()
            .all(|(name, value)| name != "blank" && !value.trim().is_empty())
    );
}

#[test]
fn wait_for_order_polls_until_a_new_order_is_visible() {
    let hour = Duration::from_secs(3600);
    let sandbox = Sandbox::builder().visible_after(hour).start().unwrap();
    let client = client(&sandbox);
    let placed = client.place_order(&order("1")).unwrap();
    let id = placed.order_ids()[0];
    // Each poll gets two seconds, in which a slow machine may not answer.
    let mut polls = (0..9).map(|_| client.wait_for_order(id, Duration::from_millis(1)));
    let hidden = polls.find_map(|poll| poll.err().filter(|error| error.api_error().is_some()));
    let error = hidden.unwrap();
    assert!(error.is_timeout() && error.may_retry());
    assert_eq!(
        error.order_not_visible().map(|hidden| hidden.order_id),
        Some(id)
    );
    let sub_code = error.api_error().and_then(|error| error.sub_code.clone());
    assert_eq!(sub_code.as_deref(), Some("isv.insufficient-permission"));
    let order = std::thread::scope(|scope| {
        let asked = sandbox.request_count();
        let waiting = scope.spawn(|| client.wait_for_order(id, Duration::from_secs(60)));
        wait_until("polled again", || sandbox.request_count() > asked);
        sandbox.pass_time(hour);
        waiting.join().unwrap()
    });
    let status = order.unwrap().order_status.clone();
    assert_eq!(status, Some(OrderStatus::PlaceOrderSuccess));
}

#[track_caller]
fn check_read(rule: FaultRule, requests: u64) {
    let sandbox = Sandbox::start().unwrap();
    sandbox.add_fault(rule.clone());
    let order = client(&sandbox).order(SAMPLE);
    assert!(order.is_ok(), "{rule}: {order:?}");
    assert_eq!(sandbox.request_count(), requests, "{rule}");
}

#[test]
fn reads_are_retried_after_temporary_failures() {
    check_read(FaultRule::next(Fault::ResetBefore).times(2), 3);
    check_read(FaultRule::next(Fault::ResetAfter).times(3), 4);
    check_read(FaultRule::next(Fault::CutBody(20)), 2);
    check_read(FaultRule::next(Fault::HtmlBefore(502)), 2);
    check_read(FaultRule::next(Fault::HtmlAfter(429)), 2);
    check_read(FaultRule::next(Fault::ServiceFailure), 2);
}

#[track_caller]
fn check_given_up(fault: Fault, requests: u64) {
    let sandbox = Sandbox::start().unwrap();
    sandbox.add_fault(FaultRule::next(fault.clone()).times(9));
    let error = client(&sandbox).order(SAMPLE).unwrap_err();
    assert_eq!(sandbox.request_count(), requests, "{fault}: {error}");
    assert_eq!(u64::from(error.tries()), requests);
}

#[test]
fn reads_are_not_retried_after_permanent_failures_and_at_most_four_times_otherwise() {
    check_given_up(Fault::Malformed, 1);
    check_given_up(Fault::WrongTypes, 1);
    check_given_up(Fault::HtmlAfter(200), 1);
    check_given_up(Fault::HtmlBefore(404), 1);
    check_given_up(Fault::HtmlBefore(500), 4);
}

#[test]
fn every_retry_is_signed_again() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.add_fault(FaultRule::next(Fault::HtmlBefore(502)).times(3));
    client(&sandbox).order(SAMPLE).unwrap();
    let log = sandbox.log();
    let sent = |name: &str| {
        let values = log.iter().flat_map(|entry| &entry.parameters);
        let mut values: Vec<_> = values
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value)
            .collect();
        values.dedup();
        values.len()
    };
    assert_eq!((sent("timestamp"), sent("sign")), (4, 4));
}

#[test]
fn every_clone_waits_until_a_ban_is_over() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.add_fault(FaultRule::next(Fault::Throttle(Duration::from_secs(1))).on(GET));
    let client = client(&sandbox);
    let started = Instant::now();
    client.order(SAMPLE).unwrap();
    client.clone().order(SAMPLE).unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert_eq!(sandbox.request_count(), 3);
}

#[test]
fn a_ban_beyond_the_deadline_is_reported_at_once() {
    let sandbox = Sandbox::start().unwrap();
    let long = Duration::from_secs(1800);
    sandbox.add_fault(FaultRule::next(Fault::Throttle(long)).on(GET));
    let client = client(&sandbox);
    let started = Instant::now();
    let error = client.order(SAMPLE).unwrap_err();
    assert!(error.is_call_limit() && error.may_retry() && error.api_error().is_some());
    assert_eq!(error.retry_after(), Some(long));
    // The next call is not sent at all.
    let error = client.order(SAMPLE).unwrap_err();
    assert!(error.is_call_limit() && error.api_error().is_none() && !error.may_have_acted());
    assert!(
        error
            .retry_after()
            .is_some_and(|wait| wait > long - Duration::from_secs(60))
    );
    assert_eq!((sandbox.request_count(), error.tries()), (1, 0));
    // Not after the deadline, which is in a minute.
    assert!(started.elapsed() < Duration::from_secs(50));
}

#[test]
fn call_limits_apply_to_all_clones_and_threads_together() {
    let sandbox = Sandbox::start().unwrap();
    let limits = CallLimits::off().api(GET, 50);
    let client = builder(&sandbox).call_limits(limits).built().unwrap();
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let client = client.clone();
            scope.spawn(move || (0..5).for_each(|_| drop(client.order(SAMPLE).unwrap())));
        }
    });
    // Twenty calls at fifty per second: the last begins 380 ms after the first.
    assert!(started.elapsed() >= Duration::from_millis(380));
}

#[test]
fn a_typed_call_that_writes_is_sent_once_unless_the_options_call_it_a_read() {
    let sandbox = Sandbox::start().unwrap();
    let order = order("1");
    sandbox.add_fault(FaultRule::next(Fault::HtmlBefore(502)).on(CREATE));
    assert!(
        client(&sandbox)
            .call(order.request())
            .unwrap_err()
            .may_have_acted()
    );
    assert_eq!(sandbox.request_count(), 1);
    sandbox.add_fault(FaultRule::next(Fault::HtmlBefore(502)).on(CREATE));
    let options = CallOptions::new().effect(Effect::Read);
    assert!(client(&sandbox).with(options).call(order.request()).is_ok());
    assert_eq!(sandbox.request_count(), 3);
}

#[test]
fn a_prepared_call_can_be_sent_by_another_http_client() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let request = OrderGet::new(OrderQuery::new(SAMPLE));
    let prepared = client.prepare(&request).unwrap();
    let transport = aliexpress_transport::Transport::builder().build().unwrap();
    let answer = transport
        .send(
            &prepared.request(),
            Instant::now() + Duration::from_secs(60),
        )
        .unwrap();
    let reply = aliexpress::read::<OrderGet>(answer.status, answer.body).unwrap();
    assert_eq!(
        reply.result.as_ref(),
        Some(client.order(SAMPLE).unwrap().data())
    );
}

/// The first request of the client to a server that answers anything.
fn sent(call: impl FnOnce(&Client)) -> String {
    let server = Server::start(vec![Act::Answer("200 OK", "{}".to_owned())]);
    let client = quick(Client::builder("1", "secret")).session("canary-session");
    call(&client.gateway(server.url()).built().unwrap());
    server.requests().remove(0)
}

#[test]
fn calls_use_the_documented_http_method() {
    const API: &str = "aliexpress.trade.order.query";
    let request = MiniAppOrders::default().param0(MiniAppQuery::default().order_ids(["1", "2"]));
    let typed = sent(|client| drop(client.call(&request)));
    let untyped = sent(|client| drop(client.call_raw(API, &[("param0", "{}")])));
    for sent in [&typed, &untyped] {
        assert!(sent.starts_with("GET /sync?app_key=1&"), "{sent}");
        assert!(
            sent.contains("&sign=") && sent.contains("session=canary-session"),
            "{sent}"
        );
        let head = sent.to_lowercase();
        assert!(
            !head.contains("content-type:") && sent.ends_with("\r\n\r\n"),
            "{sent}"
        );
    }
    assert!(
        typed.contains("param0=%7B%22order_ids%22%3A%5B%221%22%2C%222%22%5D%7D"),
        "{typed}"
    );
    let posted = sent(|client| drop(client.order(1)));
    assert!(posted.starts_with("POST /sync HTTP/1.1\r\n"), "{posted}");
}

#[test]
fn a_call_sent_by_get_has_a_valid_signature_and_all_parameters_in_the_url() {
    let sandbox = Sandbox::start().unwrap();
    let request = MiniAppOrders::default().param0(MiniAppQuery::default().order_ids(["1"]));
    let client = client(&sandbox);
    client.call(&request).unwrap();
    let prepared = client.prepare(&request).unwrap();
    assert!(prepared.url.contains(sandbox.session()) && prepared.body.length() == 0);
    assert!(
        !format!("{prepared:?}").contains(sandbox.session()),
        "{prepared:?}"
    );
}

#[test]
fn the_api_or_its_family_decides_whether_an_untyped_call_sends_a_session() {
    let session = |api: &str| {
        let sent = sent(|client| match api.starts_with('/') {
            true => drop(client.system_call(api, &[])),
            false => drop(client.call_raw(api, &[])),
        });
        sent.contains("canary-session")
    };
    assert!(session("aliexpress.ds.no.such.api") && session("no.such.api"));
    // According to its models this API needs no session; for an unknown affiliate API that is not known.
    assert!(!session("aliexpress.affiliate.link.generate"));
    assert!(session("aliexpress.affiliate.no.such.api"));
    assert!(session("/ds/no/such/api"));
    assert!(!session("/auth/token/create") && !session("/no/such/api"));

    let without = |sandbox: &Sandbox| {
        let client = quick(Client::builder(sandbox.app_key(), sandbox.app_secret()));
        client.gateway(sandbox.url()).built().unwrap()
    };
    let sandbox = Sandbox::start().unwrap();
    let client = without(&sandbox);
    assert!(
        client
            .call_raw("aliexpress.ds.no.such.api", &[])
            .unwrap_err()
            .is_usage()
    );
    assert!(
        !client
            .call_raw("aliexpress.affiliate.no.such.api", &[])
            .unwrap_err()
            .is_usage()
    );
}

#[test]
fn options_are_added_to_options_set_earlier() {
    let sandbox = Sandbox::start().unwrap();
    let xml = client(&sandbox).with(CallOptions::new().format(Format::Xml));
    let both = xml.with(CallOptions::new().session("unknown"));
    let error = both.order(10_000_001).unwrap_err();
    assert!(error.is_session_expired());
    assert_eq!(error.raw().unwrap().first(), Some(&b'<'));
    let json = xml.with(CallOptions::new().format(Format::Json));
    assert_eq!(json.order(10_000_001).unwrap().raw().first(), Some(&b'{'));
    assert_eq!(xml.order(10_000_001).unwrap().raw().first(), Some(&b'<'));
}

#[test]
fn files_are_sent_as_multipart_parts_and_not_signed() {
    let sandbox = Sandbox::start().unwrap();
    let mut request = ImageSearch::default().shpt_to("PL");
    // The bytes that end a line, a part or a form.
    let bytes: Vec<u8> = (0..=255).chain(*b"\r\n--x--\r\n&a=b").collect();
    request.image_file_bytes = Some(File::new("a \"b\".png", bytes));
    let reply = client(&sandbox).call(&request).unwrap();
    assert!(reply.request_id().is_some());
    // The hash in the log proves that the file arrived unchanged.
    let hash =
        "269 bytes with SHA-256 3a6eb8a48c117eb7ab28fbfec1b3b57b9722c0410e4d341b806649c498e15279";
    let notes = &sandbox.log()[0].notes;
    assert!(notes.iter().any(|note| note.contains(hash)), "{notes:?}");

    let server = Server::start(vec![Act::Answer("200 OK", "{}".to_owned())]);
    let client = quick(Client::builder("1", "secret")).session("s");
    let client = client
        .gateway(server.url())
        .upload_limit(1000)
        .built()
        .unwrap();
    request.image_file_bytes = Some(File::new("a.png", "pixels"));
    drop(client.call(&request));
    let sent = &server.requests()[0];
    assert!(
        sent.contains("content-type: multipart/form-data; boundary="),
        "{sent}"
    );
    assert!(sent.contains(
        "name=\"image_file_bytes\"; filename=\"a.png\"\r\nContent-Type: application/octet-stream\r\n\r\npixels\r\n--"
    ));

    request.image_file_bytes = Some(File::new("a.png", vec![0; 1001]));
    let error = client.call(&request).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot call aliexpress.ds.image.search: found files of 1001 bytes; wanted at most 1000, the upload_limit of the client"
    );
    assert!(error.is_usage() && server.requests().len() == 1);
}
