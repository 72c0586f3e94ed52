//! What IAM Access Analyzer says of a policy document.

use aws_sdk_accessanalyzer::{
    config::retry::RetryConfig,
    types::{
        PathElement, PolicyType, ValidatePolicyFinding as Raw, ValidatePolicyFindingType as Sort,
        ValidatePolicyResourceType as ResourceType,
    },
};
use statewright_iam::Kind;
use statewright_planner::{Gravity, PathStep, PolicyFinding, Refusal};
use statewright_spec::Secret;

use crate::{
    Connection,
    pages::{self, Page},
};

/// Pages of findings (100 each) that are read of one document.
const PAGES: usize = 3;

/// What AWS says of a document. Nothing hangs on it: a service that does not answer at once is not asked again.
pub(crate) async fn verdict(c: &Connection, kind: Kind, document: &Secret) -> Result<Vec<PolicyFinding>, Refusal> {
    const CALL: &str = "access-analyzer:ValidatePolicy";
    let (policy_type, resource) = match kind {
        Kind::Identity | Kind::Boundary => (PolicyType::IdentityPolicy, None),
        Kind::Trust => (PolicyType::ResourcePolicy, Some(ResourceType::RoleTrust)),
        Kind::Resource => (PolicyType::ResourcePolicy, None),
    };
    let (findings, _) = pages::at_most(CALL, PAGES, |token| {
        let once = aws_sdk_accessanalyzer::config::Builder::new().retry_config(RetryConfig::disabled());
        let request = c
            .analyzer
            .validate_policy()
            .policy_document(document.expose())
            .policy_type(policy_type.clone())
            .set_validate_policy_resource_type(resource.clone())
            .set_next_token(token)
            .customize()
            .config_override(once);
        async move {
            let answer = c.send(CALL, request.send()).await?;
            Ok(Page::new(answer.findings, answer.next_token))
        }
    })
    .await?;
    Ok(findings.into_iter().map(finding).collect())
}

fn finding(raw: Raw) -> PolicyFinding {
    let place = raw.locations.into_iter().next().map(|location| location.path).unwrap_or_default();
    PolicyFinding {
        gravity: match raw.finding_type {
            Sort::Error => Gravity::Error,
            Sort::SecurityWarning => Gravity::SecurityWarning,
            Sort::Suggestion => Gravity::Suggestion,
            // One that does not exist yet is taken for the middle.
            _ => Gravity::Warning,
        },
        code: raw.issue_code,
        message: raw.finding_details,
        link: raw.learn_more_link,
        // A part of a string is shown by the string.
        place: place.into_iter().map_while(step).collect(),
    }
}

fn step(element: PathElement) -> Option<PathStep> {
    match element {
        PathElement::Index(at) => usize::try_from(at).ok().map(PathStep::Index),
        PathElement::Key(key) => Some(PathStep::Key(key)),
        PathElement::Value(key) => Some(PathStep::Value(key)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_accessanalyzer::types::{Location, Position, Span, Substring};

    use super::*;

    #[test]
    fn a_finding_becomes_ours() {
        let position = || Position::builder().line(1).column(0).offset(0).build().unwrap();
        let span = Span::builder().start(position()).end(position()).build();
        let part = Substring::builder().start(3).length(4).build().unwrap();
        let location = Location::builder()
            .path(PathElement::Value("Statement".to_owned()))
            .path(PathElement::Index(0))
            .path(PathElement::Value("Action".to_owned()))
            .path(PathElement::Substring(part))
            .span(span)
            .build()
            .unwrap();
        let raw = Raw::builder()
            .finding_type(Sort::SecurityWarning)
            .issue_code("PASS_ROLE_WITH_STAR_IN_RESOURCE")
            .finding_details("It is wide.")
            .learn_more_link("https://docs.aws.amazon.com/IAM/x")
            .locations(location)
            .build()
            .unwrap();
        assert_eq!(
            finding(raw),
            PolicyFinding {
                gravity: Gravity::SecurityWarning,
                code: "PASS_ROLE_WITH_STAR_IN_RESOURCE".to_owned(),
                message: "It is wide.".to_owned(),
                link: "https://docs.aws.amazon.com/IAM/x".to_owned(),
                place: vec![
                    PathStep::Value("Statement".to_owned()),
                    PathStep::Index(0),
                    PathStep::Value("Action".to_owned())
                ],
            }
        );
    }
}
