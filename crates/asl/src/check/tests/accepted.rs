//! What the guide shows and AWS takes, in shapes that people write: nothing here may be an error, nor be said to fail.

use statewright_source::Severity;

use crate::{MachineType, Options, Tokens, check, testing::node};

#[track_caller]
fn accept(kind: MachineType, text: &str) {
    let root = node(text);
    let options = Options { machine_type: Some(kind), tokens: Tokens::Wildcard, sources: None };
    let found = check(&root, &options).diagnostics;
    let wrong: Vec<_> = found.iter().filter(|d| d.severity <= Severity::Runtime || d.code.0 == "ASL135").collect();
    assert!(wrong.is_empty(), "{text}: {wrong:?}");
}

/// A machine of one state that ends.
#[track_caller]
fn state(language: &str, fields: &str) {
    let text = format!(r#"{{"QueryLanguage":"{language}","StartAt":"A","States":{{"A":{{{fields},"End":true}}}}}}"#);
    accept(MachineType::Standard, &text);
}

#[track_caller]
fn jsonpath(fields: &str) {
    state("JSONPath", fields);
}

#[track_caller]
fn jsonata(fields: &str) {
    state("JSONata", fields);
}

const INNER: &str = r#""StartAt":"I","States":{"I":{"Type":"Pass","End":true}}"#;

#[track_caller]
fn distributed(language: &str, fields: &str) {
    for kind in ["STANDARD", "EXPRESS"] {
        state(
            language,
            &format!(
                r#""Type":"Map","ItemProcessor":{{"ProcessorConfig":{{"Mode":"DISTRIBUTED","ExecutionType":"{kind}"}},{INNER}}},{fields}"#
            ),
        );
    }
}

#[test]
fn readers_of_distributed_maps() {
    let read = |config: &str| {
        let get = r#""Resource":"arn:aws:states:::s3:getObject""#;
        let config = if config.is_empty() { String::new() } else { format!(r#","ReaderConfig":{{{config}}}"#) };
        distributed(
            "JSONPath",
            &format!(r#""ItemReader":{{{get},"Parameters":{{"Bucket.$":"$.b","Key":"k"}}{config}}}"#),
        );
        distributed(
            "JSONata",
            &format!(r#""ItemReader":{{{get},"Arguments":{{"Bucket":"{{% $states.input.b %}}","Key":"k"}}{config}}}"#),
        );
    };
    read("");
    read(r#""InputType":"JSON""#);
    read(r#""InputType":"JSON","ItemsPointer":"/a/b","MaxItems":10"#);
    read(r#""InputType":"JSONL""#);
    read(r#""InputType":"PARQUET""#);
    read(r#""InputType":"CSV","CSVHeaderLocation":"FIRST_ROW""#);
    read(r#""InputType":"CSV","CSVHeaderLocation":"FIRST_ROW","CSVDelimiter":"PIPE","MaxItems":100000000"#);
    read(r#""InputType":"CSV","CSVHeaderLocation":"GIVEN","CSVHeaders":["a","b"]"#);
    read(r#""InputType":"MANIFEST""#);
    read(r#""InputType":"MANIFEST","ManifestType":"S3_INVENTORY""#);
    read(r#""InputType":"CSV","ManifestType":"ATHENA_DATA","CSVHeaderLocation":"GIVEN","CSVHeaders":["a"]"#);
    read(r#""InputType":"JSONL","ManifestType":"ATHENA_DATA""#);
    distributed(
        "JSONPath",
        r#""ItemReader":{"Resource":"arn:aws-cn:states:::s3:listObjectsV2","Parameters":{"Bucket":"b","Prefix.$":"$.p"}}"#,
    );
    distributed(
        "JSONata",
        r#""ItemReader":{"Resource":"arn:aws:states:::s3:listObjectsV2","Arguments":{"Bucket":"b"},
           "ReaderConfig":{"InputType":"JSON","Transformation":"LOAD_AND_FLATTEN","MaxItems":"{% $states.input.n %}"}}"#,
    );
    distributed(
        "JSONPath",
        r#""ItemReader":{"Resource":"arn:aws:states:::s3:listObjectsV2","Parameters":{"Bucket":"b"},
           "ReaderConfig":{"Transformation":"NONE","MaxItemsPath":"$.n"}}"#,
    );
}

#[test]
fn writers_and_batches_of_distributed_maps() {
    let put = r#""Resource":"arn:aws:states:::s3:putObject""#;
    distributed("JSONPath", &format!(r#""ResultWriter":{{{put},"Parameters":{{"Bucket":"b","Prefix":"p"}}}}"#));
    distributed("JSONata", &format!(r#""ResultWriter":{{{put},"Arguments":{{"Bucket":"b","Prefix":"p"}}}}"#));
    distributed(
        "JSONata",
        &format!(
            r#""ResultWriter":{{{put},"Arguments":{{"Bucket":"b"}},"WriterConfig":{{"Transformation":"COMPACT","OutputType":"JSONL"}}}}"#
        ),
    );
    distributed("JSONPath", r#""ResultWriter":{"WriterConfig":{"Transformation":"FLATTEN","OutputType":"JSON"}}"#);
    distributed(
        "JSONPath",
        r#""ItemBatcher":{"MaxItemsPerBatch":10,"MaxInputBytesPerBatch":262144,"BatchInput":{"a.$":"$.a"}},"Label":"My-Label_1",
           "ToleratedFailureCount":5,"ToleratedFailurePercentage":10,"MaxConcurrency":1000,"ItemsPath":"$.items",
           "ItemSelector":{"v.$":"$$.Map.Item.Value","i.$":"$$.Map.Item.Index","k":1}"#,
    );
    distributed(
        "JSONPath",
        r#""ItemBatcher":{"MaxItemsPerBatchPath":"$.n","MaxInputBytesPerBatchPath":"$.m"},"ToleratedFailureCountPath":"$.c",
           "ToleratedFailurePercentagePath":"$.p","MaxConcurrencyPath":"$.mc""#,
    );
    distributed(
        "JSONata",
        r#""Items":"{% $states.input.items %}","ItemSelector":{"v":"{% $states.context.Map.Item.Value %}","i":"{% $states.context.Map.Item.Index %}"},
           "ItemBatcher":{"MaxItemsPerBatch":"{% $states.input.n %}","BatchInput":"{% $states.input.b %}"},"MaxConcurrency":"{% 5 %}",
           "ToleratedFailureCount":"{% $states.input.c %}","ToleratedFailurePercentage":"{% $states.input.p %}",
           "Output":"{% $states.result %}""#,
    );
}

#[test]
fn maps_and_parallels() {
    let inline = |fields: &str| format!(r#""Type":"Map","ItemProcessor":{{{INNER}}}{fields}"#);
    jsonpath(&inline(""));
    jsonpath(&inline(r#","ItemsPath":"$$.Execution.Input.items","MaxConcurrency":0,"ResultSelector":{"x.$":"$[0]"}"#));
    jsonpath(&inline(r#","ItemsPath":"$.a['b c'][0]","ResultPath":null,"OutputPath":"$","InputPath":null"#));
    jsonata(&inline(r#","Items":[1,"{% $states.input.x %}",{"a":null}]"#));
    jsonata(&inline(
        r#","Items":"{% [$states.input.a, $states.input.b] %}","Assign":{"n":"{% $count($states.result) %}"}"#,
    ));
    jsonata(&inline(r#","Items":"{% $states.input.items[price > 10]^(>price) %}""#));
    jsonata(&inline(r#","Items":"{% $map([1..5], function($i) { $i * 2 }) %}""#));
    jsonpath(&format!(r#""Type":"Map","Iterator":{{{INNER}}},"Parameters":{{"x.$":"$$.Map.Item.Value"}}"#));
    let inner = |n: usize| format!(r#"{{"StartAt":"B{n}","States":{{"B{n}":{{"Type":"Succeed"}}}}}}"#);
    let branches = format!("{},{}", inner(1), inner(2));
    jsonpath(&format!(
        r#""Type":"Parallel","Branches":[{branches}],"Parameters":{{"a.$":"$.a"}},"ResultSelector":{{"first.$":"$[0]"}},"ResultPath":"$.p",
           "Retry":[{{"ErrorEquals":["States.BranchFailed"],"IntervalSeconds":0,"MaxAttempts":0}},{{"ErrorEquals":["States.ALL"]}}]"#
    ));
    jsonata(&format!(
        r#""Type":"Parallel","Branches":[{branches}],"Arguments":"{{% $states.input %}}","Output":"{{% $states.result[0] %}}""#
    ));
}

#[test]
fn tasks_of_every_kind() {
    let task = |resource: &str, parameters: &str, arguments: &str| {
        jsonpath(&format!(r#""Type":"Task","Resource":"{resource}","Parameters":{{{parameters}}}"#));
        jsonata(&format!(r#""Type":"Task","Resource":"{resource}","Arguments":{{{arguments}}}"#));
    };
    let same = |resource: &str, parameters: &str| task(resource, parameters, parameters);
    task(
        "arn:aws:states:::lambda:invoke",
        r#""FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:f:prod","Payload.$":"$","InvocationType":"Event","LogType":"Tail""#,
        r#""FunctionName":"{% $states.input.f %}","Payload":"{% $states.input %}","Qualifier":"1","ClientContext":"e30=""#,
    );
    task(
        "arn:aws:states:::lambda:invoke.waitForTaskToken",
        r#""FunctionName":"f","Payload":{"t.$":"$$.Task.Token","in.$":"$"}"#,
        r#""FunctionName":"f","Payload":{"t":"{% $states.context.Task.Token %}"}"#,
    );
    task(
        "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        r#""QueueUrl":"https://q","MessageBody.$":"States.Format('{}', $$.Task.Token)""#,
        r#""QueueUrl":"https://q","MessageBody":"{% {'t': $states.context.Task.Token} %}""#,
    );
    same(
        "arn:aws:states:::sqs:sendMessage",
        r#""QueueUrl":"https://q","MessageBody":{"a":1},"MessageGroupId":"g","DelaySeconds":1"#,
    );
    same("arn:aws:states:::sns:publish", r#""TopicArn":"t","Message":{"a":1},"MessageAttributes":{},"Subject":"s""#);
    same("arn:aws:states:::sns:publish", r#""PhoneNumber":"+1","Message":"m""#);
    same("arn:aws:states:::dynamodb:getItem", r#""TableName":"t","Key":{"id":{"S":"x"}},"ConsistentRead":true"#);
    same(
        "arn:aws:states:::dynamodb:updateItem",
        r#""TableName":"t","Key":{"id":{"S":"x"}},"UpdateExpression":"SET a = :b","ExpressionAttributeValues":{":b":{"N":"1"}}"#,
    );
    same("arn:aws:states:::dynamodb:putItem", r#""TableName":"t","Item":{"id":{"S":"x"}},"ReturnValues":"ALL_OLD""#);
    same(
        "arn:aws:states:::events:putEvents",
        r#""Entries":[{"Detail":{},"DetailType":"d","EventBusName":"b","Source":"s"}]"#,
    );
    same(
        "arn:aws:states:::glue:startJobRun.sync",
        r#""JobName":"j","Arguments":{"--a":"b"},"WorkerType":"G.1X","NumberOfWorkers":2"#,
    );
    same(
        "arn:aws:states:::batch:submitJob.sync",
        r#""JobName":"n","JobQueue":"q","JobDefinition":"d","ArrayProperties":{"Size":2},"Parameters":{}"#,
    );
    same(
        "arn:aws:states:::ecs:runTask.sync",
        r#""Cluster":"c","TaskDefinition":"t","LaunchType":"FARGATE","NetworkConfiguration":{"AwsvpcConfiguration":{"Subnets":["s"]}},"Overrides":{}"#,
    );
    same(
        "arn:aws:states:::athena:startQueryExecution.sync",
        r#""QueryString":"SELECT 1","WorkGroup":"w","ResultConfiguration":{}"#,
    );
    same("arn:aws:states:::athena:getQueryResults", r#""QueryExecutionId":"q","MaxResults":10"#);
    same("arn:aws:states:::codebuild:startBuild.sync", r#""ProjectName":"p","EnvironmentVariablesOverride":[]"#);
    same("arn:aws:states:::databrew:startJobRun.sync", r#""Name":"j""#);
    same(
        "arn:aws:states:::eks:runJob.sync",
        r#""ClusterName":"c","CertificateAuthority":"a","Endpoint":"e","Job":{},"LogOptions":{"RetrieveLogs":true}"#,
    );
    same(
        "arn:aws:states:::eks:call",
        r#""ClusterName":"c","CertificateAuthority":"a","Endpoint":"e","Method":"GET","Path":"/api""#,
    );
    same(
        "arn:aws:states:::eks:createNodegroup.sync",
        r#""ClusterName":"c","NodegroupName":"n","NodeRole":"r","Subnets":["s"]"#,
    );
    same(
        "arn:aws:states:::elasticmapreduce:createCluster.sync",
        r#""Name":"n","ServiceRole":"s","JobFlowRole":"j","Instances":{}"#,
    );
    same("arn:aws:states:::elasticmapreduce:addStep.sync", r#""ClusterId":"c","Step":{"Name":"n"}"#);
    same(
        "arn:aws:states:::emr-serverless:startJobRun.sync",
        r#""ApplicationId":"a","ExecutionRoleArn":"r","JobDriver":{}"#,
    );
    same(
        "arn:aws:states:::emr-containers:startJobRun.sync",
        r#""VirtualClusterId":"v","Name":"n","ExecutionRoleArn":"r","ReleaseLabel":"l","JobDriver":{}"#,
    );
    same(
        "arn:aws:states:::bedrock:invokeModel",
        r#""ModelId":"m","Body":{"a":1},"Accept":"application/json","ContentType":"application/json""#,
    );
    same(
        "arn:aws:states:::bedrock:invokeModel",
        r#""ModelId":"m","Input":{"S3Uri":"s3://b/k"},"Output":{"S3Uri":"s3://b/o"}"#,
    );
    same("arn:aws:states:::mediaconvert:createJob.sync", r#""Role":"r","Settings":{}"#);
    same(
        "arn:aws:states:::sagemaker:createTrainingJob.sync",
        r#""TrainingJobName":"t","RoleArn":"r","AlgorithmSpecification":{},"OutputDataConfig":{},"ResourceConfig":{},"StoppingCondition":{}"#,
    );
    same(
        "arn:aws:states:::apigateway:invoke",
        r#""ApiEndpoint":"e","Method":"GET","Headers":{},"Stage":"s","Path":"p","QueryParameters":{},"AuthType":"IAM_ROLE""#,
    );
    same(
        "arn:aws:states:::http:invoke",
        r#""ApiEndpoint":"https://x/y","Method":"POST","InvocationConfig":{"ConnectionArn":"c"},"RequestBody":{},"Transform":{"RequestBodyEncoding":"URL_ENCODED"}"#,
    );
    for pattern in ["", ".sync", ".sync:2"] {
        same(
            &format!("arn:aws:states:::states:startExecution{pattern}"),
            r#""StateMachineArn":"m","Name":"n","Input":{"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID":"x"}"#,
        );
    }
    same("arn:aws:states:::aws-sdk:sfn:startSyncExecution", r#""StateMachineArn":"m","Input":"{}""#);
    same("arn:aws:states:::aws-sdk:s3:getObject", r#""Bucket":"b","Key":"k","Range":"bytes=0-9""#);
    same(
        "arn:aws:states:::aws-sdk:dynamodb:query",
        r#""TableName":"t","KeyConditionExpression":"a = :a","ExpressionAttributeValues":{}"#,
    );
    same("arn:aws:states:::aws-sdk:rds:describeDBInstances", r#""DbInstanceIdentifier":"d""#);
    same("arn:aws:states:::aws-sdk:sts:getCallerIdentity", "");
    same("arn:aws:states:::aws-sdk:cloudwatchlogs:createLogGroup", r#""LogGroupName":"g""#);
    same("arn:aws:states:::aws-sdk:eventbridge:putEvents", r#""Entries":[]"#);
    same("arn:aws-us-gov:states:::aws-sdk:secretsmanager:getSecretValue", r#""SecretId":"s""#);
    jsonpath(
        r#""Type":"Task","Resource":"arn:aws:states:us-east-1:123456789012:activity:a","TimeoutSecondsPath":"$.t","HeartbeatSecondsPath":"$$.Execution.Input.h""#,
    );
    jsonpath(
        r#""Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST","Credentials":{"RoleArn.$":"$.role"}"#,
    );
    jsonata(
        r#""Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","Credentials":{"RoleArn":"{% $states.input.role %}"},"TimeoutSeconds":"{% $states.input.t %}""#,
    );
}

#[test]
fn choices() {
    let choice = |language: &str, rule: &str| {
        accept(
            MachineType::Standard,
            &format!(
                r#"{{"QueryLanguage":"{language}","StartAt":"C","States":{{"C":{{"Type":"Choice","Choices":[{{{rule},"Next":"Z"}}],"Default":"Z"}},"Z":{{"Type":"Succeed"}}}}}}"#
            ),
        );
    };
    for rule in [
        r#""Variable":"$.a","StringMatches":"log-*.txt""#,
        r#""Variable":"$$.Execution.Name","StringEqualsPath":"$$.State.Name""#,
        r#""Variable":"$v['x']","NumericGreaterThanEqualsPath":"$.limit""#,
        r#""Variable":"$.t","TimestampLessThan":"2026-01-01T00:00:00.123Z""#,
        r#""Not":{"Variable":"$.a","IsNull":true}"#,
        r#""Or":[{"Variable":"$.a","BooleanEquals":true},{"And":[{"Variable":"$.b","IsNumeric":true},{"Not":{"Variable":"$.b","NumericEquals":-1.5e3}}]}]"#,
        r#""Variable":"$.a[?(@.b == 1)].c","IsPresent":true"#,
        r#""Comment":"c","Variable":"$","IsString":false,"Assign":{"x.$":"$.a","y":1}"#,
    ] {
        // What variables there are is not the point.
        if !rule.contains("$v") {
            choice("JSONPath", rule);
        }
    }
    for rule in [
        r#""Condition":true"#,
        r#""Condition":"{% $states.input.a = 'b' and $states.input.c in [1, 2] %}""#,
        r#""Condition":"{% $exists($states.input.x) ? $states.input.x : false %}","Output":"{% $states.input %}","Assign":{"a":"{% 1 %}"}"#,
        r#""Condition":"{%\n  $not($contains($states.input.name, /^a.*z$/i))\n%}""#,
    ] {
        choice("JSONata", rule);
    }
}

#[test]
fn expressions() {
    for expression in [
        "$states.input.items.(price * quantity) ~> $sum()",
        "($f := function($x) { $x <= 1 ? 1 : $x * $f($x - 1) }; $f($states.input.n))",
        "$states.input ~> |$.items|{'seen': true}|",
        "$merge([$states.input, {'at': $now(), 'id': $uuid()}])",
        "$states.input.orders{customer: $sum(total)}",
        "$sort($states.input.a, function($l, $r) { $l.x > $r.x })[0]",
        "$states.input.a@$x.b@$y[$x.id = $y.id].{'v': $x.v}",
        "$parse($states.input.json).a[0]",
        "$partition($states.input.items, 10)",
        "$range(0, 10, 2)",
        "$hash($states.input.a, 'SHA-256')",
        "$random(42)",
        "$states.input.`weird name`.'other one'",
        "$states.context.Execution.Input.x & '-' & $string($states.context.State.RetryCount)",
        "$filter($states.input.a, function($v, $i, $all) { $i < 3 and $v != null })",
        "$reduce($states.input.a, function($acc, $v) { $acc + $v }, 0)",
        "$fromMillis($millis() + 3600000, '[Y0001]-[M01]-[D01]')",
        "$states.input.**.id",
        "$each($states.input, function($v, $k) { $k & '=' & $v })",
        "/* note */ [1, 2, [3..5]] ~> $append([6])",
        "$replace($states.input.s, /\\\\s+/, '_')",
        "$states.input.items[$type($) = 'string']",
        "$states.input.a ? $states.input.a",
        "function($x) { $x }(1)",
        "$states.input.a.%.b",
        "$substringBefore(?, '-')('a-b')",
        "$map($states.input.a, $uppercase)",
        "($a := 1; $b := $a + 1; {'a': $a, 'b': $b})",
    ] {
        jsonata(&format!(r#""Type":"Pass","Output":"{{% {expression} %}}""#));
    }
}

#[test]
fn paths_and_intrinsics() {
    for value in [
        "$.a.b[0].c[-1]",
        "$.a[0:2]",
        "$..id",
        "$.items[?(@.price < 10 && @.name == 'x')]",
        "$['a','b']",
        "$$.StateMachine.Id",
        "$$.Map.Item.Value.x",
        "States.Format('It\\\\'s {} of \\\\{{}\\\\}', $.a, States.ArrayLength($.b))",
        "States.ArrayGetItem(States.StringSplit($.s, ','), 0)",
        "States.JsonMerge($.a, States.StringToJson($.b), false)",
        "States.ArrayContains(States.Array('a', 'b'), $.x)",
        "States.ArrayPartition($.a, 4)",
        "States.ArrayRange(1, 9, 2)",
        "States.ArrayUnique($.a[*].b)",
        "States.Base64Decode(States.Base64Encode($.x))",
        "States.Hash($.a, 'SHA-512')",
        "States.MathAdd($.a, -1)",
        "States.MathRandom(1, 10)",
        "States.UUID()",
        "States.JsonToString($)",
    ] {
        if value.contains("Map.Item") {
            continue;
        }
        jsonpath(&format!(r#""Type":"Pass","Parameters":{{"x.$":"{value}","deep":[{{"y.$":"{value}"}}]}}"#));
    }
}

#[test]
fn retries_and_catchers() {
    let task = r#""Type":"Task","Resource":"arn:aws:states:::lambda:invoke""#;
    let with = |language: &str, arguments: &str, fields: &str| {
        accept(
            MachineType::Standard,
            &format!(
                r#"{{"QueryLanguage":"{language}","StartAt":"A","States":{{"A":{{{task},{arguments},{fields},"End":true}},"Z":{{"Type":"Fail","Error":"e"}}}}}}"#
            ),
        );
    };
    with(
        "JSONPath",
        r#""Parameters":{"FunctionName":"f"}"#,
        r#""Retry":[{"ErrorEquals":["Lambda.TooManyRequestsException","Custom Error"],"IntervalSeconds":1,"MaxAttempts":99999999,"BackoffRate":1,"MaxDelaySeconds":31622400,"JitterStrategy":"NONE"}],
           "Catch":[{"ErrorEquals":["States.TaskFailed"],"ResultPath":"$.error","Next":"Z"},{"ErrorEquals":["States.ALL"],"ResultPath":null,"Assign":{"e.$":"$.Cause"},"Next":"Z","Comment":"c"}]"#,
    );
    with(
        "JSONata",
        r#""Arguments":{"FunctionName":"f"}"#,
        r#""Retry":[],"Catch":[{"ErrorEquals":["States.ALL"],"Output":{"e":"{% $states.errorOutput.Error %}","in":"{% $states.input %}"},"Assign":{"cause":"{% $parse($states.errorOutput.Cause) %}"},"Next":"Z"}]"#,
    );
}

#[test]
fn express_machines() {
    accept(
        MachineType::Express,
        r#"{"TimeoutSeconds":0,"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::aws-sdk:dynamodb:putItem",
            "Parameters":{"TableName":"t","Item":{}},"Next":"M"},"M":{"Type":"Map","ItemProcessor":{"ProcessorConfig":{"Mode":"INLINE"},
            "StartAt":"I","States":{"I":{"Type":"Wait","Seconds":0,"End":true}}},"End":true}}}"#,
    );
}

#[test]
fn variables() {
    accept(
        MachineType::Standard,
        r#"{"QueryLanguage":"JSONata","StartAt":"Set","States":{
            "Set":{"Type":"Pass","Assign":{"a":1,"größe":[1],"x_1":{"y":"{% $states.input.y %}"}},"Next":"Loop"},
            "Loop":{"Type":"Choice","Choices":[{"Condition":"{% $a < 3 %}","Next":"Again"}],"Default":"Par","Assign":{"done":true}},
            "Again":{"Type":"Pass","Assign":{"a":"{% $a + 1 %}"},"Next":"Loop"},
            "Par":{"Type":"Parallel","Branches":[{"StartAt":"B","States":{"B":{"Type":"Pass","Assign":{"inner":"{% $a + $größe[0] %}"},"Next":"C"},
                "C":{"Type":"Pass","Output":"{% $inner + $a %}","End":true}}},
              {"StartAt":"D","States":{"D":{"Type":"Pass","Assign":{"inner":2},"Output":"{% $x_1.y %}","End":true}}}],
              "Assign":{"a":"{% $states.result[0] %}"},"Next":"Last"},
            "Last":{"Type":"Succeed","Output":{"a":"{% $a %}","done":"{% $done %}"}}}}"#,
    );
    accept(
        MachineType::Standard,
        r#"{"StartAt":"Set","States":{"Set":{"Type":"Pass","Assign":{"n":5,"list.$":"$.list","id.$":"States.UUID()"},"Next":"Use"},
            "Use":{"Type":"Map","ItemsPath":"$list","MaxConcurrencyPath":"$n","ItemSelector":{"id.$":"$id","v.$":"$$.Map.Item.Value"},
              "ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Choice","Choices":[{"Variable":"$n","NumericLessThan":9,"Next":"J"}],"Default":"J"},
                "J":{"Type":"Succeed","OutputPath":"$id"}}},"End":true}}}"#,
    );
}
