//! The objects of the language and their fields.
//!
//! Which field goes with which type of state was measured with `ValidateStateMachineDefinition` by the authors of
//! cdk-preflight (8 types, 50 fields) and of floci; limits are those of the states language specification and the guide.

use super::schema::{Emptiness, Field, Schema, Scope, Shape, both, dynamic, jsonata, path};
use crate::model::StateType;

const ANY_NUMBER: Shape = Shape::Number(f64::MIN, f64::MAX);
const CONTEXT: Shape = Shape::Reference { context: true };
const SECONDS: Shape = Shape::Integer(1, 99_999_999);
/// AWS takes 0 for the machine's own timeout and for the interval of a retrier (measured by the authors of cdk-preflight).
const FROM_ZERO: Shape = Shape::Integer(0, 99_999_999);
/// A Map's own numbers are not read from the context object (measured on AWS by the contributors of floci).
const DATA: Shape = Shape::Reference { context: false };
const PAYLOAD: Shape = Shape::Template { object: false, scope: Scope::Before };
const OUTPUT: Shape = Shape::Template { object: false, scope: Scope::After };
const ARGUMENTS: Shape = Shape::Template { object: true, scope: Scope::Before };

const TYPE: Field = both("Type", Shape::Any);
const COMMENT: Field = both("Comment", Shape::Text);
const LANGUAGE: Field = both("QueryLanguage", Shape::Any);
const INPUT_PATH: Field = path("InputPath", Shape::Path { null: true });
const OUTPUT_PATH: Field = path("OutputPath", Shape::Path { null: true });
const RESULT_PATH: Field = path("ResultPath", Shape::ResultPath);
const PARAMETERS: Field = path("Parameters", PAYLOAD);
const RESULT_SELECTOR: Field = path("ResultSelector", Shape::Template { object: true, scope: Scope::After });
const STATE_OUTPUT: Field = jsonata("Output", OUTPUT);
const ASSIGN: Field = both("Assign", Shape::Assign(Scope::After));
const NEXT: Field = both("Next", Shape::Text);
const END: Field = both("End", Shape::Flag);
const RETRY: Field = both("Retry", Shape::List(&RETRIER, Emptiness::Allowed));
const CATCH: Field = both("Catch", Shape::List(&CATCHER, Emptiness::Allowed));

