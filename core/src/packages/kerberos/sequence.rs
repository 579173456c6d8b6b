//! The numbers of a peer's messages: which have come, and which may still come.

use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::status::Status;

/// So many numbers before the highest one are remembered.
const WINDOW: u64 = 64;

/// What has come of a peer's messages.
pub(super) struct Window {
    /// The number of the first message.
    first: u64,
    /// Numbers are as wide as this: 32 bits with RC4 (RFC 4757 7), else 64 (RFC 4121 4.2.6).
    mask: u64,
    /// How far the numbers go, from the first one on: the one that is due.
    due: u64,
    /// Which of the numbers before that one have come, the last one in the lowest bit.
    come: u64,
    /// Whether one that comes again is refused.
    detects_replays: bool,
    /// Whether one out of its turn is refused.
    detects_order: bool,
}

impl Window {
    /// As the flags of the context have it.
    pub(super) fn new(first: u32, mask: u64, flags: ContextFlags) -> Self {
        Self {
            first: u64::from(first),
            mask,
            due: 0,
            // What is before the first one never comes.
            come: u64::MAX,
            detects_replays: flags.contains(ContextFlags::REPLAY_DETECT),
            detects_order: flags.contains(ContextFlags::SEQUENCE_DETECT),
        }
    }

    /// Whether a message with this number may come now. Nothing is remembered before the message is
    /// proven, and of one that is refused nothing ever is.
    pub(super) fn check(&self, number: u64) -> Result<()> {
        let place = self.place(number);
        let due = self.first.wrapping_add(self.due) & self.mask;
        if self.detects_order && place != self.due {
            return Err(Error::new(
                Status::OUT_OF_SEQUENCE,
                format!("message {number} came when message {due} was due"),
            ));
        }
        if !self.detects_replays || self.is_ahead(place) {
            return Ok(());
        }
        let back = self.back(place);
        if back >= WINDOW {
            return Err(Error::new(
                Status::OUT_OF_SEQUENCE,
                format!("message {number} came so late that nobody knows whether it came before"),
            ));
        }
        if self.come >> back & 1 == 1 {
            return Err(Error::new(
                Status::OUT_OF_SEQUENCE,
                format!("message {number} came a second time"),
            ));
        }
        Ok(())
    }

    /// Remembers that the message with this number has come.
    pub(super) fn accept(&mut self, number: u64) {
        let place = self.place(number);
        if self.is_ahead(place) {
            let ahead = place.wrapping_sub(self.due) & self.mask;
            let moved = u32::try_from(ahead).ok().and_then(|ahead| ahead.checked_add(1));
            self.come = moved.and_then(|moved| self.come.checked_shl(moved)).unwrap_or(0) | 1;
            self.due = place.wrapping_add(1) & self.mask;
        } else {
            self.come |= u32::try_from(self.back(place))
                .ok()
                .and_then(|back| 1_u64.checked_shl(back))
                .unwrap_or(0);
        }
    }

    /// How far a number is from the first one: so a turn from the highest to zero is none.
    fn place(&self, number: u64) -> u64 {
        number.wrapping_sub(self.first) & self.mask
    }

    /// Whether a number is due, or later. Half of all numbers are later than any one.
    fn is_ahead(&self, place: u64) -> bool {
        place.wrapping_sub(self.due) & self.mask <= self.mask / 2
    }

    /// How many messages there are between a number that is before the due one, and that.
    fn back(&self, place: u64) -> u64 {
        self.due.wrapping_sub(place).wrapping_sub(1) & self.mask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: ContextFlags = ContextFlags::REPLAY_DETECT.union(ContextFlags::SEQUENCE_DETECT);

    fn comes(window: &mut Window, number: u64) -> bool {
        match window.check(number) {
            Ok(()) => {
                window.accept(number);
                true
            }
            Err(error) => {
                assert_eq!(error.status(), Status::OUT_OF_SEQUENCE);
                false
            }
        }
    }

    #[test]
    fn in_order_nothing_is_left_out_or_repeated() {
        let mut window = Window::new(7, u64::MAX, BOTH);
        for (number, expected) in
            [(6, false), (8, false), (7, true), (7, false), (9, false), (8, true), (9, true)]
        {
            assert_eq!(comes(&mut window, number), expected, "{number}");
        }
    }

    #[test]
    fn without_order_only_what_came_is_refused() {
        let mut window = Window::new(100, u64::MAX, ContextFlags::REPLAY_DETECT);
        for (number, expected) in [
            (100, true),
            (100, false),
            (103, true),
            (101, true),
            (101, false),
            (102, true),
            (99, false),
            (200, true),
            (136, false),
            (137, true),
            (137, false),
            (199, true),
            (1 << 40, true),
            (200, false),
            ((1 << 40) - 63, true),
            ((1 << 40) - 64, false),
        ] {
            assert_eq!(comes(&mut window, number), expected, "{number}");
        }
    }

    #[test]
    fn numbers_begin_again_at_zero() {
        for flags in [BOTH, ContextFlags::REPLAY_DETECT] {
            let mut narrow = Window::new(u32::MAX - 1, u64::from(u32::MAX), flags);
            for number in [u64::from(u32::MAX) - 1, u64::from(u32::MAX), 0, 1] {
                assert!(comes(&mut narrow, number));
                assert!(!comes(&mut narrow, number));
            }
            let mut wide = Window::new(u32::MAX, u64::MAX, flags);
            assert!(comes(&mut wide, u64::from(u32::MAX)));
            assert!(comes(&mut wide, u64::from(u32::MAX) + 1));
        }
    }

    #[test]
    fn where_nothing_is_detected_everything_comes() {
        let mut window = Window::new(0, u64::MAX, ContextFlags::empty());
        for number in [0, 0, 9, 3, 1 << 60, 3] {
            assert!(comes(&mut window, number));
        }
    }
}
