//! Published versions of a machine, and the aliases that point to them. They are shown, not kept.

use std::time::SystemTime;

use futures::future;
use statewright_planner::Refusal;
use statewright_spec::Arn;

use super::time;
use crate::{
    Connection,
    pages::{self, Page},
};

/// A published version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number.
    pub number: String,
    /// When it was published.
    pub created_at: SystemTime,
    /// The aliases that send executions to it.
    pub aliases: Vec<String>,
}

/// How many aliases are looked into: `DescribeStateMachineAlias` gives one a call.
const ALIASES: usize = 10;

impl Connection {
    /// The newest versions of a machine, the newest first: one page of them.
    pub async fn versions(&self, machine: &Arn) -> Result<Vec<Version>, Refusal> {
        let versions = pages::at_most("states:ListStateMachineVersions", 1, |token| async move {
            let request = self
                .sfn
                .list_state_machine_versions()
                .state_machine_arn(machine.as_str())
                .max_results(100)
                .set_next_token(token);
            let answer = self.send("states:ListStateMachineVersions", request.send()).await?;
            Ok(Page::new(answer.state_machine_versions, answer.next_token))
        });
        let (versions, _) = versions.await?;
        if versions.is_empty() {
            return Ok(Vec::new());
        }
        let request = self.sfn.list_state_machine_aliases().state_machine_arn(machine.as_str());
        let aliases = self.send("states:ListStateMachineAliases", request.send()).await?.state_machine_aliases;
        let routes = aliases.iter().take(ALIASES).map(|alias| async move {
            let request =
                self.sfn.describe_state_machine_alias().state_machine_alias_arn(&alias.state_machine_alias_arn);
            self.send("states:DescribeStateMachineAlias", request.send()).await
        });
        let routes = future::try_join_all(routes).await?;
        let leads_to = |version: &str| {
            let leading = routes.iter().filter(|alias| {
                alias.routing_configuration.iter().flatten().any(|route| route.state_machine_version_arn == version)
            });
            leading.filter_map(|alias| alias.name.clone()).collect()
        };
        Ok(versions
            .iter()
            .map(|version| Version {
                number: version.state_machine_version_arn.rsplit(':').next().unwrap_or_default().to_owned(),
                created_at: time(&version.creation_date),
                aliases: leads_to(&version.state_machine_version_arn),
            })
            .collect())
    }
}
