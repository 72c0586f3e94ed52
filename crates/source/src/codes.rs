//! What can be wrong with a text as text.

use crate::Code;

macro_rules! codes {
    ($($name:ident $code:literal $meaning:literal)*) => {
        $(#[doc = $meaning] pub const $name: Code = Code($code);)*

        /// Every code of this crate with its meaning, for the documentation.
        pub const CODES: &[(Code, &str)] = &[$(($name, $meaning)),*];
    };
}

codes! {
    NOT_UTF8 "SRC001" "The file is not UTF-8 text."
    TOO_LARGE "SRC002" "The file is larger than is parsed."
    TOO_DEEP "SRC003" "Maps and lists are nested deeper than is parsed."
    TOO_MANY_NODES "SRC004" "The text has more values than are kept, aliases expanded."
    DUPLICATE_KEY "SRC005" "A map has the same key twice."
    TOO_MANY_FAULTS "SRC006" "The text has more faults than are shown."
    INEXACT_NUMBER "SRC007" "An integer does not fit into 64 bits and loses digits."
    JSON_SYNTAX "SRC010" "The JSON text lacks something, or has something where something else must stand."
    JSON_UNCLOSED "SRC011" "A map, a list or a string of JSON is not closed, or is closed by the wrong bracket."
    JSON_STRING "SRC012" "A JSON string has a bad escape or a raw control character."
    JSON_NUMBER "SRC013" "A JSON number is not written as JSON wants it."
    JSON_COMMENT "SRC014" "JSON has no comments."
    JSON_COMMA "SRC015" "A comma of JSON is missing or is one too many."
    JSON_QUOTES "SRC016" "JSON wants double quotes."
    JSON_WORD "SRC017" "A word without quotes is not a JSON value."
    JSON_BLANK "SRC018" "A character that looks like a blank is not white space in JSON."
    JSON_COLON "SRC019" "JSON wants a colon between a key and its value."
    YAML_SYNTAX "SRC020" "The YAML text cannot be read."
    YAML_TAB "SRC021" "YAML is not indented with tabs."
    YAML_DOCUMENTS "SRC022" "The YAML file holds more than one document."
    YAML_KEY "SRC023" "A YAML key is not a string."
    YAML_TAG "SRC024" "A YAML tag is not one of the core schema, or its value does not fit it."
    YAML_ALIAS "SRC025" "A YAML alias has no anchor, or stands inside the value that it names."
    YAML_MERGE "SRC026" "A merge key does not name a map or a list of maps."
    YAML_NUMBER "SRC027" "A YAML number has no JSON form: infinity, or not a number."
}
