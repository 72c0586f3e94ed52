//! Where the pages are. A name may hold what a URL may not.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands in a part of a path as it is.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'@');

fn part(text: &str) -> String {
    utf8_percent_encode(text, KEPT).to_string()
}

/// All stacks.
pub(crate) const STACKS: &str = "/";

/// A stack and its plan.
pub(crate) fn stack(owner: &str) -> String {
    format!("/stack/{}", part(owner))
}

/// A machine.
pub(crate) fn machine(owner: &str, name: &str) -> String {
    format!("/machine/{}/{}", part(owner), part(name))
}

/// The form that starts an execution.
pub(crate) fn start(owner: &str, name: &str) -> String {
    format!("/start/{}/{}", part(owner), part(name))
}

/// An execution.
pub(crate) fn run(owner: &str, machine: &str, execution: &str) -> String {
    format!("/run/{}/{}/{}", part(owner), part(machine), part(execution))
}

/// A text as the value of a query.
pub(crate) fn query(text: &str) -> String {
    part(text)
}

/// A page at one of its states.
pub(crate) fn at_state(page: &str, state: &str) -> String {
    format!("{page}?state={}", part(state))
}

/// The console's page of an execution. Its ARN tells the region and the partition.
pub(crate) fn console(execution: &str) -> String {
    let mut parts = execution.split(':');
    let partition = parts.nth(1).unwrap_or("aws");
    let region = parts.nth(1).unwrap_or("us-east-1");
    let host = match partition {
        "aws-cn" => "console.amazonaws.cn",
        "aws-us-gov" => "console.amazonaws-us-gov.com",
        _ => "console.aws.amazon.com",
    };
    format!("https://{region}.{host}/states/home?region={region}#/v2/executions/details/{execution}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_leave_their_part() {
        assert_eq!(machine("etl/prod@eu-west-1", "a b"), "/machine/etl%2Fprod@eu-west-1/a%20b");
        assert_eq!(run("s@r", "m", "../x?y#z"), "/run/s@r/m/..%2Fx%3Fy%23z");
        assert_eq!(at_state("/machine/s/m", "A&B"), "/machine/s/m?state=A%26B");
    }

    #[test]
    fn the_console_is_that_of_the_partition() {
        let url = console("arn:aws-cn:states:cn-north-1:123456789012:execution:m:x");
        assert!(url.starts_with("https://cn-north-1.console.amazonaws.cn/states/"), "{url}");
    }
}
