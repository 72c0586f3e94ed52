//! Which machine and which execution are meant.

use std::path::Path;

use statewright_aws::Connection;
use statewright_source::Sources;
use statewright_spec::{Address, Arn, Kind, Loaded};

use crate::{
    args::{Global, RunArgs},
    arn,
    error::{CliError, Result},
    output,
    stage::{read, request, settings},
};

/// A machine, and the connection to where it is.
pub(crate) struct Target {
    pub(crate) connection: Connection,
    pub(crate) machine: Arn,
}

/// What the command line names: an ARN, a spec file, or a stack of the specs here.
pub(crate) async fn target(args: &RunArgs, global: &Global) -> Result<Target> {
    if args.target.starts_with("arn:") {
        return by_arn(&args.target, global).await;
    }
    let mut sources = Sources::default();
    let spec = spec(&mut sources, &args.target, global)?;
    let connection = Connection::open(&settings(spec.aws(), global)).await?;
    let faults = spec.check_guards(connection.identity());
    if !faults.is_empty() {
        return Err(CliError::findings(sources, faults));
    }
    let machines = spec.machines(connection.identity());
    let stack = spec.stack().unwrap_or(&args.target);
    let name = match (&args.machine, machines.as_slice()) {
        (Some(name), machines) if machines.contains(name) => name.clone(),
        (Some(name), machines) => {
            return Err(CliError::user(format!("stack {stack} has no state machine {name}"))
                .hint(format!("it has {}", machines.join(", "))));
        }
        (None, [only]) => only.clone(),
        (None, []) => return Err(CliError::user(format!("stack {stack} declares no state machine"))),
        (None, several) => {
            return Err(CliError::user(format!("stack {stack} has several state machines"))
                .hint(format!("name one with --machine: {}", several.join(", "))));
        }
    };
    let machine = connection.identity().arn(&Address::new(Kind::StateMachine, name), "/");
    Ok(Target { connection, machine })
}

async fn by_arn(text: &str, global: &Global) -> Result<Target> {
    let machine = arn::machine(text).map_err(|error| {
        if text.contains(":execution:") || text.contains(":express:") {
            error.hint("that is an execution: name its machine, and give the execution to --follow")
        } else {
            error
        }
    })?;
    let connection = arn::connect(&machine, global).await?;
    Ok(Target { connection, machine })
}

/// An execution of the machine, by its name or its ARN.
pub(crate) fn execution_arn(machine: &Arn, given: &str) -> Result<Arn> {
    let own = machine.as_str().replacen(":stateMachine:", ":execution:", 1);
    // A version or an alias stands after the machine's name; its executions are the machine's.
    let name = machine.resource().strip_prefix("stateMachine:").unwrap_or_default();
    let name = name.split(':').next().unwrap_or_default();
    let own = own.split_once(":execution:").map_or(own.clone(), |(before, _)| format!("{before}:execution:{name}"));
    if !given.starts_with("arn:") {
        let arn = Arn::parse(&format!("{own}:{given}")).filter(|_| !given.is_empty() && !given.contains(':'));
        return arn.ok_or_else(|| CliError::user(format!("`{given}` is neither the name nor the ARN of an execution")));
    }
    let arn = Arn::parse(given).filter(|arn| arn.service() == "states");
    let arn = arn.ok_or_else(|| CliError::user(format!("`{given}` is not the ARN of an execution")))?;
    let is_express = arn.resource().starts_with(&format!("express:{name}:"));
    if !is_express && !given.starts_with(&format!("{own}:")) {
        return Err(CliError::user(format!("{given} is not an execution of {machine}")));
    }
    Ok(arn)
}

/// The spec that is meant: a file, or the one among the usual specs whose stack has this name.
fn spec(sources: &mut Sources, target: &str, global: &Global) -> Result<Loaded> {
    if Path::new(target).is_file() {
        let loaded = statewright_spec::load(sources, &request(target.into(), global, false));
        let loaded = loaded.map_err(|findings| CliError::findings(std::mem::take(sources), findings))?;
        output::conceal(&loaded.secrets());
        return Ok(loaded);
    }
    // Another stack's spec may be broken without being in the way of this one.
    let (specs, _) = read(sources, &[], global);
    let stacks: Vec<String> = specs.iter().filter_map(|spec| spec.stack().map(str::to_owned)).collect();
    specs.into_iter().find(|spec| spec.stack() == Some(target)).ok_or_else(|| {
        let error = CliError::user(format!("`{target}` is no stack of the specs here, no spec file and no ARN"));
        if stacks.is_empty() { error } else { error.hint(format!("stacks here: {}", stacks.join(", "))) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_execution_is_named_or_given_whole() {
        let machine = Arn::parse("arn:aws:states:us-east-1:123456789012:stateMachine:shop").unwrap();
        let whole = "arn:aws:states:us-east-1:123456789012:execution:shop:one";
        assert_eq!(execution_arn(&machine, "one").unwrap().as_str(), whole);
        assert_eq!(execution_arn(&machine, whole).unwrap().as_str(), whole);
        let version = Arn::parse("arn:aws:states:us-east-1:123456789012:stateMachine:shop:live").unwrap();
        assert_eq!(execution_arn(&version, "one").unwrap().as_str(), whole);
        let express = "arn:aws:states:us-east-1:123456789012:express:shop:one:2f6e";
        assert_eq!(execution_arn(&machine, express).unwrap().as_str(), express);
        for bad in ["", "a:b", "arn:aws:s3:::b", "arn:aws:states:us-east-1:123456789012:execution:other:one"] {
            assert!(execution_arn(&machine, bad).is_err(), "{bad}");
        }
    }
}
