use clap::Parser;

use super::*;
use crate::args::{Cli, Command};

fn drawn(arguments: &[&str]) -> Result<String> {
    let cli = Cli::try_parse_from(["statewright", "graph"].iter().chain(arguments)).unwrap();
    let Command::Graph(args) = cli.command else { unreachable!() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let found = runtime.block_on(plain(&args, &cli.global))?;
    Ok(draw(&found, format(&args)?, args.theme, args.ascii, None))
}

const SPECS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../specs");

#[test]
fn the_committed_picture_is_current() {
    let spec = format!("{SPECS}/nightly-etl.yaml");
    let picture = drawn(&[&spec, "--var", "bucket=my-bucket", "--format", "svg"]).unwrap();
    let committed = fs::read_to_string(format!("{SPECS}/../docs/pictures/nightly-etl.svg")).unwrap_or_default();
    assert!(picture == committed, "docs/pictures/nightly-etl.svg is not current; run `make pictures`");
}

#[test]
fn a_secret_is_in_no_picture() {
    let folder = tempfile::TempDir::new().unwrap();
    let spec = folder.path().join("spec.yaml");
    let text = r#"
statewright: 1
stack: s
variables: { token: { sensitive: true } }
roles: { R: { trust: states.amazonaws.com } }
state_machines:
  m:
    role: R
    definition:
      StartAt: C
      States:
        C:
          Type: Choice
          Choices: [{ Variable: $.token, StringEquals: "${var.token}", Next: W }]
          Default: W
        W: { Type: Pass, Comment: "is ${var.token}", Result: "${var.token}", Next: F }
        F: { Type: Fail, Error: "${var.token}" }
"#;
    fs::write(&spec, text).unwrap();
    let spec = spec.to_string_lossy().into_owned();
    for format in ["svg", "mermaid", "dot", "text"] {
        let picture = drawn(&[&spec, "--var", "token=hunter2", "--format", format]).unwrap();
        assert!(!picture.contains("hunter2"), "{picture}");
        assert!(picture.contains("sensitive"), "{picture}");
    }
}

#[test]
fn which_machine() {
    let error = drawn(&[SPECS, "--var", "bucket=my-bucket", "--machine", "no-such"]).unwrap_err().render();
    assert!(error.contains("no spec declares a state machine no-such"), "{error}");
    assert!(error.contains("nightly-etl"), "{error}");
}

#[test]
fn the_form_by_the_name_of_the_file() {
    let of = |arguments: &[&str]| {
        let cli = Cli::try_parse_from(["statewright", "graph"].iter().chain(arguments)).unwrap();
        let Command::Graph(args) = cli.command else { unreachable!() };
        format(&args)
    };
    assert_eq!(of(&[]).unwrap(), GraphFormat::Text);
    assert_eq!(of(&["-o", "a.SVG"]).unwrap(), GraphFormat::Svg);
    assert_eq!(of(&["-o", "a.mmd"]).unwrap(), GraphFormat::Mermaid);
    assert_eq!(of(&["-o", "a.svg", "--format", "dot"]).unwrap(), GraphFormat::Dot);
    assert!(of(&["-o", "a.png"]).unwrap_err().render().contains(".svg, .mmd, .dot or .txt"));
}
