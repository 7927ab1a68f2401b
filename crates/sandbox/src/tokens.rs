//! Authorisation codes, access tokens (sessions) and refresh tokens, with their lifetimes.

use std::fmt;
use std::time::{Duration, SystemTime};

use fastrand::Rng;

use crate::clock::{later, until};
use crate::credentials::{letters, made_up_token};
use crate::masking::mask;

/// How long an authorisation code is valid.
const CODE_LIFETIME: Duration = Duration::from_secs(180);
/// How long before it expires an access token's end is announced. What the platform does is not known.
const NOTICE: Duration = Duration::from_secs(3600);
/// How many tokens, and how many codes, are kept; the oldest are dropped first.
const REMEMBERED: usize = 1000;

/// The account, of a seller or buyer, for which a token was issued. Each order belongs to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) user_id: String,
    pub(crate) name: String,
}

/// An access token with its refresh token, account and times.
#[derive(Clone)]
pub(crate) struct Token {
    /// The number of the token, counted from 1, so that a user can name it without showing it.
    pub(crate) number: u64,
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) account: Account,
    pub(crate) expires: SystemTime,
    pub(crate) refresh_expires: SystemTime,
    /// Whether a push message announced its end.
    announced: bool,
}

impl Token {
    /// The remaining lifetime of the access token at `now`.
    pub(crate) fn lifetime(&self, now: SystemTime) -> Duration {
        until(now, self.expires)
    }

    pub(crate) fn record(&self) -> TokenRecord {
        TokenRecord {
            access_token: self.access.clone(),
            refresh_token: self.refresh.clone(),
            user_id: self.account.user_id.clone(),
            expires: self.expires,
            refresh_expires: self.refresh_expires,
        }
    }

    /// The remaining lifetime of the refresh token at `now`.
    pub(crate) fn refresh_lifetime(&self, now: SystemTime) -> Duration {
        until(now, self.refresh_expires)
    }
}

/// A token that the sandbox issued. It is valid only there; `Debug` redacts it nevertheless.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenRecord {
    /// The access token, also called session.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: String,
    /// The account for which it was issued.
    pub user_id: String,
    /// When the access token expires, by the sandbox's clock.
    pub expires: SystemTime,
    /// When the refresh token expires, by the sandbox's clock.
    pub refresh_expires: SystemTime,
}

impl fmt::Debug for TokenRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRecord")
            .field("access_token", &mask(&self.access_token))
            .field("refresh_token", &mask(&self.refresh_token))
            .field("user_id", &self.user_id)
            .field("expires", &self.expires)
            .field("refresh_expires", &self.refresh_expires)
            .finish()
    }
}

/// The lifetimes of tokens. The defaults are those of an app under test.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifetimes {
    pub(crate) access: Duration,
    pub(crate) refresh: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        const DAY: Duration = Duration::from_secs(24 * 3600);
        Self {
            access: DAY,
            refresh: DAY * 2,
        }
    }
}

/// A code that the sandbox issued, or another one that a call used.
struct Code {
    code: String,
    account: Account,
    issued: SystemTime,
    used: bool,
}

/// All tokens and codes.
pub(crate) struct Tokens {
    lifetimes: Lifetimes,
    account: Account,
    tokens: Vec<Token>,
    codes: Vec<Code>,
    issued: u64,
}

/// Why a code or refresh token is not accepted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    UnknownCode,
    UsedCode,
    OldCode,
    UnknownToken,
    OldToken,
}

impl Tokens {
    /// Starts with one token, `session`, for the default account.
    pub(crate) fn new(
        session: String,
        lifetimes: Lifetimes,
        now: SystemTime,
        rng: &mut Rng,
    ) -> Self {
        let account = Account {
            user_id: format!("17{:08}", rng.u32(..100_000_000)),
            name: "sandbox".to_owned(),
        };
        let mut tokens = Self {
            lifetimes,
            account,
            tokens: Vec::new(),
            codes: Vec::new(),
            issued: 0,
        };
        let owner = tokens.account.clone();
        tokens.issue(session, owner, now, rng);
        tokens
    }

    /// The token with this access token, if it is known and has not expired at `now`.
    pub(crate) fn valid(&self, access: &str, now: SystemTime) -> Option<&Token> {
        self.tokens
            .iter()
            .rev()
            .find(|token| token.access == access && token.expires > now)
    }

    pub(crate) fn knows(&self, access: &str) -> bool {
        self.tokens.iter().any(|token| token.access == access)
    }

    pub(crate) fn all(&self) -> &[Token] {
        &self.tokens
    }

    /// The account of the first session.
    pub(crate) fn owner(&self) -> &Account {
        &self.account
    }

    /// Changes the user id of the default account, also in its tokens.
    pub(crate) fn set_owner(&mut self, user_id: String) {
        let before = std::mem::replace(&mut self.account.user_id, user_id);
        let tokens = self.tokens.iter_mut();
        for token in tokens.filter(|token| token.account.user_id == before) {
            token.account = self.account.clone();
        }
    }

