//! Every finding of this crate: one row a code. A code never changes its meaning.

use statewright_source::Code;

macro_rules! codes {
    ($($name:ident $code:literal $meaning:literal)*) => {
        $(#[doc = $meaning] pub const $name: Code = Code($code);)*

        /// Every code of this crate with its meaning, for the documentation.
        pub const CODES: &[(Code, &str)] = &[$(($name, $meaning)),*];
    };
}

codes! {
    NOT_OURS "PLAN001" "A resource of this name exists and belongs to another owner."
    NO_OWNER "PLAN002" "A resource of this name exists and has no owner's tag."
    UNREADABLE "PLAN003" "AWS would not say how a declared resource is."
    LOOKUP_UNREADABLE "PLAN004" "AWS would not say whether something exists that the spec names."
    MISSING_AT_RUNTIME "PLAN005" "Something that the spec names does not exist: an execution or a run that needs it fails."
    MISSING "PLAN006" "Something that the spec names does not exist, and AWS refuses the resource without it."
    NEEDS_REPLACE "PLAN007" "A field changes that AWS cannot change, and the resource may not be replaced."
    DELETES_ALL "PLAN008" "The plan would delete all that is ours and keep nothing."
    ATTACHED_ELSEWHERE "PLAN009" "A policy that goes is attached to a user, a group or a role that is not of this stack."
    IN_INSTANCE_PROFILE "PLAN010" "A role that goes is in an instance profile."
    EXECUTIONS_RUN "PLAN011" "Executions run on a machine that goes or is replaced."
    SCRIPT_NOT_OURS "PLAN012" "An object that is not ours stands where a script is to be uploaded."
    STILL_NAMED "PLAN013" "A resource leaves the spec and is still named in it."
    TARGETED "PLAN014" "The plan was limited to some addresses."
    UNKNOWN_TARGET "PLAN015" "A target is neither declared nor ours."
    SEARCH_INCOMPLETE "PLAN016" "The search for resources that left the spec was refused or cut short."
    NAME_CASE "PLAN017" "IAM takes two names for the same that differ only in case."
    DELETION_PROTECTED "PLAN018" "AWS itself protects the log group from being deleted."
    FUNCTION_FAILED "PLAN019" "A function cannot be invoked."
    VISUAL_NODES "PLAN020" "An update of the job wipes out what the visual editor drew."
    LEFT_ALONE "PLAN021" "A declared resource is not ours and is left as it is."
    NOT_ANSWERED "PLAN022" "AWS would not say what a change has to know."
    IS_BOUNDARY "PLAN023" "A policy that would be replaced is a permissions boundary."
    NOT_JUDGED "PLAN024" "AWS would not say what it thinks of a definition or a policy that is new or changes: our checks alone stand behind it."
    BROADENS "PLAN025" "The plan broadens what a role or a policy allows, and the spec guards against that."
    PROTECTED "PLAN030" "A resource that is protected would be deleted or replaced."
    WRONG_OWNER "PLAN031" "A resource that the spec would take over belongs to another owner than the spec says."
    AWS_OWN "PLAN032" "A resource that AWS made for itself is never taken over."
    NOTHING_TO_ADOPT "PLAN033" "The spec would take a resource over, and there is none: it is created."
    RETAINED_NEEDS "PLAN034" "A resource that is retained and leaves uses one that goes or is replaced."
    HUNG_BY_OTHERS "PLAN035" "Policies hang on a role that the spec does not name, and are left alone."
    OTHER_SPELLING "PLAN036" "A resource that the spec would take over is spelt otherwise in AWS."
    LOSES_GRANT "PLAN040" "Executions that run now lose a grant that they need."
    QUOTA_NEAR "PLAN041" "A quota of AWS is nearly used up."
    NOT_FORECAST "PLAN042" "AWS would not say how much of a quota is used."
    QUOTA_EXCEEDED "PLAN043" "What the plan makes is more than a quota of AWS holds."
    CALLER_LACKS "PLAN045" "By IAM's own simulation the caller may not make a call of the plan."
    NOT_SIMULATED "PLAN046" "Whether the caller may make the calls of the plan was not simulated."
}
