//! Definitions: what is wrong with them, in every format, and what AWS says of them.

use std::fs;

use serde_json::{Value, json};
use statewright_tests::{
    World,
    proxy::{Act, Fault, Nth, Which},
};

/// A definition with ten different faults.
const TEN: &str = r#"Comment: ten faults
StartAt: Choose
TimeoutSecond: 60
States:
  Choose:
    Type: Choice
    Choices:
      - Variable: kind
        StringEquals: a
        Next: Work
    Default: Work
  Work:
    Type: Task
    Resource: arn:aws:states:::lambda:invoke
    Parameters:
      FunctionName: f
      Payload.$: States.Format('{}', $.a
    TimeoutSeconds: 0
    Retry:
      - ErrorEquals: [States.ALL]
      - ErrorEquals: [States.Timeout]
    Next: Pause
    End: true
  Pause:
    Type: Wait
    Seconds: 5
    Timestamp: "2026-01-01T00:00:00Z"
    Next: Shape
  Shape:
    Type: Pass
    QueryLanguage: JSONata
    Output: "{% $sum( %}"
    Next: Each
  Each:
    Type: Map
    ItemProcessor:
      StartAt: Inner
      States:
        Inner: { Type: Pass, Next: Stop }
        Last: { Type: Succeed }
    Next: Stop
  Stop:
    Type: Fial
"#;

/// Their codes and places: the line, the column, the text that is pointed at.
const FAULTS: [(&str, u64, u64, &str); 10] = [
    ("ASL003", 3, 1, "TimeoutSecond"),
    ("ASL070", 8, 19, "kind"),
    ("ASL073", 17, 31, "('{}', $.a"),
    ("ASL006", 18, 21, "0"),
    ("ASL110", 20, 23, "States.ALL"),
    ("ASL023", 23, 5, "End"),
    ("ASL008", 27, 5, "Timestamp"),
    ("ASL050", 32, 21, ""),
    ("ASL025", 39, 36, "Stop"),
    ("ASL005", 43, 11, "Fial"),
];

const SPEC: &str = "statewright: 1\nstack: s\nroles: { r: { trust: states.amazonaws.com } }\nstate_machines:\n  m: { role: r, \
                    definition: { file: ten.asl.yaml } }\n";

/// Whether every fault is among `(code, line, column)`.
#[track_caller]
fn all_ten(what: &str, found: &[(String, u64, u64)]) {
    for (code, line, column, text) in FAULTS {
        assert!(
            found.iter().any(|f| (f.0.as_str(), f.1, f.2) == (code, line, column)),
            "{what}: no {code} at {line}:{column} ({text}) in {found:?}"
        );
        let shown = TEN.lines().nth(usize::try_from(line).unwrap() - 1).unwrap();
        assert!(shown[usize::try_from(column).unwrap() - 1..].starts_with(text), "{code}: {shown}");
    }
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value}"))
}

#[test]
fn ten_faults_are_told_at_their_places_in_every_format() {
    let world = World::ministack();
    world.write("ten.asl.yaml", TEN);
    world.write("spec.yaml", SPEC);
    for path in ["ten.asl.yaml", "spec.yaml"] {
        let run = |format: &str| world.statewright(["validate", path, "--format", format]).run().expect(1);

        let found = run("json").json();
        let findings = found["findings"].as_array().unwrap();
        let places = findings.iter().filter(|f| f["file"] == "ten.asl.yaml").map(|f| {
            assert!(f["end_line"].is_u64() && f["end_column"].is_u64(), "{f}");
            assert!(f["severity"] != "error" || (f["aws_code"].is_string() && f["aws_location"].is_string()), "{f}");
            (f["code"].as_str().unwrap().to_owned(), number(&f["line"]), number(&f["column"]))
        });
        all_ten("json", &places.collect::<Vec<_>>());
        let mend = findings.iter().find(|f| f["code"] == "ASL005").unwrap();
        assert_eq!((&mend["fix"]["replacement"], &mend["aws_location"]), (&json!("Fail"), &json!("/States/Stop/Type")));

        let text = run("text").stdout;
        let mut code = String::new();
        let mut places = Vec::new();
        for line in text.lines() {
            if let Some((_, rest)) = line.split_once('[').filter(|_| line.contains("]: ")) {
                code = rest.split(']').next().unwrap().to_owned();
            } else if let Some((_, place)) = line.split_once("--> ten.asl.yaml:") {
                let (line, column) = place.split_once(':').unwrap();
                places.push((code.clone(), line.parse().unwrap(), column.parse().unwrap()));
            }
        }
        all_ten("text", &places);

        let github = run("github").stdout;
        let places = github.lines().filter(|line| line.contains("file=ten.asl.yaml")).map(|line| {
            let value = |key: &str| {
                let (_, rest) = line.split_once(key).unwrap_or_else(|| panic!("{key} in {line}"));
                rest.split([',', ':']).next().unwrap().to_owned()
            };
            let code = FAULTS.iter().map(|f| f.0).find(|code| line.contains(code)).unwrap_or("other");
            (code.to_owned(), value(",line=").parse().unwrap(), value(",col=").parse().unwrap())
        });
        all_ten("github", &places.collect::<Vec<_>>());

        sarif(&run("sarif").json());
    }
}

