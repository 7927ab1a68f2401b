//! `aliexpress push`: messages of the platform to a callback, received, sent and verified at a terminal.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aliexpress::push::{self, Message};
use aliexpress::{AppKey, AppSecret};
use aliexpress_models::raw;
use clap::{Args, Subcommand};
use hyper::Method;
use serde_json::{Value, json};

use crate::failure::exit::Exit;
use crate::failure::{Failure, warn};
use crate::input::Input;
use crate::input::number::{message_type, port};
use crate::input::settings::Settings;
use crate::input::settings::flags::{ApplicationSettings, SettingsArgs as _, With};
use crate::loopback::{Answered, Arrived, Loopback};
use crate::output::Output;
use crate::output::progress::Progress;
use crate::printable::printable;

/// The platform gives a callback half a second; one that is being debugged may take longer.
const PATIENCE: Duration = Duration::from_secs(10);

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
    #[arg(value_name = "URL")]
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
#[command(
    after_help = "Examples:\n  aliexpress push verify body.json --authorization dea21ab43d2342828d8a222acf7fce499189aa3fc530c02f524580be1d91a1f8"
)]
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
    show(
        &application.receive(Some(&args.authorization), &body)?,
        output,
    )
}

/// Whose messages they are.
struct Application {
    key: AppKey,
    secret: AppSecret,
}

impl Application {
    fn of(settings: &Settings) -> Result<Self, Failure> {
        match (&settings.app_key, &settings.app_secret) {
            (Some(key), Some(secret)) => Ok(Self {
                key: AppKey::new(key.as_str()),
                secret: secret.clone(),
            }),
            (key, secret) => {
                let missing = [
                    key.is_none().then_some("no app key (ALIEXPRESS_APP_KEY)"),
                    secret
                        .is_none()
                        .then_some("no app secret (ALIEXPRESS_APP_SECRET)"),
                ];
                let missing: Vec<_> = missing.into_iter().flatten().collect();
                Err(Failure::usage(
                    "sign or verify push messages",
                    missing.join(", "),
                    "both, in the environment or in a profile of the config file",
                ))
            }
        }
    }

    fn receive(&self, authorization: Option<&str>, body: &[u8]) -> Result<Message, Failure> {
        push::receive(&self.key, &self.secret, authorization, body)
            .map_err(|error| Failure::new(Exit::Usage, error.to_string()))
    }
}

fn listen(args: &ListenArgs, application: Application, output: &mut Output) -> Result<(), Failure> {
    let loopback = Loopback::bind(args.port)?;
    let url = loopback.url();
    match output.wants_json() {
        true => output.json_line(&json!({ "url": url }))?,
        false => output.line(format_args!("listening on {url}, any path, until Ctrl-C"))?,
    }
    let mut output = Output::new(output.wants_json());
    let stopped = loopback.serve(None, move |arrived| {
        take(&arrived, &application, &mut output)
    })?;
    stopped.map_or(Ok(()), Err)
}

/// Takes one message; a failure to print it ends the program.
fn take(
    arrived: &Arrived,
    application: &Application,
    output: &mut Output,
) -> (Answered, Option<Failure>) {
    let answered = |status, text| Answered { status, text };
    if arrived.method != Method::POST {
        return (answered(405, "Push messages are posted.\n"), None);
    }
    match application.receive(arrived.authorization.as_deref(), &arrived.body) {
        Ok(message) => (answered(200, "received\n"), show(&message, output).err()),
        Err(refused) => {
            warn(refused.message(), output.wants_json());
            (
                answered(401, "not a message of the platform to this application\n"),
                None,
            )
        }
    }
}

fn show(message: &Message, output: &mut Output) -> Result<(), Failure> {
    let data = message.data().to_json();
    if output.wants_json() {
        let data: Value = serde_json::from_str(&data).unwrap_or(Value::Null);
        return output.json_line(&json!({
            "message_type": message.message_type,
            "seller_id": message.seller_id,
            "site": message.site,
            "timestamp": message.timestamp,
            "data": data,
        }));
    }
    let number = message.message_type.map(|number| number.to_string());
    let age = message.age(SystemTime::now());
    let age = age.map(|age| format!(", made {} s ago", age.as_secs()));
    output.line(format_args!(
        "type {}{}  {}",
        number.as_deref().unwrap_or("unknown"),
        age.unwrap_or_default(),
        printable(&data)
    ))
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
    // The data go out as they were written, digits and order of members included.
    let body = format!(
        r#"{{"data":{},"message_type":{},"seller_id":{},"site":"ae_global","timestamp":{}}}"#,
        data.trim(),
        args.message_type,
        Value::from(args.seller_id.as_str()),
        now.as_secs()
    );
    let agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
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
            format!("cannot send the push message: {cause}"),
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
                "the callback did not take the message: found status {}; wanted 200",
                status.as_u16()
            ),
        )),
    }
}
