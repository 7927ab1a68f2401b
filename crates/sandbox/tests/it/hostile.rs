//! Requests that no client should send: the sandbox answers or closes the connection, and continues to work.

use std::io::{Read, Write};
use std::net::TcpStream;

use aliexpress_sandbox::{LogEntry, Sandbox};

use crate::wire::{PATIENCE, exchange, get, milliseconds, sync};

/// Sends bytes unchanged and reads until the connection ends or nothing more arrives.
fn send(sandbox: &Sandbox, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(sandbox.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // The server may close the connection before it has read everything.
    let _ = stream.write_all(bytes);
    let mut received = Vec::new();
    let _ = stream.read_to_end(&mut received);
    String::from_utf8_lossy(&received).into_owned()
}

fn form(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /sync HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// The last entry of the log; fails if the sandbox no longer answers.
#[track_caller]
fn entry(sandbox: &Sandbox) -> LogEntry {
    assert_eq!(get(sandbox, "/admin/status").status, 200);
    sandbox.log().pop().unwrap()
}

#[track_caller]
fn has_note(sandbox: &Sandbox, note: &str) {
    let notes = entry(sandbox).notes;
    assert!(notes.iter().any(|found| found == note), "{notes:#?}");
}

#[test]
fn of_a_hundred_thousand_parameters_only_some_are_read() {
    let sandbox = Sandbox::start().unwrap();
    for name in ["p", ""] {
        let body: String = (0..100_000)
            .map(|index| match name {
                "" => "a=1&".to_owned(),
                name => format!("{name}{index}=1&"),
            })
            .collect();
        assert!(send(&sandbox, &form(body.as_bytes())).contains("MissingParameter"));
        has_note(
            &sandbox,
            "there are too many parameters; the rest was not read",
        );
    }
    let part = "--X\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n";
    let body = format!("{}--X--", part.repeat(100_000));
    let headers = [("Content-Type", "multipart/form-data; boundary=X")];
    exchange(&sandbox, "POST", "/sync", &headers, body.as_bytes());
    has_note(
        &sandbox,
        "the multipart body was not read: it has more than 5000 parts",
    );
}

#[test]
fn a_body_above_the_limit_is_refused() {
    let sandbox = Sandbox::start().unwrap();
    let head = "POST /sync HTTP/1.1\r\nHost: a\r\nContent-Length: 40000000\r\n\r\n";
    let body = vec![b'a'; 40_000_000];
    let answer = send(&sandbox, &[head.as_bytes(), &body].concat());
    // The answer may be lost, because the rest of the body arrives at a closed connection.
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 413"),
        "{answer}"
    );
    assert_eq!(sandbox.log().len(), 0);
    assert_eq!(get(&sandbox, "/admin/status").status, 200);
}

#[test]
fn a_large_parameter_is_left_out_with_a_note() {
    let sandbox = Sandbox::start().unwrap();
    let body = [b"a=", &vec![b'x'; 5_000_000][..], b"&method=m"].concat();
    assert!(send(&sandbox, &form(&body)).contains("app_key"));
    has_note(
        &sandbox,
        "the parameters are too large together; not all were read",
    );
}

#[test]
fn a_wrong_signature_over_much_text_is_explained_in_bounded_time() {
    let sandbox = Sandbox::start().unwrap();
    let timestamp = milliseconds();
    let large = "[".repeat(3_000_000);
    let body = format!(
        "app_key={}&method=aliexpress.ds.order.create&timestamp={timestamp}&sign=AB&large={large}",
        sandbox.app_key()
    );
    // The socket's time-out is the limit: trying every mistake on so much text would take hours.
    assert!(send(&sandbox, &form(body.as_bytes())).contains("IncompleteSignature"));
    let diagnosis = entry(&sandbox).diagnosis.unwrap();
    assert!(diagnosis.expected.len() < 40_000);
}

#[test]
fn text_that_is_not_utf_8_is_read_with_replacement_characters() {
    let sandbox = Sandbox::start().unwrap();
    for body in [
        &b"method=%FF%FE&app_key=%ZZ%4"[..],
        b"\xFF\xFE=\x80\x81&=&&==&%=%",
        b"method=\0\x01\x1B[2J",
        "method=\u{202E}\u{FFFE}".as_bytes(),
    ] {
        let answer = send(&sandbox, &form(body));
        assert!(answer.starts_with("HTTP/1.1 200"), "{body:?}: {answer}");
        entry(&sandbox);
    }
    let multipart = b"--X\r\nContent-Disposition: form-data; name=\"\xFF\"\r\n\r\n\xFF\r\n--X--";
    let headers = [("Content-Type", "multipart/form-data; boundary=X")];
    exchange(&sandbox, "POST", "/sync", &headers, multipart);
    has_note(
        &sandbox,
        "the multipart body was not read: part 1 has no readable head",
    );
}

#[test]
fn broken_multipart_is_reported() {
    let sandbox = Sandbox::start().unwrap();
    for (content_type, body) in [
        ("multipart/form-data; boundary=X", "--X"),
        (
            "multipart/form-data; boundary=X",
            "--X\r\n\r\n--X\r\n--X\r\n--X--",
        ),
        ("multipart/form-data; boundary=X", "no boundary"),
        ("multipart/form-data; boundary=\"", "--\""),
        ("multipart/form-data; boundary", "--X--"),
    ] {
        let headers = [("Content-Type", content_type)];
        let answer = exchange(&sandbox, "POST", "/sync", &headers, body.as_bytes());
        assert_eq!(answer.status, 200, "{content_type}");
        assert_eq!(
            entry(&sandbox).notes.len(),
            1,
            "{content_type}: {:?}",
            entry(&sandbox).notes
        );
    }
}

#[test]
fn invalid_http_only_ends_its_connection() {
    let sandbox = Sandbox::start().unwrap();
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"\0\0\0\0\r\n\r\n",
        b"GET /sync HTTP/9.9\r\n\r\n",
        b"POST /sync HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /sync HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"POST /sync HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
        b"POST /sync HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"GET http://[::1 HTTP/1.1\r\n\r\n",
    ] {
        let answer = send(&sandbox, bytes);
        let is_refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        assert!(is_refused, "{bytes:?}: {answer}");
    }
    let endless = [b"GET /sync HTTP/1.1\r\nX: ", &vec![b'a'; 1_000_000][..]].concat();
    let answer = send(&sandbox, &endless);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
    let many = format!("GET /sync HTTP/1.1\r\n{}\r\n", "X: 1\r\n".repeat(1000));
    assert!(send(&sandbox, many.as_bytes()).starts_with("HTTP/1.1 431"));
    assert_eq!(get(&sandbox, "/admin/status").status, 200);
}

