//! Each kind of weather against the emulator that it changes: what a client sees, and what has become of the account.

mod answers;
mod life;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{
    Break, Breakage, Clock, Credentials, Delay, Deleting, Documents, Functions, Pages, Permissions, Propagation, Stale,
    Throttle, Weather,
};
use crate::emulator::Emulator;
use crate::proxy::{Act, ByHand, Fault, Nth, Service, When, Which};
use crate::runtime::block_on;
use crate::wire::Aws;
use crate::world::World;

/// A second of AWS's lasts a fiftieth here.
fn clock() -> Clock {
    Clock::new(0.02)
}

/// An account in this weather, and a client that is not spared it.
fn world(weather: &Weather) -> (World, Aws) {
    let world = World::with(Emulator::Ministack, |setup| setup.weather = weather.layers());
    let client = Aws::new(&world.endpoint(), world.account(), world.region());
    (world, client)
}

fn code(outcome: Result<Value, crate::Refusal>) -> String {
    outcome.map_or_else(|refusal| refusal.code, |_| "done".to_owned())
}

#[test]
fn a_scenario_says_all_that_a_weather_is() {
    let text = r#"
        seed = 7
        scale = 0.02
        [[delay]]
        calls = { operation = "iam:*" }
        seconds = [0.1, 2.0]
        [[break]]
        calls = "mutating"
        rate = 0.05
        how = ["lost", "500", "503", "page", "internal_after", "truncated", "reset", "hang"]
        hang_seconds = 5.0
        [throttle]
        rate = 0.3
        [stale]
        seconds = 10.0
        rate = 0.5
        [propagation]
        seconds = 30.0
        [credentials]
        calls = 40
        [permissions.policy]
        Version = "2012-10-17"
        Statement = { Effect = "Allow", Action = "*", Resource = "*" }
        [pages]
        items = 1
        empty_first = true
        [documents]
        defaults = false
        [deleting]
        seconds = 20.0
        [functions]
        pending_seconds = 5.0
        in_progress_seconds = 2.0
        [[fault]]
        which = { operation = "iam:CreateRole" }
        nth = { only = 2 }
        act = { by_hand = { when = "before", service = "iam", operation = "GetRole", parameters = { RoleName = "r" } } }
    "#;
    let weather: Weather = toml::from_str(text).unwrap();
    let by_hand = ByHand {
        when: When::Before,
        service: Service::Iam,
        operation: "GetRole".into(),
        parameters: json!({"RoleName": "r"}),
    };
    let expect = Weather {
        seed: 7,
        clock: clock(),
        delay: vec![Delay { calls: Which::Operation("iam:*".into()), seconds: [0.1, 2.0] }],
        breakage: vec![Breakage {
            calls: Which::Mutating,
            rate: 0.05,
            how: vec![
                Break::Lost,
                Break::Internal,
                Break::Unavailable,
                Break::Page,
                Break::InternalAfter,
                Break::Truncated,
                Break::Reset,
                Break::Hang,
            ],
            hang_seconds: 5.0,
        }],
        throttle: Some(Throttle { buckets: true, rate: 0.3, calls: Which::Any }),
        stale: Some(Stale { seconds: 10.0, rate: 0.5, calls: Which::Any }),
        propagation: Some(Propagation { seconds: 30.0, iam_seconds: 0.0 }),
        credentials: Some(Credentials { calls: 40 }),
        permissions: Some(Permissions {
            policy: json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}),
        }),
        pages: Some(Pages { items: 1, empty_first: true }),
        documents: Some(Documents { reorder: true, defaults: false }),
        deleting: Some(Deleting { seconds: 20.0 }),
        functions: Some(Functions { pending_seconds: 5.0, in_progress_seconds: 2.0 }),
        faults: weather.faults.clone(),
    };
    assert_eq!(weather, expect);
    let fault = weather.faults().next().unwrap();
    assert_eq!(format!("{fault:?}"), format!("{:?}", Fault::by_hand("iam:CreateRole", Nth::Only(2), by_hand)));
    assert!(toml::from_str::<Weather>("rain = true").is_err());
}

