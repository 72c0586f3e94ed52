use super::process::{Launch, StartError, free_port, scratch};
use super::sandbox::Sandbox;

/// How `MiniStack` is started.
pub(super) fn launch(sandbox: &Sandbox) -> Result<Launch, StartError> {
    let port = free_port()?;
    let endpoint = format!("http://127.0.0.1:{port}");
    let scratch = scratch("ministack", port)?;
    let folder = |name: &str| scratch.join(name).display().to_string();
    let environment = [
        // It binds to all interfaces otherwise.
        ("BIND_HOST", "127.0.0.1".to_owned()),
        ("GATEWAY_PORT", port.to_string()),
        ("MINISTACK_HOST", "127.0.0.1".to_owned()),
        ("AWS_ENDPOINT_URL", endpoint.clone()),
        // MQTT over TLS listens on 0.0.0.0:8883, whatever BIND_HOST says.
        ("IOT_MTLS_ENABLED", "0".to_owned()),
        ("SFTP_ENABLED", "0".to_owned()),
        // A hundredth of each wait: a machine's `Wait` of 60 seconds takes 0.6.
        ("SFN_WAIT_SCALE", "0.01".to_owned()),
        ("S3_DATA_DIR", folder("s3")),
        ("TMPDIR", folder("tmp")),
    ];
    std::fs::create_dir_all(scratch.join("tmp")).map_err(|error| StartError::Scratch(scratch.clone(), error))?;
    Ok(Launch {
        program: sandbox.program("ministack"),
        arguments: Vec::new(),
        environment: environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        health: format!("{endpoint}/_ministack/health"),
        endpoint,
        scratch,
    })
}
