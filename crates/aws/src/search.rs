//! What is the owner's and not in the spec any more.
//!
//! IAM tells roles with their tags (`GetAccountAuthorizationDetails`), and policies only through the tagging API, where
//! they live in the partition's first region; the tagging API tells all the rest, and no roles. `ListRoles` and `ListPolicies` give no
//! tags on AWS, whatever an emulator says.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::types::EntityType;
use aws_sdk_resourcegroupstagging::{Client, types::TagFilter};
use futures::future::join_all;
use statewright_planner::{Observed, Reading, Refusal, Search};
use statewright_spec::{Address, Arn, Kind, Owner};
use tokio::sync::OnceCell;

use crate::{
    Connection,
    kind::Hints,
    pages::{self, Page},
    tagging::Labels,
};

/// Pages of 1,000 roles, and of 100 resources, after which a search that is not deep stops.
const ROLE_PAGES: usize = 10;
const TAGGED_PAGES: usize = 50;

/// What was found, and how well.
#[derive(Default)]
pub(crate) struct Searched {
    pub(crate) found: BTreeMap<Address, Observed>,
    pub(crate) search: Search,
}

/// One part of the search: ARNs, and what is missing, in words.
struct Part {
    hits: Vec<Arn>,
    incomplete: Option<String>,
}

impl Part {
    fn tagged(what: &str, answer: Result<Found, Refusal>) -> Self {
        Self::of(what, answer.map(|(hits, more)| (hits.into_iter().map(|(arn, _)| arn).collect(), more)))
    }

    fn of(what: &str, answer: Result<(Vec<Arn>, bool), Refusal>) -> Self {
        match answer {
            Ok((hits, false)) => Self { hits, incomplete: None },
            Ok((hits, true)) => {
                let words = format!("{what}: there are more than were searched (--deep searches all)");
                Self { hits, incomplete: Some(words) }
            }
            Err(refusal) => Self { hits: Vec::new(), incomplete: Some(format!("{what}: {refusal}")) },
        }
    }
}

/// What the tagging API told of, with its tags, and whether there is more.
type Found = (Vec<(Arn, Labels)>, bool);

/// What carries the owner's tag in this region, with its tags, as the tagging API knows it: asked once, for whoever asks
/// first.
pub(crate) struct Tagged<'a> {
    reading: &'a Reading,
    found: OnceCell<Result<Found, Refusal>>,
}

impl<'a> Tagged<'a> {
    pub(crate) fn of(reading: &'a Reading) -> Self {
        Self { reading, found: OnceCell::new() }
    }

    async fn all(&self, c: &Connection, owner: &Owner) -> &Result<Found, Refusal> {
        self.found.get_or_init(|| Box::pin(tagged(c, &c.tagging, owner, self.reading.deep))).await
    }

    /// The tags of a resource that was found with just the tags that it shall carry. What the API does not know, knows
    /// otherwise or would not say is to be read by itself: it lags behind.
    pub(crate) async fn as_wanted(&self, c: &Connection, address: &Address, arn: &Arn) -> Option<Labels> {
        let (wanted, owner) = (self.reading.tagged.get(address)?, self.reading.search.as_ref()?);
        let (found, _) = self.all(c, owner).await.as_ref().ok()?;
        let labels = found.iter().find(|(hit, _)| hit == arn).map(|(_, labels)| labels)?;
        (labels.whole() == *wanted).then(|| labels.clone())
    }
}

impl Connection {
    /// Searches where a search is wanted. A hit that is not being read anyway is confirmed by its kind's own read: only
    /// what still carries the owner's tag counts.
    pub(crate) async fn search(&self, reading: &Reading, here: &Tagged<'_>) -> Searched {
        let Some(owner) = &reading.search else { return Searched::default() };
        let home = home_of_iam(self.identity.partition.as_str());
        let elsewhere = (home != self.identity.region.as_str()).then(|| self.tagging_in(home));
        let roles = async { Part::of("roles", self.roles_of(owner, reading.deep).await) };
        let here = async { Part::tagged("resources of this region", here.all(self, owner).await.clone()) };
        let iam = async {
            match &elsewhere {
                Some(client) => Part::tagged("policies", tagged(self, client, owner, reading.deep).await),
                None => Part { hits: Vec::new(), incomplete: None },
            }
        };
        let (roles, here, iam) = futures::join!(Box::pin(roles), Box::pin(here), Box::pin(iam));
        let mut searched = Searched { search: Search { made: true, incomplete: Vec::new() }, ..Searched::default() };
        let mut hits: BTreeSet<(Address, Arn)> = BTreeSet::new();
        for (part, only_iam) in [(roles, true), (here, false), (iam, true)] {
            searched.search.incomplete.extend(part.incomplete);
            let named = part.hits.into_iter().filter(|arn| !only_iam || arn.service() == "iam");
            hits.extend(named.filter_map(|arn| Some((address_of(&arn)?, arn))));
        }
        hits.retain(|(address, arn)| {
            !reading.resources.contains_key(address) && arn.account() == self.identity.account.as_str()
        });
        self.confirm(owner, hits, &mut searched).await;
        searched
    }

