//! `aliexpress auth`: gets, stores and refreshes sessions. No command prints a session.

mod login;

use std::io::{IsTerminal, stdin};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use aliexpress::tokens::{self, FileStore, StoreLock, TokenStore, Tokens};
use aliexpress::{AppKey, AuthCode, GATEWAY};
use aliexpress_stores::{SqliteStore, SqliteTokens};
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::json;

use crate::connection::token_file;
use crate::connection::{Connection, no_session};
use crate::failure::Failure;
use crate::failure::call_failure::sentence;
use crate::failure::exit::Exit;
use crate::input::Input;
use crate::input::number::port;
use crate::input::settings::flags::{
    ApplicationCallSettings, PageSettings, SessionSettings, SettingsArgs as _, With,
};
use crate::input::settings::{Settings, seconds};
use crate::input::url::web_url;
use crate::output::Output;
use crate::output::moment::{distance, timestamp};
use crate::output::progress::Progress;
use crate::printable::printable;

/// How long to wait for another program that refreshes the same session.
const LOCK_TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum AuthCommand {
    /// Gets a session in one command: prints the authorisation page, waits for the callback, stores the session
    Login(With<LoginArgs, ApplicationCallSettings>),
    /// Prints the URL of the page where an account authorises the application
    Url(With<UrlArgs, PageSettings>),
    /// Exchanges the code of the callback for a session, and stores it
    Create(With<CreateArgs, ApplicationCallSettings>),
    /// Refreshes the stored session
    #[command(after_help = "Examples:\n  aliexpress auth refresh")]
    Refresh(ApplicationCallSettings),
    /// Shows whose session is used and when it expires, but not the session itself
    #[command(after_help = "Examples:\n  aliexpress auth status --json")]
    Status(SessionSettings),
}

/// Where to store a new session.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct KeepArgs {
    /// Stores the session in this SQLite file, for your own program with `aliexpress-stores`, instead of for this one
    #[arg(long, value_name = "FILE", requires = "account")]
    store: Option<PathBuf>,

    /// The account's name in that file, as your program passes it to `tokens`
    #[arg(long, value_name = "NAME", requires = "store", value_parser = NonEmptyStringValueParser::new())]
    account: Option<String>,
}

#[derive(Args, Clone, Debug)]
#[command(after_help = LOGIN_HELP)]
pub(crate) struct LoginArgs {
    /// The port on 127.0.0.1 to wait at; 0 chooses a free one
    #[arg(long, value_name = "N", default_value_t = 8490, value_parser = port)]
    port: u16,

    /// The application's callback URL, if it is another one that leads to http://127.0.0.1:PORT/callback
    #[arg(long, value_name = "URL", value_parser = web_url)]
    redirect: Option<String>,

    /// How long to wait for the browser
    #[arg(long = "wait", value_name = "SECONDS", default_value = "300", value_parser = seconds)]
    wait: Duration,

    #[command(flatten)]
    keep: KeepArgs,
}

const LOGIN_HELP: &str = "\
The developer console must know the callback. Whether it accepts one on this machine is not known for \
every kind of application; if it does not, use `auth url` and `auth create`.

Examples:
  aliexpress auth login
  aliexpress auth login --store shop.db --account shop
  aliexpress auth login --port 8490 --redirect https://tunnel.example/callback";

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress auth url --redirect https://shop.example/callback --state \"$STATE\""
)]
pub(crate) struct UrlArgs {
    /// The application's callback URL, as registered in the developer console
    #[arg(long, value_name = "URL", value_parser = web_url)]
    redirect: String,

    /// A value that no one else can guess; the callback returns it
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    state: Option<String>,
}

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress auth create --state \"$STATE\"\n  aliexpress auth create --code-from callback.txt"
)]
pub(crate) struct CreateArgs {
    /// Where to read the code, or the whole callback URL, from
    #[arg(long, value_name = "FILE|-", default_value = "-")]
    code_from: Input,

    /// The state that was passed to `auth url`; must match the one in the callback URL
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    state: Option<String>,

    /// The code. Visible to other users in the process list; it works once
    #[arg(long, value_name = "CODE", hide_short_help = true)]
    code_on_the_command_line: Option<AuthCode>,

    #[command(flatten)]
    keep: KeepArgs,
}

pub(crate) fn run(command: &AuthCommand, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        AuthCommand::Login(login) => login::run(&login.args, &login.settings.read()?, output)?,
        AuthCommand::Url(page) => url(&page.args, &page.settings.read()?, output)?,
        AuthCommand::Create(code) => create(&code.args, &code.settings.read()?, output)?,
        AuthCommand::Refresh(settings) => refresh(&settings.read()?, output)?,
        AuthCommand::Status(settings) => return status(&settings.read()?, output),
    }
    Ok(Exit::Done)
}

