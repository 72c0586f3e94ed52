//! Published versions of a machine, and the aliases that point to them. They are shown, and a plan says what they lose; they are not
//! managed.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::SystemTime,
};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use statewright_planner::{Published, Refusal};
use statewright_spec::Arn;

use super::{arn, time};
use crate::{
    Connection, document,
    kind::unless_missing,
    pages::{self, Page},
    refusal,
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

/// How many aliases are looked into for a page: `DescribeStateMachineAlias` gives one a call.
const SHOWN: usize = 10;
/// Aliases that a machine may have, by AWS's quota.
const ALIASES: usize = 100;
/// Calls at the same time.
const AT_ONCE: usize = 8;

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
        let routes = self.routes(machine, SHOWN).await?;
        let leads_to = |version: &str| {
            let leading = routes.iter().filter(|route| route.version.as_str() == version);
            leading.map(|route| route.alias.clone()).collect()
        };
        Ok(versions
            .iter()
            .map(|version| Version {
                number: number(&version.state_machine_version_arn).to_owned(),
                created_at: time(&version.creation_date),
                aliases: leads_to(&version.state_machine_version_arn),
            })
            .collect())
    }

    /// The versions that aliases lead to, by number.
    pub(crate) async fn published(&self, machine: &Arn) -> Result<Vec<Published>, Refusal> {
        let mut aliases: BTreeMap<Arn, BTreeSet<String>> = BTreeMap::new();
        for route in unless_missing(self.routes(machine, ALIASES).await)?.unwrap_or_default() {
            aliases.entry(route.version).or_default().insert(route.alias);
        }
        let mut published: Vec<Published> = stream::iter(aliases)
            .map(|(version, aliases)| async move { self.version(&version, aliases).await })
            .buffer_unordered(AT_ONCE)
            .try_filter_map(|version| async { Ok(version) })
            .try_collect()
            .await?;
        published.sort_by_key(|version| version.number);
        Ok(published)
    }

    async fn version(&self, version: &Arn, aliases: BTreeSet<String>) -> Result<Option<Published>, Refusal> {
        const CALL: &str = "states:DescribeStateMachine";
        let request = self.sfn.describe_state_machine().state_machine_arn(version.as_str());
        let Some(answer) = unless_missing(self.send(CALL, request.send()).await)? else { return Ok(None) };
        let number = number(version.as_str());
        let number = number.parse().map_err(|_| refusal::malformed(CALL, format!("{version} has no number")))?;
        let definition = document::parsed(CALL, "the definition", &answer.definition)?;
        Ok(Some(Published { number, aliases, role: arn(CALL, &answer.role_arn)?, definition }))
    }

    /// Where the first so many aliases of a machine lead.
    async fn routes(&self, machine: &Arn, most: usize) -> Result<Vec<Route>, Refusal> {
        const CALL: &str = "states:DescribeStateMachineAlias";
        let list = pages::all("states:ListStateMachineAliases", |token| async move {
            let request =
                self.sfn.list_state_machine_aliases().state_machine_arn(machine.as_str()).set_next_token(token);
            let answer = self.send("states:ListStateMachineAliases", request.send()).await?;
            Ok(Page::new(answer.state_machine_aliases, answer.next_token))
        });
        let routes: Vec<Vec<Route>> = stream::iter(list.await?.into_iter().take(most))
            .map(|alias| async move {
                let request =
                    self.sfn.describe_state_machine_alias().state_machine_alias_arn(&alias.state_machine_alias_arn);
                // One that went meanwhile leads nowhere.
                let Some(answer) = unless_missing(self.send(CALL, request.send()).await)? else {
                    return Ok(Vec::new());
                };
                let Some(name) = answer.name else { return Ok(Vec::new()) };
                let routes = answer.routing_configuration.into_iter().flatten();
                routes
                    .map(|route| {
                        Ok(Route { alias: name.clone(), version: arn(CALL, &route.state_machine_version_arn)? })
                    })
                    .collect()
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        Ok(routes.into_iter().flatten().collect())
    }
}

/// An alias leads to a version.
struct Route {
    alias: String,
    version: Arn,
}

/// The last part of a version's ARN.
fn number(version: &str) -> &str {
    version.rsplit(':').next().unwrap_or_default()
}
