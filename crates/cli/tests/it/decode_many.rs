//! `aliexpress decode` of folders, files of lines and columns.

use std::fmt::Write;
use std::path::PathBuf;

use crate::program::{Home, aliexpress, fixture};

const ORDER_GET: &str = "aliexpress.trade.ds.order.get";
const ORDER_INFO: &str = "aliexpress.solution.order.info.get";

fn sample(api: &str, file: &str) -> String {
    std::fs::read_to_string(fixture(&format!("samples/{api}/{file}"))).unwrap()
}

fn on_one_line(json: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    value.to_string()
}

/// A folder with a full answer, an XML answer, and lines; one line is broken and one is a refusal.
fn folder(home: &Home) -> PathBuf {
    let order = sample(ORDER_GET, "answer.json");
    home.write("answers/1.json", &order);
    home.write("answers/deeper/2.XML", &sample(ORDER_INFO, "answer.xml"));
    home.write("answers/notes.txt", "no answer");
    let lines = format!(
        "{}\n\n{{\"aliexpress_trade_ds_order_get_response\":{{\"result\"\n{}\n",
        on_one_line(&order),
        on_one_line(&sample(ORDER_GET, "error.json")),
    );
    home.write("answers/3.jsonl", &lines);
    home.path().join("answers")
}

