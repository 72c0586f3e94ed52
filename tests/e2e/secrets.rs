//! Secrets never leave: twenty and more are planted, every command is run, also where it fails, and everything that leaves
//! the process is searched: stdout, stderr with `-vvv`, events, saved plans, Markdown, files.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::json;
use statewright_tests::{
    Outcome, World,
    proxy::{Fault, Nth, Service},
};

use statewright_tests::account::make_bucket;

/// A place where a secret is planted, and the secret: each is unlike all others.
struct Planted(BTreeMap<&'static str, String>);

impl Planted {
    fn new() -> Self {
        let places = [
            "a variable of --var, in an environment",
            "a variable of --var, inside a longer string",
            "a variable of --var, in a policy's condition",
            "a variable of --var that a pattern refuses",
            "a variable of --var-file, in an argument",
            "a variable of --var-file, in a description",
            "a variable of an environment of the spec, in a tag",
            "a default, in an inline policy",
            "a default that --var overrides",
            "a value that overrides a default, in a definition",
            "an allowed value that is chosen, in a tag",
            "an allowed value that is not chosen",
            "a function's variable, changed by hand",
            "a function's variable, added by hand",
            "a job's argument, changed by hand",
            "a job's argument, added by hand",
            "a text of a definition, changed by hand",
            "a function's code",
            "a job's script",
            "an execution's input",
            "the secret access key",
            "the session's token",
        ];
        let secret =
            |n: usize| format!("pl4nted{n:02}{}", "QxZ7kVbn".chars().cycle().skip(n).take(9).collect::<String>());
        Self(places.iter().enumerate().map(|(n, place)| (*place, secret(n))).collect())
    }

    fn of(&self, place: &str) -> &str {
        self.0.get(place).unwrap_or_else(|| panic!("nothing is planted at {place}"))
    }

    /// Every secret that is in a text.
    fn found_in(&self, text: &str) -> Vec<&'static str> {
        self.0.iter().filter(|(_, secret)| text.contains(secret.as_str())).map(|(place, _)| *place).collect()
    }
}

fn spec(planted: &Planted) -> String {
    format!(
        r#"statewright: 1
stack: vault
variables:
  bucket: {{}}
  direct: {{ sensitive: true }}
  inside: {{ sensitive: true }}
  condition: {{ sensitive: true }}
  argument: {{ sensitive: true }}
  description: {{ sensitive: true }}
  environment: {{ sensitive: true }}
  inline: {{ sensitive: true, default: {inline} }}
  definition: {{ sensitive: true, default: {default} }}
  choice: {{ sensitive: true, allowed: [{chosen}, {other}] }}
  pattern: {{ sensitive: true, default: fits, pattern: "^[a-z]+$" }}
environments:
  prod: {{ variables: {{ environment: {environment} }} }}
policies:
  Vault:
    document:
      Version: "2012-10-17"
      Statement: [{{ Effect: Allow, Action: "s3:GetObject", Resource: "*", Condition: {{ StringEquals: {{ "aws:PrincipalTag/x": "${{var.condition}}" }} }} }}]
roles:
  Vault:
    trust: [states.amazonaws.com, lambda.amazonaws.com, glue.amazonaws.com]
    description: "for ${{var.description}}"
    policies: [Vault]
    inline:
      Vault:
        Version: "2012-10-17"
        Statement: [{{ Effect: Allow, Action: "sns:Publish", Resource: "*", Condition: {{ StringEquals: {{ "aws:PrincipalTag/y": "${{var.inline}}" }} }} }}]
log_groups:
  /vault: {{ tags: {{ choice: "${{var.choice}}", pattern: "${{var.pattern}}" }} }}
functions:
  vault:
    runtime: python3.12
    handler: app.handler
    code: app.py
    role: Vault
    environment: {{ TOKEN: "${{var.direct}}", URL: "https://me:${{var.inside}}@example.com" }}
jobs:
  vault:
    glue_version: "5.0"
    worker_type: G.1X
    workers: 2
    role: Vault
    script: {{ file: job.py, to: "s3://${{var.bucket}}/job.py" }}
    arguments: {{ --token: "Bearer ${{var.argument}}" }}
state_machines:
  vault:
    role: Vault
    tags: {{ environment: "${{var.environment}}" }}
    definition:
      StartAt: Call
      States:
        Call: {{ Type: Pass, Result: {{ password: "${{var.definition}}", plain: text }}, Next: Done }}
        Done: {{ Type: Pass, Result: done, End: true }}
"#,
        inline = planted.of("a default, in an inline policy"),
        default = planted.of("a default that --var overrides"),
        chosen = planted.of("an allowed value that is chosen, in a tag"),
        other = planted.of("an allowed value that is not chosen"),
        environment = planted.of("a variable of an environment of the spec, in a tag"),
    )
}

