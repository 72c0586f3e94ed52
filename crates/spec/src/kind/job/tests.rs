use super::*;
use crate::{Address, Kind, Lookup, Resource, kind::testing::Case};

fn case() -> Case {
    Case::new().with("jobs/t.py", "print('x')\n")
}

fn job(case: &Case, body: &str) -> Job {
    match case.resource(Kind::Job, body) {
        Resource::Job(job) => job,
        other => panic!("{other:?}"),
    }
}

fn with(more: &str) -> String {
    format!("role: R\nscript: s3://my-bucket/t.py\n{more}")
}

#[test]
fn defaults() {
    let wanted = Job {
        command: "glueetl".to_owned(),
        script_location: "s3://my-bucket/t.py".to_owned(),
        script: None,
        python_version: Some("3".to_owned()),
        runtime: None,
        role: Arn::parse("arn:aws:iam::123456789012:role/R").unwrap(),
        description: String::new(),
        job_mode: "SCRIPT".to_owned(),
        run_queuing: false,
        log_uri: None,
        max_concurrent_runs: 1,
        arguments: BTreeMap::new(),
        fixed_arguments: BTreeMap::new(),
        connections: Vec::new(),
        max_retries: 0,
        timeout: Some(480),
        max_capacity: None,
        worker_type: Some("G.1X".to_owned()),
        workers: Some(10),
        security_configuration: None,
        notify_delay_after: None,
        glue_version: Some("5.0".to_owned()),
        execution_class: Some("STANDARD".to_owned()),
        source_control: None,
        maintenance_window: None,
        tags: Tags::new(),
    };
    assert_eq!(job(&case(), &with("glue_version: \"5.0\"")), wanted);
}

