//! How long a check takes: small definitions, and one that is as large as AWS takes, at several sizes to see that it grows
//! with the size and no faster.
//!
//! For comparison: the language service of AWS took 0.1 to 880 ms a definition on the same cases.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::{fmt::Write as _, hint::black_box};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use statewright_asl::{Definition, MachineType, Options, Tokens, check, diff};
use statewright_source::{Sources, parse_json};

/// A machine of about `bytes`, with every type of state, expressions, paths, retries and variables in it.
fn machine(bytes: usize, jsonata: bool) -> String {
    let mut text = String::from(if jsonata { r#"{"QueryLanguage":"JSONata","# } else { "{" });
    text.push_str(r#""StartAt":"Task 0","States":{"#);
    let mut n = 0;
    while text.len() < bytes {
        let last = n + 1;
        if jsonata {
            let _ = write!(
                text,
                r#""Task {n}":{{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Arguments":{{"FunctionName":"f","Payload":{{"a":"{{% $states.input.items[price > {n}].name & 'x' %}}"}}}},"Output":{{"r":"{{% $map($states.result.Payload, function($v, $i) {{ {{ 'v': $v, 'i': $i }} }}) %}}"}},"Assign":{{"count":"{{% $states.result.n + 1 %}}"}},"Retry":[{{"ErrorEquals":["Lambda.ServiceException","States.TaskFailed"],"IntervalSeconds":2,"MaxAttempts":6,"BackoffRate":2}}],"Catch":[{{"ErrorEquals":["States.ALL"],"Next":"Failed"}}],"Next":"Choice {n}"}},"Choice {n}":{{"Type":"Choice","Choices":[{{"Condition":"{{% $count > 10 and $states.input.r %}}","Next":"Failed"}}],"Default":"Map {n}"}},"Map {n}":{{"Type":"Map","Items":"{{% $states.input.r %}}","ItemProcessor":{{"StartAt":"In {n}","States":{{"In {n}":{{"Type":"Pass","Output":"{{% $states.input %}}","End":true}}}}}},"Next":"Task {last}"}},"#
            );
        } else {
            let _ = write!(
                text,
                r#""Task {n}":{{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{{"FunctionName":"f","Payload":{{"a.$":"$.items[0]['name']","b.$":"States.Format('{{}}-{{}}', $.x, States.UUID())"}}}},"ResultSelector":{{"r.$":"$.Payload"}},"ResultPath":"$.result","Retry":[{{"ErrorEquals":["Lambda.ServiceException","States.TaskFailed"],"IntervalSeconds":2,"MaxAttempts":6,"BackoffRate":2}}],"Catch":[{{"ErrorEquals":["States.ALL"],"ResultPath":"$.error","Next":"Failed"}}],"Next":"Choice {n}"}},"Choice {n}":{{"Type":"Choice","Choices":[{{"And":[{{"Variable":"$.n","IsPresent":true}},{{"Variable":"$.n","NumericGreaterThan":10}}],"Next":"Failed"}}],"Default":"Map {n}"}},"Map {n}":{{"Type":"Map","ItemsPath":"$.result.r","ItemProcessor":{{"StartAt":"In {n}","States":{{"In {n}":{{"Type":"Pass","Parameters":{{"x.$":"$.x"}},"End":true}}}}}},"Next":"Task {last}"}},"#
            );
        }
        n = last;
    }
    let _ = write!(text, r#""Task {n}":{{"Type":"Succeed"}},"Failed":{{"Type":"Fail","Error":"E"}}}}}}"#);
    text
}

fn run(text: &str) -> usize {
    let mut sources = Sources::default();
    let file = sources.add("bench.asl.json", text);
    let root = parse_json(file, text).root.unwrap();
    let options =
        Options { machine_type: Some(MachineType::Standard), tokens: Tokens::Wildcard, sources: Some(&sources) };
    check(&root, &options).diagnostics.len()
}

fn checks(c: &mut Criterion) {
    for (language, jsonata) in [("jsonpath", false), ("jsonata", true)] {
        let mut group = c.benchmark_group(format!("parse and check, {language}"));
        group.sample_size(20);
        for bytes in [2_000, 30_000, 250_000, 1_000_000] {
            let text = machine(bytes, jsonata);
            group.throughput(Throughput::Bytes(text.len() as u64));
            group
                .bench_with_input(BenchmarkId::from_parameter(bytes), &text, |b, text| b.iter(|| run(black_box(text))));
        }
        group.finish();
        let text = machine(1_000_000, jsonata);
        let mut sources = Sources::default();
        let file = sources.add("bench.asl.json", text.as_str());
        let root = parse_json(file, &text).root.unwrap();
        let options = Options { machine_type: None, tokens: Tokens::Wildcard, sources: Some(&sources) };
        let mut parts = c.benchmark_group(format!("1 MB, {language}"));
        parts.sample_size(20);
        parts.bench_function("parse", |b| b.iter(|| parse_json(file, black_box(&text)).root.is_some()));
        parts.bench_function("model", |b| b.iter(|| Definition::of(black_box(&root)).states().len()));
        parts.bench_function("check", |b| b.iter(|| check(black_box(&root), &options).diagnostics.len()));
        parts.finish();
    }
    let before = machine(250_000, false);
    let after = before.replace("\"BackoffRate\":2", "\"BackoffRate\":3");
    let mut sources = Sources::default();
    let (b, a) = (sources.add("b", before.as_str()), sources.add("a", after.as_str()));
    let (b, a) = (parse_json(b, &before).root.unwrap(), parse_json(a, &after).root.unwrap());
    c.bench_function("diff of two definitions of 250 kB", |bench| {
        bench.iter(|| diff(&Definition::of(black_box(&b)), &Definition::of(black_box(&a))).states.len());
    });
}

criterion_group!(benches, checks);
criterion_main!(benches);