    /// Issues a code for the default account, like the authorisation page.
    pub(crate) fn authorise(&mut self, app_key: &str, now: SystemTime, rng: &mut Rng) -> String {
        let code = format!("3_{app_key}_{}", letters(rng, 26));
        self.remember_code(code.clone(), now);
        code
    }

    /// Exchanges a code for a token.
    ///
    /// A code in the platform's format (`3_12345678_AbCdEf`) that this sandbox did not issue is accepted once,
    /// because a client under test may have invented it.
    pub(crate) fn create(
        &mut self,
        code: &str,
        now: SystemTime,
        rng: &mut Rng,
    ) -> Result<Token, Denied> {
        if !self.codes.iter().any(|known| known.code == code) {
            if !looks_like_a_code(code) {
                return Err(Denied::UnknownCode);
            }
            self.remember_code(code.to_owned(), now);
        }
        let known = self
            .codes
            .iter_mut()
            .find(|known| known.code == code)
            .ok_or(Denied::UnknownCode)?;
        if known.used {
            return Err(Denied::UsedCode);
        }
        if now > later(known.issued, CODE_LIFETIME) {
            return Err(Denied::OldCode);
        }
        known.used = true;
        let account = known.account.clone();
        Ok(self.issue(made_up_token(rng), account, now, rng))
    }

    /// Exchanges a refresh token for a new access token. The refresh token's lifetime is not extended.
    ///
    /// The earlier access token stays valid until it expires; whether the platform ends it is unknown.
    pub(crate) fn refresh(
        &mut self,
        refresh: &str,
        now: SystemTime,
        rng: &mut Rng,
    ) -> Result<Token, Denied> {
        let known = self
            .tokens
            .iter()
            .rev()
            .find(|token| token.refresh == refresh);
        let known = known.ok_or(Denied::UnknownToken)?;
        if known.refresh_expires <= now {
            return Err(Denied::OldToken);
        }
        let (account, refresh_expires) = (known.account.clone(), known.refresh_expires);
        self.issued += 1;
        let token = Token {
            number: self.issued,
            access: made_up_token(rng),
            refresh: refresh.to_owned(),
            account,
            expires: later(now, self.lifetimes.access),
            refresh_expires,
            announced: false,
        };
        self.remember(token.clone());
        Ok(token)
    }

    /// A token for another account, which does not see the orders of the default one.
    pub(crate) fn issue_to_stranger(
        &mut self,
        name: &str,
        now: SystemTime,
        rng: &mut Rng,
    ) -> Token {
        let account = Account {
            user_id: format!("29{:08}", rng.u32(..100_000_000)),
            name: name.to_owned(),
        };
        self.issue(made_up_token(rng), account, now, rng)
    }

    /// Expires an access token; its refresh token stays valid. False if there is no such token.
    pub(crate) fn expire(&mut self, access: &str, now: SystemTime) -> bool {
        let mut found = false;
        for token in self
            .tokens
            .iter_mut()
            .filter(|token| token.access == access)
        {
            token.expires = token.expires.min(now);
            found = true;
        }
        found
    }

    /// Expires a refresh token. False if there is no such token.
    pub(crate) fn expire_refresh(&mut self, refresh: &str, now: SystemTime) -> bool {
        let mut found = false;
        for token in self
            .tokens
            .iter_mut()
            .filter(|token| token.refresh == refresh)
        {
            token.refresh_expires = token.refresh_expires.min(now);
            found = true;
        }
        found
    }

    /// The accounts of tokens that expire soon, with the time; each token is returned once.
    pub(crate) fn expiring(&mut self, now: SystemTime) -> Vec<(String, SystemTime)> {
        let notice = NOTICE.min(self.lifetimes.access / 2);
        let soon = |token: &&mut Token| {
            !token.announced && token.expires > now && token.lifetime(now) <= notice
        };
        let tokens = self.tokens.iter_mut().filter(soon);
        tokens
            .map(|token| {
                token.announced = true;
                (token.account.user_id.clone(), token.expires)
            })
            .collect()
    }

    fn issue(&mut self, access: String, account: Account, now: SystemTime, rng: &mut Rng) -> Token {
        self.issued += 1;
        let token = Token {
            number: self.issued,
            access,
            refresh: made_up_token(rng),
            account,
            expires: later(now, self.lifetimes.access),
            refresh_expires: later(now, self.lifetimes.refresh),
            announced: false,
        };
        self.remember(token.clone());
        token
    }

    fn remember(&mut self, token: Token) {
        if self.tokens.len() == REMEMBERED {
            // The first token is the session that the sandbox was started with.
            self.tokens.remove(1);
        }
        self.tokens.push(token);
    }

    fn remember_code(&mut self, code: String, now: SystemTime) {
        if self.codes.len() == REMEMBERED {
            self.codes.remove(0);
        }
        self.codes.push(Code {
            code,
            account: self.account.clone(),
            issued: now,
            used: false,
        });
    }
}

/// Whether a code has the platform's format: digits, an underscore, and more.
fn looks_like_a_code(code: &str) -> bool {
    let Some((digits, rest)) = code.split_once('_') else {
        return false;
    };
    let plain = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    };
    const MOST: usize = 200;
    code.len() <= MOST
        && !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !rest.is_empty()
        && plain(rest)
}
