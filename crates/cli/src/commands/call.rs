//! `aliexpress call`: calls any API of the platform, with or without a model.

use aliexpress::{CallOptions, Effect, Error, Format, RawReply};
use aliexpress_models::{APIS, Api};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use crate::connection::Connection;
use crate::failure::Failure;
use crate::failure::exit::Exit;
use crate::input::parameters::{NotText, ParameterArgs};
use crate::input::parameters_check::{UnknownKeys, check};
use crate::input::settings::Settings;
use crate::input::similar::similar;
use crate::output::Output;
use crate::output::progress::Progress;
use crate::output::refusal;
use crate::output::tree::tree;

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress call aliexpress.ds.product.get product_id=1005001 ship_to_country=FR --sandbox\n  aliexpress call aliexpress.ds.order.create --params-json order.json\n  aliexpress call /auth/token/refresh --params-json -"
)]
pub(crate) struct CallArgs {
    /// The API's name, or the path of a system call such as /auth/token/security/create
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    api: String,

    #[command(flatten)]
    parameters: ParameterArgs,

    /// Requests XML and prints it unchanged
    #[arg(long, conflicts_with = "json")]
    xml: bool,

    /// Requests full JSON, with wrapped lists, and prints it unchanged
    #[arg(long, conflicts_with = "xml")]
    full: bool,

    /// Permits keys that the API's model lacks; the others are checked
    #[arg(long)]
    allow_unknown: bool,

    /// Sends the parameters without checking them against the API's model
    #[arg(long, conflicts_with = "allow_unknown")]
    unchecked: bool,

    /// Sends the call without a session
    #[arg(long)]
    no_session: bool,

    /// Treats the call as read-only, so that it may be retried [default: inferred from its name]
    #[arg(long)]
    reads: bool,
}

impl CallArgs {
    fn options(&self) -> CallOptions {
        let mut options = CallOptions::new();
        if self.xml {
            options = options.format(Format::Xml);
        }
        if self.full {
            options = options.simplify(false);
        }
        if self.no_session {
            options = options.without_session();
        }
        if self.reads {
            options = options.effect(Effect::Read);
        }
        options
    }
}

pub(crate) fn run(
    args: &CallArgs,
    settings: &Settings,
    output: &mut Output,
) -> Result<(), Failure> {
    let params = args.parameters.read(NotText::AsJson)?;
    if !args.unchecked
        && let Some(api) = Api::find(&args.api)
    {
        check(api, &params, UnknownKeys::allowed(args.allow_unknown))?;
    }
    let params: Vec<(&str, &str)> = params
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    let connection = match args.no_session || args.api.starts_with("/auth/token/") {
        true => Connection::without_session(settings)?,
        false => Connection::open(settings)?,
    };
    let client = connection.client.with(args.options());
    let progress = Progress::call(format!("calling {}", args.api));
    let reply = match args.api.starts_with('/') {
        true => client.system_call(&args.api, &params),
        false => client.call_raw(&args.api, &params),
    };
    drop(progress);
    let reply = reply.map_err(|error| failed(args, error))?;
    show(args, &reply, output)?;
    match reply.business_refusal() {
        Some(refusal) => Err(refusal::refused_in_answer(&args.api, &refusal)),
        None => Ok(()),
    }
}

/// Adds that a call that writes may have had its effect, if no answer came.
fn failed(args: &CallArgs, error: Error) -> Failure {
    let writes = !args.reads && Effect::of(&args.api) == Effect::Write;
    let in_doubt = writes && error.may_have_acted() && error.api_error().is_none();
    let mut failure = Failure::from(error);
    if Api::find(&args.api).is_none()
        && let Some(meant) = similar(&args.api, APIS.iter().map(|api| api.name)).first()
    {
        failure = failure.hint(format!("{} has no model; similar: {meant}", args.api));
    }
    match in_doubt {
        true => failure.hint("the platform may have acted: check before you call again"),
        false => failure,
    }
}

fn show(args: &CallArgs, reply: &RawReply, output: &mut Output) -> Result<(), Failure> {
    let as_it_came = output.wants_json() || args.xml || args.full;
    if !as_it_came && let Some(api) = Api::find(&args.api) {
        return show_model(api, reply, output);
    }
    match as_it_came {
        true => output.bytes(reply.raw()),
        false => output.line(reply.data().to_json_pretty()),
    }
}

fn show_model(api: &Api, reply: &RawReply, output: &mut Output) -> Result<(), Failure> {
    let unreadable = |error: String| Failure::new(Exit::Undecodable, error);
    let envelope = api.decode(reply.raw());
    let envelope = envelope.map_err(|error| unreadable(error.to_string()))?;
    let answer = envelope.outcome;
    output.line(tree(
        &*answer.map_err(|refusal| unreadable(refusal.to_string()))?,
    ))?;
    output.request_id(reply.request_id())
}
