//! Whether a service may assume a role.

use serde_json::Value;
use statewright_iam::{Assumable, evaluate::Context};
use statewright_spec::Identity;

/// Whether the trust lets a service (`states.amazonaws.com`) assume the role. A service has another name in some partitions;
/// which of the two AWS asks for there is not known, so either will do.
pub(crate) fn service_can_assume(trust: &Value, service: &str, identity: &Identity) -> Assumable {
    // What the request carries beside is known of Step Functions alone.
    let context = match service {
        "states.amazonaws.com" if identity.account.is_known() => {
            Context::unknown().with("aws:SourceAccount", [identity.account.as_str()])
        }
        _ => Context::unknown(),
    };
    let region = identity.region.is_known().then(|| identity.region.as_str());
    let answer = statewright_iam::service_can_assume(trust, service, region, &context);
    if answer != Assumable::No || identity.partition.as_str() == "aws" {
        return answer;
    }
    let (name, domain) = service.split_once('.').unwrap_or((service, ""));
    match statewright_iam::service_can_assume(trust, &format!("{name}.{domain}.cn"), region, &context) {
        // Offline the partition is not known, and the usual name is the right one nearly everywhere.
        Assumable::Yes => Assumable::Yes,
        _ => answer,
    }
}