#[test]
fn a_folder_is_decoded_as_lines_and_broken_answers_are_reported() {
    let home = Home::new();
    let folder = folder(&home);
    let folder = folder.to_str().unwrap();
    let run = aliexpress(&["decode", folder]).at(&home).run().ends_with(5);
    let lines: Vec<serde_json::Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(
        lines[0]["result"]["child_order_list"][0]["product_count"],
        1
    );
    assert_eq!(lines[1], lines[0]);
    assert_eq!(
        lines[2]["error_response"]["sub_code"],
        "isv.insufficient-permission"
    );
    assert_eq!(lines[3]["result"]["data"]["id"], 31130700125804_i64);
    insta::assert_snapshot!(run.message(), @r#"
    warning: HOME/answers/3.jsonl:3: cannot decode the answer at line 1 column 52: expected `:`, found the end of the text
    warning: HOME/answers/3.jsonl:4: the platform refused: code 15 "Remote service error", sub-code isv.insufficient-permission "Insufficient permission."
    error: cannot decode all answers: 3 of 5 answers decoded, 1 refused by the platform, 1 unreadable
    "#);
}

#[test]
fn each_answer_has_its_origin_on_request() {
    let home = Home::new();
    let folder = folder(&home);
    let folder = folder.to_str().unwrap();
    let run = aliexpress(&["decode", folder, "--origin"]).at(&home).run();
    let line: serde_json::Value = serde_json::from_str(run.stdout.lines().nth(1).unwrap()).unwrap();
    assert_eq!(line["file"], format!("{folder}/3.jsonl"));
    assert_eq!(line["line"], 1);
    assert_eq!(line["api"], ORDER_GET);
    assert_eq!(
        line["answer"]["result"]["child_order_list"][0]["product_count"],
        1
    );
}

#[test]
fn lines_are_recognised_by_the_first_one_and_stay_in_order() {
    let mut lines = String::new();
    for number in 0..2_000 {
        writeln!(lines, r#"{{"result":{{"order_status":"{number}"}}}}"#).unwrap();
    }
    let run = aliexpress(&["decode", "-", "--api", ORDER_GET])
        .input(lines.clone())
        .run()
        .ends_with(0);
    assert_eq!(run.stdout, lines);
    insta::assert_snapshot!(run.message(), @"note: 2000 of 2000 answers decoded");
}

#[test]
fn one_answer_over_several_lines_is_one() {
    let order = sample(ORDER_GET, "answer.json");
    assert!(order.lines().count() > 1);
    let alone = aliexpress(&["decode", "-", "--json"])
        .input(order.clone())
        .run()
        .ends_with(0);
    assert_eq!(alone.json()["request_id"], "2102e76417290680900002444");
    let as_lines = aliexpress(&["decode", "-", "--lines"]).input(order).run();
    as_lines.ends_with(5);
}

#[test]
fn columns_are_csv_or_objects() {
    let answers = concat!(
        r#"{"result":{"order_status":"FINISH","child_order_list":[{"product_id":1,"product_name":"a, \"b\"\n=c"},{"product_id":2}]},"request_id":"r"}"#,
        "\n",
        r#"{"result":{"order_status":"NEW","child_order_list":[]}}"#,
        "\n",
    );
    let columns = "request_id,result.order_status,result.child_order_list[].product_id,\
                   result.child_order_list[].product_name";
    let args = ["decode", "-", "--api", ORDER_GET, "--columns", columns];
    let csv = aliexpress(&args).input(answers).run().ends_with(0);
    assert_eq!(
        csv.stdout,
        format!("{columns}\nr,FINISH,1,\"a, \"\"b\"\"\n=c\"\nr,FINISH,2,\n")
    );
    let objects = aliexpress(&[&args[..], &["--json"]].concat())
        .input(answers)
        .run()
        .ends_with(0);
    assert_eq!(
        objects.stdout.lines().nth(1).unwrap(),
        r#"{"request_id":"r","result.order_status":"FINISH","result.child_order_list[].product_id":2,"result.child_order_list[].product_name":null}"#
    );
}

#[test]
fn a_column_that_the_model_lacks_is_refused_before_anything_is_read() {
    let run = aliexpress(&[
        "decode",
        "-",
        "--api",
        ORDER_GET,
        "--columns",
        "result.order_state",
    ])
    .run()
    .ends_with(2);
    insta::assert_snapshot!(run.message(), @"error: cannot read column result.order_state: found no field `order_state` in `result`; wanted one of user_order_amount, pay_timeout_second, order_paidtime_string, gmt_create, order_status, logistics_status, order_amount, child_order_list, logistics_info_list, store_info (aliexpress.trade.ds.order.get)");
    assert_eq!(run.stdout, "");
}

#[test]
fn a_column_that_an_api_lacks_is_reported_once() {
    let order = on_one_line(&sample(ORDER_GET, "answer.json"));
    let seller = sample(ORDER_INFO, "answer.xml").replace('\n', "");
    let run = aliexpress(&["decode", "-", "--lines", "--columns", "result.data.id"])
        .input(format!("{order}\n{order}\n{seller}\n{order}\n"))
        .run()
        .ends_with(5);
    assert_eq!(run.stdout, "result.data.id\n31130700125804\n");
    insta::assert_snapshot!(run.message(), @"
    warning: from standard input:1 on: cannot read column result.data.id: found no field `data` in `result`; wanted one of user_order_amount, pay_timeout_second, order_paidtime_string, gmt_create, order_status, logistics_status, order_amount, child_order_list, logistics_info_list, store_info (aliexpress.trade.ds.order.get)
    error: cannot decode all answers: 1 of 4 answers decoded, 3 without one of the columns
    ");
}

#[test]
fn compressed_answers_are_named_as_such() {
    let compressed: [(&[u8], _, _); 5] = [
        (b"\x1f\x8b\x08", "gzip", "zcat"),
        (b"\x28\xb5\x2f\xfd", "Zstandard", "zstdcat"),
        (b"BZh91AY", "bzip2", "bzcat"),
        (b"\xfd7zXZ\0\0", "XZ", "xzcat"),
        (b"PK\x03\x04\x14", "ZIP", "unzip -p"),
    ];
    for (bytes, name, tool) in compressed {
        let run = aliexpress(&["decode", "-"]).input(bytes).run().ends_with(2);
        let message = format!(
            "error: cannot read standard input: found {name} data; wanted text, as from `{tool} FILE | aliexpress decode -`\n"
        );
        assert_eq!(run.stderr, message);
    }
}

#[test]
fn compressed_answers_in_a_folder_are_not_left_out_silently() {
    let home = Home::new();
    let folder = home.path().join("answers");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("a.json"), sample(ORDER_GET, "answer.json")).unwrap();
    std::fs::write(folder.join("b.jsonl.gz"), b"\x1f\x8b\x08").unwrap();
    std::fs::write(folder.join("notes.txt.gz"), b"\x1f\x8b\x08").unwrap();
    let run = aliexpress(&["decode", folder.to_str().unwrap()])
        .at(&home)
        .run()
        .ends_with(5);
    assert_eq!(run.stdout.lines().count(), 1);
    let warnings: Vec<_> = run.stderr.lines().collect();
    assert!(warnings[0].contains("b.jsonl.gz: unreadable: found gzip data"));
    assert_eq!(
        warnings[1..],
        ["error: cannot decode all answers: 1 of 2 answers decoded, 1 unreadable"]
    );
}

#[test]
fn columns_may_be_listed_with_spaces() {
    let run = aliexpress(&[
        "decode",
        "-",
        "--columns",
        "request_id, result.order_status",
    ])
    .input(on_one_line(&sample(ORDER_GET, "answer.json")))
    .run()
    .ends_with(0);
    assert_eq!(
        run.stdout.lines().next(),
        Some("request_id,result.order_status")
    );
}

#[cfg(not(feature = "parquet"))]
#[test]
fn a_program_without_parquet_says_how_to_get_one_with_it() {
    let run = aliexpress(&["decode", "-", "--parquet", "x"])
        .run()
        .ends_with(2);
    assert_eq!(
        run.stderr.lines().next(),
        Some(
            "error: invalid value 'x' for '--parquet <FILE>': this program was built without the feature \
             `parquet`; wanted one that was built with it, as by `cargo install --path crates/cli --features parquet`"
        )
    );
}

#[test]
fn several_answers_in_one_text_must_be_on_separate_lines() {
    let order = sample(ORDER_GET, "answer.json");
    let run = aliexpress(&["decode", "-"])
        .input(format!("{}{}", on_one_line(&order), on_one_line(&order)))
        .run()
        .ends_with(5);
    assert_eq!(
        run.stderr.lines().last(),
        Some(
            "hint: the input holds several answers: write each on one line, as `jq -c .` does, or keep a file for each"
        )
    );
}

#[test]
fn an_answer_without_an_api_name_needs_the_option_api() {
    let run = aliexpress(&["decode", "-"])
        .input(r#"{"result":{"a":1}}"#)
        .run()
        .ends_with(2);
    assert_eq!(
        run.stderr,
        "error: cannot recognise the API of the answer: found no name of a known API around it; \
         wanted --api NAME\n"
    );
    let none = aliexpress(&["decode", "-", "--api", ORDER_GET, "--lines"])
        .input("\n\n")
        .run();
    insta::assert_snapshot!(none.ends_with(0).message(), @"note: found no answers; folders are searched for files that end in .json, .xml, .jsonl, .ndjson");
}

#[test]
fn drift_of_many_counts_each_difference_once() {
    let answers = concat!(
        r#"{"result":{"order_status":"FINISH","new":1}}"#,
        "\n",
        r#"{"result":{"pay_timeout_second":"7","new":2}}"#,
        "\n",
    );
    let args = ["decode", "-", "--api", ORDER_GET, "--drift"];
    let run = aliexpress(&[&args[..], &["--json"]].concat())
        .input(answers)
        .run()
        .ends_with(0);
    let found = &run.json()[0];
    assert_eq!(found["answers"], 2);
    assert_eq!(found["unknown"]["result.new"], 2);
    assert_eq!(found["coerced"][0]["path"], "result.pay_timeout_second");
    let people = aliexpress(&[&args[..], &["--strict"]].concat())
        .input(answers)
        .run();
    let people = people.ends_with(10).stdout;
    assert!(
        people.starts_with("aliexpress.trade.ds.order.get, answers: 2\n"),
        "{people}"
    );
}

#[test]
fn a_refusal_inside_an_answer_is_reported_among_many() {
    let answers = concat!(
        r#"{"result":{"order_status":"FINISH"}}"#,
        "\n",
        r#"{"rsp_code":"602","rsp_msg":"not found"}"#,
        "\n",
    );
    let run = aliexpress(&["decode", "-", "--api", ORDER_GET])
        .input(answers)
        .run();
    let run = run.ends_with(11);
    insta::assert_snapshot!(run.message(), @r#"
    warning: standard input:2: aliexpress.trade.ds.order.get refused in its answer: code 602 "not found"
    note: 2 of 2 answers decoded, 1 refused inside the answer
    "#);
}

#[cfg(feature = "parquet")]
#[test]
fn columns_go_into_a_parquet_file() {
    use parquet::file::reader::{FileReader, SerializedFileReader};

    let home = Home::new();
    let file = home.path().join("lines.parquet");
    let answers = concat!(
        r#"{"result":{"order_status":"FINISH","child_order_list":[{"product_id":9007199254740993},{}]}}"#,
        "\n",
        r#"{"result":{"order_status":"NEW","child_order_list":[{"product_id":2}]}}"#,
        "\n",
    );
    let columns = "result.order_status,result.child_order_list[].product_id";
    let args = [
        "decode",
        "-",
        "--api",
        ORDER_GET,
        "--columns",
        columns,
        "--parquet",
    ];
    let path = file.to_str().unwrap();
    aliexpress(&[&args[..], &[path]].concat())
        .input(answers)
        .run()
        .ends_with(0);
    let reader = SerializedFileReader::new(std::fs::File::open(&file).unwrap()).unwrap();
    let rows: Vec<String> = reader
        .get_row_iter(None)
        .unwrap()
        .map(|row| row.unwrap().to_string())
        .collect();
    assert_eq!(
        rows,
        [
            "{result.order_status: \"FINISH\", result.child_order_list[].product_id: 9007199254740993}",
            "{result.order_status: \"FINISH\", result.child_order_list[].product_id: null}",
            "{result.order_status: \"NEW\", result.child_order_list[].product_id: 2}",
        ]
    );
}

/// Only a regular file is replaced, even if the user may replace devices.
#[cfg(all(feature = "parquet", unix))]
#[test]
fn a_parquet_file_replaces_only_a_regular_file() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::net::UnixListener;

    let home = Home::new();
    let write_to = |name: &str| {
        let path = home.path().join(name);
        let args = ["decode", "-", "--api", ORDER_GET, "--columns", "request_id"];
        aliexpress(&[&args[..], &["--parquet", path.to_str().unwrap()]].concat())
            .input(r#"{"request_id":"1"}"#)
            .run()
    };
    let names = || {
        let entries = std::fs::read_dir(home.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect::<std::collections::BTreeSet<_>>()
    };
    let socket = UnixListener::bind(home.path().join("socket")).unwrap();
    std::fs::create_dir(home.path().join("folder")).unwrap();
    std::os::unix::fs::symlink("nowhere/file", home.path().join("dangling")).unwrap();
    let before = names();
    let mut messages = String::new();
    for name in ["socket", "folder", "dangling", "missing/file"] {
        let message = write_to(name).ends_with(2).message();
        messages += &message.replace(home.path().to_str().unwrap(), "HOME");
    }
    insta::assert_snapshot!(messages, @r"
    error: cannot write HOME/socket: found a device or a pipe; wanted a regular file, or none
    error: cannot write HOME/folder: found a folder; wanted a regular file, or none
    error: cannot write HOME/dangling: No such file or directory (os error 2)
    error: cannot write HOME/missing/file: No such file or directory (os error 2)
    ");
    assert_eq!(names(), before);
    drop(socket);

    home.write("kept", "old");
    let mode = |name| {
        let metadata = std::fs::metadata(home.path().join(name)).unwrap();
        metadata.permissions().mode()
    };
    std::os::unix::fs::symlink("kept", home.path().join("link")).unwrap();
    let other = mode("kept");
    write_to("link").ends_with(0);
    assert!(home.path().join("link").is_symlink());
    let content = std::fs::read(home.path().join("kept")).unwrap();
    assert!(content.starts_with(b"PAR1"));
    assert_eq!(mode("kept"), other, "a private file stays private");
}
