//! `aliexpress push`: receives, sends and verifies push messages at a terminal.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aliexpress::push::{self, Message, PushError, PushErrorKind};
use aliexpress::{AppKey, AppSecret};
use aliexpress_models::raw;
use clap::{Args, Subcommand};
use hyper::Method;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::failure::exit::Exit;
use crate::failure::{Failure, warn};
use crate::input::Input;
use crate::input::number::{message_type, port};
use crate::input::settings::Settings;
use crate::input::settings::flags::{ApplicationSettings, SettingsArgs as _, With};
use crate::input::url::reachable_url;
use crate::interrupt::on_signal;
use crate::loopback::{Answered, Arrived, Loopback};
use crate::output::Output;
use crate::output::moment::distance;
use crate::output::progress::Progress;
use crate::printable::printable;

/// How long a callback may take to answer. The platform waits half a second; a callback in a debugger takes longer.
const CALLBACK_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum PushCommand {
    /// Listens for messages on a local port, verifies and prints them, until Ctrl-C
    Listen(With<ListenArgs, ApplicationSettings>),
    /// Sends a signed message to a callback, as the platform would
    Send(With<SendArgs, ApplicationSettings>),
    /// Verifies a stored message, and prints it
    Verify(With<VerifyArgs, ApplicationSettings>),
}

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress push listen --port 8491\n  aliexpress sandbox --callback http://127.0.0.1:8491/push"
)]
pub(crate) struct ListenArgs {
    /// The port on 127.0.0.1 to listen on; 0 chooses a free one
    #[arg(long, value_name = "N", default_value_t = 8491, value_parser = port)]
    port: u16,
}

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress push send http://127.0.0.1:8080/push --type 53 \\\n      --data '{\"orderId\": 8187300604617185, \"orderStatus\": \"OrderShipped\"}'"
)]
pub(crate) struct SendArgs {
    /// The callback URL
    #[arg(value_name = "URL", value_parser = reachable_url)]
    url: String,

    /// The message type, such as 53 for an order's status
    #[arg(long = "type", value_name = "N", value_parser = message_type)]
    message_type: i64,

    /// The message's data, a JSON object
    #[arg(
        long,
        value_name = "JSON",
        default_value = "{}",
        conflicts_with = "data_from"
    )]
    data: String,

    /// Reads the message's data from a file
    #[arg(long, value_name = "FILE|-")]
    data_from: Option<Input>,

    /// The account that the message is about
    #[arg(long, value_name = "ID", default_value = "1234")]
    seller_id: String,
}

#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  aliexpress push verify body.json --authorization \"$HEADER\"")]
pub(crate) struct VerifyArgs {
    /// The unchanged body, byte for byte
    #[arg(value_name = "FILE|-")]
    body: Input,

    /// The value of the header Authorization
    #[arg(long, value_name = "HEX")]
    authorization: String,
}

pub(crate) fn run(command: &PushCommand, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        PushCommand::Listen(listen) => self::listen(
            &listen.args,
            Application::of(&listen.settings.read()?)?,
            output,
        )?,
        PushCommand::Send(send) => self::send(
            &send.args,
            &Application::of(&send.settings.read()?)?,
            output,
        )?,
        PushCommand::Verify(verify) => self::verify(
            &verify.args,
            &Application::of(&verify.settings.read()?)?,
            output,
        )?,
    }
    Ok(Exit::Done)
}

fn verify(
    args: &VerifyArgs,
    application: &Application,
    output: &mut Output,
) -> Result<(), Failure> {
    let body = args.body.bytes()?;
    let message = application.receive(Some(&args.authorization), &body);
    let message = message.map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    show(&message, output)
}

/// The application that signs or receives messages.
struct Application {
    key: AppKey,
    secret: AppSecret,
}

impl Application {
    fn of(settings: &Settings) -> Result<Self, Failure> {
        let (key, secret) = settings.application("sign or verify push messages")?;
        Ok(Self {
            key: AppKey::new(key),
            secret: secret.clone(),
        })
    }

    fn receive(&self, authorization: Option<&str>, body: &[u8]) -> Result<Message, PushError> {
        push::receive(&self.key, &self.secret, authorization, body)
    }
}