#[test]
fn smuggled_requests_are_refused() {
    let sandbox = Sandbox::start().unwrap();
    let smuggled = "POST /sync HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\nTransfer-Encoding: chunked\r\n\r\n\
                    0\r\n\r\nPOST /admin/faults/clear HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    let answer = send(&sandbox, smuggled.as_bytes());
    assert!(!answer.contains("200 OK\r\n") || sandbox.log().len() <= 1);
    assert_eq!(get(&sandbox, "/admin/status").status, 200);
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let sandbox = Sandbox::start().unwrap();
    let requests: String = (0..50)
        .map(|index| {
            let close = if index == 49 {
                "Connection: close\r\n"
            } else {
                ""
            };
            format!("GET /sync?method=m{index} HTTP/1.1\r\nHost: a\r\n{close}\r\n")
        })
        .collect();
    let answers = send(&sandbox, requests.as_bytes());
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 50);
    let apis: Vec<String> = sandbox.log().into_iter().map(|entry| entry.api).collect();
    let expected: Vec<String> = (0..50).map(|index| format!("m{index}")).collect();
    assert_eq!(apis, expected);
}

/// Heads and bodies that arrive slowly do not delay other clients.
#[test]
fn slow_clients_do_not_block_others() {
    let sandbox = Sandbox::start().unwrap();
    let mut slow: Vec<TcpStream> = (0..200)
        .map(|index| {
            let mut stream = TcpStream::connect(sandbox.address()).unwrap();
            let begun = match index % 2 {
                0 => "GET /sync HTTP/1.1\r\nHost: a\r\nX-",
                _ => "POST /sync HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nmethod=",
            };
            stream.write_all(begun.as_bytes()).unwrap();
            stream
        })
        .collect();
    for _ in 0..3 {
        slow.iter_mut()
            .for_each(|stream| stream.write_all(b"a").unwrap());
        assert_eq!(get(&sandbox, "/sync").status, 200);
    }
    drop(slow);
    let log = sandbox.log();
    assert!(
        log.iter().all(|entry| entry.api.is_empty()),
        "a half-sent request was processed"
    );
}

