//! A machine as a picture: of the spec, of what is there, of what a plan changes.

use std::fs;

use statewright_tests::World;

const SPEC: &str = "specs/lambda-glue.yaml";
const ARN: &str = "arn:aws:states:us-east-1:";

/// The values of an attribute, with the names of the states that have it.
fn marked(svg: &str, attribute: &str) -> Vec<String> {
    let states = svg.split("<g data-state=\"").skip(1);
    states
        .filter_map(|rest| {
            let (name, rest) = rest.split_once('"')?;
            let tag = rest.split('>').next()?;
            let value = tag.split_once(&format!("{attribute}=\""))?.1.split('"').next()?;
            Some(format!("{name} {value}"))
        })
        .collect()
}

#[test]
fn what_a_plan_changes_is_painted() {
    let world = World::ministack();
    world.copy("specs");
    let diff = || world.statewright(["graph", SPEC, "--diff", "--format", "svg"]).run().expect(0).stdout.clone();
    assert_eq!(marked(&diff(), "data-mark"), ["Extract added", "Transform added"]);

    let _ = world.statewright(["apply", SPEC, "--yes"]).run().expect(0);
    world.forget_calls();
    assert_eq!(marked(&diff(), "data-mark"), [""; 0]);

    let file = world.repository().join("specs/lambda-glue/lambda-glue.asl.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let text = text.replace("    End: true", "    Next: Rest\n  Rest:\n    Type: Wait\n    Seconds: 5\n    End: true");
    fs::write(&file, text.replace("MaxAttempts: 3", "MaxAttempts: 4")).unwrap();
    let svg = diff();
    assert_eq!(marked(&svg, "data-mark"), ["Extract changed", "Rest added"]);
    assert!(svg.contains("data-from=\"Transform\" data-to=\"Rest\" data-kind=\"next\" data-mark=\"added\""), "{svg}");
    let text = world.statewright(["graph", SPEC, "--diff"]).run();
    let text = &text.expect(0).stdout;
    assert!(text.contains("~ changed: Retry") && text.contains("+ added"), "{text}");
    assert_eq!(world.calls().mutating().count(), 0);

    // What goes stays in the picture.
    let _ = world.statewright(["apply", SPEC, "--yes"]).run().expect(0);
    let text = fs::read_to_string(&file).unwrap();
    let rest = "Next: Rest\n  Rest:\n    Type: Wait\n    Seconds: 5\n    End: true";
    fs::write(&file, text.replace(rest, "End: true")).unwrap();
    assert_eq!(marked(&diff(), "data-mark"), ["Rest removed"]);
}

#[test]
fn a_machine_that_is_there_can_be_drawn() {
    let world = World::ministack();
    world.copy("specs");
    let _ = world.statewright(["apply", SPEC, "--yes"]).run().expect(0);
    let arn = format!("{ARN}{}:stateMachine:lambda-glue", world.account());
    let live = world.statewright(["graph", &arn]).run();
    let spec = world.statewright(["graph", SPEC]).run();
    assert_eq!(live.expect(0).stdout, spec.expect(0).stdout);
    let none = world.statewright(["graph", &format!("{ARN}{}:stateMachine:no-such", world.account())]).run().expect(1);
    assert!(none.stderr.contains("there is no state machine"), "{none}");
}

#[test]
fn what_an_execution_did_is_painted() {
    let world = World::ministack();
    let spec = r"
statewright: 1
stack: painted
roles: { R: { trust: states.amazonaws.com } }
state_machines:
  painted:
    role: R
    definition:
      StartAt: Choose
      States:
        Choose: { Type: Choice, Choices: [{ Variable: $.good, IsPresent: true, Next: Good }], Default: Bad }
        Good: { Type: Succeed }
        Bad: { Type: Fail, Error: Lost }
";
    world.write("painted.yaml", spec);
    let _ = world.statewright(["apply", "painted.yaml", "--yes"]).run().expect(0);
    let _ = world.statewright(["run", "painted.yaml", "--name", "one"]).run().expect(3);
    let arn = format!("{ARN}{}:execution:painted:one", world.account());
    let svg = world.statewright(["graph", "--execution", &arn, "--format", "svg"]).run().expect(0).stdout.clone();
    assert_eq!(marked(&svg, "data-status"), ["Choose succeeded", "Good not-reached", "Bad failed"], "{svg}");
    let taken: Vec<&str> = svg.lines().filter(|l| l.contains("data-from") && l.contains(" taken\"")).collect();
    assert!(taken.len() == 1 && taken[0].contains("data-to=\"Bad\""), "{taken:?}");
    let text = world.statewright(["graph", "--execution", &arn]).run();
    assert!(text.expect(0).stdout.contains("failed"));

    for (given, said) in [
        (arn.replace(":one", ":two"), "there is no execution"),
        (arn.replace(":execution:", ":express:"), "EXPRESS"),
        ("no-arn".to_owned(), "is not the ARN of an execution"),
    ] {
        let outcome = world.statewright(["graph", "--execution", &given]).run();
        let stderr = outcome.expect(1).stderr.clone();
        assert!(stderr.contains(said), "{given}: {stderr}");
    }
}
