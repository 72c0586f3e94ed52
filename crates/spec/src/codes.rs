//! What can be wrong with a spec.

use statewright_source::Code;

macro_rules! codes {
    ($($name:ident $code:literal $meaning:literal)*) => {
        $(#[doc = $meaning] pub const $name: Code = Code($code);)*

        /// Every code of this crate with its meaning, for the documentation.
        pub const CODES: &[(Code, &str)] = &[$(($name, $meaning)),*];
    };
}

codes! {
    UNREADABLE "SPEC001" "A file or a directory cannot be read."
    NO_SPEC "SPEC002" "There is no spec where one is looked for."
    EMPTY "SPEC003" "A spec or a document is empty, or not a map."
    VERSION "SPEC004" "The key `statewright` is missing, or names a version that this program does not know."
    UNKNOWN_KEY "SPEC005" "A key that the spec language does not know."
    MISSING_KEY "SPEC006" "A key that must be there is missing."
    WRONG_TYPE "SPEC007" "A value is of the wrong type."
    BAD_VALUE "SPEC008" "A value is not one of those allowed, is out of range, or does not have the right form."
    UNKNOWN_CODE "SPEC010" "`allow` names a finding that does not exist."

    OUTSIDE "SPEC020" "A file lies outside the repository that holds the spec."
    BAD_PATH "SPEC021" "A path cannot be used: absolute, of another system, or made of what is known only in AWS."
    TOO_LARGE "SPEC022" "A file is larger than is taken."

    UNKNOWN_VARIABLE "SPEC030" "A variable that the spec does not declare."
    MISSING_VARIABLE "SPEC031" "A variable without a default was not given a value."
    BAD_VARIABLE "SPEC032" "A variable's value is not allowed, or does not match its pattern."
    BAD_PATTERN "SPEC033" "A variable's pattern is not a regular expression."
    UNKNOWN_ENVIRONMENT "SPEC034" "The environment that was chosen is not declared."
    BAD_VAR_FILE "SPEC035" "A file of variables is not a map of names and plain values."
    UNUSED_VARIABLE "SPEC036" "A variable is declared and never used."

    BAD_REFERENCE "SPEC040" "A `${…}` that is not closed, or is not a reference."
    UNKNOWN_REFERENCE "SPEC041" "A reference to something that the spec does not declare."
    REFERENCE_PLACE "SPEC042" "A reference that may not stand where it stands."
    SENSITIVE_PLACE "SPEC043" "A sensitive value in a key, a name, an ARN, a path or a setting."
    UNKNOWN_NAME "SPEC044" "A name that the spec does not declare, where a name or an ARN must stand."
    BAD_ARN "SPEC045" "A text that is not an ARN of the right sort."
    OTHER_PATH "SPEC046" "An ARN that names a declared role or policy under another path."
    UNUSED_SUBSTITUTION "SPEC047" "A substitution that the definition does not use."

    CIRCLE "SPEC050" "Resources that need each other in a circle."
    SAME_NAME "SPEC051" "Two names that AWS does not tell apart, or one name that is declared twice."
    TWO_STACKS "SPEC052" "Two stacks declare the same resource."
    WRONG_ACCOUNT "SPEC053" "The caller's account is not the one that the spec is for."
    WRONG_REGION "SPEC054" "The region is not the one that the spec is for."
    RENAME "SPEC055" "A former name that is the resource's own, is still declared, or is given twice."
    TWO_SPECS "SPEC056" "Two specs are of one stack, environment and region: each would delete what the other declares."

    TAG_KEY "SPEC060" "A tag's key is empty, too long, reserved, or has characters that AWS refuses."
    TAG_VALUE "SPEC061" "A tag's value is too long, or has characters that AWS refuses."
    TOO_MANY_TAGS "SPEC062" "A resource has more tags than AWS takes."
    OWNER_TOO_LONG "SPEC063" "Stack and environment are together too long for the tag that says whose a resource is."
    IGNORED_TAG "SPEC064" "A tag that the spec sets and ignores."

    NAME "SPEC070" "A name that AWS refuses."
    TOO_LONG "SPEC071" "A text that is longer than AWS takes."
    CHARACTERS "SPEC072" "A text with characters that AWS refuses."
    TOO_MANY "SPEC073" "More items than AWS takes."
    EXCLUSIVE "SPEC074" "Keys that AWS does not take together."
    MISSING_PARTNER "SPEC075" "A key that needs another beside it."
    OUTDATED "SPEC076" "A value that AWS no longer takes for something new."
    UNFAMILIAR "SPEC077" "A value that this program does not know. AWS may."
    CODE "SPEC078" "Code that cannot be packed for Lambda."
    HANDLER "SPEC079" "The code does not hold what the handler names."
    UNLOGGED "SPEC080" "An express machine without a log: nothing tells why an execution failed."
    ARGUMENT "SPEC081" "A job argument that Glue does not pass on as written."
    GRANTS "SPEC082" "`grants: derived` has nothing to derive from, or meets a policy of the same name."
}
