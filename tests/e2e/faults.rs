//! A tenth of each matrix: `make faults` tries all of it. `STATEWRIGHT_SEED` takes another tenth.

use statewright_tests::matrix::{Matrix, Share, Size};

#[track_caller]
fn a_tenth_of(matrix: Matrix, at_least: usize) {
    let seed = std::env::var("STATEWRIGHT_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let share = Share { part: 0.1, seed, only: None };
    let tally = matrix.run(Size::default(), &share, 4, &|_| ());
    let faults: Vec<String> = tally.faults.iter().map(|(point, fault)| format!("{point}: {fault}")).collect();
    assert!(tally.is_well(), "{} of {} points, seed {seed}:\n{}", faults.len(), tally.points, faults.join("\n\n"));
    assert!(tally.points >= at_least, "{} points", tally.points);
}

#[test]
fn what_is_killed_anywhere_goes_on_from_there() {
    a_tenth_of(Matrix::Kill, 30);
}

#[test]
fn what_is_interrupted_anywhere_says_what_is_done_and_what_is_not() {
    a_tenth_of(Matrix::Signal, 30);
}

#[test]
fn two_at_once_end_as_one_of_them_or_say_why() {
    a_tenth_of(Matrix::Race, 10);
}

#[test]
fn the_weather_of_aws_changes_nothing() {
    a_tenth_of(Matrix::Weather, 2);
}
