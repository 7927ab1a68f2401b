//! Leaves give the same result whether they are compared as a whole or read event by event.

use proptest::prelude::*;

use super::Reader;
use crate::source::{Key, Piece, Source as _};

/// Keys, and the texts of elements without children, if `likely` is passed for each key.
fn events(document: &str, likely: Option<&str>) -> Result<Vec<String>, String> {
    let mut reader = Reader::new(document);
    let mut seen = Vec::new();
    let mut depth = 0;
    let wrong = |fault: crate::fault::Fault| fault.to_string();
    loop {
        match reader.value().map_err(wrong)? {
            Piece::Object => {
                depth += 1;
                seen.push("{".to_owned());
            }
            piece => seen.push(format!("{piece:?}")),
        }
        loop {
            match reader.key(likely).map_err(wrong)? {
                Key::Likely => seen.extend(likely.map(str::to_owned)),
                Key::Other(key) => seen.push(key.to_owned()),
                Key::End => {
                    depth -= 1;
                    seen.push("}".to_owned());
                    if depth == 0 {
                        reader.end().map_err(wrong)?;
                        return Ok(seen);
                    }
                    continue;
                }
            }
            break;
        }
    }
}

proptest! {
    #[test]
    fn a_leaf_with_the_likely_key_is_read_like_any_other(
        parts in prop::collection::vec(prop::sample::select(vec![
            "<a>", "</a>", "<a/>", "<a >", "</a >", "<a b='>'>", "<ab>", "</ab>", "a", "0", " ", "\n    ", "\r\n", "é",
            "&lt;", "&", "<![CDATA[<a>]]>", "<!--</a>-->", "<?a?>", "<", ">", "<a>1</a>", "<ab>2</ab>", "<a></a>",
        ]), 0..12)
    ) {
        for document in [parts.concat(), format!("<r>{}</r>", parts.concat())] {
            let plain = events(&document, None);
            prop_assert_eq!(events(&document, Some("a")), plain.clone(), "{}", &document);
            prop_assert_eq!(events(&document, Some("r")), plain, "{}", &document);
        }
    }
}

#[test]
fn an_element_with_the_likely_key_can_be_skipped() {
    let mut reader = Reader::new("<r><a>1</a><b>2</b></r>");
    assert_eq!(reader.value().unwrap(), Piece::Object);
    assert_eq!(reader.key(None).unwrap(), Key::Other("r"));
    assert_eq!(reader.value().unwrap(), Piece::Object);
    assert_eq!(reader.key(Some("a")).unwrap(), Key::Likely);
    reader.skip().unwrap();
    assert_eq!(reader.key(Some("a")).unwrap(), Key::Other("b"));
    assert_eq!(reader.value().unwrap(), Piece::Text("2"));
    assert_eq!(reader.key(Some("a")).unwrap(), Key::End);
}