#[test]
fn invalid_json_is_refused() {
    let sandbox = Sandbox::start().unwrap();
    let name = "param_place_order_request4_open_api_d_t_o";
    for text in [
        "[".repeat(500_000),
        "{\"logistics_address\":".repeat(100_000),
        format!(
            "{{\"out_order_id\":{}1{}}}",
            "[".repeat(200),
            "]".repeat(200)
        ),
        "\"\\ud800\"".to_owned(),
        "{\"out_order_id\":1e999}".to_owned(),
    ] {
        let answer = sync(&sandbox, "aliexpress.ds.order.create", &[(name, &text)]);
        assert!(answer.text().contains("isv."), "{}", answer.text());
    }
}

#[test]
fn an_order_with_too_many_lines_is_refused() {
    let sandbox = Sandbox::start().unwrap();
    let item = "{\"product_id\":1,\"product_count\":1}";
    let address = "{\"country\":\"RU\",\"province\":\"a\",\"city\":\"a\",\"address\":\"a\",\
                   \"full_name\":\"a\",\"mobile_no\":\"1\",\"phone_country\":\"+7\"}";
    let order = |lines: usize| {
        let items = vec![item; lines].join(",");
        let text = format!("{{\"product_items\":[{items}],\"logistics_address\":{address}}}");
        let name = "param_place_order_request4_open_api_d_t_o";
        sync(&sandbox, "aliexpress.ds.order.create", &[(name, &text)]).json()
    };
    assert_eq!(order(999)["result"]["is_success"], true);
    assert_eq!(order(1000)["result"]["error_code"], "PARM_ILLEGL");
}

/// Each of these requests as much work as possible for its size; another call must not wait for them.
#[test]
fn very_long_lists_do_not_delay_other_requests() {
    let sandbox = Sandbox::builder().seed(7).start().unwrap();
    let id = sandbox.products()[0].id.to_string();
    let many = 200_000;
    let (words, ids) = ("a ".repeat(many), vec![id.as_str(); many].join(","));
    let distinct: Vec<String> = (0..many).map(|number| number.to_string()).collect();
    let distinct = distinct.join(",");
    let objects = format!("[{}]", vec![r#"{"a":1}"#; many].join(","));
    let calls = [
        (
            "aliexpress.ds.text.search",
            vec![("keyWord", words.as_str())],
        ),
        (
            "aliexpress.solution.product.category.suggest",
            vec![("title", &words), ("language", "en")],
        ),
        (
            "aliexpress.affiliate.productdetail.get",
            vec![("product_ids", &ids)],
        ),
        (
            "aliexpress.affiliate.product.query",
            vec![("category_ids", &distinct)],
        ),
        (
            "aliexpress.affiliate.link.generate",
            vec![
                ("promotion_link_type", "0"),
                ("source_values", &distinct),
                ("tracking_id", "a"),
            ],
        ),
        (
            "aliexpress.affiliate.order.get",
            vec![("order_ids", &distinct)],
        ),
        (
            "aliexpress.solution.feed.invalidate",
            vec![("job_id_list", &distinct)],
        ),
        (
            "aliexpress.solution.batch.product.delete",
            vec![("product_ids", &distinct)],
        ),
        (
            "aliexpress.solution.feed.submit",
            vec![
                ("operation_type", "PRODUCT_CREATE"),
                ("item_list", &objects),
            ],
        ),
    ];
    let common = [
        ("local", "en_US"),
        ("countryCode", "ES"),
        ("currency", "EUR"),
    ];
    for (api, own) in calls {
        let answer = sync(&sandbox, api, &[&own[..], &common].concat());
        assert!(
            answer.body.len() < 64 * 1024,
            "{api}: {}",
            answer.body.len()
        );
    }
    assert_eq!(sandbox.products().len(), 200);
}
