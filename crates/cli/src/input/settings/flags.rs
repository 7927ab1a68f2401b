//! Settings on the command line. Each command has those that it uses, and refuses the others.

use std::path::PathBuf;
use std::time::Duration;

use aliexpress::{AppSecret, Session};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::{Settings, seconds};
use crate::failure::Failure;

/// The settings that were given on the command line.
#[derive(Default)]
pub(crate) struct Flags {
    pub(super) profile: Option<String>,
    pub(super) config: Option<PathBuf>,
    pub(super) journal: Option<PathBuf>,
    pub(super) app_key: Option<String>,
    pub(super) gateway: Option<String>,
    pub(super) proxy: Option<String>,
    pub(super) timeout: Option<Duration>,
    pub(super) sandbox: bool,
    pub(super) app_secret: Option<AppSecret>,
    pub(super) session: Option<Session>,
}

/// A set of settings.
pub(crate) trait SettingsArgs: Args {
    fn flags(&self) -> Flags;

    /// Reads the settings from these flags, the environment and the config file.
    fn read(&self) -> Result<Settings, Failure> {
        Settings::read(self.flags())
    }
}

/// A command with the settings that it uses.
#[derive(Args, Clone, Debug)]
pub(crate) struct With<T: Args, S: SettingsArgs> {
    #[command(flatten)]
    pub(crate) args: T,

    #[command(flatten)]
    pub(crate) settings: S,
}

/// Defines sets of settings; each part adds what it holds to the flags.
macro_rules! sets {
    ($($(#[$doc:meta])+ $set:ident { $($part:ident: $args:ty),+ })+) => { $(
        $(#[$doc])+
        #[derive(Args, Clone, Debug)]
        #[command(next_help_heading = "Settings")]
        pub(crate) struct $set {
            $(#[command(flatten)] $part: $args,)+
        }

        impl SettingsArgs for $set {
            fn flags(&self) -> Flags {
                let mut flags = Flags::default();
                $(self.$part.add(&mut flags);)+
                flags
            }
        }
    )+ };
}

sets! {
    /// For commands that sign with the app secret alone.
    SecretSettings { profile: ProfileArgs, secret: SecretFlag }

    /// For commands that sign or verify messages of the application.
    ApplicationSettings { profile: ProfileArgs, app_key: AppKeyArgs, secret: SecretFlag }

    /// For the URL of the authorisation page, which is at the gateway.
    PageSettings { profile: ProfileArgs, app_key: AppKeyArgs, gateway: GatewayArgs }

    /// For the status of a session, without a call.
    SessionSettings { profile: ProfileArgs, app_key: AppKeyArgs, session: SessionFlag }

    /// For the journal, without a call.
    JournalSettings { profile: ProfileArgs, journal: JournalArgs, app_key: AppKeyArgs, gateway: GatewayArgs }

    /// For calls without a session.
    ApplicationCallSettings {
        profile: ProfileArgs, app_key: AppKeyArgs, gateway: GatewayArgs, route: RouteArgs, secret: SecretFlag
    }

    /// For calls with a session.
    CallSettings {
        profile: ProfileArgs, app_key: AppKeyArgs, gateway: GatewayArgs, route: RouteArgs, secret: SecretFlag,
        session: SessionFlag
    }

    /// For calls that use the journal of orders.
    OrderSettings {
        profile: ProfileArgs, journal: JournalArgs, app_key: AppKeyArgs, gateway: GatewayArgs, route: RouteArgs,
        secret: SecretFlag, session: SessionFlag
    }
}

#[derive(Args, Clone, Debug)]
struct ProfileArgs {
    /// The profile of the config file to use [environment: ALIEXPRESS_PROFILE]
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    profile: Option<String>,

    /// The config file [environment: ALIEXPRESS_CONFIG]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl ProfileArgs {
    fn add(&self, flags: &mut Flags) {
        flags.profile.clone_from(&self.profile);
        flags.config.clone_from(&self.config);
    }
}

#[derive(Args, Clone, Debug)]
struct JournalArgs {
    /// The journal of orders, a SQLite file [default: one in your data folder] [environment: ALIEXPRESS_JOURNAL]
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
}

impl JournalArgs {
    fn add(&self, flags: &mut Flags) {
        flags.journal.clone_from(&self.journal);
    }
}

#[derive(Args, Clone, Debug)]
struct AppKeyArgs {
    /// The application's key [environment: ALIEXPRESS_APP_KEY]
    #[arg(long, value_name = "KEY", value_parser = NonEmptyStringValueParser::new())]
    app_key: Option<String>,
}

impl AppKeyArgs {
    fn add(&self, flags: &mut Flags) {
        flags.app_key.clone_from(&self.app_key);
    }
}

#[derive(Args, Clone, Debug)]
struct GatewayArgs {
    /// The gateway's base URL, without /sync or /rest [environment: ALIEXPRESS_GATEWAY]
    #[arg(long, value_name = "URL", value_parser = NonEmptyStringValueParser::new())]
    gateway: Option<String>,
}

impl GatewayArgs {
    fn add(&self, flags: &mut Flags) {
        flags.gateway.clone_from(&self.gateway);
    }
}

/// How a call is made.
#[derive(Args, Clone, Debug)]
struct RouteArgs {
    /// A proxy to call through [environment: ALIEXPRESS_PROXY]
    #[arg(long, value_name = "URL", value_parser = NonEmptyStringValueParser::new())]
    proxy: Option<String>,

    /// The time limit for one call including all retries, in seconds
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    timeout: Option<Duration>,

    /// Starts a sandbox for this command and calls it; it ends with the command
    #[arg(long, conflicts_with_all = ["gateway", "proxy"])]
    sandbox: bool,

    /// Logs each attempt of a call on standard error, without parameters and secrets
    // Logging starts before the command reads its settings: see `Detail::of`.
    #[arg(id = "verbose", short = 'v', long = "verbose", help_heading = "Output")]
    _verbose: bool,
}

impl RouteArgs {
    fn add(&self, flags: &mut Flags) {
        flags.proxy.clone_from(&self.proxy);
        flags.timeout = self.timeout;
        flags.sandbox = self.sandbox;
    }
}

#[derive(Args, Clone, Debug)]
struct SecretFlag {
    /// The app secret. Visible to other users in the process list; prefer ALIEXPRESS_APP_SECRET
    #[arg(long, value_name = "SECRET", hide_short_help = true)]
    app_secret_on_the_command_line: Option<AppSecret>,
}

impl SecretFlag {
    fn add(&self, flags: &mut Flags) {
        flags
            .app_secret
            .clone_from(&self.app_secret_on_the_command_line);
    }
}

#[derive(Args, Clone, Debug)]
struct SessionFlag {
    /// The session. Visible to other users in the process list; prefer ALIEXPRESS_SESSION
    #[arg(long, value_name = "TOKEN", hide_short_help = true)]
    session_on_the_command_line: Option<Session>,
}

impl SessionFlag {
    fn add(&self, flags: &mut Flags) {
        flags.session.clone_from(&self.session_on_the_command_line);
    }
}