#[test]
fn every_scenario_can_be_read() {
    for entry in std::fs::read_dir(crate::emulator::repository().join("tests/scenarios")).unwrap().flatten() {
        Weather::read(&entry.path()).unwrap();
    }
}

#[test]
fn the_same_seed_brings_the_same_whatever_is_asked_beside() {
    let outcomes = |seed: u64, reversed: bool| {
        let weather =
            Weather { seed, throttle: Some(Throttle { rate: 0.5, ..Throttle::default() }), ..Weather::default() };
        let (_world, client) = world(&weather);
        let mut roles: Vec<usize> = (0..20).collect();
        if reversed {
            roles.reverse();
        }
        let mut all: Vec<(usize, String)> = roles
            .into_iter()
            .map(|n| (n, code(client.try_do(&Service::Iam, "GetRole", json!({"RoleName": format!("r{n}")})))))
            .collect();
        all.sort();
        all
    };
    let first = outcomes(1, false);
    assert_eq!(first, outcomes(1, true));
    assert_ne!(first, outcomes(2, false));
    let throttled = first.iter().filter(|(_, code)| code == "Throttling").count();
    assert!((4..=16).contains(&throttled), "{first:?}");
}

#[test]
fn each_service_throttles_in_its_own_words() {
    let weather = Weather { throttle: Some(Throttle { rate: 1.0, ..Throttle::default() }), ..Weather::default() };
    let (world, client) = world(&weather);
    for (service, operation, parameters, status, expect) in [
        (Service::Iam, "ListRoles", json!({}), 400, "Throttling"),
        (Service::Sts, "GetCallerIdentity", json!({}), 400, "Throttling"),
        (Service::States, "ListStateMachines", json!({}), 400, "ThrottlingException"),
        (Service::Lambda, "ListFunctions", json!({}), 429, "TooManyRequestsException"),
        (Service::Glue, "GetJobs", json!({}), 400, "ThrottlingException"),
        (Service::Logs, "DescribeLogGroups", json!({}), 400, "ThrottlingException"),
        (Service::Tagging, "GetResources", json!({}), 400, "ThrottledException"),
        (Service::S3, "ListObjectsV2", json!({"Bucket": "b"}), 503, "SlowDown"),
    ] {
        let refusal = client.try_do(&service, operation, parameters.clone()).unwrap_err();
        assert_eq!((refusal.status, refusal.code.as_str()), (status, expect), "{service}");
        let spared = code(world.aws().try_do(&service, operation, parameters));
        assert_ne!(spared, expect, "what is done by hand is spared");
    }
}

#[test]
fn a_bucket_empties_and_refills_at_aws_own_rate() {
    // An hour of AWS's lasts two seconds and less.
    let codes = |clock: Clock| -> Vec<String> {
        let (_world, client) = world(&Weather { clock, throttle: Some(Throttle::default()), ..Weather::default() });
        let machine = json!({"resourceArn": "arn:aws:states:us-east-1:1:stateMachine:m"});
        (0..130).map(|_| code(client.try_do(&Service::States, "ListTagsForResource", machine.clone()))).collect()
    };
    // A hundred at once, and one more each second.
    let codes_now = codes(Clock::default());
    assert!(codes_now[..100].iter().all(|code| code != "ThrottlingException"), "{codes_now:?}");
    assert!(codes_now[100..].iter().any(|code| code == "ThrottlingException"), "{codes_now:?}");
    assert!(codes(Clock::new(0.0005)).iter().all(|code| code != "ThrottlingException"), "it refills");
}

