use serde_json::{Value, json};
use statewright_tests::{Aws, Emulator, proxy::Service};

use super::{Bench, Field, field};
use statewright_tests::account::make_bucket;

const AROUND: &str = r"
roles:
  BenchRole: { trust: glue.amazonaws.com }
  BenchOther: { trust: glue.amazonaws.com }
";

/// Changes one field of the job as the console does: reads it, changes it, writes it whole.
fn set(changes: Value) -> impl Fn(&Aws) {
    move |aws: &Aws| {
        let mut job = aws.r#do(&Service::Glue, "GetJob", json!({"JobName": "bench"}))["Job"].clone();
        let fields = job.as_object_mut().unwrap();
        for read_only in ["Name", "CreatedOn", "LastModifiedOn", "LastModifiedBy", "AllocatedCapacity", "ProfileName"] {
            fields.remove(read_only);
        }
        if fields.contains_key("WorkerType") {
            fields.remove("MaxCapacity");
        }
        fields.extend(changes.as_object().unwrap().clone());
        aws.r#do(&Service::Glue, "UpdateJob", json!({"JobName": "bench", "JobUpdate": job}));
    }
}

fn try_with(base: &[(&'static str, &str)], fields: impl FnOnce(&Bench) -> Vec<Field<'static>>) {
    let bench = Bench::new(Emulator::Ministack, AROUND, ("jobs", "bench"), base);
    make_bucket(bench.world());
    let fields = fields(&bench);
    bench.try_all(&fields);
}

fn leak<T: ?Sized>(value: Box<T>) -> &'static T {
    Box::leak(value)
}

fn hand(changes: Value) -> &'static dyn Fn(&Aws) {
    leak(Box::new(set(changes)))
}

/// A script that is somebody else's: nothing is uploaded.
const SCRIPT: &str = "s3://elsewhere/job.py";

#[test]
fn of_a_spark_job_converge() {
    let base = [("script", SCRIPT), ("role", "BenchRole"), ("glue_version", "'4.0'")];
    try_with(&base, |bench| {
        let arn = format!("arn:aws:glue:us-east-1:{}:job/bench", bench.world().account());
        let role = format!("arn:aws:iam::{}:role/BenchOther", bench.world().account());
        let tags = move |aws: &Aws| {
            aws.r#do(&Service::Glue, "TagResource", json!({"ResourceArn": arn, "TagsToAdd": {"a": "3", "c": "4"}}));
        };
        vec![
            field(
                "script",
                &["s3://elsewhere/other.py"],
                hand(json!({"Command": {"Name": "glueetl", "ScriptLocation": "s3://x/y.py", "PythonVersion": "3"}})),
            ),
            field("role", &["BenchOther"], hand(json!({"Role": "BenchRole"}))),
            field("glue_version", &["'5.0'", "'3.0'"], hand(json!({"GlueVersion": "2.0"}))),
            field("worker_type", &["G.2X", "G.4X"], hand(json!({"WorkerType": "G.8X"}))),
            field("timeout", &["60", "90"], hand(json!({"Timeout": 30}))),
            field("max_retries", &["1", "2"], hand(json!({"MaxRetries": 3}))),
            field("max_concurrent_runs", &["2", "3"], hand(json!({"ExecutionProperty": {"MaxConcurrentRuns": 4}}))),
            field("run_queuing", &["true"], hand(json!({"JobRunQueuingEnabled": false}))),
            field(
                "arguments",
                &["{ --a: '1', --b: '2' }", "{ --a: '2' }"],
                hand(json!({"DefaultArguments": {"--c": "3"}})),
            ),
            field(
                "fixed_arguments",
                &["{ --f: '1' }", "{ --f: '2' }"],
                hand(json!({"NonOverridableArguments": {"--g": "3"}})),
            ),
            field("connections", &["[one, two]", "[two]"], hand(json!({"Connections": {"Connections": ["three"]}}))),
            field("execution_class", &["FLEX"], hand(json!({"ExecutionClass": "STANDARD"}))),
            field("security_configuration", &["one", "two"], hand(json!({"SecurityConfiguration": "three"}))),
            field("notify_delay_after", &["10", "20"], hand(json!({"NotificationProperty": {"NotifyDelayAfter": 30}}))),
            field("log_uri", &["s3://logs/one/", "s3://logs/two/"], hand(json!({"LogUri": "s3://logs/three/"}))),
            field("job_mode", &["NOTEBOOK"], hand(json!({"JobMode": "SCRIPT"}))),
            field(
                "source_control",
                &[
                    "{ provider: GITHUB, repository: etl, owner: data, branch: main, folder: jobs, last_commit_id: abc, auth_strategy: AWS_SECRETS_MANAGER, auth_token: 'arn:aws:secretsmanager:us-east-1:1:secret:token' }",
                    "{ provider: GITLAB, repository: etl }",
                ],
                hand(json!({"SourceControlDetails": {"Provider": "BITBUCKET"}})),
            ),
            field("description", &["One", "Two"], hand(json!({"Description": "By hand", "Role": role}))),
            field("tags", &["{ a: '1', b: '2' }", "{ a: '2' }"], leak(Box::new(tags))),
        ]
    });
}