struct Vault {
    world: World,
    planted: Planted,
    bucket: String,
}

impl Vault {
    fn new() -> Self {
        let (world, planted) = (World::ministack(), Planted::new());
        let bucket = make_bucket(&world);
        world.write("vault.yaml", spec(&planted));
        let files = format!(
            "argument: {}\ndescription: {}\n",
            planted.of("a variable of --var-file, in an argument"),
            planted.of("a variable of --var-file, in a description"),
        );
        world.write("vars.yaml", files);
        let code = planted.of("a function's code");
        world.write("app.py", format!("KEY = '{code}'\ndef handler(event, context):\n    return 'ok'\n"));
        world.write("job.py", format!("KEY = '{}'\n", planted.of("a job's script")));
        Self { world, planted, bucket }
    }

    /// Runs a command with everything given to it and as much said as it can, and searches what it says.
    #[track_caller]
    fn run(&self, words: &[&str]) -> Outcome {
        let given = [
            ("bucket", self.bucket.as_str()),
            ("direct", self.planted.of("a variable of --var, in an environment")),
            ("inside", self.planted.of("a variable of --var, inside a longer string")),
            ("condition", self.planted.of("a variable of --var, in a policy's condition")),
            ("definition", self.planted.of("a value that overrides a default, in a definition")),
            ("choice", self.planted.of("an allowed value that is chosen, in a tag")),
        ];
        let mut all: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        all.extend(["vault.yaml", "--env", "prod", "--var-file", "vars.yaml", "-vvv"].map(str::to_owned));
        all.extend(given.into_iter().flat_map(|(name, value)| ["--var".to_owned(), format!("{name}={value}")]));
        self.searched(&all)
    }

    #[track_caller]
    fn searched(&self, words: &[String]) -> Outcome {
        let outcome = self
            .world
            .statewright(words)
            .env("AWS_SECRET_ACCESS_KEY", self.planted.of("the secret access key"))
            .env("AWS_SESSION_TOKEN", self.planted.of("the session's token"))
            .env("RUST_BACKTRACE", "full")
            .run();
        for said in [&outcome.stdout, &outcome.stderr] {
            assert_eq!(self.planted.found_in(said), [""; 0], "{words:?} says it:\n{said}");
            assert!(!said.contains("panicked"), "{said}");
        }
        self.search_files(&self.world.repository());
        self.search_files(&self.world.home());
        outcome
    }