#[test]
fn defaults_by_command_and_version() {
    let mut out = Vec::new();
    for more in [
        "glue_version: \"5.1\"",
        "glue_version: \"4.0\"",
        "glue_version: \"3.0\"",
        "command: gluestreaming\nglue_version: \"5.0\"",
        "command: gluestreaming\nglue_version: \"4.0\"",
        "command: pythonshell",
        "command: pythonshell\nglue_version: \"3.0\"",
        "command: pythonshell\nmax_capacity: 1",
        "command: glueray\nglue_version: \"4.0\"\nworkers: 5",
        "glue_version: \"1.0\"\nallow: [SPEC076]",
        "glue_version: \"1.0\"\nallow: [SPEC076]\nworker_type: Standard\nworkers: 3",
    ] {
        let j = job(&case(), &with(more));
        out.push(format!(
            "{}: timeout {:?}, workers {:?} {:?}, capacity {:?}, python {:?}, runtime {:?}, class {:?}\n",
            more.replace('\n', ", "),
            j.timeout,
            j.worker_type,
            j.workers,
            j.max_capacity.map(|n| n.to_string()),
            j.python_version,
            j.runtime,
            j.execution_class
        ));
    }
    insta::assert_snapshot!(out.concat(), @r#"
    glue_version: "5.1": timeout Some(480), workers Some("G.1X") Some(10), capacity None, python Some("3"), runtime None, class Some("STANDARD")
    glue_version: "4.0": timeout Some(2880), workers Some("G.1X") Some(10), capacity None, python Some("3"), runtime None, class Some("STANDARD")
    glue_version: "3.0": timeout Some(2880), workers Some("G.1X") Some(10), capacity None, python Some("3"), runtime None, class Some("STANDARD")
    command: gluestreaming, glue_version: "5.0": timeout None, workers Some("G.1X") Some(10), capacity None, python Some("3"), runtime None, class None
    command: gluestreaming, glue_version: "4.0": timeout None, workers Some("G.1X") Some(10), capacity None, python Some("3"), runtime None, class None
    command: pythonshell: timeout Some(2880), workers None None, capacity Some("0.0625"), python Some("3.9"), runtime None, class None
    command: pythonshell, glue_version: "3.0": timeout Some(2880), workers None None, capacity Some("0.0625"), python Some("3.9"), runtime None, class None
    command: pythonshell, max_capacity: 1: timeout Some(2880), workers None None, capacity Some("1.0"), python Some("3.9"), runtime None, class None
    command: glueray, glue_version: "4.0", workers: 5: timeout Some(2880), workers Some("Z.2X") Some(5), capacity None, python Some("3.9"), runtime Some("Ray2.4"), class None
    glue_version: "1.0", allow: [SPEC076]: timeout Some(2880), workers None None, capacity Some("10.0"), python Some("3"), runtime None, class Some("STANDARD")
    glue_version: "1.0", allow: [SPEC076], worker_type: Standard, workers: 3: timeout Some(2880), workers Some("Standard") Some(3), capacity None, python Some("3"), runtime None, class Some("STANDARD")
    "#);
}

const EVERY: &str = r#"
    command: glueetl
    script: { file: jobs/t.py, to: "s3://my-bucket/jobs/t one.py" }
    role: R
    glue_version: "4.0"
    python_version: "3"
    worker_type: G.2X
    workers: 4
    timeout: 60
    max_retries: 2
    max_concurrent_runs: 3
    run_queuing: true
    arguments: { --day: today, --token: "${var.token}" }
    fixed_arguments: { --mode_of_work: full }
    connections: [b, a]
    execution_class: FLEX
    security_configuration: Secure
    notify_delay_after: 5
    log_uri: s3://my-bucket/logs
    job_mode: NOTEBOOK
    source_control:
      provider: GITHUB
      repository: r
      owner: o
      branch: main
      folder: f
      last_commit_id: abc
      auth_strategy: AWS_SECRETS_MANAGER
      auth_token: arn:aws:secretsmanager:eu-west-1:123456789012:secret:s
    description: "Two\nlines – and a dash"
    tags: { team: data }
    allow: [SPEC081]
"#;

#[test]
fn every_field() {
    let case = case().given("token", "{ sensitive: true }", "s3cret");
    let found = job(&case, EVERY);
    let secret = |text: &str| Secret::new(text);
    let text = |text: &str| Some(text.to_owned());
    assert_eq!((found.command.as_str(), found.script_location.as_str()), ("glueetl", "s3://my-bucket/jobs/t one.py"));
    let script = found.script.unwrap();
    assert_eq!(script.sha256, "96dd2db88b7dc8e28cabe68d8e766dde83570e8050ca995a1af38b609cec8395");
    assert_eq!(script.bytes.as_deref(), Some(&b"print('x')\n"[..]));
    assert_eq!((found.python_version, found.runtime, found.glue_version), (text("3"), None, text("4.0")));
    assert_eq!((found.worker_type, found.workers, found.max_capacity), (text("G.2X"), Some(4), None));
    assert_eq!((found.timeout, found.max_retries, found.max_concurrent_runs), (Some(60), 2, 3));
    assert!(found.run_queuing);
    let arguments = [("--day", secret("today")), ("--token", secret("s3cret"))];
    assert_eq!(found.arguments, arguments.map(|(k, v)| (k.to_owned(), v)).into());
    assert_eq!(found.fixed_arguments, [("--mode_of_work".to_owned(), secret("full"))].into());
    assert_eq!(found.connections, ["b", "a"]);
    assert_eq!((found.execution_class, found.security_configuration), (text("FLEX"), text("Secure")));
    assert_eq!((found.notify_delay_after, found.log_uri), (Some(5), text("s3://my-bucket/logs")));
    assert_eq!(found.job_mode, "NOTEBOOK");
    let source_control = SourceControl {
        provider: text("GITHUB"),
        repository: text("r"),
        owner: text("o"),
        branch: text("main"),
        folder: text("f"),
        last_commit_id: text("abc"),
        auth_strategy: text("AWS_SECRETS_MANAGER"),
        auth_token: Some(secret("arn:aws:secretsmanager:eu-west-1:123456789012:secret:s")),
    };
    assert_eq!(found.source_control, Some(source_control));
    assert_eq!(found.description, "Two\nlines – and a dash");
    assert_eq!(found.tags["team"], "data");

    let desired = case.desired(Kind::Job, EVERY);
    assert_eq!(desired.mentions, []);
    let declared = &desired.resources[&Address::new(Kind::Job, "NAME")];
    assert_eq!(declared.sensitive.iter().map(String::as_str).collect::<Vec<_>>(), ["/arguments/--token"]);
}

#[test]
fn fields_of_other_commands() {
    let streaming =
        "command: gluestreaming\nglue_version: \"5.0\"\nmaintenance_window: Sun:10\nworker_type: G.025X\nworkers: 2";
    let found = job(&case(), &with(streaming));
    assert_eq!((found.maintenance_window.as_deref(), found.timeout), (Some("Sun:10"), None));
    let ray = "command: glueray\nglue_version: \"4.0\"\nruntime: Ray2.4\nworker_type: Z.2X\nworkers: 5\npython_version: \"3.9\"";
    assert_eq!(job(&case(), &with(ray)).runtime.as_deref(), Some("Ray2.4"));
}

#[test]
fn a_script_of_somebody_else_is_looked_up() {
    let desired = case().desired(Kind::Job, &with("glue_version: \"5.0\""));
    let wanted = Lookup::Object { bucket: "my-bucket".to_owned(), key: "t.py".to_owned(), version: None };
    assert_eq!(desired.mentions.iter().map(|m| &m.target).collect::<Vec<_>>(), [&wanted]);
}

#[test]
fn every_mistake() {
    let body = r#"
        command: glueetll
        script: { file: jobs/u.py, to: "s3a://my-bucket/t.py" }
        role: arn:aws:iam::123456789012:user/U
        glue_version: five
        python_version: "2.7"
        runtime: Ray2.4
        worker_type: G1X
        workers: 0
        max_capacity: 2
        timeout: 20000
        max_retries: 11
        max_concurrent_runs: 0
        arguments: { day: today, --JOB_NAME: x, --same: 1 }
        fixed_arguments: { --same: "2" }
        execution_class: FLEXIBLE
        notify_delay_after: 0
        maintenance_window: Sunday:10
        source_control: { provider: GITHUBB, branch: "" }
        description: "${var.long}"
        allocated_capacity: 5
    "#;
    let case = case().given("long", "{}", &"x".repeat(2049));
    insta::assert_snapshot!(case.faults(Kind::Job, body), @r#"
    error[SPEC008]: `command` cannot be `glueetll`
     --> spec.yaml:7:14
      |
    7 |     command: glueetll
      |              ^^^^^^^^ not known
      |
      = help: did you mean `glueetl`? There are `glueetl`, `gluestreaming`, `pythonshell`, `glueray`
      = fix: replace `glueetll` by `glueetl`

    error[SPEC001]: there is no file `jobs/u.py`
     --> spec.yaml:8:21
      |
    8 |     script: { file: jobs/u.py, to: "s3a://my-bucket/t.py" }
      |                     ^^^^^^^^^ not found; the path is relative to the spec
      |
      = help: beside it there is `t.py`

    error[SPEC008]: `s3a://my-bucket/t.py` is not the place of an object in S3
     --> spec.yaml:8:36
      |
    8 |     script: { file: jobs/u.py, to: "s3a://my-bucket/t.py" }
      |                                    ^^^^^^^^^^^^^^^^^^^^^^ not in this form
      |
      = help: write `s3://my-bucket/t.py`

    error[SPEC045]: `arn:aws:iam::123456789012:user/U` is not the ARN of a role
     --> spec.yaml:9:11
      |
    9 |     role: arn:aws:iam::123456789012:user/U
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ its resource does not begin with `role/`

    error[SPEC008]: `five` is no glue_version that AWS has
      --> spec.yaml:10:19
       |
    10 |     glue_version: five
       |                   ^^^^ not known
       |
       = help: known are 5.1, 5.0, 4.0, 3.0

    warning[SPEC077]: `python_version: 2.7` is not known to this program
      --> spec.yaml:11:21
       |
    11 |     python_version: "2.7"
       |                     ^^^^^ AWS may know it
       |
       = help: known are 3

    error[SPEC008]: `timeout` is 20000; AWS takes 1 to 10080 minutes
      --> spec.yaml:16:14
       |
    16 |     timeout: 20000
       |              ^^^^^ too large
       |
       = help: the most is 10080

    error[SPEC008]: `max_retries` is 11; AWS takes 0 to 10
      --> spec.yaml:17:18
       |
    17 |     max_retries: 11
       |                  ^^ too large
       |
       = help: the most is 10

    error[SPEC008]: `max_concurrent_runs` is 0; AWS takes 1 to 2147483647
      --> spec.yaml:18:26
       |
    18 |     max_concurrent_runs: 0
       |                          ^ too small
       |
       = help: the least is 1

    warning[SPEC081]: the argument `day` does not begin with `--`: a script does not find it
      --> spec.yaml:19:18
       |
    19 |     arguments: { day: today, --JOB_NAME: x, --same: 1 }
       |                  ^^^ not passed on as written
       |
       = help: write `--day`

    warning[SPEC081]: `--JOB_NAME` is Glue's own argument
      --> spec.yaml:19:30
       |
    19 |     arguments: { day: today, --JOB_NAME: x, --same: 1 }
       |                              ^^^^^^^^^^ not passed on as written
       |
       = help: remove it

    error[SPEC007]: `arguments.--same` must be a string, not a number
      --> spec.yaml:19:53
       |
    19 |     arguments: { day: today, --JOB_NAME: x, --same: 1 }
       |                                                     ^ a string must stand here
       |
       = help: put it in quotes

    error[SPEC008]: `execution_class` cannot be `FLEXIBLE`
      --> spec.yaml:21:22
       |
    21 |     execution_class: FLEXIBLE
       |                      ^^^^^^^^ not known
       |
       = help: there are `STANDARD`, `FLEX`

    error[SPEC008]: `notify_delay_after` is 0; AWS takes 1 to 2147483647 minutes
      --> spec.yaml:22:25
       |
    22 |     notify_delay_after: 0
       |                         ^ too small
       |
       = help: the least is 1

    error[SPEC008]: `Sunday:10` is no day and hour
      --> spec.yaml:23:25
       |
    23 |     maintenance_window: Sunday:10
       |                         ^^^^^^^^^ not in this form
       |
       = help: for example `Sun:10`: the hours 0 to 23, in GMT

    error[SPEC008]: `source_control.provider` cannot be `GITHUBB`
      --> spec.yaml:24:33
       |
    24 |     source_control: { provider: GITHUBB, branch: "" }
       |                                 ^^^^^^^ not known
       |
       = help: did you mean `GITHUB`? There are `GITHUB`, `GITLAB`, `BITBUCKET`, `AWS_CODE_COMMIT`
       = fix: replace `GITHUBB` by `GITHUB`

    error[SPEC008]: `source_control.branch` is empty
      --> spec.yaml:24:50
       |
    24 |     source_control: { provider: GITHUBB, branch: "" }
       |                                                  ^^ nothing stands here
       |
       = help: give it a value, or leave the key out

    error[SPEC071]: `description` has 2049 characters; AWS takes 2048
      --> spec.yaml:25:18
       |
    25 |     description: "${var.long}"
       |                  ^^^^^^^^^^^^^ too long
       |
       = help: shorten it by 1

    error[SPEC005]: `allocated_capacity` is not a key of job `NAME`
      --> spec.yaml:26:5
       |
    26 |     allocated_capacity: 5
       |     ^^^^^^^^^^^^^^^^^^ not known
       |
       = help: known here: `command`, `script`, `role`, `glue_version`, `python_version`, `runtime`, `worker_type`, `workers`, `max_capacity`, `timeout`, `max_retries`, `max_concurrent_runs`, `run_queuing`, `arguments`, `fixed_arguments`, `connections`, `execution_class`, `security_configuration`, `notify_delay_after`, `maintenance_window`, `log_uri`, `job_mode`, `source_control`, `description`, `tags`, `allow`, `replace`, `adopt`, `protect`, `retain`, `was`, `ignore_tags`
    "#);
}

#[test]
fn keys_that_do_not_go_together() {
    let mut out = Vec::new();
    for more in [
        "",
        "command: glueray",
        "glue_version: \"5.0\"\nmax_capacity: 2\nworkers: 2",
        "glue_version: \"5.0\"\nmax_capacity: 2",
        "glue_version: \"1.0\"\nmax_capacity: 1.5\nexecution_class: FLEX",
        "glue_version: \"2.0\"\nworker_type: G.4X\nworkers: 1",
        "glue_version: \"5.0\"\nworker_type: Standard\nruntime: x\nmaintenance_window: Mon:3",
        "glue_version: \"5.0\"\nworker_type: Z.2X",
        "glue_version: \"5.0\"\nworker_type: G.025X",
        "glue_version: \"5.0\"\nworker_type: H.1X",
        "glue_version: \"9.0\"\npython_version: \"4\"",
        "command: pythonshell\nworkers: 2\npython_version: \"3.9\"",
        "command: pythonshell\nmax_capacity: 2\nexecution_class: FLEX",
        "command: glueray\nglue_version: \"3.0\"\nworker_type: G.1X\nworkers: 2",
        "glue_version: \"5.0\"\narguments: { --a: x }\nfixed_arguments: { --a: y }",
        "command: gluestreaming\nglue_version: \"5.0\"\nmaintenance_window: Sun:24",
    ] {
        let lines = case().lines(Kind::Job, &with(more));
        out.push(format!("{}\n  {}\n", more.replace('\n', ", "), lines.trim_end().replace('\n', "\n  ")));
    }
    insta::assert_snapshot!(out.concat(), @r#"

      error SPEC075 4:3 `NAME` a job of command `glueetl` needs `glue_version`
    command: glueray
      error SPEC075 7:14 `glueray` a job of command `glueray` needs `glue_version`
      error SPEC075 7:14 `glueray` a job of command `glueray` needs `workers`
    glue_version: "5.0", max_capacity: 2, workers: 2
      error SPEC074 8:5 `max_capacity` `max_capacity` and `workers` exclude each other: a job has workers or a capacity
    glue_version: "5.0", max_capacity: 2
      error SPEC074 8:5 `max_capacity` `max_capacity` may not stand here: only Python shells and Glue 1.0 have a capacity
    glue_version: "1.0", max_capacity: 1.5, execution_class: FLEX
      warning SPEC076 7:19 `"1.0"` Glue 1.0 is no longer supported for Spark
      error SPEC008 8:19 `1.5` `max_capacity` is 1.5; Spark takes 2 to 100, without a fraction
      error SPEC074 9:5 `execution_class` `execution_class` may not stand here: `FLEX` needs Glue 3.0 or newer
    glue_version: "2.0", worker_type: G.4X, workers: 1
      warning SPEC076 7:19 `"2.0"` Glue 2.0 is no longer supported for Spark
      error SPEC074 8:18 `G.4X` `worker_type: G.4X` may not stand here: it needs Glue 3.0 or newer
      warning SPEC008 9:14 `1` Spark needs a worker beside its driver
    glue_version: "5.0", worker_type: Standard, runtime: x, maintenance_window: Mon:3
      error SPEC074 8:18 `Standard` `worker_type: Standard` may not stand here: `Standard` is for Glue 1.0 and older
      error SPEC074 9:5 `runtime` `runtime` may not stand here: `glueetl` has none: it is Ray's
      error SPEC074 10:5 `maintenance_window` `maintenance_window` may not stand here: only a streaming job is restarted
    glue_version: "5.0", worker_type: Z.2X
      error SPEC074 8:18 `Z.2X` `worker_type: Z.2X` may not stand here: `Z.2X` is for Ray
    glue_version: "5.0", worker_type: G.025X
      error SPEC074 8:18 `G.025X` `worker_type: G.025X` may not stand here: `G.025X` is for streaming jobs
    glue_version: "5.0", worker_type: H.1X
      warning SPEC077 8:18 `H.1X` `worker_type: H.1X` is not known to this program
    glue_version: "9.0", python_version: "4"
      warning SPEC077 7:19 `"9.0"` `glue_version: 9.0` is not known to this program
      warning SPEC077 8:21 `"4"` `python_version: 4` is not known to this program
    command: pythonshell, workers: 2, python_version: "3.9"
      error SPEC074 8:5 `workers` `workers` may not stand here: a Python shell runs on a part of one machine
    command: pythonshell, max_capacity: 2, execution_class: FLEX
      error SPEC008 8:19 `2` `max_capacity` is 2; a Python shell takes 0.0625 or 1
      error SPEC074 9:5 `execution_class` `execution_class` may not stand here: only `glueetl` can be flexible
    command: glueray, glue_version: "3.0", worker_type: G.1X, workers: 2
      error SPEC008 8:19 `"3.0"` Ray needs Glue 4.0 or newer, not 3.0
      error SPEC074 9:18 `G.1X` `worker_type: G.1X` may not stand here: Ray runs on `Z.2X`
    glue_version: "5.0", arguments: { --a: x }, fixed_arguments: { --a: y }
      warning SPEC081 8:18 `--a` `--a` stands in `arguments` and in `fixed_arguments`
    command: gluestreaming, glue_version: "5.0", maintenance_window: Sun:24
      error SPEC008 9:25 `Sun:24` `Sun:24` is no day and hour
    "#);
}

#[test]
fn places_in_s3() {
    let long = format!("s3://b-b/{}", "k".repeat(253));
    let longer = format!("s3://b-b/{}", "k".repeat(252));
    let mut out = Vec::new();
    for script in [
        "jobs/t.py",
        "s3://b/t.py",
        "s3://bucket",
        "s3://bucket/",
        "s3://bucket/jobs/",
        "s3a://bucket/t.py",
        "{ file: jobs/t.py, to: jobs/t.py }",
        "{ file: jobs/t.py, to: \"s3://bucket/a,b.py\" }",
        "{ file: jobs/t.py, to: \"s3://bucket/größe.py\" }",
        &format!("{{ file: jobs/t.py, to: \"{long}\" }}"),
        &format!("{{ file: jobs/t.py, to: \"{longer}\" }}"),
        "{ file: jobs, to: \"s3://bucket/t.py\" }",
        "{ file: \"\", to: \"\" }",
        "{ file: jobs/t.py }",
        "{ path: jobs/t.py, to: \"s3://bucket/t.py\" }",
    ] {
        let lines = case().lines(Kind::Job, &format!("{{ role: R, glue_version: \"5.0\", script: {script} }}"));
        out.push(format!("{script}\n  {}\n", lines.trim_end().replace('\n', "\n  ")));
    }
    insta::assert_snapshot!(out.concat(), @r#"
    jobs/t.py
      error SPEC008 5:45 `jobs/t.py` `jobs/t.py` is not the place of an object in S3
    s3://b/t.py
      error SPEC008 5:45 `s3://b/t.py` `s3://b/t.py` is not the place of an object in S3
    s3://bucket
      error SPEC008 5:45 `s3://bucket` `s3://bucket` is not the place of an object in S3
    s3://bucket/
      error SPEC008 5:45 `s3://bucket/` `s3://bucket/` is not the place of an object in S3
    s3://bucket/jobs/
      error SPEC008 5:45 `s3://bucket/jobs/` `s3://bucket/jobs/` is not the place of an object in S3
    s3a://bucket/t.py
      error SPEC008 5:45 `s3a://bucket/t.py` `s3a://bucket/t.py` is not the place of an object in S3
    { file: jobs/t.py, to: jobs/t.py }
      error SPEC008 5:68 `jobs/t.py` `jobs/t.py` is not the place of an object in S3
    { file: jobs/t.py, to: "s3://bucket/a,b.py" }
      error SPEC072 5:82 `,` `,` may not stand in `script.to`
    { file: jobs/t.py, to: "s3://bucket/größe.py" }
      
    { file: jobs/t.py, to: "s3://b-b/kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk" }
      error SPEC071 5:68 `"s3://b-b/kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"` bucket and key have 257 characters together; 256 are kept in a tag of the job
    { file: jobs/t.py, to: "s3://b-b/kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk" }
      
    { file: jobs, to: "s3://bucket/t.py" }
      error SPEC001 5:53 `jobs` `DIR/jobs` is a directory, not a file
    { file: "", to: "" }
      error SPEC001 5:53 `""` `DIR` is a directory, not a file
      error SPEC008 5:61 `""` `` is not the place of an object in S3
    { file: jobs/t.py }
      error SPEC006 5:37 `script` `script` has no `to`
    { path: jobs/t.py, to: "s3://bucket/t.py" }
      error SPEC006 5:37 `script` `script` has no `file`
      error SPEC005 5:47 `path` `path` is not a key of `script`
    "#);
}

#[test]
fn offline() {
    let body = "
        role: arn:${aws.partition}:iam::${aws.account}:role/R
        glue_version: \"5.0\"
        script: { file: jobs/t.py, to: \"s3://b-${aws.account}-${aws.region}/t.py\" }
    ";
    let found = job(&case().called("j-${aws.account}").offline(), body);
    assert_eq!(found.script_location, "s3://b-\u{E000}-\u{E001}/t.py");
}