#[test]
fn a_call_breaks_before_or_after_it_is_done() {
    for (how, is_done, expect) in [
        (Break::Internal, false, "ServiceFailure"),
        (Break::Unavailable, false, "ServiceUnavailable"),
        (Break::Page, false, "Unreadable"),
        (Break::InternalAfter, true, "ServiceFailure"),
        (Break::Lost, true, "Transport"),
        (Break::Truncated, true, "Transport"),
        (Break::Reset, false, "Transport"),
        (Break::Hang, false, "Transport"),
    ] {
        let breakage = Breakage { calls: Which::Mutating, rate: 1.0, how: vec![how], hang_seconds: 5.0 };
        let (world, client) = world(&Weather { clock: clock(), breakage: vec![breakage], ..Weather::default() });
        let began = Instant::now();
        let refusal = block_on(client.make_role("r", "states.amazonaws.com")).unwrap_err();
        assert_eq!(refusal.code, expect, "{how:?}: {refusal}");
        assert!(how != Break::Hang || began.elapsed() >= Duration::from_millis(100));
        let found = world.aws().try_do(&Service::Iam, "GetRole", json!({"RoleName": "r"})).is_ok();
        assert_eq!(found, is_done, "{how:?}");
        if how == Break::Reset {
            assert!(refusal.message.contains("reset"), "{refusal}");
        }
    }
}

#[test]
fn a_single_call_breaks_where_a_fault_says_so() {
    let (world, client) = world(&Weather::default());
    world.faults().add(Fault::new(Which::Operation("iam:Create*".into()), Nth::Only(1), Act::Break(Break::Lost)));
    assert_eq!(block_on(client.make_role("r", "states.amazonaws.com")).unwrap_err().code, "Transport");
    assert_eq!(block_on(client.make_role("r", "states.amazonaws.com")).unwrap_err().code, "EntityAlreadyExists");
}

#[test]
fn something_changes_behind_the_clients_back() {
    for (when, expect) in [(When::Before, "NoSuchEntity"), (When::After, "done")] {
        let (world, client) = world(&Weather::default());
        block_on(client.make_role("r", "states.amazonaws.com")).unwrap();
        let by_hand = ByHand {
            when,
            service: Service::Iam,
            operation: "DeleteRole".into(),
            parameters: json!({"RoleName": "r"}),
        };
        world.faults().add(Fault::by_hand("iam:GetRole", Nth::Only(2), by_hand));
        let get = || code(client.try_do(&Service::Iam, "GetRole", json!({"RoleName": "r"})));
        assert_eq!([get(), get(), get()], ["done", expect, "NoSuchEntity"]);
    }
}

#[test]
fn a_delay_holds_a_call_back() {
    let delay = Delay { calls: Which::Reading, seconds: [10.0, 10.0] };
    let (_world, client) = world(&Weather { clock: clock(), delay: vec![delay], ..Weather::default() });
    let began = Instant::now();
    let _ = client.try_do(&Service::Iam, "ListRoles", json!({}));
    assert!(began.elapsed() >= Duration::from_millis(200));
}

fn stale(rate: f64) -> Weather {
    Weather { clock: clock(), stale: Some(Stale { seconds: 30.0, calls: Which::Any, rate }), ..Weather::default() }
}

#[test]
fn a_read_is_stale_for_a_while_after_a_write() {
    let (world, client) = world(&stale(1.0));
    let get = |aws: &Aws| code(aws.try_do(&Service::Iam, "GetRole", json!({"RoleName": "r"})));
    let listed = |aws: &Aws| aws.r#do(&Service::Iam, "ListRoles", json!({}))["Roles"].as_array().map_or(0, Vec::len);
    assert_eq!(listed(&client), 0);
    block_on(client.make_role("r", "states.amazonaws.com")).unwrap();
    // Nobody had read the role; still it is not there yet. A list lacks it.
    assert_eq!((get(&client), listed(&client)), ("NoSuchEntity".to_owned(), 0));
    // The account itself has it.
    assert_eq!((get(&world.aws()), listed(&world.aws())), ("done".to_owned(), 1));
    std::thread::sleep(Duration::from_millis(650));
    assert_eq!((get(&client), listed(&client)), ("done".to_owned(), 1));
    // A change is not seen at once, nor is a deletion.
    let describe =
        |aws: &Aws| aws.r#do(&Service::Iam, "GetRole", json!({"RoleName": "r"}))["Role"]["Description"].clone();
    client.r#do(&Service::Iam, "UpdateRole", json!({"RoleName": "r", "Description": "new"}));
    assert_ne!(describe(&client), "new");
    assert_eq!(describe(&world.aws()), "new");
    std::thread::sleep(Duration::from_millis(650));
    assert_eq!(describe(&client), "new");
    client.r#do(&Service::Iam, "DeleteRole", json!({"RoleName": "r"}));
    assert_eq!((get(&client), get(&world.aws())), ("done".to_owned(), "NoSuchEntity".to_owned()));
}

