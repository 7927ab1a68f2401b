//! The settings of a run. A flag overrides an environment variable, which overrides a profile of the config file.

mod file;
pub(crate) mod flags;
mod profile;

use std::path::PathBuf;
use std::time::Duration;

use aliexpress::shop::Market;
use aliexpress::{AppSecret, Session};
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};

use crate::failure::Failure;
use file::ConfigFile;
use flags::Flags;
pub(crate) use profile::Profile;

const APP_KEY: &str = "ALIEXPRESS_APP_KEY";
const APP_SECRET: &str = "ALIEXPRESS_APP_SECRET";
const SESSION: &str = "ALIEXPRESS_SESSION";
const GATEWAY: &str = "ALIEXPRESS_GATEWAY";
const PROXY: &str = "ALIEXPRESS_PROXY";
const PROFILE: &str = "ALIEXPRESS_PROFILE";
const CONFIG: &str = "ALIEXPRESS_CONFIG";
const JOURNAL: &str = "ALIEXPRESS_JOURNAL";
const MARKET: &str = "ALIEXPRESS_MARKET";

/// The output options of every command.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Prints JSON for programs, including errors on standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// When to colour output
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

/// When to colour output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

impl Color {
    pub(crate) fn apply(self) {
        let choice = match self {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
    }
}

/// The app secret of `sign`.
#[derive(Args, Clone, Debug)]
pub(crate) struct SecretArgs {
    /// The environment variable that holds the app secret; by default ALIEXPRESS_APP_SECRET or the profile
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    secret_env: Option<String>,
}

/// Parses seconds above 0, such as `0.5`.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let wanted = "wanted a number of seconds above 0, such as 30 or 0.5";
    let number: f64 = text.parse().map_err(|_| wanted.to_owned())?;
    match Duration::try_from_secs_f64(number) {
        Ok(time) if !time.is_zero() => Ok(time),
        _ => Err(wanted.to_owned()),
    }
}

/// Parses seconds from 0, such as `0.5`.
pub(crate) fn seconds_or_none(text: &str) -> Result<Duration, String> {
    let number = text.parse().ok();
    number
        .and_then(|number| Duration::try_from_secs_f64(number).ok())
        .ok_or_else(|| "wanted a number of seconds, such as 10 or 0.5".to_owned())
}

/// The settings of one run.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) profile: Option<String>,
    pub(crate) app_key: Option<String>,
    pub(crate) gateway: Option<String>,
    pub(crate) proxy: Option<String>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) sandbox: bool,
    pub(crate) journal: Option<PathBuf>,
    /// The market if the command has no `--market`.
    pub(crate) market: Option<Market>,
    pub(crate) session: Option<Session>,
    pub(crate) app_secret: Option<AppSecret>,
}

impl Settings {
    pub(crate) fn read(flags: Flags) -> Result<Self, Failure> {
        let file = ConfigFile::read(flags.config.or(variable(CONFIG)?.map(PathBuf::from)))?;
        let named = match flags.profile {
            Some(name) => Some(name),
            None => variable(PROFILE)?,
        };
        let (name, profile) = file.profile(named)?;
        let pick = |flag: Option<String>, name, kept: Option<String>| match flag {
            Some(value) => Ok(Some(value)),
            None => variable(name).map(|value| value.or(kept)),
        };
        Ok(Self {
            profile: name,
            app_key: pick(flags.app_key, APP_KEY, profile.app_key)?,
            gateway: pick(flags.gateway, GATEWAY, profile.gateway)?,
            proxy: pick(flags.proxy, PROXY, profile.proxy)?,
            timeout: flags.timeout.or(profile.timeout),
            sandbox: flags.sandbox,
            journal: match flags.journal {
                Some(path) => Some(path),
                None => variable(JOURNAL)?.map(PathBuf::from),
            },
            market: match variable(MARKET)? {
                Some(text) => Some(market("read the settings", &format!("in {MARKET}"), &text)?),
                None => profile.market,
            },
            app_secret: match flags.app_secret {
                Some(secret) => Some(secret),
                None => variable(APP_SECRET)?
                    .map(AppSecret::new)
                    .or(profile.app_secret),
            },
            session: match flags.session {
                Some(session) => Some(session),
                None => variable(SESSION)?.map(Session::new).or(profile.session),
            },
        })
    }

    /// The same settings, with calls limited to this time.
    pub(crate) fn within(&self, limit: Option<Duration>) -> Self {
        Self {
            timeout: self.timeout.into_iter().chain(limit).min(),
            ..self.clone()
        }
    }

    /// The application's key and secret; the error names each that is missing.
    pub(crate) fn application(&self, doing: &str) -> Result<(&str, &AppSecret), Failure> {
        if let (Some(key), Some(secret)) = (&self.app_key, &self.app_secret) {
            return Ok((key, secret));
        }
        let key = self.app_key.is_none();
        let secret = self.app_secret.is_none();
        let missing = [
            key.then_some("no app key (ALIEXPRESS_APP_KEY)"),
            secret.then_some("no app secret (ALIEXPRESS_APP_SECRET)"),
        ];
        let missing: Vec<_> = missing.into_iter().flatten().collect();
        Err(Failure::usage(
            doing,
            missing.join(", "),
            "app key and app secret, in the environment or in a profile of the config file",
        ))
    }

    /// The secret to sign with: that of the named variable, or that for calls.
    pub(crate) fn app_secret(&self, args: &SecretArgs) -> Result<AppSecret, Failure> {
        let name = args.secret_env.as_deref().unwrap_or(APP_SECRET);
        let found = match args.secret_env {
            Some(_) => variable(name)?.map(AppSecret::new),
            None => self.app_secret.clone(),
        };
        found.ok_or_else(|| {
            Failure::usage(
                "sign",
                "no app secret",
                format_args!("it in the environment variable {name}"),
            )
        })
    }
}

/// Parses a market; `place` says where it comes from.
fn market(doing: &str, place: &str, text: &str) -> Result<Market, Failure> {
    text.parse().map_err(|_| {
        let start: String = text.chars().take(40).collect();
        Failure::usage(
            doing,
            format_args!("{start:?} {place}"),
            "country, currency and language, such as FR/EUR/fr",
        )
    })
}

/// An environment variable without white space around it; a blank one counts as not set.
fn variable(name: &str) -> Result<Option<String>, Failure> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value.trim().to_owned()).filter(|value| !value.is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(Failure::usage(
            format_args!("read the environment variable {name}"),
            "invalid UTF-8",
            "UTF-8",
        )),
    }
}