#[test]
fn of_a_spark_job_with_workers_converge() {
    let base = [
        ("script", SCRIPT),
        ("role", "BenchRole"),
        ("glue_version", "'5.0'"),
        ("worker_type", "G.1X"),
        ("workers", "2"),
    ];
    try_with(&base, |_| vec![field("workers", &["3", "4"], hand(json!({"NumberOfWorkers": 5})))]);
}

#[test]
fn of_a_python_shell_job_converge() {
    let base = [("command", "pythonshell"), ("script", SCRIPT), ("role", "BenchRole"), ("python_version", "'3.9'")];
    let python = |version: &str| {
        hand(json!({"Command": {"Name": "pythonshell", "ScriptLocation": SCRIPT, "PythonVersion": version}}))
    };
    try_with(&base, |_| {
        vec![
            field("max_capacity", &["1"], hand(json!({"MaxCapacity": 0.0625}))),
            field("python_version", &["'3'"], python("3.9")),
        ]
    });
}

#[test]
fn of_a_ray_job_converge() {
    let base = [
        ("command", "glueray"),
        ("script", SCRIPT),
        ("role", "BenchRole"),
        ("glue_version", "'4.0'"),
        ("runtime", "Ray2.4"),
        ("python_version", "'3.9'"),
        ("worker_type", "Z.2X"),
        ("workers", "2"),
    ];
    let ray = |runtime: &str| {
        let command = json!({"Name": "glueray", "ScriptLocation": SCRIPT, "PythonVersion": "3.9", "Runtime": runtime});
        hand(json!({"Command": command}))
    };
    try_with(&base, |_| {
        vec![
            field("workers", &["3"], hand(json!({"NumberOfWorkers": 5}))),
            field("runtime", &["Ray2.5"], ray("Ray2.4")),
        ]
    });
}

#[test]
fn of_an_uploaded_script_converge() {
    let bench = Bench::new(
        Emulator::Ministack,
        AROUND,
        ("jobs", "bench"),
        &[("script", "s3://elsewhere/job.py"), ("role", "BenchRole"), ("glue_version", "'5.0'")],
    );
    let bucket = make_bucket(bench.world());
    let forms = ["job.py one.py", "other.py one.py", "other.py two.py"].map(|form| {
        let (file, key) = form.split_once(' ').unwrap();
        format!("{{ file: {file}, to: 's3://{bucket}/{key}' }}")
    });
    let forms = forms.each_ref().map(String::as_str);
    // Somebody else's bytes under our tag: the metadata tell.
    let overwrite = |aws: &Aws| {
        let tags = format!("statewright%3Astack={}", "bench%40us-east-1");
        let parameters = json!({"Bucket": bucket, "Key": "two.py", "Body": "print(9)", "Tagging": tags});
        aws.r#do(&Service::S3, "PutObject", parameters);
    };
    bench.try_all(&[field("script", &forms, &overwrite)]);
}

#[test]
fn of_a_streaming_job_converge() {
    let base = [("command", "gluestreaming"), ("script", SCRIPT), ("role", "BenchRole"), ("glue_version", "'4.0'")];
    try_with(&base, |_| {
        vec![
            field("maintenance_window", &["'Sun:10'", "'Mon:3'"], hand(json!({"MaintenanceWindow": "Tue:4"}))),
            field(
                "command",
                &["glueetl"],
                hand(json!({"Command": {"Name": "gluestreaming", "ScriptLocation": SCRIPT, "PythonVersion": "3"}})),
            ),
        ]
    });
}