    /// Everything that was written, but for what holds the secrets by right.
    #[track_caller]
    fn search_files(&self, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            if path.is_dir() {
                self.search_files(&path);
            } else if !["vault.yaml", "vars.yaml", "bad.yaml", "app.py", "job.py"].iter().any(|own| name == *own) {
                let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                assert_eq!(self.planted.found_in(&text), [""; 0], "{} holds it:\n{text}", path.display());
            }
        }
    }

    /// Somebody changes values that nobody may see.
    fn by_hand(&self) {
        let (aws, planted) = (self.world.aws(), &self.planted);
        let variables = json!({ "TOKEN": planted.of("a function's variable, changed by hand"),
                                "EXTRA": planted.of("a function's variable, added by hand") });
        aws.r#do(
            &Service::Lambda,
            "UpdateFunctionConfiguration",
            json!({ "FunctionName": "vault", "Environment": { "Variables": variables } }),
        );
        let mut job = aws.r#do(&Service::Glue, "GetJob", json!({ "JobName": "vault" }))["Job"].clone();
        for read_only in ["Name", "CreatedOn", "LastModifiedOn", "AllocatedCapacity", "MaxCapacity"] {
            job.as_object_mut().unwrap().remove(read_only);
        }
        job["DefaultArguments"] = json!({ "--token": planted.of("a job's argument, changed by hand"),
                                          "--more": planted.of("a job's argument, added by hand") });
        aws.r#do(&Service::Glue, "UpdateJob", json!({ "JobName": "vault", "JobUpdate": job }));
        let machine = format!("arn:aws:states:us-east-1:{}:stateMachine:vault", self.world.account());
        let text = planted.of("a text of a definition, changed by hand");
        let definition = json!({ "StartAt": "Call", "States": {
            "Call": { "Type": "Pass", "Result": { "password": text, "plain": "text" }, "Next": "Done" },
            "Done": { "Type": "Pass", "Result": "done", "End": true } } });
        aws.r#do(
            &Service::States,
            "UpdateStateMachine",
            json!({ "stateMachineArn": machine, "definition": definition.to_string() }),
        );
    }

    /// Every preview that there is.
    #[track_caller]
    fn previews(&self) {
        for words in [
            &["validate"] as &[&str],
            &["validate", "--format", "json"],
            &["validate", "--format", "sarif"],
            &["plan"],
            &["plan", "--log-format", "json"],
            &["plan", "--format", "json"],
            &["plan", "--format", "markdown"],
            &["plan", "--out", "vault.plan"],
            &["permissions"],
            &["permissions", "--format", "json"],
            &["graph"],
        ] {
            let _ = self.run(words);
        }
    }
}

