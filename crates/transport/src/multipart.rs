//! Forms with files, `multipart/form-data` (RFC 7578).

/// A form whose parts are texts and files.
///
/// ```
/// use aliexpress_transport::Multipart;
///
/// let parts = Multipart::new(&[("method", "a.upload")], &[("image", "a.png", b"bytes")], "b0");
/// assert_eq!(parts.content_type(), "multipart/form-data; boundary=b0");
/// let body = String::from_utf8(parts.body()).unwrap();
/// assert!(body.starts_with("--b0\r\nContent-Disposition: form-data; name=\"method\"\r\n\r\na.upload\r\n--b0\r\n"));
/// assert!(body.ends_with("\r\n\r\nbytes\r\n--b0--\r\n"));
/// ```
#[derive(Clone)]
pub struct Multipart<'a> {
    params: &'a [(&'a str, &'a str)],
    files: &'a [(&'a str, &'a str, &'a [u8])],
    boundary: String,
}

impl<'a> Multipart<'a> {
    /// Texts by name, then files: name of the parameter, name of the file, content. The boundary is made of `seed`
    /// (letters and digits) and grows until it stands nowhere in the contents.
    pub fn new(
        params: &'a [(&'a str, &'a str)],
        files: &'a [(&'a str, &'a str, &'a [u8])],
        seed: &str,
    ) -> Self {
        let mut boundary = seed.chars().take(40).collect::<String>();
        let contents = || {
            let texts = params.iter().map(|(_, text)| text.as_bytes());
            texts.chain(files.iter().map(|(_, _, bytes)| *bytes))
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

    /// The bytes to post.
    pub fn body(&self) -> Vec<u8> {
        let size = |(_, _, bytes): &(&str, &str, &[u8])| bytes.len() + 256;
        let mut body = Vec::with_capacity(self.files.iter().map(size).sum::<usize>() + 1024);
        for (name, text) in self.params {
            self.begin(&mut body, name);
            body.extend_from_slice(b"\r\n\r\n");
            body.extend_from_slice(text.as_bytes());
            body.extend_from_slice(b"\r\n");
        }
        for (name, file, bytes) in self.files {
            self.begin(&mut body, name);
            let file = quoted(file);
            let head =
                format!("; filename=\"{file}\"\r\nContent-Type: application/octet-stream\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{}--\r\n", self.boundary).as_bytes());
        body
    }

    fn begin(&self, body: &mut Vec<u8>, name: &str) {
        let (boundary, name) = (&self.boundary, quoted(name));
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
        body.extend_from_slice(head.as_bytes());
    }
}

/// A name as browsers write it: what would end it is escaped.
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
    fn no_content_can_end_its_part_and_no_name_its_line() {
        let content: &[u8] = b"\r\n--abc--\r\nabcx";
        let files = [("a\"\r\nb", "c\"d", content)];
        let parts = Multipart::new(&[], &files, "abc");
        assert_eq!(parts.content_type(), "multipart/form-data; boundary=abcxx");
        let body = parts.body();
        let head = b"name=\"a%22%0D%0Ab\"; filename=\"c%22d\"\r\n";
        assert!(contains(&body, head));
        assert!(!format!("{parts:?}").contains("abc"));
    }

    #[test]
    fn a_seed_without_letters_makes_a_boundary_all_the_same() {
        let parts = Multipart::new(&[("a", "1")], &[], "");
        assert_eq!(parts.content_type(), "multipart/form-data; boundary=x");
    }
}
