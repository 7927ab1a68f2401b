//! Readers in other languages, which return dictionaries and trees instead of models.

use super::Bench;
use super::measure::Program;
use super::report::Table;

const PYTHON_JSON: &str = "import json,sys\nt=open(sys.argv[1],'rb').read()\nfor _ in range(int(sys.argv[2])): json.loads(t)";
const PYTHON_XML: &str = "import sys,xml.etree.ElementTree as e\nt=open(sys.argv[1],'rb').read()\nfor _ in range(int(sys.argv[2])): e.fromstring(t)";
const NODE_JSON: &str = "const t=require('fs').readFileSync(process.argv[1],'utf8');\nfor(let i=0;i<+process.argv[2];i++)JSON.parse(t)";

/// Measures those that are installed on the largest payload.
pub(super) fn table(bench: &Bench<'_>) -> anyhow::Result<Table> {
    const PAYLOAD: &str = "order_info_20";
    let mut table = Table::new(
        "Other languages",
        "Nanoseconds of wall time to read `order_info_20`, best of five; these figures vary. Readers that are \
         not installed are left out.",
        &["reader", "models", "it", "of the models"],
    );
    let peers = [
        ("json", "Python json", "python3", "-c", PYTHON_JSON),
        ("json", "Node JSON.parse", "node", "-e", NODE_JSON),
        ("xml", "Python ElementTree", "python3", "-c", PYTHON_XML),
    ];
    for (format, name, program, flag, script) in peers {
        let file = bench.payload(PAYLOAD, format)?;
        let ours = bench
            .models
            .microseconds(&[format, PAYLOAD])?
            .unwrap_or_default();
        let peer =
            Program::with(program, &[flag, script]).microseconds(&[&file.to_string_lossy()])?;
        if let Some(peer) = peer {
            table.row(name, None, nanoseconds(ours), &[nanoseconds(peer)]);
        }
    }
    Ok(table)
}

fn nanoseconds(microseconds: f64) -> u64 {
    (microseconds * 1000.0) as u64
}