#[test]
fn no_secret_leaves_the_process() {
    let vault = Vault::new();
    assert!(vault.planted.0.len() >= 20);
    vault.previews();
    let _ = vault.run(&["apply", "--yes", "--format", "json"]).expect(0);
    vault.previews();

    let input = format!(r#"{{"key": "{}"}}"#, vault.planted.of("an execution's input"));
    let run = ["run", "vault.yaml", "--env", "prod", "--input", &input, "-vvv"].map(str::to_owned);
    let given = ["bucket", "direct", "inside", "condition", "argument", "description", "choice"];
    let chosen = vault.planted.of("an allowed value that is chosen, in a tag");
    let given = given.into_iter().flat_map(|name| ["--var".to_owned(), format!("{name}={chosen}")]);
    let _ = vault.searched(&run.into_iter().chain(given).collect::<Vec<_>>()).expect(0);

    vault.by_hand();
    let plan = vault.run(&["plan", "--format", "json"]).expect(0).json();
    assert_eq!(plan["summary"]["update"], 3, "{plan:#}");
    vault.previews();

    // AWS echoes in its refusals what it was sent, the headers that were signed among it.
    let echo = format!(
        "1 validation error: Value '{{TOKEN={}}}' at 'environment'; the canonical string should have been \
         'x-amz-security-token:{}'",
        vault.planted.of("a variable of --var, in an environment"),
        vault.planted.of("the session's token"),
    );
    // A plan that succeeds notes what it could not ask, and is saved with it.
    vault.world.faults().add(Fault::refuse(
        "states:ValidateStateMachineDefinition",
        Nth::From(1),
        400,
        "ValidationException",
        &echo,
    ));
    let noted = vault.run(&["plan", "--format", "json", "--out", "vault.plan"]).expect(0);
    let saved = fs::read_to_string(vault.world.repository().join("vault.plan")).unwrap();
    for text in [&noted.stdout, &saved] {
        assert!(text.contains("x-amz-security-token:(sensitive)"), "{text}");
    }
    vault.previews();
    vault.world.faults().clear();

    for format in ["json", "text"] {
        vault.world.faults().add(Fault::refuse(
            "lambda:UpdateFunctionConfiguration",
            Nth::From(1),
            400,
            "InvalidParameterValueException",
            &echo,
        ));
        let failed = vault.run(&["apply", "--yes", "--format", format]).expect(1);
        assert!(format!("{}{}", failed.stdout, failed.stderr).contains("1 validation error"), "{failed}");
        vault.world.faults().clear();
    }
    vault.world.faults().add(Fault::refuse("sts:GetCallerIdentity", Nth::From(1), 403, "SignatureDoesNotMatch", &echo));
    let _ = vault.run(&["plan"]).expect(1);
    vault.world.faults().clear();

    let _ = vault.run(&["plan", "--out", "vault.plan"]).expect(0);
    let _ = vault.run(&["apply", "--plan", "vault.plan", "--yes"]).expect(0);
    let _ = vault.run(&["destroy", "--yes"]).expect(0);
}

/// Credentials of a profile and of a process are echoed as those of the environment are, and no variable tells them.
#[test]
fn no_secret_of_credentials_is_told_wherever_they_come_from() {
    let world = World::ministack();
    world.write("s.yaml", "statewright: 1\nstack: s\nlog_groups: { /s: {} }\n");
    let (key, token) = ("pl4nted-key-QxZ7kVbn", "pl4nted-t0ken-QxZ7kVbn");
    let account = world.account();
    let written = json!({ "Version": 1, "AccessKeyId": account, "SecretAccessKey": key, "SessionToken": token });
    fs::write(world.home().join("written.json"), written.to_string()).unwrap();
    let profile =
        format!("aws_access_key_id = {account}\naws_secret_access_key = {key}\naws_session_token = {token}\n");
    let process = format!("credential_process = cat {}\n", world.home().join("written.json").display());
    fs::create_dir_all(world.home().join(".aws")).unwrap();
    fs::write(
        world.home().join(".aws/config"),
        format!("[profile in-a-file]\n{profile}[profile of-a-process]\n{process}"),
    )
    .unwrap();
    let echo = format!("the canonical string should have been 'x-amz-security-token:{token}', signed with {key}");
    for profile in ["in-a-file", "of-a-process"] {
        for (call, code) in [("sts:GetCallerIdentity", 1), ("logs:DescribeLogGroups", 1), ("tagging:GetResources", 0)] {
            world.faults().add(Fault::refuse(call, Nth::From(1), 403, "SignatureDoesNotMatch", &echo));
            for words in [&["--profile", profile] as &[&str], &[]] {
                let outcome = world
                    .statewright([&["plan", "s.yaml", "-vvv"], words].concat())
                    .without_env("AWS_ACCESS_KEY_ID")
                    .without_env("AWS_SECRET_ACCESS_KEY")
                    .env("AWS_PROFILE", profile)
                    .run()
                    .expect(code);
                let said = format!("{}{}", outcome.stdout, outcome.stderr);
                assert!(said.contains("x-amz-security-token:(sensitive)"), "{outcome}");
                assert!(!said.contains(key) && !said.contains(token), "{outcome}");
            }
            world.faults().clear();
        }
    }
}

/// What is wrong with a secret is said without it, and without the line that holds it.
#[test]
fn no_secret_is_told_for_being_wrong() {
    let vault = Vault::new();
    let refused = vault.planted.of("a variable of --var that a pattern refuses");
    let _ = vault.run(&["validate", "--var", &format!("pattern={refused}")]).expect(1);
    let secret = vault.planted.of("a variable of --var-file, in an argument");
    for text in [
        format!("argument: {{ nested: {secret} }}\n"),
        format!("argument: [{secret}\n"),
        format!("argument: {secret}\nargument: {secret}\n"),
        format!("{secret}\n"),
    ] {
        vault.world.write("bad.yaml", text);
        let _ = vault.run(&["validate", "--var-file", "bad.yaml"]).expect(1);
    }
}