fn url(args: &UrlArgs, settings: &Settings, output: &mut Output) -> Result<(), Failure> {
    let url = authorize_url(settings, &args.redirect, args.state.as_deref())?;
    match output.wants_json() {
        true => output.json(&json!({ "url": url })),
        false => output.line(url),
    }
}

fn authorize_url(
    settings: &Settings,
    redirect: &str,
    state: Option<&str>,
) -> Result<String, Failure> {
    let doing = "build the URL of the authorisation page";
    let app_key = settings.app_key.as_deref().ok_or_else(|| {
        let wanted = "one in ALIEXPRESS_APP_KEY, --app-key or the profile";
        Failure::usage(doing, "no app key", wanted)
    })?;
    let gateway = settings.gateway.as_deref().unwrap_or(GATEWAY);
    if web_url(gateway).is_err() {
        let wanted = "a gateway that begins with https:// or http://";
        return Err(Failure::usage(doing, format_args!("{gateway:?}"), wanted));
    }
    let app_key = AppKey::new(app_key);
    Ok(tokens::authorize_url(gateway, &app_key, redirect, state))
}

fn create(args: &CreateArgs, settings: &Settings, output: &mut Output) -> Result<(), Failure> {
    let connection = Connection::without_session(settings)?;
    let code = match (&args.code_on_the_command_line, connection.sandbox()) {
        (Some(code), _) => code.clone(),
        // The sandbox has just been started, so that only this command can get a code from it.
        (None, Some(sandbox)) => AuthCode::new(sandbox.authorise()),
        (None, None) => read_code(args)?,
    };
    exchange(&code, &connection, settings, &args.keep, output)
}

/// Exchanges the code for a session, stores it, and shows its account.
fn exchange(
    code: &AuthCode,
    connection: &Connection,
    settings: &Settings,
    keep: &KeepArgs,
    output: &mut Output,
) -> Result<(), Failure> {
    // Opened before the code is sent, because a code works only once.
    let place = Place::open(keep, connection, settings)?;
    let progress = Progress::call("asking for a session".to_owned());
    let tokens = connection.client.create_tokens(code)?;
    drop(progress);
    place.save(&tokens)?;
    show(&tokens, settings, place.name(), output)
}

/// Where a session is stored.
enum Place {
    /// Not stored: the session ends with the sandbox that `--sandbox` started.
    Nowhere,
    /// In the token file of the profile, for this program.
    File(FileStore, PathBuf),
    /// In a SQLite file, for the user's program.
    Database(Box<SqliteTokens>, PathBuf),
}

impl Place {
    /// Creates folders and files, so that the session can be stored once it is there.
    fn open(
        keep: &KeepArgs,
        connection: &Connection,
        settings: &Settings,
    ) -> Result<Self, Failure> {
        if connection.sandbox().is_some() {
            return Ok(Self::Nowhere);
        }
        if let (Some(file), Some(account)) = (&keep.store, &keep.account) {
            let store = SqliteStore::open(file)?;
            return Ok(Self::Database(
                Box::new(store.tokens(account)),
                file.clone(),
            ));
        }
        token_file::make_folder(settings)?;
        let path = token_file::path(settings)?;
        Ok(Self::File(FileStore::new(&path), path))
    }

    fn save(&self, tokens: &Tokens) -> Result<(), Failure> {
        match self {
            Self::Nowhere => Ok(()),
            Self::File(store, _) => store.save(tokens),
            Self::Database(store, _) => store.save(tokens),
        }
        .map_err(|error| store_failure(&error))
    }

    fn name(&self) -> Option<&Path> {
        match self {
            Self::Nowhere => None,
            Self::File(_, path) | Self::Database(_, path) => Some(path),
        }
    }
}

fn read_code(args: &CreateArgs) -> Result<AuthCode, Failure> {
    if args.code_from == Input::Stdin && stdin().is_terminal() {
        crate::stderr::line("Paste the code, or the URL that the page sent you to, then Enter:");
        let mut line = String::new();
        stdin()
            .read_line(&mut line)
            .map_err(|error| Failure::file("read the code", &error))?;
        return code_in(&line, args);
    }
    code_in(&args.code_from.text()?, args)
}

fn code_in(text: &str, args: &CreateArgs) -> Result<AuthCode, Failure> {
    let text = text.trim();
    if text.contains(['?', '=']) || args.state.is_some() {
        return Ok(tokens::callback(text, args.state.as_deref())?);
    }
    match text.is_empty() || text.contains(char::is_whitespace) {
        true => Err(Failure::usage(
            "read the code",
            "no code",
            "the code, or the URL of the callback",
        )),
        false => Ok(AuthCode::new(text)),
    }
}