/// The shape that readers of SARIF need, and the places.
#[track_caller]
fn sarif(log: &Value) {
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(
        (&run["tool"]["driver"]["name"], &run["columnKind"]),
        (&json!("statewright"), &json!("unicodeCodePoints"))
    );
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        let id = rule["id"].as_str().unwrap();
        assert!(rule["shortDescription"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{rule}");
        assert!(
            !id.starts_with("ASL") || rule["help"]["markdown"].as_str().is_some_and(|page| page.contains(id)),
            "{rule}"
        );
    }
    let places = run["results"].as_array().unwrap().iter().map(|result| {
        let id = result["ruleId"].as_str().unwrap();
        let index = usize::try_from(number(&result["ruleIndex"])).unwrap();
        assert_eq!(rules[index]["id"], id);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(result["message"]["text"].is_string());
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"], json!({"uri": "ten.asl.yaml", "uriBaseId": "%SRCROOT%"}));
        (id.to_owned(), number(&place["region"]["startLine"]), number(&place["region"]["startColumn"]))
    });
    all_ten("sarif", &places.collect::<Vec<_>>());
}

#[test]
fn a_fix_mends_what_is_certain_and_nothing_else() {
    let world = World::ministack();
    world.write("ten.asl.yaml", TEN);
    let fixed = world.statewright(["validate", "ten.asl.yaml", "--fix", "--format", "json"]).run().expect(1);
    let text = fs::read_to_string(world.repository().join("ten.asl.yaml")).unwrap();
    let changed: Vec<_> = TEN.lines().zip(text.lines()).filter(|(a, b)| a != b).collect();
    assert!(changed.contains(&("TimeoutSecond: 60", "TimeoutSeconds: 60")), "{changed:?}");
    assert!(changed.contains(&("    Type: Fial", "    Type: Fail")), "{changed:?}");
    assert!(fixed.stderr.contains("fixed ten.asl.yaml:3:1 ASL003: TimeoutSecond → TimeoutSeconds"), "{fixed}");
    assert_eq!(fixed.stderr.lines().filter(|line| line.starts_with("fixed ")).count(), changed.len(), "{fixed}");
    let left = fixed.json();
    assert!(left["findings"].as_array().unwrap().iter().all(|f| f["code"] != "ASL005" && f["fix"].is_null()), "{left}");
    // Again there is nothing to do, and nothing is written.
    let again = world.statewright(["validate", "ten.asl.yaml", "--fix"]).run().expect(1);
    assert!(again.stderr.contains("nothing to fix"), "{again}");
    assert_eq!(fs::read_to_string(world.repository().join("ten.asl.yaml")).unwrap(), text);
}

#[test]
fn a_definition_that_aws_refuses_blocks_and_one_that_fails_later_does_not() {
    let world = World::ministack();
    world.write("ten.asl.yaml", TEN);
    world.write("spec.yaml", SPEC);
    world.forget_calls();
    let _ = world.statewright(["plan", "spec.yaml"]).run().expect(1);
    let _ = world.statewright(["apply", "spec.yaml", "--yes"]).run().expect(1);
    assert_eq!(world.calls().names(), [""; 0], "what is wrong offline is said before anything is asked");

    let later = "StartAt: A\nStates:\n  A:\n    Type: Pass\n    Result: { a: 1 }\n    Next: B\n  B:\n    Type: Choice\n    Choices:\n      - \
                 Variable: $.a\n        NumericEquals: 1\n        Next: C\n  C: { Type: Succeed }\n";
    world.write("ten.asl.yaml", later);
    let plan = world.statewright(["plan", "spec.yaml", "--format", "json"]).run().expect(0).json();
    assert_eq!(plan["summary"]["create"], 2, "{plan:#}");
    // What validate tells of the same file is counted in a plan for people, and whole in one for programs.
    let said = |plan: &Value, severities: &[&str]| {
        let findings = plan["findings"].as_array().unwrap().iter();
        findings.filter(|f| severities.contains(&f["severity"].as_str().unwrap())).count()
    };
    let shown = world.statewright(["plan", "spec.yaml"]).run().expect(0).stdout;
    assert_eq!(shown.contains("`statewright validate` shows them"), said(&plan, &["warning", "note"]) > 0, "{shown}");
}

/// A definition with a state that nothing leads to, which is silenced.
const LOST: &str =
    "StartAt: A\nStates:\n  A: { Type: Succeed }\n  # statewright: allow(ASL026)\n  Lost: { Type: Succeed }\n";

#[test]
fn what_aws_says_is_at_its_place_in_the_users_file() {
    let world = World::ministack();
    world.write("ten.asl.yaml", LOST);
    world.write("spec.yaml", SPEC);
    assert!(world.statewright(["validate", "spec.yaml", "--format", "json"]).run().expect(0).stdout.contains("[]"));
    let plan = world.statewright(["plan", "spec.yaml", "--format", "json"]).run().expect(1).json();
    let found = plan["findings"].as_array().unwrap().iter().find(|f| f["code"] == "ASL900").unwrap();
    assert_eq!(
        (&found["severity"], &found["file"], number(&found["line"]), number(&found["column"])),
        (&json!("error"), &json!("ten.asl.yaml"), 5, 3)
    );
    assert_eq!(
        (&found["aws_code"], &found["aws_location"]),
        (&json!("MISSING_TRANSITION_TARGET"), &json!("/States/Lost"))
    );
}

#[test]
fn where_aws_says_nothing_a_plan_notes_it_once_and_goes_on() {
    const ASK: &str = "states:ValidateStateMachineDefinition";
    let world = World::ministack();
    world.write("ten.asl.yaml", "StartAt: A\nStates:\n  A: { Type: Succeed }\n");
    world.write("spec.yaml", SPEC.replace("  m: {", "  n: { role: r, definition: { file: ten.asl.yaml } }\n  m: {"));
    for (status, code) in [
        (501, "NotImplemented"),
        (500, "InternalFailure"),
        (403, "AccessDeniedException"),
        (400, "UnknownOperationException"),
    ] {
        let refuse = Act::Refuse { status, code: code.to_owned(), message: "no".to_owned() };
        world.faults().add(Fault::new(Which::Operation(ASK.to_owned()), Nth::From(1), refuse));
        world.forget_calls();
        let plan = world.statewright(["plan", "spec.yaml", "--format", "json"]).run().expect(0).json();
        let notes: Vec<_> = plan["findings"].as_array().unwrap().iter().filter(|f| f["code"] == "PLAN024").collect();
        assert_eq!(notes.len(), 1, "{code}: {plan:#}");
        assert_eq!(notes[0]["severity"], "note");
        assert_eq!(
            world.calls().names().iter().filter(|name| **name == ASK).count(),
            1,
            "one text is asked about once"
        );
        world.faults().clear();
    }
    let _ = world.statewright(["apply", "spec.yaml", "--yes"]).run().expect(0);
    world.forget_calls();
    let _ = world.statewright(["plan", "spec.yaml", "--detailed-exitcode"]).run().expect(0);
    assert!(!world.calls().names().iter().any(|name| *name == ASK), "a plan that changes nothing asks nothing");
}
