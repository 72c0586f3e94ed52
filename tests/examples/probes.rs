//! What each probe finds on each emulator, bare and through the proxy, gap or not: for who adds a row to `emulator-gaps.toml`.
//!
//!     cargo run -p statewright-tests --example probes [glue.]

use statewright_tests::World;
use statewright_tests::emulator::Emulator;
use statewright_tests::proxy::{Verdict, probes};
use statewright_tests::runtime::block_on;

#[expect(clippy::print_stdout, reason = "a program by hand")]
fn main() {
    let begin = std::env::args().nth(1).unwrap_or_default();
    for emulator in Emulator::ALL {
        for (id, probe) in probes().filter(|(id, _)| id.starts_with(&begin)) {
            let [bare, mended] = [World::bare(emulator), World::on(emulator)].map(|world| block_on(probe(world.aws())));
            println!("{emulator:10} {id:36} bare    {}", short(bare));
            println!("{:10} {:36} mended  {}", "", "", short(mended));
        }
    }
}

fn short(verdict: Verdict) -> String {
    verdict.map_or_else(|wrong| wrong.0.chars().take(160).collect(), |()| "as AWS".to_owned())
}
