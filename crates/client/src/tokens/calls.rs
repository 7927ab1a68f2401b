//! Reads tokens from the answers to calls about sessions.

use std::time::SystemTime;

use zeroize::Zeroize as _;

use crate::error::{Error, Finding, Kind};
use crate::reply::RawReply;
use crate::secrets;
use crate::tokens::{Tokens, read_tokens};

/// The tokens in the answer to this path.
pub(crate) fn tokens_in(
    path: &str,
    mut reply: RawReply,
    now: SystemTime,
    previous: Option<&Tokens>,
) -> Result<Tokens, Error> {
    let tokens = read_tokens(reply.data(), now, previous).map_err(|found| {
        let doing = format!("read the answer to {path}");
        let finding = Finding::new(doing, found, "tokens");
        Error::new(path, Kind::Unreadable(finding))
            .over_reply(reply.request_id.clone(), reply.raw().to_vec())
    });
    secrets::wipe(&mut reply.data);
    reply.raw.zeroize();
    tokens
}
