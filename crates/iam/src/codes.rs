//! Every finding that this crate, and what stands on it, gives: one row a code. A code never changes its meaning.

use statewright_source::{Code, Severity};

/// A row of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The code.
    pub code: Code,
    /// How bad it is as a rule; a finding may be milder.
    pub severity: Severity,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// Why it matters and what to do.
    pub why: &'static str,
}

macro_rules! catalogue {
    ($($name:ident $code:literal $severity:ident $title:literal $why:literal)*) => {
        $(#[doc = $title] pub const $name: Code = Code($code);)*
        /// The catalogue, in the order of the codes.
        pub const CODES: &[Rule] = &[$(Rule { code: $name, severity: Severity::$severity, title: $title, why: $why }),*];
    };
}

catalogue! {
    NOT_A_DOCUMENT "IAM001" Error "not a policy document"
        "A policy document is a JSON map with `Version` and `Statement`. IAM answers MalformedPolicyDocument to anything else."
    UNKNOWN_ELEMENT "IAM002" Error "unknown element"
        "IAM knows three elements of a document and nine of a statement, spelled exactly so, and refuses a document that has another."
    WRONG_TYPE "IAM003" Error "element of the wrong type"
        "IAM refuses a document in which an element is not of its type: a map where a list of strings is due, a list where a map is due."
    MISSING_ELEMENT "IAM004" Error "element missing"
        "A statement needs `Effect`, `Action` or `NotAction`, and by its kind `Resource` (identity policies) or `Principal` (trust policies)."
    EXCLUSIVE_ELEMENTS "IAM005" Error "elements that exclude each other"
        "`Action` and `NotAction`, `Resource` and `NotResource`, `Principal` and `NotPrincipal` cannot stand in one statement. Split it."
    MISPLACED_ELEMENT "IAM006" Error "element in the wrong kind of policy"
        "An identity policy has no `Principal` (the role is the principal); a trust policy has no `Resource` (the role is the resource)."
    VERSION "IAM007" Error "version of the policy language"
        "`2012-10-17` is the current version. Without one IAM means `2008-10-17`, in which `${aws:username}` is plain text; identity policies of that version are refused."
    EFFECT "IAM008" Error "effect is neither Allow nor Deny"
        "The two effects are spelled `Allow` and `Deny`, and case counts."
    DUPLICATE_SID "IAM009" Error "statement id used twice"
        "The `Sid`s of one document must differ; IAM refuses the document."
    SID_CHARACTERS "IAM010" Error "characters in a statement id"
        "In an identity policy a `Sid` is made of the letters A-Z, a-z and the digits."
    CHARACTERS "IAM011" Error "characters that IAM refuses"
        "A document may hold U+0020 to U+00FF, tab, line feed and carriage return. An em dash, a typographic quote or an emoji makes IAM refuse all of it."
    ACTION_FORM "IAM012" Error "action is not `service:Name`"
        "An action is a service prefix, a colon and a name, or `*`. IAM: actions must be prefaced by a vendor."
    RESOURCE_FORM "IAM013" Error "resource is not an ARN"
        "A resource is `*` or an ARN: `arn:partition:service:region:account:resource`, six parts with five colons at least."
    OPERATOR "IAM014" Error "unknown condition operator"
        "IAM refuses a condition whose operator it does not know. `IfExists` goes to the end and `ForAllValues:` or `ForAnyValue:` to the front."
    CONDITION_VALUE "IAM015" Error "condition value does not fit its operator"
        "Date operators need ISO 8601 dates or epoch seconds, numeric ones numbers, `Bool` true or false, `IpAddress` an address or CIDR range."
    PRINCIPAL "IAM016" Error "principal is not valid"
        "A principal is `*` or a map of `AWS`, `Service`, `Federated` or `CanonicalUser`. A wildcard stands alone or not at all."
    ARN_PART "IAM017" Error "part of an ARN is not valid"
        "The partition must be one of AWS's, the account twelve digits, and region or account stay empty where the service has none."
    VARIABLE "IAM018" Error "policy variable is not valid"
        "A policy variable is `${key}` or `${key, 'default'}`, closed, not empty, in `Resource` and in `Condition` values only, with Version 2012-10-17."
    SIZE "IAM019" Error "document is too large"
        "A managed policy has 6,144 characters, a trust policy 2,048, the inline policies of a role 10,240 in all; white space is not counted."
    CONDITION_KEY_FORM "IAM020" Warning "condition key is not `service:key`"
        "A condition key is a prefix, a colon and a name. IAM takes a key without prefix and never finds it in a request."
    EMPTY "IAM021" Warning "empty element"
        "An empty list or map means nothing here, or means something that nobody expects."
    DANGLING_PRINCIPAL "IAM022" Warning "principal was deleted"
        "IAM put a unique id where the user or the role was that the policy named. A new one of the same name is somebody else."
    UNKNOWN_SERVICE "IAM101" Warning "unknown service prefix"
        "No service has this prefix: the action grants nothing, or not what was meant."
    UNKNOWN_ACTION "IAM102" Warning "unknown action"
        "The service has no action of this name, or none that the pattern matches: IAM takes it and it grants nothing."
    ACTION_RESOURCE "IAM103" Warning "action does not fit the resources"
        "The action is for resources of another type, or for no resource at all (then only `*` grants it): the statement does not grant it."
    UNKNOWN_CONDITION_KEY "IAM104" Warning "unknown condition key"
        "No request carries this key: a condition on it never holds, or always does where it is negative or `IfExists`."
    CONDITION_TYPE "IAM105" Warning "operator does not fit the type of the condition key"
        "A Boolean key needs `Bool`, a number `Numeric…`, a date `Date…`, an address `IpAddress`; a key with several values needs `ForAnyValue:` or `ForAllValues:`."
    REDUNDANT "IAM106" Note "redundant"
        "Something else in the document grants the same."
    CONTRADICTION "IAM107" Warning "granted and denied"
        "A `Deny` of the same document takes all that this statement grants: it has no effect."
    PASS_ROLE "IAM108" Warning "any role can be passed"
        "`iam:PassRole` on `*` hands any role of the account to a service, administrators' roles too. Name the roles, or narrow it by `iam:PassedToService`."
    ESCALATION "IAM109" Warning "way to more permissions"
        "Who may write policies, take over roles or make credentials may give itself everything."
    NEGATED_ALLOW "IAM110" Warning "everything but some is allowed"
        "`Allow` with `NotAction`, `NotResource` or `NotPrincipal` grants all else, and what AWS adds tomorrow. Name what is allowed."
    CONFUSED_DEPUTY "IAM111" Note "trust in a service without a source"
        "The service may act on this role for anybody's resources unless `aws:SourceAccount` or `aws:SourceArn` says whose."
    WILDCARD_WITHOUT_LIKE "IAM112" Warning "wildcard that is none"
        "`*` and `?` are wildcards with `StringLike`, `ArnLike` and `ArnEquals` only; here they are compared as they stand."
    FOR_ALL_VALUES "IAM113" Warning "qualifier for all values on a key that may be missing"
        "`ForAllValues:` holds where the request has no such key. In an `Allow` do not use it for keys with one value; for others add a `Null` test."
    EVERYTHING "IAM114" Warning "everything is allowed"
        "`*` on `*` makes an administrator. Name the services and the resources."
    RESOURCE_SHAPE "IAM115" Warning "ARN of no known resource"
        "The service has no resource whose ARN looks like this: the statement matches nothing."
    ADDRESS "IAM116" Warning "address range"
        "`aws:SourceIp` sees public addresses only, and bits behind the mask of a range are ignored."
    MFA "IAM117" Warning "multi-factor test that does not hold"
        "`aws:MultiFactorAuthPresent` is missing from requests with long-term keys: in an `Allow` a test for `false` grants to who has no second factor; in a `Deny` use `BoolIfExists`."
    OLD_KEY "IAM118" Warning "old condition key"
        "`aws:ARN` and `aws:SourceOwner` were replaced by `aws:PrincipalArn` and `aws:SourceAccount`."
    NULL_QUALIFIER "IAM119" Warning "Null with a qualifier"
        "`ForAllValues:Null` is always true and `ForAnyValue:Null` always false: use `Null` alone."
    NEARLY_FULL "IAM120" Note "nearly at a quota"
        "IAM counts characters without white space; the document is close to what a role can hold."
    MISSING_PERMISSION "IAM201" Runtime "permission is missing"
        "The role does not grant what the state does: the execution will fail there."
    EXCESS "IAM202" Warning "permission is not needed"
        "The role grants what no state uses."
    DEPENDS "IAM203" Note "permission depends on a condition"
        "Whether the role grants it depends on a value that only the request has, or on a policy that was not read."
    TRUST "IAM204" Error "role cannot be assumed by the service"
        "The trust policy does not let the service assume the role: AWS refuses the resource."
    SERVICE_RIGHTS "IAM205" Error "role lacks rights that AWS checks at once"
        "AWS refuses a machine that logs, or runs a `.sync` integration over a managed rule, when its role lacks the rights for it."
    BY_AWS "IAM900" Warning "said by AWS"
        "`ValidatePolicy` of IAM Access Analyzer says so of a document that changes, and no rule of ours does. What it calls an error is a runtime finding here: it keeps the document from working, and IAM takes it."
}
