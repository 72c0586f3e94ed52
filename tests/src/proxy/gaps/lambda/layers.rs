use serde_json::{Value, json};

use super::super::Intercepted;
use crate::proxy::Reply;
use crate::wire::Refusal;

/// `GetLayerVersionByArn` out of `GetLayerVersion`; a function with a layer that does not exist is refused as AWS refuses it.
pub(super) async fn layers(call: Intercepted) -> Reply {
    if call.operation() == "GetLayerVersionByArn" {
        return match find(&call, call.text("Arn")).await {
            Ok(layer) => call.succeed(&layer),
            Err(refusal) => call.refuse(refusal.status, &refusal.code, &refusal.message),
        };
    }
    for layer in call.given("Layers").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        if find(&call, layer).await.is_err() {
            let message = format!("Layer version {layer} does not exist.");
            return call.refuse(400, "InvalidParameterValueException", &message);
        }
    }
    call.forward().await
}

async fn find(call: &Intercepted, arn: &str) -> Result<Value, Refusal> {
    let mut parts = arn.rsplit(':');
    let (version, layer) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    call.emulator.lambda("GetLayerVersion", json!({"LayerName": layer, "VersionNumber": version})).await
}
