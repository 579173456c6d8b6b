//! The locks of libkrb5 on its files: those of `fcntl`, over the whole file.
//!
//! They belong to the open file where the system has such (`F_OFD_SETLK` of Linux), as with libkrb5:
//! threads exclude each other, and closing one handle does not give up the lock of another. They
//! exclude those of the process (`F_SETLK`), which other systems and old programs have, and are
//! excluded by them. The locks of the standard library are `flock`'s, which know nothing of either;
//! of the crates that have `fcntl` in safe Rust, `nix` has both kinds and `rustix` only the second.
//!
//! libkrb5 takes no locks on Windows.

use std::fs::File;
use std::io;

/// What a lock lets others do meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lock {
    /// Others may read.
    Shared,
    /// Others wait.
    Exclusive,
}

/// Takes the lock, unless somebody else has one that excludes it. It is given up when the file is
/// closed.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "macos", target_os = "ios"))]
pub(super) fn try_lock(file: &File, lock: Lock) -> io::Result<bool> {
    use nix::errno::Errno;
    use nix::fcntl::{FcntlArg, fcntl};
    use nix::libc;

    let range = libc::flock {
        l_type: match lock {
            Lock::Shared => libc::F_RDLCK as _,
            Lock::Exclusive => libc::F_WRLCK as _,
        },
        l_whence: libc::SEEK_SET as _,
        l_start: 0,
        l_len: 0,
        l_pid: 0,
    };
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let taken = match fcntl(file, FcntlArg::F_OFD_SETLK(&range)) {
        // A kernel before 3.15.
        Err(Errno::EINVAL) => fcntl(file, FcntlArg::F_SETLK(&range)),
        taken => taken,
    };
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let taken = fcntl(file, FcntlArg::F_SETLK(&range));
    match taken {
        Ok(_) => Ok(true),
        Err(Errno::EAGAIN | Errno::EACCES) => Ok(false),
        Err(errno) => Err(errno.into()),
    }
}

#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "macos",
    target_os = "ios"
)))]
#[expect(clippy::unnecessary_wraps, reason = "as where there are locks")]
pub(super) fn try_lock(_: &File, _: Lock) -> io::Result<bool> {
    Ok(true)
}