const fn of(fields: &'static [Field], required: &'static [&'static str]) -> Schema {
    Schema { fields, also: &[], required, at_most_one: &[], exactly_one: &[] }
}

pub(super) static MACHINE: Schema = of(
    &[
        COMMENT,
        both("StartAt", Shape::Text),
        both("States", Shape::States),
        both("TimeoutSeconds", FROM_ZERO),
        both("Version", Shape::OneOf(&["1.0"])),
        LANGUAGE,
    ],
    &["States", "StartAt"],
);

static BRANCH: Schema =
    of(&[COMMENT, both("StartAt", Shape::Text), both("States", Shape::States)], &["States", "StartAt"]);

static PROCESSOR: Schema = of(
    &[
        COMMENT,
        both("StartAt", Shape::Text),
        both("States", Shape::States),
        both("ProcessorConfig", Shape::Object(&PROCESSOR_CONFIG)),
    ],
    &["States", "StartAt"],
);

static PROCESSOR_CONFIG: Schema = of(
    &[
        both("Mode", Shape::OneOf(&["INLINE", "DISTRIBUTED"])),
        both("ExecutionType", Shape::OneOf(&["STANDARD", "EXPRESS"])),
    ],
    &[],
);

static RETRIER: Schema = of(
    &[
        COMMENT,
        both("ErrorEquals", Shape::Texts),
        both("IntervalSeconds", FROM_ZERO),
        both("MaxAttempts", Shape::Integer(0, 99_999_999)),
        both("BackoffRate", Shape::Number(1.0, f64::MAX)),
        both("MaxDelaySeconds", Shape::Integer(1, 31_622_400)),
        both("JitterStrategy", Shape::OneOf(&["NONE", "FULL"])),
    ],
    &["ErrorEquals"],
);

static CATCHER: Schema = of(
    &[
        COMMENT,
        both("ErrorEquals", Shape::Texts),
        NEXT,
        RESULT_PATH,
        both("Assign", Shape::Assign(Scope::Caught)),
        jsonata("Output", Shape::Template { object: false, scope: Scope::Caught }),
    ],
    &["ErrorEquals", "Next"],
);

static ITEM_READER: Schema = of(
    &[
        both("Resource", Shape::Any),
        path("Parameters", PAYLOAD),
        jsonata("Arguments", ARGUMENTS),
        both("ReaderConfig", Shape::Object(&READER_CONFIG)),
    ],
    &["Resource"],
);

static READER_CONFIG: Schema = Schema {
    fields: &[
        both("InputType", Shape::OneOf(&["CSV", "JSON", "JSONL", "MANIFEST", "PARQUET"])),
        both("Transformation", Shape::OneOf(&["NONE", "LOAD_AND_FLATTEN"])),
        both("ManifestType", Shape::OneOf(&["ATHENA_DATA", "S3_INVENTORY"])),
        both("CSVHeaderLocation", Shape::OneOf(&["FIRST_ROW", "GIVEN"])),
        both("CSVHeaders", Shape::Texts),
        both("CSVDelimiter", Shape::OneOf(&["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"])),
        both("ItemsPointer", Shape::Text),
        dynamic("MaxItems", Shape::Integer(0, 100_000_000)),
        path("MaxItemsPath", DATA),
    ],
    also: &[],
    required: &[],
    at_most_one: &[&["MaxItems", "MaxItemsPath"]],
    exactly_one: &[],
};

static ITEM_BATCHER: Schema = Schema {
    fields: &[
        both("BatchInput", PAYLOAD),
        dynamic("MaxItemsPerBatch", Shape::Integer(0, i64::MAX)),
        path("MaxItemsPerBatchPath", DATA),
        dynamic("MaxInputBytesPerBatch", Shape::Integer(0, i64::MAX)),
        path("MaxInputBytesPerBatchPath", DATA),
    ],
    also: &[],
    required: &[],
    at_most_one: &[
        &["MaxItemsPerBatch", "MaxItemsPerBatchPath"],
        &["MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"],
    ],
    exactly_one: &[],
};

static RESULT_WRITER: Schema = of(
    &[
        both("Resource", Shape::Any),
        path("Parameters", PAYLOAD),
        jsonata("Arguments", ARGUMENTS),
        both("WriterConfig", Shape::Object(&WRITER_CONFIG)),
    ],
    &[],
);

static WRITER_CONFIG: Schema = of(
    &[
        both("OutputType", Shape::OneOf(&["JSON", "JSONL"])),
        both("Transformation", Shape::OneOf(&["NONE", "COMPACT", "FLATTEN"])),
    ],
    &["OutputType"],
);

/// How many comparisons there are.
const COMPARISONS: usize = 39;

/// Every comparison of a choice rule in JSONPath.
static COMPARISON: [Field; COMPARISONS] = [
    path("StringEquals", Shape::Text),
    path("StringEqualsPath", CONTEXT),
    path("StringLessThan", Shape::Text),
    path("StringLessThanPath", CONTEXT),
    path("StringGreaterThan", Shape::Text),
    path("StringGreaterThanPath", CONTEXT),
    path("StringLessThanEquals", Shape::Text),
    path("StringLessThanEqualsPath", CONTEXT),
    path("StringGreaterThanEquals", Shape::Text),
    path("StringGreaterThanEqualsPath", CONTEXT),
    path("NumericEquals", ANY_NUMBER),
    path("NumericEqualsPath", CONTEXT),
    path("NumericLessThan", ANY_NUMBER),
    path("NumericLessThanPath", CONTEXT),
    path("NumericGreaterThan", ANY_NUMBER),
    path("NumericGreaterThanPath", CONTEXT),
    path("NumericLessThanEquals", ANY_NUMBER),
    path("NumericLessThanEqualsPath", CONTEXT),
    path("NumericGreaterThanEquals", ANY_NUMBER),
    path("NumericGreaterThanEqualsPath", CONTEXT),
    path("TimestampEquals", Shape::Timestamp),
    path("TimestampEqualsPath", CONTEXT),
    path("TimestampLessThan", Shape::Timestamp),
    path("TimestampLessThanPath", CONTEXT),
    path("TimestampGreaterThan", Shape::Timestamp),
    path("TimestampGreaterThanPath", CONTEXT),
    path("TimestampLessThanEquals", Shape::Timestamp),
    path("TimestampLessThanEqualsPath", CONTEXT),
    path("TimestampGreaterThanEquals", Shape::Timestamp),
    path("TimestampGreaterThanEqualsPath", CONTEXT),
    path("BooleanEquals", Shape::Flag),
    path("BooleanEqualsPath", CONTEXT),
    path("StringMatches", Shape::Text),
    path("IsNull", Shape::Flag),
    path("IsPresent", Shape::Flag),
    path("IsNumeric", Shape::Flag),
    path("IsString", Shape::Flag),
    path("IsBoolean", Shape::Flag),
    path("IsTimestamp", Shape::Flag),
];

/// Whether a field of a choice rule is a comparison.
pub(super) fn is_comparison(name: &str) -> bool {
    COMPARISON.iter().any(|f| f.name == name)
}

/// What every choice rule has, but for the comparisons.
const TESTS: [Field; 4] = [
    path("Variable", Shape::Variable),
    path("And", Shape::NestedRules),
    path("Or", Shape::NestedRules),
    path("Not", Shape::NestedRule),
];

pub(super) static CHOICE_RULE: Schema = Schema {
    fields: &[
        COMMENT,
        NEXT,
        both("Assign", Shape::Assign(Scope::Before)),
        jsonata("Condition", Shape::Condition),
        jsonata("Output", Shape::Template { object: false, scope: Scope::Before }),
    ],
    required: &["Next"],
    also: &[&TESTS, &COMPARISON],
    at_most_one: &[],
    exactly_one: &[],
};

pub(super) static NESTED_RULE: Schema = Schema {
    fields: &[COMMENT, jsonata("Condition", Shape::Condition)],
    also: &[&TESTS, &COMPARISON],
    required: &[],
    at_most_one: &[],
    exactly_one: &[],
};

static PASS: Schema = of(
    &[
        TYPE,
        COMMENT,
        LANGUAGE,
        INPUT_PATH,
        OUTPUT_PATH,
        path("Result", Shape::Constant),
        RESULT_PATH,
        PARAMETERS,
        STATE_OUTPUT,
        ASSIGN,
        NEXT,
        END,
    ],
    &[],
);

static TASK: Schema = Schema {
    fields: &[
        TYPE,
        COMMENT,
        LANGUAGE,
        INPUT_PATH,
        OUTPUT_PATH,
        RESULT_PATH,
        PARAMETERS,
        jsonata("Arguments", ARGUMENTS),
        STATE_OUTPUT,
        ASSIGN,
        both("Resource", Shape::Resource),
        both("Credentials", Shape::Template { object: true, scope: Scope::Before }),
        RESULT_SELECTOR,
        RETRY,
        CATCH,
        dynamic("TimeoutSeconds", SECONDS),
        path("TimeoutSecondsPath", CONTEXT),
        dynamic("HeartbeatSeconds", SECONDS),
        path("HeartbeatSecondsPath", CONTEXT),
        NEXT,
        END,
    ],
    also: &[],
    required: &["Resource"],
    at_most_one: &[&["TimeoutSeconds", "TimeoutSecondsPath"], &["HeartbeatSeconds", "HeartbeatSecondsPath"]],
    exactly_one: &[],
};

static WAIT: Schema = Schema {
    fields: &[
        TYPE,
        COMMENT,
        LANGUAGE,
        INPUT_PATH,
        OUTPUT_PATH,
        STATE_OUTPUT,
        ASSIGN,
        dynamic("Seconds", FROM_ZERO),
        dynamic("Timestamp", Shape::Timestamp),
        path("SecondsPath", CONTEXT),
        path("TimestampPath", CONTEXT),
        NEXT,
        END,
    ],
    also: &[],
    required: &[],
    at_most_one: &[],
    exactly_one: &[&["SecondsPath", "Seconds", "TimestampPath", "Timestamp"]],
};

static PARALLEL: Schema = of(
    &[
        TYPE,
        COMMENT,
        LANGUAGE,
        INPUT_PATH,
        OUTPUT_PATH,
        RESULT_PATH,
        PARAMETERS,
        jsonata("Arguments", ARGUMENTS),
        STATE_OUTPUT,
        ASSIGN,
        RESULT_SELECTOR,
        RETRY,
        CATCH,
        both("Branches", Shape::Bodies(&BRANCH)),
        NEXT,
        END,
    ],
    &["Branches"],
);

static MAP: Schema = Schema {
    fields: &[
        TYPE,
        COMMENT,
        LANGUAGE,
        INPUT_PATH,
        OUTPUT_PATH,
        RESULT_PATH,
        PARAMETERS,
        STATE_OUTPUT,
        ASSIGN,
        RESULT_SELECTOR,
        RETRY,
        CATCH,
        both("ItemProcessor", Shape::Object(&PROCESSOR)),
        both("Iterator", Shape::Object(&PROCESSOR)),
        path("ItemsPath", Shape::Reference { context: true }),
        jsonata("Items", Shape::Items),
        both("ItemSelector", PAYLOAD),
        both("ItemReader", Shape::Object(&ITEM_READER)),
        both("ItemBatcher", Shape::Object(&ITEM_BATCHER)),
        both("ResultWriter", Shape::Object(&RESULT_WRITER)),
        dynamic("MaxConcurrency", Shape::Integer(0, i64::MAX)),
        path("MaxConcurrencyPath", DATA),
        dynamic("ToleratedFailurePercentage", Shape::Number(0.0, 100.0)),
        path("ToleratedFailurePercentagePath", DATA),
        dynamic("ToleratedFailureCount", Shape::Integer(0, i64::MAX)),
        path("ToleratedFailureCountPath", DATA),
        both("Label", Shape::Text),
        NEXT,
        END,
    ],
    also: &[],
    required: &[],
    at_most_one: &[
        &["MaxConcurrency", "MaxConcurrencyPath"],
        &["ToleratedFailurePercentage", "ToleratedFailurePercentagePath"],
        &["ToleratedFailureCount", "ToleratedFailureCountPath"],
        &["ItemSelector", "Parameters"],
    ],
    exactly_one: &[&["ItemProcessor", "Iterator"]],
};

static CHOICE: Schema = of(
    &[
        TYPE,
        COMMENT,
        LANGUAGE,
        INPUT_PATH,
        OUTPUT_PATH,
        jsonata("Output", Shape::Template { object: false, scope: Scope::Before }),
        both("Assign", Shape::Assign(Scope::Before)),
        both("Choices", Shape::Rules),
        both("Default", Shape::Text),
    ],
    &["Choices"],
);

static SUCCEED: Schema = of(&[TYPE, COMMENT, LANGUAGE, INPUT_PATH, OUTPUT_PATH, STATE_OUTPUT], &[]);

static FAIL: Schema = Schema {
    fields: &[
        TYPE,
        COMMENT,
        LANGUAGE,
        dynamic("Error", Shape::Text),
        dynamic("Cause", Shape::Text),
        path("ErrorPath", Shape::TextPath),
        path("CausePath", Shape::TextPath),
    ],
    also: &[],
    required: &[],
    at_most_one: &[&["Error", "ErrorPath"], &["Cause", "CausePath"]],
    exactly_one: &[],
};

/// The fields of a type of state.
pub(super) fn of_type(kind: StateType) -> &'static Schema {
    match kind {
        StateType::Task => &TASK,
        StateType::Wait => &WAIT,
        StateType::Pass => &PASS,
        StateType::Succeed => &SUCCEED,
        StateType::Fail => &FAIL,
        StateType::Choice => &CHOICE,
        StateType::Parallel => &PARALLEL,
        StateType::Map => &MAP,
    }
}
