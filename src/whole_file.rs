//! Files of which a reader sees all or nothing. The library and the binary each have this module.

use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Writes a file. The file that a link names is written, and the link stays.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if is_special(path) {
        return fs::write(path, text);
    }
    let partial = partial(path);
    fs::write(&partial, text).and_then(|()| fs::rename(&partial, path))
}

/// Whether a path is that of a device or a pipe, such as /dev/stdout, which no file replaces.
pub fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// A new file in the same directory. Two servers may have one process id, each in its container.
pub fn partial(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{:016x}", RandomState::new().hash_one(std::process::id())));
    name.into()
}
