//! Writes the generated pages below the current directory: `make reference`.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    for page in statewright::reference::pages() {
        if let Some(folder) = Path::new(&page.path).parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&page.path, page.text)?;
    }
    Ok(())
}
