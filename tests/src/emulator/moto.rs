use bytes::Bytes;

use super::process::{Launch, StartError, free_port, scratch};
use super::sandbox::Sandbox;
use crate::runtime::runtime;
use crate::wire;

/// How moto is started.
pub(super) fn launch(sandbox: &Sandbox) -> Result<Launch, StartError> {
    let port = free_port()?;
    let endpoint = format!("http://127.0.0.1:{port}");
    let scratch = scratch("moto", port)?;
    Ok(Launch {
        program: sandbox.program("moto_server"),
        arguments: vec!["-H".to_owned(), "127.0.0.1".to_owned(), "-p".to_owned(), port.to_string()],
        environment: vec![("MOTO_IAM_LOAD_MANAGED_POLICIES".to_owned(), "true".to_owned())],
        health: format!("{endpoint}/moto-api/config"),
        endpoint,
        scratch,
    })
}

/// Machines run, and functions answer without Docker.
pub(super) fn configure(endpoint: &str) -> Result<(), StartError> {
    let body = Bytes::from_static(br#"{"stepfunctions":{"execute_state_machine":true},"lambda":{"use_docker":false}}"#);
    let request = http::Request::post(format!("{endpoint}/moto-api/config"))
        .header("content-type", "application/json")
        .body(body.into())
        .map_err(|error| StartError::Configure(error.to_string()))?;
    // From a thread of its own, since the caller may be a task of the runtime.
    let answer =
        std::thread::scope(|scope| scope.spawn(|| runtime().block_on(wire::exchange(&wire::client(), request))).join());
    match answer {
        Ok(Ok(answer)) if answer.status.is_success() => Ok(()),
        Ok(Ok(answer)) => Err(StartError::Configure(answer.status.to_string())),
        Ok(Err(refusal)) => Err(StartError::Configure(refusal.message)),
        Err(_) => Err(StartError::Configure("the call panicked".to_owned())),
    }
}
