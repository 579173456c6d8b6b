//! What the toolchains that the commands fetch themselves have in common: where they are kept.

use std::fs::{self, File};
use std::path::PathBuf;

/// Where toolchains are kept between runs: `anysspi` in the user's cache directory.
pub(crate) fn cache() -> Result<PathBuf, String> {
    let named = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let caches = named
        .filter(|path| path.is_absolute())
        .or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
    let cache = caches.ok_or("there is no home directory, so no cache")?.join("anysspi");
    fs::create_dir_all(&cache)
        .map_err(|error| format!("cannot make {}: {error}", cache.display()))?;
    Ok(cache)
}

/// Waits until nobody else fetches the toolchain of this name, for as long as the file is kept. Two
/// runs of the tests may start at the same time.
pub(crate) fn alone(name: &str) -> Result<File, String> {
    let path = cache()?.join(format!("{name}.lock"));
    let locked = File::create(&path).and_then(|file| file.lock().map(|()| file));
    locked.map_err(|error| format!("cannot lock {}: {error}", path.display()))
}
