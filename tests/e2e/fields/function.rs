use base64::Engine;
use serde_json::{Value, json};
use statewright_tests::{Aws, Emulator, account::make_bucket, proxy::Service};

use super::{Bench, field, fixed};

const AROUND: &str = r"
roles:
  BenchRole: { trust: lambda.amazonaws.com }
  BenchOther: { trust: lambda.amazonaws.com }
log_groups:
  /aws/lambda/bench: {}
";

#[test]
fn of_a_function_converge() {
    let base = [("runtime", "python3.12"), ("handler", "app.handler"), ("code", "lambda"), ("role", "BenchRole")];
    let bench = Bench::new(Emulator::Ministack, AROUND, ("functions", "bench"), &base);
    bench.world().write("changed/app.py", "def handler(event, context):\n    return 3\n");
    let account = bench.world().account().to_owned();
    let arn = format!("arn:aws:lambda:us-east-1:{account}:function:bench");
    let set = |parameters: Value| {
        move |aws: &Aws| {
            let mut parameters = parameters.clone();
            parameters["FunctionName"] = json!("bench");
            aws.r#do(&Service::Lambda, "UpdateFunctionConfiguration", parameters);
            std::thread::sleep(std::time::Duration::from_millis(700));
        }
    };
    let tags = |aws: &Aws| {
        aws.r#do(&Service::Lambda, "TagResource", json!({"Resource": arn, "Tags": {"a": "3", "c": "4"}}));
    };
    let key = |n: u32| format!("arn:aws:kms:us-east-1:{account}:key/00000000-0000-0000-0000-00000000000{n}");
    let queue = |name: &str| format!("arn:aws:sqs:us-east-1:{account}:{name}");
    let (keys, queues) = ([key(1), key(2)], [queue("one"), queue("two")]);
    bench.try_all(&[
        field("runtime", &["python3.11", "python3.13"], &set(json!({"Runtime": "python3.10"}))),
        field("handler", &["other.handler"], &set(json!({"Handler": "none.handler"}))),
        fixed("code", &["changed", "lambda/other.py"]),
        field("role", &["BenchOther"], &set(json!({"Role": format!("arn:aws:iam::{account}:role/BenchRole")}))),
        field("memory", &["256", "512"], &set(json!({"MemorySize": 1024}))),
        field("timeout", &["30", "60"], &set(json!({"Timeout": 90}))),
        field("description", &["One", "Two"], &set(json!({"Description": "By hand"}))),
        field(
            "environment",
            &["{ AA: '1', BB: '2' }", "{ AA: '2' }"],
            &set(json!({"Environment": {"Variables": {"CC": "3"}}})),
        ),
        field("kms_key", &[&keys[0], &keys[1]], &set(json!({"KMSKeyArn": key(3)}))),
        fixed("architecture", &["arm64"]),
        field("ephemeral_storage", &["1024", "2048"], &set(json!({"EphemeralStorage": {"Size": 4096}}))),
        field("tracing", &["true"], &set(json!({"TracingConfig": {"Mode": "PassThrough"}}))),
        field(
            "dead_letter",
            &[&queues[0], &queues[1]],
            &set(json!({"DeadLetterConfig": {"TargetArn": queue("three")}})),
        ),
        field(
            "vpc",
            &[
                "{ subnets: [subnet-11111111, subnet-22222222], security_groups: [sg-11111111] }",
                "{ subnets: [subnet-11111111], security_groups: [sg-22222222], ipv6: true }",
            ],
            &set(json!({"VpcConfig": {"SubnetIds": ["subnet-33333333"], "SecurityGroupIds": ["sg-11111111"]}})),
        ),
        field(
            "logging",
            &["{ format: JSON, application_level: DEBUG, system_level: WARN }", "{ log_group: /bench/other }"],
            &set(json!({"LoggingConfig": {"LogFormat": "Text", "LogGroup": "/bench/third"}})),
        ),
        field("snap_start", &["true"], &set(json!({"SnapStart": {"ApplyOn": "None"}}))),
        field("tags", &["{ a: '1', b: '2' }", "{ a: '2' }"], &tags),
    ]);
}

/// An archive without a file in it, and with a comment that tells it from others: all of it is text.
fn empty_zip(comment: &str) -> String {
    let length = char::from(u8::try_from(comment.len()).unwrap());
    format!("PK\u{5}\u{6}{}{length}\0{comment}", "\0".repeat(16))
}

#[test]
fn of_a_function_that_uses_layers_file_systems_and_s3_converge() {
    let base = [
        ("runtime", "python3.12"),
        ("handler", "app.handler"),
        ("code", "lambda"),
        ("role", "BenchRole"),
        ("vpc", "{ subnets: [subnet-11111111], security_groups: [sg-11111111] }"),
    ];
    let bench = Bench::new(Emulator::Ministack, AROUND, ("functions", "bench"), &base);
    let account = bench.world().account().to_owned();
    let set = |parameters: Value| {
        move |aws: &Aws| {
            let mut parameters = parameters.clone();
            parameters["FunctionName"] = json!("bench");
            aws.r#do(&Service::Lambda, "UpdateFunctionConfiguration", parameters);
            std::thread::sleep(std::time::Duration::from_millis(700));
        }
    };
    let layers = ["one", "two", "three"].map(|name| {
        let zip = base64::engine::general_purpose::STANDARD.encode(empty_zip(name));
        let layer = json!({"LayerName": name, "Content": {"ZipFile": zip}});
        let made = bench.aws().r#do(&Service::Lambda, "PublishLayerVersion", layer);
        made["LayerVersionArn"].as_str().unwrap().to_owned()
    });
    let lists = [format!("['{}', '{}']", layers[0], layers[1]), format!("['{}']", layers[1])];
    let point = |n: u32| format!("arn:aws:elasticfilesystem:us-east-1:{account}:access-point/fsap-0000000000000000{n}");
    let mounts =
        [(1, "/mnt/one"), (2, "/mnt/two")].map(|(n, at)| format!("[{{ access_point: '{}', mount: {at} }}]", point(n)));
    let bucket = make_bucket(bench.world());
    for key in ["one.zip", "two.zip", "three.zip"] {
        bench.aws().r#do(&Service::S3, "PutObject", json!({"Bucket": bucket, "Key": key, "Body": empty_zip(key)}));
    }
    let codes = ["one", "two"].map(|name| format!("{{ s3: {{ bucket: {bucket}, key: {name}.zip }} }}"));
    let code = |aws: &Aws| {
        let parameters = json!({"FunctionName": "bench", "S3Bucket": bucket, "S3Key": "three.zip"});
        aws.r#do(&Service::Lambda, "UpdateFunctionCode", parameters);
        std::thread::sleep(std::time::Duration::from_millis(700));
    };
    bench.try_all_beside(
        &[
            field("layers", &[&lists[0], &lists[1]], &set(json!({"Layers": [layers[2]]}))),
            field(
                "file_systems",
                &[&mounts[0], &mounts[1]],
                &set(json!({"FileSystemConfigs": [{"Arn": point(3), "LocalMountPath": "/mnt/three"}]})),
            ),
            field("code", &[&codes[0], &codes[1]], &code),
        ],
        &["object.one.zip", "object.three.zip", "object.two.zip"],
    );
}