fn listen(args: &ListenArgs, application: Application, output: &mut Output) -> Result<(), Failure> {
    let json = output.wants_json();
    // Ctrl-C is how this command ends. A message that is not answered yet is sent again by the platform.
    on_signal(json, || std::process::exit(Exit::Done.code().into()));
    let loopback = Loopback::bind(args.port)?;
    let url = loopback.url();
    match json {
        true => output.json_line(&json!({ "url": url }))?,
        false => output.line(format_args!("listening on {url}, any path, until Ctrl-C"))?,
    }
    let mut output = Output::new(json);
    let failed = loopback.serve(None, json, move |arrived| {
        take(&arrived, &application, &mut output)
    })?;
    failed.map_or(Ok(()), Err)
}

/// Verifies and prints one message. If it cannot be printed, the response asks the platform to send it again, and the
/// program ends.
fn take(
    arrived: &Arrived,
    application: &Application,
    output: &mut Output,
) -> (Answered, Option<Failure>) {
    if arrived.method != Method::POST {
        let found = format!(
            "cannot receive a push message: found the method {}; wanted POST",
            arrived.method
        );
        warn(&found, output.wants_json());
        return (answered(405, "send push messages by POST\n"), None);
    }
    let message = match application.receive(arrived.authorization.as_deref(), &arrived.body) {
        Ok(message) => message,
        Err(error) => {
            warn(&error.to_string(), output.wants_json());
            return (refusal(&error), None);
        }
    };
    match show(&message, output) {
        Ok(()) => (answered(200, "received\n"), None),
        Err(failure) => (
            answered(503, "the message was not printed; send it again\n"),
            Some(failure),
        ),
    }
}

fn refusal(error: &PushError) -> Answered {
    match error.kind() {
        PushErrorKind::Unreadable => answered(400, "the body is not a push message\n"),
        _ => answered(401, "not signed by the platform for this application\n"),
    }
}

fn answered(status: u16, text: &'static str) -> Answered {
    Answered { status, text }
}

/// Prints the whole message as it came, for people after its type and age.
fn show(message: &Message, output: &mut Output) -> Result<(), Failure> {
    let text = message.raw.to_json();
    if output.wants_json() {
        return output.line(text);
    }
    let number = match message.message_type {
        Some(number) => number.to_string(),
        None => "unknown".to_owned(),
    };
    let now = Timestamp::now();
    let made = message.made_at().and_then(|made| made.try_into().ok());
    let made = made.map(|made| format!(", made {}", distance(made, now)));
    let made = made.unwrap_or_default();
    output.line(format_args!("type {number}{made}  {}", printable(&text)))
}

fn send(args: &SendArgs, application: &Application, output: &mut Output) -> Result<(), Failure> {
    let data = match &args.data_from {
        Some(input) => input.text()?,
        None => args.data.clone(),
    };
    let is_object = raw::parse(data.as_bytes()).is_ok_and(|data| data.members().is_some());
    if !is_object || !data.trim_start().starts_with('{') {
        return Err(Failure::usage(
            "send a push message",
            "data that is not a JSON object",
            r#"one, such as {"orderId": 1}"#,
        ));
    }
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    // The data is sent as it was written, with all digits and in the same order.
    let body = format!(
        r#"{{"data":{},"message_type":{},"seller_id":{},"site":"ae_global","timestamp":{}}}"#,
        data.trim(),
        args.message_type,
        Value::from(args.seller_id.as_str()),
        now.as_secs()
    );
    let agent = ureq::Agent::config_builder()
        .timeout_global(Some(CALLBACK_TIMEOUT))
        .max_redirects(0)
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .new_agent();
    let signature = push::sign(&application.key, &application.secret, body.as_bytes());
    let progress = Progress::call("posting the message".to_owned());
    let response = agent
        .post(&args.url)
        .header("Authorization", signature)
        .header("Content-Type", "application/json")
        .send(body.as_bytes());
    drop(progress);
    let response = response.map_err(|error| {
        let cause = match &error {
            ureq::Error::Io(error) => error.to_string(),
            other => other.to_string(),
        };
        Failure::new(
            Exit::Network,
            format!("cannot send a push message: {cause}"),
        )
    })?;
    let status = response.status();
    match output.wants_json() {
        true => output.json(&json!({ "status": status.as_u16(), "message": body }))?,
        false => output.line(format_args!(
            "{body}\nanswered with status {}",
            status.as_u16()
        ))?,
    }
    match status.is_success() {
        true => Ok(()),
        false => Err(Failure::new(
            Exit::Refused,
            format!(
                "the callback did not accept the message: found status {}; wanted 200",
                status.as_u16()
            ),
        )),
    }
}
