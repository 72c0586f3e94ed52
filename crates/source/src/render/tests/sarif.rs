//! The log as code-scanning services get it. It was held against the OASIS schema of SARIF 2.1.0.

use insta::assert_snapshot;

use super::{SPEC004, example};
use crate::{
    Diagnostic, Span, codes, parse_yaml,
    render::{SarifTool, sarif},
};

#[test]
fn sarif_log() {
    let (mut sources, mut list) = example();
    let odd = sources.add("/tmp/a b#é.yaml", "a: 1\na: 2\n");
    list.push(Diagnostic::error(SPEC004, "absolute").at(Span::new(odd, 0, 1), ""));
    let tool = SarifTool {
        name: "statewright",
        version: "0.1.0",
        information_uri: None,
        rules: codes::CODES,
        help_uri_prefix: Some("https://example.com/codes#"),
    };
    list.extend(parse_yaml(odd, "a: 1\na: 2\n").diagnostics);
    assert_snapshot!(serde_json::to_string_pretty(&sarif(&sources, &list, tool)).unwrap(), @r#"
    {
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
      "version": "2.1.0",
      "runs": [
        {
          "tool": {
            "driver": {
              "name": "statewright",
              "version": "0.1.0",
              "rules": [
                {
                  "id": "ASL020",
                  "helpUri": "https://example.com/codes#ASL020"
                },
                {
                  "id": "SPEC004",
                  "helpUri": "https://example.com/codes#SPEC004"
                },
                {
                  "id": "SPEC009",
                  "helpUri": "https://example.com/codes#SPEC009"
                },
                {
                  "id": "SPEC010",
                  "helpUri": "https://example.com/codes#SPEC010"
                },
                {
                  "id": "SRC005",
                  "shortDescription": {
                    "text": "A map has the same key twice."
                  },
                  "helpUri": "https://example.com/codes#SRC005"
                }
              ]
            }
          },
          "columnKind": "unicodeCodePoints",
          "results": [
            {
              "ruleId": "SPEC010",
              "ruleIndex": 3,
              "level": "note",
              "message": {
                "text": "the endpoint cannot be reached. Help: first line\nsecond"
              },
              "locations": [],
              "properties": {
                "severity": "note"
              }
            },
            {
              "ruleId": "SPEC004",
              "ruleIndex": 1,
              "level": "error",
              "message": {
                "text": "absolute"
              },
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "file:///tmp/a%20b%23%C3%A9.yaml"
                    },
                    "region": {
                      "startLine": 1,
                      "startColumn": 1,
                      "endLine": 1,
                      "endColumn": 2
                    }
                  }
                }
              ],
              "properties": {
                "severity": "error"
              }
            },
            {
              "ruleId": "SRC005",
              "ruleIndex": 4,
              "level": "error",
              "message": {
                "text": "the key `a` is there twice. Help: keep one of the two: most readers would silently take the last"
              },
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "file:///tmp/a%20b%23%C3%A9.yaml"
                    },
                    "region": {
                      "startLine": 2,
                      "startColumn": 1,
                      "endLine": 2,
                      "endColumn": 2
                    }
                  },
                  "message": {
                    "text": "again here"
                  }
                }
              ],
              "relatedLocations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "file:///tmp/a%20b%23%C3%A9.yaml"
                    },
                    "region": {
                      "startLine": 1,
                      "startColumn": 1,
                      "endLine": 1,
                      "endColumn": 2
                    }
                  },
                  "message": {
                    "text": "first here"
                  },
                  "id": 0
                }
              ],
              "properties": {
                "severity": "error"
              }
            },
            {
              "ruleId": "SPEC009",
              "ruleIndex": 2,
              "level": "warning",
              "message": {
                "text": "`polices` is empty"
              },
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "specs/a.yaml",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "startLine": 4,
                      "startColumn": 5,
                      "endLine": 4,
                      "endColumn": 16
                    }
                  }
                }
              ],
              "properties": {
                "severity": "warning"
              }
            },
            {
              "ruleId": "SPEC004",
              "ruleIndex": 1,
              "level": "error",
              "message": {
                "text": "no role is called `Rolle`. Help: did you mean `Rôle`?"
              },
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "specs/a.yaml",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "startLine": 6,
                      "startColumn": 8,
                      "endLine": 6,
                      "endColumn": 22
                    }
                  },
                  "message": {
                    "text": "not declared"
                  }
                }
              ],
              "relatedLocations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "specs/a.yaml",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "startLine": 3,
                      "startColumn": 3,
                      "endLine": 3,
                      "endColumn": 7
                    }
                  },
                  "message": {
                    "text": "this one is"
                  },
                  "id": 0
                },
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "specs/m.asl.json",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "startLine": 2,
                      "startColumn": 13,
                      "endLine": 2,
                      "endColumn": 16
                    }
                  },
                  "message": {
                    "text": "needed from here"
                  },
                  "id": 1
                }
              ],
              "fixes": [
                {
                  "artifactChanges": [
                    {
                      "artifactLocation": {
                        "uri": "specs/a.yaml",
                        "uriBaseId": "%SRCROOT%"
                      },
                      "replacements": [
                        {
                          "deletedRegion": {
                            "startLine": 6,
                            "startColumn": 13,
                            "endLine": 6,
                            "endColumn": 18
                          },
                          "insertedContent": {
                            "text": "Rôle"
                          }
                        }
                      ]
                    }
                  ]
                }
              ],
              "properties": {
                "severity": "error"
              }
            },
            {
              "ruleId": "ASL020",
              "ruleIndex": 0,
              "level": "error",
              "message": {
                "text": "state `B` always fails"
              },
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "specs/m.asl.json",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "startLine": 3,
                      "startColumn": 13,
                      "endLine": 3,
                      "endColumn": 16
                    }
                  },
                  "message": {
                    "text": "this state"
                  }
                }
              ],
              "properties": {
                "severity": "runtime",
                "awsCode": "MISSING_TRANSITION_TARGET",
                "awsLocation": "/States/B/Next"
              }
            }
          ]
        }
      ]
    }
    "#);
}
