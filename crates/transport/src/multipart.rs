//! Forms with files, `multipart/form-data` (RFC 7578).

use crate::body::{OpenContent, StreamedBody};

/// A form with text parts and file parts.
///
/// ```
/// use aliexpress_transport::{Content, FilePart, Multipart};
///
/// let files = [FilePart { name: "image", file_name: "a.png", content: Content::Bytes(b"bytes") }];
/// let parts = Multipart::new(&[("method", "a.upload")], &files, "b0");
/// assert_eq!(parts.content_type(), "multipart/form-data; boundary=b0");
/// // All content is in memory.
/// let body = String::from_utf8(parts.body().into_bytes().unwrap()).unwrap();
/// assert!(body.starts_with("--b0\r\nContent-Disposition: form-data; name=\"method\"\r\n\r\na.upload\r\n--b0\r\n"));
/// assert!(body.ends_with("\r\n\r\nbytes\r\n--b0--\r\n"));
/// ```
#[derive(Clone)]
pub struct Multipart<'a> {
    params: &'a [(&'a str, &'a str)],
    files: &'a [FilePart<'a>],
    boundary: String,
}

/// A file in a form.
#[derive(Clone)]
pub struct FilePart<'a> {
    /// Name of the parameter.
    pub name: &'a str,
    /// Name of the file.
    pub file_name: &'a str,
    /// Its content.
    pub content: Content<'a>,
}

/// The content of a file.
#[derive(Clone)]
pub enum Content<'a> {
    /// Bytes in memory.
    Bytes(&'a [u8]),
    /// This many bytes from the opened reader, read while they are sent.
    Streamed(u64, OpenContent),
}

impl<'a> Multipart<'a> {
    /// Texts by name, then files. The boundary is derived from `seed` (letters and digits) and
    /// extended until it does not occur in anything in memory. Streamed content is not searched, so
    /// use a seed of 32 characters or more that no one can guess, such as a signature.
    pub fn new(params: &'a [(&'a str, &'a str)], files: &'a [FilePart<'a>], seed: &str) -> Self {
        let mut boundary = seed.chars().take(40).collect::<String>();
        let contents = || {
            let texts = params.iter().map(|(_, text)| text.as_bytes());
            texts.chain(files.iter().filter_map(|file| match file.content {
                Content::Bytes(bytes) => Some(bytes),
                Content::Streamed(..) => None,
            }))
        };
        while contents().any(|content| contains(content, boundary.as_bytes())) {
            boundary.push('x');
        }
        Self {
            params,
            files,
            boundary,
        }
    }

    /// Value of the `Content-Type` header.
    pub fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    /// The body to post; a single piece if all files are in memory.
    pub fn body(&self) -> StreamedBody {
        let mut body = StreamedBody::default();
        for (name, text) in self.params {
            self.begin(&mut body, name);
            body.bytes(b"\r\n\r\n");
            body.bytes(text.as_bytes());
            body.bytes(b"\r\n");
        }
        for file in self.files {
            self.begin(&mut body, file.name);
            let name = quoted(file.file_name);
            let head =
                format!("; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n");
            body.bytes(head.as_bytes());
            match &file.content {
                Content::Bytes(bytes) => body.bytes(bytes),
                Content::Streamed(length, open) => body.content(*length, OpenContent::clone(open)),
            }
            body.bytes(b"\r\n");
        }
        body.bytes(format!("--{}--\r\n", self.boundary).as_bytes());
        body
    }

    fn begin(&self, body: &mut StreamedBody, name: &str) {
        let (boundary, name) = (&self.boundary, quoted(name));
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
        body.bytes(head.as_bytes());
    }
}

/// A name as browsers write it: characters that would end it are escaped.
fn quoted(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn contains(content: &[u8], boundary: &[u8]) -> bool {
    boundary.is_empty()
        || content
            .windows(boundary.len())
            .any(|window| window == boundary)
}

impl std::fmt::Debug for Multipart<'_> {
    /// Without the contents.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Multipart")
            .field("params", &self.params.len())
            .field("files", &self.files.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_cannot_end_its_part_and_a_name_cannot_end_its_line() {
        let content: &[u8] = b"\r\n--abc--\r\nabcx";
        let files = [FilePart {
            name: "a\"\r\nb",
            file_name: "c\"d",
            content: Content::Bytes(content),
        }];
        let parts = Multipart::new(&[], &files, "abc");
        assert_eq!(parts.content_type(), "multipart/form-data; boundary=abcxx");
        let body = parts.body().into_bytes().unwrap();
        let head = b"name=\"a%22%0D%0Ab\"; filename=\"c%22d\"\r\n";
        assert!(contains(&body, head));
        assert!(!format!("{parts:?}").contains("abc"));
    }

    #[test]
    fn an_empty_seed_gives_a_boundary() {
        let parts = Multipart::new(&[("a", "1")], &[], "");
        assert_eq!(parts.content_type(), "multipart/form-data; boundary=x");
    }
}
