//! Sessions: authorisation codes, access tokens and refresh tokens with their lifetimes.

use std::fmt;
use std::time::{Duration, SystemTime};

use fastrand::Rng;

use crate::clock::{later, until};
use crate::credentials::{letters, made_up_token};
use crate::masking::mask;

/// How long an authorisation code lives.
const CODE_LIFETIME: Duration = Duration::from_secs(180);
/// How long before its end an access token's end is announced. What the platform does is not known.
const NOTICE: Duration = Duration::from_secs(3600);
/// How many tokens, and how many codes, are remembered; the oldest go first.
const REMEMBERED: usize = 1000;

/// The seller or buyer account a token was issued to. Orders belong to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) user_id: String,
    pub(crate) name: String,
}

/// An access token with what belongs to it.
#[derive(Clone)]
pub(crate) struct Token {
    /// Numbers tokens from 1, so that a person can name one without showing it.
    pub(crate) number: u64,
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) account: Account,
    pub(crate) expires: SystemTime,
    pub(crate) refresh_expires: SystemTime,
    /// Whether its end was announced.
    announced: bool,
}

impl Token {
    /// What is left of the access token at `now`.
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

    /// What is left of the refresh token at `now`.
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

/// How long tokens live. The defaults are those of an app under test.
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

/// A code that was handed out, or seen for the first time.
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

/// Why a code or refresh token buys nothing.
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

    /// The token that opens the gateway at `now`, if it is known and has not expired.
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

    /// The account that the first session belongs to.
    pub(crate) fn owner(&self) -> &Account {
        &self.account
    }

    /// Gives the owner's account another number, and with it the tokens that it has.
    pub(crate) fn set_owner(&mut self, user_id: String) {
        let before = std::mem::replace(&mut self.account.user_id, user_id);
        let tokens = self.tokens.iter_mut();
        for token in tokens.filter(|token| token.account.user_id == before) {
            token.account = self.account.clone();
        }
    }

    /// Hands out a code for the owner's account, as the authorisation page does.
    pub(crate) fn authorise(&mut self, app_key: &str, now: SystemTime, rng: &mut Rng) -> String {
        let code = format!("3_{app_key}_{}", letters(rng, 26));
        self.remember_code(code.clone(), now);
        code
    }

    /// Buys a token with a code.
    ///
    /// A code of the platform's look (`3_12345678_AbCdEf`) that this sandbox has not handed out is taken the
    /// first time it is seen: a client under test gets its code from wherever it likes.
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

    /// Buys a new access token with a refresh token, whose own lifetime stays as it is.
    ///
    /// The earlier access token goes on until it expires; whether the platform ends it is unknown.
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

    /// A token for another account, which sees no order of the default one.
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

    /// Ends an access token; its refresh token goes on. False when there is no such token.
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

    /// Ends a refresh token. False when there is no such token.
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

    /// The accounts of tokens that end soon, with the time, each token once.
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

/// Whether a code has the look of the platform's: digits, then more after an underscore.
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
