//! Feeds the checker with damaged definitions for as long as it is told: `fuzz SECONDS [FOLDER [RUN]]`. The seeds are the
//! rules' own examples and, where a folder is given, every JSON file in it. A third of the texts are right but for one
//! expression, path or intrinsic call. Looks for panics, for places outside the text, and for checks that take more than a
//! second. The number of the run is printed: given as RUN it makes the same texts again.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, reason = "a program for developers")]

use std::{
    fs,
    path::Path,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use statewright_asl::{Definition, Flow, MachineType, Options, Tokens, catalogue, check, diff, mentions};
use statewright_source::{Sources, parse_json, parse_yaml};

/// A small generator of numbers (xorshift64*): a run is repeated by its seed.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).unwrap_or(0)
    }
}

/// What is put in.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "null",
    "true",
    "-1",
    "1e999",
    "\"\"",
    "\\u0000",
    "\\ud83d",
    "${X}",
    "${",
    "{%",
    "%}",
    "$.",
    "$$.",
    "..",
    "[*]",
    "[?(",
    "States.Format(",
    "States.Array(1,",
    "'",
    "(",
    ")",
    "$states.",
    "function($x){",
    "~>",
    "|",
    "^(",
    "@$v",
    "#$i",
    "/a/",
    "/*",
    "`",
    "\"Type\":\"Map\",",
    "\"QueryLanguage\":\"JSONata\",",
    "\"Assign\":{\"x\":1},",
    "é",
    "\u{1F600}",
    "\u{e000}",
    "\n",
    "\t",
    "\r\n",
    "- ",
    "&a ",
    "*a",
    "<<: *a",
    "? ",
    "|-\n  ",
    "\u{feff}",
    "\u{0}",
];

/// What stands in fields that have a language of their own.
const EXPRESSIONS: &[&str] = &[
    "{% $map($states.input.items, function($v, $i) { {'n': $v.n & 'x', 'i': [$i..9]} })[0]^(>n, i){n: $sum(i)} %}",
    "{% ($f := function($x)<n:n> { $x <= 1 ? 1 : $x * $f($x - 1) }; $states.input ~> |a.**.b|{'c': /d(e|f)+/i}, ['g']| ~> $f) %}",
    "{% $states.context.Task.Token in [1, -2.5e3, null, true, `q`, \"\\u0041\"] and $a@$b.c#$d.%.e[$b.x = $d] %}",
    "$.a['b c'][0].d[-1:3][*]..e[?(@.f == 'g)]' && @.h > 1)].length()",
    "$$.Map.Item.Value['x','y'][0,1]",
    "$variable.a[0]",
    "States.Format('{} it\\'s \\{\\} {}', $.a, States.ArrayGetItem(States.StringSplit($.s, ','), 0))",
    "States.JsonMerge(States.StringToJson($.a[?(@.b)]), States.Array(1, -2.5, null, true, 'x', $$.State.Name, $v), false)",
    "arn:aws:states:::aws-sdk:s3:getObject.waitForTaskToken",
    "2026-03-14T01:59:00.123+01:30",
];

/// A definition that is right, with a text in every field that has a language of its own.
fn around(expression: &str) -> String {
    let text = serde_json::Value::from(expression).to_string();
    format!(
        r#"{{"StartAt":"A","States":{{"A":{{"Type":"Task","Resource":{text},"Parameters":{{"x.$":{text},"y":{text}}},"InputPath":{text},
"ResultPath":{text},"TimeoutSecondsPath":{text},"Assign":{{"v.$":{text}}},"Next":"B"}},"B":{{"Type":"Choice","QueryLanguage":"JSONata",
"Choices":[{{"Condition":{text},"Next":"C"}}],"Default":"C","Output":{text}}},"C":{{"Type":"Wait","Timestamp":{text},"Next":"D"}},
"D":{{"Type":"Choice","Choices":[{{"Variable":{text},"StringEqualsPath":{text},"Next":"E"}}]}},"E":{{"Type":"Fail","CausePath":{text}}}}}}}"#
    )
}

