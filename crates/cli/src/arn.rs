//! What an ARN on the command line means: a machine, and where it is.

use statewright_aws::Connection;
use statewright_spec::Arn;

use crate::{
    args::Global,
    error::{CliError, Result},
    stage::settings_of,
};

/// The ARN of a state machine.
pub(crate) fn machine(text: &str) -> Result<Arn> {
    Arn::parse(text)
        .filter(|arn| arn.service() == "states" && arn.resource().starts_with("stateMachine:"))
        .ok_or_else(|| CliError::user(format!("{text} is not the ARN of a state machine")))
}

/// A connection to where an ARN is: its region, and an account that must be the caller's.
pub(crate) async fn connect(arn: &Arn, global: &Global) -> Result<Connection> {
    if let Some(region) = global.region.as_ref().filter(|region| *region != arn.region()) {
        return Err(CliError::user(format!("{arn} is in {}, and --region says {region}", arn.region()))
            .hint("leave out --region: the ARN says where it is"));
    }
    let connection = Connection::open(&settings_of(arn, global)).await?;
    let account = connection.identity().account.as_str();
    if arn.account() != account {
        return Err(CliError::user(format!(
            "{arn} is of account {}, and the caller's account is {account}",
            arn.account()
        ))
        .hint("choose the profile of that account with --profile"));
    }
    Ok(connection)
}
