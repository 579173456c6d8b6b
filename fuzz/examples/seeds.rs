//! Writes the seeds into `fuzz/corpora`. Files of other names, such as crashes of old, stay.

use anysspi_fuzz::seeds;
use std::fs;
use std::io;

fn main() -> io::Result<()> {
    for (path, bytes) in seeds::files() {
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        fs::write(path, bytes)?;
    }
    Ok(())
}
