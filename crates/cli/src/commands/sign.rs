//! `aliexpress sign`: prints the canonical string and the signature of any parameters.

use aliexpress_signing::{SignMethod, Signer, canonical_string};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde_json::json;

use crate::failure::Failure;
use crate::input::parameters::{NotText, ParameterArgs};
use crate::input::settings::{SecretArgs, Settings};
use crate::output::Output;
use crate::printable::printable;

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress sign foo=1 bar=2\n  aliexpress sign --path /auth/token/create --params-json params.json --secret-env SHOP_SECRET"
)]
pub(crate) struct SignArgs {
    /// The sign method
    #[arg(long, value_name = "METHOD", default_value = "sha256", value_parser = sign_methods())]
    sign_method: SignMethod,

    /// The path of a system call, such as /auth/token/create; signed by sha256 only
    #[arg(long, value_name = "PATH")]
    path: Option<String>,

    /// Leaves out blank parameters, as the official Java SDK does, instead of signing them
    #[arg(long)]
    drop_blank: bool,

    #[command(flatten)]
    secret: SecretArgs,

    #[command(flatten)]
    parameters: ParameterArgs,
}

fn sign_methods() -> impl TypedValueParser<Value = SignMethod> {
    let names = SignMethod::ALL.iter().map(|method| method.as_str());
    PossibleValuesParser::new(names).try_map(|name| name.parse::<SignMethod>())
}

pub(crate) fn run(
    args: &SignArgs,
    settings: &Settings,
    output: &mut Output,
) -> Result<(), Failure> {
    let mut params = args.parameters.read(NotText::Refused)?;
    if args.drop_blank {
        params.retain(|(_, value)| !value.trim().is_empty());
    }
    let secret = settings.app_secret(&args.secret)?;
    let mut params: Vec<(&str, &str)> = params
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    let (method, path) = (args.sign_method, args.path.as_deref());
    let canonical = canonical_string(method, path, &mut params);
    let signature = Signer::new(&secret).sign(method, path, &mut params);
    if output.wants_json() {
        return output.json(&json!({ "canonical": canonical, "signature": signature.as_str() }));
    }
    output.line(format_args!("canonical  {}", printable(&canonical)))?;
    output.line(format_args!("signature  {signature}"))?;
    if path.is_some() && !method.signs_path() {
        output.line(format_args!("note       {method} does not sign the path"))?;
    }
    if method == SignMethod::Md5 {
        output
            .line("note       md5 hashes the app secret before and after the canonical string")?;
    }
    Ok(())
}