fn damage(numbers: &mut Numbers, seeds: &[String], text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=numbers.below(6) {
        let at = numbers.below(chars.len() + 1);
        match numbers.below(6) {
            0 => drop(chars.splice(at..at, PIECES[numbers.below(PIECES.len())].chars())),
            1 => {
                let end = (at + numbers.below(20)).min(chars.len());
                chars.drain(at.min(end)..end);
            }
            2 => {
                let end = (at + numbers.below(60)).min(chars.len());
                let part: Vec<char> = chars[at.min(end)..end].to_vec();
                let to = numbers.below(chars.len() + 1);
                chars.splice(to..to, part);
            }
            3 => {
                let other: Vec<char> = seeds[numbers.below(seeds.len())].chars().collect();
                let from = numbers.below(other.len());
                let end = (from + numbers.below(120)).min(other.len());
                chars.splice(at..at, other[from..end].iter().copied());
            }
            4 => {
                if let Some(c) = chars.get_mut(at) {
                    *c = char::from_u32(u32::try_from(numbers.below(0x3000)).unwrap_or(0)).unwrap_or('?');
                }
            }
            _ => {
                let piece = PIECES[numbers.below(PIECES.len())].repeat(1 + numbers.below(300));
                chars.splice(at..at, piece.chars());
            }
        }
    }
    chars.truncate(200_000);
    chars.into_iter().collect()
}

fn survive(text: &str) {
    for (parse, tokens) in [(parse_json as fn(_, &str) -> _, Tokens::Wildcard), (parse_yaml, Tokens::Resolved)] {
        let mut sources = Sources::default();
        let file = sources.add("fuzz", text);
        let Some(root) = parse(file, text).root else { continue };
        let options = Options { machine_type: Some(MachineType::Express), tokens, sources: Some(&sources) };
        let checked = check(&root, &options);
        for found in &checked.diagnostics {
            let Some(label) = &found.primary else { panic!("no place: {found:?}") };
            let (start, end) = (label.span.start, label.span.end);
            assert!(start <= end && end <= text.len(), "outside: {found:?}");
            assert!(text.is_char_boundary(start) && text.is_char_boundary(end), "within a character: {found:?}");
        }
        let flow = Flow::of(&checked.definition);
        assert_eq!(flow.states.len(), checked.definition.states().len());
        mentions(&checked.definition);
        assert!(diff(&checked.definition, &Definition::of(&root)).is_empty(), "a definition differs from itself");
    }
}

fn seeds(folder: Option<&Path>, found: &mut Vec<String>) {
    let Some(folder) = folder else { return };
    for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            seeds(Some(&path), found);
        } else if path.extension().is_some_and(|e| e == "json")
            && let Ok(text) = fs::read_to_string(&path)
        {
            found.push(text);
        }
    }
}

/// Nothing that is looked at takes so long.
const SLOW: Duration = Duration::from_secs(1);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let seconds = arguments.next().and_then(|s| s.parse().ok()).unwrap_or(10);
    let mut texts: Vec<String> = catalogue()
        .iter()
        .flat_map(|rule| [rule.wrong.to_owned(), rule.right.to_owned()])
        .filter(|text| !text.is_empty())
        .collect();
    seeds(arguments.next().as_deref().map(Path::new), &mut texts);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |d| d.as_nanos());
    let seed =
        arguments.next().and_then(|s| s.parse().ok()).unwrap_or_else(|| u64::try_from(now & 0xffff_ffff).unwrap_or(1));
    println!("{} seeds, {seconds} s, run {seed}", texts.len());
    let mut numbers = Numbers(seed | 1);
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut runs, mut slowest) = (0_u64, Duration::ZERO);
    while Instant::now() < end {
        let pick = numbers.below(texts.len());
        let text = if runs % 3 == 0 {
            let expression = EXPRESSIONS[numbers.below(EXPRESSIONS.len())];
            around(&damage(&mut numbers, &texts, expression))
        } else {
            damage(&mut numbers, &texts, &texts[pick])
        };
        let run = || {
            let start = Instant::now();
            (std::panic::catch_unwind(|| survive(&text)), start.elapsed())
        };
        let (mut result, mut took) = run();
        // On a machine that is busy with something else the clock runs on: what is slow is slow every time.
        for _ in 0..4 {
            if result.is_err() || took <= SLOW {
                break;
            }
            let again = run();
            (result, took) = (again.0, took.min(again.1));
        }
        slowest = slowest.max(took);
        if result.is_err() || took > SLOW {
            let path = std::env::temp_dir().join(format!("statewright-fuzz-{seed}-{runs}.txt"));
            let _ = fs::write(&path, &text);
            eprintln!("run {runs}: {took:?}; the text is in {}", path.display());
            std::process::exit(1);
        }
        runs += 1;
    }
    println!("{runs} texts, slowest {slowest:?}, no fault");
}
