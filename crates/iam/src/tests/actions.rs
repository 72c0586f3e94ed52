//! The action reference.

use crate::actions::{Level, catalogue};

#[test]
fn all_of_the_reference_is_there() {
    let services: Vec<_> = catalogue().prefixes().filter_map(|p| catalogue().service(p)).collect();
    assert_eq!(services.len(), 457);
    assert_eq!(services.iter().map(|s| s.actions.len()).sum::<usize>(), 22_321);
    assert!(include_bytes!("../../data/actions.txt.gz").len() < 400_000);
}

#[test]
fn questions() {
    let all = catalogue();
    let start = all.action("GLUE:startjobrun").unwrap();
    assert_eq!((start.full_name().as_str(), start.level()), ("glue:StartJobRun", Level::Write));
    assert_eq!(start.resource_types().collect::<Vec<_>>(), [("job", true)]);
    let glue = all.service("glue").unwrap();
    assert!(start.fits(glue, "arn:aws:glue:eu-west-1:123456789012:job/daily"));
    assert!(start.fits(glue, "arn:aws:glue:*:*:job/${aws:username}"));
    assert!(!start.fits(glue, "arn:aws:glue:eu-west-1:123456789012:crawler/daily"));
    assert_eq!(all.action("iam:PassRole").unwrap().level(), Level::Write);
    assert_eq!(all.action("states:TagResource").unwrap().level(), Level::Tagging);
    assert_eq!(all.action("iam:PutRolePolicy").unwrap().level(), Level::Permissions);
    assert_eq!(
        all.expand("lambda:invokef*").iter().map(|a| a.name).collect::<Vec<_>>(),
        ["InvokeFunction", "InvokeFunctionUrl"]
    );
    assert_eq!(all.expand("*").len(), 22_321);
    assert!(all.expand("nope:*").is_empty());
    assert_eq!(all.nearest_service("gleu"), Some("glue"));
    assert_eq!(glue.nearest_action("StartJobrun"), Some("StartJobRun"));
    assert_eq!(all.condition_key("AWS:requesttag/team"), Some("String"));
    assert_eq!(all.condition_key("s3:prefix"), Some("String"));
    assert_eq!(all.condition_key("s3:prefixx"), None);
}