#[test]
fn what_another_person_wrote_is_stale_too() {
    let (world, client) = world(&stale(1.0));
    block_on(world.aws().make_role("r", "states.amazonaws.com")).unwrap();
    assert_eq!(code(client.try_do(&Service::Iam, "GetRole", json!({"RoleName": "r"}))), "NoSuchEntity");
}

#[test]
fn a_read_may_show_new_and_old_in_turn() {
    let (_world, client) = world(&Weather {
        clock: Clock::new(1.0),
        stale: Some(Stale { seconds: 60.0, calls: Which::Any, rate: 0.5 }),
        ..Weather::default()
    });
    block_on(client.make_role("r", "states.amazonaws.com")).unwrap();
    let codes: Vec<String> =
        (0..20).map(|_| code(client.try_do(&Service::Iam, "GetRole", json!({"RoleName": "r"})))).collect();
    assert!(codes.iter().any(|code| code == "done") && codes.iter().any(|code| code == "NoSuchEntity"), "{codes:?}");
    // What never changed is never stale.
    assert!((0..20).all(|_| code(client.try_do(&Service::States, "ListStateMachines", json!({}))) == "done"));
}

#[test]
fn a_role_is_not_seen_while_it_is_young() {
    let propagation = Propagation { seconds: 30.0, iam_seconds: 10.0 };
    let (world, client) = world(&Weather { clock: clock(), propagation: Some(propagation), ..Weather::default() });
    let role = block_on(client.make_role("machine", "states.amazonaws.com")).unwrap();
    let job_role = block_on(client.make_role("job", "glue.amazonaws.com")).unwrap();
    let function_role = block_on(client.make_role("function", "lambda.amazonaws.com")).unwrap();
    let definition = json!({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}).to_string();
    let machine = json!({"name": "m", "roleArn": role, "definition": definition});
    let job = json!({"Name": "j", "Role": job_role, "Command": {"Name": "glueetl", "ScriptLocation": "s3://b/k"}});
    let function = json!({"FunctionName": "f", "Role": function_role, "Runtime": "python3.12", "Handler": "a.b", "Code": {"ZipFile": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}});
    let attempts = || {
        [
            code(client.try_do(&Service::States, "CreateStateMachine", machine.clone())),
            code(client.try_do(&Service::Glue, "CreateJob", job.clone())),
            code(client.try_do(&Service::Lambda, "CreateFunction", function.clone())),
        ]
    };
    assert_eq!(attempts(), ["AccessDeniedException", "InvalidInputException", "InvalidParameterValueException"]);
    let tag = json!({"RoleName": "machine", "Tags": [{"Key": "a", "Value": "b"}]});
    assert_eq!(code(client.try_do(&Service::Iam, "TagRole", tag.clone())), "NoSuchEntity");
    std::thread::sleep(Duration::from_millis(650));
    assert_eq!(code(client.try_do(&Service::Iam, "TagRole", tag)), "done");
    assert_eq!(attempts(), ["done"; 3]);
    // A trust that changes is not seen at once either.
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let update = json!({"RoleName": "machine", "PolicyDocument": trust.to_string()});
    client.r#do(&Service::Iam, "UpdateAssumeRolePolicy", update);
    let arn = format!("arn:aws:states:us-east-1:{}:stateMachine:m", world.account());
    let update = json!({"stateMachineArn": arn, "roleArn": role});
    assert_eq!(code(client.try_do(&Service::States, "UpdateStateMachine", update)), "AccessDeniedException");
}