fn store_failure(error: &tokens::StoreError) -> Failure {
    Failure::new(Exit::Usage, sentence(error))
}

fn refresh(settings: &Settings, output: &mut Output) -> Result<(), Failure> {
    let connection = Connection::without_session(settings)?;
    let progress = Progress::call("refreshing the session".to_owned());
    let place = Place::open(&KeepArgs::default(), &connection, settings)?;
    // Another program with the same tokens must not refresh them at the same time.
    let _lock = match &place {
        Place::File(store, _) => Some(locked(store)?),
        Place::Nowhere | Place::Database(..) => None,
    };
    let old = match connection.sandbox() {
        Some(sandbox) => {
            let code = AuthCode::new(sandbox.authorise());
            Some(connection.client.create_tokens(&code)?)
        }
        None => stored(settings)?,
    };
    let refresh_token = old.and_then(|tokens| tokens.refresh_token).ok_or_else(|| {
        Failure::usage(
            "refresh the session",
            "no stored refresh token for this profile and app key",
            "one from `aliexpress auth login`",
        )
        .hint("aliexpress auth login prints the authorisation page and waits for the callback")
    })?;
    let tokens = connection.client.exchange_refresh_token(&refresh_token)?;
    drop(progress);
    place.save(&tokens)?;
    show(&tokens, settings, place.name(), output)
}

fn locked(store: &FileStore) -> Result<StoreLock<'_>, Failure> {
    let until = Instant::now() + LOCK_TIMEOUT;
    let lock = store.lock(until).map_err(|error| store_failure(&error))?;
    lock.ok_or_else(|| {
        let found = format!("another program refreshing it for {LOCK_TIMEOUT:?}");
        let doing = "refresh the session";
        let message = format!("cannot {doing}: found {found}; wanted it to finish");
        Failure::new(Exit::OutOfTime, message)
    })
}

fn stored(settings: &Settings) -> Result<Option<Tokens>, Failure> {
    let store = FileStore::new(token_file::path(settings)?);
    store.load().map_err(|error| store_failure(&error))
}

fn status(settings: &Settings, output: &mut Output) -> Result<Exit, Failure> {
    if settings.session.is_some() {
        let given = "from the settings; when it expires is not known";
        return match output.wants_json() {
            true => output.json(&json!({ "profile": settings.profile, "session": "given" })),
            false => output.line(format_args!("session  {given}")),
        }
        .map(|()| Exit::Done);
    }
    match stored(settings)? {
        Some(tokens) => {
            let path = token_file::path(settings)?;
            show(&tokens, settings, Some(&path), output)?;
            let ended = tokens.ends_within(Duration::ZERO, SystemTime::now());
            Ok(if ended { Exit::Usage } else { Exit::Done })
        }
        None => Err(no_session("show the session")),
    }
}

fn show(
    tokens: &Tokens,
    settings: &Settings,
    stored_in: Option<&Path>,
    output: &mut Output,
) -> Result<(), Failure> {
    let account = &tokens.account;
    if output.wants_json() {
        return output.json(&json!({
            "profile": settings.profile,
            "user_id": account.user_id,
            "account": account.account,
            "user_nick": account.user_nick,
            "expires_at": tokens.expires_at.map(timestamp),
            "refresh_expires_at": tokens.refresh_expires_at.map(timestamp),
            "can_be_refreshed": tokens.can_be_refreshed(SystemTime::now()),
            "stored_in": stored_in.map(|path| path.display().to_string()),
        }));
    }
    let texts = [&account.account, &account.user_nick, &account.user_id];
    let whose = texts.into_iter().flatten().next();
    output.line(format_args!(
        "account  {}",
        printable(whose.map_or("not named", String::as_str))
    ))?;
    output.line(format_args!("session  {}", until(tokens.expires_at)))?;
    match tokens.refresh_token {
        Some(_) => output.line(format_args!(
            "refresh  {}",
            until(tokens.refresh_expires_at)
        )),
        None => output.line("refresh  not possible"),
    }
}

fn until(end: Option<SystemTime>) -> String {
    let Some(end) = end else {
        return "valid; when it expires is not known".to_owned();
    };
    let how_far = Timestamp::try_from(end).map(|end| distance(end, Timestamp::now()));
    let verb = match end > SystemTime::now() {
        true => "valid until",
        false => "expired at",
    };
    format!(
        "{verb} {} ({})",
        timestamp(end),
        how_far.unwrap_or_default()
    )
}
