//! The page: markup, style and modules of its script, which load nothing from other hosts.

use hyper::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};

use super::body::PacedBody;
use super::response::{plain, private};

/// The path below which the page's files are.
pub(super) const FILES_PREFIX: &str = "/admin/page/";

const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! files {
    ($($name:literal: $content_type:expr;)*) => {
        &[$(($name, $content_type, include_str!(concat!("../page/", $name)))),*]
    };
}

/// Name, content type and text of each file.
const FILES: &[(&str, &str, &str)] = files! {
    "index.html": "text/html; charset=utf-8";
    "style.css": "text/css; charset=utf-8";
    "admin.js": SCRIPT;
    "answers.js": SCRIPT;
    "canonical.js": SCRIPT;
    "detail.js": SCRIPT;
    "dom.js": SCRIPT;
    "faults.js": SCRIPT;
    "main.js": SCRIPT;
    "orders.js": SCRIPT;
    "products.js": SCRIPT;
    "pushes.js": SCRIPT;
    "requests.js": SCRIPT;
    "tokens.js": SCRIPT;
};

/// The page at `/`, or a file of it; `None` if there is no such file.
pub(super) fn file(path: &str) -> Option<Response<PacedBody>> {
    const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                          img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let name = match path {
        "/" => "index.html",
        _ => path.strip_prefix(FILES_PREFIX)?,
    };
    let (_, content_type, text) = FILES.iter().find(|(file, ..)| *file == name)?;
    let mut response = private(plain(StatusCode::OK, *text));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Some(response)
}