    async fn confirm(&self, owner: &Owner, hits: BTreeSet<(Address, Arn)>, searched: &mut Searched) {
        let reads = hits.into_iter().map(|(address, arn)| async move {
            let observed = self.observe_one(&address, &arn, Hints::default()).await;
            (address, observed)
        });
        for (address, observed) in join_all(reads).await {
            match observed {
                Observed::Present(present) if present.owner.as_ref() == Some(owner) => {
                    searched.found.insert(address, Observed::Present(present));
                }
                // Deleted or given away since: the tagging API lags behind.
                Observed::Present(_) | Observed::Absent => {}
                Observed::Unreadable(refusal) => searched.search.incomplete.push(format!("{address}: {refusal}")),
            }
        }
    }

    async fn roles_of(&self, owner: &Owner, deep: bool) -> Result<(Vec<Arn>, bool), Refusal> {
        let limit = if deep { usize::MAX } else { ROLE_PAGES };
        pages::at_most("iam:GetAccountAuthorizationDetails", limit, |marker| async move {
            let request = self
                .iam
                .get_account_authorization_details()
                .filter(EntityType::Role)
                .max_items(1000)
                .set_marker(marker);
            let answer = self.send("iam:GetAccountAuthorizationDetails", request.send()).await?;
            let (is_truncated, marker) = (answer.is_truncated(), answer.marker().map(str::to_owned));
            let ours =
                answer.role_detail_list.unwrap_or_default().into_iter().filter(|role| {
                    role.tags().iter().any(|tag| tag.key() == Owner::TAG && tag.value() == owner.as_str())
                });
            let arns = ours.filter_map(|role| Arn::parse(role.arn()?));
            Ok(Page::marked(arns.collect(), is_truncated, marker))
        })
        .await
    }
}

async fn tagged(c: &Connection, client: &Client, owner: &Owner, deep: bool) -> Result<Found, Refusal> {
    let limit = if deep { usize::MAX } else { TAGGED_PAGES };
    pages::at_most("tag:GetResources", limit, |token| async move {
        let filter = TagFilter::builder().key(Owner::TAG).values(owner.as_str()).build();
        let request = client.get_resources().tag_filters(filter).resources_per_page(100).set_pagination_token(token);
        let answer = c.send("tag:GetResources", request.send()).await?;
        let mappings = answer.resource_tag_mapping_list.unwrap_or_default();
        let hits = mappings.into_iter().filter_map(|mapping| {
            let tags = mapping.tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value));
            Some((Arn::parse(&mapping.resource_arn?)?, Labels::of(tags)))
        });
        Ok(Page::new(hits.collect(), answer.pagination_token))
    })
    .await
}

/// The region where the tagging API knows a partition's IAM resources.
fn home_of_iam(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        _ => "us-east-1",
    }
}

/// The address of a resource of one of our kinds.
pub(crate) fn address_of(arn: &Arn) -> Option<Address> {
    let resource = arn.resource();
    let named = |kind, name: &str| (!name.is_empty()).then(|| Address::new(kind, name));
    match arn.service() {
        "iam" if resource.starts_with("role/") => named(Kind::Role, arn.name()),
        "iam" if resource.starts_with("policy/") => named(Kind::Policy, arn.name()),
        "states" => {
            named(Kind::StateMachine, resource.strip_prefix("stateMachine:").filter(|name| !name.contains(':'))?)
        }
        "lambda" => named(Kind::Function, resource.strip_prefix("function:").filter(|name| !name.contains(':'))?),
        "glue" => named(Kind::Job, resource.strip_prefix("job/")?),
        "logs" => {
            let name = resource.strip_prefix("log-group:")?;
            named(Kind::LogGroup, name.strip_suffix(":*").unwrap_or(name)).filter(|address| !address.name.contains(':'))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_have_addresses() {
        let check = |text: &str, expect: Option<&str>| {
            let address = address_of(&Arn::parse(text).unwrap()).map(|address| address.to_string());
            assert_eq!(address.as_deref(), expect, "{text}");
        };
        check("arn:aws:iam::123456789012:role/team/R", Some("role.R"));
        check("arn:aws:iam::123456789012:policy/P", Some("policy.P"));
        check("arn:aws:iam::123456789012:instance-profile/I", None);
        check("arn:aws:states:us-east-1:123456789012:stateMachine:m", Some("state_machine.m"));
        check("arn:aws:states:us-east-1:123456789012:stateMachine:m:3", None);
        check("arn:aws:states:us-east-1:123456789012:activity:a", None);
        check("arn:aws:lambda:us-east-1:123456789012:function:f", Some("function.f"));
        check("arn:aws:glue:us-east-1:123456789012:job/nightly/etl", Some("job.nightly/etl"));
        check("arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/f:*", Some("log_group./aws/lambda/f"));
        check("arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/f", Some("log_group./aws/lambda/f"));
        check("arn:aws:s3:::bucket", None);
    }

    #[test]
    fn policies_are_found_in_one_region_of_each_partition() {
        assert_eq!(["aws", "aws-cn", "aws-us-gov"].map(home_of_iam), ["us-east-1", "cn-north-1", "us-gov-west-1"]);
    }

    /// Else what left the spec is never found.
    #[test]
    fn the_arn_of_every_kind_leads_back_to_it() {
        for kind in Kind::ALL {
            let address = Address::new(kind, "name");
            assert_eq!(address_of(&Connection::offline().identity.arn(&address, "/")), Some(address));
        }
    }
}
