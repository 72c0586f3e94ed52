//! Keys that are pressed while an execution is followed on a terminal.
//!
//! A few lines over `rustix`: the crates for terminals turn on features of what the AWS SDK stands on.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    stdio::stdin,
    termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr},
};
use tokio::sync::mpsc::{Receiver, channel};

/// What a key means; `Other` answers a question with no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Interrupt,
    Char(char),
    Other,
}

/// How long a wait for a key lasts before it is looked whether anybody still wants one.
const WAIT: Duration = Duration::from_millis(100);

/// Reads keys until it is dropped; then the terminal is as it was.
pub(crate) struct Keys {
    pressed: Receiver<Key>,
    ended: Arc<AtomicBool>,
    before: Termios,
}

impl Keys {
    /// `None` where nobody can press any.
    pub(crate) fn listen() -> Option<Self> {
        if !crate::output::can_ask() {
            return None;
        }
        let before = tcgetattr(stdin()).ok()?;
        let mut now = before.clone();
        // A key at once, unseen, and Ctrl-C as a key; what is written stays as it is.
        now.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG);
        now.special_codes[SpecialCodeIndex::VMIN] = 1;
        now.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(stdin(), OptionalActions::Now, &now).ok()?;
        let (send, pressed) = channel(16);
        let ended = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&ended);
        std::thread::spawn(move || {
            let wait = Timespec::try_from(WAIT).ok();
            let mut bytes = [0; 64];
            while !over.load(Ordering::Relaxed) {
                let mut ready = [PollFd::from_borrowed_fd(stdin(), PollFlags::IN)];
                match poll(&mut ready, wait.as_ref()) {
                    Ok(1..) => {}
                    Ok(0) | Err(rustix::io::Errno::INTR) => continue,
                    Err(_) => return,
                }
                let Ok(count @ 1..) = rustix::io::read(stdin(), &mut bytes) else { return };
                if send.blocking_send(key(&bytes[..count])).is_err() {
                    return;
                }
            }
        });
        Some(Self { pressed, ended, before })
    }

    pub(crate) async fn next(&mut self) -> Option<Key> {
        self.pressed.recv().await
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        let _ = tcsetattr(stdin(), OptionalActions::Now, &self.before);
    }
}

/// What came in one read: a key's byte, or the bytes of an arrow and the like.
fn key(bytes: &[u8]) -> Key {
    match bytes {
        [0x03 | 0x04] => Key::Interrupt,
        [byte] if byte.is_ascii_graphic() => Key::Char(byte.to_ascii_lowercase().into()),
        _ => Key::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_is_no_letter() {
        assert_eq!(key(b"q"), Key::Char('q'));
        assert_eq!(key(b"Q"), Key::Char('q'));
        assert_eq!(key(b"\x03"), Key::Interrupt);
        assert_eq!(key(b"\x1b[A"), Key::Other);
        assert_eq!(key(b"\r"), Key::Other);
    }
}
