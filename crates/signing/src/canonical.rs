//! The canonical string: which parts of a call are hashed, and in which order.

use crate::SignMethod;

/// The parameter that contains the signature and is therefore not signed.
const SIGN: &str = "sign";

/// The pieces of the canonical string in order, with `params` sorted in place.
///
/// Both the hash and the printable string are made from this, so that they cannot differ.
pub(crate) fn pieces<'a>(
    method: SignMethod,
    path: Option<&'a str>,
    params: &'a mut [(&str, &str)],
) -> impl Iterator<Item = &'a str> {
    // 1. Sort by name. `str` compares by bytes, as the platform does; a locale or a folded case
    //    would not.
    params.sort_unstable();
    // 2. The path of a system call comes first, if the method signs it.
    let path = path.filter(|_| method.signs_path());
    // 3. Name and value of each parameter except the signature, raw, with nothing between them.
    path.into_iter()
        .chain(signed(params).flat_map(|(name, value)| [name, value]))
}

/// The parameters that the signature covers, in the given order.
pub(crate) fn signed<'a>(params: &'a [(&str, &str)]) -> impl Iterator<Item = (&'a str, &'a str)> {
    params.iter().copied().filter(|(name, _)| *name != SIGN)
}

/// Builds the canonical string of a call. Only for diagnosis: [`Signer::sign`](crate::Signer::sign)
/// does not need it.
///
/// `params` are the parameters that are sent, raw and without files; they are sorted in place. The
/// result is the `path` (of a system call, if `method` [signs it](SignMethod::signs_path)),
/// followed by each name and value in byte order of the names, without `sign`. For `md5`, the
/// secret before and after it is not included.
///
/// - A blank value is written as it is: its name followed by nothing. How the platform treats blank
///   parameters is unknown (the official Java SDK leaves them out of the call, others send and sign
///   them), so do not send any.
/// - A name that occurs twice is written twice, in byte order of the values: no order of `params`
///   changes the result. Official SDKs keep parameters in a map and sign a name once, even the Java
///   SDK, which sends `method` twice: whoever checks such a call drops the repeats beforehand.
///
/// The string contains the session and any personal data of the call: keep it out of logs.
///
/// ```
/// use aliexpress_signing::{SignMethod, canonical_string};
///
/// let mut params =
///     [("foo", "1"), ("bar", "2"), ("foo_bar", "3"), ("foobar", "4"), ("sign", "…")];
/// assert_eq!(canonical_string(SignMethod::Sha256, None, &mut params), "bar2foo1foo_bar3foobar4");
/// ```
pub fn canonical_string(
    method: SignMethod,
    path: Option<&str>,
    params: &mut [(&str, &str)],
) -> String {
    pieces(method, path, params).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: Option<&str>, params: &[(&str, &str)], expected: &str) {
        let mut params = params.to_vec();
        assert_eq!(
            canonical_string(SignMethod::Sha256, path, &mut params),
            expected
        );
    }

    #[test]
    fn names_sort_by_bytes_not_by_locale() {
        check(
            None,
            &[
                ("b", "2"),
                ("B", "1"),
                ("_", "5"),
                ("a", "3"),
                ("9", "4"),
                ("é", "6"),
            ],
            "94B1_5a3b2é6",
        );
    }

    #[test]
    fn a_name_sorts_before_longer_names_that_begin_with_it() {
        check(None, &[("ab", "2"), ("a", "z"), ("a-b", "1")], "aza-b1ab2");
    }

    #[test]
    fn only_the_parameter_named_sign_is_left_out() {
        check(
            None,
            &[("sign", "x"), ("sign_method", "md5"), ("Sign", "y")],
            "Signysign_methodmd5",
        );
    }

    #[test]
    fn blank_values_are_written_as_sent() {
        check(None, &[("b", ""), ("a", " "), ("c", "1")], "a bc1");
    }

    #[test]
    fn a_repeated_name_is_written_for_each_value_in_order() {
        check(None, &[("a", "2"), ("b", "0"), ("a", "1")], "a1a2b0");
    }

    #[test]
    fn without_parameters_the_string_is_the_path() {
        check(Some("/auth/token/create"), &[], "/auth/token/create");
        check(None, &[], "");
    }

    #[test]
    fn only_sha256_signs_the_path() {
        for method in SignMethod::ALL {
            let expected = if *method == SignMethod::Sha256 {
                "/pa1"
            } else {
                "a1"
            };
            assert_eq!(
                canonical_string(*method, Some("/p"), &mut [("a", "1")]),
                expected,
                "{method}"
            );
        }
    }
}
